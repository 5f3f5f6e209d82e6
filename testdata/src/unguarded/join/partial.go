package join

import (
	"context"
	"sync"

	"golang.org/x/sync/errgroup"
)

// Sometimes waits on one way only.
func Sometimes(host string, wait bool) int {
	up := make(map[string]int)
	done := make(chan bool, 1)
	go func() {
		up[host] = probe(host) // want `^write to up .*\[unguarded/likely\]$`
		done <- true
	}()
	if wait {
		<-done
	}
	return len(up)
}

// OneOfTwo waits once for two goroutines.
func OneOfTwo(a, b string) map[string]int {
	up, down := make(map[string]int), make(map[string]int)
	done := make(chan bool, 2)
	go func() {
		up[a] = probe(a) // want `^write to up .*\[unguarded/likely\]$`
		done <- true
	}()
	go func() {
		down[b] = probe(b) // want `^write to down .*\[unguarded/likely\]$`
		done <- true
	}()
	<-done
	for h, n := range down {
		up[h] = n // want `^write to up .*\[unguarded/likely\]$`
	}
	return up
}

// Unready closes the channel before all is written.
func Unready(hosts []string) <-chan int {
	up := make(map[string]int)
	ready, sum := make(chan struct{}), make(chan int, 1)
	go func() {
		<-ready
		sum <- len(up)
	}()
	for _, h := range hosts {
		up[h] = 0
	}
	close(ready)
	for _, h := range hosts {
		up[h] = probe(h) // want `^write to up .*\[unguarded/likely\]$`
	}
	return sum
}

// Abandoned never waits for its group where it fails early.
func Abandoned(ctx context.Context, hosts []string) (map[string]int, error) {
	up := make(map[string]int)
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		for _, h := range hosts {
			up[h] = probe(h) // want `^write to up .*\[unguarded/likely\]$`
		}
		return nil
	})
	if err := ctx.Err(); err != nil {
		return up, err
	}
	return up, g.Wait()
}

// Late touches the map between the go and the wait.
func Late(hosts []string) int {
	var wg sync.WaitGroup
	up := make(map[string]int)
	wg.Go(func() {
		for _, h := range hosts {
			up[h] = probe(h) // want `^write to up .*\[unguarded/likely\]$`
		}
	})
	n := len(up)
	wg.Wait()
	return len(up) - n
}

// Another waits for a group that is not that of the goroutine.
func Another(hosts []string) int {
	var probes, others sync.WaitGroup
	up := make(map[string]int)
	probes.Go(func() {
		for _, h := range hosts {
			up[h] = probe(h) // want `^write to up .*\[unguarded/likely\]$`
		}
	})
	others.Go(func() { probe("localhost") })
	others.Wait()
	return len(up)
}
