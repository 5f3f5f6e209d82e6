package rule

import (
	"go/ast"
	"go/types"
	"reflect"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/mapdiag/mapdiag/internal/mapmodel"
	"github.com/mapdiag/mapdiag/internal/sites"
)

// Measurements are what a profile says of one package, joined with its source.
type Measurements struct {
	profile *sites.Profile
	pkg     *sites.Package // nil if the profile has nothing about the package
	// decls holds the declarations of each file that have sites, under the names
	// by which the profile knows them.
	decls map[*ast.File][]sites.Decl
}

// Measure joins a profile, which may be nil, with the source of a package.
func Measure(profile *sites.Profile, pass *analysis.Pass) *Measurements {
	m := &Measurements{profile: profile}
	if profile == nil {
		return m
	}
	path, _, _ := strings.Cut(pass.Pkg.Path(), " ") // without " [p.test]"
	if m.pkg = profile.Package(path); m.pkg == nil {
		return m
	}
	wanted := make(map[string]bool)
	for i := range m.pkg.Sites {
		wanted[m.pkg.Sites[i].Decl] = true
	}
	m.decls = make(map[*ast.File][]sites.Decl, len(pass.Files))
	for _, f := range pass.Files {
		tf := pass.Fset.File(f.FileStart)
		if tf == nil {
			continue
		}
		src, err := pass.ReadFile(tf.Name())
		if err != nil {
			continue // nothing is known of what cannot be read
		}
		m.decls[f] = sites.DeclsNamed(pass.Fset, f, src, func(name string) bool { return wanted[name] })
	}
	return m
}

// Measuring returns the analyzer that makes the [*Measurements] of a package, one and the same
// for all rules that share the options.
func (c *Config) Measuring() *analysis.Analyzer {
	if c.measuring == nil {
		c.measuring = &analysis.Analyzer{
			Name:       "measurements",
			Doc:        "find the places of a profile in the source",
			Run:        func(pass *analysis.Pass) (any, error) { return Measure(c.Profile, pass), nil },
			ResultType: reflect.TypeFor[*Measurements](),
		}
	}
	return c.measuring
}

// Freshness says whether measurements are about the source as it is.
type Freshness int

const (
	// Unmeasured expressions made no maps in the run, or there was none.
	Unmeasured Freshness = iota
	// Stale measurements are about a declaration that has changed since.
	Stale
	// Fresh measurements are about the source as it is.
	Fresh
)

// Measured returns the sites of an expression that makes maps: one, or one for each instance of generic
// code. There are none unless they are fresh: no rule must follow from numbers of other code.
func (p *Pass) Measured(e ast.Expr) ([]*sites.Site, Freshness) {
	m := p.measured
	if m == nil || m.pkg == nil {
		return nil, Unmeasured
	}
	for f, decls := range m.decls {
		if e.Pos() < f.FileStart || f.FileEnd <= e.Pos() {
			continue
		}
		d := sites.DeclAt(decls, e.Pos())
		if d == nil {
			return nil, Unmeasured
		}
		found := m.pkg.At(d, e.Pos())
		for _, s := range found {
			if !p.fits(e, s) {
				return nil, Stale // a type was changed elsewhere
			}
		}
		switch {
		case len(found) > 0:
			return found, Fresh
		case len(m.pkg.Stale(d)) > 0:
			return nil, Stale
		}
		return nil, Unmeasured
	}
	return nil, Unmeasured
}

// fits reports whether the maps of a site may be those that the expression makes now.
func (p *Pass) fits(e ast.Expr, s *sites.Site) bool {
	of := p.TypesInfo.TypeOf(e)
	if of == nil {
		return false
	}
	t, ok := of.Underlying().(*types.Map)
	if !ok || s.Shape == (sites.Shape{}) {
		return true // a type parameter, or maps that stayed empty
	}
	layout, ok := mapmodel.New(t.Key(), t.Elem(), p.TypesSizes)
	return !ok || layout.KeySize() == int64(s.Shape.Key) && layout.ElemSize() == int64(s.Shape.Elem)
}

// Profile returns the profile that the measurements are from, nil if there is none.
func (p *Pass) Profile() *sites.Profile {
	if p.measured == nil {
		return nil
	}
	return p.measured.profile
}
