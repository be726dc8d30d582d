package fact

import "testing"

func TestRevision(t *testing.T) {
	tests := map[string]struct {
		pod  Pod
		want string
	}{
		"of a ReplicaSet":  {Pod{Owner: Owner{Kind: "Deployment", Name: "web", Revision: "web-7d9f"}, Labels: "controller-revision-hash=x"}, "web-7d9f"},
		"of a StatefulSet": {Pod{Owner: Owner{Kind: "StatefulSet", Name: "db"}, Labels: "app=db,controller-revision-hash=db-5c9d"}, "db-5c9d"},
		"of a DaemonSet":   {Pod{Owner: Owner{Kind: "DaemonSet", Name: "cni"}, Labels: "controller-revision-hash=6f7b,name=cni"}, "cni-6f7b"},
		"without a label":  {Pod{Owner: Owner{Kind: "StatefulSet", Name: "db"}, Labels: "app=db"}, ""},
		"of a Job":         {Pod{Owner: Owner{Kind: "Job", Name: "once"}, Labels: "controller-revision-hash=x"}, ""},
	}
	for name, test := range tests {
		if got := test.pod.Revision(); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}
