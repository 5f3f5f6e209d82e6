// Package weighted takes semaphores for locks.
package weighted

import (
	"context"
	"time"

	"golang.org/x/sync/semaphore"
)

// A Meter counts under a semaphore of one, which a caller can stop waiting for.
type Meter struct {
	sem  *semaphore.Weighted
	done chan struct{}
	seen map[string]int
	last map[string]time.Time
}

func NewMeter(ctx context.Context) *Meter {
	m := &Meter{
		sem:  semaphore.NewWeighted(1),
		done: make(chan struct{}),
		seen: map[string]int{},
		last: map[string]time.Time{},
	}
	go m.sweep(ctx)
	return m
}

func (m *Meter) sweep(ctx context.Context) {
	defer close(m.done)
	for ctx.Err() == nil {
		m.drop(ctx, time.Now().Add(-time.Minute))
	}
}

func (m *Meter) drop(ctx context.Context, before time.Time) {
	if err := m.sem.Acquire(ctx, 1); err != nil {
		return
	}
	defer m.sem.Release(1)
	for k, t := range m.last {
		if t.Before(before) {
			delete(m.last, k)
			delete(m.seen, k)
		}
	}
}

func (m *Meter) Count(ctx context.Context, k string) error {
	if err := m.sem.Acquire(ctx, 1); err != nil {
		return err
	}
	defer m.sem.Release(1)
	m.seen[k]++
	m.last[k] = time.Now()
	return nil
}

func (m *Meter) Peek(k string) (int, bool) {
	if !m.sem.TryAcquire(1) {
		return 0, false
	}
	n := m.seen[k]
	m.sem.Release(1)
	return n, true
}

const readers = 8

// A Board is read by some at a time, and written by one that excludes them all.
type Board struct {
	sem   *semaphore.Weighted
	notes map[string]string
}

func NewBoard() *Board {
	sem := semaphore.NewWeighted(readers)
	return &Board{sem: sem, notes: map[string]string{}}
}

func (b *Board) Read(ctx context.Context, k string) (string, error) {
	if err := b.sem.Acquire(ctx, 1); err != nil {
		return "", err
	}
	defer b.sem.Release(1)
	return b.notes[k], nil
}

func (b *Board) Pin(ctx context.Context, k, s string) error {
	if err := b.sem.Acquire(ctx, readers); err != nil {
		return err
	}
	defer b.sem.Release(readers)
	b.notes[k] = s
	return nil
}

func (b *Board) Tear(ctx context.Context, k string) error {
	if err := b.sem.Acquire(ctx, readers); err != nil {
		return err
	}
	defer b.sem.Release(readers)
	delete(b.notes, k)
	return nil
}
