// Package figures is what the end-to-end tests measure, as they pass it on to the commands that make tables of it.
package figures

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
)

// Figures are those of one test.
type Figures struct {
	Parity *Parity `json:"parity,omitempty"`
	Soak   *Soak   `json:"soak,omitempty"`
}

// Parity is how often a probe that ran from here has done what the kubelet's did.
type Parity struct {
	Compared int `json:"compared"`
	Equal    int `json:"equal"`
}

// Soak is what one probetop has said during a soak, held against what the kubelet counted.
type Soak struct {
	Mode       string `json:"mode"`       // what it rests on: events or counters
	Events     int    `json:"events"`     // that came
	Late       int    `json:"late"`       // of them: later than the tolerance
	Sure       int    `json:"sure"`       // claims of high certainty or more
	WrongSure  int    `json:"wrongSure"`  // of them
	Exact      int    `json:"exact"`      // numbers of failures
	WrongExact int    `json:"wrongExact"` // of them
	Restarts   int    `json:"restarts"`
	Known      int    `json:"known"`  // restarts with the right cause in the end
	Misled     int    `json:"misled"` // restarts that had a wrong cause at high certainty
	Held       int    `json:"held"`   // forecasts
	Missed     int    `json:"missed"`
}

// Read returns the figures of a file with a line for each.
func Read(path string) ([]Figures, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("opening the figures: %w", err)
	}
	defer func() { _ = f.Close() }()
	var all []Figures
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		var one Figures
		if err := json.Unmarshal(lines.Bytes(), &one); err != nil {
			return nil, fmt.Errorf("decoding the figures of %s: %w", path, err)
		}
		all = append(all, one)
	}
	return all, lines.Err()
}
