package sizehint

import (
	"golang.org/x/tools/go/analysis"

	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
	"github.com/mapdiag/mapdiag/analyzers/internal/rule"
	"github.com/mapdiag/mapdiag/internal/mapmodel"
	"github.com/mapdiag/mapdiag/internal/sites"
)

// far is how many times the 95th percentile a number that the code shows is before what was
// measured is the better hint.
const far = 4

// A measurement is what a profile says of the maps of one creation.
type measurement struct {
	site *sites.Site // all instances of generic code together
	sites.Advice
}

// measure returns what was measured of a creation as it is now, nil if nothing was.
func (c *checker) measure(cr *mapops.Creation) *measurement {
	list, freshness := c.Measured(cr.Expr)
	if freshness != rule.Fresh {
		return nil
	}
	m := new(measurement)
	m.site, m.Advice = sites.Agree(list)
	return m
}

// reportMeasured reports what the measurements of a creation, and what the code shows of it (f,
// which may be nil), come to together.
func (c *checker) reportMeasured(cr *mapops.Creation, f *finding, m *measurement) {
	if f == nil {
		if m.Verdict.Change() && cr.Len == 0 { // a literal with elements takes no hint
			c.Report(rule.Likely, c.measured(cr, m))
		}
		return
	}
	if m.Verdict == sites.Small || m.Verdict == sites.Right {
		c.Withhold(cr.Expr.Pos())
		return
	}
	level := f.level
	fixes := c.fix(f, c.sumText(f.terms))
	if m.Verdict == sites.Add {
		n, known := total(f.terms)
		switch {
		case known && n >= far*m.P95:
			// The code shows a limit that the program does not come near.
			c.Report(rule.Likely, c.measured(cr, m))
			return
		case known && n <= 2*m.P50:
			level = min(level, rule.Likely) // few keys repeat
		case level == rule.Possible:
			// Whether keys repeat is not known, how many there are is.
			d := c.measured(cr, m)
			d.SuggestedFixes = append(d.SuggestedFixes, fixes...)
			d.Related = c.evidence(f)
			c.Report(rule.Likely, d)
			return
		}
	}
	message := c.message(f) + "; " + m.String()
	if waste := m.site.Waste(); waste > 0 && !m.site.AtGrowth {
		message += "; a hint that fits each map saves " + mapmodel.Bytes(waste) + " in the run"
	}
	c.Report(level, analysis.Diagnostic{
		Pos:            cr.Expr.Pos(),
		End:            cr.Expr.End(),
		Message:        message + c.recorded(),
		SuggestedFixes: fixes,
		Related:        c.evidence(f),
	})
}

// measured returns the diagnostic that rests on measurements alone.
func (c *checker) measured(cr *mapops.Creation, m *measurement) analysis.Diagnostic {
	return analysis.Diagnostic{
		Pos:            cr.Expr.Pos(),
		End:            cr.Expr.End(),
		Message:        c.room(cr, m) + "; " + m.String() + "; " + m.saving() + c.recorded(),
		SuggestedFixes: c.measuredFix(cr, m),
	}
}
