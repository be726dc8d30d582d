package cluster

import (
	"context"
	"crypto/rand"
	_ "embed" // for access.yaml
	"fmt"
	"os/exec"
	"strings"

	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"
)

// Users of the cluster with a context of their own. The administrator's is called Name, the others' Name-USER.
const (
	Admin      = "admin"      // everything
	Viewer     = "viewer"     // pods of all namespaces, and nothing else
	Namespaced = "namespaced" // pods, events, services and endpoint slices of the namespace TeamA
	Nobody     = "nobody"     // nothing
)

// TeamA is the one namespace that the user Namespaced sees.
const TeamA = "team-a"

// controlUser is as whom the controllers and the scheduler speak to the API server.
const controlUser = "system:kube-controller-manager"

// nodeUser is as whom the kubelet does.
func (c *Cluster) nodeUser() string { return "system:node:" + c.node }

type user struct {
	name, token, group string
}

// newUsers are all users of the cluster, with new tokens.
func newUsers(nodeUser string) []user {
	users := []user{
		{name: Admin, group: "system:masters"},
		{name: Viewer},
		{name: Namespaced},
		{name: Nobody},
		{name: nodeUser, group: "system:nodes"},
		{name: controlUser, group: "system:masters"},
	}
	for i := range users {
		users[i].token = rand.Text()
	}
	return users
}

// tokenFile is the API server's static list of users.
func tokenFile(users []user) string {
	var b strings.Builder
	for _, u := range users {
		fmt.Fprintf(&b, "%s,%s,%s,%q\n", u.token, u.name, u.name, u.group)
	}
	return b.String()
}

// contextOf names the context of a user.
func contextOf(user string) string {
	if user == Admin {
		return Name
	}
	return Name + "-" + user
}

// writeKubeconfig writes a file with a context for each of the names; the first one is the current context.
func (c *Cluster) writeKubeconfig(file string, s *settings, names ...string) error {
	config := api.NewConfig()
	config.Clusters[Name] = &api.Cluster{
		Server:               fmt.Sprintf("https://127.0.0.1:%d", s.ports.apiServer),
		CertificateAuthority: c.path("apiserver", "apiserver.crt"),
	}
	for _, u := range s.users {
		for _, name := range names {
			if u.name == name {
				config.AuthInfos[contextOf(name)] = &api.AuthInfo{Token: u.token}
				config.Contexts[contextOf(name)] = &api.Context{Cluster: Name, AuthInfo: contextOf(name)}
			}
		}
	}
	config.CurrentContext = contextOf(names[0])
	// Embedding the certificate lets the file be copied.
	if err := api.FlattenConfig(config); err != nil {
		return fmt.Errorf("reading the API server's certificate: %w", err)
	}
	if err := clientcmd.WriteToFile(*config, c.path(file)); err != nil {
		return fmt.Errorf("writing the kubeconfig %s: %w", file, err)
	}
	return nil
}

//go:embed access.yaml
var access string

// grantAccess creates the weaker users' namespace and permissions.
func (c *Cluster) grantAccess(ctx context.Context) error {
	cmd := exec.CommandContext(ctx, c.Kubectl(), "--kubeconfig", c.Kubeconfig(), "apply", "--filename", "-")
	cmd.Stdin = strings.NewReader(access)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("granting the weaker users access: %w\n%s", err, out)
	}
	return nil
}
