package spawn

import (
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"unguarded/spawn/async"
)

// Locked takes a lock in each goroutine.
func Locked(urls []string) map[string]int {
	var (
		mu    sync.Mutex
		wg    sync.WaitGroup
		sizes = make(map[string]int)
	)
	for _, u := range urls {
		wg.Go(func() {
			n := fetch(u)
			mu.Lock()
			defer mu.Unlock()
			sizes[u] = n
		})
	}
	wg.Wait()
	return sizes
}

// Collected writes in one goroutine what the others send.
func Collected(urls []string) map[string]int {
	type size struct {
		url string
		n   int
	}
	found := make(chan size)
	for _, u := range urls {
		go func() { found <- size{u, fetch(u)} }()
	}
	sizes := make(map[string]int)
	for range urls {
		s := <-found
		sizes[s.url] = s.n
	}
	return sizes
}

// Slots writes to a slice, and to the map when all are done.
func Slots(urls []string) map[string]int {
	n := make([]int, len(urls))
	var g errgroup.Group
	for i, u := range urls {
		g.Go(func() error {
			n[i] = fetch(u)
			return nil
		})
	}
	if g.Wait() != nil {
		return nil
	}
	sizes := make(map[string]int)
	for i, u := range urls {
		sizes[u] = n[i]
	}
	return sizes
}

// Before writes the map that its goroutines read.
func Before(urls []string, want func(string) bool) {
	wanted := make(map[string]bool)
	for _, u := range urls {
		wanted[u] = want(u)
	}
	var wg sync.WaitGroup
	for _, u := range urls {
		wg.Go(func() {
			if wanted[u] {
				fetch(u)
			}
		})
	}
	wg.Wait()
	clear(wanted)
}

// Own makes a map in each round, or in each goroutine.
func Own(batches [][]string, out chan<- map[string]int) {
	for _, b := range batches {
		sizes := make(map[string]int)
		go func() {
			seen := make(map[string]bool)
			for _, u := range b {
				if !seen[u] {
					seen[u] = true
					sizes[u] = fetch(u)
				}
			}
			out <- sizes
		}()
	}
}

// Each waits in every round, so that one goroutine runs at a time.
func Each(urls []string) map[string]int {
	sizes := make(map[string]int)
	for _, u := range urls {
		done := make(chan bool)
		go func() {
			sizes[u] = fetch(u)
			done <- true
		}()
		<-done
	}
	return sizes
}

// Calls does so in functions that wait for what they start.
func Calls(urls []string) map[string]int {
	sizes := make(map[string]int)
	l := async.NewLoop()
	for _, u := range urls {
		async.Call(func() { sizes[u] = fetch(u) })
	}
	for _, u := range urls {
		l.Call(func() { sizes[u]++ })
	}
	async.InTurn(len(urls), func(i int) { sizes[urls[i]]++ })
	return sizes
}

// First starts a goroutine for the first match only.
func First(urls []string) <-chan map[string]int {
	out := make(chan map[string]int, 1)
	for _, u := range urls {
		if fetch(u) > 10 {
			sizes := map[string]int{}
			go func() {
				sizes[u] = fetch(u)
				out <- sizes
			}()
			break
		}
	}
	return out
}

// Serial is an errgroup with one slot.
func Serial(urls []string) map[string]int {
	sizes := make(map[string]int)
	var g errgroup.Group
	g.SetLimit(1)
	for _, u := range urls {
		g.Go(func() error {
			sizes[u] = fetch(u)
			return nil
		})
	}
	_ = g.Wait()
	return sizes
}

// Timed lets its timer send, and writes where it receives.
func Timed(names <-chan string, d time.Duration) map[string]int {
	late, n := make(chan string, 100), make(map[string]int)
	for name := range names {
		n[name]++
		time.AfterFunc(d, func() { late <- name })
		select {
		case l := <-late:
			delete(n, l)
		default:
		}
	}
	return n
}
