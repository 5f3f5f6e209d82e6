package sizehint_test

import (
	"fmt"
	"strings"
	"testing"
)

// BenchmarkRule analyses packages of a length and of ten times that length:
// the time per map must not grow with the length. Random is a package of
// generated functions; the others have all their maps in one function, in one
// field, in one package variable, and so on, where each map meets all others.
func BenchmarkRule(b *testing.B) {
	l := newLoader(b)
	for _, shape := range []struct {
		name string
		src  func(n int) string
	}{
		{"random", nil},
		{"function", func(n int) string {
			return "func f(xs []int) {\n" + each(n, "m%[1]d := make(map[int]int)\nfor i, x := range xs {\nm%[1]d[i] = x\n}\nuse(len(m%[1]d))\n") + "}\nfunc use(int) {}\n"
		}},
		{"literals", func(n int) string {
			return "func f(xs []int) {\n" + each(n, "m%[1]d := make(map[int]int)\nadd%[1]d := func(k int) { m%[1]d[k] = k }\nfor i := range xs {\nadd%[1]d(i)\n}\n") + "}\n"
		}},
		{"remade", func(n int) string {
			return "func f(xs []int) {\nvar m map[int]int\n" + each(n, "m = make(map[int]int)\nfor i, x := range xs {\nm[i] = x + %d\n}\n") + "}\n"
		}},
		{"field", func(n int) string {
			return "type s struct{ m map[int]int }\n" + each(n, "func (s *s) f%d(xs []int) {\ns.m = make(map[int]int)\nfor i, x := range xs {\ns.m[i] = x\n}\n}\n")
		}},
		{"elements", func(n int) string {
			return "func f(xs []int) {\nout := make(map[int]map[int]int)\n" + each(n, "out[%[1]d] = make(map[int]int)\nfor i, x := range xs {\nout[%[1]d][i] = x\n}\n") + "}\n"
		}},
		{"global", func(n int) string {
			return "var m map[int]int\n" + each(n, "func f%d(xs []int) {\nm = make(map[int]int)\nfor i, x := range xs {\nm[i] = x\n}\n}\n")
		}},
		{"inits", func(n int) string {
			return "var xs = []int{9: 1}\n" + each(n, "var m%[1]d = make(map[int]int)\nfunc init() {\nfor i, x := range xs {\nm%[1]d[i] = x\n}\n}\n")
		}},
		{"copies", func(n int) string {
			return "func f(xs []int) {\n" + each(n, "m%[1]d := make(map[int]int, len(xs))\nn%[1]d := make(map[int]int)\nfor k, v := range m%[1]d {\nn%[1]d[k] = v\n}\n") + "}\n"
		}},
		{"calls", func(n int) string {
			return "func load() []int { return nil }\n" + each(n, "func f%d() {\nm := make(map[int]int)\nfor _, x := range load() {\nm[x] = x\n}\n}\n")
		}},
	} {
		for _, n := range []int{200, 2000} {
			b.Run(fmt.Sprintf("%s/%d", shape.name, n), func(b *testing.B) {
				r := &round{TB: b, loader: l, dir: b.TempDir(), after: make(map[string][]byte), failed: make(map[string]bool)}
				if shape.src == nil {
					r.writeSupport()
					for i := range n {
						r.units = append(r.units, generate(1, i))
					}
					r.dropInvalid()
				} else {
					r.alone = true
					r.write("dep/dep.go", []byte("package dep\n"))
					r.units = []unit{{name: "x", src: "package p\n\n" + shape.src(n)}}
				}
				p := r.load("before", r.sources())
				if len(p.errors) > 0 {
					b.Fatal(p.errors)
				}
				found := 0
				for b.Loop() {
					found = len(r.analyze(p))
				}
				b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(n), "µs/map")
				b.ReportMetric(float64(found), "findings")
			})
		}
	}
}

// each repeats a text with the numbers up to n in it.
func each(n int, format string) string {
	var b strings.Builder
	for i := range n {
		if strings.Contains(format, "%") {
			fmt.Fprintf(&b, format, i)
		} else {
			b.WriteString(format)
		}
	}
	return b.String()
}
