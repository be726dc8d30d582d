//go:build unix

package cmd

import (
	"os"
	"slices"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"
	"golang.org/x/sys/unix"

	"github.com/probetop/probetop/tui"
)

// answerTime is how long the terminal has for an answer. Every one answers at once; what is none never does.
const answerTime = 200 * time.Millisecond

// terminalMeasure asks the terminal how it counts cells: whether mode 2027 is set. It counts rune by rune where it does not
// answer, where it cannot be asked, and in the background, where to ask would stop the process.
func terminalMeasure() tui.Measure {
	if slices.Contains([]string{"", "dumb", "linux"}, os.Getenv("TERM")) {
		return tui.PerRune
	}
	fd, err := unix.Open("/dev/tty", unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	if err != nil {
		return tui.PerRune
	}
	defer func() { _ = unix.Close(fd) }()
	if group, err := unix.IoctlGetInt(fd, unix.TIOCGPGRP); err != nil || group != unix.Getpgrp() {
		return tui.PerRune
	}
	before, err := term.MakeRaw(uintptr(fd))
	if err != nil {
		return tui.PerRune
	}
	defer func() { _ = term.Restore(uintptr(fd), before) }()
	// What every terminal answers is asked second, so that its answer ends the wait.
	if _, err := unix.Write(fd, []byte(ansi.RequestModeUnicodeCore+ansi.RequestPrimaryDeviceAttributes)); err != nil {
		return tui.PerRune
	}
	return measureOf(answerOf(fd))
}

// answerOf reads what the terminal answers, up to its attributes.
func answerOf(fd int) (answer []byte) {
	buffer := make([]byte, 256)
	for end := time.Now().Add(answerTime); !answered(answer); {
		left := unix.NsecToTimeval(int64(max(time.Until(end), 0)))
		var ready unix.FdSet
		ready.Set(fd)
		if n, err := unix.Select(fd+1, &ready, nil, nil, &left); err != nil || n == 0 {
			return answer
		}
		n, err := unix.Read(fd, buffer)
		if err != nil || n == 0 {
			return answer
		}
		answer = append(answer, buffer[:n]...)
	}
	return answer
}
