package unguarded

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/mapdiag/mapdiag/analyzers/internal/lockset"
	"github.com/mapdiag/mapdiag/analyzers/internal/path"
)

// A use is what one function does under a lock, or should do.
type use struct {
	*fixer
	f     *lockset.Func
	lock  *path.Path
	lacks []*lack
	// guards reports whether the lock guards the map of an access.
	guards func(e *lockset.Event) bool
	all    []*lockset.Event // the accesses of maps that the lock guards
	// taken says that the function takes or releases the lock somewhere.
	taken bool
	bad   bool
	// added says that the lock does not exist yet, beside that something else
	// in the function lacks another lock.
	added, beside bool
}

// collect finds the accesses of the function, and of the literals that run in
// the course of it.
func (u *use) collect() {
	if u.guards == nil {
		u.guards = u.guarded
	}
	for _, l := range u.lacks {
		if l.at.State == nil || len(l.at.State.Held) > 0 || len(l.at.State.Maybe) > 0 || l.at.Kind != lockset.Access && l.at.Kind != lockset.Calls {
			u.bad = true
		}
	}
	same := func(q *path.Path) bool { return q == u.lock || q.Obj != nil && q.Obj == u.lock.Obj }
	for _, f := range u.locks.Funcs {
		if f != u.f && (f.Lit == nil || u.home(f) != u.f) {
			continue
		}
		for _, e := range f.Events {
			switch e.Kind {
			case lockset.Lock, lockset.Unlock:
				u.taken = u.taken || same(e.Path)
				u.bad = u.bad || e.Try
			case lockset.Access:
				if u.guards(e) && !u.private(e, e.Path) {
					u.all = append(u.all, e)
				}
			}
			if s := e.State; s != nil {
				u.taken = u.taken || slices.ContainsFunc(s.Dropped, same) || slices.ContainsFunc(s.Maybe, same) ||
					slices.ContainsFunc(s.Held, func(h lockset.Hold) bool { return same(h.Path) })
			}
		}
	}
}

// guarded reports whether the lock of the use guards the map of an access.
func (u *use) guarded(e *lockset.Event) bool {
	cl, owner, ok := classOf(e.Path)
	if !ok {
		return false
	}
	as := u.classes[class{cl.v, 0}]
	if as == nil || as.guard == nil {
		as = u.classes[cl]
	}
	if as == nil || as.guard == nil || owner == nil && as.guard.relation.Root() == u.self {
		return false
	}
	return u.lockOf(&access{Event: e, path: e.Path, owner: owner}, as.guard.relation) == u.lock
}

// extent returns where an access is made: a loop over a map uses it to its end.
func extent(e *lockset.Event) (from, to token.Pos) {
	if e.Kind == lockset.Access && e.Op != lockset.Range && e.Expr != nil {
		return e.Expr.Pos(), e.Expr.End()
	}
	return e.Node.Pos(), e.Node.End()
}

// plan finds a section that holds all accesses, or nil.
func (u *use) plan(lacks []*lack) *section {
	var from, to token.Pos
	add := func(e *lockset.Event) {
		a, b := extent(e)
		if from == 0 || a < from {
			from = a
		}
		to = max(to, b)
	}
	for _, l := range lacks {
		add(l.at)
	}
	if !u.taken {
		for _, e := range u.all {
			add(e)
		}
	} else if levels := u.levels(from, to); len(levels) > 0 {
		if s := u.extend(levels[len(levels)-1], lacks); s != nil {
			return s
		}
		if !u.apart(lacks, from, to) {
			return nil
		}
	}
	return u.around(lacks, from, to)
}

// alone finds a section for one access only.
func (u *use) alone(l *lack) *section {
	from, to := extent(l.at)
	levels := u.levels(from, to)
	if len(levels) == 0 {
		return nil
	}
	in := levels[len(levels)-1]
	if !u.apart([]*lack{l}, in.list[in.from].Pos(), in.list[in.to].End()) {
		return nil
	}
	return u.statements(in, []*lack{l})
}

// extend makes a section longer that ends right before some statements.
func (u *use) extend(l level, lacks []*lack) *section {
	if l.from == 0 {
		return nil
	}
	unlock := l.list[l.from-1]
	call := u.unlock(unlock)
	if call == nil || u.file(unlock.Pos()) == nil || u.lineEnd(unlock.End()) != unlock.End() {
		return nil
	}
	s := u.statements(l, lacks)
	if s == nil {
		return nil
	}
	for _, e := range u.f.Events {
		if e.Kind != lockset.Unlock || e.Node != call || e.Deferred || e.State == nil {
			continue
		}
		for _, h := range e.State.Held {
			if h.Path == u.lock && !h.Mixed && len(e.State.Held) == 1 && (h.Mode == lockset.Exclusive || s.read) {
				s.unlock = unlock
				return s
			}
		}
	}
	return nil
}

// unlock returns the call of a statement that releases the lock, or nil.
func (u *use) unlock(s ast.Stmt) ast.Node {
	x, ok := s.(*ast.ExprStmt)
	if !ok {
		return nil
	}
	call, ok := ast.Unparen(x.X).(*ast.CallExpr)
	if !ok {
		return nil
	}
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok || sel.Sel.Name != "Unlock" && sel.Sel.Name != "RUnlock" || u.locks.Receiver(sel) != u.lock {
		return nil
	}
	return call
}

// released reports whether the lock is not held before a statement, on any
// way that leads there. The states of events do not tell: they hold what is
// so on all ways.
func (u *use) released(levels []level) bool {
	if u.jumps() {
		return false
	}
	for i := len(levels) - 1; i >= 0; i-- {
		l := levels[i]
		for j := l.from - 1; j >= 0; j-- {
			if !u.moves(l.list[j].Pos(), l.list[j].End()) {
				continue
			}
			return u.unlock(l.list[j]) != nil
		}
		if i > 0 {
			outer := levels[i-1].list[levels[i-1].from]
			if u.loops(outer, l.list[l.from]) && u.moves(outer.Pos(), outer.End()) {
				return false // as an iteration leaves it, so the next one finds it
			}
			if u.moves(outer.Pos(), l.list[0].Pos()) {
				return false // in the condition, or in another branch
			}
		}
	}
	return true
}

// jumps reports whether control goes other ways in the function than its
// blocks show.
func (u *use) jumps() bool {
	found := false
	ast.Inspect(u.f.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BranchStmt:
			found = found || n.Tok == token.GOTO || n.Tok == token.FALLTHROUGH
		case *ast.SelectorExpr:
			found = found || n.Sel.Name == "TryLock" || n.Sel.Name == "TryRLock"
		}
		return !found
	})
	return found
}

// moves reports whether locks are taken or released between two positions, but
// for when the function returns.
func (u *use) moves(from, to token.Pos) bool {
	for _, e := range u.f.Events {
		if e.Deferred || e.Pos() < from || to <= e.Pos() {
			continue
		}
		switch e.Kind {
		case lockset.Lock, lockset.Unlock, lockset.ReleaseOf:
			return true
		case lockset.Calls:
			if fn := e.Call.Fn; fn == nil && e.Call.Obj == nil || fn != nil && len(fn.Summary.Acquires)+len(fn.Summary.Releases) > 0 {
				return true
			}
			if e.Call.Obj != nil && e.Call.Obj.Pkg() != u.Pkg {
				fact := new(lockset.FuncFact)
				if u.ImportObjectFact(e.Call.Obj, fact) && len(fact.Acquires)+len(fact.Releases) > 0 {
					return true
				}
			}
		}
	}
	return false
}

// loops reports whether a loop in one statement, or that is it, is around another.
func (u *use) loops(outer, inner ast.Stmt) bool {
	found := false
	ast.Inspect(outer, func(n ast.Node) bool {
		if n == nil || n.Pos() > inner.Pos() || inner.End() > n.End() {
			return false
		}
		switch n.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			found = true
		}
		return !found
	})
	return found
}

// apart reports whether no other access in the function uses the same key of
// a map: what was found there and what is done here would come apart.
func (u *use) apart(lacks []*lack, from, to token.Pos) bool {
	for _, e := range u.all {
		if from <= e.Pos() && e.Pos() < to || from <= e.Expr.Pos() && e.Expr.Pos() < to {
			continue
		}
		for _, l := range lacks {
			if !l.direct || e.Path == l.at.Path && !otherKey(e, l.at) || e.Path != l.at.Path && (e.Path.Has(l.at.Path) || l.at.Path.Has(e.Path)) {
				return false
			}
		}
	}
	return true
}

// otherKey reports whether two accesses of a map use different keys.
func otherKey(a, b *lockset.Event) bool {
	x, y := keyOf(a), keyOf(b)
	return x != nil && y != nil && types.ExprString(x) != types.ExprString(y)
}

// keyOf returns the key that an access uses, nil if it uses all or none.
func keyOf(e *lockset.Event) ast.Expr {
	var key ast.Expr
	ast.Inspect(e.Node, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.IndexExpr:
			if n.X == e.Expr {
				key = n.Index
			}
		case *ast.CallExpr:
			if id, ok := n.Fun.(*ast.Ident); ok && id.Name == "delete" && len(n.Args) == 2 && n.Args[0] == e.Expr {
				key = n.Args[1]
			}
		}
		return true
	})
	return key
}

// short is the number of lines up to which a function is held a lock for as a
// whole.
const short = 30

// around chooses the form in which a careful reader would expect the lock to
// be held from one position to another.
func (u *use) around(lacks []*lack, from, to token.Pos) *section {
	levels := u.levels(from, to)
	if len(levels) == 0 {
		return nil
	}
	in := levels[len(levels)-1]
	if u.taken || u.beside {
		return u.statements(in, lacks)
	}
	body := u.f.Body
	if u.lines(body) <= short {
		if s := u.rest(0, lacks); s != nil {
			return s
		}
	}
	if s := u.statements(in, lacks); s != nil {
		return s
	}
	return u.rest(levels[0].from, lacks)
}

func (u *use) lines(n ast.Node) int {
	return u.Fset.Position(n.End()).Line - u.Fset.Position(n.Pos()).Line
}

// A level is a run of statements in one list.
type level struct {
	list     []ast.Stmt
	from, to int
}

// levels returns the statements around two positions, outermost first.
func (u *use) levels(from, to token.Pos) []level {
	var levels []level
	add := func(list []ast.Stmt) {
		i := slices.IndexFunc(list, func(s ast.Stmt) bool { return s.Pos() <= from && from < s.End() })
		j := slices.IndexFunc(list, func(s ast.Stmt) bool { return s.Pos() < to && to <= s.End() })
		if i >= 0 && j >= i {
			levels = append(levels, level{list, i, j})
		}
	}
	ast.Inspect(u.f.Body, func(n ast.Node) bool {
		if n == nil || n.Pos() > from || to > n.End() {
			return false
		}
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.BlockStmt:
			add(n.List)
		case *ast.CaseClause:
			add(n.Body)
		case *ast.CommClause:
			add(n.Body)
		}
		return true
	})
	return levels
}

// maxStatements bounds the statements between Lock and Unlock.
const maxStatements = 6

// statements makes a section of some statements, which must run to their end.
func (u *use) statements(l level, lacks []*lack) *section {
	list := l.list[l.from : l.to+1]
	if len(list) > maxStatements || u.lines(list[0])+u.lines(list[len(list)-1]) > short {
		return nil
	}
	for _, s := range list {
		if !falls(s) {
			return nil
		}
	}
	if levels := u.levels(list[0].Pos(), list[len(list)-1].End()); u.taken && !u.released(levels) {
		return nil
	}
	return u.section(&section{stmts: list, end: list[len(list)-1].End()}, lacks)
}

// falls reports whether control leaves a statement at its end only.
func falls(s ast.Stmt) bool {
	ok := true
	var visit func(n ast.Node, loop, sw bool)
	visit = func(n ast.Node, loop, sw bool) {
		ast.Inspect(n, func(m ast.Node) bool {
			if m == n {
				return true
			}
			switch m := m.(type) {
			case *ast.FuncLit:
				return false
			case *ast.ReturnStmt, *ast.DeferStmt, *ast.LabeledStmt:
				ok = false
			case *ast.BranchStmt:
				switch {
				case m.Label != nil || m.Tok == token.GOTO:
					ok = false
				case m.Tok == token.BREAK:
					ok = ok && (loop || sw)
				case m.Tok == token.CONTINUE:
					ok = ok && loop
				}
			case *ast.ForStmt, *ast.RangeStmt:
				visit(m, true, sw)
				return false
			case *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
				visit(m, loop, true)
				return false
			}
			return ok
		})
	}
	// A statement that is the root itself is judged as part of a block.
	visit(&ast.BlockStmt{Lbrace: s.Pos(), List: []ast.Stmt{s}, Rbrace: s.End()}, false, false)
	return ok
}

// rest makes a section that ends when the function returns.
func (u *use) rest(i int, lacks []*lack) *section {
	if u.f.Obj != nil && u.f.Decl.Recv == nil && (u.f.Obj.Name() == "main" || u.f.Obj.Name() == "init") {
		return nil
	}
	list := u.f.Body.List[i:]
	s := &section{stmts: list, end: u.f.Body.End(), deferred: true}
	if i == 0 {
		s.body = u.f.Body
	}
	return u.section(s, lacks)
}

// section completes a section: it is nil where the lock cannot be held or
// cannot be named there.
func (u *use) section(s *section, lacks []*lack) *section {
	s.fixer, s.f = u.fixer, u.f
	w := u.newWalk(false)
	for _, st := range s.stmts {
		if !w.quiet(st) {
			return nil
		}
	}
	if w.runs[u.f] {
		return nil // it calls itself
	}
	s.runs, s.lits = w.runs, w.lits
	from, to := s.stmts[0].Pos(), s.end
	if u.strays(from, to, lacks) {
		return nil
	}
	for _, e := range u.all {
		if from <= e.Pos() && e.Pos() < to && e.State != nil && (len(e.State.Held) > 0 || len(e.State.Maybe) > 0) {
			return nil
		}
	}
	s.read = !u.added && !w.assigns && hasMethod(u.lock.Obj.Type(), "RLock") && hasMethod(u.lock.Obj.Type(), "RUnlock")
	for _, l := range lacks {
		s.read = s.read && !l.writes
	}
	for _, a := range u.locks.Accs(u.f) {
		if from <= a.Top.Pos() && a.Top.Pos() < to && a.Op.Changes() && (a.Path.Root() == u.lock.Root() || path.IsGlobal(a.Path.RootVar())) {
			s.read = false
		}
	}
	for _, e := range u.all {
		if from <= e.Pos() && e.Pos() < to && e.Op.Changes() {
			s.read = false
		}
	}
	if s.name = u.name(from, to, lacks); s.name == "" {
		return nil
	}
	return s
}

// strays reports whether the function calls, outside of a section, what needs
// the lock as well: the section would be too short.
func (u *use) strays(from, to token.Pos, lacks []*lack) bool {
	outside := func(pos token.Pos) bool { return pos < from || to <= pos }
	for _, e := range u.f.Events {
		if e.Kind == lockset.Calls && outside(e.Pos()) && e.Call.Fn != nil && e.State != nil && len(e.State.Held) == 0 && u.assumed(e.Call.Fn) {
			return true
		}
	}
	for _, a := range u.locks.Accs(u.f) {
		if a.Top.Kind != lockset.Calls || !outside(a.Top.Pos()) || slices.ContainsFunc(a.Held, func(h lockset.Hold) bool { return h.Path == u.lock }) {
			continue
		}
		for _, l := range lacks {
			if a.Path == l.path && (a.Op.Changes() || l.writes) {
				return true
			}
		}
	}
	return false
}

func hasMethod(t types.Type, name string) bool {
	if _, iface := t.Underlying().(*types.Interface); !iface {
		if _, ptr := t.Underlying().(*types.Pointer); !ptr {
			t = types.NewPointer(t)
		}
	}
	obj, _, _ := types.LookupFieldOrMethod(t, true, nil, name)
	_, ok := obj.(*types.Func)
	return ok
}
