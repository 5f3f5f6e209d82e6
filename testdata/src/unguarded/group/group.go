// Package group waits for goroutines by what another module makes.
package group

import (
	"fmt"
	"sync"

	"example.org/closer"
)

func Poll(names []string) {
	c := closer.New(len(names))
	var mu sync.Mutex
	votes := map[string]int{}
	for _, n := range names {
		go func() {
			defer c.Done()
			mu.Lock()
			votes[n]++
			mu.Unlock()
		}()
	}
	c.SignalAndWait()
	for k, n := range votes {
		fmt.Println(k, n)
	}
}

// Early only tells them to end.
func Early(names []string) {
	c := closer.New(len(names))
	var mu sync.Mutex
	votes := map[string]int{}
	for _, n := range names {
		go func() {
			defer c.Done()
			mu.Lock()
			votes[n]++
			mu.Unlock()
		}()
	}
	c.Signal()
	for k, n := range votes { // want "read of votes with no lock held"
		fmt.Println(k, n)
	}
}
