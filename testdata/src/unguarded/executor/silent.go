// Package executor has functions that one goroutine runs in turn.
package executor

import (
	"context"
	"sync"
	"time"
)

type Loop struct {
	tasks  chan func()
	stop   chan struct{}
	timers map[int]*time.Timer
	n      int
}

func New() *Loop {
	l := &Loop{tasks: make(chan func(), 8), stop: make(chan struct{}), timers: map[int]*time.Timer{}}
	go l.run()
	return l
}

func (l *Loop) run() {
	for {
		select {
		case t := <-l.tasks:
			t()
		case <-l.stop:
			return
		}
	}
}

func (l *Loop) Do(f func()) { l.tasks <- f }

func (l *Loop) Call(f func()) {
	done := make(chan struct{})
	l.tasks <- func() { defer close(done); f() }
	<-done
}

func (l *Loop) After(d time.Duration, f func()) {
	l.Do(func() {
		l.n++
		id := l.n
		l.timers[id] = time.AfterFunc(d, func() {
			l.Do(func() { delete(l.timers, id); f() })
		})
	})
}

func (l *Loop) Pending() (n int) { l.Call(func() { n = len(l.timers) }); return n }

type Panel struct {
	loop  *Loop
	cells map[string]string
	wait  map[string]bool
}

func (p *Panel) Refresh(ctx context.Context, keys []string, fetch func(string) string) {
	for _, k := range keys {
		p.wait[k] = true
		go func() {
			v := fetch(k)
			p.loop.Do(func() {
				p.cells[k] = v
				delete(p.wait, k)
			})
		}()
	}
}

func (p *Panel) Busy() int { return len(p.wait) }

// Bus: channel in a package variable, ranges.
var jobs = make(chan func(), 4)
var seen = map[string]int{}

func init() { go serve() }

func serve() {
	for j := range jobs {
		j()
	}
}

func Mark(k string) { jobs <- func() { seen[k]++ } }
func Seen(k string) int {
	c := make(chan int)
	jobs <- func() { c <- seen[k] }
	return <-c
}

// once pool of one worker
type Worker struct {
	mu sync.Mutex
	q  chan func(map[string]int)
}

func (w *Worker) run() {
	m := map[string]int{}
	for f := range w.q {
		f(m)
	}
}
func (w *Worker) Set(k string) { w.q <- func(m map[string]int) { m[k]++ } }
