// Probetop is top(1) for Kubernetes probes.
package main

import (
	"os"

	"github.com/probetop/probetop/cmd"
)

func main() { os.Exit(cmd.Main()) }
