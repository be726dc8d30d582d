package simcluster

import (
	"fmt"
	"os"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// contextName is what the kubeconfig calls the cluster, its user and their context.
const contextName = "simcluster"

// RESTConfig returns how client-go connects to the cluster. The caller owns it.
func (c *Cluster) RESTConfig() *rest.Config {
	cfg := &rest.Config{
		Host: c.URL(), BearerToken: c.token, TLSClientConfig: rest.TLSClientConfig{CAData: c.front.authority},
	}
	if c.front.pipes != nil {
		cfg.Dial = c.front.pipes.dial
	}
	return cfg
}

// Kubeconfig returns a kubeconfig with one context, namespace "default". It contains the token.
func (c *Cluster) Kubeconfig() ([]byte, error) {
	data, err := clientcmd.Write(clientcmdapi.Config{
		CurrentContext: contextName,
		Clusters: map[string]*clientcmdapi.Cluster{
			contextName: {Server: c.URL(), CertificateAuthorityData: c.front.authority},
		},
		AuthInfos: map[string]*clientcmdapi.AuthInfo{contextName: {Token: c.token}},
		Contexts: map[string]*clientcmdapi.Context{
			contextName: {Cluster: contextName, AuthInfo: contextName, Namespace: "default"},
		},
	})
	if err != nil {
		return nil, fmt.Errorf("writing a kubeconfig: %w", err)
	}
	return data, nil
}

// WriteKubeconfig writes the kubeconfig to a file that only its owner can read.
func (c *Cluster) WriteKubeconfig(path string) error {
	data, err := c.Kubeconfig()
	if err != nil {
		return err
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		return fmt.Errorf("writing a kubeconfig: %w", err)
	}
	return nil
}
