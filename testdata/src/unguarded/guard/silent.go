package guard

import (
	"fmt"
	"io"
	"maps"
	"sync"
)

// Logger guards its output; the names of levels never change once it is made,
// so that it does not matter that most reads happen to stand under the lock.
type Logger struct {
	mu    sync.Mutex
	out   io.Writer
	names map[int]string
}

func NewLogger(w io.Writer, extra map[int]string) *Logger {
	l := &Logger{out: w, names: map[int]string{0: "info", 1: "warn"}}
	maps.Copy(l.names, extra)
	return l
}

func (l *Logger) Log(level int, msg string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	fmt.Fprintln(l.out, l.names[level], msg)
}

func (l *Logger) Logf(level int, format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	fmt.Fprintf(l.out, l.names[level]+" "+format+"\n", args...)
}

func (l *Logger) Level(name string) int {
	for i, n := range l.names {
		if n == name {
			return i
		}
	}
	return -1
}

// Palette is locked at one access of two, which says nothing.
type Palette struct {
	mu     sync.Mutex
	drawn  int
	colors map[string]uint32
}

func (p *Palette) Define(name string, rgb uint32) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.drawn = 0
	p.colors[name] = rgb
}

func (p *Palette) Color(name string) uint32 { return p.colors[name] }

// consoleMu keeps lines whole: two of three accesses to a map that stands
// elsewhere are no evidence that it is meant for that map.
var consoleMu sync.Mutex

// Prompt is used by the loop that reads commands, and by nobody else.
type Prompt struct{ aliases map[string]string }

func (p *Prompt) Alias(name, cmd string) {
	consoleMu.Lock()
	defer consoleMu.Unlock()
	p.aliases[name] = cmd
	fmt.Println("alias", name, "=", cmd)
}

func (p *Prompt) Print() {
	consoleMu.Lock()
	defer consoleMu.Unlock()
	for name, cmd := range p.aliases {
		fmt.Println(name, cmd)
	}
}

func (p *Prompt) Expand(name string) string { return p.aliases[name] }

// Depot has two maps and two locks, each with its own.
type Depot struct {
	inMu, outMu sync.Mutex
	in, out     map[string]int
}

func (d *Depot) Arrive(id string) {
	d.inMu.Lock()
	d.in[id]++
	d.inMu.Unlock()
}

func (d *Depot) Leave(id string) {
	d.outMu.Lock()
	d.out[id]++
	d.outMu.Unlock()
}

func (d *Depot) Turn(id string) {
	d.inMu.Lock()
	defer d.inMu.Unlock()
	d.outMu.Lock()
	defer d.outMu.Unlock()
	d.out[id] += d.in[id]
	delete(d.in, id)
}

// Journey makes a copy of itself: the copy's map is not shared yet.
type Journey struct {
	mu    sync.Mutex
	stops map[string]int
}

func (j *Journey) Visit(stop string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.stops[stop]++
}

func (j *Journey) Visits(stop string) int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.stops[stop]
}

func (j *Journey) Copy() *Journey {
	c := &Journey{stops: make(map[string]int)}
	j.mu.Lock()
	for s, n := range j.stops {
		c.stops[s] = n
	}
	j.mu.Unlock()
	c.stops["copies"]++
	return c
}

// ParseJourney fills what nobody else has seen.
func ParseJourney(lines []string) *Journey {
	j := new(Journey)
	j.stops = make(map[string]int, len(lines))
	for _, l := range lines {
		j.stops[l]++
	}
	return j
}

// home is set once its map is complete.
var home *Journey

func SetHome() {
	j := ParseJourney(nil)
	j.stops["home"] = 1
	home = j
}

// Merge holds the lock of the other first; what it collects is its own.
func (j *Journey) Merge(other *Journey) {
	other.mu.Lock()
	stops := make(map[string]int, len(other.stops))
	for s, n := range other.stops {
		stops[s] = n
	}
	other.mu.Unlock()
	stops["merged"] = 1
	j.mu.Lock()
	defer j.mu.Unlock()
	for s, n := range stops {
		j.stops[s] += n
	}
}
