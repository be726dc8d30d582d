package simcluster

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/net"
)

// streamIdle and streamCreation are the kubelet's limits for a connection to a container.
const (
	streamIdle     = 4 * time.Hour
	streamCreation = 30 * time.Second
)

// connects reports whether the request is for a connection to a pod's containers.
func (x *exchange) connects() bool {
	return x.resource != nil && x.resource.kind == "Pod" && x.Namespace != "" && x.Name != "" &&
		slices.Contains([]string{"portforward", "exec", "proxy", "log"}, x.Subresource)
}

// session is a connection to the containers of a pod, as the kubelet sees it.
type session struct {
	*exchange
	pod       *corev1.Pod
	behaviour Behaviour // nil when the containers are not there
	// ctx ends with the request, the cluster or the pod.
	ctx context.Context
}

// connect serves a request for a connection to a pod's containers. When the pod goes, so does the connection.
func (c *Cluster) connect(x *exchange) error {
	if err := c.mayConnect(x); err != nil {
		return err
	}
	name := x.Name
	if x.Subresource == "proxy" {
		var valid bool
		if _, name, _, valid = net.SplitSchemeNamePort(x.Name); !valid {
			return apierrors.NewBadRequest(fmt.Sprintf("invalid pod request %q", x.Name))
		}
	}
	k := key{x.Namespace, name}
	pod, ok := c.store.get(x.resource, k).(*corev1.Pod)
	if !ok {
		return apierrors.NewNotFound(x.resource.GroupResource(), name)
	}
	ctx, cancel := context.WithCancel(x.r.Context())
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		if c.store.gone(ctx, x.resource, k, pod.UID) {
			severed(ctx)
			cancel()
		}
	}()
	defer func() { cancel(); <-watched }()
	s := &session{exchange: x, pod: pod, behaviour: c.opts.Behaviour(pod.DeepCopy()), ctx: ctx}
	return s.serve()
}

// mayConnect refuses methods that there are not, and asks for the right to create even where the method is GET, as
// the API server does since 1.35.
func (c *Cluster) mayConnect(x *exchange) error {
	streaming := x.Subresource == "portforward" || x.Subresource == "exec"
	post := x.r.Method == http.MethodPost
	if x.Subresource != "proxy" && x.r.Method != http.MethodGet && (!streaming || !post) {
		return apierrors.NewMethodNotSupported(x.resource.GroupResource(), x.Verb)
	}
	if asked := x.Request; streaming && !post {
		if asked.Verb = "create"; c.faults.forbids(&asked) {
			return forbidden(&asked, c.opts.User)
		}
	}
	return nil
}

func (s *session) serve() error {
	switch s.Subresource {
	case "proxy":
		return s.proxy()
	case "portforward":
		return s.forward()
	}
	container, err := s.container()
	if err != nil {
		return err
	}
	if s.Subresource == "log" {
		return s.log(container)
	}
	return s.exec(container)
}

// container returns the name of the container that the request means.
func (s *session) container() (string, error) {
	var names []string
	for _, c := range slices.Concat(s.pod.Spec.InitContainers, s.pod.Spec.Containers) {
		names = append(names, c.Name)
	}
	switch name := s.Query.Get("container"); {
	case name == "" && len(s.pod.Spec.Containers) == 1:
		return s.pod.Spec.Containers[0].Name, nil
	case name == "":
		return "", apierrors.NewBadRequest(fmt.Sprintf("a container name must be specified for pod %s, choose one of: %s", s.pod.Name, names))
	case !slices.Contains(names, name):
		return "", apierrors.NewBadRequest(fmt.Sprintf("container %s is not valid for pod %s", name, s.pod.Name))
	default:
		return name, nil
	}
}

// refuse answers the way a kubelet does before it takes the connection over.
func (s *session) refuse(code int, format string, args ...any) error {
	s.w.WriteHeader(code)
	fmt.Fprintf(s.w, format, args...)
	return nil
}

// gone waits until an object is no longer there with that UID, and returns false when ctx has ended before.
func (s *store) gone(ctx context.Context, r *resource, k key, uid types.UID) bool {
	for {
		s.mu.Lock()
		o, news := s.objects[r][k], s.news
		s.mu.Unlock()
		if o == nil || o.GetUID() != uid {
			return true
		}
		select {
		case <-news:
		case <-ctx.Done():
			return false
		}
	}
}
