package safe

import (
	"sync"
	"sync/atomic"
)

// Table is filled once, by whoever comes first.
type Table struct {
	once  sync.Once
	codes map[string]int
}

func (t *Table) load() {
	t.codes = make(map[string]int)
	for i, c := range []string{"ok", "gone", "busy"} {
		t.codes[c] = i
	}
}

func (t *Table) Code(name string) int {
	t.once.Do(t.load)
	return t.codes[name]
}

func (t *Table) Codes(names []string) (codes []int) {
	t.once.Do(func() { t.load() })
	var wg sync.WaitGroup
	codes = make([]int, len(names))
	for i, n := range names {
		wg.Go(func() { codes[i] = t.Code(n) })
	}
	wg.Wait()
	return codes
}

var (
	unitsOnce sync.Once
	units     map[string]float64
)

// Unit is called from many goroutines.
func Unit(name string) float64 {
	unitsOnce.Do(func() {
		units = map[string]float64{"m": 1}
		units["km"] = 1000
	})
	return units[name]
}

var prefixes = sync.OnceValue(func() map[string]int {
	p := make(map[string]int)
	p["k"] = 3
	p["M"] = 6
	return p
})

func Convert(values map[string]float64) map[string]float64 {
	var (
		mu  sync.Mutex
		wg  sync.WaitGroup
		out = make(map[string]float64)
	)
	for name, v := range values {
		wg.Go(func() {
			v *= Unit(name) + float64(prefixes()["k"])
			mu.Lock()
			out[name] = v
			mu.Unlock()
		})
	}
	wg.Wait()
	return out
}

// RetryOnce runs a function until it has returned no error.
type RetryOnce struct {
	mu   sync.Mutex
	done atomic.Bool
}

func (o *RetryOnce) Do(f func() error) error {
	if o.done.Load() {
		return nil
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.done.Load() {
		return nil
	}
	err := f()
	o.done.Store(err == nil)
	return err
}

type Commands struct {
	once  RetryOnce
	names map[string]int
	load  func() (map[string]int, error)
}

func (c *Commands) Get() (map[string]int, error) {
	err := c.once.Do(func() error {
		names, err := c.load()
		if err != nil {
			return err
		}
		c.names = names
		return nil
	})
	return c.names, err
}

func (c *Commands) Each(keys []string) {
	var wg sync.WaitGroup
	for _, k := range keys {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if names, err := c.Get(); err == nil && names[k] > 0 {
				println(k)
			}
		}()
	}
	wg.Wait()
}
