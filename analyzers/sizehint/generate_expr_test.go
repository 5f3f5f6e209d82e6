package sizehint_test

import (
	"fmt"
	"strconv"
)

// slice writes an expression of type []int.
func (g *generator) slice() string {
	for range 3 {
		if v := g.variable("[]int"); v != "" && g.chance(2) {
			return v
		}
	}
	return g.pick("xs", "xs", "b.items", "b.next.items", "shared", "primes", "ints(n)", "dep.Ints(n)", "b.list()", "xs[:len(xs)/2]", "xs[1:]", "b.items[:b.n]", "(xs)",
		"b.arr[:]", "b.ptr[2:]", "[]int{4, 5, 6, 7, 8, 9, 10, 11, 12}", "append(xs, 1)", "slices.Clone(xs)", "matrix[n][:]", "grid[0]", "grid[n]", "*lists", "slices.Sorted(slices.Values(xs))")
}

// bound writes an integer that limits a loop.
func (g *generator) bound() string {
	if v := g.variable("int"); v != "" && g.chance(4) {
		return v
	}
	if v := g.variable("[]int"); v != "" && g.chance(3) {
		return "len(" + v + ")"
	}
	s := []string{"n", "n", "len(xs)", "len(xs)", "len(b.items)", "b.n", "12", "limit", "len(ss)+len(us)", "len(xs)-1", "total", "dep.Limit", "dep.Size", "b.size()", "len(b.arr)", "len(b.ptr)",
		"int(n64)", "len(table)", "cap(xs)", "min(n, len(xs))", "max(n, 3)", "n-1", "n+2", "len(xs)/2", "b.next.n", "len(src)", "len(b.boss.Tags)", "9", "limit-2", "int(u8)", "n<<1", "len(xs)%4", "b.count()", "+n", "(n)", "limit>>1", "xs[0]", "len(grid)", "len(grid[1])", "*sizes"}
	if g.loops == 0 {
		s = append(s, "len(xs)*len(ss)", "n*3", "2*len(xs)", "n*n")
	}
	return g.pick(s...)
}

// cond writes a condition.
func (g *generator) cond() string {
	i := g.expr("int")
	return g.pick(i+"%2 == 0", i+" > 3", "even("+i+")", "n > 4", "len(xs) > 2", i+" != 0", i+" == 7", "b != nil", i+" < n", g.expr("string")+" != \"\"", "!even("+i+")", "check("+i+") == nil",
		"b != nil && b.n > 2", i+"%3 != 1 || n > 100", "trace(\"cond\")", g.expr("string")+" == \"s3\"")
}

// key writes a key for a map.
func (g *generator) key(m target) string {
	if m.own && g.chance(40) && m.key == "int" {
		return "len(" + m.expr + ")"
	}
	return g.expr(m.key)
}

// expr writes an expression of a type.
func (g *generator) expr(typ string) string {
	v := g.inner(typ)
	if v == "" || g.chance(4) {
		if p := g.variable(typ); p != "" && (v == "" || g.chance(2)) {
			v = p
		}
	}
	if v != "" && g.chance(2) {
		return v
	}
	switch typ {
	case "int":
		return g.integer()
	case "string":
		i := g.expr("int")
		return g.pick("strconv.Itoa("+i+")", "fmt.Sprint("+i+")", "\"key\"", "b.boss.Name", "\"p\" + strconv.Itoa("+i+")", "string(rune("+i+"))", g.either("string", "ss[0]")+"+\"x\"", "strings.ToUpper("+g.either("string", "ss[0]")+")", "us["+i+"].Name", "table[n%4]",
			strconv.Quote(g.pick("a", "b", "c")), g.either("*user", "us[0]")+".Name")
	case "bool":
		return g.pick("true", "true", "false", "even("+g.expr("int")+")", "n > 3")
	case "struct{}":
		return "struct{}{}"
	case "int64":
		return g.pick("n64", "int64("+g.expr("int")+")", g.either("int64", "n64")+" + 1", "3", "int64(7)", g.either("int64", "n64"))
	case "uint8", "uint16":
		return g.pick(typ+"(u8)", typ+"("+g.expr("int")+")", "3", typ+"("+g.either("uint8", "u8")+")")
	case "float64":
		return g.pick("float64("+g.expr("int")+")", "math.NaN()", "1.5", "float64("+g.expr("int")+") / 2", "float64("+g.either("int64", "n64")+")", "0.0", "-0.0")
	case "pair":
		i, j := g.integer(), g.integer()
		return g.pick("pair{"+i+", "+j+"}", "pair{a: "+i+", b: "+j+"}", "pair{b: "+i+"}", "pair{"+i+", 3}")
	case "[2]int":
		i, j := g.integer(), g.integer()
		return g.pick("[2]int{"+i+", "+j+"}", "[2]int{1: "+i+"}", "[...]int{"+i+", 4}")
	case "*user":
		return g.pick("us[0]", "b.boss", "&user{ID: "+g.expr("int")+"}", g.either("*user", "b.boss"), "nil", "new(user)")
	case "any":
		i := g.integer()
		return g.pick(i, "any("+i+")", "int64("+i+")", g.expr("string"), "nil", "1", "int64(1)", "1.0", "'a'", "97", g.expr("pair"))
	case "color":
		return g.pick("red", "green", "color("+g.expr("string")+")", "\"blue\"")
	case "[]int":
		return g.pick("nil", g.slice(), "[]int{"+g.integer()+"}")
	case "map[int]int":
		return g.pick("nil", "map[int]int{}", "make(map[int]int)", "map[int]int{1: 2}")
	case "func() int":
		return g.pick("nil", "func() int { return "+g.integer()+" }")
	case "tk":
		return g.pick("x", "tlist[0]", "x", "*new(tk)")
	}
	return "nil"
}

func (g *generator) either(typ, other string) string {
	if v := g.inner(typ); v != "" {
		return v
	}
	return other
}

func (g *generator) integer() string {
	i := g.either("int", "n")
	if g.chance(3) {
		if j := g.variable("int"); j != "" {
			i = j
		}
	}
	j := g.variable("int")
	if j == "" {
		j = "total"
	}
	return g.pick(i, i, i, i, i, i+" + 1", i+"*2", i+"%5", i+"/2", i+" + "+j, i+"*10 + "+j, "-"+i, i+" & 3", i+" ^ 1", fmt.Sprint(g.IntN(15)), fmt.Sprint(g.IntN(15)), "n", "len(xs)", "len(ss)", "100 - "+i, i+" - "+j,
		"xs["+i+"]", g.either("*user", "us[0]")+".ID", "int("+g.either("int64", "n64")+")", "len("+g.either("string", "ss[0]")+")", "b.n", "limit", "int("+g.either("uint8", "u8")+")", "src["+g.either("string", "\"k1\"")+"]", "im["+i+"]", i+" + 100", "int(uint8("+i+"))",
		"int(int8("+i+"))", "xs[:len(xs)/2]["+i+"]", "min("+i+", 5)", i+" << 1", j+" + "+i)
}
