package check

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/mapdiag/mapdiag/internal/health/figure"
	"github.com/mapdiag/mapdiag/mapstat"
)

// A Result is what became of a check.
type Result struct {
	Failed     bool      `json:"failed"`     // there is a finding of severity error
	Incomplete bool      `json:"incomplete"` // a map or a metric could not be looked at
	Program    string    `json:"program"`
	Time       time.Time `json:"time"`
	Maps       int       `json:"maps"`     // that the snapshot has
	Findings   []Finding `json:"findings"` // the worst first
	Gaps       []Gap     `json:"gaps"`
	Unmatched  []Place   `json:"unmatched"` // rules whose pattern no map's name fits
}

// A Finding is a rule that a map breaks.
type Finding struct {
	Map      string   `json:"map"`
	Type     string   `json:"type"`
	Severity Severity `json:"severity"`
	Rule     Place    `json:"rule"`
	Terms    []Value  `json:"terms"` // of the condition
	Message  string   `json:"message,omitempty"`
	Reasons  []string `json:"reasons,omitempty"` // those of the verdict, where the rule is about it
}

// A Place is where a rule stands.
type Place struct {
	File string `json:"file,omitempty"` // none for a verdict
	Line int    `json:"line,omitempty"`
	Map  string `json:"map"`
	When string `json:"when"`
}

// A Value is what a map has, beside what it must not have.
type Value struct {
	Metric string   `json:"metric"`
	Value  string   `json:"value"`            // as people read it
	Number *float64 `json:"number,omitempty"` // nil for words
	Unit   string   `json:"unit,omitempty"`
	Op     string   `json:"op"`
	Limit  string   `json:"limit"` // as the rule has it
}

// A Gap is something that could not be checked, or not as of now.
type Gap struct {
	Map    string `json:"map"`
	Metric string `json:"metric,omitempty"`
	Error  string `json:"error"`
	Stale  bool   `json:"stale"` // an earlier reading was checked instead
}

// Run holds the maps of a snapshot against rules. Its error names the rules that speak of
// metrics that the snapshot does not have.
func Run(rules []Rule, s *mapstat.Snapshot) (*Result, error) {
	known := figure.Known(s.Metrics)
	figures := make([][]figure.Figure, len(rules))
	var errs []error
	for i, r := range rules {
		for _, t := range r.When.Terms {
			f, err := known.Find(t.Name)
			if err == nil {
				err = t.Check(f)
			}
			if err != nil {
				errs = append(errs, &RuleError{r.File, r.Line, err})
			}
			figures[i] = append(figures[i], f)
		}
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	c := &checker{result: &Result{
		Program: s.Program.Name, Time: s.Time, Maps: len(s.Maps),
		Findings: []Finding{}, Gaps: []Gap{}, Unmatched: []Place{},
	}}
	for i := range s.Maps {
		c.readable(&s.Maps[i])
	}
	for i := range rules {
		c.rule(&rules[i], figures[i], s)
	}
	slices.SortStableFunc(c.result.Findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Severity.rank(), b.Severity.rank()), strings.Compare(a.Map, b.Map))
	})
	return c.result, nil
}

func (s Severity) rank() int { return slices.Index([]Severity{Error, Warning, Notice}, s) }

type checker struct{ result *Result }

// readable notes maps that were not read. What is unknown is not fine.
func (c *checker) readable(m *mapstat.MapReport) {
	unknown := m.Verdict.Health == mapstat.Unknown || m.Verdict.Health == ""
	if !unknown && m.Error == "" {
		return
	}
	why := m.Error
	if why == "" {
		why = "it has no verdict"
	}
	c.result.Gaps = append(c.result.Gaps, Gap{Map: m.Name, Error: why, Stale: !unknown})
	c.result.Incomplete = c.result.Incomplete || unknown
}

func (c *checker) rule(r *Rule, figures []figure.Figure, s *mapstat.Snapshot) {
	place := Place{r.File, r.Line, r.Map, r.When.String()}
	matched := false
	for i := range s.Maps {
		m := &s.Maps[i]
		if !matches(r.Map, m.Name) {
			continue
		}
		matched = true
		values, holds := c.values(r, figures, m)
		if !holds {
			continue
		}
		c.result.Failed = c.result.Failed || r.Severity == Error
		f := Finding{Map: m.Name, Type: m.Stat.Type, Severity: r.Severity, Rule: place, Terms: values, Message: r.Message}
		if slices.ContainsFunc(figures, func(f figure.Figure) bool { return f.Name == "health" || f.Name == "pattern" }) {
			for _, reason := range m.Verdict.Reasons {
				f.Reasons = append(f.Reasons, string(reason.Pattern)+": "+reason.Text+". "+reason.Advice)
			}
		}
		c.result.Findings = append(c.result.Findings, f)
	}
	if !matched && r.File != "" {
		c.result.Unmatched = append(c.result.Unmatched, place)
	}
}

// values returns the values of a map that a rule asks for, and whether its condition
// holds. It does not where a metric says nothing about the map.
func (c *checker) values(r *Rule, figures []figure.Figure, m *mapstat.MapReport) (values []Value, holds bool) {
	holds = true
	for i, t := range r.When.Terms {
		f := figures[i]
		v, ok := f.Of(m)
		if !ok {
			if text, failed := m.MetricErrors[f.Name]; failed {
				gap := Gap{Map: m.Name, Metric: f.Name, Error: text}
				if !slices.Contains(c.result.Gaps, gap) {
					c.result.Gaps = append(c.result.Gaps, gap)
				}
				c.result.Incomplete = true
			}
			return nil, false
		}
		value := Value{Metric: f.Name, Value: f.Format(v), Unit: f.Unit, Op: t.Op, Limit: t.Limit.Text}
		if !f.Text {
			value.Number = &v.Number
		}
		values = append(values, value)
		holds = holds && t.Holds(v)
	}
	return values, holds
}
