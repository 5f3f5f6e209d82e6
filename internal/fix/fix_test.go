package fix

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/mapdiag/mapdiag/internal/finding"
	"github.com/mapdiag/mapdiag/internal/source"
)

// edit replaces old, which occurs once in the source, in the named file.
type edit struct{ file, old, new string }

func TestMake(t *testing.T) {
	const src = "package p\n\nvar A, B, C = 1, 2, 3\n"
	for _, test := range []struct {
		name    string
		fixes   [][]edit // one for each finding
		applied []bool
		clashes int
		broken  string
		want    map[string]string // by file; all others are unchanged
	}{
		{
			name:    "independent",
			fixes:   [][]edit{{{"a.go", "1", "10"}}, {{"a.go", "3", "30"}}},
			applied: []bool{true, true},
			want:    map[string]string{"a.go": strings.NewReplacer("1", "10", "3", "30").Replace(src)},
		},
		{
			name:    "adjacent",
			fixes:   [][]edit{{{"a.go", "A, ", "X, "}}, {{"a.go", "B, ", "Y, "}}},
			applied: []bool{true, true},
			want:    map[string]string{"a.go": strings.NewReplacer("A", "X", "B", "Y").Replace(src)},
		},
		{
			name:    "overlapping",
			fixes:   [][]edit{{{"a.go", "1, 2", "5, 6"}}, {{"a.go", "2, 3", "7, 8"}}},
			applied: []bool{true, false},
			clashes: 1,
			want:    map[string]string{"a.go": strings.Replace(src, "1, 2", "5, 6", 1)},
		},
		{
			name:    "as a whole or not at all",
			fixes:   [][]edit{{{"a.go", "1", "10"}}, {{"b.go", "2", "20"}, {"a.go", "1", "11"}}},
			applied: []bool{true, false},
			clashes: 1,
			want:    map[string]string{"a.go": strings.Replace(src, "1", "10", 1)},
		},
		{
			name:    "sharing an edit",
			fixes:   [][]edit{{{"a.go", "p\n", "p // both\n"}, {"a.go", "1", "10"}}, {{"a.go", "p\n", "p // both\n"}, {"a.go", "3", "30"}}},
			applied: []bool{true, true},
			want:    map[string]string{"a.go": strings.NewReplacer("p\n", "p // both\n", "1", "10", "3", "30").Replace(src)},
		},
		{
			name:    "breaking a file",
			fixes:   [][]edit{{{"a.go", "1", "("}, {"b.go", "1", "10"}}, {{"b.go", "2", "20"}}},
			applied: []bool{false, true},
			broken:  "a.go",
			want:    map[string]string{"b.go": strings.Replace(src, "2", "20", 1)},
		},
		{
			name:    "formatting",
			fixes:   [][]edit{{{"a.go", "1, 2", "1,2"}}},
			applied: []bool{true},
			want:    map[string]string{"a.go": src},
		},
		{
			name:    "leaving other formatting alone",
			fixes:   [][]edit{{{"messy.go", "1", "10"}}},
			applied: []bool{true},
			want:    map[string]string{"messy.go": "package p\nvar   A=10\n"},
		},
		{
			name:    "without a fix",
			fixes:   [][]edit{nil},
			applied: []bool{false},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			sources := map[string]string{"a.go": src, "b.go": src, "messy.go": "package p\nvar   A=1\n"}
			for name, content := range sources {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			var findings []finding.Finding
			for _, edits := range test.fixes {
				var f finding.Finding
				if edits != nil {
					var x finding.Fix
					for _, e := range edits {
						at := strings.Index(sources[e.file], e.old)
						x.Edits = append(x.Edits, finding.Edit{Filename: filepath.Join(dir, e.file), Start: at, End: at + len(e.old), New: e.new})
					}
					f.Fixes = []finding.Fix{x}
				}
				findings = append(findings, f)
			}
			p := Make(findings, func(finding.Finding) bool { return true }, new(source.Files))
			if !slices.Equal(p.Applied, test.applied) || p.Clashes != test.clashes {
				t.Errorf("applied %v with %d clashes, want %v with %d", p.Applied, p.Clashes, test.applied, test.clashes)
			}
			if (len(p.Broken) > 0) != (test.broken != "") || len(p.Broken) > 0 && !strings.Contains(p.Broken[0].Error(), test.broken) {
				t.Errorf("broken %v, want %q", p.Broken, test.broken)
			}
			got := make(map[string]string)
			for _, f := range p.Files {
				got[filepath.Base(f.Name)] = string(f.After)
			}
			for name, want := range test.want {
				if got[name] != want {
					t.Errorf("%s became\n%s\nwant\n%s", name, got[name], want)
				}
			}
			if len(got) != len(test.want) {
				t.Errorf("%d files are changed, want %d", len(got), len(test.want))
			}
		})
	}
}

// Offsets that do not fit come from a file that changed meanwhile.
func TestOutside(t *testing.T) {
	name := filepath.Join(t.TempDir(), "p.go")
	if err := os.WriteFile(name, []byte("package p\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, e := range []finding.Edit{{Start: 5, End: 99}, {Start: 5, End: 3}, {Start: -1, End: 3}} {
		e.Filename = name
		f := finding.Finding{Fixes: []finding.Fix{{Edits: []finding.Edit{e}}}}
		p := Make([]finding.Finding{f}, func(finding.Finding) bool { return true }, new(source.Files))
		if len(p.Broken) != 1 || p.Count() != 0 || len(p.Files) != 0 {
			t.Errorf("%v: %+v", e, p)
		}
	}
}
