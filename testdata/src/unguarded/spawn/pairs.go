package spawn

import (
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"unguarded/spawn/async"
)

// Cache deletes what timers tell it to.
type Cache struct {
	ttl   time.Duration
	items map[string]string
}

func (c *Cache) Put(k, v string) {
	c.items[k] = v // want `^write to c\.items .*\[unguarded/likely\]$`
	time.AfterFunc(c.ttl, func() {
		delete(c.items, k) // want `^write to c\.items .*\[unguarded/likely\]$`
	})
}

func (c *Cache) Get(k string) string { return c.items[k] }

// Tokens has a timer whose callback is a method.
type Tokens struct {
	left  map[string]int
	timer *time.Timer
}

func (t *Tokens) Start(d time.Duration) {
	t.timer = time.AfterFunc(d, t.refill)
}

func (t *Tokens) refill() {
	for name := range t.left {
		t.left[name] = 10 // want `^write to t\.left .*\[unguarded/likely\]$`
	}
}

func (t *Tokens) Take(name string) bool {
	if t.left[name] == 0 {
		return false
	}
	t.left[name]-- // want `^write to t\.left .*\[unguarded/likely\]$`
	return true
}

// Store has a janitor, which runs as long as the store is used.
type Store struct {
	items map[string]time.Time
	stop  chan struct{}
}

func NewStore() *Store {
	s := &Store{items: make(map[string]time.Time), stop: make(chan struct{})}
	go s.janitor(time.NewTicker(time.Minute))
	return s
}

func (s *Store) janitor(t *time.Ticker) {
	for {
		select {
		case now := <-t.C:
			for k, u := range s.items {
				if now.After(u) {
					delete(s.items, k) // want `^write to s\.items .*\[unguarded/likely\]$`
				}
			}
		case <-s.stop:
			return
		}
	}
}

func (s *Store) Touch(k string) {
	s.items[k] = time.Now().Add(time.Hour) // want `^write to s\.items .*\[unguarded/likely\]$`
}

// Two goroutines write to one map in different places.
func Two(in []int) (map[int]string, error) {
	kinds := make(map[int]string)
	var g errgroup.Group
	g.Go(func() error {
		for _, n := range in {
			if n%2 == 0 {
				kinds[n] = "even" // want `^write to kinds .*\[unguarded/likely\]$`
			}
		}
		return nil
	})
	g.Go(func() error {
		for _, n := range in {
			if n%2 != 0 {
				kinds[n] = "odd" // want `^write to kinds .*\[unguarded/likely\]$`
			}
		}
		return nil
	})
	return kinds, g.Wait()
}

// OneReads has one that writes.
func OneReads(in <-chan string) int {
	var wg sync.WaitGroup
	seen, twice := make(map[string]bool), 0
	next := make(chan string, 10)
	wg.Go(func() {
		defer close(next)
		for s := range in {
			seen[s] = true // want `^write to seen .*\[unguarded/likely\]$`
			next <- s
		}
	})
	wg.Go(func() {
		for s := range next {
			if seen[s+s] {
				twice++
			}
		}
	})
	wg.Wait()
	return twice
}

// Parent writes while its goroutine does.
func Parent(urls []string) map[string]int {
	sizes := make(map[string]int)
	done := make(chan struct{})
	go func() {
		defer close(done)
		sizes["index"] = fetch("index") // want `^write to sizes .*\[unguarded/likely\]$`
	}()
	for _, u := range urls {
		sizes[u] = fetch(u) // want `^write to sizes .*\[unguarded/likely\]$`
	}
	<-done
	return sizes
}

// Handed starts its goroutine in a function of another package.
func Handed(urls []string) int {
	sizes := make(map[string]int)
	async.Go(func() {
		for u, n := range sizes {
			println(u, n)
		}
	})
	for _, u := range urls {
		sizes[u] = fetch(u) // want `^write to sizes .*\[unguarded/likely\]$`
	}
	return len(sizes)
}

var progress = make(map[string]int)

// Watch reads a package variable while its caller goes on to write.
func Watch(d time.Duration) {
	go func() {
		for range time.Tick(d) {
			println(len(progress))
		}
	}()
}

func Build(targets []string) {
	Watch(time.Second)
	for _, t := range targets {
		progress[t]++ // want `^write to progress .*\[unguarded/likely\]$`
	}
}
