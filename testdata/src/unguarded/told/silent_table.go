package told

import (
	"context"
	"sync"
)

type Table struct {
	rows map[string]int
	wg   sync.WaitGroup
	done chan struct{}
}

func Scan(parts []string) *Table {
	t := &Table{rows: map[string]int{}, done: make(chan struct{})}
	go t.scan(parts)
	return t
}

func (t *Table) scan(parts []string) {
	for _, p := range parts {
		t.rows[p]++
	}
	close(t.done)
}

type snapshot struct{ t *Table }

func (t *Table) snap(ctx context.Context) *snapshot {
	select {
	case <-t.done:
		return &snapshot{t}
	case <-ctx.Done():
		return nil
	}
}

// Sum is known when all has been scanned.
func (t *Table) Sum(ctx context.Context) (sum int, ok bool) {
	s := t.snap(ctx)
	if s == nil {
		return 0, false
	}
	for _, n := range t.rows {
		sum += n
	}
	return sum, true
}
