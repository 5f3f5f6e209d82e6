package lockset

import (
	"go/ast"
	"go/types"
	"strings"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/mapdiag/mapdiag/analyzers/internal/path"
)

// spinOp returns the variable that a call of sync/atomic works on, and whether the call
// takes it for a lock, CompareAndSwap(0, 1), or gives it back, Store(0).
func (p *Package) spinOp(call *ast.CallExpr) (lock *path.Path, takes, gives bool) {
	fn := typeutil.StaticCallee(p.Info, call)
	if fn == nil || fn.Pkg() == nil || fn.Pkg().Path() != "sync/atomic" {
		return nil, false, false
	}
	args := call.Args
	if fn.Signature().Recv() == nil {
		if len(args) == 0 {
			return nil, false, false
		}
		lock, args = p.Of(args[0]), args[1:]
	} else if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok {
		lock = p.Receiver(sel)
	}
	if lock == nil || lock.Obj == nil {
		return nil, false, false
	}
	zero := func(i int) (is, constant bool) {
		v := p.Info.Types[args[i]].Value
		return v != nil && (v.ExactString() == "0" || v.ExactString() == "false"), v != nil
	}
	switch {
	case strings.HasPrefix(fn.Name(), "CompareAndSwap") && len(args) == 2:
		from, known := zero(0)
		to, knownTo := zero(1)
		return lock, known && knownTo && from && !to, known && knownTo && !from && to
	case (strings.HasPrefix(fn.Name(), "Store") || strings.HasPrefix(fn.Name(), "Swap")) && len(args) == 1:
		is, _ := zero(0)
		return lock, false, is
	}
	return nil, false, false
}

// isSpin reports whether a variable is taken and given back somewhere, as a lock is.
func (p *Package) isSpin(v *types.Var) bool {
	if p.spins == nil {
		p.spins = make(map[*types.Var]uint8)
		for _, f := range p.files {
			ast.Inspect(f, func(n ast.Node) bool {
				if call, ok := n.(*ast.CallExpr); ok {
					switch q, takes, gives := p.spinOp(call); {
					case takes:
						p.spins[q.Obj] |= 1
					case gives:
						p.spins[q.Obj] |= 2
					}
				}
				return true
			})
		}
	}
	return p.spins[v] == 3
}

// spinTaken returns the event of the lock that is held where a condition is true, which is
// the exchange of a number, or nil.
func (b *builder) spinTaken(e ast.Expr) *Event {
	if id, ok := e.(*ast.Ident); ok {
		if v, ok := b.Info.Uses[id].(*types.Var); ok {
			e = b.Vars.Definition(v)
		}
	}
	call, ok := e.(*ast.CallExpr)
	if !ok {
		return nil
	}
	q, takes, _ := b.spinOp(call)
	if !takes || !b.isSpin(q.Obj) {
		return nil
	}
	return &Event{Kind: Lock, Node: call, Path: q, Mode: Exclusive, Try: true, Func: b.f}
}

// spinGiven records that a lock is given back by a number.
func (b *builder) spinGiven(call *ast.CallExpr, deferred bool) {
	if q, _, gives := b.spinOp(call); gives && b.isSpin(q.Obj) {
		b.emit(&Event{Kind: Unlock, Node: call, Path: q, Mode: Exclusive, Deferred: deferred})
	}
}

// IsSpin reports whether a lock is a number that is exchanged: it may be a flag as well,
// and does not tell what it guards.
func (p *Package) IsSpin(lock *path.Path) bool { return lock.Obj != nil && p.isSpin(lock.Obj) }
