package baseline

import (
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/mapdiag/mapdiag/internal/finding"
	"github.com/mapdiag/mapdiag/internal/source"
)

func TestKeys(t *testing.T) {
	const src = `package p

import "fmt"

var table = map[int]int{ // a comment
	1: 2,
}

type (
	set map[string]bool
	box[T any] struct{ m map[string]T }
)

func F() { fmt.Println(1); fmt.Println(2) }

func (s set) Value() { _ = ` + "`a\n\tb`" + ` }

func (b *box[T]) Pointer() {
	_ = b
}

const a, b = 1, 2
`
	name := filepath.Join(t.TempDir(), "p.go")
	if err := os.WriteFile(name, []byte(src), 0o666); err != nil {
		t.Fatal(err)
	}
	at := func(line, column, endLine int) finding.Finding {
		return finding.Finding{
			Rule:    "r",
			Package: "p",
			Pos:     token.Position{Filename: name, Line: line, Column: column},
			End:     token.Position{Filename: name, Line: endLine, Column: 1},
		}
	}
	findings := []finding.Finding{
		at(1, 1, 1),
		at(5, 13, 7),
		at(10, 2, 10),
		at(11, 2, 11),
		at(14, 12, 14),
		at(14, 28, 14),
		at(16, 24, 17),
		at(20, 6, 0),
		at(23, 14, 23),
	}
	want := []Key{
		{"r", "p", "", 1, "package p"},
		{"r", "p", "var table", 1, "var table = map [ int ] int { 1 : 2 , }"},
		{"r", "p", "type set", 1, "set map [ string ] bool"},
		{"r", "p", "type box", 1, "box [ T any ] struct { m map [ string ] T }"},
		{"r", "p", "F", 1, "func F ( ) { fmt . Println ( 1 ) ; fmt . Println ( 2 ) }"},
		{"r", "p", "F", 2, "func F ( ) { fmt . Println ( 1 ) ; fmt . Println ( 2 ) }"},
		{"r", "p", "set.Value", 1, "func ( s set ) Value ( ) { _ = `a b` }"},
		{"r", "p", "(*box).Pointer", 1, "_ = b"},
		{"r", "p", "const a", 1, "const a , b = 1 , 2"},
	}
	got := Keys(findings, new(source.Files))
	prints := make(map[string]bool)
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("key %d is\n%+v, want\n%+v", i, got[i], want[i])
		}
		prints[got[i].Fingerprint()] = true
	}
	if len(prints) != len(want) {
		t.Error("fingerprints collide")
	}

	set := make(Set)
	for _, k := range got {
		set[k] = true
	}
	file := filepath.Join(t.TempDir(), "baseline.tsv")
	if err := set.Write(file); err != nil {
		t.Fatal(err)
	}
	back, err := Read(file)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(back, set) {
		t.Errorf("read back as %v", back)
	}
	if missing := set.Missing(got[1:]); len(missing) != 1 || !missing[got[0]] {
		t.Errorf("missing %v", missing)
	}
}

// A value that identifies a finding must not change between versions.
func TestFingerprintIsStable(t *testing.T) {
	k := Key{Rule: "sizehint", Package: "example.com/p", Decl: "F", Ordinal: 1, Text: "m := make ( map [ int ] int )"}
	if got, want := k.Fingerprint(), "5ad5a9a5a31098186a92d7930b264792"; got != want {
		t.Errorf("fingerprint %s, want %s", got, want)
	}
}

// Findings in a file that cannot be read are told apart by their number.
func TestUnreadableFile(t *testing.T) {
	f := finding.Finding{Rule: "r", Package: "p", Pos: token.Position{Filename: "/none/p.go", Line: 3, Column: 1}}
	keys := Keys([]finding.Finding{f, f}, new(source.Files))
	if keys[0] == keys[1] || keys[0].Text != "" {
		t.Errorf("keys %+v", keys)
	}
}
