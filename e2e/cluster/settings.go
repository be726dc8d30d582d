package cluster

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"strconv"
	"time"
)

// settings are what the components of one running cluster must agree on.
type settings struct {
	ports  ports
	nodeIP string
	users  []user
}

// ports are where the components listen; all but the kubelet's on loopback only.
type ports struct {
	etcd, etcdPeer, apiServer, controllerManager, scheduler, kubelet, kubeletHealth int
}

// keyFile and certFile are the one key pair of the cluster: it signs service account tokens and is the API server's
// client certificate at the kubelet, which trusts nothing else.
const (
	keyFile  = "cluster.key"
	certFile = "cluster.crt"
)

// newSettings chooses ports and tokens, and writes the files that more than one component reads.
func (c *Cluster) newSettings(ctx context.Context) (*settings, error) {
	s := &settings{users: newUsers(c.nodeUser())}
	p := &s.ports
	if err := freePorts(ctx, &p.etcd, &p.etcdPeer, &p.apiServer, &p.controllerManager, &p.scheduler, &p.kubelet, &p.kubeletHealth); err != nil {
		return nil, err
	}
	var err error
	if s.nodeIP, err = hostAddress(); err != nil {
		return nil, err
	}
	if err := c.writeKeyPair(); err != nil {
		return nil, err
	}
	return s, c.write("tokens.csv", tokenFile(s.users))
}

// firstPort is where the search for free ports starts: below the range from which outgoing connections get theirs.
const firstPort = 26440

// freePorts sets each number to a different port on which nobody listens.
func freePorts(ctx context.Context, numbers ...*int) error {
	port := firstPort
	for _, n := range numbers {
		for ; !free(ctx, port); port++ {
			if port > firstPort+2000 {
				return errors.New("looking for free ports: none found")
			}
		}
		*n = port
		port++
	}
	return nil
}

func free(ctx context.Context, port int) bool {
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", ":"+strconv.Itoa(port))
	return err == nil && l.Close() == nil
}

// hostAddress is the node's address: a kubelet refuses loopback ones.
func hostAddress() (string, error) {
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		return "", fmt.Errorf("reading this machine's addresses: %w", err)
	}
	for _, addr := range addrs {
		if n, ok := addr.(*net.IPNet); ok && n.IP.To4() != nil && n.IP.IsGlobalUnicast() {
			return n.IP.String(), nil
		}
	}
	return "", errors.New("choosing the node's address: this machine has no IPv4 address other than loopback")
}

// writeKeyPair writes a new key with a self-signed certificate, which is its own authority.
func (c *Cluster) writeKeyPair() error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return fmt.Errorf("generating the cluster's key: %w", err)
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(now.UnixNano()),
		Subject:               pkix.Name{CommonName: Name},
		NotBefore:             now.Add(-time.Hour),
		NotAfter:              now.AddDate(1, 0, 0),
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
		BasicConstraintsValid: true,
		IsCA:                  true,
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return fmt.Errorf("signing the cluster's certificate: %w", err)
	}
	private, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return fmt.Errorf("encoding the cluster's key: %w", err)
	}
	return errors.Join(
		c.write(keyFile, string(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: private}))),
		c.write(certFile, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert}))),
	)
}
