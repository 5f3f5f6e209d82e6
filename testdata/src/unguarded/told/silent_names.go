package told

import (
	"context"
	"fmt"
)

type loader struct {
	names map[int]string
	done  chan struct{}
}

type Reg struct{ l *loader }

func New(n int) *Reg {
	l := &loader{names: map[int]string{}, done: make(chan struct{})}
	go func() {
		defer close(l.done)
		for i := range n {
			l.names[i] = fmt.Sprint(i)
		}
	}()
	return &Reg{l}
}

func (l *loader) wait(ctx context.Context) error {
	select {
	case <-l.done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("loading: %w", ctx.Err())
	}
}

func (r *Reg) ready(ctx context.Context) error { return r.l.wait(ctx) }

func (r *Reg) Name(ctx context.Context, i int) (string, error) {
	if err := r.ready(ctx); err != nil {
		return "", err
	}
	return r.l.names[i], nil
}
