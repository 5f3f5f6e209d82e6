// Package check holds maps against rules, for CI.
package check

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/mapdiag/mapdiag/internal/health/condition"
)

// Severity says what becomes of a rule that is broken.
type Severity string

const (
	Error   Severity = "error" // the check fails
	Warning Severity = "warning"
	Notice  Severity = "notice"
)

// A Rule is broken by each map of a matching name of which its condition holds.
type Rule struct {
	File     string // where it stands; empty for the rules of [Verdicts]
	Line     int
	Map      string // a pattern of names
	When     condition.Condition
	Severity Severity
	Message  string // what a person wants said, or ""
}

// A RuleError is something wrong in a file of rules.
type RuleError struct {
	File string
	Line int
	Err  error
}

func (e *RuleError) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("%s: %v", e.File, e.Err)
	}
	return fmt.Sprintf("%s:%d: %v", e.File, e.Line, e.Err)
}

func (e *RuleError) Unwrap() error { return e.Err }

// example ends errors about the form of a file.
const example = `want a list of rules such as

	- map: "sessions*"
	  when: wasted_bytes > 10MiB
	  severity: error`

// ParseRules reads rules from YAML. The file is named in errors, and all that is wrong in it
// stands in the error, joined.
func ParseRules(file string, data []byte) ([]Rule, error) {
	var doc, second yaml.Node
	loader, err := yaml.NewLoader(bytes.NewReader(data))
	if err == nil {
		err = loader.Load(&doc)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, syntaxError(file, err)
	}
	// Rules after a line of --- would be passed over in silence.
	if err := loader.Load(&second); err == nil {
		return nil, &RuleError{file, second.Line, errors.New("a second document starts here; put all rules into one list")}
	} else if !errors.Is(err, io.EOF) {
		return nil, syntaxError(file, err)
	}
	if len(doc.Content) == 0 {
		return nil, &RuleError{file, 0, errors.New("there are no rules in it; " + example)}
	}
	list := doc.Content[0]
	if list.Kind != yaml.SequenceNode {
		return nil, &RuleError{file, list.Line, errors.New(example)}
	}
	if len(list.Content) == 0 {
		return nil, &RuleError{file, list.Line, errors.New("there are no rules in it; " + example)}
	}
	var rules []Rule
	var errs []error
	for _, n := range list.Content {
		rule, err := parseRule(file, n)
		errs = append(errs, err...)
		rules = append(rules, rule)
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return rules, nil
}

func parseRule(file string, n *yaml.Node) (Rule, []error) {
	r := Rule{File: file, Line: n.Line, Map: "*", Severity: Error}
	if n.Kind != yaml.MappingNode {
		return r, []error{&RuleError{file, n.Line, errors.New(example)}}
	}
	var errs []error
	seen := make(map[string]bool)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		fail := func(format string, args ...any) {
			errs = append(errs, &RuleError{file, value.Line, fmt.Errorf(format, args...)})
		}
		if seen[key.Value] {
			fail("%s is given twice", key.Value)
			continue
		}
		seen[key.Value] = true
		if value.Kind != yaml.ScalarNode {
			fail("%s: want a text", key.Value)
			continue
		}
		switch key.Value {
		case "map":
			if _, err := path.Match(value.Value, ""); err != nil || value.Value == "" {
				fail("map: %q is no pattern: * stands for any text, ? for a character, [a-z] for one of these", value.Value)
			}
			r.Map = value.Value
		case "when":
			r.Line = value.Line
			when, err := condition.Parse(value.Value)
			if err != nil {
				fail("%w", err)
			}
			r.When = when
		case "severity":
			r.Severity = Severity(value.Value)
			if r.Severity != Error && r.Severity != Warning && r.Severity != Notice {
				fail("severity: %q is none of error, warning and notice", value.Value)
			}
		case "message":
			r.Message = value.Value
		default:
			fail("a rule has no %q; it has map, when, severity and message", key.Value)
		}
	}
	if !seen["when"] {
		errs = append(errs, &RuleError{file, n.Line, errors.New("the rule has no when, such as when: wasted_bytes > 10MiB")})
	}
	return r, errs
}

func syntaxError(file string, err error) error {
	e := &RuleError{File: file, Err: err}
	var load *yaml.LoadError
	if errors.As(err, &load) {
		e.Line, e.Err = load.Mark.Line, errors.New(load.Message)
	}
	return e
}

// matches reports whether a map's name fits a pattern. A slash is a character like any
// other.
func matches(pattern, name string) bool {
	plain := strings.NewReplacer("/", "\x00")
	ok, err := path.Match(plain.Replace(pattern), plain.Replace(name))
	return ok && err == nil
}

// Verdicts returns the rules of a check without a file: a warning fails it, a notice
// is told.
func Verdicts() []Rule {
	health := func(value string, severity Severity) Rule {
		c, err := condition.Parse("health == " + value)
		if err != nil {
			panic(err) // of constants
		}
		return Rule{Map: "*", When: c, Severity: severity}
	}
	return []Rule{health("warning", Error), health("notice", Notice)}
}
