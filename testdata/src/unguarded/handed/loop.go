package handed

import (
	"fmt"
	"io"
	"maps"
	"time"
)

// A weather station sends what it has, over and over.
type report struct {
	at    time.Time
	temps map[string]float64
}

type station struct {
	in   chan reading
	out  chan report
	quit chan struct{}

	// owned by run
	temps map[string]float64
	wind  map[string]float64
	since time.Time
}

type reading struct {
	place      string
	temp, wind float64
}

func NewStation(w io.Writer) *station {
	s := &station{
		in:    make(chan reading),
		out:   make(chan report, 1),
		quit:  make(chan struct{}),
		temps: make(map[string]float64),
		wind:  make(map[string]float64),
	}
	go s.run()
	go s.print(w)
	return s
}

func (s *station) run() {
	defer close(s.out)
	t := time.NewTicker(time.Minute)
	defer t.Stop()
	for {
		select {
		case <-s.quit:
			return
		case r := <-s.in:
			s.note(r)
		case now := <-t.C:
			s.publish(now)
		}
	}
}

func (s *station) note(r reading) {
	s.temps[r.place] = r.temp
	s.wind[r.place] = r.wind
}

func (s *station) publish(now time.Time) {
	select {
	case s.out <- report{at: now, temps: s.temps}: // want "s.temps is sent while the loop at loop.go:49 goes on changing it in place"
	default:
	}
}

func (s *station) print(w io.Writer) {
	for r := range s.out {
		fmt.Fprintln(w, r.at, len(r.temps))
	}
}

// A buoy sends a copy, the whole at the end, or waits until it was printed.
type buoy struct {
	in     chan reading
	out    chan report
	last   chan map[string]float64
	each   chan map[string]float64
	done   chan struct{}
	temps  map[string]float64
	waves  map[string]float64
	swells map[string]float64
}

func NewBuoy(w io.Writer) *buoy {
	b := &buoy{
		in:     make(chan reading),
		out:    make(chan report),
		last:   make(chan map[string]float64),
		each:   make(chan map[string]float64),
		done:   make(chan struct{}),
		temps:  make(map[string]float64),
		waves:  make(map[string]float64),
		swells: make(map[string]float64),
	}
	go b.run()
	go b.print(w)
	return b
}

func (b *buoy) run() {
	for {
		r, ok := <-b.in
		if !ok {
			b.last <- b.waves
			return
		}
		b.temps[r.place] = r.temp
		b.waves[r.place] = r.wind
		b.swells[r.place] = r.wind
		b.out <- report{at: time.Now(), temps: maps.Clone(b.temps)}
		b.show()
	}
}

func (b *buoy) show() {
	b.each <- b.swells
	<-b.done
}

func (b *buoy) print(w io.Writer) {
	for {
		select {
		case r := <-b.out:
			fmt.Fprintln(w, len(r.temps))
		case m := <-b.last:
			fmt.Fprintln(w, len(m))
			return
		case m := <-b.each:
			fmt.Fprintln(w, len(m))
			b.done <- struct{}{}
		}
	}
}

// A drum gives its map away and makes another one.
type drum struct {
	in    chan string
	out   chan map[string]int
	beats map[string]int
}

func NewDrum(w io.Writer) *drum {
	d := &drum{in: make(chan string), out: make(chan map[string]int), beats: map[string]int{}}
	go func() {
		for m := range d.out {
			fmt.Fprintln(w, len(m))
		}
	}()
	go d.run()
	return d
}

func (d *drum) run() {
	for s := range d.in {
		d.beats[s]++
		if len(d.beats) > 10 {
			d.out <- d.beats
			d.beats = make(map[string]int)
		}
	}
}
