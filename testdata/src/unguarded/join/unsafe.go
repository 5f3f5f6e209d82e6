// Package join waits for goroutines, or seems to.
package join

import (
	"context"
	"errors"
	"sync"
	"time"
)

func probe(host string) int { return len(host) }

// Timeout gives up waiting and returns what the goroutine still writes to.
func Timeout(hosts []string, d time.Duration) map[string]int {
	up := make(map[string]int)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for _, h := range hosts {
			up[h] = probe(h) // want `^write to up .*\[unguarded/likely\]$`
		}
	}()
	select {
	case <-done:
	case <-time.After(d):
	}
	return up
}

// Cancelled counts what is there when the context ends.
func Cancelled(ctx context.Context, hosts []string) (int, error) {
	up := make(map[string]int)
	done := make(chan struct{})
	go func() {
		for _, h := range hosts {
			up[h] = probe(h) // want `^write to up .*\[unguarded/likely\]$`
		}
		close(done)
	}()
	select {
	case <-done:
		return len(up), nil
	case <-ctx.Done():
		return len(up), ctx.Err()
	}
}

// Waiting hides the group behind a channel, and then a timeout.
func Waiting(hosts []string) map[string]int {
	var wg sync.WaitGroup
	up := make(map[string]int)
	wg.Go(func() {
		for _, h := range hosts {
			up[h] = probe(h) // want `^write to up .*\[unguarded/likely\]$`
		}
	})
	all := make(chan struct{})
	go func() {
		wg.Wait()
		close(all)
	}()
	select {
	case <-all:
	case <-time.After(time.Second):
		up["timeout"] = 1 // want `^write to up .*\[unguarded/likely\]$`
	}
	return up
}

// AddInside counts its goroutine when that has begun, so that Wait may not
// see it.
func AddInside(host string) int {
	var wg sync.WaitGroup
	up := make(map[string]int)
	go func() {
		n := probe(host)
		wg.Add(1)
		defer wg.Done()
		up[host] = n // want `^write to up .*\[unguarded/likely\]$`
	}()
	wg.Wait()
	return len(up)
}

// DoneFirst reports before it writes.
func DoneFirst(host string) int {
	var wg sync.WaitGroup
	up := make(map[string]int)
	wg.Add(1)
	go func() {
		n := probe(host)
		wg.Done()
		up[host] = n // want `^write to up .*\[unguarded/likely\]$`
	}()
	wg.Wait()
	return up[host]
}

// SentFirst does so with a channel.
func SentFirst(host string) int {
	up := make(map[string]int)
	done := make(chan error, 1)
	go func() {
		n := probe(host)
		if n == 0 {
			done <- errors.New("down")
			return
		}
		done <- nil
		up[host] = n // want `^write to up .*\[unguarded/likely\]$`
	}()
	<-done
	return up[host]
}
