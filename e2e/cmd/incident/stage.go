package main

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"text/template"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/probetop/probetop/e2e/cluster"
)

//go:embed manifests/*.yaml
var manifests embed.FS

// stage is the cluster on which the script is played.
type stage struct {
	cluster *cluster.Cluster
	client  kubernetes.Interface
}

func newStage(c *cluster.Cluster) (*stage, error) {
	config, err := clientcmd.BuildConfigFromFlags("", c.Kubeconfig())
	if err != nil {
		return nil, fmt.Errorf("reading the cluster's kubeconfig: %w", err)
	}
	config.QPS, config.Burst, config.WarningHandler = 100, 200, rest.NoWarnings{}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("making a client of the cluster: %w", err)
	}
	return &stage{cluster: c, client: client}, nil
}

// set creates everything, and waits until what can be ready is, and until the rest has been at fault for a while.
func (s *stage) set(ctx context.Context) error {
	tmpl, err := template.ParseFS(manifests, "manifests/*.yaml")
	if err != nil {
		return fmt.Errorf("reading the manifests: %w", err)
	}
	for _, t := range tmpl.Templates() {
		var text bytes.Buffer
		if err := t.Execute(&text, map[string]string{"Image": cluster.Image}); err != nil {
			return fmt.Errorf("filling in %s: %w", t.Name(), err)
		}
		cmd := exec.CommandContext(ctx, s.cluster.Kubectl(), "--kubeconfig", s.cluster.Kubeconfig(), "apply", "--filename", "-")
		cmd.Stdin = &text
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("creating what is in %s: %w\n%s", t.Name(), err, out)
		}
	}
	if err := retry(ctx, 5*time.Minute, s.isSet); err != nil {
		return fmt.Errorf("waiting for the pods: %w", err)
	}
	return sleep(ctx, settling)
}

// isSet tells what is not as the script expects it at its beginning.
func (s *stage) isSet(ctx context.Context) error {
	deployments, err := s.client.AppsV1().Deployments("").List(ctx, metav1.ListOptions{})
	if err != nil {
		return fmt.Errorf("listing the deployments: %w", err)
	}
	sets, err := s.client.AppsV1().StatefulSets("").List(ctx, metav1.ListOptions{})
	if err != nil {
		return fmt.Errorf("listing the stateful sets: %w", err)
	}
	unready := map[string]int32{}
	for _, d := range deployments.Items {
		if missing := *d.Spec.Replicas - d.Status.ReadyReplicas; missing > 0 {
			unready[d.Namespace+"/"+d.Name] = missing
		}
	}
	for _, d := range sets.Items {
		if missing := *d.Spec.Replicas - d.Status.ReadyReplicas; missing > 0 {
			unready[d.Namespace+"/"+d.Name] = missing
		}
	}
	if len(deployments.Items) == 0 || !maps.Equal(unready, standing()) {
		return fmt.Errorf("not ready are %v, want %v", unready, standing())
	}
	return nil
}

// play does each step of a script in its time.
func (s *stage) play(ctx context.Context, script []step) error {
	start := time.Now()
	for _, step := range script {
		if err := sleep(ctx, time.Until(start.Add(step.at))); err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "incident: +%s %s\n", step.at, step.what)
		if err := step.do(ctx, s); err != nil {
			return fmt.Errorf("at +%s, %s: %w", step.at, step.what, err)
		}
	}
	return nil
}

// pods are the living pods of an application, in the order of their names.
func (s *stage) pods(ctx context.Context, namespace, app string) ([]corev1.Pod, error) {
	list, err := s.client.CoreV1().Pods(namespace).List(ctx, metav1.ListOptions{LabelSelector: "app=" + app})
	if err != nil {
		return nil, fmt.Errorf("listing the pods of %s: %w", app, err)
	}
	if len(list.Items) == 0 {
		return nil, fmt.Errorf("listing the pods of %s: there are none", app)
	}
	return list.Items, nil
}

// retry calls condition until it returns nil, and gives up with its last error after the timeout.
func retry(ctx context.Context, timeout time.Duration, condition func(context.Context) error) error {
	for deadline := time.Now().Add(timeout); ; {
		err := condition(ctx)
		if err == nil || time.Now().After(deadline) || sleep(ctx, time.Second) != nil {
			return err
		}
	}
}

// sleep waits, and fails when ctx ends first.
func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
