// Package borrowed has structs that are made for one call and hold maps of others.
package borrowed

import (
	"net/http"
	"strings"
	"sync"
)

// A kitchen has one recipe, which all orders start from.
type kitchen struct {
	basic map[string]int
	desk  *http.Client
	extra http.Header
}

type order struct {
	amounts map[string]int
	note    string
}

func (k *kitchen) order(note string) *order {
	return &order{amounts: k.basic, note: note}
}

func (o *order) add(what string) {
	o.amounts[what]++ // want "write to o.amounts, which is k.basic, in a handler"
}

func (k *kitchen) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	o := k.order(r.FormValue("note"))
	for _, what := range strings.Fields(r.FormValue("with")) {
		o.add(what)
	}
	resp, err := k.ask(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	resp.Body.Close()
}

// ask sends the headers of the kitchen itself.
func (k *kitchen) ask(in *http.Request) (*http.Response, error) {
	out, err := http.NewRequest(http.MethodGet, "http://store/", nil)
	if err != nil {
		return nil, err
	}
	out.Header = k.extra
	mark(out.Header, in)
	return k.desk.Do(out)
}

func mark(h http.Header, in *http.Request) {
	h.Set("X-Table", in.FormValue("table")) // want "write to h, which is k.extra, in a handler"
}

// A bakery reaches what an order starts from by a name.
type bakery struct {
	breads map[string]*bread
}

type bread struct{ grains grains }

type grains map[string]float64

func (g grains) with(more grains) grains {
	for k, v := range more {
		g[k] = v // want "write to g, which is b.breads.*grains, in a handler"
	}
	return g
}

func newBakery(names ...string) *bakery {
	b := &bakery{breads: make(map[string]*bread)}
	for _, n := range names {
		b.breads[n] = &bread{grains: grains{"wheat": 1}}
	}
	return b
}

func (b *bakery) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	br, ok := b.breads[r.FormValue("bread")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	mixed := br.grains.with(grains{"rye": 0.5})
	if len(mixed) > 3 {
		w.WriteHeader(http.StatusTeapot)
	}
}

// Each goroutine has a taster of its own, but all of them one memory.
type memory interface{ note(dish string) }

type tongue struct{ dishes map[string]int }

func (t *tongue) note(dish string) { t.dishes[dish]++ } // want "write to t.dishes in goroutines started by the loop"

type taster struct {
	mem  memory
	seen map[string]bool
}

func (t *taster) taste(dish string) {
	t.mem.note(dish)
	t.seen[dish] = true
}

func tasteAll(dishes []string, mem memory) {
	var wg sync.WaitGroup
	for _, d := range dishes {
		wg.Go(func() {
			t := taster{mem: mem, seen: make(map[string]bool)}
			t.taste(d)
		})
	}
	wg.Wait()
}

// A larder finds what it has under its lock for reading, through a finder.
type larder struct {
	mu      sync.RWMutex
	shelves map[string]int
	labels  labels
}

type labels struct{ byName map[string]string }

func (l *labels) of(name string) string {
	s, ok := l.byName[name]
	if !ok {
		s = strings.ToUpper(name)
		l.byName[name] = s // want "write to l.byName under l.mu.RLock"
	}
	return s
}

type finder struct {
	in   *larder
	hits []string
}

func (f *finder) find(name string) {
	if f.in.shelves[name] > 0 {
		f.hits = append(f.hits, f.in.labels.of(name))
	}
}

func (l *larder) Find(names ...string) []string {
	l.mu.RLock()
	defer l.mu.RUnlock()
	f := finder{in: l}
	for _, n := range names {
		f.find(n)
	}
	return f.hits
}

func (l *larder) Store(name string, n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.shelves[name] += n
}
