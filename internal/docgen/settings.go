package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/mapdiag/mapdiag/analyzers"
	"github.com/mapdiag/mapdiag/internal/ruledoc"
	"github.com/mapdiag/mapdiag/server/settings"
)

const settingsIntro = `
mapls takes its settings from the editor ([how](editors.md)): as initialization
options, or as configuration, for each workspace folder where the editor has it
so; when that changes, it counts at once. Keys may be nested or joined by dots, with or without ` + "`mapdiag`" + ` around
them; these are the same:

` + "```json" + `
{ "mapdiag": { "rules": { "largevalue": { "bytes": 256 } } } }
{ "mapdiag.rules.largevalue.bytes": 256 }
{ "rules": { "largevalue.bytes": 256 } }
` + "```" + `

What is null or not there has its default. A key that is none, or a value that
does not fit, is shown once, with the key and what it wants, and the default is
used.

`

// settingsPage returns the page about the settings of the language server, the
// options of rules in the order of the suite.
func settingsPage(table []settings.Setting, suite *analyzers.Suite) []byte {
	var b strings.Builder
	b.WriteString("# Settings of mapls\n\n" + generated + "\n" + settingsIntro)
	section := func(title string, wanted func(key string) bool) {
		fmt.Fprintf(&b, "## %s\n\n| key | type | default | values | what it does |\n|---|---|---|---|---|\n", title)
		for _, s := range table {
			if wanted(s.Key) {
				b.WriteString(settingRow(s))
			}
		}
		b.WriteString("\n")
	}
	section("Server", func(key string) bool { return !strings.HasPrefix(key, "rules.") })
	for _, r := range suite.Rules {
		section(r.Name, func(key string) bool { return strings.HasPrefix(key, "rules."+r.Name+".") })
	}
	b.WriteString("## The extension for VS Code\n\n| key | type | default | values | what it does |\n|---|---|---|---|---|\n")
	for _, s := range extensionSettings {
		b.WriteString(settingRow(settings.Setting{
			Key: s.key, Kind: settings.Kind(s.what.Type), Values: s.what.Enum, Means: s.what.EnumDescriptions, Default: s.what.Default, Doc: s.what.Description,
		}))
	}
	return []byte(b.String())
}

func settingRow(s settings.Setting) string {
	value, err := json.Marshal(s.Default)
	if err != nil { // no default is of a type without JSON
		panic(fmt.Sprintf("the default of %s: %v", s.Key, err))
	}
	values := slices.Clone(s.Values)
	for i, v := range values {
		values[i] = "`" + v + "`: " + s.Means[i]
	}
	return fmt.Sprintf("| `%s.%s` | %s | `%s` | %s | %s |\n", settings.Section, s.Key, s.Kind, value, strings.Join(values, "; "), ruledoc.Cell(s.Doc))
}
