package cluster

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"google.golang.org/grpc"
	cri "k8s.io/cri-api/pkg/apis/runtime/v1"
)

// Image is the test image: this module's workload and a busybox. Pods use it with imagePullPolicy Never.
const Image = "probetop.dev/workload:e2e"

// pauseImage holds the process that keeps a pod's namespaces open.
const pauseImage = "probetop.dev/pause:e2e"

// ownModule is where the images' programs come from.
const ownModule = "github.com/probetop/probetop/e2e"

// loadImages builds the images and imports those that containerd does not have yet or that have changed.
func (c *Cluster) loadImages(ctx context.Context) error {
	for _, img := range []struct {
		name, program string
		busybox       bool
	}{
		{name: pauseImage, program: "pause"},
		{name: Image, program: "workload", busybox: true},
	} {
		binary := c.path("images", img.program)
		if err := build(ctx, c.module, ownModule+"/"+img.program, binary, "-s -w"); err != nil {
			return err
		}
		files, err := programFiles(binary)
		if err != nil {
			return err
		}
		if img.busybox {
			box, err := busyboxFiles(ctx)
			if err != nil {
				return err
			}
			files = append(files, box...)
		}
		if err := c.load(ctx, archive{name: img.name, entrypoint: []string{"/" + img.program}, files: files}); err != nil {
			return err
		}
	}
	return nil
}

// load imports one image and waits until the kubelet would find it. An archive that is as before is not imported again.
func (c *Cluster) load(ctx context.Context, a archive) error {
	content, err := a.bytes()
	if err != nil {
		return fmt.Errorf("building the image %s: %w", a.name, err)
	}
	file := filepath.Join("images", strings.NewReplacer("/", "_", ":", "_").Replace(a.name)+".tar")
	if before, err := os.ReadFile(c.path(file)); err == nil && bytes.Equal(before, content) {
		return nil
	}
	c.say("loading the image %s", a.name)
	partial := file + ".partial"
	if err := c.write(partial, string(content)); err != nil {
		return err
	}
	out, err := exec.CommandContext(ctx, "ctr", "--address", c.socket(), "--namespace", "k8s.io", "images", "import", c.path(partial)).CombinedOutput()
	if err != nil {
		return fmt.Errorf("importing the image %s: %w\n%s", a.name, err, out)
	}
	// Containerd tells its Kubernetes part about an import with a delay.
	if err := poll(ctx, readyTimeout, func(ctx context.Context) error { return c.hasImage(ctx, a.name) }); err != nil {
		return err
	}
	if err := os.Rename(c.path(partial), c.path(file)); err != nil {
		return fmt.Errorf("keeping the image %s: %w", a.name, err)
	}
	return nil
}

func (c *Cluster) hasImage(ctx context.Context, name string) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	return c.withCRI(func(conn *grpc.ClientConn) error {
		spec := &cri.ImageSpec{Image: name}
		resp, err := cri.NewImageServiceClient(conn).ImageStatus(ctx, &cri.ImageStatusRequest{Image: spec})
		if err != nil {
			return fmt.Errorf("asking for the image %s: %w", name, err)
		}
		if resp.Image == nil {
			return fmt.Errorf("containerd has no image %s", name)
		}
		return nil
	})
}

// programFiles is one program at the root of an image.
func programFiles(path string) ([]file, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading a program for an image: %w", err)
	}
	return []file{{name: filepath.Base(path), content: content}}, nil
}

// busyboxFiles are the machine's own static busybox, a link per applet, and the directories that these expect.
func busyboxFiles(ctx context.Context) ([]file, error) {
	path, err := exec.LookPath("busybox")
	if err != nil {
		return nil, fmt.Errorf("finding busybox: %w", err)
	}
	applets, err := exec.CommandContext(ctx, path, "--list").Output()
	if err != nil {
		return nil, fmt.Errorf("listing the applets of busybox: %w", err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading busybox: %w", err)
	}
	files := []file{{name: "tmp/"}, {name: "etc/"}, {name: "bin/"}, {name: "bin/busybox", content: content}}
	for _, applet := range strings.Fields(string(applets)) {
		if applet != "busybox" {
			files = append(files, file{name: "bin/" + applet, link: "busybox"})
		}
	}
	return files, nil
}
