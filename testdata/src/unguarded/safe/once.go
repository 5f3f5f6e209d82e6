package safe

import (
	"fmt"
	"sync"
	"time"
)

// Rates is loaded once, but changed by hand after that.
type Rates struct {
	once sync.Once
	by   map[string]float64
}

func (r *Rates) load() {
	r.by = map[string]float64{"EUR": 1}
	r.by["DEM"] = 1.95583
}

func (r *Rates) Rate(name string) float64 {
	r.once.Do(r.load)
	return r.by[name]
}

func (r *Rates) Override(name string, v float64) {
	r.once.Do(r.load)
	r.by[name] = v // want `^write to r\.by .*\[unguarded/likely\]$`
}

// Quote reads rates in goroutines while it overrides one.
func Quote(r *Rates, names []string, out chan<- float64) {
	for _, n := range names {
		go func() { out <- r.Rate(n) }()
	}
	r.Override("DEM", 2)
}

// Monitor is watched before it is complete.
type Monitor struct {
	up    map[string]bool
	every time.Duration
}

func NewMonitor(hosts []string, every time.Duration) *Monitor {
	m := &Monitor{up: make(map[string]bool), every: every}
	m.up["localhost"] = true
	go m.watch()
	for _, h := range hosts {
		m.up[h] = true // want `^write to m\.up .*\[unguarded/likely\]$`
	}
	return m
}

func (m *Monitor) watch() {
	for range time.Tick(m.every) {
		for h, up := range m.up {
			fmt.Println(h, up)
		}
	}
}

// gauges is read by a goroutine that an init function starts too early.
var gauges = map[string]func() int{}

func init() {
	gauges["zero"] = func() int { return 0 }
	go func() {
		for name, f := range gauges {
			fmt.Println(name, f())
		}
	}()
	gauges["one"] = func() int { return 1 } // want `^write to gauges .*\[unguarded/likely\]$`
}
