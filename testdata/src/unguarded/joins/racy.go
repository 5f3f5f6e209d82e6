package joins

import (
	"sync"
	"time"
)

// Patience gives up at some time, and the others write on.
func Patience(ks []string) *Sum {
	s := &Sum{By: map[string]int{}}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for _, k := range ks {
		wg.Go(func() {
			mu.Lock()
			defer mu.Unlock()
			s.By[k]++
		})
	}
	done := make(chan struct{})
	go func() { wg.Wait(); close(done) }()
	select {
	case <-done:
		return s
	case <-time.After(time.Second):
		return s // want "s is returned while the goroutine started at racy.go:14 may still write to s.By under mu"
	}
}
