// Package spawn writes to maps in goroutines, without any lock.
package spawn

import (
	"context"
	"fmt"
	"net"
	"sync"

	"golang.org/x/sync/errgroup"

	"unguarded/spawn/async"
)

func fetch(url string) int { return len(url) }

// Sizes starts a goroutine for each URL.
func Sizes(urls []string) map[string]int {
	sizes := make(map[string]int)
	var wg sync.WaitGroup
	for _, u := range urls {
		wg.Add(1)
		go func(u string) {
			defer wg.Done()
			sizes[u] = fetch(u) // want `^write to sizes in goroutines .*\[unguarded\]$`
		}(u)
	}
	wg.Wait()
	return sizes
}

// Lengths does so with WaitGroup.Go.
func Lengths(words []string) map[string]int {
	var wg sync.WaitGroup
	n := make(map[string]int, len(words))
	for _, w := range words {
		wg.Go(func() {
			n[w] = len(w) // want `^write to n in goroutines .*\[unguarded\]$`
		})
	}
	wg.Wait()
	return n
}

// Codes does so with an errgroup.
func Codes(ctx context.Context, hosts []string) (map[string]int, error) {
	codes := map[string]int{}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(8)
	for _, h := range hosts {
		g.Go(func() error {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			codes[h] = fetch(h) // want `^write to codes in goroutines .*\[unguarded\]$`
			return nil
		})
	}
	return codes, g.Wait()
}

// Workers share what they have seen; each of them also reads it.
func Workers(jobs <-chan string, n int) int {
	var wg sync.WaitGroup
	seen := make(map[string]bool)
	for i := 0; i < n; i++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for j := range jobs {
				if !seen[j] {
					seen[j] = true // want `^write to seen in goroutines .*\[unguarded\]$`
				}
			}
		}()
	}
	wg.Wait()
	return len(seen)
}

// Crawl has several workers that are methods.
type Crawl struct {
	todo  chan string
	pages map[string]int
}

func NewCrawl(workers int) *Crawl {
	c := &Crawl{todo: make(chan string), pages: make(map[string]int)}
	for range workers {
		go c.work()
	}
	return c
}

func (c *Crawl) work() {
	for url := range c.todo {
		c.visit(url)
	}
}

func (c *Crawl) visit(url string) {
	c.pages[url]++ // want `^write to c\.pages in goroutines .*\[unguarded\]$`
}

// fill is started with the map as its argument.
func fill(m map[int]string, i int, wg *sync.WaitGroup) {
	defer wg.Done()
	m[i] = fmt.Sprint(i) // want `^write to m in goroutines .*\[unguarded\]$`
}

func Numbers(n int) map[int]string {
	m := make(map[int]string)
	var wg sync.WaitGroup
	for i := range n {
		wg.Add(1)
		go fill(m, i, &wg)
	}
	wg.Wait()
	return m
}

// Twice starts the same literal twice.
func Twice(words []string) map[string]int {
	counts := make(map[string]int)
	var wg sync.WaitGroup
	count := func(words []string) {
		defer wg.Done()
		for _, w := range words {
			counts[w]++ // want `^write to counts in goroutines .*\[unguarded\]$`
		}
	}
	wg.Add(2)
	go count(words[:len(words)/2])
	go count(words[len(words)/2:])
	wg.Wait()
	return counts
}

// Listener serves each connection in a goroutine of its own.
type Listener struct {
	ln    net.Listener
	names map[string]net.Addr
}

func (l *Listener) Serve() error {
	for {
		c, err := l.ln.Accept()
		if err != nil {
			return err
		}
		go l.serve(c)
	}
}

func (l *Listener) serve(c net.Conn) {
	defer c.Close()
	var name string
	for {
		if _, err := fmt.Fscanln(c, &name); err != nil {
			delete(l.names, name) // want `^write to l\.names in goroutines .*\[unguarded\]$`
			return
		}
		l.names[name] = c.RemoteAddr() // want `^write to l\.names in goroutines .*\[unguarded\]$`
	}
}

// start runs f in a goroutine, as async.Go does in another package.
func start(f func()) {
	go f()
}

func Started(names []string, done chan<- string) {
	started := make(map[string]bool)
	for _, n := range names {
		start(func() {
			started[n] = true // want `^write to started in goroutines .*\[unguarded\]$`
			done <- n
		})
	}
}

func Asynchronous(names []string, done chan<- string) {
	started := make(map[string]bool)
	for _, n := range names {
		async.Go(func() {
			started[n] = true // want `^write to started in goroutines .*\[unguarded\]$`
			done <- n
		})
	}
}

// Squares is one call of a function that starts many goroutines.
func Squares(n int) map[int]int {
	squares := make(map[int]int)
	async.Each(n, func(i int) {
		squares[i] = i * i // want `^write to squares in goroutines .*\[unguarded\]$`
	})
	return squares
}
