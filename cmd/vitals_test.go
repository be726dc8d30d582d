package cmd_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/metrics"
	"runtime/pprof"
	"time"
)

// vitalsDir is a folder into which the test binary, while it is probetop, writes every second how it is; and profiles,
// when a file of the name profiles is put there.
const vitalsDir = "PROBETOP_TEST_VITALS"

// vitals are what a process says of itself.
type vitals struct {
	Goroutines int
	// Live is what the last garbage collection has left of the heap, in bytes.
	Live uint64
}

// tellVitals writes vitals for as long as the process lives, if it is to.
func tellVitals() {
	dir := os.Getenv(vitalsDir)
	if dir == "" {
		return
	}
	go func() {
		n := 0
		for range time.Tick(time.Second) {
			writeVitals(dir)
			if os.Remove(filepath.Join(dir, "profiles")) == nil {
				n++
				writeProfiles(dir, n)
			}
		}
	}()
}

// writeVitals is quiet about failure: it is the test that misses them.
func writeVitals(dir string) {
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	data, _ := json.Marshal(vitals{runtime.NumGoroutine(), live[0].Value.Uint64()})
	file := filepath.Join(dir, "vitals")
	if os.WriteFile(file+".new", data, 0o600) == nil {
		_ = os.Rename(file+".new", file)
	}
}

// writeProfiles writes what every goroutine does, and what the heap consists of.
func writeProfiles(dir string, n int) {
	runtime.GC()
	for _, of := range []struct {
		name  string
		debug int
	}{{"goroutine", 1}, {"heap", 0}} {
		f, err := os.Create(filepath.Join(dir, fmt.Sprintf("%s.%d", of.name, n)))
		if err != nil {
			return
		}
		_ = pprof.Lookup(of.name).WriteTo(f, of.debug)
		_ = f.Close()
	}
}

// readVitals returns what a process has said last; false before it has said anything.
func readVitals(dir string) (v vitals, ok bool) {
	data, err := os.ReadFile(filepath.Join(dir, "vitals"))
	return v, err == nil && json.Unmarshal(data, &v) == nil
}
