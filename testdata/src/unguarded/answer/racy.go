package answer

import (
	"context"
	"sync"
)

func Some(ctx context.Context, sheds []string, ask func(string) float64) map[string]float64 {
	var wg sync.WaitGroup
	var mu sync.Mutex
	read := map[string]float64{}
	for _, s := range sheds {
		wg.Add(1)
		go func() {
			defer wg.Done()
			c := ask(s)
			mu.Lock()
			read[s] = c
			mu.Unlock()
		}()
	}
	select {
	case <-after(&wg):
		return read
	case <-ctx.Done():
		return read // want "read of read with no lock held"
	}
}

// crush works on while somebody waits for it or not.
type crush struct{ casks map[string]int }

func (c *crush) run() <-chan struct{} {
	done := make(chan struct{})
	go func() {
		defer close(done)
		c.casks["white"]++ // want "write to c.casks in the goroutine started"
	}()
	return done
}

func Crush(ctx context.Context) int {
	c := &crush{casks: map[string]int{}}
	done := c.run()
	select {
	case <-done:
	case <-ctx.Done():
	}
	return c.casks["white"]
}
