package underlock

import "sync"

// A Pantry lets go of its lock too early, or gives its goroutines less than they need.
type Pantry struct {
	mu      sync.RWMutex
	jars    map[string]int
	shelves [4]map[string]int
}

func (p *Pantry) Put(k string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.jars[k]++
	p.shelves[len(k)%4][k]++
}

func (p *Pantry) Take(k string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.jars, k)
	delete(p.shelves[len(k)%4], k)
}

func (p *Pantry) Has(k string) bool {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.jars[k] > 0 && p.shelves[len(k)%4][k] > 0
}

// Count waits when the lock has gone.
func (p *Pantry) Count() int {
	var sums [4]int
	var wg sync.WaitGroup
	p.mu.RLock()
	for i := range p.shelves {
		wg.Go(func() {
			sums[i] = len(p.shelves[i]) // want "read of p.shelves\\[i\\] without p.mu"
		})
	}
	p.mu.RUnlock()
	wg.Wait()
	return sums[0] + sums[1] + sums[2] + sums[3]
}

// Total defers the wait before the unlock, which runs first then.
func (p *Pantry) Total() (n int) {
	var wg sync.WaitGroup
	defer wg.Wait()
	p.mu.RLock()
	defer p.mu.RUnlock()
	wg.Add(1)
	go func() {
		defer wg.Done()
		for _, c := range p.jars { // want "read of p.jars without p.mu"
			n += c
		}
	}()
	return n
}

// Restock keeps others out, and not its goroutines from each other.
func (p *Pantry) Restock(kinds []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var wg sync.WaitGroup
	for _, k := range kinds {
		wg.Go(func() {
			p.jars[k] = 12 // want "write to p.jars in goroutines started by the loop at racy.go:68, no lock held"
		})
	}
	wg.Wait()
}

// Tidy holds the lock for readers.
func (p *Pantry) Tidy() {
	p.mu.RLock()
	defer p.mu.RUnlock()
	done := make(chan struct{})
	go func() {
		defer close(done)
		delete(p.jars, "") // want "write to p.jars .*RLock"
	}()
	<-done
}

// Peek does not wait for a look that takes too long.
func (p *Pantry) Peek(stop <-chan struct{}) (n int) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	done := make(chan struct{})
	go func() {
		defer close(done)
		n = len(p.jars) // want "read of p.jars without p.mu"
	}()
	select {
	case <-done:
	case <-stop:
	}
	return n
}

// all runs functions side by side and waits for them.
func all(fs ...func()) {
	var wg sync.WaitGroup
	for _, f := range fs {
		wg.Go(f)
	}
	wg.Wait()
}

// Label gives two functions one map, which they fill at the same time.
func Label(a, b []string) map[string]int {
	m := make(map[string]int)
	all(
		func() {
			for _, k := range a {
				m[k] = 1 // want "write to m with no lock held: the goroutine started at racy.go:116 may write it"
			}
		},
		func() {
			for _, k := range b {
				m[k] = 2 // want "write to m in the goroutine started at"
			}
		},
	)
	return m
}
