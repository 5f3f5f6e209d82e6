package sites

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestHistogram(t *testing.T) {
	h := Histogram{{1, 1, 10}, {5, 5, 80}, {64, 67, 10}}
	for _, c := range []struct {
		q    float64
		want int64
	}{{0, 1}, {0.1, 1}, {0.11, 5}, {0.5, 5}, {0.9, 5}, {0.91, 67}, {1, 67}} {
		if got := h.Quantile(c.q); got != c.want {
			t.Errorf("quantile %v is %d, want %d", c.q, got, c.want)
		}
	}
	if Histogram(nil).Quantile(0.5) != 0 || Histogram(nil).Max() != 0 {
		t.Error("an empty histogram has entries")
	}
	sum := h.Add(Histogram{{5, 5, 1}, {66, 70, 2}, {100, 100, 1}})
	if want := (Histogram{{1, 1, 10}, {5, 5, 81}, {64, 70, 12}, {100, 100, 1}}); !slices.Equal(sum, want) {
		t.Errorf("the sum is %v, want %v", sum, want)
	}
	if h[1].Count != 80 {
		t.Error("Add has changed what it was given")
	}
}

// Whichever way a histogram is read, it is the same one, or an error.
func TestHistogramJSON(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	texts := []string{"null", "[]", " [ [1 , 2,\n3] ,[4,4,1] ] ", "[[1,2]]", "[[1,2,3,4]]", "[[2,1,3]]", "[[1,2,0]]", "[[-1,2,3]]", "[[1,2,3.5]]", "[[1,2,1e3]]",
		"[[1,2,99999999999999999999]]", "[[1,2,1000000000000000000]]", `[["1",2,3]]`, "[{}]", "3", "{}", "[[]]", "[[1,2,3],[]]", "[[[1,2,3]]]"}
	for range 50 {
		for _, s := range random(r).Packages {
			text, err := json.MarshalIndent(s.Sites[0].Peaks, "", " ")
			if err != nil {
				t.Fatal(err)
			}
			texts = append(texts, string(text))
		}
	}
	for _, text := range texts {
		var fast Histogram
		var slow []Bucket
		errFast, errSlow := json.Unmarshal([]byte(text), &fast), json.Unmarshal([]byte(text), &slow)
		if (errFast == nil) != (errSlow == nil) || errFast == nil && !slices.Equal(fast, slow) {
			t.Errorf("%s: %v, %v; by package json alone %v, %v", text, fast, errFast, slow, errSlow)
		}
	}
}

func decls(t *testing.T, src string) (decls []Decl, at map[string][]token.Pos) {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "f.go", src, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	decls = Decls(fset, file, []byte(src))
	at = make(map[string][]token.Pos)
	ast.Inspect(file, func(n ast.Node) bool {
		if c, ok := n.(*ast.CallExpr); ok {
			if id, ok := c.Fun.(*ast.Ident); ok && id.Name == "make" {
				d := DeclAt(decls, c.Pos())
				at[d.Name] = append(at[d.Name], c.Pos())
			}
		}
		return true
	})
	return decls, at
}

const source = `package p

type T[K comparable] struct{}

var a, b = make(map[int]int), 1

func f() {
	m := make(map[string]int)
	_ = func() { _ = make(map[int]bool) }
	_ = m
}

func (t *T[K]) m() { _ = make(map[K]int) }
func (T[K]) n()    {}
`

// Formatting, comments and other declarations change nothing; a token changes the declaration.
func TestDecls(t *testing.T) {
	before, at := decls(t, source)
	var names []string
	for _, d := range before {
		names = append(names, d.Name)
	}
	if want := []string{"var a, b", "f", "(*T).m", "T.n"}; !slices.Equal(names, want) {
		t.Fatalf("declarations %q, want %q", names, want)
	}
	moved := strings.ReplaceAll(source, "func f() {\n", "// f is moved.\nfunc g() {}\n\nfunc f() { // here\n\n\n")
	moved = strings.Replace(moved, "m := make(map[string]int)", "m :=   make(\n\t\t/* of strings */ map[string]int,\n\t)", 1)
	moved = strings.Replace(moved, "\n\t)", ")", 1)
	moved = strings.Replace(moved, "int,)", "int)", 1)
	after, atAfter := decls(t, moved)
	for _, d := range before {
		i := slices.IndexFunc(after, func(e Decl) bool { return e.Name == d.Name })
		if i < 0 || after[i].Hash != d.Hash {
			t.Errorf("%s has another hash", d.Name)
			continue
		}
		for j, pos := range at[d.Name] {
			n := d.Token(pos)
			if n < 0 || after[i].Token(atAfter[d.Name][j]) != n || after[i].Pos(n) != atAfter[d.Name][j] {
				t.Errorf("%s: make %d is not found again", d.Name, j)
			}
		}
	}
	changed, _ := decls(t, strings.Replace(source, "map[string]int)", "map[string]int, 0)", 1))
	for i, d := range before {
		if same := changed[i].Hash == d.Hash; same == (d.Name == "f") {
			t.Errorf("%s: same hash %v", d.Name, same)
		}
	}
	// A word must not flow into the next one.
	x, _ := decls(t, "package p\nvar v = ab + c\n")
	y, _ := decls(t, "package p\nvar v = a + bc\n")
	if x[0].Hash == y[0].Hash {
		t.Error("other words give the same hash")
	}
	if x[0].Token(x[0].End) >= 0 || x[0].Pos(99).IsValid() || x[0].Pos(-1).IsValid() {
		t.Error("a place outside is found")
	}
}

func random(r *rand.Rand) *Profile {
	histogram := func() (h Histogram) {
		for n := int64(0); r.IntN(4) > 0; {
			low := n + r.Int64N(50)
			high := low + r.Int64N(9)
			h = append(h, Bucket{low, high, 1 + r.Uint64N(100)})
			n = high + 1
		}
		return h
	}
	p := &Profile{Schema: Schema, Go: "go1.26.8", Arch: "linux/amd64", Module: "example.com/m", Command: []string{"mapdiag", "test", "./..."},
		Recorded: time.Unix(r.Int64N(2e9), 0).UTC(), Processes: 1 + r.IntN(3)}
	for i := range r.IntN(4) {
		pkg := Package{Path: "example.com/m/" + string(rune('a'+i))}
		for j := range 1 + r.IntN(4) {
			s := Site{Place: Place{File: "x.go", Line: 1 + j, Decl: "f", Token: j, Hash: "0123456789abcdef"}, Type: "map[string]int",
				Shape: Shape{16, 8, 24, 200, true}, Makes: r.Uint64N(1000), Growths: r.Uint64N(10), Tracked: r.Uint64N(99),
				Hints: histogram(), Peaks: histogram(), Finals: histogram(), Slots: []Class{{0, 5}, {8, 1 + r.Uint64N(9)}, {64, 2}}}
			if r.IntN(2) == 0 {
				s.Stacks = []Stack{{Frames: []Frame{{"f", "x.go", j}}, Makes: s.Makes}}
			}
			pkg.Sites = append(pkg.Sites, s)
		}
		p.Packages = append(p.Packages, pkg)
	}
	return p
}

func TestFile(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 100 {
		p := random(r)
		var b bytes.Buffer
		if err := p.Write(&b); err != nil {
			t.Fatal(err)
		}
		text := b.String()
		q, err := Read(&b, "x.json")
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if len(p.Packages) == 0 {
			p.Packages, q.Packages = nil, nil
		}
		if !reflect.DeepEqual(p, q) {
			t.Fatalf("written\n%+v\nread\n%+v", p, q)
		}
		if _, err := Read(strings.NewReader(text[:r.IntN(len(text)-2)]), "x.json"); err == nil {
			t.Error("a file that was cut off is taken for a profile")
		}
	}
}

func TestBad(t *testing.T) {
	for _, c := range []struct{ file, want string }{
		{"", "x.json is no mapdiag profile: it ends too early"},
		{"\x1f\x8b\x08", "x.json is no mapdiag profile: invalid character"},
		{"{}", `its schema is ""`},
		{`{"schema":"mapdiag/profile/9"}`, `"mapdiag/profile/9"`},
		{`{"schema":"mapdiag/profile/1","packages":[{"path":"p"},{"path":"p"}]}`, `package "p" is there twice`},
		{`{"schema":"mapdiag/profile/1","packages":[{"path":"p","sites":[{"file":"a.go","line":3,"token":-2}]}]}`, "the site at a.go:3"},
		{`{"schema":"mapdiag/profile/1","packages":[{"path":"p","sites":[{"peaks":[[3,2,1]]}]}]}`, "is no bucket"},
		{`{"schema":"mapdiag/profile/1","packages":[{"path":"p","sites":[{"peaks":[[5,5,1],[2,2,1]]}]}]}`, "out of order"},
		{`{"schema":"mapdiag/profile/1","packages":[{"path":"p","sites":[{"slots":[{"slots":-8,"maps":1}]}]}]}`, "cannot be"},
	} {
		if _, err := Read(strings.NewReader(c.file), "x.json"); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.file, err, c.want)
		}
	}
}

// A program may ask for any size, but no map has it.
func TestHugeHints(t *testing.T) {
	for field, ok := range map[string]bool{"hints": true, "peaks": false} {
		file := `{"schema":"mapdiag/profile/1","packages":[{"path":"p","sites":[{"` + field + `":[[9223372036854775807,9223372036854775807,1]]}]}]}`
		if _, err := Read(strings.NewReader(file), "x.json"); (err == nil) != ok {
			t.Errorf("%s: %v", field, err)
		}
	}
}

// What is too large for a map is nothing to the model, as it is to the runtime.
func TestAbsurdHint(t *testing.T) {
	text := `{"schema":"mapdiag/profile/1","packages":[{"path":"p","sites":[{"makes":9,"hints":[[8935141660703064064,9223372036854775807,9]],"slots":[{"slots":16,"maps":9}],"peaks":[[9,9,9]],"shape":{"key":8,"elem":8,"slot":16,"group":136}}]}]}`
	p, err := Read(strings.NewReader(text), "x.json")
	if err != nil {
		t.Fatal(err)
	}
	s := &p.Packages[0].Sites[0]
	if a := s.Advise(); a.Now.Bytes < 0 || a.Now.Bytes > 1<<20 || s.Waste() > 1<<20 {
		t.Errorf("%+v, waste %d", a, s.Waste())
	}
}

// Merging is the same in any order, and counts nothing twice.
func TestMerge(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	for range 50 {
		a, b, c := random(r), random(r), random(r)
		x, err := Merge(a, b, c)
		if err != nil {
			t.Fatal(err)
		}
		bc, _ := Merge(c, b)
		y, _ := Merge(bc, a)
		if !reflect.DeepEqual(strip(x), strip(y)) {
			t.Fatalf("%+v\n%+v", x, y)
		}
		makes := func(ps ...*Profile) (n uint64) {
			for _, p := range ps {
				for _, pkg := range p.Packages {
					for _, s := range pkg.Sites {
						n += s.Makes + s.Peaks.Count()
					}
				}
			}
			return n
		}
		if makes(x) != makes(a, b, c) {
			t.Fatalf("%d makes of %d", makes(x), makes(a, b, c))
		}
	}
	other := random(r)
	other.Module = "example.com/other"
	if _, err := Merge(random(r), other); err == nil {
		t.Error("profiles of two modules are merged")
	}
}

// Maps that stayed empty have no type; they are of the one that others of their line have, unless there are two.
func TestFold(t *testing.T) {
	at := func(token int, typ string, makes uint64) Site {
		return Site{Place: Place{File: "x.go", Line: 1, Token: token}, Type: typ, Makes: makes}
	}
	p := Package{Sites: []Site{
		at(1, "", 5), at(1, "map[int]int", 2), at(2, "", 1), at(2, "map[int]int", 3), at(2, "map[int]string", 4), at(3, "", 7),
		at(4, "map[int]int", 1), at(4, "", 1),
	}}
	p.Fold()
	want := []Site{at(1, "map[int]int", 7), at(2, "", 1), at(2, "map[int]int", 3), at(2, "map[int]string", 4), at(3, "", 7), at(4, "map[int]int", 2)}
	if len(p.Sites) != len(want) {
		t.Fatalf("%+v", p.Sites)
	}
	for i, s := range p.Sites {
		if s.Place != want[i].Place || s.Type != want[i].Type || s.Makes != want[i].Makes {
			t.Errorf("%+v, want %+v", s, want[i])
		}
	}
}

// strip leaves out what the order of equals decides.
func strip(p *Profile) *Profile {
	for i := range p.Packages {
		for j := range p.Packages[i].Sites {
			p.Packages[i].Sites[j].Stacks = nil
		}
	}
	return p
}

func FuzzRead(f *testing.F) {
	var b bytes.Buffer
	if err := random(rand.New(rand.NewPCG(3, 3))).Write(&b); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add([]byte(`{"schema":"mapdiag/profile/1","packages":[{"path":"p","sites":[{"makes":9,"hints":[[1,9223372036854775807,9]],"slots":[{"slots":16,"maps":9}],"shape":{"slot":16,"group":136}}]}]}`))
	f.Add([]byte(`{"schema":"mapdiag/profile/1","packages":[{"path":"p","sites":[{"makes":9,"slots":[{"slots":16,"maps":9}],"shape":{"slot":16,"group":136}}]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := Read(bytes.NewReader(data), "x.json")
		if err != nil {
			return
		}
		for i := range p.Packages {
			for j := range p.Packages[i].Sites {
				s := &p.Packages[i].Sites[j]
				s.Advise()
				s.Waste()
			}
		}
		if _, err := Merge(p, p); err != nil {
			t.Error(err)
		}
		var b bytes.Buffer
		if err := p.Write(&b); err != nil {
			t.Fatal(err)
		}
		if _, err := Read(&b, "x.json"); err != nil {
			t.Error(err)
		}
	})
}
