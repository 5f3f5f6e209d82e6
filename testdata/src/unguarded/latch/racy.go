package latch

import (
	"context"
	"sync"

	"unguarded/latch/gate"
)

// Blossom counts the bees at blossoms.
type Blossom struct {
	turn turn
	bees map[string]int
}

func newBlossom() *Blossom { return &Blossom{turn: newTurn(), bees: map[string]int{}} }

func (b *Blossom) Land(ctx context.Context, at string) error {
	if err := b.turn.get(ctx); err != nil {
		return err
	}
	defer b.turn.end()
	b.bees[at]++
	return nil
}

func (b *Blossom) Leave(at string) {
	if b.turn.getNow() {
		b.bees[at]--
		b.turn.end()
	}
}

func (b *Blossom) Wilt(at string) {
	delete(b.bees, at) // want "write to b.bees without b.turn"
}

// Honey is measured under a gate of another package.
type Honey struct {
	gate *gate.Gate
	jars map[string]int
}

func newHoney() *Honey { return &Honey{gate: gate.New(), jars: map[string]int{}} }

func (h *Honey) Fill(ctx context.Context, kind string, n int) error {
	if err := h.gate.Enter(ctx); err != nil {
		return err
	}
	defer h.gate.Leave()
	h.jars[kind] += n
	return nil
}

func (h *Honey) Sell(ctx context.Context, kind string) error {
	err := h.gate.Enter(ctx)
	if err != nil {
		return err
	}
	h.jars[kind]--
	h.gate.Leave()
	return nil
}

func (h *Honey) Count(ctx context.Context) (int, error) {
	if err := h.gate.Enter(ctx); err != nil {
		return 0, err
	}
	defer h.gate.Leave()
	return len(h.jars), nil
}

func (h *Honey) Break(kind string) {
	h.jars[kind]-- // want "write to h.jars without h.gate"
}

// Queens are counted by those who get the lock.
type Queens struct {
	mu     sync.Mutex
	marked map[string]bool
}

func (q *Queens) attempt() bool { return q.mu.TryLock() }

func (q *Queens) Mark(id string) {
	if !q.attempt() {
		return
	}
	q.marked[id] = true
	q.mu.Unlock()
}

func (q *Queens) Unmark(id string) {
	if ok := q.attempt(); ok {
		delete(q.marked, id)
		q.mu.Unlock()
	}
}

func (q *Queens) Marked(id string) bool {
	return q.marked[id] // want "read of q.marked without q.mu"
}

// seats are several: who has one excludes nobody.
type seats chan struct{}

// Table is used by as many as there are seats.
type Table struct {
	free  seats
	tasks map[string]int
}

func newTable(n int) *Table { return &Table{free: make(seats, n), tasks: map[string]int{}} }

func (t *Table) run(names []string) {
	for _, name := range names {
		t.free <- struct{}{}
		go func() {
			t.tasks[name]++ // want "write to t.tasks in goroutines started by the loop"
			<-t.free
		}()
	}
}
