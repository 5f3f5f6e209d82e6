package unguarded

import (
	_ "embed"
	"flag"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"

	"github.com/mapdiag/mapdiag/analyzers/internal/lockset"
	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
	"github.com/mapdiag/mapdiag/analyzers/internal/path"
	"github.com/mapdiag/mapdiag/analyzers/internal/rule"
	"github.com/mapdiag/mapdiag/analyzers/internal/vars"
)

//go:embed doc.go
var doc string

// New returns the check.
func New() rule.Check {
	copied := true
	return rule.Check{
		Doc: doc,
		Flags: func(fs *flag.FlagSet) {
			fs.BoolVar(&copied, "copied", copied, "report writes to maps under a copy of their mutex")
		},
		Requires:  []*analysis.Analyzer{inspect.Analyzer, mapops.Analyzer, vars.Analyzer},
		FactTypes: []analysis.Fact{(*lockset.FuncFact)(nil), (*guardFact)(nil), (*needFact)(nil)},
		Run:       func(p *rule.Pass) error { return run(p, copied) },
	}
}

// checker holds what the analysis of one package needs.
type checker struct {
	*rule.Pass
	locks *lockset.Package
	maps  *mapops.Index
	// self stands for the struct that a map is a field of, in the paths that
	// lead from it to its lock.
	self    *path.Path
	classes map[class]*accesses
	order   []*accesses                  // in the order of their first access
	found   map[string]*finding          // by the line on which it was reported
	in      map[*lockset.Func][]*context // what each function runs in
	starts  map[*lockset.Spawn]*context
	// declared are the locks that annotations name.
	declared map[*types.Var]*guard
	asking   map[*ast.FuncDecl]bool            // see assumed
	loops    map[ast.Node][]ast.Node           // see loopsAround
	through  map[*types.Var][]*lockset.Event   // see callsThrough
	lacks    map[lackOf]int                    // the accesses reported of each
	knowing  map[*lockset.Func]bool            // see callersKnow
	runs     map[*lockset.Func][]*lockset.Func // see runBy
	outer    map[*lockset.Event][]*lockset.Acc // see fromOutside
	origins  map[*types.Var]*path.Path         // see origin
	handed   map[*types.Var]bool               // see unlocksElsewhere
	findings []*finding
}

func run(p *rule.Pass, copied bool) error {
	v := p.ResultOf[vars.Analyzer].(*vars.Index)
	if !relevant(p) {
		exportWrites(p)
		return nil
	}
	c := &checker{
		Pass:    p,
		maps:    p.ResultOf[mapops.Analyzer].(*mapops.Index),
		classes: make(map[class]*accesses),
		found:   make(map[string]*finding),
		asking:  make(map[*ast.FuncDecl]bool),
		loops:   make(map[ast.Node][]ast.Node),
		lacks:   make(map[lackOf]int),
	}
	external := func(fn *types.Func) *lockset.FuncFact {
		fact := new(lockset.FuncFact)
		if !p.ImportObjectFact(fn, fact) {
			return nil
		}
		return fact
	}
	c.locks = lockset.New(p.Fset, p.Files, p.Pkg, p.TypesInfo, v, external)
	c.self = c.locks.Var(types.NewVar(token.NoPos, p.Pkg, "self", types.Typ[types.Invalid]))
	for _, f := range c.locks.Funcs {
		if f.Obj != nil && f.Obj.Exported() {
			if fact := c.locks.Fact(f); fact != nil {
				p.ExportObjectFact(f.Obj, fact)
			}
		}
	}
	for _, f := range c.locks.GaveUp {
		c.Note(f.Body.Pos(), "this function is too large to be looked at")
	}
	c.annotations()
	c.services()
	c.collect()
	c.findContexts()
	if copied {
		c.copied()
	}
	c.sharedWrites()
	c.loaded()
	c.fanOut()
	c.namedLocked()
	c.guards()
	c.needs()
	c.pairs()
	c.contexts()
	c.abandoned()
	c.promised()
	c.handedOver()
	c.refilled()
	c.twoNames()
	c.sentLive()
	c.escapes()
	c.flush()
	return nil
}

// relevant reports whether anything in the package takes a lock or starts a
// goroutine: most packages do neither, and are spared the work.
func relevant(p *rule.Pass) bool {
	if p.AllObjectFacts != nil {
		for _, f := range p.AllObjectFacts() {
			if fact, ok := f.Fact.(*lockset.FuncFact); ok && len(fact.Async) > 0 && slices.Contains(p.Pkg.Imports(), f.Object.Pkg()) {
				return true // it imports what runs its functions in goroutines
			}
		}
	}
	found := false
	for _, f := range p.Files {
		for _, imp := range f.Imports {
			switch imp.Path.Value {
			case `"sync"`, `"sync/atomic"`, `"net/http"`, `"net/rpc"`, `"golang.org/x/sync/errgroup"`:
				return true
			}
			if lockset.Serves(strings.Trim(imp.Path.Value, `"`)) {
				return true
			}
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GoStmt, *ast.SendStmt:
				found = true
			case *ast.Comment:
				found = found || strings.HasPrefix(n.Text, annotationPrefix)
			case *ast.SelectorExpr:
				switch n.Sel.Name {
				case "Lock", "RLock", "AfterFunc", "Go", "Parallel":
					found = true
				}
				found = found || strings.HasSuffix(n.Sel.Name, "Server") &&
					(strings.HasPrefix(n.Sel.Name, "Register") || strings.HasPrefix(n.Sel.Name, "Unimplemented"))
			}
			return !found
		})
		if found {
			return true
		}
	}
	return false
}

// exportWrites exports what functions do to the maps that they are given, of
// a package that has no locks and no goroutines.
func exportWrites(p *rule.Pass) {
	maps := p.ResultOf[mapops.Analyzer].(*mapops.Index)
	for _, f := range p.Files {
		for _, d := range f.Decls {
			fd, ok := d.(*ast.FuncDecl)
			if !ok || !fd.Name.IsExported() {
				continue
			}
			fn, ok := p.TypesInfo.Defs[fd.Name].(*types.Func)
			if !ok {
				continue
			}
			fact := new(lockset.FuncFact)
			i := 0
			if recv := fn.Signature().Recv(); recv != nil {
				if writes(maps, recv) {
					fact.Writes = append(fact.Writes, i)
				}
				i++
			}
			for v := range fn.Signature().Params().Variables() {
				if writes(maps, v) {
					fact.Writes = append(fact.Writes, i)
				}
				i++
			}
			if len(fact.Writes) > 0 {
				p.ExportObjectFact(fn, fact)
			}
		}
	}
}

// writes reports whether a function writes to the map of its parameter.
func writes(maps *mapops.Index, v *types.Var) bool {
	m := maps.Var(v)
	if m == nil || mapops.MapType(v.Type()) == nil {
		return false
	}
	writes := false
	for _, op := range m.Ops {
		if op.Kind == mapops.Assign {
			return false // perhaps a copy
		}
		writes = writes || op.Depth == 0 && op.Kind.Writes()
	}
	return writes
}

// report notes a finding, one for each line: what is wrong with it is most
// often one thing. It returns nil where the line has one already.
func (c *checker) report(level rule.Level, pos token.Pos, related []analysis.RelatedInformation, format string, args ...any) *finding {
	line := c.line(pos)
	if c.found[line] != nil {
		return nil
	}
	f := &finding{level: level, diag: analysis.Diagnostic{Pos: pos, Message: fmt.Sprintf(format, args...), Related: related}}
	c.found[line] = f
	c.findings = append(c.findings, f)
	return f
}

// outdo takes back what was found possible on a line, where more is known of it.
func (c *checker) outdo(pos token.Pos) {
	line := c.line(pos)
	if f := c.found[line]; f != nil && f.level == rule.Possible {
		delete(c.found, line)
		c.findings = slices.DeleteFunc(c.findings, func(g *finding) bool { return g == f })
	}
}

// line returns the file and the line of a position.
func (c *checker) line(pos token.Pos) string {
	line := c.Fset.Position(pos).String()
	return line[:strings.LastIndexByte(line, ':')]
}

// at returns a position as file.go:12.
func (c *checker) at(pos token.Pos) string {
	p := c.Fset.Position(pos)
	return fmt.Sprintf("%s:%d", filepath.Base(p.Filename), p.Line)
}
