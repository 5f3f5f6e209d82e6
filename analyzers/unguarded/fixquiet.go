package unguarded

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/mapdiag/mapdiag/analyzers/internal/lockset"
	"github.com/mapdiag/mapdiag/analyzers/internal/path"
)

// A walk looks at all that runs inside a section, so that a lock can be held
// there: nothing may take the lock again, run code that is not known, or wait.
type walk struct {
	*checker
	// slow says that the section exists already, and may do what takes long.
	slow bool
	own  map[ast.Node]bool // the calls that take and release the lock for the section
	runs map[*lockset.Func]bool
	lits map[*ast.FuncLit]bool
	// assigns says that a field or a package variable is given a value.
	assigns bool
}

// maxRuns bounds the functions that one section may run.
const maxRuns = 100

func (c *checker) newWalk(slow bool) *walk {
	return &walk{checker: c, slow: slow, own: make(map[ast.Node]bool), runs: make(map[*lockset.Func]bool), lits: make(map[*ast.FuncLit]bool)}
}

// quiet reports whether a lock can be held while n runs.
func (w *walk) quiet(n ast.Node) bool {
	ok := true
	skip := make(map[ast.Node]bool)
	ast.Inspect(n, func(n ast.Node) bool {
		if !ok || skip[n] {
			return false
		}
		switch n := n.(type) {
		case *ast.FuncLit:
			w.lits[n] = true
		case *ast.GoStmt:
			skip[n.Call.Fun] = true // another goroutine waits for the lock without harm
			skip[n.Call] = true
			for _, a := range n.Call.Args {
				ok = ok && w.quiet(a)
			}
		case *ast.SelectStmt, *ast.SendStmt:
			ok = false
		case *ast.UnaryExpr:
			ok = n.Op != token.ARROW
		case *ast.RangeStmt:
			ok = w.ranges(n)
		case *ast.ForStmt:
			ok = n.Cond != nil || ends(n.Body)
		case *ast.AssignStmt:
			for _, l := range n.Lhs {
				w.target(l)
			}
		case *ast.IncDecStmt:
			w.target(n.X)
		case *ast.CallExpr:
			ok = w.own[n] || w.call(n, skip)
		}
		return ok
	})
	return ok
}

// target notes what an assignment writes to.
func (w *walk) target(e ast.Expr) {
	for {
		switch x := ast.Unparen(e).(type) {
		case *ast.IndexExpr:
			e = x.X
			continue
		case *ast.StarExpr:
			e = x.X
			continue
		case *ast.SelectorExpr:
			w.assigns = true
		case *ast.Ident:
			if v, ok := w.TypesInfo.Uses[x].(*types.Var); ok && path.IsGlobal(v) {
				w.assigns = true
			}
		}
		return
	}
}

// ranges reports whether the operand of a loop neither waits nor runs unknown code.
func (w *walk) ranges(s *ast.RangeStmt) bool {
	t := w.TypesInfo.TypeOf(s.X)
	if t == nil {
		return false
	}
	switch t.Underlying().(type) {
	case *types.Chan:
		return false
	case *types.Signature:
		call, ok := ast.Unparen(s.X).(*ast.CallExpr)
		if !ok {
			return false
		}
		fn := typeutil.StaticCallee(w.TypesInfo, call)
		return fn != nil && fn.Pkg() != nil && (fn.Pkg().Path() == "maps" || fn.Pkg().Path() == "slices" || fn.Pkg().Path() == "strings")
	}
	return true
}

// ends reports whether a loop without a condition has a way out.
func ends(body *ast.BlockStmt) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			found = true
		case *ast.BranchStmt:
			found = found || n.Tok == token.BREAK || n.Tok == token.GOTO
		}
		return !found
	})
	return found
}

// call reports whether a call keeps quiet. Functions that it hands to others
// are looked at with what is around them, unless they run elsewhere.
func (w *walk) call(call *ast.CallExpr, skip map[ast.Node]bool) bool {
	if tv, ok := w.TypesInfo.Types[call.Fun]; ok && (tv.IsType() || tv.IsBuiltin()) {
		id, ok := ast.Unparen(call.Fun).(*ast.Ident)
		return !ok || !tv.IsBuiltin() || id.Name != "close"
	}
	fn := typeutil.StaticCallee(w.TypesInfo, call)
	if fn == nil {
		return w.dynamic(call)
	}
	fn = fn.Origin()
	if fn.Pkg() == nil {
		return false
	}
	if w.waitless(fn, call, skip) {
		return true
	}
	for _, a := range call.Args {
		if !w.argument(a) {
			return false
		}
	}
	if fn.Pkg() == w.Pkg {
		return w.function(w.locks.Func(fn))
	}
	return w.elsewhere(fn, call)
}

// dynamic judges a call of which it is not plain what it runs.
func (w *walk) dynamic(call *ast.CallExpr) bool {
	switch f := ast.Unparen(call.Fun).(type) {
	case *ast.FuncLit:
		return true // its body is looked at
	case *ast.Ident:
		v, ok := w.TypesInfo.Uses[f].(*types.Var)
		if !ok {
			return false
		}
		lit, ok := w.locks.Vars.Definition(v).(*ast.FuncLit)
		return ok && w.literal(lit)
	case *ast.SelectorExpr:
		m, ok := w.TypesInfo.Uses[f.Sel].(*types.Func)
		return ok && m.Name() == "Error" && m.Pkg() == nil
	}
	return false
}

func (w *walk) literal(lit *ast.FuncLit) bool {
	if w.lits[lit] {
		return true
	}
	w.lits[lit] = true
	return w.quiet(lit.Body)
}

// argument judges a function that is handed to another one.
func (w *walk) argument(a ast.Expr) bool {
	t := w.TypesInfo.TypeOf(a)
	if t == nil {
		return false
	}
	if _, ok := t.Underlying().(*types.Signature); !ok {
		return true
	}
	switch a := ast.Unparen(a).(type) {
	case *ast.FuncLit:
		return true
	case *ast.Ident:
		switch obj := w.TypesInfo.Uses[a].(type) {
		case *types.Func:
			return w.handed(obj)
		case *types.Nil:
			return true
		case *types.Var:
			lit, ok := w.locks.Vars.Definition(obj).(*ast.FuncLit)
			return ok && w.literal(lit)
		}
	case *ast.SelectorExpr:
		fn, ok := w.TypesInfo.Uses[a.Sel].(*types.Func)
		return ok && w.handed(fn)
	}
	return false
}

func (w *walk) handed(fn *types.Func) bool {
	fn = fn.Origin()
	if fn.Pkg() == w.Pkg {
		return w.function(w.locks.Func(fn))
	}
	return fn.Pkg() != nil && plain[fn.Pkg().Path()]
}

// function judges a function of the package.
func (w *walk) function(f *lockset.Func) bool {
	if f == nil || f.GaveUp {
		return false
	}
	if w.runs[f] {
		return true
	}
	w.runs[f] = true
	return len(w.runs) < maxRuns && w.quiet(f.Body)
}

// waitless reports whether a call of package sync or time does nothing but
// tell others, or start what runs later.
func (w *walk) waitless(fn *types.Func, call *ast.CallExpr, skip map[ast.Node]bool) bool {
	switch fn.Pkg().Path() + "." + fn.Name() {
	case "sync.Add", "sync.Done":
		return true
	case "sync.Go", "time.AfterFunc":
		lit, ok := ast.Unparen(call.Args[len(call.Args)-1]).(*ast.FuncLit)
		if ok {
			skip[lit] = true
		}
		return ok
	}
	return false
}

// plain holds the packages of the standard library whose functions compute,
// and run none of the methods of what they are given.
var plain = map[string]bool{
	"bytes": true, "cmp": true, "maps": true, "math": true, "math/bits": true, "math/rand": true, "math/rand/v2": true,
	"path": true, "path/filepath": true, "slices": true, "strconv": true, "strings": true, "sync/atomic": true,
	"time": true, "unicode": true, "unicode/utf8": true, "regexp": true, "net/url": true,
	"crypto/md5": true, "crypto/sha1": true, "crypto/sha256": true, "crypto/sha512": true, "encoding/base64": true,
	"encoding/hex": true, "encoding/binary": true, "hash/fnv": true, "hash/crc32": true,
}

// calling holds those that may run the methods of what they are given.
var calling = map[string]bool{"errors": true, "fmt": true, "log": true, "sort": true, "encoding/json": true, "reflect": true, "container/heap": true, "container/list": true}

// elsewhere judges a call of a function of another package.
func (w *walk) elsewhere(fn *types.Func, call *ast.CallExpr) bool {
	pkg, name := fn.Pkg().Path(), fn.Name()
	switch {
	case name == "Sleep" || name == "Wait" || name == "WalkDir" || name == "Walk" || name == "Glob" || name == "EvalSymlinks":
		return false
	case pkg == "sync" || lockNamed(name):
		return false // the order of locks is not known to be the same elsewhere
	case plain[pkg]:
		return true
	case pkg == "fmt" && (strings.HasPrefix(name, "F") || strings.HasPrefix(name, "Print") || strings.Contains(name, "can")):
		return false
	case pkg == "net/http" && name == "PathValue":
		return true
	case !calling[pkg] && !w.slow:
		return false
	}
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && fn.Signature().Recv() != nil && !w.inert(w.TypesInfo.TypeOf(sel.X), nil) {
		return false
	}
	for _, a := range call.Args {
		if !w.inert(w.TypesInfo.TypeOf(a), nil) {
			return false
		}
	}
	return true
}

func lockNamed(name string) bool {
	switch name {
	case "Lock", "RLock", "TryLock", "TryRLock", "Unlock", "RUnlock":
		return true
	}
	return false
}

// inert reports whether nothing that the package declares runs when a function
// elsewhere is given a value of a type, or only what keeps quiet.
func (w *walk) inert(t types.Type, seen []types.Type) bool {
	if t == nil {
		return false
	}
	for _, s := range seen {
		if types.Identical(s, t) {
			return true
		}
	}
	seen = append(seen, t)
	t = types.Unalias(t)
	if n, ok := t.(*types.Named); ok {
		if n.Obj().Pkg() == nil {
			return n.Obj().Name() == "error" // its method tells what happened
		}
		if n.Obj().Pkg() != w.Pkg {
			_, iface := n.Underlying().(*types.Interface)
			return !iface
		}
		for i := range n.NumMethods() {
			if !w.function(w.locks.Func(n.Method(i).Origin())) {
				return false
			}
		}
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return true
	case *types.Pointer:
		return w.inert(u.Elem(), seen)
	case *types.Slice:
		return w.inert(u.Elem(), seen)
	case *types.Array:
		return w.inert(u.Elem(), seen)
	case *types.Map:
		return w.inert(u.Key(), seen) && w.inert(u.Elem(), seen)
	case *types.Struct:
		for f := range u.Fields() {
			if !w.inert(f.Type(), seen) {
				return false
			}
		}
		return true
	case *types.Signature, *types.Chan:
		return true // not called by what formats or compares them
	case *types.Tuple:
		for v := range u.Variables() {
			if !w.inert(v.Type(), seen) {
				return false
			}
		}
		return true
	}
	return false
}
