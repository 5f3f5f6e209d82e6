package table_test

import (
	"strings"
	"testing"

	"github.com/mapdiag/mapdiag/internal/health/table"
	"github.com/mapdiag/mapdiag/internal/health/term"
)

func TestWrite(t *testing.T) {
	tab := table.Table{
		Header: []string{"map", "entries", "health"},
		Left:   []bool{true, false, true},
		Rows: [][]table.Cell{
			{{Text: "a map with a long name"}, {Text: "12"}, {Text: "fine", Color: term.Green}},
			{{Text: "evil\x1b[2Jname\n"}, {Text: "3"}, {Text: "warning"}},
			{{Text: "日本"}, {Text: "3"}, {Text: "fine"}},
		},
	}
	for width, want := range map[int]string{
		0: `map                     entries  health
a map with a long name       12  fine
evil?[2Jname?                 3  warning
日本                          3  fine
`,
		32: `map             entries  health
a map with a …       12  fine
evil?[2Jname?         3  warning
日本                  3  fine
`,
		5: `map           entries  health
a map with …       12  fine
evil?[2Jnam…        3  warning
日本                3  fine
`,
	} {
		var out strings.Builder
		// Without a terminal there are no colours.
		if err := tab.Write(term.New(&out, nil), width); err != nil {
			t.Fatal(err)
		}
		if out.String() != want {
			t.Errorf("width %d:\n%swant:\n%s", width, out.String(), want)
		}
	}
	var raw strings.Builder
	if err := tab.Write(&raw, 0); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(raw.String(), "\x1b[32mfine\x1b[") {
		t.Errorf("no green in %q", raw.String())
	}
}
