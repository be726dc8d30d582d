package cmd

import (
	"errors"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/spf13/pflag"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/probetop/probetop/recording/mask"
	"github.com/probetop/probetop/watch"

	// Credentials of every provider that kubectl knows.
	_ "k8s.io/client-go/plugin/pkg/client/auth"
)

// connection is what the kubectl connection flags select.
type connection struct {
	rules     *clientcmd.ClientConfigLoadingRules
	overrides clientcmd.ConfigOverrides
}

func newConnection() *connection {
	return &connection{rules: clientcmd.NewDefaultClientConfigLoadingRules()}
}

// addFlags registers the connection flags under kubectl's names. The namespace is not among them, because
// ours can be given several times.
func (c *connection) addFlags(fs *pflag.FlagSet) {
	fs.StringVar(&c.rules.ExplicitPath, "kubeconfig", "", "Path to the kubeconfig file to use")
	names := clientcmd.RecommendedConfigOverrideFlags("")
	names.ContextOverrideFlags.Namespace = clientcmd.FlagInfo{}
	names.AuthOverrideFlags.Username = clientcmd.FlagInfo{}
	names.AuthOverrideFlags.Password = clientcmd.FlagInfo{}
	names.CurrentContext.Description = "The kubeconfig context to use"
	names.Timeout.Description = "How long to wait for a single request, such as 5s or 2m; 0 for the default of 10s"
	clientcmd.BindOverrideFlags(&c.overrides, fs, names)
}

// target is one cluster, as one user.
type target struct {
	config    *rest.Config
	context   string
	namespace string
	server    string
	// patience is how long the first picture may take, and any later request.
	patience time.Duration
	// began is when the first request was sent.
	began time.Time
	// mask says how what the cluster says is masked.
	mask mask.Policy
	// clock is the cluster's.
	clock clock
	// kubectl are the flags that lead kubectl to the same cluster as the same user, as far as they are no secret.
	kubectl []string
}

const (
	defaultPatience = 10 * time.Second
	// leastPatience is what is left for the lists when the first answer took nearly all the time.
	leastPatience = 1500 * time.Millisecond
)

// deadline is until when the first picture is waited for.
func (t *target) deadline() time.Time {
	end, least := t.began.Add(t.patience), time.Now().Add(leastPatience)
	if least.After(end) {
		return least
	}
	return end
}

// target loads the kubeconfig and picks the context. The cluster's clock is the local one until it answers.
func (c *connection) target(local func() time.Time) (*target, error) {
	patience, err := c.patience()
	if err != nil {
		return nil, err
	}
	loader := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(c.rules, &c.overrides)
	raw, err := loader.RawConfig()
	if err != nil {
		return nil, usage("The kubeconfig cannot be read: %v. Check the file, or choose another with --kubeconfig.", err)
	}
	name, err := c.contextName(raw)
	if err != nil {
		return nil, err
	}
	config, err := loader.ClientConfig()
	if err != nil {
		return nil, c.configError(err, name, raw)
	}
	namespace, _, err := loader.Namespace()
	if err != nil {
		return nil, usage("The namespace of context %q cannot be read: %v.", name, err)
	}
	if err := takeUser(config); err != nil {
		return nil, badAddress(name)
	}
	if config.BearerToken != "" && config.BearerTokenFile == "" && c.overrides.AuthInfo.Token == "" {
		(&freshToken{load: func() (*rest.Config, error) { return c.again(name) }}).follow(config)
	}
	config.Timeout = 0 // a watch has no end; single requests get their own deadline
	config.UserAgent = "probetop/" + buildVersion()
	config.QPS, config.Burst = 50, 100
	clock := watch.NewServerClock(local)
	config.Wrap(clock.Heed)
	return &target{
		config: config, context: name, namespace: namespace, server: config.Host, patience: patience, began: time.Now(), clock: clock, kubectl: c.kubectl(name),
	}, nil
}

// again loads the kubeconfig anew, for the context of that name.
func (c *connection) again(context string) (*rest.Config, error) {
	overrides := c.overrides
	overrides.CurrentContext = context
	config, err := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(c.rules, &overrides).ClientConfig()
	if err == nil {
		err = takeUser(config)
	}
	return config, err
}

// listing returns the connection for what lists and watches: it takes the timeout for that of its lists alone.
func (t *target) listing() *rest.Config {
	c := rest.CopyConfig(t.config)
	c.Timeout = t.patience
	return c
}

// kubectl returns the flags that lead kubectl to the same cluster: the context by its name, for the current one may be
// another when the line is pasted, and what else was given as a flag; the server without a user and a password.
func (c *connection) kubectl(context string) []string {
	var flags []string
	for _, f := range []struct{ name, value string }{
		{"--kubeconfig", c.rules.ExplicitPath},
		{"--context", context},
		{"--cluster", c.overrides.Context.Cluster},
		{"--user", c.overrides.Context.AuthInfo},
		{"--server", withoutUser(c.overrides.ClusterInfo.Server)},
		{"--as", c.overrides.AuthInfo.Impersonate},
	} {
		if f.value != "" {
			flags = append(flags, f.name, f.value)
		}
	}
	for _, group := range c.overrides.AuthInfo.ImpersonateGroups {
		flags = append(flags, "--as-group", group)
	}
	return flags
}

// patience reads --request-timeout.
func (c *connection) patience() (time.Duration, error) {
	d, err := clientcmd.ParseTimeout(c.overrides.Timeout)
	if err != nil || d < 0 {
		return 0, usage("--request-timeout %q is not a duration. Write it like 5s or 2m.", c.overrides.Timeout)
	}
	if d == 0 {
		return defaultPatience, nil
	}
	return d, nil
}

// contextName returns the context in use, which must exist when it was named.
func (c *connection) contextName(raw clientcmdapi.Config) (string, error) {
	name := raw.CurrentContext
	if c.overrides.CurrentContext != "" {
		name = c.overrides.CurrentContext
	}
	if name == "" || raw.Contexts[name] != nil {
		return name, nil
	}
	if len(raw.Contexts) == 0 {
		return "", c.noConfig()
	}
	return "", usage("There is no context %q in the kubeconfig. Choose one of: %s.", name, nameList(raw.Contexts))
}

// configError explains why a context gives no connection.
func (c *connection) configError(err error, context string, raw clientcmdapi.Config) error {
	if clientcmd.IsEmptyConfig(err) {
		return c.noConfig()
	}
	addresses := c.addresses(context, raw)
	for _, a := range addresses {
		if _, unread := url.Parse(a); unread != nil && strings.Contains(a, "@") {
			return badAddress(context)
		}
	}
	why := withoutUsers(err.Error(), addresses...)
	return because(usage("Context %q cannot be used: %s. Check its cluster and user in the kubeconfig.", context, why), errors.New(why))
}

// addresses returns those of the server and the proxy of a context: of the flags, and of the kubeconfig.
func (c *connection) addresses(context string, raw clientcmdapi.Config) []string {
	list := []string{c.overrides.ClusterInfo.Server, c.overrides.ClusterInfo.ProxyURL}
	name := c.overrides.Context.Cluster
	if used := raw.Contexts[context]; name == "" && used != nil {
		name = used.Cluster
	}
	if cluster := raw.Clusters[name]; cluster != nil {
		list = append(list, cluster.Server, cluster.ProxyURL)
	}
	return list
}

// badAddress is told instead of an address that is none, in which it is not known where the password ends.
func badAddress(context string) error {
	return usage("The address of the server or of the proxy of context %q cannot be read. Write it like https://HOST:6443, and what is special in a password as %%2F and the like.", context)
}

func (c *connection) noConfig() error {
	where := c.rules.ExplicitPath
	if where == "" {
		where = os.Getenv("KUBECONFIG")
	}
	if where == "" {
		where = clientcmd.RecommendedHomeFile
	}
	return usage("There is no kubeconfig with a cluster in it (looked in %s). Set KUBECONFIG, or use --kubeconfig FILE.", where)
}
