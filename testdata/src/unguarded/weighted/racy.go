package weighted

import (
	"context"

	"golang.org/x/sync/semaphore"
)

// A Pool lets four work at a time: what they do is not done by one.
type Pool struct {
	slots *semaphore.Weighted
	tasks chan string
	done  map[string]int
}

func NewPool(ctx context.Context) *Pool {
	p := &Pool{slots: semaphore.NewWeighted(4), tasks: make(chan string), done: map[string]int{}}
	for range 4 {
		go p.work(ctx)
	}
	return p
}

func (p *Pool) work(ctx context.Context) {
	for t := range p.tasks {
		if p.slots.Acquire(ctx, 1) != nil {
			return
		}
		p.done[t]++ // want "write to p.done"
		p.slots.Release(1)
	}
}

type Ledger struct {
	sem  *semaphore.Weighted
	rows map[int]string
}

func NewLedger() *Ledger { return &Ledger{semaphore.NewWeighted(1), map[int]string{}} }

func (l *Ledger) Enter(ctx context.Context, i int, s string) error {
	if err := l.sem.Acquire(ctx, 1); err != nil {
		return err
	}
	l.rows[i] = s
	l.sem.Release(1)
	return nil
}

func (l *Ledger) Strike(ctx context.Context, i int) error {
	if err := l.sem.Acquire(ctx, 1); err != nil {
		return err
	}
	defer l.sem.Release(1)
	delete(l.rows, i)
	return nil
}

func (l *Ledger) Row(i int) string { return l.rows[i] } // want "read of l.rows without l.sem"
