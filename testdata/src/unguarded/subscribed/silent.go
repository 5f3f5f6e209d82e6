package subscribed

import (
	"fmt"
	"io"
	"sync"
	"time"
)

// A meter hears of levels under its lock.
type meter struct {
	mu     sync.Mutex
	levels map[string]int
}

func NewMeter(w *wire) *meter {
	m := &meter{levels: make(map[string]int)}
	w.Subscribe("level", m.onLevel)
	return m
}

func (m *meter) onLevel(tank string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.levels[tank]++
}

func (m *meter) Watch(out io.Writer) {
	for {
		time.Sleep(time.Second)
		m.mu.Lock()
		fmt.Fprintln(out, len(m.levels))
		m.mu.Unlock()
	}
}

// A mill's loop calls the callbacks itself, as a goroutine may do.
type mill struct {
	steps  []func(string)
	ground map[string]int
	in     chan string
}

func NewMill() *mill {
	m := &mill{ground: map[string]int{}, in: make(chan string)}
	m.steps = append(m.steps, m.grind)
	return m
}

func (m *mill) grind(what string) { m.ground[what]++ }

func (m *mill) Run() {
	for {
		what, ok := <-m.in
		if !ok {
			return
		}
		for _, f := range m.steps {
			f(what)
		}
		if len(m.ground) > 100 {
			clear(m.ground)
		}
	}
}

func Start() *mill {
	m := NewMill()
	go m.Run()
	return m
}

// A tally is read when all has come in.
type tally struct{ counts map[string]int }

func NewTally(w *wire) *tally {
	t := &tally{counts: map[string]int{}}
	w.Subscribe("count", func(s string) { t.counts[s]++ })
	return t
}

func (t *tally) Print(out io.Writer) {
	for s, n := range t.counts {
		fmt.Fprintln(out, s, n)
	}
}
