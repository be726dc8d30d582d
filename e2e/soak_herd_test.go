//go:build soak

package e2e

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/url"
	"sync"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// soakHerd keeps the pods of a soak alive, turns their health at random, and replaces them.
type soakHerd struct {
	ns   string
	long time.Duration // the shortest life of a pod
	done sync.WaitGroup

	mu    sync.Mutex
	turns int   // that were made; guarded by mu
	born  int   // pods; guarded by mu
	err   error // the first of a creation; guarded by mu
}

// start begins to keep so many pods until ctx ends. They come one by one: what they need to start at once would make
// the kubelet late with everything else.
func (h *soakHerd) start(ctx context.Context, pods int, seed uint64) {
	for i := range pods {
		h.done.Go(func() {
			rng := rand.New(rand.NewPCG(seed, uint64(i)))
			pause(ctx, time.Duration(i)*500*time.Millisecond)
			for ctx.Err() == nil {
				h.keep(ctx, rng, newSoakPod(rng, fmt.Sprintf("soak-%02d", i), h.long))
			}
		})
	}
}

// keep is the life of one pod.
func (h *soakHerd) keep(ctx context.Context, rng *rand.Rand, p *soakPod) {
	pods := shared.client.CoreV1().Pods(h.ns)
	if _, err := pods.Create(ctx, p.spec(), metav1.CreateOptions{}); err != nil && ctx.Err() == nil {
		h.mu.Lock()
		h.err = err
		h.mu.Unlock()
		pause(ctx, time.Second)
		return
	}
	h.mu.Lock()
	h.born++
	h.mu.Unlock()
	life, cancel := context.WithTimeout(ctx, p.lives)
	defer cancel()
	pause(life, 5*time.Second)
	for life.Err() == nil {
		h.flip(life, rng, p)
		pause(life, time.Duration(2000+rng.IntN(14000))*time.Millisecond)
	}
	for ctx.Err() == nil {
		if err := pods.Delete(ctx, p.name, metav1.DeleteOptions{}); apierrors.IsNotFound(err) {
			return
		}
		pause(ctx, 500*time.Millisecond)
	}
}

// flip makes one probe sick, or well, which is as likely. A container that does not run stays as it is.
func (h *soakHerd) flip(ctx context.Context, rng *rand.Rand, p *soakPod) {
	kinds := []string{"readiness", "liveness", "startup"}
	rng.Shuffle(len(kinds), func(i, j int) { kinds[i], kinds[j] = kinds[j], kinds[i] })
	for _, kind := range kinds {
		ill, ok := p.ills[kind]
		if !ok {
			continue
		}
		turn := ill.well
		if rng.IntN(2) == 0 {
			turn = ill.sick[rng.IntN(len(ill.sick))]
		}
		h.turn(ctx, p.name, turn)
		return
	}
}

func (h *soakHerd) turn(ctx context.Context, pod string, query url.Values) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	req := shared.client.CoreV1().RESTClient().Post().Namespace(h.ns).Resource("pods").Name(pod + ":6060").SubResource("proxy").Suffix("turn")
	for name := range query {
		req.Param(name, query.Get(name))
	}
	if _, err := req.DoRaw(ctx); err == nil {
		h.mu.Lock()
		h.turns++
		h.mu.Unlock()
	}
}
