package cluster

import (
	"context"
	"crypto/tls"
	"fmt"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"
)

// startControlPlane starts everything but the node, and leaves a kubeconfig that works.
func (c *Cluster) startControlPlane(ctx context.Context, s *settings) error {
	if err := c.run(ctx, c.etcd(s)); err != nil {
		return err
	}
	if err := c.run(ctx, c.apiServer(s)); err != nil {
		return err
	}
	for file, users := range map[string][]string{
		"kubeconfig":         {Admin, Viewer, Namespaced, Nobody},
		"kubelet/kubeconfig": {c.nodeUser()},
		"control.kubeconfig": {controlUser},
	} {
		if err := c.writeKubeconfig(file, s, users...); err != nil {
			return err
		}
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return c.run(ctx, c.controllerManager(s)) })
	g.Go(func() error { return c.run(ctx, c.scheduler(s)) })
	g.Go(func() error { return c.grantAccess(ctx) })
	return g.Wait()
}

func (c *Cluster) etcd(s *settings) component {
	client := fmt.Sprintf("http://127.0.0.1:%d", s.ports.etcd)
	peer := fmt.Sprintf("http://127.0.0.1:%d", s.ports.etcdPeer)
	return component{
		name: "etcd",
		path: c.path("bin", "etcd"),
		args: []string{
			"--name=" + Name,
			"--data-dir=" + c.path("etcd"),
			"--listen-client-urls=" + client,
			"--advertise-client-urls=" + client,
			"--listen-peer-urls=" + peer,
			"--initial-advertise-peer-urls=" + peer,
			"--initial-cluster=" + Name + "=" + peer,
			"--unsafe-no-fsync", // nothing here is to survive a power failure
			"--log-level=warn",
		},
		ready: serves(client + "/health"),
	}
}

func (c *Cluster) apiServer(s *settings) component {
	return component{
		name: "kube-apiserver",
		path: c.path("bin", "kube-apiserver"),
		args: []string{
			fmt.Sprintf("--etcd-servers=http://127.0.0.1:%d", s.ports.etcd),
			"--bind-address=127.0.0.1",
			fmt.Sprintf("--secure-port=%d", s.ports.apiServer),
			"--cert-dir=" + c.path("apiserver"), // where it puts the serving certificate it makes
			"--endpoint-reconciler-type=none",   // its address is loopback, which no endpoint may have
			"--service-cluster-ip-range=" + serviceCIDR,
			"--service-account-issuer=https://" + Name,
			"--service-account-key-file=" + c.path(keyFile),
			"--service-account-signing-key-file=" + c.path(keyFile),
			"--disable-admission-plugins=ServiceAccount", // pods need no token, and so no projected volume
			"--authorization-mode=Node,RBAC",
			"--token-auth-file=" + c.path("tokens.csv"),
			"--kubelet-client-certificate=" + c.path(certFile),
			"--kubelet-client-key=" + c.path(keyFile),
			"--kubelet-preferred-address-types=InternalIP",
			"--allow-privileged",
		},
		ready: serves(fmt.Sprintf("https://127.0.0.1:%d/readyz", s.ports.apiServer)),
	}
}

func (c *Cluster) controllerManager(s *settings) component {
	return component{
		name: "kube-controller-manager",
		path: c.path("bin", "kube-controller-manager"),
		args: []string{
			"--kubeconfig=" + c.path("control.kubeconfig"),
			"--bind-address=127.0.0.1",
			fmt.Sprintf("--secure-port=%d", s.ports.controllerManager),
			"--leader-elect=false",
			"--service-account-private-key-file=" + c.path(keyFile),
		},
		ready: serves(fmt.Sprintf("https://127.0.0.1:%d/healthz", s.ports.controllerManager)),
	}
}

func (c *Cluster) scheduler(s *settings) component {
	return component{
		name: "kube-scheduler",
		path: c.path("bin", "kube-scheduler"),
		args: []string{
			"--kubeconfig=" + c.path("control.kubeconfig"),
			"--bind-address=127.0.0.1",
			fmt.Sprintf("--secure-port=%d", s.ports.scheduler),
			"--leader-elect=false",
		},
		ready: serves(fmt.Sprintf("https://127.0.0.1:%d/healthz", s.ports.scheduler)),
	}
}

// serves is the condition that an URL on loopback answers 200. The components' certificates are self-signed.
func serves(url string) func(context.Context) error {
	client := &http.Client{
		Timeout:   5 * time.Second,
		Transport: &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}},
	}
	return func(ctx context.Context) error {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return fmt.Errorf("asking %s: %w", url, err)
		}
		resp, err := client.Do(req)
		if err != nil {
			return fmt.Errorf("asking %s: %w", url, err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			return fmt.Errorf("asking %s: status %d, want 200", url, resp.StatusCode)
		}
		return nil
	}
}
