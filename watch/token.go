package watch

import (
	"fmt"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/transport"
)

// followToken makes cfg read its token file again as soon as the server refuses the token. Client-go alone would
// go on with a token that has run out for up to a minute.
func followToken(cfg *rest.Config) error {
	if cfg.BearerTokenFile == "" {
		return nil
	}
	source := transport.NewCachedFileTokenSource(cfg.BearerTokenFile)
	if _, err := source.Token(); err != nil {
		if cfg.BearerToken != "" {
			return nil // which client-go uses then
		}
		return fmt.Errorf(configuring+"%w", err)
	}
	cfg.Wrap(transport.ResettableTokenSourceWrapTransport(source))
	cfg.BearerToken, cfg.BearerTokenFile = "", ""
	return nil
}
