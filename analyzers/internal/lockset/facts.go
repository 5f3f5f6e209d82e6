package lockset

import (
	"fmt"
	"go/types"
	"slices"
	"strings"

	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
	"github.com/mapdiag/mapdiag/analyzers/internal/path"
)

// A FuncFact tells other packages what a function does with functions, maps
// and locks that it is given.
type FuncFact struct {
	Async  []ParamFact
	Writes []int // the parameters whose maps it writes to without a lock
	// Fields are the maps in fields of parameters that it itself writes to
	// without a lock.
	Fields []LockFact
	// Acquires and Releases are locks that it leaves taken and released.
	Acquires, Releases []LockFact
	// AcquiresIfGood are those that it has taken unless its last result tells that
	// it has failed.
	AcquiresIfGood []LockFact
	// Holds are the locks that it holds while it calls a parameter.
	Holds []HoldFact
	Fresh bool // see Summary
}

// ParamFact says that a parameter is run in goroutines.
type ParamFact struct {
	Index            int // the receiver counts
	Multi, Contained bool
	// Executor names the channel of the package whose one receiver runs it.
	Executor string
}

// A LockFact denotes a lock by the fields that lead to it from a parameter.
type LockFact struct {
	Param  int
	Fields []string
	Mode   Mode
}

// A HoldFact says that a lock is held while parameter Func is called.
type HoldFact struct {
	Func int
	Lock LockFact
}

func (*FuncFact) AFact() {}

func (f *FuncFact) String() string {
	var parts []string
	for _, a := range f.Async {
		parts = append(parts, fmt.Sprintf("runs %d in a goroutine", a.Index))
	}
	for _, i := range f.Writes {
		parts = append(parts, fmt.Sprintf("writes to %d", i))
	}
	for _, l := range f.Fields {
		parts = append(parts, "writes to "+l.String())
	}
	for _, l := range f.Acquires {
		parts = append(parts, "takes "+l.String())
	}
	for _, l := range f.AcquiresIfGood {
		parts = append(parts, "takes "+l.String()+" or fails")
	}
	for _, l := range f.Releases {
		parts = append(parts, "releases "+l.String())
	}
	for _, h := range f.Holds {
		parts = append(parts, fmt.Sprintf("calls %d under %s", h.Func, h.Lock))
	}
	if f.Fresh {
		parts = append(parts, "returns a new value")
	}
	return strings.Join(parts, ", ")
}

func (l LockFact) String() string {
	return fmt.Sprintf("%d.%s", l.Param, strings.Join(l.Fields, "."))
}

// Param returns what is known of a parameter, or nil.
func (f *FuncFact) Param(i int) *ParamFact {
	for k := range f.Async {
		if f.Async[k].Index == i {
			return &f.Async[k]
		}
	}
	return nil
}

func (f *FuncFact) writes(i int) bool { return slices.Contains(f.Writes, i) }

// holds returns the locks that are held while a parameter is called.
func (f *FuncFact) holds(i int) []LockFact {
	var list []LockFact
	for _, h := range f.Holds {
		if h.Func == i {
			list = append(list, h.Lock)
		}
	}
	return list
}

// Fact returns the fact of a function of this package, or nil.
func (p *Package) Fact(f *Func) *FuncFact {
	fact := &FuncFact{Fresh: f.Summary.Fresh}
	for _, u := range f.Summary.Params {
		if u.Async {
			fact.Async = append(fact.Async, ParamFact{u.Index, u.Multi, u.Contained, p.executorName(u.Executor)})
			continue
		}
		for _, h := range u.Held {
			if l, ok := f.LockFact(h.Path, h.Mode); ok {
				fact.Holds = append(fact.Holds, HoldFact{u.Index, l})
			}
		}
	}
	for _, h := range f.Summary.Acquires {
		if l, ok := f.LockFact(h.Path, h.Mode); ok {
			fact.Acquires = append(fact.Acquires, l)
		}
	}
	for _, h := range f.Summary.AcquiresIfGood {
		if l, ok := f.LockFact(h.Path, h.Mode); ok {
			fact.AcquiresIfGood = append(fact.AcquiresIfGood, l)
		}
	}
	for _, q := range f.Summary.Releases {
		if l, ok := f.LockFact(q, Exclusive); ok {
			fact.Releases = append(fact.Releases, l)
		}
	}
	for i, v := range f.Params {
		if v == nil || mapops.MapType(v.Type()) == nil {
			continue
		}
		for _, a := range p.Accs(f) {
			if a.Path == p.Var(v) && a.Op.Writes() && len(a.Held) == 0 {
				fact.Writes = with(fact.Writes, i)
			}
		}
	}
	p.fieldFacts(f, fact)
	if !fact.Fresh && len(fact.Async)+len(fact.Writes)+len(fact.Fields)+len(fact.Acquires)+len(fact.AcquiresIfGood)+len(fact.Releases)+len(fact.Holds) == 0 {
		return nil
	}
	return fact
}

// maxFields bounds the maps that a fact tells of.
const maxFields = 8

// fieldFacts adds the maps that f writes to through its parameters.
func (p *Package) fieldFacts(f *Func, fact *FuncFact) {
	for _, a := range p.Accs(f) {
		// What is farther away, or done by callees, may not be what a caller's
		// value leads to.
		if !a.Op.Writes() || len(a.Held) > 0 || a.Path.Kind != path.Field || a.At.Func != f || len(a.At.State.Maybe) > 0 {
			continue
		}
		l, ok := f.LockFact(a.Path, 0)
		if ok && len(l.Fields) == 1 && len(fact.Fields) < maxFields && !slices.ContainsFunc(fact.Fields, func(o LockFact) bool { return o.Param == l.Param && slices.Equal(o.Fields, l.Fields) }) {
			fact.Fields = append(fact.Fields, l)
		}
	}
}

// LockFact gives the path of a lock from a parameter of f.
func (f *Func) LockFact(q *path.Path, mode Mode) (LockFact, bool) {
	l := LockFact{Mode: mode}
	steps := q.Steps()
	if steps[0].Kind != path.Var {
		return l, false
	}
	if l.Param = f.Param(steps[0].Obj); l.Param < 0 {
		return l, false
	}
	for _, s := range steps[1:] {
		if s.Kind != path.Field {
			return l, false
		}
		l.Fields = append(l.Fields, s.Obj.Name())
	}
	return l, true
}

// MapOf names a map of a callee's parameter, s.items there, as the call would.
func (c *Call) MapOf(param int, name string) string {
	if param >= len(c.Args) || c.Args[param] == nil {
		return name
	}
	_, rest, _ := strings.Cut(name, ".")
	return c.Args[param].String() + "." + rest
}

// external returns the fact of a function of another package, or nil.
func (p *Package) external(fn *types.Func) *FuncFact {
	if fn == nil || fn.Pkg() == nil || fn.Pkg() == p.Types || p.External == nil {
		return nil
	}
	return p.External(fn)
}

// calledElsewhere applies what is known of a callee in another package.
func (p *Package) calledElsewhere(c *Call, s *State) *State {
	fact := p.external(c.Obj)
	if fact == nil {
		return s
	}
	for _, l := range fact.Releases {
		if q := p.FromFact(l, c); q != nil {
			s = s.unlock(q)
		}
	}
	for _, h := range p.factHolds(fact.Acquires, c) {
		s = s.lock(h)
	}
	return s
}

func (p *Package) factHolds(list []LockFact, c *Call) []Hold {
	var held []Hold
	for _, l := range list {
		if q := p.FromFact(l, c); q != nil {
			held = append(held, Hold{Path: q, Mode: l.Mode, At: c.Node})
		}
	}
	return held
}

// FromFact returns the path of a lock of a callee's fact at a call, or nil.
func (p *Package) FromFact(l LockFact, c *Call) *path.Path {
	if l.Param >= len(c.Args) || c.Args[l.Param] == nil {
		return nil
	}
	q := c.Args[l.Param]
	t := p.Info.TypeOf(c.Exprs[l.Param])
	for _, name := range l.Fields {
		obj, _, _ := types.LookupFieldOrMethod(t, true, c.Obj.Pkg(), name)
		f, ok := obj.(*types.Var)
		if !ok {
			return nil
		}
		q, t = p.Field(q, f), f.Type()
	}
	return q
}
