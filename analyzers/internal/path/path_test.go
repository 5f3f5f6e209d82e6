package path

import (
	"go/token"
	"go/types"
	"math/rand"
	"testing"
)

// world is a table with some variables and fields to build paths from.
type world struct {
	*Table
	vars, fields []*types.Var
	rand         *rand.Rand
}

func newWorld(seed int64) *world {
	w := &world{Table: NewTable(), rand: rand.New(rand.NewSource(seed))}
	for _, name := range []string{"a", "b"} {
		w.vars = append(w.vars, types.NewVar(token.NoPos, nil, name, types.Typ[types.Int]))
	}
	for _, name := range []string{"f", "g", "h"} {
		w.fields = append(w.fields, types.NewField(token.NoPos, nil, name, types.Typ[types.Int], false))
	}
	return w
}

// path returns a path of up to n steps from p.
func (w *world) path(p *Path, n int) *Path {
	for range w.rand.Intn(n + 1) {
		if w.rand.Intn(4) == 0 {
			p = w.Elem(p, "1")
		} else {
			p = w.Field(p, w.fields[w.rand.Intn(len(w.fields))])
		}
	}
	return p
}

// TestRelative wants the way from one path to another, taken from there, to
// lead to the other again, and from elsewhere to lead to what corresponds.
func TestRelative(t *testing.T) {
	w := newWorld(1)
	self := w.Var(types.NewVar(token.NoPos, nil, "self", types.Typ[types.Int]))
	for range 2000 {
		root := w.Var(w.vars[0])
		from, to := w.path(root, 3), w.path(root, 3)
		rel := w.Relative(to, from, self)
		if rel == nil {
			t.Fatalf("no way from %s to %s", from, to)
		}
		if back := w.Replace(rel, self, from); back != to {
			t.Fatalf("from %s to %s it is %s, which leads back to %s", from, to, rel, back)
		}
		if other := w.Relative(to, w.Var(w.vars[1]), self); other != nil {
			t.Fatalf("there is a way %s to %s from another variable", other, to)
		}
	}
}

func TestReplace(t *testing.T) {
	w := newWorld(2)
	for range 2000 {
		p := w.path(w.Var(w.vars[0]), 4)
		to := w.path(w.Var(w.vars[1]), 4)
		q := w.Replace(p, p.Root(), to)
		if q == nil || !q.Has(to) || q.Len != to.Len+p.Len-1 {
			t.Fatalf("%s with %s for its root is %s", p, to, q)
		}
		if again := w.Replace(q, to, p.Root()); again != p {
			t.Fatalf("%s for %s in %s is %s; want %s", p.Root(), to, q, again, p)
		}
	}
	long := w.Var(w.vars[0])
	for range maxLen - 1 {
		long = w.Field(long, w.fields[0])
	}
	if q := w.Replace(long, long.Root(), w.Field(w.Var(w.vars[1]), w.fields[0])); q != nil {
		t.Errorf("a path may grow to %d steps; recursion would make it grow for ever", q.Len)
	}
}

func TestString(t *testing.T) {
	w := newWorld(3)
	p := w.Field(w.Elem(w.Field(w.Var(w.vars[0]), w.fields[0]), `"k"`), w.fields[1])
	if s := p.String(); s != `a.f["k"].g` {
		t.Errorf("the path reads %s", s)
	}
	if s := w.General(p).String(); s != "a.f[…].g" {
		t.Errorf("with any element it reads %s", s)
	}
	if w.General(p).Climbs() || !w.Relative(w.Var(w.vars[0]), p, w.Var(w.vars[1])).Climbs() {
		t.Error("only the way out of a struct climbs")
	}
}
