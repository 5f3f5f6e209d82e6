// Package condition reads conditions such as "wasted_bytes > 10MiB and health ==
// warning".
package condition

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/mapdiag/mapdiag/internal/health/figure"
)

// A Condition holds if all its terms do.
type Condition struct {
	Terms []Term
}

// A Term compares a figure with a limit.
type Term struct {
	Name  string // of the figure
	Op    string // one of > >= < <= == !=
	Limit Limit
}

// A Limit is what stands at the right of a comparison.
type Limit struct {
	Text   string  // as it was written
	Number float64 // bytes, or the share that a percentage stands for
	Kind   Kind
}

// Kind says how a limit was written.
type Kind int

const (
	Plain   Kind = iota // 12, 0.5
	Size                // 10MiB
	Percent             // 80%
	Word                // warning, true
)

func (c Condition) String() string {
	terms := make([]string, len(c.Terms))
	for i, t := range c.Terms {
		terms[i] = t.String()
	}
	return strings.Join(terms, " and ")
}

func (t Term) String() string { return t.Name + " " + t.Op + " " + t.Limit.Text }

var (
	and    = regexp.MustCompile(`\s+and\s+|\s*&&\s*`)
	term   = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9_.-]*)\s*(>=|<=|==|!=|>|<|=)\s*(.+)$`)
	number = regexp.MustCompile(`^([+-]?[0-9][0-9_]*(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|\.[0-9]+)\s*(%|[A-Za-z]*)$`)
)

var sizes = map[string]float64{
	"b":  1,
	"kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12,
	"kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30, "tib": 1 << 40,
}

// Parse reads a condition.
func Parse(text string) (Condition, error) {
	var c Condition
	if strings.TrimSpace(text) == "" {
		return c, fmt.Errorf("the condition is empty: want something like wasted_bytes > 10MiB")
	}
	for _, part := range and.Split(text, -1) {
		part = strings.TrimSpace(part)
		m := term.FindStringSubmatch(part)
		if m == nil {
			return c, fmt.Errorf("%q is no condition: want a metric, one of > >= < <= == !=, and a limit, such as wasted_bytes > 10MiB", part)
		}
		if m[2] == "=" {
			return c, fmt.Errorf("%q: equality is written ==", part)
		}
		limit, err := parseLimit(strings.TrimSpace(m[3]))
		if err != nil {
			return c, fmt.Errorf("%q: %w", part, err)
		}
		if limit.Kind == Word && m[2] != "==" && m[2] != "!=" {
			return c, fmt.Errorf("%q: %q is no number; words are compared with == and !=", part, limit.Text)
		}
		c.Terms = append(c.Terms, Term{m[1], m[2], limit})
	}
	return c, nil
}

func parseLimit(text string) (Limit, error) {
	if n := len(text); n >= 2 && (text[0] == '"' || text[0] == '\'') && text[n-1] == text[0] {
		return Limit{Text: text[1 : n-1], Kind: Word}, nil
	}
	m := number.FindStringSubmatch(text)
	if m == nil {
		if strings.ContainsAny(text, "<>=!&|") || text[0] >= '0' && text[0] <= '9' {
			return Limit{}, fmt.Errorf("%q is neither a number nor a word", text)
		}
		return Limit{Text: text, Kind: Word}, nil
	}
	n, err := strconv.ParseFloat(strings.ReplaceAll(m[1], "_", ""), 64)
	if err != nil {
		return Limit{}, fmt.Errorf("the number %s is out of range", m[1])
	}
	switch unit := m[2]; unit {
	case "":
		return Limit{Text: text, Number: n}, nil
	case "%":
		return Limit{Text: text, Number: n / 100, Kind: Percent}, nil
	default:
		factor, ok := sizes[strings.ToLower(unit)]
		if !ok {
			return Limit{}, fmt.Errorf("unknown unit %q: want %%, B, KiB, MiB, GiB, TiB, kB, MB, GB or TB", unit)
		}
		return Limit{Text: text, Number: n * factor, Kind: Size}, nil
	}
}

// Check returns an error if the term cannot be asked of a figure: a size of a
// ratio, a word of a number.
func (t Term) Check(f figure.Figure) error {
	switch {
	case f.Text && t.Limit.Kind != Word:
		return fmt.Errorf("%s is a word and cannot be compared with %s", f.Name, t.Limit.Text)
	case f.Text:
		return nil
	case t.Limit.Kind == Word && f.Unit == "bool":
		if _, err := strconv.ParseBool(t.Limit.Text); err != nil {
			return fmt.Errorf("%s is true or false, not %q", f.Name, t.Limit.Text)
		}
	case t.Limit.Kind == Word:
		return fmt.Errorf("%s is a number and cannot be compared with %q", f.Name, t.Limit.Text)
	case t.Limit.Kind == Size && f.Unit != "bytes":
		return fmt.Errorf("%s is no number of bytes and cannot be compared with %s", f.Name, t.Limit.Text)
	case t.Limit.Kind == Percent && f.Unit != "ratio" && f.Name != "load":
		return fmt.Errorf("%s is no ratio and cannot be compared with %s", f.Name, t.Limit.Text)
	}
	return nil
}

// Holds reports whether the value is on the side of the limit that the term asks
// for.
func (t Term) Holds(v figure.Value) bool {
	if t.Limit.Kind == Word && v.Text != "" {
		return (v.Text == t.Limit.Text) == (t.Op == "==")
	}
	limit := t.Limit.Number
	if t.Limit.Kind == Word {
		if yes, err := strconv.ParseBool(t.Limit.Text); err == nil && yes {
			limit = 1
		}
	}
	return Compare(v.Number, t.Op, limit)
}

// Compare applies an operator.
func Compare(a float64, op string, b float64) bool {
	switch op {
	case ">":
		return a > b
	case ">=":
		return a >= b
	case "<":
		return a < b
	case "<=":
		return a <= b
	case "==":
		return a == b
	case "!=":
		return a != b
	}
	return false
}
