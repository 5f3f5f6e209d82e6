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

// TestEnds wants a path to be cut at its start.
func TestEnds(t *testing.T) {
	tab := table.Table{Header: []string{"where", "n"}, Left: []bool{true, false}, Ends: true, Rows: [][]table.Cell{table.Text("a/very/long/path/x.go:12", "3"), table.Text("y.go:1", "4"), table.Text("a/日本語日本語日本語/x.go:1", "5")}}
	var out strings.Builder
	if err := tab.Write(term.New(&out, nil), 20); err != nil {
		t.Fatal(err)
	}
	want := "where              n\n…ong/path/x.go:12  3\ny.go:1             4\n…語日本語/x.go:1   5\n"
	if out.String() != want {
		t.Errorf("%s\nwant\n%s", out.String(), want)
	}
}

// TestSpare wants columns to go one by one, and all to stay where there is no limit.
func TestSpare(t *testing.T) {
	tab := table.Table{Header: []string{"where", "makes", "type"}, Left: []bool{true, false, true}, Spare: [][]int{{2}, {1}}, Rows: [][]table.Cell{table.Text("a/path/of/thirty/characters.go", "12", "map[string]int")}}
	for width, want := range map[int]string{0: "a/path/of/thirty/characters.go     12  map[string]int", 47: "a/path/of/thirty/charac…     12  map[string]int", 46: "a/path/of/thirty/characters.go     12", 30: "a/path/of/thirty/characters.go"} {
		var out strings.Builder
		if err := tab.Write(term.New(&out, nil), width); err != nil {
			t.Fatal(err)
		}
		if got := strings.Split(out.String(), "\n")[1]; got != want {
			t.Errorf("width %d: %q, want %q", width, got, want)
		}
	}
}
