package watch

import (
	"fmt"
	"runtime/debug"
)

// A Panic is a panic of a goroutine as an error, so that the process ends in order.
type Panic struct {
	// Value is what the goroutine panicked with, and Stack where.
	Value any
	Stack string
}

func (p *Panic) Error() string { return fmt.Sprintf("panic: %v\n%s", p.Value, p.Stack) }

// Catch returns f with its panics as errors of type *Panic.
func Catch(f func() error) func() error {
	return func() (err error) {
		defer func() {
			if v := recover(); v != nil {
				err = &Panic{v, string(debug.Stack())}
			}
		}()
		return f()
	}
}
