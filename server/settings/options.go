package settings

import (
	"flag"
	"fmt"
	"strings"

	"github.com/mapdiag/mapdiag/analyzers"
)

// options returns the options of a rule as settings without their functions.
func options(r *analyzers.Rule) []Setting {
	var list []Setting
	r.Analyzer.Flags.VisitAll(func(f *flag.Flag) {
		_, usage := flag.UnquoteUsage(f)
		d := Setting{Key: f.Name, Kind: String, Default: f.DefValue, Doc: sentence(usage)}
		if f.Name == "level" {
			d.Values = []string{analyzers.Certain.String(), analyzers.Likely.String(), analyzers.Possible.String()}
			d.Means = []string{"what follows from the code alone", "what code of this form is written for, too", "what depends on data that the code does not show, too"}
		}
		if g, ok := f.Value.(flag.Getter); ok {
			switch v := g.Get().(type) {
			case bool:
				d.Kind, d.Default = Bool, v
			case uint:
				d.Kind, d.Default = Number, v
			}
		}
		list = append(list, d)
	})
	return list
}

// sentence makes a sentence of a flag's usage.
func sentence(usage string) string {
	if usage == "" {
		return ""
	}
	s := strings.ToUpper(usage[:1]) + usage[1:]
	if !strings.HasSuffix(s, ".") {
		s += "."
	}
	return s
}

// check reports whether a rule takes a value for an option, given as
// "rule.option".
func check(option, value string) error {
	rule, name, _ := strings.Cut(option, ".")
	r := analyzers.New().Rule(rule)
	if r == nil {
		return fmt.Errorf("there is no rule %s", rule)
	}
	return r.Analyzer.Flags.Set(name, value)
}
