// Package commands has owners that receive functions and run them, wrapped or in structs.
package commands

import "fmt"

// Ledger is owned by one goroutine.
type Ledger struct {
	acc map[string]int
	ops chan func(*Ledger)
	end chan struct{}
}

func Open() *Ledger {
	l := &Ledger{acc: map[string]int{}, ops: make(chan func(*Ledger)), end: make(chan struct{})}
	go l.run()
	return l
}

func (l *Ledger) run() {
	defer close(l.end)
	for op := range l.ops {
		op(l)
		if len(l.acc) > 1000 {
			clear(l.acc)
		}
	}
}

func (l *Ledger) exec(f func(*Ledger)) {
	done := make(chan struct{})
	l.ops <- func(l *Ledger) { defer close(done); f(l) }
	<-done
}

func (l *Ledger) Add(k string, n int) {
	l.exec(func(l *Ledger) { l.acc[k] += n })
}

func (l *Ledger) Get(k string) (n int) {
	l.exec(func(in *Ledger) { n = in.acc[k] })
	return
}

func (l *Ledger) Dump() {
	l.exec(func(*Ledger) {
		for k, v := range l.acc {
			fmt.Println(k, v)
		}
	})
}
