package driver

import (
	"context"
	"fmt"
	"go/ast"
	"go/types"
	"reflect"
	"runtime/debug"
	"slices"
	"sync"

	"golang.org/x/tools/go/analysis"

	"github.com/mapdiag/mapdiag/analyzers"
	"github.com/mapdiag/mapdiag/internal/finding"
)

// ordered returns analyzers with what they require, which comes first.
func ordered(list []*analysis.Analyzer) []*analysis.Analyzer {
	var order []*analysis.Analyzer
	var visit func(a *analysis.Analyzer)
	visit = func(a *analysis.Analyzer) {
		if slices.Contains(order, a) {
			return
		}
		for _, r := range a.Requires {
			visit(r)
		}
		order = append(order, a)
	}
	for _, a := range list {
		visit(a)
	}
	return order
}

// A run runs all analyzers on one package, those that do not wait for each other
// at the same time.
type run struct {
	*Package
	ctx context.Context

	mu      sync.Mutex // guards the rest
	moment  *moment
	results map[*analysis.Analyzer]any
	own     factSet
	// factual are the other packages of which there are facts.
	factual []*types.Package
	// imported returns the facts about another package, nil if it has none.
	imported func(pkg *types.Package) map[factKey]analysis.Fact
	result   *Result
}

// do runs the analyzers. What one of them fails at is in the result; the error
// says that the run was cancelled.
func (r *run) do(list []*analysis.Analyzer) error {
	r.results = make(map[*analysis.Analyzer]any, len(list))
	r.own.facts = make(map[factKey]analysis.Fact)
	ended := make(map[*analysis.Analyzer]chan struct{}, len(list))
	for _, a := range list {
		ended[a] = make(chan struct{})
	}
	var all sync.WaitGroup
	for _, a := range list {
		all.Go(func() {
			defer close(ended[a])
			for _, q := range a.Requires {
				<-ended[q]
			}
			if r.ctx.Err() == nil {
				r.one(a)
			}
		})
	}
	all.Wait()
	return r.ctx.Err()
}

// one runs an analyzer after those that it requires.
func (r *run) one(a *analysis.Analyzer) {
	pass := r.pass(a)
	if pass == nil {
		return // what it needs has failed
	}
	var result any
	var err error
	if a == r.moment.suite.Measuring {
		result = analyzers.Measure(r.moment.measured.profile, pass)
	} else {
		result, err = safely(a, pass)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil {
		r.result.Failures = append(r.result.Failures, fmt.Sprintf("%s failed on package %s: %v", a.Name, r.Unit.Path, err))
		return
	}
	r.results[a] = result
	if of, ok := result.(*analyzers.Result); ok {
		for obj, k := range of.Known {
			r.result.Notes = append(r.result.Notes, Note{r.Fset.PositionFor(obj.Pos(), false), k.Text, k.Guard})
		}
	}
}

func safely(a *analysis.Analyzer, pass *analysis.Pass) (result any, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v\n%s", v, debug.Stack())
		}
	}()
	return a.Run(pass)
}

// pass returns nil if something that the analyzer requires has failed.
func (r *run) pass(a *analysis.Analyzer) *analysis.Pass {
	r.mu.Lock()
	defer r.mu.Unlock()
	inputs := make(map[*analysis.Analyzer]any, len(a.Requires))
	for _, q := range a.Requires {
		result, ok := r.results[q]
		if !ok {
			return nil
		}
		inputs[q] = result
	}
	pass := &analysis.Pass{
		Analyzer:     a,
		Fset:         r.Fset,
		Files:        r.typed(),
		IgnoredFiles: r.Unit.Ignored,
		Pkg:          r.Types,
		TypesInfo:    r.Info,
		TypesSizes:   r.Sizes,
		ResultOf:     inputs,
		Report:       r.report,
		ReadFile:     r.read,
		ImportObjectFact: func(obj types.Object, fact analysis.Fact) bool {
			return r.fact(obj.Pkg(), factKey{obj, reflect.TypeOf(fact)}, fact)
		},
		ImportPackageFact: func(pkg *types.Package, fact analysis.Fact) bool {
			return r.fact(pkg, factKey{nil, reflect.TypeOf(fact)}, fact)
		},
		ExportObjectFact: func(obj types.Object, fact analysis.Fact) {
			if obj.Pkg() != r.Types {
				panic(fmt.Sprintf("%s: a fact about %s, which is of another package", a.Name, obj))
			}
			r.learn(factKey{obj, reflect.TypeOf(fact)}, fact)
		},
		ExportPackageFact: func(fact analysis.Fact) { r.learn(factKey{nil, reflect.TypeOf(fact)}, fact) },
	}
	wanted := make(map[reflect.Type]bool, len(a.FactTypes))
	for _, f := range a.FactTypes {
		wanted[reflect.TypeOf(f)] = true
	}
	pass.AllObjectFacts = func() []analysis.ObjectFact {
		var list []analysis.ObjectFact
		r.each(func(_ *types.Package, k factKey, f analysis.Fact) {
			if k.obj != nil && wanted[k.typ] {
				list = append(list, analysis.ObjectFact{Object: k.obj, Fact: f})
			}
		})
		return list
	}
	pass.AllPackageFacts = func() []analysis.PackageFact {
		var list []analysis.PackageFact
		r.each(func(pkg *types.Package, k factKey, f analysis.Fact) {
			if k.obj == nil && wanted[k.typ] {
				list = append(list, analysis.PackageFact{Package: pkg, Fact: f})
			}
		})
		return list
	}
	if r.Unit.Module != "" {
		pass.Module = &analysis.Module{Path: r.Unit.Module, Version: r.Unit.Version, GoVersion: r.Unit.GoVersion}
	}
	return pass
}

func (r *run) read(name string) ([]byte, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.moment.read(name)
}

func (r *run) learn(k factKey, f analysis.Fact) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.own.facts[k] = f
}

// each visits the facts about the package and about what it imports, directly
// or not.
func (r *run) each(visit func(pkg *types.Package, k factKey, f analysis.Fact)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for k, f := range r.own.facts {
		visit(r.Types, k, f)
	}
	for _, pkg := range r.factual {
		for k, f := range r.imported(pkg) {
			visit(pkg, k, f)
		}
	}
}

// fact copies a fact, if it is known.
func (r *run) fact(pkg *types.Package, k factKey, into analysis.Fact) bool {
	if pkg == nil {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	facts := r.own.facts
	if pkg != r.Types {
		facts = r.imported(pkg)
	}
	f, ok := facts[k]
	if ok {
		reflect.ValueOf(into).Elem().Set(reflect.ValueOf(f).Elem())
	}
	return ok
}

func (r *run) report(d analysis.Diagnostic) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch d.Category {
	case analyzers.InternalError:
		r.result.Failures = append(r.result.Failures, d.Message)
		return
	case analyzers.Note:
		return
	}
	if f, ok := finding.New(r.Fset, r.Unit.Path, d); ok && !r.usesC(f.Pos.Filename) {
		r.result.Findings = append(r.result.Findings, f)
	}
}

// usesC reports whether a file uses cgo. What has a type of C is not known in it.
// Under go vet rules see the file as cgo has rewritten it, and do not report on
// it because it is generated; here they are silent, too.
func (r *run) usesC(filename string) bool {
	return slices.ContainsFunc(r.Files, func(f *ast.File) bool {
		return r.Fset.File(f.FileStart).Name() == filename &&
			slices.ContainsFunc(f.Imports, func(spec *ast.ImportSpec) bool { return spec.Path.Value == `"C"` })
	})
}
