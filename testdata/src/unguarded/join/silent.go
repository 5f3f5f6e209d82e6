package join

import (
	"context"
	"log"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// Waited adds before the go and is done after the write.
func Waited(hosts []string) map[string]int {
	var wg sync.WaitGroup
	up := make(map[string]int)
	wg.Add(1)
	go func() {
		defer wg.Done()
		for _, h := range hosts {
			up[h] = probe(h)
		}
	}()
	wg.Wait()
	up["all"] = len(up)
	return up
}

// Groups waits for the first goroutine before it starts the second.
func Groups(a, b []string) map[string]int {
	var wg sync.WaitGroup
	up := make(map[string]int)
	wg.Go(func() {
		for _, h := range a {
			up[h] = probe(h)
		}
	})
	wg.Wait()
	wg.Go(func() {
		for _, h := range b {
			up[h] = probe(h)
		}
	})
	wg.Wait()
	return up
}

// Received waits on every way, also on the one that fails.
func Received(hosts []string) (int, error) {
	up := make(map[string]int)
	done := make(chan error, 1)
	go func() {
		for _, h := range hosts {
			up[h] = probe(h)
		}
		done <- nil
	}()
	if err := <-done; err != nil {
		log.Println(len(up))
		return 0, err
	}
	delete(up, "localhost")
	return len(up), nil
}

// Closed waits until the channel is closed, at the end of the goroutine.
func Closed(hosts []string) map[string]int {
	up := make(map[string]int)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for _, h := range hosts {
			up[h] = probe(h)
		}
	}()
	<-done
	up["total"] = len(up)
	return up
}

// Drained ranges over a channel until its goroutine closes it.
func Drained(hosts []string) map[string]int {
	up := make(map[string]int)
	events := make(chan string)
	go func() {
		defer close(events)
		for _, h := range hosts {
			up[h] = probe(h)
			events <- h
		}
	}()
	for h := range events {
		log.Println("probed", h)
	}
	up["all"] = len(up)
	return up
}

// Ready closes a channel when the map is complete.
func Ready(hosts []string) <-chan int {
	up := make(map[string]int)
	ready, sum := make(chan struct{}), make(chan int, 2)
	for range 2 {
		go func() {
			<-ready
			sum <- len(up)
		}()
	}
	for _, h := range hosts {
		up[h] = probe(h)
	}
	close(ready)
	return sum
}

// Loaded is filled in the background; who reads it waits for that.
type Loaded struct {
	ready chan struct{}
	hosts map[string]int
}

func Load(hosts []string) *Loaded {
	l := &Loaded{ready: make(chan struct{}), hosts: make(map[string]int)}
	go func() {
		defer close(l.ready)
		for _, h := range hosts {
			l.hosts[h] = probe(h)
		}
	}()
	return l
}

func (l *Loaded) Up(host string) int {
	<-l.ready
	return l.hosts[host]
}

// TryUp reads only where the channel is known to be closed.
func (l *Loaded) TryUp(host string) (n int, ok bool) {
	select {
	case <-l.ready:
		return l.hosts[host], true
	case <-time.After(time.Second):
		return 0, false
	}
}

// Grouped waits for an errgroup, whatever it returns.
func Grouped(ctx context.Context, hosts []string) (map[string]int, error) {
	up := make(map[string]int)
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		for _, h := range hosts {
			up[h] = probe(h)
		}
		return ctx.Err()
	})
	err := g.Wait()
	up["all"] = len(up)
	return up, err
}

// Both waits for its two goroutines, each of which has its own map.
func Both(a, b string) map[string]int {
	up, down := make(map[string]int), make(map[string]int)
	done := make(chan bool, 2)
	go func() {
		up[a] = probe(a)
		done <- true
	}()
	go func() {
		down[b] = probe(b)
		done <- true
	}()
	<-done
	<-done
	for h, n := range down {
		up[h] = n
	}
	return up
}

// GaveUp returns without the map where it has not waited to the end.
func GaveUp(hosts []string, d time.Duration) map[string]int {
	up := make(map[string]int)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for _, h := range hosts {
			up[h] = probe(h)
		}
	}()
	select {
	case <-done:
		return up
	case <-time.After(d):
		return nil
	}
}
