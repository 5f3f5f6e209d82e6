package borrowed

import (
	"maps"
	"net/http"
	"strings"
	"sync"
)

// A canteen copies what an order starts from.
type canteen struct {
	basic map[string]int
	extra http.Header
}

type meal struct{ amounts map[string]int }

func (c *canteen) meal() *meal { return &meal{amounts: maps.Clone(c.basic)} }

func (m *meal) add(what string) { m.amounts[what]++ }

func (c *canteen) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	m := c.meal()
	for _, what := range strings.Fields(r.FormValue("with")) {
		m.add(what)
	}
	out, err := http.NewRequest(http.MethodGet, "http://store/", nil)
	if err != nil {
		return
	}
	out.Header = c.extra
	if r.FormValue("table") != "" {
		out.Header = c.extra.Clone()
	}
	if len(out.Header) > 3 {
		return
	}
	out.Header = c.extra.Clone()
	tag(out.Header, r)
}

func tag(h http.Header, in *http.Request) { h.Set("X-Table", in.FormValue("table")) }

// A hotel's guests come and go: what is under a key is one guest's.
type inn struct {
	mu     sync.Mutex
	guests map[string]*lodger
}

type lodger struct{ wishes wishes }

type wishes map[string]bool

func (w wishes) wish(what string) { w[what] = true }

func (i *inn) arrive(name string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.guests[name] = &lodger{wishes: make(wishes)}
}

func (i *inn) guest(name string) *lodger {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.guests[name]
}

func (i *inn) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	i.guest(r.RemoteAddr).wishes.wish(r.FormValue("wish"))
}

// Here each goroutine has a memory of its own.
type palate interface{ keep(dish string) }

type nose struct{ dishes map[string]int }

func (n *nose) keep(dish string) { n.dishes[dish]++ }

type judge struct{ mem palate }

func (j *judge) judge(dish string) { j.mem.keep(dish) }

func judgeAll(dishes []string) {
	var wg sync.WaitGroup
	for _, d := range dishes {
		wg.Go(func() {
			j := judge{mem: &nose{dishes: map[string]int{}}}
			j.judge(d)
		})
	}
	wg.Wait()
}

// A walker fills a map of the caller, which has it for itself.
type walker struct {
	count map[string]int
	skip  string
}

func (w *walker) walk(words []string) {
	for _, s := range words {
		if s != w.skip {
			w.count[s]++
		}
	}
}

func countAll(texts []string) []map[string]int {
	out := make([]map[string]int, len(texts))
	var wg sync.WaitGroup
	for i, t := range texts {
		wg.Go(func() {
			counts := make(map[string]int)
			w := &walker{count: counts, skip: "the"}
			w.walk(strings.Fields(t))
			out[i] = counts
		})
	}
	wg.Wait()
	return out
}

// A cellar takes the lock for writing around what its helper does.
type cellar struct {
	mu    sync.RWMutex
	racks map[string]int
}

type picker struct{ in *cellar }

func (p *picker) pick(name string) { p.in.racks[name]-- }

func (c *cellar) Pick(names ...string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	p := picker{in: c}
	for _, n := range names {
		p.pick(n)
	}
}

func (c *cellar) Left(name string) int {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.racks[name]
}

// A player's goroutine hands the player to a script, which calls its methods.
type player struct {
	in    chan string
	notes map[string]int
}

func (p *player) Put(note string)      { p.notes[note]++ }
func (p *player) Get(note string) int  { return p.notes[note] }
func (p *player) Next() (string, bool) { s, ok := <-p.in; return s, ok }

type band struct {
	mu  sync.Mutex
	all []*player
}

func (b *band) Join(script func(*player)) {
	p := &player{in: make(chan string), notes: map[string]int{}}
	b.mu.Lock()
	b.all = append(b.all, p)
	b.mu.Unlock()
	go func() {
		p.Put("tuning")
		script(p)
	}()
}
