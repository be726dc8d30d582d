package watch

import (
	"context"
	"encoding/json"
	"fmt"

	"k8s.io/client-go/rest"
)

// ServerVersion returns the API server's version, such as v1.37.2. Its error is an *AccessError, or says that
// the answer could not be read.
func ServerVersion(ctx context.Context, cfg *rest.Config) (string, error) {
	c, err := newClient(cfg)
	if err != nil {
		return "", accessError(err)
	}
	body, err := c.core.Get().AbsPath("/version").SetHeader("Accept", "application/json").Do(ctx).Raw()
	if err != nil {
		return "", accessError(err)
	}
	var v struct{ GitVersion string }
	if err := json.Unmarshal(body, &v); err != nil {
		return "", fmt.Errorf("reading the server's version: %w", err)
	}
	return v.GitVersion, nil
}
