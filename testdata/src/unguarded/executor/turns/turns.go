// Package turns runs what it is given: in one goroutine, or in several.
package turns

import "context"

type job struct {
	fn   func(context.Context)
	done chan struct{}
}

// One runs jobs one after the other.
type One struct {
	jobs chan job
	end  chan struct{}
}

func NewOne() *One {
	o := &One{jobs: make(chan job), end: make(chan struct{})}
	go o.run(context.Background())
	return o
}

func (o *One) run(ctx context.Context) {
	for {
		select {
		case <-o.end:
			return
		case j := <-o.jobs:
			j.fn(ctx)
			close(j.done)
		}
	}
}

// Do runs f and waits for it.
func (o *One) Do(ctx context.Context, f func(context.Context)) error {
	done := make(chan struct{})
	select {
	case <-ctx.Done():
		return ctx.Err()
	case o.jobs <- job{f, done}:
		<-done
		return nil
	}
}

// Many runs jobs beside each other.
type Many struct{ jobs chan func() }

func NewMany(n int) *Many {
	m := &Many{jobs: make(chan func())}
	for range n {
		go m.work()
	}
	return m
}

func (m *Many) work() {
	for f := range m.jobs {
		f()
	}
}

func (m *Many) Do(f func()) { m.jobs <- f }
