// Package async starts goroutines for others.
package async

import "sync"

// Go runs f in a goroutine.
func Go(f func()) {
	go f()
}

// Call runs f in a goroutine and waits until it has returned.
func Call(f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	<-done
}

// Each runs f for each number below n, all of them at a time, and waits.
func Each(n int, f func(i int)) {
	var wg sync.WaitGroup
	for i := range n {
		wg.Add(1)
		go func() {
			defer wg.Done()
			f(i)
		}()
	}
	wg.Wait()
}

// InTurn runs f for each number below n, one after the other.
func InTurn(n int, f func(i int)) {
	for i := range n {
		f(i)
	}
}

// Loop runs what it is given in one goroutine.
type Loop struct{ tasks chan func() }

func NewLoop() *Loop {
	l := &Loop{tasks: make(chan func())}
	go func() {
		for f := range l.tasks {
			f()
		}
	}()
	return l
}

// Call runs f in the goroutine of the loop and waits until it has returned.
func (l *Loop) Call(f func()) {
	done := make(chan struct{})
	l.tasks <- func() {
		defer close(done)
		f()
	}
	<-done
}
