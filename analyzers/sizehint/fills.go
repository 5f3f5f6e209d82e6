package sizehint

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/mapdiag/mapdiag/analyzers/internal/bounds"
	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
)

// A frame is a loop around a fill.
type frame struct {
	stmt ast.Stmt
	loop *bounds.Loop // nil if it may run any number of times
	// exits says that the loop may end early in another way than by an error.
	exits bool
	// leaves says that the loop may be left at all before its end.
	leaves bool
}

// filter says under what conditions a statement is skipped.
type filter int

const (
	always    filter = iota
	unlessBad        // on an error or a zero value
	unlessDup        // where the key is in the map already
	sometimes        // on anything else
	onError          // where all went well
)

// A fill is an operation that adds entries to the map, with the loops and
// conditions around it.
type fill struct {
	op     *mapops.Op
	node   ast.Node // what to show the user
	frames []*frame // outermost first
	filter filter
	// dupError says that a key that is in the map already is an error: the
	// author asserts that keys are distinct.
	dupError bool
	// once is how many entries one execution adds.
	once bounds.Bound
	// update says that the operation works on what the key holds already, or
	// adds it: counting and grouping.
	update bool
	// bulk is set where a call adds the entries.
	bulk *bulk
	// literal says that the insert stands in a function literal.
	literal bool
	args    map[*types.Var]ast.Expr
}

// bulk is a fill by a call.
type bulk struct {
	distinct bool // the keys are those of a map
}

// walker collects the fills of a place.
type walker struct {
	*checker
	p *place
	// unknown is set where entries are added in ways that cannot be counted.
	unknown bool
	// sorts is set where some kinds of elements are added in a switch.
	sorts bool
	// branches is set where other branches than the fullest add entries.
	branches bool
	// more is set where other branches than the one that counts add more.
	more bool
	// counted are the operations that fills tell of, called the calls of
	// closures.
	counted map[*mapops.Op]bool
	called  map[*ast.CallExpr]bool
	// shrinks is set where entries are deleted within a loop that adds some.
	shrinks bool
	// closures are the function literals held by local variables that work
	// on the place, and whether they are being walked.
	closures map[*types.Var]*ast.FuncLit
	active   map[*ast.FuncLit]bool
	// args are what the parameters of closures stand for in the fill that is
	// being judged, sources what the variables of walked loops iterate over.
	args    map[*types.Var]ast.Expr
	sources map[*types.Var][]ast.Expr
	// counters are the variables that are different in each iteration.
	counters map[*types.Var]bool
}

func (c *checker) newWalker(p *place) *walker {
	return &walker{
		checker:  c,
		p:        p,
		closures: make(map[*types.Var]*ast.FuncLit),
		active:   make(map[*ast.FuncLit]bool),
		sources:  make(map[*types.Var][]ast.Expr),
		counters: make(map[*types.Var]bool),
		counted:  make(map[*mapops.Op]bool),
		called:   make(map[*ast.CallExpr]bool),
	}
}

// env is what surrounds a statement.
type env struct {
	frames   []*frame
	filter   filter
	dupError bool
	literal  bool
	around   int                     // how many of the frames are around the function literal
	args     map[*types.Var]ast.Expr // what the parameters of closures stand for
}

// perRound reports whether the code is the body of a function literal that is
// called in each round of a loop: to return from it is to skip a round.
func (e env) perRound() bool { return e.literal && e.around > 0 && e.around == len(e.frames) }

// collect returns the fills of a list of statements.
func (w *walker) collect(list []ast.Stmt, e env) []*fill {
	var fills []*fill
	for i, s := range list {
		if branch, ok := s.(*ast.IfStmt); ok && branch.Else == nil && w.leaves(branch.Body) {
			// The rest of the list is the other branch.
			if branch.Init != nil {
				fills = append(fills, w.simple(branch.Init, e)...)
			}
			inThen, thenFilter := w.under(e, branch, true)
			inRest, restFilter := w.under(e, branch, false)
			then, rest := w.collect(branch.Body.List, inThen), w.collect(list[i+1:], inRest)
			if restFilter == unlessBad {
				w.skipped(rest, branch.Cond, e)
			}
			return append(fills, w.either(then, thenFilter, rest, restFilter)...)
		}
		fills = append(fills, w.stmt(s, e)...)
		if f := w.skips(s); f != always {
			return append(fills, restrict(w.collect(list[i+1:], e), f)...)
		}
	}
	return fills
}

// stmt returns the fills of one statement.
func (w *walker) stmt(s ast.Stmt, e env) []*fill {
	switch s := s.(type) {
	case *ast.BlockStmt:
		return w.collect(s.List, e)
	case *ast.LabeledStmt:
		return w.stmt(s.Stmt, e)
	case *ast.IfStmt:
		var fills []*fill
		if s.Init != nil {
			fills = w.simple(s.Init, e)
		}
		inThen, thenFilter := w.under(e, s, true)
		then := w.collect(s.Body.List, inThen)
		if s.Else == nil {
			return append(fills, w.selected(then, thenFilter, s.Cond, e)...)
		}
		inElse, elseFilter := w.under(e, s, false)
		els := w.stmt(s.Else, inElse)
		if len(els) == 0 && w.returnsStmt(s.Else) {
			return append(fills, then...)
		}
		return append(fills, w.either(then, thenFilter, els, elseFilter)...)
	case *ast.SwitchStmt:
		return w.clauses(s.Body, e)
	case *ast.TypeSwitchStmt:
		return w.clauses(s.Body, e)
	case *ast.SelectStmt:
		w.unknown = w.unknown || w.writes(s)
		return nil
	case *ast.ForStmt:
		return w.loop(s, s.Body, e)
	case *ast.RangeStmt:
		return w.loop(s, s.Body, e)
	default:
		return w.simple(s, e)
	}
}

// loop returns the fills of a loop.
func (w *walker) loop(s ast.Stmt, body *ast.BlockStmt, e env) []*fill {
	if !w.reaches(body) {
		return nil
	}
	fr := &frame{stmt: s, loop: bounds.Of(w.info, w.vars, s)}
	if r, ok := s.(*ast.RangeStmt); ok {
		for _, x := range []ast.Expr{r.Key, r.Value} {
			if x == nil {
				continue
			}
			if v := w.variable(x); v != nil {
				w.sources[v] = []ast.Expr{r.X}
			} else if len(w.p.within(x)) > 0 {
				w.unknown = true // for m[k] = range …
			}
		}
		if w.denotes(w.p, r.X) || w.grows(r) {
			fr.loop = nil // what is ranged over changes on the way
		}
	} else if f := s.(*ast.ForStmt); fr.loop != nil && fr.loop.Distinct != nil {
		w.sources[fr.loop.Distinct] = []ast.Expr{f.Init.(*ast.AssignStmt).Rhs[0], f.Cond}
	}
	if fr.loop != nil && fr.loop.Distinct != nil {
		w.counters[fr.loop.Distinct] = true
	}
	fr.exits, fr.leaves = w.exits(body)
	e.frames = append(e.frames[:len(e.frames):len(e.frames)], fr)
	for _, op := range w.p.within(body) {
		switch op.Kind {
		case mapops.Delete, mapops.DeleteFunc, mapops.Clear:
			w.shrinks = true
		}
	}
	return w.collect(body.List, e)
}

// grows reports whether a loop adds entries to the map that it ranges over.
func (w *walker) grows(r *ast.RangeStmt) bool {
	id, ok := ast.Unparen(r.X).(*ast.Ident)
	if !ok {
		return false
	}
	src := w.maps.Var(w.info.ObjectOf(id))
	return src != nil && slices.ContainsFunc(src.Between(r.Body.Pos(), r.Body.End()), func(op *mapops.Op) bool {
		return op.Kind.Adds() && op.Depth == 0
	})
}

// reaches reports whether a node holds operations on the place, or calls of
// closures or helpers that do.
func (w *walker) reaches(n ast.Node) bool {
	if len(w.p.within(n)) > 0 {
		return true
	}
	if len(w.closures) == 0 {
		return false
	}
	found := false
	ast.Inspect(n, func(m ast.Node) bool {
		if id, ok := m.(*ast.Ident); ok {
			if v, ok := w.info.Uses[id].(*types.Var); ok && w.closures[v] != nil {
				found = true
			}
		}
		return !found
	})
	return found
}

// exits reports whether a loop's body may end the loop before its time:
// exits on something else than an error, leaves at all.
func (w *walker) exits(body *ast.BlockStmt) (exits, leaves bool) {
	var visit func(n ast.Node, nested bool)
	visit = func(n ast.Node, nested bool) {
		ast.Inspect(n, func(m ast.Node) bool {
			if m == n {
				return true
			}
			switch m := m.(type) {
			case *ast.FuncLit:
				return false
			case *ast.ForStmt, *ast.RangeStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
				visit(m, true)
				return false
			case *ast.ReturnStmt:
				leaves = true
			case *ast.BranchStmt:
				switch m.Tok {
				case token.BREAK:
					if !nested || m.Label != nil {
						exits, leaves = true, true
					}
				case token.GOTO:
					exits, leaves = true, true
				}
			case *ast.IfStmt:
				// if err != nil { break } is no other exit than a return.
				if w.classify(m.Cond, false) == unlessBad && len(m.Body.List) > 0 {
					if br, ok := m.Body.List[len(m.Body.List)-1].(*ast.BranchStmt); ok && br.Tok == token.BREAK && w.isErrorCheck(m.Cond) {
						leaves = true
						if m.Else != nil {
							visit(m.Else, nested)
						}
						return false
					}
				}
			}
			return true
		})
	}
	visit(body, false)
	return exits, leaves
}

// simple returns the fills of a statement that holds no other statements,
// but perhaps function literals.
func (w *walker) simple(s ast.Stmt, e env) []*fill {
	if !w.reaches(s) {
		return nil
	}
	var fills []*fill
	var lits []*ast.FuncLit
	w.registerClosure(s)
	ast.Inspect(s, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			lits = append(lits, n)
			if len(w.p.within(n)) > 0 && !w.isClosure(n) {
				w.unknown = w.unknown || w.writes(n)
			}
			return false
		case *ast.CallExpr:
			if lit := w.literalRun(n); lit != nil {
				lits = append(lits, lit)
				inner := e
				inner.literal, inner.around = true, len(e.frames)
				fills = append(fills, w.collect(lit.Body.List, inner)...)
				for _, a := range n.Args {
					if a != lit {
						w.reaches(a)
					}
				}
				return false
			}
			if v := w.variable(n.Fun); v != nil && w.closures[v] != nil {
				w.called[n] = true
				fills = append(fills, w.call(w.closures[v], n, e)...)
			}
		}
		return true
	})
ops:
	for _, op := range w.p.within(s) {
		for _, lit := range lits {
			if lit.Pos() <= op.Expr.Pos() && op.Expr.Pos() < lit.End() {
				continue ops
			}
		}
		if f := w.fill(op, e); f != nil {
			fills = append(fills, f)
		}
	}
	return fills
}

// fill returns what one operation adds, nil if it adds nothing or if what it
// adds does not tell how many keys there are.
func (w *walker) fill(op *mapops.Op, e env) *fill {
	f := &fill{op: op, node: op.Node, frames: e.frames, filter: e.filter, dupError: e.dupError, literal: e.literal, args: e.args, once: bounds.Bound{N: 1, Known: true}}
	switch op.Kind {
	case mapops.Insert:
		if _, ok := op.Node.(*ast.AssignStmt); !ok {
			w.unknown = true
			return nil
		}
		w.counted[op] = true
		return f
	case mapops.Update:
		w.counted[op] = true
		f.update = true
		return f
	case mapops.CopyInto:
		b, ok := w.entriesOf(op.Value)
		if !ok {
			w.unknown = true
			return nil
		}
		w.counted[op] = true
		f.once, f.bulk = b, &bulk{distinct: true}
		return f
	case mapops.Pass:
		call, ok := op.Node.(*ast.CallExpr)
		if !ok {
			return nil
		}
		b, distinct, ok := w.helper(call, op.Arg)
		if !ok {
			return nil
		}
		w.counted[op] = true
		f.once, f.bulk = b, &bulk{distinct: distinct}
		return f
	}
	return nil
}

// entriesOf returns the length of the second argument of maps.Copy, which is
// a map, or of maps.Insert, which is an iterator.
func (w *walker) entriesOf(src ast.Expr) (bounds.Bound, bool) {
	return bounds.Entries(w.info, w.vars, src)
}

// writes reports whether a node adds entries to the place.
func (w *walker) writes(n ast.Node) bool {
	return slices.ContainsFunc(w.p.within(n), func(op *mapops.Op) bool { return op.Kind.Adds() })
}
