package prober_test

import (
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"unicode/utf8"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/prober"
)

// TestTextsAreCut: a container must not fill our memory with what is kept of a run.
func TestTextsAreCut(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", 200<<10)
	for name, answer := range map[string]string{
		"a line that is no status":   long + "\r\n\r\n",
		"a redirect to a long place": "HTTP/1.1 302 Found\r\nLocation: /" + long + "\r\nContent-Length: 0\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var asked atomic.Int32
			w := &way{to: listen(t, func(c net.Conn) {
				if _, err := c.Read(make([]byte, 4<<10)); err == nil && asked.Add(1) == 1 {
					_, _ = fmt.Fprint(c, answer)
				}
			})}
			r := check(t, httpGet("/"), patient).Run(t.Context(), prober.Paths{Dial: w.dial})
			if r.Verdict != model.ShadowFailure {
				t.Errorf("got %s: %.200q", r.Verdict, r.Text)
			}
			kept := []string{r.Text}
			for _, a := range r.Attempts {
				kept = append(kept, a.Text)
				for _, h := range a.Hops {
					kept = append(kept, h.Target, h.Location)
				}
			}
			for _, text := range kept {
				if len(text) > 13<<10 || !utf8.ValidString(text) {
					t.Errorf("%d bytes are kept, valid %v: %.80q", len(text), utf8.ValidString(text), text)
				}
			}
		})
	}
}
