package forall

import "sync"

// A Grader is asked by many judges at the same time.
type Grader interface{ Grade(essay string) int }

type marks struct{ seen map[string]int }

func (m *marks) of(essay string) int {
	if n, ok := m.seen[essay]; ok {
		return n
	}
	n := len(essay) % 7
	m.seen[essay] = n // want "write to m.seen in goroutines started by the loop at racy.go:41, no lock held"
	return n
}

// judge shares the marks with all others.
type judge struct {
	name  string
	marks *marks
}

func (j *judge) Grade(essay string) int { return j.marks.of(essay) }

type Jury struct{ judges []*judge }

func NewJury(names []string) *Jury {
	m := &marks{seen: make(map[string]int)}
	j := new(Jury)
	for _, n := range names {
		j.judges = append(j.judges, &judge{name: n, marks: m})
	}
	return j
}

func (j *Jury) Grade(essay string) int {
	var wg sync.WaitGroup
	grades := make([]int, len(j.judges))
	for i, x := range j.judges {
		wg.Add(1)
		go func() {
			defer wg.Done()
			grades[i] = x.Grade(essay)
		}()
	}
	wg.Wait()
	sum := 0
	for _, g := range grades {
		sum += g
	}
	return sum
}

// source is behind an interface, of which there are two kinds.
type source interface{ fetch(k string) string }

type plain struct{}

func (plain) fetch(k string) string { return "<" + k + ">" }

type remembered struct {
	from source
	had  map[string]string
}

func (r *remembered) fetch(k string) string {
	if s, ok := r.had[k]; ok {
		return s
	}
	s := r.from.fetch(k)
	r.had[k] = s // want "write to r.had in goroutines started by the loop at racy.go:103, no lock held"
	return s
}

type page struct {
	src  source
	keys []string
}

func (p *page) load() (out []string) {
	for _, k := range p.keys {
		out = append(out, p.src.fetch(k))
	}
	return out
}

type Album struct{ pages map[string]*page }

func Open(keys map[string][]string) *Album {
	src := &remembered{from: plain{}, had: make(map[string]string)}
	a := &Album{pages: make(map[string]*page)}
	for name, list := range keys {
		a.pages[name] = &page{src: src, keys: list}
	}
	return a
}

func (a *Album) Load(names []string) [][]string {
	out := make([][]string, len(names))
	var wg sync.WaitGroup
	for i, n := range names {
		p := a.pages[n]
		if p == nil {
			continue
		}
		wg.Go(func() { out[i] = p.load() })
	}
	wg.Wait()
	return out
}
