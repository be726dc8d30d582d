package watch

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	apiwatch "k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/rest"

	"github.com/probetop/probetop/recording/weight"
)

// client sends requests for the API groups that are read, protobuf on the wire where the server can.
// It registers these groups only: the typed clientset brings every API there is.
type client struct {
	// immutable after newClient
	core, discovery rest.Interface
	// timeout bounds a request that is not a watch; zero for no bound.
	timeout time.Duration
	// plugin is set when a program is run for credentials.
	plugin bool
}

func newClient(cfg *rest.Config) (*client, error) {
	cfg = rest.CopyConfig(cfg)
	c := &client{timeout: cfg.Timeout, plugin: cfg.ExecProvider != nil}
	// The transport's timeout would cut watches off as well.
	cfg.Timeout = 0
	cfg.QPS, cfg.RateLimiter = -1, nil // requests are few and long, and those who send them pace themselves
	cfg.ContentType = runtime.ContentTypeProtobuf
	cfg.AcceptContentTypes = runtime.ContentTypeProtobuf + "," + runtime.ContentTypeJSON
	if cfg.WarningHandler == nil && cfg.WarningHandlerWithContext == nil {
		cfg.WarningHandler = rest.NoWarnings{}
	}
	if cfg.UserAgent == "" {
		cfg.UserAgent = rest.DefaultKubernetesUserAgent()
	}
	if err := followToken(cfg); err != nil {
		return nil, err
	}
	scheme, err := newScheme()
	if err != nil {
		return nil, err
	}
	cfg.NegotiatedSerializer = weight.Bounded(serializer.NewCodecFactory(scheme).WithoutConversion(), scheme, weight.Limits{Object: objectHeld, List: answerHeld})
	h, err := httpClient(cfg)
	if err != nil {
		return nil, fmt.Errorf(configuring+"%w", err)
	}
	group := func(path string, gv schema.GroupVersion) rest.Interface {
		cfg.APIPath, cfg.GroupVersion = path, &gv
		var r rest.Interface
		if err == nil {
			r, err = rest.RESTClientForConfigAndClient(cfg, h)
		}
		return r
	}
	c.core = group("/api", corev1.SchemeGroupVersion)
	c.discovery = group("/apis", discoveryv1.SchemeGroupVersion)
	return c, err
}

// httpClient returns a client whose requests end with their contexts, and that follows no redirect. It is wrapped last:
// what cfg wraps is below the credential plugins.
func httpClient(cfg *rest.Config) (*http.Client, error) {
	t, err := rest.TransportFor(cfg)
	if err != nil {
		return nil, err
	}
	return &http.Client{Transport: newAbandoning(bounded{staying{t}})}, nil
}

func newScheme() (*runtime.Scheme, error) {
	scheme := runtime.NewScheme()
	metav1.AddToGroupVersion(scheme, schema.GroupVersion{Version: "v1"})
	if err := corev1.AddToScheme(scheme); err != nil {
		return nil, fmt.Errorf("registering core/v1: %w", err)
	}
	if err := discoveryv1.AddToScheme(scheme); err != nil {
		return nil, fmt.Errorf("registering discovery/v1: %w", err)
	}
	return scheme, nil
}

// request prepares a request for the plan's objects.
func (c *client) request(p *plan, opts metav1.ListOptions) *rest.Request {
	opts.LabelSelector, opts.FieldSelector = p.Labels, p.Fields
	r := c.core
	if p.resource.discovery {
		r = c.discovery
	}
	return r.Get().
		MaxRetries(0).
		NamespaceIfScoped(p.Namespace, p.Namespace != "").
		Resource(p.resource.name).
		VersionedParams(&opts, metav1.ParameterCodec)
}

// errWrongKind is what a server has sent that is no API server, or one that is lost: taken for a list, it would be an empty one.
var errWrongKind = errors.New("the server sent objects of another kind")

// list reads one page.
func (c *client) list(ctx context.Context, p *plan, opts metav1.ListOptions) (runtime.Object, error) {
	if c.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.timeout)
		defer cancel()
	}
	var page runtime.Object
	err := leaving(ctx, func() (err error) {
		page, err = c.request(p, opts).Do(ctx).Get()
		return err
	})
	switch {
	case err != nil:
		return nil, err // the page may not be ours to look at
	case !p.resource.isList(page):
		return nil, errWrongKind
	}
	return page, nil
}

// ping asks the server for something that costs it nothing, and that everybody may ask for.
func (c *client) ping(ctx context.Context) error {
	return c.core.Get().AbsPath("/version").MaxRetries(0).Do(ctx).Error()
}

// watch opens a watch.
func (c *client) watch(ctx context.Context, p *plan, opts metav1.ListOptions) (apiwatch.Interface, error) {
	opts.Watch = true
	return c.request(p, opts).Watch(ctx)
}
