package sizehint

import (
	_ "embed"

	"golang.org/x/tools/go/analysis"

	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
	"github.com/mapdiag/mapdiag/analyzers/internal/rule"
)

//go:embed doc.go
var doc string

// New returns the check.
func New() rule.Check {
	return rule.Check{
		Doc:      doc,
		Requires: []*analysis.Analyzer{mapops.Analyzer},
		Run:      run,
	}
}

func run(p *rule.Pass) error {
	return nil
}
