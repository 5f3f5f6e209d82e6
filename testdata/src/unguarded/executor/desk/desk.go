// Package desk hands functions to a package that runs them.
package desk

import (
	"context"
	"sync"

	"unguarded/executor/turns"
)

type Desk struct {
	one   *turns.One
	forms map[string]int
	open  map[int]bool
}

func New() *Desk {
	return &Desk{one: turns.NewOne(), forms: map[string]int{}, open: map[int]bool{}}
}

// Serve takes forms from all that send some.
func (d *Desk) Serve(ctx context.Context, from []chan string) {
	var wg sync.WaitGroup
	for i, c := range from {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for f := range c {
				d.file(ctx, i, f)
			}
		}()
	}
	wg.Wait()
}

func (d *Desk) file(ctx context.Context, i int, f string) {
	_ = d.turn(ctx, func(context.Context) {
		d.forms[f]++
		d.open[i] = true
	})
}

func (d *Desk) turn(ctx context.Context, f func(context.Context)) error { return d.one.Do(ctx, f) }

func (d *Desk) Reset(ctx context.Context) {
	for i := range 3 {
		go func() {
			_ = d.one.Do(ctx, func(context.Context) {
				delete(d.open, i)
				clear(d.forms)
			})
		}()
	}
}

type Office struct {
	many  *turns.Many
	forms map[string]int
}

func NewOffice() *Office { return &Office{many: turns.NewMany(4), forms: map[string]int{}} }

func (o *Office) File(names []string) {
	for _, n := range names {
		o.many.Do(func() {
			o.forms[n]++ // want "write to o.forms in goroutines started by the loop"
		})
	}
}
