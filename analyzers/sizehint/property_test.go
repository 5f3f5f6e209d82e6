package sizehint_test

import (
	"bytes"
	"embed"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	seedFlag   = flag.Uint64("sizehint.seed", 0, "test the programs of this `seed`, and of those after it, instead of the usual ones")
	roundsFlag = flag.Int("sizehint.rounds", 1, "with -sizehint.seed, how many `seeds` to test")
	unitFlag   = flag.Int("sizehint.unit", -1, "with -sizehint.seed, test only the function of this `number`")
)

// unitsPerSeed is how many functions one program has.
const unitsPerSeed = 250

//go:embed testdata/property
var support embed.FS

// TestFixesKeepBehaviour writes random functions that make and fill maps,
// applies the fix of each finding, and runs them before and after:
//
//   - the fixed functions compile, are formatted, and keep their comments,
//   - both write the same, panics included,
//   - no map of a certain finding comes to hold more entries than its hint,
//   - what was fixed is not offered a fix again.
func TestFixesKeepBehaviour(t *testing.T) {
	l := newLoader(t)
	for _, seed := range seeds() {
		r := newRound(t, l, seed)
		r.run()
		t.Logf("seed %d: %s", seed, r.counts)
	}
}

// seeds returns some that are the same each time, so that a change is judged by
// what it changes, or those that were asked for.
func seeds() []uint64 {
	if *seedFlag == 0 {
		return []uint64{1, 2, 3}
	}
	var list []uint64
	for i := range *roundsFlag {
		list = append(list, *seedFlag+uint64(i))
	}
	return list
}

// round is the test of the functions of one seed.
type round struct {
	testing.TB
	*loader
	seed   uint64
	dir    string
	units  []unit
	after  map[string][]byte // the fixed files by unit
	failed map[string]bool
	alone  bool // without the code that generated functions have in common
	counts counts
}

type counts struct {
	units, dropped, findings, certain, fixes, tracked int
}

func (c counts) String() string {
	return fmt.Sprintf("%d functions (%d dropped), %d findings, %d certain, %d fixes, %d hints tracked",
		c.units, c.dropped, c.findings, c.certain, c.fixes, c.tracked)
}

func newRound(t testing.TB, l *loader, seed uint64) *round {
	r := &round{TB: t, loader: l, seed: seed, dir: t.TempDir(), after: make(map[string][]byte), failed: make(map[string]bool)}
	for i := range unitsPerSeed {
		if *unitFlag < 0 || *unitFlag == i {
			r.units = append(r.units, generate(seed, i))
		}
	}
	return r
}

// fail reports what is wrong with a unit, once.
func (r *round) fail(name, format string, args ...any) {
	if r.failed[name] {
		return
	}
	r.failed[name] = true
	var before string
	for _, u := range r.units {
		if u.name == name {
			before = u.src
		}
	}
	r.Errorf("-sizehint.seed=%d -sizehint.unit=%s: %s\n--- before\n%s--- after\n%s", r.seed, strings.TrimPrefix(name, "f"),
		fmt.Sprintf(format, args...), before, r.after[name])
}

func (r *round) run() {
	r.writeSupport()
	r.dropInvalid()
	p := r.load("before", r.sources())
	if len(p.errors) > 0 {
		r.Fatalf("the generated program does not compile: %v", p.errors)
	}
	findings := r.analyze(p)
	r.count(findings)
	fixed := r.apply(p, findings)
	if q := r.secondRun(fixed); q != nil {
		r.track(q, findings, fixed)
		r.compare(r.runProgram())
	}
}

// secondRun loads the fixed package and checks that no fix is offered for
// what was fixed. It returns nil if the package does not compile.
func (r *round) secondRun(fixed map[findingKey]bool) *program {
	q := r.load("after", r.after)
	for _, e := range q.errors {
		r.fail(e.unit, "the fixed code does not compile: %s", e.msg)
	}
	if len(q.errors) > 0 {
		return nil
	}
	for _, f := range r.analyze(q) {
		if len(f.diagnostic.SuggestedFixes) > 0 && fixed[f.key] {
			r.fail(f.unit, "a second fix is offered for %v after the first: %s", f.key, f.diagnostic.Message)
		}
	}
	return q
}

func (r *round) sources() map[string][]byte {
	src := make(map[string][]byte)
	for _, u := range r.units {
		src[u.name] = []byte(u.src)
	}
	return src
}

// writeSupport writes the part of the module that is not generated.
func (r *round) writeSupport() {
	r.write("go.mod", []byte("module generated\n\ngo 1.26\n"))
	for file, to := range map[string][]string{
		"main.go":      {"main.go"},
		"dep/dep.go":   {"dep/dep.go"},
		"p/support.go": {"before/support.go", "after/support.go"},
	} {
		data, err := support.ReadFile("testdata/property/" + file)
		if err != nil {
			r.Fatal(err)
		}
		for _, name := range to {
			r.write(name, data)
		}
	}
}

func (r *round) write(name string, data []byte) {
	name = filepath.Join(r.dir, name)
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		r.Fatal(err)
	}
	if err := os.WriteFile(name, data, 0o666); err != nil {
		r.Fatal(err)
	}
}

// dropInvalid drops the units that do not type-check. The generator does not
// take the trouble to get each combination of its parts right.
func (r *round) dropInvalid() {
	all := len(r.units)
	for {
		p := r.load("before", r.sources())
		bad := make(map[string]bool)
		for _, e := range p.errors {
			bad[e.unit] = true
			if *unitFlag >= 0 {
				r.Logf("%s: %s", e.unit, e.msg)
			}
		}
		if len(bad) == 0 {
			break
		}
		r.units = slices.DeleteFunc(r.units, func(u unit) bool { return bad[u.name] })
		for name := range bad {
			if err := os.Remove(filepath.Join(r.dir, "before", name+".go")); err != nil {
				r.Fatal(err)
			}
		}
	}
	r.counts.units, r.counts.dropped = len(r.units), all-len(r.units)
	if len(r.units) < all*2/3 {
		r.Fatalf("%d of %d generated functions do not type-check", all-len(r.units), all)
	}
}

func (r *round) count(findings []finding) {
	for _, f := range findings {
		r.counts.findings++
		if f.certain {
			r.counts.certain++
		}
	}
}

// behind matches comments behind code, which gofmt aligns with those of other
// lines.
var behind = regexp.MustCompile(`\s*//.*`)

// apply applies the first fix of each finding, unless it overlaps one before,
// and returns the findings that were fixed.
func (r *round) apply(p *program, findings []finding) map[findingKey]bool {
	fixed := make(map[findingKey]bool)
	edits := make(map[string][]edit)
	for _, f := range findings {
		if len(f.diagnostic.SuggestedFixes) == 0 {
			continue
		}
		mine := p.edits(f)
		if slices.ContainsFunc(mine, func(e edit) bool { return slices.ContainsFunc(edits[f.unit], e.overlaps) }) {
			continue
		}
		edits[f.unit] = append(edits[f.unit], mine...)
		fixed[f.key] = true
		r.counts.fixes++
	}
	for _, u := range r.units {
		out := applyEdits([]byte(u.src), edits[u.name])
		r.after[u.name] = out
		if formatted([]byte(u.src)) && !formatted(out) {
			r.fail(u.name, "the fixed file does not parse, or gofmt would change it")
		}
		if b, a := comments([]byte(u.src)), comments(out); !slices.Equal(a, b) {
			r.fail(u.name, "comments before: %q, after: %q", b, a)
		}
	}
	return fixed
}

// runProgram builds and runs the functions before and after. It writes the
// table of functions of both packages first.
func (r *round) runProgram() []byte {
	var b strings.Builder
	b.WriteString("package p\n\n// Units are the generated functions.\nvar Units = []Unit{\n")
	for _, u := range r.units {
		fmt.Fprintf(&b, "{%q, func(a *Args) { %s }},\n", u.name, u.calls)
	}
	b.WriteString("}\n")
	r.write("before/units.go", []byte(b.String()))
	r.write("after/units.go", []byte(b.String()))
	program := filepath.Join(r.dir, "program")
	build := exec.Command("go", "build", "-o", program, ".")
	build.Dir = r.dir
	build.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod", "GOPROXY=off")
	if out, err := build.CombinedOutput(); err != nil {
		r.Fatalf("seed %d: go build: %v\n%s", r.seed, err, out)
	}
	var skip []string
	for {
		var stderr bytes.Buffer
		run := exec.Command(program, skip...)
		run.Stderr = &stderr
		if _, err := run.StdinPipe(); err != nil { // the program ends when it closes
			r.Fatal(err)
		}
		out, err := run.Output()
		if err == nil {
			return out
		}
		name, rest, _ := strings.Cut(stderr.String(), " ")
		if !strings.HasPrefix(rest, "before, ") || len(skip) > 3 {
			r.Fatalf("seed %d: running the generated program: %v\n%.4000s", r.seed, err, stderr.Bytes())
		}
		skip = append(skip, name) // it does not end, fixed or not
		r.counts.units--
		r.counts.dropped++
	}
}

// compare reports the differences that the program found.
func (r *round) compare(out []byte) {
	dec := json.NewDecoder(bytes.NewReader(out))
	for dec.More() {
		var d struct {
			Unit                     string
			Size                     int
			Before, After, Violation string
		}
		if err := dec.Decode(&d); err != nil {
			r.Fatal(err)
		}
		if d.Violation != "" {
			r.fail(d.Unit, "on input of size %d a certain hint is too small: %s", d.Size, d.Violation)
			continue
		}
		r.fail(d.Unit, "on input of size %d it wrote\n%s\nand, fixed,\n%s", d.Size, d.Before, d.After)
	}
}
