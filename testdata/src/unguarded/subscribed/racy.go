// Package subscribed has callbacks that a goroutine of the package calls, and loops that
// use the same maps.
package subscribed

import (
	"bufio"
	"fmt"
	"io"
	"sync"
	"time"
)

// wire calls what has subscribed to it.
type wire struct {
	mu   sync.Mutex
	subs map[string][]func(line string)
}

func (w *wire) Subscribe(topic string, f func(string)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.subs[topic] = append(w.subs[topic], f)
}

func (w *wire) deliver(topic, line string) {
	w.mu.Lock()
	fs := w.subs[topic]
	w.mu.Unlock()
	for _, f := range fs {
		f(line)
	}
}

func (w *wire) Attach(topic string, r io.Reader) {
	go func() {
		for sc := bufio.NewScanner(r); sc.Scan(); {
			w.deliver(topic, sc.Text())
		}
	}()
}

// A gauge hears of levels and looks at them now and then.
type gauge struct {
	levels map[string]int
	alarm  func(string)
}

func NewGauge(w *wire, alarm func(string)) *gauge {
	g := &gauge{levels: make(map[string]int), alarm: alarm}
	w.Subscribe("level", g.onLevel)
	return g
}

func (g *gauge) onLevel(tank string) {
	g.levels[tank]++ // want "write to g.levels with no lock held: the read at .* in a loop, one in a callback"
}

func (g *gauge) Watch(quit <-chan struct{}) {
	for {
		select {
		case <-quit:
			return
		case <-time.After(time.Second):
			g.check()
		}
	}
}

func (g *gauge) check() {
	for tank, n := range g.levels {
		if n > 10 {
			g.alarm(tank)
		}
	}
}

// hooks are called by the goroutine of a pump.
type hooks struct {
	OnStart func(name string)
	OnStop  func(name string)
}

type pump struct {
	in    chan string
	hooks []hooks
}

func (p *pump) add(h hooks) { p.hooks = append(p.hooks, h) }

func (p *pump) run() {
	for name := range p.in {
		for _, h := range p.hooks {
			if len(name) > 3 {
				h.OnStart(name)
			} else {
				h.OnStop(name)
			}
		}
	}
}

type panel struct {
	p  *pump
	on map[string]bool
}

func NewPanel(p *pump) *panel {
	l := &panel{p: p, on: map[string]bool{}}
	p.add(hooks{
		OnStart: func(name string) { l.light(name, true) },
		OnStop:  func(name string) { l.light(name, false) },
	})
	return l
}

func (l *panel) light(name string, on bool) {
	l.on[name] = on // want "write to l.on with no lock held"
}

func (l *panel) Run(out io.Writer) {
	go l.p.run()
	for {
		time.Sleep(time.Second)
		n := 0
		for _, on := range l.on {
			if on {
				n++
			}
		}
		fmt.Fprintln(out, n)
	}
}
