package views

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"net/http"
	"sync"
	"time"
)

// A post office's clerks are told where to look before anybody sends a letter.
type office struct {
	rounds  rounds
	letters chan string
	out     io.Writer
}

type rounds struct {
	byStreet map[string]int
}

func (r *rounds) set(street string, n int) { r.byStreet[street] = n }
func (r *rounds) get(street string) int    { return r.byStreet[street] }

func NewOffice(out io.Writer) *office {
	o := &office{rounds: rounds{byStreet: map[string]int{}}, letters: make(chan string), out: out}
	go o.sort()
	return o
}

func (o *office) Assign(street string, n int) { o.rounds.set(street, n) }
func (o *office) Send(street string)          { o.letters <- street }

func (o *office) sort() {
	for street := range o.letters {
		fmt.Fprintln(o.out, o.rounds.get(street))
	}
}

// A theatre is set up first; its goroutine starts when the curtain rises.
type theatre struct {
	parts parts
	out   io.Writer
}

type parts struct {
	byRole map[string]string
}

func (p *parts) cast(role, actor string)  { p.byRole[role] = actor }
func (p *parts) plays(role string) string { return p.byRole[role] }

func NewTheatre(out io.Writer) *theatre {
	return &theatre{parts: parts{byRole: map[string]string{}}, out: out}
}

func (t *theatre) Cast(role, actor string) { t.parts.cast(role, actor) }

func (t *theatre) Raise(script io.Reader) {
	go func() {
		for sc := bufio.NewScanner(script); sc.Scan(); {
			fmt.Fprintln(t.out, t.parts.plays(sc.Text()))
		}
	}()
}

// A lighthouse fills its log in a goroutine; the page waits for the end of it.
type log struct {
	byShip map[string]int
}

func (l *log) add(ship string)      { l.byShip[ship]++ }
func (l *log) seen(ship string) int { return l.byShip[ship] }

type lighthouse struct {
	log  *log
	done chan struct{}
}

func Light(in <-chan string) *lighthouse {
	l := &lighthouse{log: &log{byShip: map[string]int{}}, done: make(chan struct{})}
	go func() {
		defer close(l.done)
		for s := range in {
			l.log.add(s)
		}
	}()
	return l
}

func (l *lighthouse) Seen(ship string) int {
	<-l.done
	return l.log.seen(ship)
}

// A chart that two kinds of owners have is not the same for both.
type chart struct {
	marks map[string]int
}

func (c *chart) mark(at string)        { c.marks[at]++ }
func (c *chart) marked(at string) bool { return c.marks[at] > 0 }

type pilot struct{ chart *chart }

type school struct{ chart *chart }

type lesson struct{ chart *chart }

func Guide(in <-chan string) *pilot {
	p := &pilot{chart: &chart{marks: map[string]int{}}}
	go func() {
		for at := range in {
			p.chart.mark(at)
		}
	}()
	return p
}

func (s *school) Lesson() http.Handler {
	l := &lesson{chart: s.chart}
	return http.HandlerFunc(l.show)
}

func (l *lesson) show(w http.ResponseWriter, r *http.Request) {
	if !l.chart.marked(r.FormValue("at")) {
		http.NotFound(w, r)
	}
}

// castings copies under the lock what has come in when the time is up.
func castings(spots []string, ask func(string) float64, limit time.Duration) map[string]float64 {
	s := &sounding{depths: make(map[string]float64)}
	var wg sync.WaitGroup
	for _, spot := range spots {
		wg.Go(func() { s.measure(spot, ask) })
	}
	done := make(chan struct{})
	go func() {
		wg.Wait()
		close(done)
	}()
	select {
	case <-done:
		return s.depths
	case <-time.After(limit):
		s.mu.Lock()
		defer s.mu.Unlock()
		return maps.Clone(s.depths)
	}
}
