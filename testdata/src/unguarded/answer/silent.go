package answer

import (
	"context"
	"errors"
	"maps"
	"sync"
)

// tour asks the sheds of a vineyard for their temperature.
type tour struct {
	wg   sync.WaitGroup
	mu   sync.Mutex
	read map[string]float64
}

func (t *tour) visit(shed string, ask func(string) float64) {
	t.wg.Add(1)
	go func() {
		defer t.wg.Done()
		c := ask(shed)
		t.mu.Lock()
		t.read[shed] = c
		t.mu.Unlock()
	}()
}

// over returns a channel that is closed when all sheds have answered.
func (t *tour) over() <-chan struct{} {
	c := make(chan struct{})
	go func() {
		defer close(c)
		t.wg.Wait()
	}()
	return c
}

func (t *tour) all(ctx context.Context) (map[string]float64, error) {
	select {
	case <-t.over():
		return t.read, nil
	case <-ctx.Done():
		t.mu.Lock()
		defer t.mu.Unlock()
		return maps.Clone(t.read), ctx.Err()
	}
}

func (t *tour) coldest() (shed string) {
	over := t.over()
	<-over
	for s, c := range t.read {
		if shed == "" || c < t.read[shed] {
			shed = s
		}
	}
	return shed
}

func Temperatures(ctx context.Context, sheds []string, ask func(string) float64) (map[string]float64, error) {
	t := &tour{read: map[string]float64{}}
	for _, s := range sheds {
		t.visit(s, ask)
	}
	return t.all(ctx)
}

func Coldest(sheds []string, ask func(string) float64) string {
	t := &tour{read: map[string]float64{}}
	for _, s := range sheds {
		t.visit(s, ask)
	}
	return t.coldest()
}

func after(wg *sync.WaitGroup) chan struct{} {
	c := make(chan struct{})
	go func() {
		wg.Wait()
		close(c)
	}()
	return c
}

// press does its work in the goroutine that answers.
type press struct{ barrels map[string]int }

func (p *press) run(grapes []string) (<-chan int, <-chan error) {
	count, errs := make(chan int), make(chan error, 1)
	go func() {
		for _, g := range grapes {
			p.barrels[g]++
			count <- len(g)
		}
		if len(grapes) == 0 {
			errs <- errors.New("nothing to press")
			return
		}
		errs <- nil
	}()
	return count, errs
}

func Press(grapes []string) (int, error) {
	p := &press{barrels: map[string]int{}}
	count, errs := p.run(grapes)
	for range grapes {
		<-count
	}
	if err := <-errs; err != nil {
		return 0, err
	}
	return p.barrels["riesling"], nil
}
