package sizehint_test

import (
	"fmt"
	"strings"
)

// loop writes a loop that fills maps.
func (g *generator) loop() {
	g.push()
	label := ""
	if g.chance(8) {
		label = g.fresh("loop")
		g.line("%s:", label)
	}
	g.labels = append(g.labels, label)
	head := g.head()
	if v := g.inner("int"); v != "" && g.chance(20) && g.loops > 0 {
		g.line("_ = %s", v)
	}
	g.line("%s {", head)
	for _, v := range g.scopes[len(g.scopes)-1] {
		g.b.WriteString("_ = " + v.name + "\n")
	}
	g.loops++
	if g.chance(10) {
		g.noise()
	}
	if g.chance(8) {
		g.jump()
	}
	if g.loops > 1 || g.chance(3) {
		g.stmts(1 + g.IntN(2))
	} else {
		g.insert()
	}
	if label != "" {
		g.line("if %s {\ncontinue %s\n}", g.cond(), label)
	}
	g.loops--
	g.labels = g.labels[:len(g.labels)-1]
	g.line("}")
	g.pop()
}

// head returns the head of a loop and declares its variables.
func (g *generator) head() string {
	switch k := g.IntN(20); {
	case k < 6:
		return g.rangeSlice(g.slice(), "int")
	case k < 7:
		return g.rangeSlice(g.pick("ss", "table", "dep.Table", "b.words", "b.boss.Tags", "strings.Fields(\"a b c d\")", "strings.SplitN(\"a,b,c\", \",\", 10)", "words(n)", "ss[1:]", "[]string{\"a\", \"b\"}"), "string")
	case k < 8:
		return g.rangeSlice(g.pick("us", "us[:len(us)/2]", "slices.Clone(us)"), "*user")
	case k < 9:
		return g.rangeSlice(g.pick("b.arr", "b.ptr", "&b.arr", "matrix", "[10]int{}", "matrix[0]", "*b.ptr", "(b.arr)"), "int")
	case k < 11:
		return g.rangeMap()
	case k < 13:
		n := g.bound()
		return fmt.Sprintf("for %s := range %s", g.local("i", "int"), n)
	case k < 14:
		if g.chance(3) {
			return fmt.Sprintf("for %s := range %s", g.local("i", "uint8"), g.pick("u8", "uint8(12)", "u8/2"))
		}
		return fmt.Sprintf("for %s := range %s", g.local("i", "int64"), g.pick("n64", "typed", "b.n64", "int64(len(xs))", "n64 + 3"))
	case k < 15:
		return g.iterators()
	case k < 19:
		return g.counting()
	}
	i := g.local("i", "int")
	return fmt.Sprintf(g.pick("for %s := range stream(n)", "for %s := range seq(n)", "for %s := 1; %[1]s < 40; %[1]s *= 2", "for %s := 0; even(%[1]s) || %[1]s < n; %[1]s++", "for %s := range slices.Chunk(xs, 2)"), i)
}

func (g *generator) rangeSlice(s, elem string) string {
	switch g.IntN(6) {
	case 0:
		return fmt.Sprintf("for %s := range %s", g.local("i", "int"), s)
	case 1:
		return fmt.Sprintf("for range %s", s)
	case 2:
		if v := g.inner("int"); v != "" && g.loops == 0 {
			return fmt.Sprintf("for %s = range %s", v, s)
		}
	}
	if g.chance(2) {
		return fmt.Sprintf("for _, %s := range %s", g.local("x", elem), s)
	}
	return fmt.Sprintf("for %s, %s := range %s", g.local("i", "int"), g.local("x", elem), s)
}

func (g *generator) rangeMap() string {
	if g.chance(2) {
		return fmt.Sprintf("for %s, %s := range %s", g.local("k", "string"), g.local("v", "int"), g.pick("src", "b.names", "maps.Clone(src)"))
	}
	if g.chance(3) {
		return fmt.Sprintf("for %s := range %s", g.local("k", "int"), g.pick("im", "b.m", "map[int]int{1: 2, 3: 4}"))
	}
	return fmt.Sprintf("for %s, %s := range %s", g.local("k", "int"), g.local("v", "int"), g.pick("im", "b.m"))
}

func (g *generator) iterators() string {
	s := g.slice()
	switch g.IntN(9) {
	case 0:
		return fmt.Sprintf("for %s := range slices.Values(%s)", g.local("x", "int"), s)
	case 1:
		return fmt.Sprintf("for %s, %s := range slices.%s(%s)", g.local("i", "int"), g.local("x", "int"), g.pick("All", "Backward"), s)
	case 2:
		return fmt.Sprintf("for %s := range maps.Keys(%s)", g.local("k", "string"), g.pick("src", "b.names"))
	case 3:
		return fmt.Sprintf("for %s := range maps.Values(%s)", g.local("v", "int"), g.pick("src", "im"))
	case 4:
		return fmt.Sprintf("for %s, %s := range maps.All(src)", g.local("k", "string"), g.local("v", "int"))
	case 5:
		return fmt.Sprintf("for %s, %s := range slices.Sorted(maps.Keys(src))", g.local("i", "int"), g.local("k", "string"))
	case 6:
		return fmt.Sprintf("for _, %s := range slices.Collect(maps.Values(im))", g.local("v", "int"))
	case 7:
		return fmt.Sprintf("for _, %s := range slices.Sorted(slices.Values(%s))", g.local("x", "int"), s)
	}
	return fmt.Sprintf("for _, %s := range slices.Clone(%s)", g.local("x", "int"), s)
}

// counting writes a three-clause loop.
func (g *generator) counting() string {
	typ := g.pick("int", "int", "int", "int", "int64", "uint8")
	i := g.fresh("i")
	limit := map[string]func() string{
		"int":   g.bound,
		"int64": func() string { return g.pick("n64", "b.n64", "typed", "int64(len(xs))", "n64-1", "int64(n)") },
		"uint8": func() string { return g.pick("u8", "12", "u8/2", "uint8(len(xs))", "min(u8, 9)") },
	}[typ]()
	init := g.pick("0", "0", "0", "1", "2", "n", "neg", "len(ss)", "3")
	switch typ {
	case "int64":
		init = g.pick("int64(0)", "int64(1)", "n64", "int64(-4)")
	case "uint8":
		init = g.pick("uint8(0)", "uint8(2)", "u8")
	}
	step := g.pick("%s++", "%s++", "%s++", "%s += 2", "%s = %[1]s + 3", "%s += 1", "%s += limit-12")
	down := g.pick("%s--", "%s--", "%s -= 2", "%s = %[1]s - 3")
	if typ == "uint8" {
		down = "%s--"
	}
	s := ""
	switch g.IntN(8) {
	case 0:
		s = fmt.Sprintf("for %s := %s; %s <= %s; %s", i, init, i, limit, step)
	case 1:
		s = fmt.Sprintf("for %s := %s; %s > %s; %s", i, init, limit, i, step)
	case 2:
		s = fmt.Sprintf("for %s := %s; %s > 0; %s", i, limit, i, down)
	case 3:
		if typ == "uint8" {
			s = fmt.Sprintf("for %s := %s; %s >= 1; %s", i, limit, i, down)
		} else {
			s = fmt.Sprintf("for %s := %s-1; %s >= %s; %s", i, limit, i, init, down)
		}
	case 4:
		if typ == "int" {
			limit = g.pick("len(us)", "len(ss)", "12", "limit", "len(table)")
			s = fmt.Sprintf("for %s := 0; %s != %s; %%s++", i, i, limit)
			break
		}
		fallthrough
	default:
		s = fmt.Sprintf("for %s := %s; %s < %s; %s", i, init, i, limit, step)
	}
	if strings.Contains(s, "%s") {
		s = fmt.Sprintf(strings.ReplaceAll(s, "%s", "%[1]s"), i)
	}
	g.declare(i, typ)
	return s
}

// innerMaps writes maps as elements of a map.
func (g *generator) innerMaps() {
	outer := g.pick("b.deep", "deep")
	if outer == "deep" {
		g.line("deep := %s", g.pick("make(map[string]map[int]int)", "map[string]map[int]int{}", "make(map[string]map[int]int, 3)"))
	} else {
		g.line("b.deep = make(map[string]map[int]int)")
	}
	if g.chance(2) {
		g.maps = append(g.maps, target{expr: outer, key: "string", val: "map[int]int", typ: "map[string]map[int]int"})
	}
	g.line("for i, s := range ss {\n_, _ = i, s")
	g.push()
	g.declare("i", "int")
	g.declare("s", "string")
	g.loops++
	g.labels = append(g.labels, "")
	k := g.pick("s", "s", "us[i].Name", `"fixed"`)
	m := target{expr: outer + "[" + k + "]", key: "int", val: "int", typ: "map[int]int"}
	switch g.IntN(4) {
	case 0:
		g.line("if %[1]s == nil {\n%[1]s = %[2]s\n}", m.expr, g.creation(m.typ))
	case 1:
		name := g.fresh("in")
		g.line("%s := %s", name, g.creation(m.typ))
		g.fillAll(target{expr: name, key: "int", val: "int", typ: m.typ, own: true})
		g.line("end(len(%s))", name)
		g.line("%s = %s", m.expr, name)
	default:
		g.line("%s = %s", m.expr, g.creation(m.typ))
	}
	if g.chance(5) {
		g.line(g.pick(`s = "other"`, "delete(%s, s)", `%s["other"] = map[int]int{}`, "b.deep = nil"), outer)
	}
	g.fillAll(m)
	g.line("end(len(%s))", m.expr)
	g.labels = g.labels[:len(g.labels)-1]
	g.loops--
	g.pop()
	g.line("}")
	g.line("show(%s)", outer)
}

// closure declares a function that adds to the map, and calls it.
func (g *generator) closure(m target) {
	name := g.fresh("add")
	g.push()
	g.declare("k", m.key)
	g.line("%s := func(k %s, v int) {\n_, _ = k, v", name, m.key)
	leave := g.leave
	g.leave = "return"
	g.declare("v", "int")
	switch g.IntN(4) {
	case 0:
		g.loop()
	case 1:
		g.line("%s[%s] = %s", m.expr, g.key(m), g.expr(m.val))
	default:
		g.line("%s[k] = %s", m.expr, g.expr(m.val))
	}
	g.leave = leave
	g.pop()
	g.line("}")
	head := ""
	g.push()
	g.loops++
	g.labels = append(g.labels, "")
	if g.IntN(5) > 0 {
		head = g.head()
		g.line("%s {", head)
		for _, v := range g.scopes[len(g.scopes)-1] {
			g.b.WriteString("_ = " + v.name + "\n")
		}
	}
	for range 1 + g.IntN(2) {
		g.line("%s(%s, %s)", name, g.key(m), g.expr("int"))
	}
	g.labels = g.labels[:len(g.labels)-1]
	g.loops--
	if head != "" {
		g.line("}")
	}
	g.pop()
}

// helper declares a function that fills a parameter, and calls it.
func (g *generator) helper(i int) {
	m := target{expr: "m", key: "int", val: "int", typ: "map[int]int"}
	body, scopes, labels := g.b.String(), g.scopes, g.labels
	g.b.Reset()
	g.scopes = [][]variable{{{"xs", "[]int"}, {"n", "int"}, {"m", "map[int]int"}}}
	for range 1 + g.IntN(2) {
		g.maps = []target{m}
		g.loop()
	}
	fmt.Fprintf(&g.decls, "func fill%d(m map[int]int, n int, xs %s) {\n%s}\n\n", i, g.pick("[]int", "[]int", "...int"), g.b.String())
	variadic := strings.Contains(g.decls.String(), "...int")
	g.b.Reset()
	g.b.WriteString(body)
	g.scopes, g.labels = scopes, labels
	m.expr = g.fresh("m")
	g.maps = []target{m}
	g.line("%s := %s", m.expr, g.creation(g.mapType(m.typ)))
	for range g.IntN(2) {
		g.noise()
	}
	call := func() {
		arg := g.slice()
		if variadic {
			arg = g.pick(arg+"...", "1, 2, 3", "1, n, len(xs), 4, 5, 6, 7, 8, 9")
		}
		g.line("fill%d(%s, %s, %s)", i, m.expr, g.expr("int"), arg)
	}
	call()
	if g.chance(3) {
		g.stmts(1)
	}
	if g.chance(3) {
		call()
	}
	g.end(m)
	g.line("show(%s)", m.expr)
}
