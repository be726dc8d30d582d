package tui

import "github.com/probetop/probetop/model"

// glyphs are the marks that go before words. Each is one cell wide.
type glyphs struct {
	severity [model.Finished + 1]string
	state    [model.StatePassing + 1]string

	ellipsis, cursor, rule, bar  string
	up, down                     string
	live, busy, trouble, stopped string
	none, dot, times             string
	to, most, least              string
	differ, agree                string

	// of a recording
	recording, playing, paused, end string
	played, head                    string

	lanes laneGlyphs
}

// laneGlyphs draw what was, on a timeline, and the run of a probe.
type laneGlyphs struct {
	good, idle, bad, doubt, kill, ended, start, well, unwell string
	full, empty                                              string
}

func unicodeGlyphs() glyphs {
	return glyphs{
		severity: [...]string{
			model.RestartDue: "✖", model.Unready: "✖", model.BelowThreshold: "▲", model.Unprobeable: "‼",
			model.Flapping: "~", model.Starting: "◐", model.Terminating: "▪", model.Healthy: "●",
			model.Unprobed: "○", model.Finished: "▫",
		},
		state: [...]string{
			model.StateFailed: "✖", model.StateFailing: "▲", model.StateErroring: "‼", model.StateUnknown: "?",
			model.StateStarting: "◐", model.StateDelayed: "◔", model.StateGated: "◇", model.StateWaiting: "·",
			model.StateSuspended: "▪", model.StateHeld: "✓", model.StatePassing: "●",
		},
		ellipsis: "…", cursor: "▸", rule: "─", bar: "│", up: "↑", down: "↓",
		live: "●", busy: "◐", trouble: "▲", stopped: "✖", none: "–", dot: "·", times: "×",
		to: "–", most: "≤", least: "≥",
		differ: "≠", agree: "=",
		recording: "●", playing: "►", paused: "‖", end: "■", played: "━", head: "┃",
		lanes: laneGlyphs{"━", "─", "▒", "┅", "K", "■", "►", "◆", "◇", "●", "○"},
	}
}

func asciiGlyphs() glyphs {
	return glyphs{
		severity: [...]string{
			model.RestartDue: "X", model.Unready: "X", model.BelowThreshold: "!", model.Unprobeable: "E",
			model.Flapping: "~", model.Starting: "/", model.Terminating: "-", model.Healthy: "+",
			model.Unprobed: "o", model.Finished: ".",
		},
		state: [...]string{
			model.StateFailed: "X", model.StateFailing: "!", model.StateErroring: "E", model.StateUnknown: "?",
			model.StateStarting: "/", model.StateDelayed: "d", model.StateGated: "g", model.StateWaiting: ".",
			model.StateSuspended: "-", model.StateHeld: "=", model.StatePassing: "+",
		},
		ellipsis: "..", cursor: ">", rule: "-", bar: "|", up: "^", down: "v",
		live: "+", busy: "/", trouble: "!", stopped: "X", none: "-", dot: "-", times: "x",
		to: "-", most: "<=", least: ">=",
		differ: "#", agree: "=",
		recording: "*", playing: ">", paused: "=", end: "#", played: "=", head: "|",
		lanes: laneGlyphs{"=", "-", "#", "~", "K", "]", ">", "o", "x", "*", "o"},
	}
}
