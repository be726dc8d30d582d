package cmd

import "os"

// aside keeps credential plugins off the terminal while the board is drawn there: client-go runs them with the process's own
// stderr, and with its stdin where that is a terminal. What they print goes to the debug log, if there is one. The returned
// function ends it. Nothing may read the process's streams by these names meanwhile.
func (l *DebugLog) aside() (end func()) {
	file := l.target()
	nowhere, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return func() {} // the board is worth more
	}
	if file == nil {
		file = nowhere
	}
	in := os.Stdin
	os.Stdin = nowhere // it is no terminal, so that nobody asks for anything there
	back := redirectStderr(file)
	return func() {
		back()
		os.Stdin = in
		_ = nowhere.Close()
	}
}
