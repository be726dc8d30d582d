//go:build !unix

package cmd

import "github.com/probetop/probetop/tui"

// terminalMeasure does not ask: the consoles here count rune by rune.
func terminalMeasure() tui.Measure { return tui.PerRune }
