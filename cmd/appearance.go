package cmd

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/pflag"

	"github.com/probetop/probetop/cmd/config"
	"github.com/probetop/probetop/tui"
)

// appearance is how the board looks and what its keys are. A flag goes before the environment, and that before the
// configuration.
type appearance struct {
	ascii, bell bool
	flags       *pflag.FlagSet

	config config.Config
}

func (a *appearance) addFlags(fs *pflag.FlagSet) {
	a.flags = fs
	fs.BoolVar(&a.ascii, "ascii", false, "Draw with the characters that every terminal has; by itself where the locale or TERM has no others")
	fs.BoolVar(&a.bell, "bell", false, "Ring the terminal's bell for what must not be missed, such as a Service without a ready pod")
}

// configure reads the configuration, which only boards have.
func (a *appearance) configure() error {
	path := config.Path()
	var err error
	if a.config, err = config.Load(path); err == nil {
		return nil
	}
	var wrong *config.Error
	if !errors.As(err, &wrong) {
		return err
	}
	where := path
	if wrong.Line > 0 {
		where = fmt.Sprintf("%s:%d", path, wrong.Line)
	}
	return because(usage("%s: %s. %s", where, wrong.What, wrong.Next), err)
}

// refresh is the least time between two pictures; zero for the usual one.
func (a *appearance) refresh() time.Duration { return time.Duration(a.config.Refresh) }

// dress says how the board looks.
func (a *appearance) dress(o *tui.Options, colorless bool) {
	o.Theme = tui.Theme(a.config.Theme)
	o.NoColor = colorless
	o.Keys = a.config.Bindings()
	o.Pods = a.config.Views.Pods.Arrangement()
	o.Suspend = suspendable()
	o.Mouse = a.config.Mouse
	if o.Bell = a.config.Bell; a.flags.Changed("bell") {
		o.Bell = a.bell
	}
	switch {
	case a.flags.Changed("ascii"):
		o.ASCII = a.ascii
	case a.config.ASCII != nil:
		o.ASCII = *a.config.ASCII
	default:
		o.ASCII = onlyASCII()
	}
	if o.Theme == "" && os.Getenv("TERM") == "linux" {
		o.Theme = tui.ThemeDark // the console is black, and cannot be asked
	}
}
