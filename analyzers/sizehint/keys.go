package sizehint

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
	"github.com/mapdiag/mapdiag/analyzers/internal/rule"
	"github.com/mapdiag/mapdiag/analyzers/internal/vars"
)

// distinct reports whether a key is another one in each iteration.
func (w *walker) distinct(key ast.Expr, fr *frame) bool {
	if fr.loop == nil || fr.loop.Distinct == nil {
		return false
	}
	key = w.resolve(key)
	if w.variable(key) == fr.loop.Distinct {
		// The body may change the variable of a range.
		return !w.vars.WrittenBetween(fr.loop.Distinct, fr.loop.Body.Pos(), fr.loop.Body.End())
	}
	switch k := key.(type) {
	case *ast.CallExpr:
		if tv := w.info.Types[k.Fun]; tv.IsType() && len(k.Args) == 1 {
			return w.injective(w.info.TypeOf(k.Args[0]), tv.Type) && w.distinct(k.Args[0], fr)
		}
		fn := typeutil.StaticCallee(w.info, k)
		if fn == nil || fn.Pkg() == nil || fn.Pkg().Path() != "strconv" || len(k.Args) == 0 {
			return false
		}
		switch fn.Name() {
		case "Itoa", "FormatInt", "FormatUint":
			return w.distinct(k.Args[0], fr)
		}
	case *ast.BinaryExpr:
		if k.Op != token.ADD && k.Op != token.SUB {
			return false
		}
		x, y := w.info.Types[k.X].Value, w.info.Types[k.Y].Value
		return y != nil && w.distinct(k.X, fr) || x != nil && w.distinct(k.Y, fr)
	case *ast.CompositeLit:
		switch w.info.TypeOf(k).Underlying().(type) {
		case *types.Struct, *types.Array:
		default:
			return false
		}
		for _, elt := range k.Elts {
			if kv, ok := elt.(*ast.KeyValueExpr); ok {
				elt = kv.Value
			}
			if w.distinct(elt, fr) {
				return true
			}
		}
	}
	return false
}

// injective reports whether a conversion keeps different values different.
func (w *walker) injective(from, to types.Type) bool {
	if from == nil {
		return false
	}
	f, t := from.Underlying(), to.Underlying()
	if types.Identical(f, t) || types.IsInterface(to) {
		return true
	}
	fb, ok1 := f.(*types.Basic)
	tb, ok2 := t.(*types.Basic)
	return ok1 && ok2 && fb.Info()&types.IsInteger != 0 && tb.Info()&types.IsInteger != 0 &&
		w.TypesSizes.Sizeof(fb) <= w.TypesSizes.Sizeof(tb)
}

// ownKey reports whether a key is the loop's counter or its whole element.
func (w *walker) ownKey(key ast.Expr, fr *frame) bool {
	return w.distinct(key, fr) || w.whole(key, fr)
}

// whole reports whether a key is the whole element of a loop's data.
func (w *walker) whole(key ast.Expr, fr *frame) bool {
	if fr.loop == nil {
		return false
	}
	key = w.resolve(key)
	switch k := key.(type) {
	case *ast.Ident:
		elem := fr.loop.Elem
		return elem != nil && w.variable(k) == elem && !w.vars.WrittenBetween(elem, fr.loop.Body.Pos(), fr.loop.Body.End()) &&
			(fr.loop.Source == nil || mapops.MapType(w.info.TypeOf(fr.loop.Source)) == nil)
	case *ast.IndexExpr:
		return mapops.MapType(w.info.TypeOf(k.X)) == nil && w.distinct(k.Index, fr)
	case *ast.CallExpr:
		tv := w.info.Types[k.Fun]
		return tv.IsType() && len(k.Args) == 1 && w.whole(k.Args[0], fr)
	case *ast.StarExpr:
		return w.whole(k.X, fr)
	case *ast.UnaryExpr:
		return k.Op == token.AND && w.whole(k.X, fr)
	}
	return false
}

// judgement is what a fill adds.
type judgement struct {
	level   rule.Level
	loops   []*frame // those whose iterations add keys
	counted bool     // false if there is no telling how many keys are added
	rare    bool     // whether it adds keys only where something went wrong
	moves   bool     // whether a key that no loop varies may change all the same
}

// judge says how sure it is that each execution of a fill adds a key.
func (w *walker) judge(f *fill) judgement {
	w.args = f.args
	j := judgement{counted: true, rare: f.filter == onError}
	if f.bulk != nil {
		j.loops = f.frames
		j.level = rule.Likely
		if f.bulk.distinct && len(f.frames) == 0 {
			j.level = rule.Certain
		}
		if len(f.frames) > 0 {
			j.level = rule.Possible
		}
	} else if w.regroups(f) {
		j.counted = false
		return j
	} else {
		w.judgeKey(f, &j)
	}
	for _, fr := range j.loops {
		switch {
		case fr.loop == nil:
			j.counted = false
		case fr.exits || !fr.loop.Data && (fr.leaves || w.decoded(fr.loop.Expr)):
			// The loop may end early, or panic. Of a mere number nobody knows
			// how large it is: it may come from the input that the loop reads.
			j.level = rule.Possible
		}
	}
	switch {
	case f.filter == sometimes, f.filter == unlessDup && !(f.bulk == nil && len(j.loops) == 1 && w.distinct(f.op.Key, j.loops[0])):
		j.level = rule.Possible // who asks for repeated keys expects them
	case f.filter != always || f.literal:
		j.level = max(j.level, rule.Likely)
	}
	return j
}

// decoded reports whether a number is likely to be read from input: a call gave
// it as an unsigned integer of fixed width, as those do that decode.
func (w *walker) decoded(e ast.Expr) bool {
	call := func(e ast.Expr) bool {
		e = w.unconverted(e)
		c, ok := e.(*ast.CallExpr)
		if !ok || mapops.Builtin(w.info, c) != "" {
			return false
		}
		basic, ok := w.info.TypeOf(c).Underlying().(*types.Basic)
		return ok && (basic.Kind() == types.Uint16 || basic.Kind() == types.Uint32 || basic.Kind() == types.Uint64)
	}
	if e == nil {
		return false
	}
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && !found {
			v := w.variable(id)
			found = v != nil && !v.IsField() && slices.ContainsFunc(w.vars.Writes(v), func(wr vars.Write) bool { return wr.Value != nil && call(wr.Value) })
		}
		return !found
	})
	return found
}

// unconverted returns what an expression converts, or itself.
func (w *walker) unconverted(e ast.Expr) ast.Expr {
	for {
		e = ast.Unparen(e)
		call, ok := e.(*ast.CallExpr)
		if !ok || !w.info.Types[call.Fun].IsType() || len(call.Args) != 1 {
			return e
		}
		e = call.Args[0]
	}
}

// judgeKey judges the key and value of an assignment.
func (w *walker) judgeKey(f *fill, j *judgement) {
	for _, fr := range f.frames {
		v := w.variesIn(f.op.Key, fr)
		if v == fixed && fr.loop == nil && w.info.Types[f.op.Key].Value == nil {
			v = varies // what the key is made of changes, or the loop would not end
		}
		switch v {
		case fixed:
			if w.keyMoves(f.op.Key, fr, false) {
				j.loops = append(j.loops, fr)
			} else if w.keyMoves(f.op.Key, fr, w.mayWrite(fr.stmt)) || mapops.MayBeNaN(w.info.TypeOf(f.op.Key)) && w.info.Types[f.op.Key].Value == nil {
				j.moves = true
			}
		case unclear:
			j.level = rule.Possible
			j.loops = append(j.loops, fr)
		case varies:
			j.loops = append(j.loops, fr)
		}
	}
	if len(j.loops) == 0 {
		return
	}
	inner := j.loops[len(j.loops)-1]
	value := f.op.Value
	if value == nil {
		value = f.op.Node.(*ast.AssignStmt).Rhs[0]
	}
	all, stored := true, false
	for _, fr := range j.loops {
		all = all && w.distinct(f.op.Key, fr)
		stored = stored || w.variesIn(value, fr) == varies || w.filledIn(value, fr)
	}
	stored = stored && !w.partOfKey(value, f.op.Key)
	switch {
	case all:
	case len(j.loops) == 1 && w.whole(f.op.Key, inner) && !w.onlyListed(value), stored, f.dupError:
		j.level = max(j.level, rule.Likely)
	default:
		j.level = rule.Possible
	}
}

// onlyListed reports whether the map is a set that is ranged over and never
// asked what is in it: it is there to drop duplicates.
func (w *walker) onlyListed(value ast.Expr) bool {
	if !w.presence(value) {
		return false
	}
	listed := false
	for _, op := range w.p.ops.all {
		switch {
		case op.Kind == mapops.Range || op.Kind == mapops.ReadAll:
			listed = true
		case op.Kind == mapops.Lookup, op.Kind == mapops.LookupOK, op.Kind.Escapes():
			return false
		}
	}
	return listed
}

// partOfKey reports whether a value is what the key is computed from, and not
// the whole element: m[x.f.String()] = x.f and m[lower(s)] = s collect the
// different values of something, they do not index elements.
func (w *walker) partOfKey(value, key ast.Expr) bool {
	value, key = w.resolve(value), w.resolve(key)
	switch ast.Unparen(value).(type) {
	case *ast.SelectorExpr:
	case *ast.Ident:
		if _, basic := w.info.TypeOf(value).Underlying().(*types.Basic); !basic {
			return false
		}
		if _, call := key.(*ast.CallExpr); !call {
			return false
		}
	default:
		return false
	}
	found := false
	ast.Inspect(key, func(n ast.Node) bool {
		if e, ok := n.(ast.Expr); ok && (mapops.SameExpr(w.info, e, value) || w.variable(e) != nil && mapops.SameExpr(w.info, w.resolve(e), value)) {
			found = true
		}
		return !found
	})
	return found
}

// regroups reports whether an assignment works on what the map already holds
// under the key: then elements share keys, as in counting and grouping.
func (w *walker) regroups(f *fill) bool {
	scope := ast.Node(nil)
	ownKey := false // whether no other iteration has this key, or few have
	if len(f.frames) > 0 {
		inner := f.frames[len(f.frames)-1]
		scope = inner.stmt
		ownKey = w.ownKey(f.op.Key, inner)
	}
	if scope == nil {
		return false
	}
	if w.updatedBeside(f.op.Key, scope) {
		return true
	}
	constant := f.op.Value != nil && w.presence(f.op.Value)
	for _, op := range w.p.within(scope) {
		switch op.Kind {
		case mapops.Update:
			// m[k]++ beside if !ok { m[k] = 1 }
			if op.Key != nil && f.filter == unlessDup && w.sameKey(op.Key, f.op.Key) {
				return true
			}
			continue
		case mapops.Lookup, mapops.LookupOK:
		default:
			continue
		}
		if op.Expr.Pos() >= f.op.Expr.Pos() && !within(op.Expr, f.op.Node) || !w.sameKey(op.Key, f.op.Key) {
			continue
		}
		if f.dupError || constant {
			continue
		}
		if op.Kind == mapops.LookupOK {
			if a, ok := op.Node.(*ast.AssignStmt); ok && isBlank(a.Lhs[0]) {
				if f.filter == unlessDup && !ownKey {
					return true // if _, ok := m[k]; !ok { m[k] = newGroup() }
				}
				continue
			}
		}
		return true
	}
	return false
}

// updatedBeside reports whether, within a loop, another map counts or groups
// under the same key.
func (w *walker) updatedBeside(key ast.Expr, loop ast.Node) bool {
	if w.updates == nil {
		w.updates = []*mapops.Op{}
		for _, v := range w.maps.Vars {
			for _, op := range v.Ops {
				if op.Kind == mapops.Update && op.Key != nil {
					w.updates = append(w.updates, op)
				}
			}
		}
		slices.SortFunc(w.updates, func(a, b *mapops.Op) int { return cmp.Compare(a.Expr.Pos(), b.Expr.Pos()) })
	}
	i, _ := slices.BinarySearchFunc(w.updates, loop.Pos(), func(op *mapops.Op, pos token.Pos) int { return cmp.Compare(op.Expr.Pos(), pos) })
	for ; i < len(w.updates) && w.updates[i].Expr.Pos() < loop.End(); i++ {
		if w.updates[i].Var != w.p.v && w.sameKey(w.updates[i].Key, key) {
			return true
		}
	}
	return false
}

func within(e ast.Expr, n ast.Node) bool { return n.Pos() <= e.Pos() && e.Pos() < n.End() }

func isBlank(e ast.Expr) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == "_"
}

func (w *walker) sameKey(a, b ast.Expr) bool {
	return a != nil && b != nil && (mapops.SameExpr(w.info, a, b) || mapops.SameExpr(w.info, w.resolve(a), w.resolve(b)))
}

// presence reports whether a value only marks its key as present.
func (w *walker) presence(e ast.Expr) bool {
	e = ast.Unparen(e)
	tv := w.info.Types[e]
	if tv.Value != nil || tv.IsNil() {
		return true
	}
	lit, ok := e.(*ast.CompositeLit)
	if !ok || len(lit.Elts) > 0 {
		return false
	}
	s, ok := tv.Type.Underlying().(*types.Struct)
	return ok && s.NumFields() == 0
}

// small reports whether the key type has few values: booleans, 8-bit
// integers, and types whose values are named by constants.
func (w *walker) small() bool {
	key := w.keyType()
	basic, ok := key.Underlying().(*types.Basic)
	if !ok {
		return false
	}
	switch basic.Kind() {
	case types.Bool, types.Int8, types.Uint8:
		return true
	}
	return w.enum(key) > 0
}

func (w *walker) keyType() types.Type {
	t := w.p.v.Type
	for range w.p.depth {
		if m := mapops.MapType(t.Elem()); m != nil {
			t = m
		}
	}
	return t.Key()
}

// enum returns how many constants of a named type its package declares, 0 if
// fewer than two: then the constant is a special value, not a list of them.
func (w *walker) enum(t types.Type) int {
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || named.Obj().Pkg() == nil {
		return 0
	}
	scope := named.Obj().Pkg().Scope()
	n := 0
	for _, name := range w.constantsOf(scope) {
		if types.Identical(name.Type(), t) {
			n++
		}
	}
	if n < 2 {
		return 0
	}
	return n
}

func (w *walker) constantsOf(scope *types.Scope) []*types.Const {
	if list, ok := w.constants[scope]; ok {
		return list
	}
	var list []*types.Const
	for _, name := range scope.Names() {
		if c, ok := scope.Lookup(name).(*types.Const); ok {
			list = append(list, c)
		}
	}
	w.constants[scope] = list
	return list
}
