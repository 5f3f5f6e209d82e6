package drained

import (
	"maps"
	"os"
	"sync"
	"time"
)

// index is only a step on the way to names.
var (
	index = make(map[string]int)
	names []string
)

func init() {
	for i, w := range os.Args {
		index[w] = i
	}
	for w := range index {
		names = append(names, w)
	}
	clear(index) // want `index is filled once and emptied here, and nothing refills or replaces it: maps never shrink, so its memory stays \(a peak of 10 000 entries keeps 384 KiB\) \[deletechurn\]$`
}

// Position still looks into it.
func Position(w string) int { return index[w] }

// waiting is loaded by main's helper and drained on demand.
var waiting = map[int64]string{}

var load = sync.OnceFunc(func() {
	for i, w := range os.Environ() {
		waiting[int64(i)] = w
	}
})

// Release hands all of it out.
func Release(f func(string)) {
	for id, w := range waiting { // want `waiting is filled once and emptied here.*\[deletechurn/likely\]$`
		f(w)
		delete(waiting, id) // one by one
	}
}

// Waiting goes on to use it.
func Waiting(id int64) bool { _, ok := waiting[id]; return ok }

// serve drains its own map before it goes to work.
func serve(jobs []string, in <-chan string) {
	byName := make(map[string]int)
	for i, j := range jobs {
		byName[j] = i
	}
	for k := range byName { // want `byName is filled once and emptied here.*\[deletechurn\]$`
		delete(byName, k)
	}
	for {
		s := <-in
		println(byName[s])
	}
}

// replay drains in the loop, once something has happened.
func replay(jobs []string, in <-chan bool) {
	todo := make(map[string]bool, len(jobs))
	for _, j := range jobs {
		todo[j] = true
	}
	for {
		select {
		case ok := <-in:
			if !ok {
				continue
			}
			for j := range todo { // want `todo is filled once and emptied here.*\[deletechurn/likely\]$`
				println(j)
				delete(todo, j)
			}
		case <-time.After(time.Minute):
			println(len(todo))
		}
	}
}

// a worker is filled when it is made.
type worker struct {
	backlog map[string]int
	in      chan string
}

func newWorker(jobs []string) *worker {
	w := &worker{backlog: make(map[string]int), in: make(chan string)}
	w.fill(jobs)
	return w
}

func (w *worker) fill(jobs []string) {
	for i, j := range jobs {
		w.backlog[j] = i
	}
}

func (w *worker) run() {
	for {
		<-w.in
		w.drain()
	}
}

func (w *worker) drain() {
	for j, i := range w.backlog { // want `w.backlog is filled once and emptied here.*\[deletechurn/likely\]$`
		println(j, i)
		delete(w.backlog, j)
	}
}

// allowed is thinned out: how much of it remains is unknown.
var allowed = make(map[string]bool)

func init() {
	for _, w := range os.Args {
		allowed[w] = true
	}
	maps.DeleteFunc(allowed, func(w string, _ bool) bool { return len(w) > 3 }) // want `allowed is filled once and thinned out here: maps never shrink, so if few entries remain, the memory of all of them stays.*\[deletechurn/possible\]$`
}

// Allowed reads it.
func Allowed(w string) bool { return allowed[w] }
