package cluster

import (
	"context"
	"errors"
	"fmt"
)

// Health returns nil if every component runs, the API server is ready and so is the node; else what is wrong.
func (c *Cluster) Health(ctx context.Context) error {
	if !c.exists() {
		return fmt.Errorf("no cluster below %s", c.dir)
	}
	var errs []error
	for _, name := range components() {
		if _, running := c.pid(name); !running {
			errs = append(errs, fmt.Errorf("%s is not running", name))
		}
	}
	if len(errs) > 0 {
		return errors.Join(errs...)
	}
	client, err := c.client()
	if err != nil {
		return err
	}
	if _, err := client.Discovery().RESTClient().Get().AbsPath("/readyz").DoRaw(ctx); err != nil {
		return fmt.Errorf("asking the API server whether it is ready: %w", err)
	}
	return c.nodeReady(ctx)
}
