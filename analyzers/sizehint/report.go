package sizehint

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/printer"
	"go/token"
	"go/types"
	"strconv"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/mapdiag/mapdiag/analyzers/internal/rule"
	"github.com/mapdiag/mapdiag/internal/mapmodel"
)

// report reports a finding.
func (c *checker) report(f *finding) {
	message := c.message(f)
	if price := c.price(f); price != "" {
		message += "; " + price
	}
	c.Report(f.level, analysis.Diagnostic{
		Pos:            f.creation.Expr.Pos(),
		End:            f.creation.Expr.End(),
		Message:        message,
		SuggestedFixes: c.fix(f, c.sumText(f.terms)),
		Related:        c.evidence(f),
	})
}

// message says what a map gets.
func (c *checker) message(f *finding) string {
	entries := c.sumText(f.terms)
	switch {
	case f.counting:
		return "map is made without a size; its entries, at most those of the nested loops, could be counted first"
	case f.partial:
		return fmt.Sprintf("map is made without a size and gets %s entries and perhaps more", entries)
	case f.level == rule.Possible:
		return fmt.Sprintf("map is made without a size and gets at most %s entries; a hint pays off if few keys repeat or are skipped", entries)
	default:
		return fmt.Sprintf("map is made without its size, %s", entries)
	}
}

// evidence points to what fills a map.
func (c *checker) evidence(f *finding) []analysis.RelatedInformation {
	var list []analysis.RelatedInformation
	seen := make(map[ast.Node]bool)
	for _, t := range f.terms {
		at, what := t.fill.node, "adds an entry here"
		if len(t.factors) > 0 {
			at = t.factors[0].node
			what = "adds " + c.termText(t) + " entries here"
		}
		if !seen[at] {
			seen[at] = true
			list = append(list, analysis.RelatedInformation{Pos: at.Pos(), End: headEnd(at), Message: what})
		}
	}
	return list
}

// headEnd returns where the first line of a loop ends, so that the evidence
// does not cover its whole body.
func headEnd(n ast.Node) token.Pos {
	switch n := n.(type) {
	case *ast.RangeStmt:
		return n.Body.Pos()
	case *ast.ForStmt:
		return n.Body.Pos()
	}
	return n.End()
}

// price states what the hint saves: for the number of entries if it is
// known, for 100 and 10 000 otherwise.
func (c *checker) price(f *finding) string {
	m := f.creation.Type
	layout, ok := mapmodel.New(m.Key(), m.Elem(), c.TypesSizes)
	if !ok {
		return "" // of a type parameter nobody knows the size
	}
	if n, known := total(f.terms); known {
		return layout.HintPrice(int(n))
	}
	return layout.HintPrice(100, 10_000)
}

// sumText writes the number of entries as an expression of the program.
func (c *checker) sumText(terms []term) string {
	type part struct {
		n    int64
		text string
	}
	var parts []part
	var rest int64
next:
	for _, t := range terms {
		if len(t.factors) == 0 {
			rest += t.n
			continue
		}
		text := c.productText(t.factors, len(terms) > 1)
		for i := range parts {
			if parts[i].text == text {
				parts[i].n += t.n
				continue next
			}
		}
		parts = append(parts, part{t.n, text})
	}
	var words []string
	for _, p := range parts {
		switch {
		case p.n == 1 && len(words) > 0 && strings.HasPrefix(p.text, "+"):
			words = append(words, "("+p.text+")") // a++b is no sum
		case p.n == 1:
			words = append(words, p.text)
		default:
			if len(p.text) > 0 && strings.ContainsAny(p.text, "+-") && !strings.HasPrefix(p.text, "len(") {
				p.text = "(" + p.text + ")"
			}
			words = append(words, strconv.FormatInt(p.n, 10)+"*"+p.text)
		}
	}
	if rest > 0 {
		words = append(words, strconv.FormatInt(rest, 10))
	}
	return strings.Join(words, "+")
}

func (c *checker) termText(t term) string { return c.sumText([]term{t}) }

// productText writes a product; sum says that it is a part of a sum, in which
// all parts need to be of one type.
func (c *checker) productText(factors []factor, sum bool) string {
	var words []string
	for _, f := range factors {
		var text string
		if f.Call != nil {
			text = "the length of what " + c.callText(f.Call) + " returns"
		} else {
			text = c.text(f.Expr)
			many := sum || len(factors) > 1
			if t := c.typeOf(f.Expr); many && t != nil && !types.Identical(t, types.Typ[types.Int]) {
				text = "int(" + text + ")"
			} else if _, ok := ast.Unparen(f.Expr).(*ast.BinaryExpr); ok && len(factors) > 1 {
				text = "(" + text + ")"
			}
		}
		words = append(words, text)
	}
	return strings.Join(words, "*")
}

// callText writes a call with its arguments only if they are short.
func (c *checker) callText(call *ast.CallExpr) string {
	if s := c.text(call); len(s) <= 40 {
		return s
	}
	return c.text(call.Fun)
}

// typeOf returns the type of a bound, nil if it is a constant without one.
func (c *checker) typeOf(e ast.Expr) types.Type {
	if t := c.info.TypeOf(e); t != nil {
		if b, ok := t.(*types.Basic); ok && b.Info()&types.IsUntyped != 0 {
			return nil
		}
		return t
	}
	// Made here of expressions of the program.
	switch e := e.(type) {
	case *ast.ParenExpr:
		return c.typeOf(e.X)
	case *ast.UnaryExpr:
		return c.typeOf(e.X)
	case *ast.BinaryExpr:
		if t := c.typeOf(e.X); t != nil {
			return t
		}
		return c.typeOf(e.Y)
	case *ast.CallExpr:
		return types.Typ[types.Int]
	}
	return nil
}

// text writes an expression on one line, as gofmt writes it as the second
// argument of a call.
func (c *checker) text(e ast.Expr) string {
	const before = "f(x, "
	call := &ast.CallExpr{Fun: ast.NewIdent("f"), Args: []ast.Expr{ast.NewIdent("x"), e}}
	var b bytes.Buffer
	// Without positions the printer keeps no line breaks of the source.
	if err := printer.Fprint(&b, token.NewFileSet(), call); err != nil {
		return types.ExprString(e)
	}
	return b.String()[len(before) : b.Len()-len(")")]
}
