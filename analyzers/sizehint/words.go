package sizehint

import (
	"fmt"
	"go/ast"
	"go/constant"
	"strconv"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
	"github.com/mapdiag/mapdiag/internal/mapmodel"
	"github.com/mapdiag/mapdiag/internal/sites"
)

// room says what is wrong with the room that a map is made with.
func (c *checker) room(cr *mapops.Creation, m *measurement) string {
	if unsized(c.info, cr) {
		return "map is made without a size"
	}
	hint := c.text(cr.Hint)
	what := "map outgrows the size that it is made with, " + hint
	if m.Verdict == sites.TooLarge {
		what = "map is made with a size that is far too large, " + hint
	}
	if c.info.Types[cr.Hint].Value == nil {
		what += fmt.Sprintf(" (up to %s for most)", mapmodel.Count(m.site.Hints.Quantile(0.5)))
	}
	return what
}

// String tells how many maps were made, how large they became and what that took.
func (m *measurement) String() string {
	s := m.site
	var b strings.Builder
	switch {
	case s.AtGrowth:
		fmt.Fprintf(&b, "outgrew the stack %s", times(s.Makes))
	default:
		fmt.Fprintf(&b, "made %s", times(s.Makes))
	}
	most := ""
	if !m.Exact {
		most = "at most "
	}
	switch {
	case m.P50 == m.P95 && m.P95 == 1:
		fmt.Fprintf(&b, ", %s1 entry", most)
	case m.P50 == m.P95:
		fmt.Fprintf(&b, ", %s%s entries", most, mapmodel.Count(m.P95))
	default:
		fmt.Fprintf(&b, ", p50 %s%s, p95 %s%s entries", most, mapmodel.Count(m.P50), most, mapmodel.Count(m.P95))
	}
	if s.Growths > 0 && s.Makes > 0 {
		each := strconv.FormatFloat(float64(s.Growths)/float64(s.Makes), 'f', 1, 64)
		growths := "growths"
		if each = strings.TrimSuffix(each, ".0"); each == "1" {
			growths = "growth"
		}
		fmt.Fprintf(&b, ", %s %s", each, growths)
		if s.Makes > 1 {
			b.WriteString(" each")
		}
		fmt.Fprintf(&b, ": %s copied", mapmodel.Bytes(int64(s.RecopiedBytes)))
	}
	return b.String()
}

func times(n uint64) string {
	switch n {
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return mapmodel.Count(int64(n)) + " times"
}

// saving tells what the advised hint saves.
func (m *measurement) saving() string {
	what := fmt.Sprintf("a hint of %s saves ", mapmodel.Count(int64(m.Hint)))
	if m.Hint == 0 {
		what = "no hint saves "
	}
	allocs := m.Now.Allocs - m.Then.Allocs
	if makes := int64(m.site.Makes); makes > 1 {
		what += savings(m.Saved()/makes, (allocs+makes/2)/makes) + " a map, "
	}
	return what + savings(m.Saved(), allocs) + " in the run"
}

func savings(bytes, allocs int64) string {
	switch {
	case allocs == 1:
		return mapmodel.Bytes(bytes) + " and 1 allocation"
	case allocs > 0:
		return fmt.Sprintf("%s and %s allocations", mapmodel.Bytes(bytes), mapmodel.Count(allocs))
	}
	return mapmodel.Bytes(bytes)
}

// recorded tells which profile the numbers are from.
func (c *checker) recorded() string { return " (profile of " + c.date() + ")" }

func (c *checker) date() string { return c.Profile().Recorded.Format("2006-01-02") }

// measuredFix returns the edit that writes the advised hint. A hint that is more than a
// number is for the author to change: what it says, and where else it is used, is not known here.
func (c *checker) measuredFix(cr *mapops.Creation, m *measurement) []analysis.SuggestedFix {
	of := fmt.Sprintf("of %s maps in profile of %s)", mapmodel.Count(int64(m.site.Makes)), c.date())
	from := fmt.Sprintf(" (p%d %s", m.Percent, of)
	switch {
	case m.Hint == 0:
		from = fmt.Sprintf(" (p%d %d %s", m.Percent, m.Size, of)
	case int64(m.Hint) != m.Size:
		from = fmt.Sprintf(" (room for %d, p%d %s", m.Size, m.Percent, of)
	}
	fix := func(title string, edits []analysis.TextEdit) []analysis.SuggestedFix {
		return []analysis.SuggestedFix{{Message: title + from, TextEdits: edits}}
	}
	if cr.Hint == nil || unsized(c.info, cr) {
		if !c.universal(cr.Expr.Pos(), cr) {
			return nil
		}
		edits := c.hintEdits(cr, strconv.Itoa(m.Hint))
		if edits == nil {
			return nil
		}
		return fix(fmt.Sprintf("Add capacity hint %d", m.Hint), edits)
	}
	if !c.plainNumber(cr.Hint) {
		return nil
	}
	if m.Hint > 0 {
		return fix(fmt.Sprintf("Change capacity hint to %d", m.Hint), c.hintEdits(cr, strconv.Itoa(m.Hint)))
	}
	call := cr.Expr.(*ast.CallExpr)
	if c.hasComment(call.Args[0].End(), call.Rparen) {
		return nil
	}
	return fix("Remove capacity hint", []analysis.TextEdit{{Pos: call.Args[0].End(), End: call.Rparen}})
}

// plainNumber reports whether an expression is a constant that names nothing.
func (c *checker) plainNumber(e ast.Expr) bool {
	if v := c.info.Types[e].Value; v == nil || v.Kind() != constant.Int && v.Kind() != constant.Float {
		return false
	}
	plain := true
	ast.Inspect(e, func(n ast.Node) bool {
		if _, ok := n.(*ast.Ident); ok {
			plain = false
		}
		return plain
	})
	return plain
}
