package cluster

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/version"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	kubelet "k8s.io/kubelet/config/v1beta1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/yaml"
)

// startKubelet starts the kubelet and waits until pods can be scheduled to its node.
func (c *Cluster) startKubelet(ctx context.Context, s *settings) error {
	group := c.cgroup()
	if err := group.create(); err != nil {
		return err
	}
	settings := c.kubeletConfig(s, group)
	if err := c.suit(settings); err != nil {
		return err
	}
	config, err := yaml.Marshal(settings)
	if err != nil {
		return fmt.Errorf("encoding the kubelet's configuration: %w", err)
	}
	if err := c.write("kubelet/config.yaml", string(config)); err != nil {
		return err
	}
	err = c.run(ctx, component{
		name: "kubelet",
		path: c.path("bin", "kubelet"),
		args: []string{
			"--config=" + c.path("kubelet/config.yaml"),
			"--kubeconfig=" + c.path("kubelet/kubeconfig"),
			"--root-dir=" + c.path("kubelet"),
			"--cert-dir=" + c.path("kubelet/pki"),
			"--hostname-override=" + c.node,
			"--node-ip=" + s.nodeIP,
			"--node-labels=topology.kubernetes.io/zone=zone-a",
		},
		ready: serves(fmt.Sprintf("http://127.0.0.1:%d/healthz", s.ports.kubeletHealth)),
	})
	if err != nil {
		return err
	}
	if err := poll(ctx, readyTimeout, c.nodeReady); err != nil {
		return fmt.Errorf("waiting for the node: %w\n%s", err, tail(c.path("logs", "kubelet.log")))
	}
	return nil
}

// kubeletConfig keeps the kubelet's own timing everywhere it shows in probes, except for the crash-loop back-off.
func (c *Cluster) kubeletConfig(s *settings, group cgroup) *kubelet.KubeletConfiguration {
	return &kubelet.KubeletConfiguration{
		TypeMeta: metav1.TypeMeta{APIVersion: kubelet.SchemeGroupVersion.String(), Kind: "KubeletConfiguration"},
		Address:  s.nodeIP,
		Port:     int32(s.ports.kubelet),
		// The API server reaches the kubelet at the node's address, which is not loopback: only its certificate opens.
		Authentication: kubelet.KubeletAuthentication{
			Anonymous: kubelet.KubeletAnonymousAuthentication{Enabled: ptr.To(false)},
			Webhook:   kubelet.KubeletWebhookAuthentication{Enabled: ptr.To(false)},
			X509:      kubelet.KubeletX509Authentication{ClientCAFile: c.path(certFile)},
		},
		Authorization: kubelet.KubeletAuthorization{Mode: kubelet.KubeletAuthorizationModeAlwaysAllow},
		HealthzPort:   ptr.To(int32(s.ports.kubeletHealth)),

		ContainerRuntimeEndpoint: "unix://" + c.socket(),
		CgroupDriver:             "cgroupfs",
		CgroupRoot:               "/" + group.name,
		FailCgroupV1:             ptr.To(false),
		FailSwapOn:               ptr.To(false),
		OOMScoreAdj:              ptr.To(int32(0)), // lowering it needs CAP_SYS_RESOURCE

		MaxPods:                     200,
		EvictionHard:                map[string]string{"memory.available": "20Mi", "nodefs.available": "50Mi", "imagefs.available": "50Mi"},
		ImageGCHighThresholdPercent: ptr.To(int32(100)), // an image that is collected cannot be pulled again
		RegistryPullQPS:             ptr.To(int32(0)),
		CrashLoopBackOff:            kubelet.CrashLoopBackOffConfig{MaxContainerRestartPeriod: &metav1.Duration{Duration: c.backOff}},

		ClusterDNS:             []string{"10.199.0.10"}, // nobody answers there; without a value every pod gets a warning event
		ResolverConfig:         ptr.To("/dev/null"),
		MakeIPTablesUtilChains: ptr.To(false),
		StaticPodPath:          c.path("kubelet/manifests"),
		PodLogsDir:             c.path("pod-logs"),
		VolumePluginDir:        c.path("kubelet/plugins"),
	}
}

// suit changes the settings to those that an older kubelet takes: those before 1.32 always wait five minutes at most, and those
// before 1.35 wait less only if a gate is open.
func (c *Cluster) suit(settings *kubelet.KubeletConfiguration) error {
	if c.kubelet == "" {
		return nil
	}
	v, err := version.ParseGeneric(c.kubelet)
	switch {
	case err != nil:
		return fmt.Errorf("choosing the kubelet: %w", err)
	case v.LessThan(version.MajorMinor(1, 32)):
		settings.CrashLoopBackOff = kubelet.CrashLoopBackOffConfig{}
	case v.LessThan(version.MajorMinor(1, 35)):
		settings.FeatureGates = map[string]bool{"KubeletCrashLoopBackOffMax": true}
	}
	return nil
}

// nodeReady is the condition that there is a node, Ready and without the taint it has before.
func (c *Cluster) nodeReady(ctx context.Context) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	nodes, err := client.CoreV1().Nodes().List(ctx, metav1.ListOptions{})
	if err != nil {
		return fmt.Errorf("reading the node: %w", err)
	}
	if len(nodes.Items) == 0 {
		return errors.New("the node has not registered")
	}
	node := &nodes.Items[0]
	for _, taint := range node.Spec.Taints {
		if strings.HasPrefix(taint.Key, "node.kubernetes.io/") {
			return fmt.Errorf("the node has the taint %s", taint.Key)
		}
	}
	for _, condition := range node.Status.Conditions {
		if condition.Type == corev1.NodeReady && condition.Status == corev1.ConditionTrue {
			return nil
		}
	}
	return errors.New("the node is not ready")
}

// client speaks to the API server as the administrator.
func (c *Cluster) client() (kubernetes.Interface, error) {
	config, err := clientcmd.BuildConfigFromFlags("", c.Kubeconfig())
	if err != nil {
		return nil, fmt.Errorf("reading the cluster's kubeconfig: %w", err)
	}
	config.Timeout = 10 * time.Second
	config.WarningHandler = rest.NoWarnings{}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("making a client of the cluster: %w", err)
	}
	return client, nil
}
