package deletechurn

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/analysis"

	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
	"github.com/mapdiag/mapdiag/analyzers/internal/rule"
	"github.com/mapdiag/mapdiag/internal/mapmodel"
)

// evidence is the number of places of one kind that a finding points to.
const evidence = 3

// price returns what a peak leaves behind, " (10 000 entries keep 578 KiB)",
// or nothing where a type parameter decides it. Keys and elements that are
// stored behind a pointer are freed by delete and do not count.
func (pr *program) price(v *mapops.Var) string {
	const peak = 10_000
	l, ok := mapmodel.New(v.Type.Key(), v.Type.Elem(), pr.TypesSizes)
	if !ok {
		return ""
	}
	return fmt.Sprintf(" (a peak of %s entries keeps %s)", mapmodel.Count(peak), mapmodel.Bytes(l.Slots(peak, 0)*l.SlotSize()))
}

func janitorMessage(p purge, price string) string {
	m := types.ExprString(p.op.Expr)
	return fmt.Sprintf("this purge leaves %s as large as it was, since maps never shrink: "+
		"that is fine while the number of entries is steady, but after a peak the memory of the peak stays%s", m, price)
}

func drainedMessage(p purge, price string) string {
	m := types.ExprString(p.op.Expr)
	if !p.whole {
		return fmt.Sprintf("%s is filled once and thinned out here: maps never shrink, so if few entries remain, "+
			"the memory of all of them stays%s", m, price)
	}
	return fmt.Sprintf("%s is filled once and emptied here, and nothing refills or replaces it: "+
		"maps never shrink, so its memory stays%s", m, price)
}

func (pr *program) report(level rule.Level, p purge, g growth, l life, purges []purge, message string, fixes []analysis.SuggestedFix) {
	d := analysis.Diagnostic{
		Pos:            p.stmt.Node().Pos(),
		End:            headEnd(p.stmt.Node()),
		Message:        message,
		Related:        pr.growthRelated(g),
		SuggestedFixes: fixes,
	}
	for _, other := range purges {
		if other.stmt != p.stmt {
			d.Related = append(d.Related, analysis.RelatedInformation{
				Pos: other.stmt.Node().Pos(), End: headEnd(other.stmt.Node()), Message: "it is purged here too",
			})
		}
	}
	d.Related = append(d.Related, analysis.RelatedInformation{Pos: l.pos, End: l.pos, Message: l.why})
	pr.Report(level, d)
}

func (pr *program) growthRelated(g growth) []analysis.RelatedInformation {
	var list []analysis.RelatedInformation
	add := func(ops []*mapops.Op, message string) {
		for i, op := range ops {
			if i == evidence {
				break
			}
			list = append(list, analysis.RelatedInformation{Pos: op.Node.Pos(), End: op.Node.End(), Message: message})
		}
	}
	add(g.initial, "it is filled here")
	add(g.later, "it grows here")
	return list
}

func (pr *program) reportChurn(v *mapops.Var, g growth, l life, del *mapops.Op, layout mapmodel.Layout) {
	const n = 1000
	what := "keys of type " + types.TypeString(v.Type.Key(), types.RelativeTo(pr.Pkg))
	if layout.ElemSize() > 128 {
		what = "elements of more than 128 bytes"
	}
	price := ""
	if !layout.IndirectKey() && !layout.IndirectElem() {
		fresh := layout.Resident(n, 0).Bytes
		price = fmt.Sprintf(" (%s entries: %s instead of %s)", mapmodel.Count(n), mapmodel.Bytes(4*fresh), mapmodel.Bytes(fresh))
	}
	level := rule.Possible
	if u, ok := pr.measure(v); ok {
		if !u.grew() {
			pr.Withhold(v.Obj.Pos())
			return
		}
		level, price = rule.Likely, pr.excess(u)
	}
	d := analysis.Diagnostic{
		Pos: v.Obj.Pos(),
		End: v.Obj.Pos() + token.Pos(len(v.Obj.Name())),
		Message: fmt.Sprintf("entries of %s come and go, and maps with %s grow instead of reusing deleted slots: "+
			"under steady churn it takes 2 to 8 times the slots of a fresh map%s", v.Obj.Name(), what, price),
		Related: append(pr.growthRelated(growth{later: g.later}), analysis.RelatedInformation{
			Pos: del.Node.Pos(), End: del.Node.End(), Message: "it loses entries here",
		}, analysis.RelatedInformation{Pos: l.pos, End: l.pos, Message: l.why}),
	}
	pr.Report(level, d)
}

// headEnd returns the end of a statement's first line, so that a finding does not
// underline the whole body of a loop.
func headEnd(n ast.Node) token.Pos {
	if loop, ok := n.(*ast.RangeStmt); ok {
		return loop.X.End()
	}
	return n.End()
}
