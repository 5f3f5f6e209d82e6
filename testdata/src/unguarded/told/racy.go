package told

import (
	"context"
	"time"
)

type Cells struct {
	full chan struct{}
	at   map[int]string
}

func NewCells(n int) *Cells {
	c := &Cells{full: make(chan struct{}), at: map[int]string{}}
	go c.load(n)
	return c
}

func (c *Cells) load(n int) {
	defer close(c.full)
	for i := range n {
		c.at[i] = "x" // want "write to c.at in the goroutine started at"
	}
}

func (c *Cells) wait(ctx context.Context) error {
	select {
	case <-c.full:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Get reads where the wait has failed as well.
func (c *Cells) Get(ctx context.Context, i int) string {
	if err := c.wait(ctx); err != nil {
		return "early " + c.at[i]
	}
	return c.at[i]
}

// patient waits for some time, and does not tell.
func (t *Tiles) patient() error {
	select {
	case <-t.full:
	case <-time.After(time.Second):
	}
	return nil
}

type Tiles struct {
	full chan struct{}
	kind map[int]string
}

func NewTiles() *Tiles {
	t := &Tiles{full: make(chan struct{}), kind: map[int]string{}}
	go func() {
		t.kind[0] = "grass" // want "write to t.kind in the goroutine started at"
		close(t.full)
	}()
	return t
}

func (t *Tiles) Kind(i int) string {
	if err := t.patient(); err != nil {
		return ""
	}
	return t.kind[i]
}
