package sizehint

import (
	_ "embed"
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"

	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
	"github.com/mapdiag/mapdiag/analyzers/internal/rule"
	"github.com/mapdiag/mapdiag/analyzers/internal/vars"
)

//go:embed doc.go
var doc string

// New returns the check.
func New() rule.Check {
	return rule.Check{
		Doc:       doc,
		Requires:  []*analysis.Analyzer{inspect.Analyzer, mapops.Analyzer, vars.Analyzer},
		FactTypes: []analysis.Fact{(*fillsFact)(nil)},
		Run:       run,
	}
}

// checker holds what the analysis of one package needs.
type checker struct {
	*rule.Pass
	info  *types.Info
	maps  *mapops.Index
	vars  *vars.Index
	decls map[*types.Func]*ast.FuncDecl
	// constants caches the constants that packages declare.
	constants map[*types.Scope][]*types.Const
	// updates are the operations that count or group, in source order; made
	// when first asked for.
	updates []*mapops.Op
	// helpers caches what functions of this package do to their map
	// parameters; nil entries are being computed.
	helpers map[*types.Func]*fillsFact
	// adding caches whether anything adds to variables that hold maps.
	adding map[opKey]bool
	// opLists caches the operations on variables by what they mean, inits the
	// statements of init functions, sources and names what files hold.
	opLists map[*mapops.Var]map[opKey]*opList
	inits   []ast.Stmt
	sources map[*ast.File][]byte
	names   map[*ast.File]map[string]bool
	// flowCache is made when first asked for; see flow.
	flowCache *flow
}

func run(p *rule.Pass) error {
	c := &checker{
		Pass:      p,
		info:      p.TypesInfo,
		maps:      p.ResultOf[mapops.Analyzer].(*mapops.Index),
		vars:      p.ResultOf[vars.Analyzer].(*vars.Index),
		decls:     make(map[*types.Func]*ast.FuncDecl),
		helpers:   make(map[*types.Func]*fillsFact),
		adding:    make(map[opKey]bool),
		opLists:   make(map[*mapops.Var]map[opKey]*opList),
		sources:   make(map[*ast.File][]byte),
		names:     make(map[*ast.File]map[string]bool),
		constants: make(map[*types.Scope][]*types.Const),
	}
	for _, f := range p.Files {
		for _, d := range f.Decls {
			if fd, ok := d.(*ast.FuncDecl); ok && fd.Body != nil {
				if fn, ok := p.TypesInfo.Defs[fd.Name].(*types.Func); ok {
					c.decls[fn] = fd
				}
			}
		}
	}
	c.exportFacts()
	for _, cr := range c.maps.Creations {
		var f *finding
		if cr.Op != nil && unsized(c.info, cr) {
			f = c.find(cr)
		}
		m := c.measure(cr)
		switch {
		case m != nil:
			c.reportMeasured(cr, f, m)
		case f != nil:
			c.report(f)
		}
	}
	return nil
}

// unsized reports whether a creation asks for no space: make without a hint
// or with the hint 0, or an empty literal.
func unsized(info *types.Info, cr *mapops.Creation) bool {
	if cr.Len > 0 {
		return false
	}
	if cr.Hint == nil {
		return true
	}
	v := info.Types[cr.Hint].Value
	return v != nil && v.ExactString() == "0"
}
