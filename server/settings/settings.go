// Package settings states what a user can set of the language server: the one
// place from which the server reads values and documents are made.
package settings

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"

	"github.com/mapdiag/mapdiag/analyzers"
)

// Section is the name below which editors keep the settings.
const Section = "mapdiag"

// Values of settings.
const (
	Off          = "off"
	OpenPackages = "openPackages"
	All          = "all"
	OnSave       = "onSave"
	OnType       = "onType"
	Maps         = "maps"
)

// Settings are the settings of one workspace folder.
type Settings struct {
	BuildFlags           []string
	WorkspaceDiagnostics string // Off, OpenPackages or All
	Tests                bool
	Hover                bool
	CodeLens             bool
	PullDiagnostics      bool
	EscapeMode           string // Off, OnSave or OnType
	EscapeShow           string // Maps, All or Off
	Profile              string // file with what was measured, below the folder if it is not absolute; empty for none
	ProfileShow          bool
	// Rules holds, by "rule.option", the options that differ from the rules' own
	// defaults, as flags take them.
	Rules map[string]string
	// Disabled are the rules that are not to be shown.
	Disabled map[string]bool
}

// A Kind is the type of a setting's value in JSON.
type Kind string

const (
	Bool    Kind = "boolean"
	Number  Kind = "integer"
	String  Kind = "string"
	Strings Kind = "array of strings"
)

// A Setting describes one setting.
type Setting struct {
	Key     string // below Section
	Kind    Kind
	Values  []string // those that are allowed, if not all
	Means   []string // what each of them means
	Default any
	Doc     string // one sentence or more, in Markdown
	Initial bool   // it counts among initialization options alone

	set func(*Settings, any)
}

// Table returns all settings in the order of their keys.
func Table() []Setting {
	list := []Setting{
		{
			Key: "buildFlags", Kind: Strings, Default: []string{},
			Doc: "Flags for the go command, such as `-tags=e2e`. Those of GOFLAGS count anyway.",
			set: func(s *Settings, v any) { s.BuildFlags = v.([]string) },
		},
		{
			Key: "workspaceDiagnostics", Kind: String, Values: []string{Off, OpenPackages, All}, Default: All,
			Means: []string{"open files only", "all files of their packages", "the whole workspace, which is analysed in the background"},
			Doc:   "What is reported on.",
			set:   func(s *Settings, v any) { s.WorkspaceDiagnostics = v.(string) },
		},
		{
			Key: "tests", Kind: Bool, Default: false,
			Doc: "Let rules about cost report in `_test.go` files, too.",
			set: func(s *Settings, v any) { s.Tests = v.(bool) },
		},
		{
			Key: "hover", Kind: Bool, Default: true,
			Doc: "Show what a map costs when the cursor rests on it.",
			set: func(s *Settings, v any) { s.Hover = v.(bool) },
		},
		{
			Key: "codeLens", Kind: Bool, Default: false,
			Doc: "Show above each map that is made for a package variable or a field whether it escapes and what an entry costs.",
			set: func(s *Settings, v any) { s.CodeLens = v.(bool) },
		},
		{
			Key: "escape.mode", Kind: String, Values: []string{Off, OnSave, OnType}, Default: OnSave,
			Means: []string{"never", "when a file is opened or saved", "when typing pauses, too"},
			Doc:   "When the compiler is asked for its escape analysis of the packages of open files.",
			set:   func(s *Settings, v any) { s.EscapeMode = v.(string) },
		},
		{
			Key: "escape.show", Kind: String, Values: []string{Off, Maps, All}, Default: Maps,
			Means: []string{"nothing", "maps that escape", "what else escapes because of a map, too"},
			Doc:   "Which of what the compiler says about escaping is shown as hints. Hovers and lenses tell of it anyway.",
			set:   func(s *Settings, v any) { s.EscapeShow = v.(string) },
		},
		{
			Key: "profile.path", Kind: String, Default: ".mapdiag/profile.json",
			Doc: "The file with what was measured of the maps while the program or its tests ran, as `mapdiag test -o .mapdiag/profile ./...` writes it, below the workspace folder. If it is empty, none is looked for.",
			set: func(s *Settings, v any) { s.Profile = v.(string) },
		},
		{
			Key: "profile.show", Kind: Bool, Default: true,
			Doc: "Show what was measured above each map that is made, and in its hover. Findings make use of it anyway.",
			set: func(s *Settings, v any) { s.ProfileShow = v.(bool) },
		},
		{
			Key: "pullDiagnostics", Kind: Bool, Default: false, Initial: true,
			Doc: "Let the editor ask for diagnostics instead of sending them as they are found. It counts when the server starts, among the initialization options.",
			set: func(s *Settings, v any) { s.PullDiagnostics = v.(bool) },
		},
	}
	list = append(list, rules()...)
	slices.SortFunc(list, func(a, b Setting) int { return strings.Compare(a.Key, b.Key) })
	return list
}

// rules returns the settings of the rules: whether each is shown, and its
// options, which are the flags of its analyzer.
func rules() []Setting {
	var list []Setting
	for _, r := range analyzers.New().Rules {
		list = append(list, Setting{
			Key: "rules." + r.Name + ".enabled", Kind: Bool, Default: true,
			Doc: fmt.Sprintf("Show the findings of [%s](rules/%s.md).", r.Name, r.Name),
			set: func(s *Settings, v any) { s.Disabled[r.Name] = !v.(bool) },
		})
		for _, o := range options(r) {
			option := r.Name + "." + o.Key
			o.Key = "rules." + option
			o.set = func(s *Settings, v any) { s.Rules[option] = fmt.Sprint(v) }
			list = append(list, o)
		}
	}
	return list
}

// Default returns the settings of a user who sets nothing.
func Default() *Settings {
	s := &Settings{Rules: make(map[string]string), Disabled: make(map[string]bool)}
	for _, d := range Table() {
		if !strings.HasPrefix(d.Key, "rules.") {
			d.set(s, d.Default)
		}
	}
	return s
}

// Parse reads settings as editors send them: a JSON object, with or without
// Section around it, whose keys may be nested or joined by dots. Each problem
// names its key and what was expected; the default is used there.
func Parse(data []byte) (s *Settings, problems []string) {
	s = Default()
	if len(data) == 0 || string(data) == "null" {
		return s, nil
	}
	var tree any
	if err := json.Unmarshal(data, &tree); err != nil {
		return s, []string{fmt.Sprintf("the settings are no JSON: %v", err)}
	}
	if around, ok := tree.(map[string]any); ok {
		if inner, ok := around[Section]; ok {
			tree = inner
		}
	}
	if empty(tree) {
		return s, nil
	}
	object, ok := tree.(map[string]any)
	if !ok {
		return s, []string{fmt.Sprintf("%s: want an object, not %s; all settings stay as they are by default", Section, kindOf(tree))}
	}
	list := Table()
	table := make(map[string]Setting, len(list))
	groups := make(map[string]bool) // what keys begin with
	for _, d := range list {
		table[d.Key] = d
		for i, c := range d.Key {
			if c == '.' {
				groups[d.Key[:i]] = true
			}
		}
	}
	values := make(map[string]any)
	flatten("", object, table, values)
	for _, key := range slices.Sorted(maps.Keys(values)) {
		d, ok := table[key]
		switch {
		case ok:
			if err := d.apply(s, values[key]); err != nil {
				problems = append(problems, fmt.Sprintf("%s.%s: %v; it stays %s", Section, key, err, show(d.Default)))
			}
		case !groups[key]:
			problems = append(problems, fmt.Sprintf("%s.%s: there is no such setting%s", Section, key, nearest(key, table)))
		case !empty(values[key]):
			problems = append(problems, fmt.Sprintf("%s.%s: want an object, not %s; what is below it stays as it is by default", Section, key, kindOf(values[key])))
		}
	}
	return s, problems
}

// empty reports whether a value stands for an object without members. Editors
// that are configured in Lua write an empty array for it.
func empty(v any) bool {
	list, isList := v.([]any)
	object, isObject := v.(map[string]any)
	return v == nil || isList && len(list) == 0 || isObject && len(object) == 0
}

// flatten collects the leaves of nested objects by their keys, joined by dots and
// without Section. An object ends where a setting has its key.
func flatten(prefix string, object map[string]any, table map[string]Setting, into map[string]any) {
	for _, k := range slices.Sorted(maps.Keys(object)) { // if one is there twice, the same counts each time
		v, key := object[k], strings.TrimPrefix(prefix+k, Section+".")
		_, known := table[key]
		if inner, ok := v.(map[string]any); ok && !known && len(inner) > 0 {
			flatten(key+".", inner, table, into)
			continue
		}
		into[key] = v
	}
}

// apply sets a value that was decoded from JSON. Null stands for the default.
func (d Setting) apply(s *Settings, v any) error {
	v, err := d.value(v)
	if v == nil || err != nil {
		return err
	}
	if option, ok := strings.CutPrefix(d.Key, "rules."); ok && !strings.HasSuffix(option, ".enabled") {
		if err := check(option, fmt.Sprint(v)); err != nil {
			return err
		}
	}
	d.set(s, v)
	return nil
}

// value converts a value that was decoded from JSON. It is nil for null, which
// stands for the default.
func (d Setting) value(v any) (any, error) {
	if v == nil {
		return nil, nil
	}
	switch d.Kind {
	case Bool:
		if b, ok := v.(bool); ok {
			return b, nil
		}
	case Number:
		if f, ok := v.(float64); ok && f == float64(int64(f)) {
			if f < 0 { // none of them may be: see options
				return nil, fmt.Errorf("want a number that is not negative, not %v", v)
			}
			return int64(f), nil
		}
	case Strings:
		if list, ok := v.([]any); ok {
			texts := []string{}
			for _, x := range list {
				s, ok := x.(string)
				if !ok {
					return nil, fmt.Errorf("want an array of strings, and it holds %s", kindOf(x))
				}
				texts = append(texts, s)
			}
			return texts, nil
		}
	case String:
		s, ok := v.(string)
		if !ok {
			break
		}
		if d.Values != nil && !slices.Contains(d.Values, s) {
			return nil, fmt.Errorf("want one of %s, not %q", strings.Join(d.Values, ", "), s)
		}
		return s, nil
	}
	return nil, fmt.Errorf("want a value of type %s, not %s", d.Kind, kindOf(v))
}

func kindOf(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return "a boolean"
	case float64:
		return fmt.Sprintf("the number %v", v)
	case string:
		return "a string"
	case []any:
		return "an array"
	}
	return "an object"
}

func show(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(data)
}

// nearest suggests a setting whose last part is that of an unknown key.
func nearest(key string, table map[string]Setting) string {
	last := key[strings.LastIndexByte(key, '.')+1:]
	var found []string
	for k := range table {
		if strings.EqualFold(k[strings.LastIndexByte(k, '.')+1:], last) {
			found = append(found, Section+"."+k)
		}
	}
	if len(found) != 1 {
		return ""
	}
	return "; perhaps " + found[0] + " is meant"
}

// Suite returns the rules with the options set.
func (s *Settings) Suite() *analyzers.Suite {
	suite := analyzers.New()
	suite.Config.Tests = s.Tests
	for option, v := range s.Rules {
		rule, name, _ := strings.Cut(option, ".")
		_ = suite.Rule(rule).Analyzer.Flags.Set(name, v) // checked by Parse
	}
	return suite
}

// Text returns all that results of the rules depend on.
func (s *Settings) Text() string {
	var lines []string
	for k, v := range s.Rules {
		lines = append(lines, k+"="+v)
	}
	sort.Strings(lines)
	return fmt.Sprintf("tests=%v\n%s", s.Tests, strings.Join(lines, "\n"))
}
