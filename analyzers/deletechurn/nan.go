package deletechurn

import (
	"fmt"
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/analysis"

	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
	"github.com/mapdiag/mapdiag/analyzers/internal/rule"
)

// checkNaN reports loops that mean to empty a map but cannot delete a key
// that does not equal itself.
func (pr *program) checkNaN(purges []purge) {
	for _, p := range purges {
		if p.op.Kind != mapops.Range || !p.whole {
			continue
		}
		t := mapops.MapType(pr.TypesInfo.TypeOf(p.op.Expr))
		if t == nil || !holdsFloat(t.Key()) || pr.neverNaN(p.op.Var) {
			continue
		}
		loop := p.stmt.Node().(*ast.RangeStmt)
		m := types.ExprString(p.op.Expr)
		d := analysis.Diagnostic{Pos: loop.Pos(), End: headEnd(loop)}
		level := rule.Certain
		if p.exact {
			d.Message = fmt.Sprintf("this loop does not empty %s if it holds a NaN key: NaN equals no key, so delete does not find it; clear(%s) removes all entries", m, m)
			d.SuggestedFixes = pr.clearFix(p)
		} else {
			level = rule.Likely
			d.Message = fmt.Sprintf("this loop does not empty %s if it holds a NaN key: NaN equals no key, so delete does not find it, and each run of the loop meets it again", m)
		}
		pr.Report(level, d)
	}
}
