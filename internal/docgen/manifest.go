package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/mapdiag/mapdiag/analyzers"
	"github.com/mapdiag/mapdiag/server/settings"
)

// manifest is the file that tells VS Code what the extension is.
const manifest = "package.json"

// A property describes a setting as VS Code wants it.
type property struct {
	Type             string   `json:"type"`
	Items            *items   `json:"items,omitempty"`
	Minimum          *int     `json:"minimum,omitempty"`
	Enum             []string `json:"enum,omitempty"`
	EnumDescriptions []string `json:"enumDescriptions,omitempty"`
	Default          any      `json:"default"`
	Scope            string   `json:"scope"`
	Description      string   `json:"markdownDescription"`
}

type items struct {
	Type string `json:"type"`
}

// A category is a group of settings in the settings editor.
type category struct {
	Title      string      `json:"title"`
	Properties *properties `json:"properties"`
}

// extensionSettings are those of the extension itself, which the server does not
// know. The server's folders have none of their own for them.
var extensionSettings = []struct {
	key  string
	what property
}{
	{"server.path", property{
		Type: "string", Default: "", Scope: "machine-overridable",
		Description: "Absolute path of the `mapls` to run, in place of the one that comes with the extension. It is ignored in Restricted Mode.",
	}},
	{"trace.server", property{
		Type: "string", Enum: []string{"off", "messages", "verbose"}, Default: "off", Scope: "window",
		EnumDescriptions: []string{"nothing", "what is sent, and how long each answer takes", "the same with all that is in it"},
		Description:      "Which of the messages between the editor and `mapls` are written to the output.",
	}},
}

// withSettings returns the manifest with the settings as they are now.
func withSettings(src []byte, table []settings.Setting, suite *analyzers.Suite) ([]byte, error) {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	enc.SetIndent("    ", "  ")
	if err := enc.Encode(categories(table, suite)); err != nil {
		return nil, fmt.Errorf("%s: %v", manifest, err)
	}
	// npm keeps the order of what it does not know, so that the place is found by
	// its indentation.
	begin, end := []byte("\n    \"configuration\": "), []byte("\n    ],\n")
	before, rest, ok := bytes.Cut(src, begin)
	_, after, ok2 := bytes.Cut(rest, end)
	if !ok || !ok2 {
		return nil, fmt.Errorf("%s: want contributes.configuration as an array, indented by two spaces a level", manifest)
	}
	return bytes.Join([][]byte{before, begin, bytes.TrimSpace(text.Bytes()), []byte(",\n"), after}, nil), nil
}

// categories returns the settings in groups: of the extension and the server, then
// of each rule.
func categories(table []settings.Setting, suite *analyzers.Suite) []category {
	general := new(properties)
	for _, s := range extensionSettings {
		general.add(s.key, s.what)
	}
	list := []category{{"mapdiag", general}}
	for _, r := range suite.Rules {
		list = append(list, category{r.Name, new(properties)})
	}
	for _, s := range table {
		group := general
		for i, r := range suite.Rules {
			if strings.HasPrefix(s.Key, "rules."+r.Name+".") {
				group = list[i+1].Properties
			}
		}
		if !s.Initial { // VS Code has no initialization options
			group.add(s.Key, propertyOf(s))
		}
	}
	return list
}

func propertyOf(s settings.Setting) property {
	p := property{Type: string(s.Kind), Enum: s.Values, EnumDescriptions: s.Means, Default: s.Default, Scope: "resource", Description: withoutLinks(s.Doc)}
	switch s.Kind {
	case settings.Strings:
		p.Type, p.Items = "array", &items{"string"}
	case settings.Number: // none of them may be negative
		p.Minimum = new(0)
	}
	return p
}

var link = regexp.MustCompile(`\[([^]]*)\]\([^)]*\)`)

// withoutLinks returns Markdown with the texts of its links alone: they lead to other
// documents of the repository.
func withoutLinks(text string) string { return link.ReplaceAllString(text, "`$1`") }

// properties is an object that keeps its order.
type properties struct {
	keys   []string
	values []property
}

func (p *properties) add(key string, v property) {
	p.keys = append(p.keys, settings.Section+"."+key)
	p.values = append(p.values, v)
}

// MarshalJSON implements [json.Marshaler].
func (p *properties) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, key := range p.keys {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "%q:", key)
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(p.values[i]); err != nil {
			return nil, err
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}
