package sizehint_test

import (
	"fmt"
	"go/format"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
)

// A unit is one generated function with the declarations that only it uses,
// in a file of its own.
type unit struct {
	name  string
	src   string // the file, as gofmt writes it
	calls string // the body of a function that calls it with a *Args
}

// generator writes one unit. It may write code that does not type-check: the
// test drops such units, and fails if they are many.
type generator struct {
	*rand.Rand
	b       strings.Builder
	decls   strings.Builder
	scopes  [][]variable
	maps    []target
	names   int
	number  int      // of the unit
	loops   int      // how many loops are around
	labels  []string // of those loops
	leave   string   // the statement that leaves the function
	result  bool     // whether the function returns the map
	generic bool     // whether it has type parameters
	dot     string   // the package that is imported with a dot
}

type variable struct{ name, typ string }

// target is a map that the generated code fills.
type target struct {
	expr     string
	key, val string
	typ      string
	own      bool // a variable of the function that holds nothing else
}

// params are the parameters of each generated function.
var params = []variable{
	{"b", "*box"}, {"xs", "[]int"}, {"ss", "[]string"}, {"us", "[]*user"}, {"src", "map[string]int"},
	{"im", "map[int]int"}, {"n", "int"}, {"n64", "int64"}, {"u8", "uint8"},
}

// generate writes the i-th unit of a seed. It is the same each time.
func generate(seed uint64, i int) unit {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, uint64(i))), number: i}
	if g.chance(8) {
		g.dot = g.pick("maps", "slices") // both at once would clash
	}
	g.push()
	for _, p := range params {
		g.declare(p.name, p.typ)
	}
	u := unit{name: fmt.Sprintf("f%d", i)}
	result := g.function(i)
	var args, types []string
	for _, p := range params {
		args = append(args, "a."+p.name)
		types = append(types, p.name+" "+p.typ)
	}
	typeParams := ""
	if g.generic {
		typeParams, args = "[tk comparable, tl ~[]tk]", append(args, "a.ss")
		types = append(types, "tlist tl")
	}
	call := fmt.Sprintf("%s(%s)", u.name, strings.Join(args, ", "))
	switch {
	case result == "":
		u.calls = call
	case strings.HasPrefix(result, "("):
		u.calls = fmt.Sprintf("m, err := %s; show(m); out(err)", call)
	default:
		u.calls = "show(" + call + ")"
	}
	body := fmt.Sprintf("%s\n// %s is generated.\nfunc %s%s(%s) %s {\n%s}\n", g.decls.String(), u.name, u.name, typeParams, strings.Join(types, ", "), result, g.b.String())
	u.src = g.file(body)
	return u
}

var qualified = regexp.MustCompile(`\b(fmt|maps|slices|sort|strconv|strings|sync|errors|math|dep)\.([A-Z]\w*)`)

// file adds the package clause and the imports that the body needs.
func (g *generator) file(body string) string {
	var imports strings.Builder
	seen := make(map[string]bool)
	for _, m := range qualified.FindAllStringSubmatch(body, -1) {
		pkg := m[1]
		if seen[pkg] {
			continue
		}
		seen[pkg] = true
		path := pkg
		if pkg == "dep" {
			path = "generated/dep"
		}
		if g.dot == pkg || g.dot != "" && pkg == "dep" {
			fmt.Fprintf(&imports, ". %q\n", path)
			body = strings.ReplaceAll(body, pkg+".", "")
			continue
		}
		fmt.Fprintf(&imports, "%q\n", path)
	}
	src := "package p\n"
	if imports.Len() > 0 {
		src += "\nimport (\n" + imports.String() + ")\n"
	}
	src += "\n" + body
	if clean, err := format.Source([]byte(src)); err == nil {
		return string(clean)
	}
	return src // dropped by the caller
}

func (g *generator) chance(n int) bool { return g.IntN(n) == 0 }

func (g *generator) pick(s ...string) string { return s[g.IntN(len(s))] }

// line writes a statement, sometimes with a comment.
func (g *generator) line(s string, args ...any) {
	if g.chance(25) {
		g.b.WriteString("// A comment above.\n")
	}
	fmt.Fprintf(&g.b, s, args...)
	if g.chance(25) && !strings.HasSuffix(s, "{") {
		g.b.WriteString(" // a comment behind")
	}
	g.b.WriteString("\n")
}

func (g *generator) fresh(prefix string) string {
	g.names++
	return fmt.Sprintf("%s%d", prefix, g.names)
}

func (g *generator) push() { g.scopes = append(g.scopes, nil) }
func (g *generator) pop()  { g.scopes = g.scopes[:len(g.scopes)-1] }

func (g *generator) declare(name, typ string) {
	top := len(g.scopes) - 1
	g.scopes[top] = append(g.scopes[top], variable{name, typ})
}

// local returns a new variable's name, now and then one that shadows another.
func (g *generator) local(prefix, typ string) string {
	name := g.fresh(prefix)
	if len(g.scopes) > 2 && g.chance(12) {
		name = g.pick("n", "xs", "b", "len", "make", "int", "src", "i", "x", "total", "min")
	}
	g.declare(name, typ)
	return name
}

// variable returns a visible variable of a type, "" if there is none. It
// prefers those of inner scopes.
func (g *generator) variable(typ string) string {
	hidden := make(map[string]bool)
	var names []string
	for _, scope := range slices.Backward(g.scopes) {
		for _, v := range slices.Backward(scope) {
			if !hidden[v.name] && v.typ == typ {
				names = append(names, v.name)
			}
			hidden[v.name] = true
		}
	}
	if len(names) == 0 {
		return ""
	}
	if len(names) > 2 && g.IntN(3) > 0 {
		names = names[:2]
	}
	return g.pick(names...)
}

// inner returns a visible variable of a type that is no parameter, or "".
func (g *generator) inner(typ string) string {
	v := g.variable(typ)
	for _, p := range params {
		if v == p.name {
			return ""
		}
	}
	return v
}
