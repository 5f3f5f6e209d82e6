package largevalue

import (
	_ "embed"
	"flag"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
	"github.com/mapdiag/mapdiag/analyzers/internal/rule"
)

//go:embed doc.go
var doc string

// halfLimit and limit bound the sizes, in bytes, of keys and values of which
// only a read-modify-write in a loop is reported. limit is the default of
// the option bytes and where the runtime starts to store an entry's key or
// value behind a pointer.
const (
	halfLimit = 64
	limit     = 128
)

// New returns the check.
func New() rule.Check {
	bytes := uint(limit)
	return rule.Check{
		Doc: doc,
		Flags: func(fs *flag.FlagSet) {
			fs.UintVar(&bytes, "bytes", limit, "report keys and values of more than this `size`; from 64 bytes up to it only those that are read, modified and written in a loop")
		},
		Requires: []*analysis.Analyzer{mapops.Analyzer, inspect.Analyzer},
		Run:      func(p *rule.Pass) error { return run(p, int64(bytes)) },
	}
}

func run(p *rule.Pass, limit int64) error {
	index := p.ResultOf[mapops.Analyzer].(*mapops.Index)
	c := &coster{
		p:     p,
		sizes: p.TypesSizes,
		limit: limit,
		typed: typedNames(p.Files),
		index: index,
		root:  p.ResultOf[inspect.Analyzer].(*inspector.Inspector).Root(),
	}
	var found []finding
	for _, g := range groups(p, index) {
		if g.foreign || !c.large(g) {
			continue
		}
		f, ok := c.judge(g)
		if !ok {
			continue
		}
		if f.usage, f.measured = c.measure(g); f.measured && f.usage.negligible(f.largest()) {
			p.Withhold(f.at.Pos())
			continue
		}
		found = append(found, f)
	}
	slices.SortFunc(found, func(a, b finding) int { return int(a.at.Pos() - b.at.Pos()) })
	for _, f := range found {
		p.Report(f.level, f.diagnostic(c))
	}
	return nil
}
