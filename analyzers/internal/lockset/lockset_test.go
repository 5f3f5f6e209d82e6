package lockset

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"

	"github.com/mapdiag/mapdiag/analyzers/internal/vars"
)

func load(t *testing.T, src string) *Package {
	t.Helper()
	pass := &analysis.Pass{Fset: token.NewFileSet(), ResultOf: make(map[*analysis.Analyzer]any), TypesInfo: &types.Info{
		Types: make(map[ast.Expr]types.TypeAndValue), Defs: make(map[*ast.Ident]types.Object), Uses: make(map[*ast.Ident]types.Object),
		Selections: make(map[*ast.SelectorExpr]*types.Selection), Implicits: make(map[ast.Node]types.Object), Scopes: make(map[ast.Node]*types.Scope),
	}}
	f, err := parser.ParseFile(pass.Fset, "p.go", src, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	pass.Files = []*ast.File{f}
	if pass.Pkg, err = (&types.Config{Importer: importer.Default()}).Check("p", pass.Fset, pass.Files, pass.TypesInfo); err != nil {
		t.Fatal(err)
	}
	for _, a := range []*analysis.Analyzer{inspect.Analyzer, vars.Analyzer} {
		if pass.ResultOf[a], err = a.Run(pass); err != nil {
			t.Fatal(err)
		}
	}
	return New(pass.Fset, pass.Files, pass.Pkg, pass.TypesInfo, pass.ResultOf[vars.Analyzer].(*vars.Index), nil)
}

// held returns what is held at the write m[key] for each key.
func held(p *Package) map[string]string {
	found := make(map[string]string)
	for _, f := range p.Funcs {
		for _, e := range f.Events {
			a, ok := e.Node.(*ast.AssignStmt)
			if e.Kind != Access || e.Op != Insert || !ok {
				continue
			}
			key := types.ExprString(a.Lhs[0].(*ast.IndexExpr).Index)
			var locks []string
			for _, h := range p.Holds(e) {
				locks = append(locks, fmt.Sprint(h.Path, "=", h.Mode))
			}
			for _, q := range e.State.Maybe {
				locks = append(locks, fmt.Sprint("perhaps ", q))
			}
			found[key] = strings.Join(locks, " ")
		}
	}
	return found
}

func TestHeld(t *testing.T) {
	p := load(t, `package p

import "sync"

type S struct {
	mu  sync.RWMutex
	aux sync.Mutex
	m   map[int]int
}

func (s *S) branches(b bool) {
	s.m[1] = 0
	s.mu.Lock()
	s.m[2] = 0
	if b {
		s.mu.Unlock()
		s.m[3] = 0
		return
	}
	s.m[4] = 0
	s.mu.Unlock()
	s.mu.RLock()
	s.m[5] = 0
	s.mu.RUnlock()
}

func (s *S) conditional(b bool) {
	if b {
		s.mu.Lock()
		defer s.mu.Unlock()
	}
	s.m[6] = 0
}

func (s *S) lock()   { s.mu.Lock() }
func (s *S) unlock() { s.mu.Unlock() }

func (s *S) wrapped() {
	s.lock()
	s.m[7] = 0
	s.unlock()
	s.m[8] = 0
}

func (s *S) with(f func()) {
	s.aux.Lock()
	defer s.aux.Unlock()
	f()
}

func (s *S) Callback() {
	s.with(func() { s.m[9] = 0 })
	go func() { s.m[10] = 0 }()
}

func (s *S) helper() { s.m[11] = 0 }

func (s *S) A() { s.mu.Lock(); s.helper(); s.mu.Unlock() }
func (s *S) B() { s.mu.Lock(); defer s.mu.Unlock(); s.helper() }

func (s *S) try() {
	if !s.mu.TryLock() {
		return
	}
	s.m[12] = 0
	s.mu.Unlock()
}
`)
	got := held(p)
	for key, want := range map[string]string{
		"1": "", "2": "s.mu=2", "3": "", "4": "s.mu=2", "5": "s.mu=1", "6": "perhaps s.mu",
		"7": "s.mu=2", "8": "", "9": "s.aux=2", "10": "", "11": "s.mu=2", "12": "s.mu=2",
	} {
		if got[key] != want {
			t.Errorf("at m[%s] the locks are %q; want %q", key, got[key], want)
		}
	}
}

// TestBound wants a function that is too much work to be left out, and the
// others to be looked at.
func TestBound(t *testing.T) {
	defer func(n int) { maxNodes = n }(maxNodes)
	maxNodes = 60
	p := load(t, `package p

import "sync"

var (
	mu sync.Mutex
	m  = map[int]int{}
)

func small() { mu.Lock(); m[1] = 0; mu.Unlock() }

func large() {
	mu.Lock()
`+strings.Repeat("\tm[2] = 0\n", 20)+`	mu.Unlock()
}
`)
	if len(p.GaveUp) != 1 || p.GaveUp[0].Name() != "large" {
		t.Errorf("gave up on %d functions; want large alone", len(p.GaveUp))
	}
	if got := held(p); got["1"] != "mu=2" || len(got) != 1 {
		t.Errorf("of the others it knows %v", got)
	}
}
