package settings

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/mapdiag/mapdiag/analyzers"
)

// object returns {"a":{"b":value}} for the key a.b.
func object(key string, value any) []byte {
	parts := strings.Split(key, ".")
	for _, p := range slices.Backward(parts) {
		value = map[string]any{p: value}
	}
	data, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return data
}

// other returns a value that a setting takes and that is not its default.
func other(d Setting) any {
	switch d.Kind {
	case Bool:
		return !d.Default.(bool)
	case Number:
		return 77
	case Strings:
		return []string{"-tags=e2e", "-mod=mod"}
	}
	for _, v := range d.Values {
		if v != d.Default {
			return v
		}
	}
	return "other"
}

// TestSpellings sets every setting in all ways in which editors write keys.
func TestSpellings(t *testing.T) {
	for _, d := range Table() {
		want, problems := Parse(object(d.Key, other(d)))
		if len(problems) > 0 {
			t.Errorf("%s = %v: %q", d.Key, other(d), problems)
		}
		if reflect.DeepEqual(want, Default()) {
			t.Errorf("%s = %v changes nothing", d.Key, other(d))
		}
		dotted, err := json.Marshal(map[string]any{d.Key: other(d)})
		if err != nil {
			t.Fatal(err)
		}
		full, err := json.Marshal(map[string]any{Section + "." + d.Key: other(d)})
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{
			string(object(Section+"."+d.Key, other(d))),
			string(dotted),
			string(full),
			fmt.Sprintf(`{"gopls":{"hover":[]},%q:%s}`, Section, dotted),
		} {
			if got, problems := Parse([]byte(text)); len(problems) > 0 || !reflect.DeepEqual(got, want) {
				t.Errorf("Parse(%s) = %+v, %q, want %+v", text, got, problems, want)
			}
		}
	}
}

// TestWrongTypes gives every setting values of all other types.
func TestWrongTypes(t *testing.T) {
	values := map[Kind]string{Bool: "true", Number: "3", String: `"x"`, Strings: `["x"]`, "object": `{"x":1}`, "fraction": "1.5", "mixed": `["x",1]`}
	names := map[Kind]string{Bool: "a boolean", Number: "the number 3", String: "a string", Strings: "an array", "object": "an object", "fraction": "the number 1.5", "mixed": "an array"}
	for _, d := range Table() {
		for kind, value := range values {
			if kind == d.Kind {
				continue
			}
			got, problems := Parse(object(d.Key, json.RawMessage(value)))
			if !reflect.DeepEqual(got, Default()) {
				t.Errorf("%s = %s is not refused: %+v", d.Key, value, got)
			}
			want := fmt.Sprintf("mapdiag.%s: want a value of type %s, not %s; it stays %s", d.Key, d.Kind, names[kind], show(d.Default))
			if kind == "mixed" && d.Kind == Strings {
				want = fmt.Sprintf("mapdiag.%s: want an array of strings, and it holds the number 1; it stays []", d.Key)
			}
			if len(problems) != 1 || problems[0] != want {
				t.Errorf("%s = %s: %q, want %q", d.Key, value, problems, want)
			}
		}
		if d.Values != nil {
			_, problems := Parse(object(d.Key, "sometimes"))
			want := fmt.Sprintf(`mapdiag.%s: want one of %s, not "sometimes"; it stays %s`, d.Key, strings.Join(d.Values, ", "), show(d.Default))
			if len(problems) != 1 || problems[0] != want {
				t.Errorf("%s: %q, want %q", d.Key, problems, want)
			}
		}
	}
}

func TestProblems(t *testing.T) {
	for text, want := range map[string]string{
		``:                                       "",
		`null`:                                   "",
		`{}`:                                     "",
		`[]`:                                     "",
		`{"mapdiag":null}`:                       "",
		`{"mapdiag":[]}`:                         "",
		`{"mapdiag":{"rules":[]}}`:               "",
		`{"rules":{"sizehint":null}}`:            "",
		`{"hover":null}`:                         "",
		`{`:                                      "the settings are no JSON: unexpected end of JSON input",
		`7`:                                      "mapdiag: want an object, not the number 7; all settings stay as they are by default",
		`{"mapdiag":true}`:                       "mapdiag: want an object, not a boolean; all settings stay as they are by default",
		`{"rules":true}`:                         "mapdiag.rules: want an object, not a boolean; what is below it stays as it is by default",
		`{"rules.sizehint":"off"}`:               "mapdiag.rules.sizehint: want an object, not a string; what is below it stays as it is by default",
		`{"hovers":true}`:                        "mapdiag.hovers: there is no such setting",
		`{"mapdiag.hovers":true}`:                "mapdiag.hovers: there is no such setting",
		`{"rules":{"Hover":true}}`:               "mapdiag.rules.Hover: there is no such setting; perhaps mapdiag.hover is meant",
		`{"largevalue":{"bytes":9}}`:             "mapdiag.largevalue.bytes: there is no such setting; perhaps mapdiag.rules.largevalue.bytes is meant",
		`{"rules":{"nosuch":{"level":"all"}}}`:   "mapdiag.rules.nosuch.level: there is no such setting",
		`{"rules":{"largevalue":{"bytes":-1}}}`:  "mapdiag.rules.largevalue.bytes: want a number that is not negative, not -1; it stays 128",
		`{"rules":{"sizehint":{"level":"all"}}}`: `mapdiag.rules.sizehint.level: want one of certain, likely, possible, not "all"; it stays "likely"`,
	} {
		got, problems := Parse([]byte(text))
		if joined := strings.Join(problems, "\n"); joined != want {
			t.Errorf("Parse(%s): %q, want %q", text, joined, want)
		}
		if !reflect.DeepEqual(got, Default()) {
			t.Errorf("Parse(%s) changes settings: %+v", text, got)
		}
	}
	// What is wrong keeps nothing else from being set.
	got, problems := Parse([]byte(`{"hover":1,"tests":true,"nosuch":{},"rules":{"sizehint":{"enabled":false,"level":3}}}`))
	if len(problems) != 3 || !got.Tests || !got.Disabled["sizehint"] || !got.Hover {
		t.Errorf("%+v, %q", got, problems)
	}
}

// TestRuleOptions sets every flag of every rule and wants the suite to have it.
func TestRuleOptions(t *testing.T) {
	table := make(map[string]Setting)
	for _, d := range Table() {
		table[d.Key] = d
	}
	options := 0
	for _, r := range analyzers.New().Rules {
		if _, ok := table["rules."+r.Name+".enabled"]; !ok {
			t.Errorf("%s cannot be switched off", r.Name)
		}
		flags := r.Analyzer.Flags
		for _, o := range optionNames(r) {
			options++
			d, ok := table["rules."+r.Name+"."+o]
			if !ok {
				t.Errorf("-%s.%s cannot be set", r.Name, o)
				continue
			}
			if fmt.Sprint(d.Default) != flags.Lookup(o).DefValue {
				t.Errorf("the default of %s is %v, of the flag %s", d.Key, d.Default, flags.Lookup(o).DefValue)
			}
			s, problems := Parse(object(d.Key, other(d)))
			got := s.Suite().Rule(r.Name).Analyzer.Flags.Lookup(o).Value.String()
			if len(problems) > 0 || got != fmt.Sprint(other(d)) {
				t.Errorf("%s = %v makes the flag %s, %q", d.Key, other(d), got, problems)
			}
			if s.Text() == Default().Text() {
				t.Errorf("%s does not count in what results depend on", d.Key)
			}
		}
	}
	if options < len(analyzers.New().Rules) {
		t.Errorf("the rules have only %d options", options)
	}
	if s, _ := Parse([]byte(`{"tests":true}`)); !s.Suite().Config.Tests || s.Text() == Default().Text() {
		t.Error("tests = true does not reach the suite")
	}
}

func optionNames(r *analyzers.Rule) []string {
	var names []string
	r.Analyzer.Flags.VisitAll(func(f *flag.Flag) { names = append(names, f.Name) })
	return names
}

// TestTable wants every setting described, and its default to be a value that it
// takes.
func TestTable(t *testing.T) {
	seen := make(map[string]bool)
	for _, d := range Table() {
		if seen[d.Key] {
			t.Errorf("%s is there twice", d.Key)
		}
		seen[d.Key] = true
		if !strings.HasSuffix(d.Doc, ".") {
			t.Errorf("%s: %q is no sentence", d.Key, d.Doc)
		}
		if _, problems := Parse(object(d.Key, d.Default)); len(problems) > 0 {
			t.Errorf("the default of %s is refused: %q", d.Key, problems)
		}
	}
}

// FuzzParse wants settings that can be used from whatever an editor sends.
func FuzzParse(f *testing.F) {
	for _, d := range Table() {
		f.Add(object(Section+"."+d.Key, other(d)))
	}
	f.Add([]byte(`{"rules":{"":{"":[1]}},"mapdiag.":0,".":null}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, problems := Parse(data)
		again, same := Parse(data)
		if !reflect.DeepEqual(s, again) || !slices.Equal(problems, same) {
			t.Errorf("Parse(%q) differs from one time to the next", data)
		}
		for _, p := range problems {
			if strings.TrimSpace(p) == "" {
				t.Errorf("Parse(%q) has an empty problem", data)
			}
		}
		s.Suite()
		for rule := range maps.Keys(s.Disabled) {
			if analyzers.New().Rule(rule) == nil {
				t.Errorf("Parse(%q) disables %q", data, rule)
			}
		}
	})
}
