package callbacks

import (
	"fmt"
	"net/http"
)

// kitchen has cooks who tell when a dish is ready.
type order struct {
	dish  string
	ready func(string)
}
type kitchen struct{ orders chan order }

func (k *kitchen) open() {
	for range 3 {
		go k.cook()
	}
}
func (k *kitchen) cook() {
	for o := range k.orders {
		o.ready(o.dish)
	}
}
func (k *kitchen) cookFor(d string, ready func(string)) { k.orders <- order{d, ready} }

type waiter struct {
	k      *kitchen
	served map[string]bool
}

func (w *waiter) Order(d string) {
	w.k.cookFor(d, func(d string) {
		w.served[d] = true // want "write to w.served"
	})
}

// desk answers calls in goroutines of their own, by name.
type desk struct {
	verbs map[string]func(string)
	names map[string]string
}

func newDesk() *desk {
	d := &desk{names: map[string]string{}}
	d.verbs = map[string]func(string){"add": d.add, "list": d.list}
	return d
}

func (d *desk) serve(in <-chan [2]string) {
	for c := range in {
		go func() { d.call(c[0], c[1]) }()
	}
}
func (d *desk) call(verb, arg string) {
	if f, ok := d.verbs[verb]; ok {
		f(arg)
	}
}
func (d *desk) add(n string)  { d.names[n] = n } // want "write to d.names in a callback"
func (d *desk) list(n string) { fmt.Println(d.names) }

// watcher calls its listener in its own goroutine.
type watcher struct {
	in     chan string
	listen func(string)
}

func (w *watcher) run() {
	for s := range w.in {
		w.listen(s)
	}
}

type board struct{ last map[string]string }

func newBoard(in chan string) *board {
	b := &board{last: map[string]string{}}
	w := &watcher{in: in, listen: b.note}
	go w.run()
	return b
}
func (b *board) note(s string) { b.last[s] = s } // want "write to b.last with no lock held"
func (b *board) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	fmt.Fprintln(w, b.last[r.URL.Path])
}
