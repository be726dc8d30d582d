package cmd

import (
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"k8s.io/client-go/rest"
)

// takeUser takes the user and the password out of the server's address, and sends them with every request instead, before
// any other credential, as kubectl does. So they are in no address that an error, a log or a command line tells.
func takeUser(config *rest.Config) error {
	u, err := serverURL(config)
	if err != nil {
		return err
	}
	user := u.User
	if user == nil {
		return nil
	}
	u.User = nil
	config.Host = u.String()
	config.Wrap(func(below http.RoundTripper) http.RoundTripper { return basic{below, user} })
	return nil
}

// serverURL reads the server's address as client-go does.
func serverURL(config *rest.Config) (*url.URL, error) {
	u, err := url.Parse(config.Host)
	if err == nil && u.Scheme != "" && u.Host != "" {
		return u, nil
	}
	scheme := "http://"
	if tls := config.TLSClientConfig; tls.CAFile != "" || len(tls.CAData) > 0 || tls.Insecure || tls.CertFile != "" || len(tls.CertData) > 0 {
		scheme = "https://"
	}
	if u, err = url.Parse(scheme + config.Host); err == nil && (u.Host == "" || strings.Trim(u.Path, "/") != "") {
		err = url.InvalidHostError("no host")
	}
	return u, err
}

// basic is a transport that sends a user and a password.
type basic struct {
	below http.RoundTripper
	user  *url.Userinfo
}

// RoundTrip implements http.RoundTripper.
func (b basic) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	password, _ := b.user.Password()
	r.SetBasicAuth(b.user.Username(), password)
	return b.below.RoundTrip(r)
}

// WrappedRoundTripper returns the transport below, for client-go to find what it wrapped.
func (b basic) WrappedRoundTripper() http.RoundTripper { return b.below }

// users are the user and the password of URLs in a text.
var users = regexp.MustCompile(`([A-Za-z][A-Za-z0-9+.-]*:/+)[^\s/"'@]*@`)

// withoutUsers takes users and passwords out of a text: those of the addresses that it is known to be about, and those of
// whatever else looks like a URL.
func withoutUsers(text string, addresses ...string) string {
	for _, a := range addresses {
		bare := withoutUser(a)
		text = strings.ReplaceAll(text, a, bare)
		text = strings.ReplaceAll(text, strconv.Quote(a), strconv.Quote(bare))
	}
	return users.ReplaceAllString(text, "$1")
}

// withoutUser takes the user and the password out of an address. In one that is no URL, everything before the last @ may
// belong to them.
func withoutUser(address string) string {
	u, err := url.Parse(address)
	at := strings.LastIndexByte(address, '@')
	if at < 0 || err == nil && u.Host != "" && u.User == nil {
		return address
	}
	scheme, _, ok := strings.Cut(address[:at], "//")
	if !ok {
		return address[at+1:]
	}
	return scheme + "//" + address[at+1:]
}
