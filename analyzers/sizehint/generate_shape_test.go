package sizehint_test

import (
	"fmt"
	"strings"
)

// function writes the body of the unit and returns its result list.
func (g *generator) function(i int) (result string) {
	shape := g.IntN(20)
	g.result = (shape < 9 || shape == 15 || shape == 19) && g.chance(3)
	switch {
	case g.result:
		g.leave = "return nil"
	case shape == 9:
		g.leave = g.pick("return", "return nil, errOdd", "return m, errOdd")
	default:
		g.leave = "return"
	}
	for range g.IntN(2) {
		g.noise()
	}
	switch {
	case shape < 9:
		m := g.localMap()
		if g.chance(3) {
			g.b.WriteString("// The size is known.\n")
		}
		return g.finish(m, g.mapType(m.typ))
	case shape == 9:
		return g.namedResult()
	case shape == 10:
		g.assignedField()
	case shape == 11:
		g.literalField()
	case shape == 12: // an inner map
		g.innerMaps()
	case shape == 13:
		return g.genericMap()
	case shape == 14: // a package variable
		g.packageVar(i)
	case shape == 15:
		return g.inBranch()
	case shape == 16:
		g.inLiteral()
	case shape == 17:
		g.repeated()
	case shape == 18: // a helper of its own
		g.helper(i)
	default:
		return g.copied()
	}
	return ""
}

// namedResult makes the map that is a named result.
func (g *generator) namedResult() string {
	m := g.newTarget("m")
	m.own = true
	m.typ = g.mapType(m.typ)
	g.line("m = %s", g.creation(m.typ))
	g.fillAll(m)
	g.end(m)
	g.line("%s", g.pick("return m, nil", "return"))
	return fmt.Sprintf("(m %s, err error)", m.typ)
}

// assignedField makes the map of a field.
func (g *generator) assignedField() {
	m := g.pickTarget(target{expr: "b.m", key: "int", val: "int", typ: "map[int]int"}, target{expr: "b.names", key: "string", val: "int", typ: "map[string]int"},
		target{expr: "b.next.m", key: "int", val: "int", typ: "map[int]int"})
	g.line("%s = %s", m.expr, g.creation(m.typ))
	if g.chance(3) {
		g.line("%s", g.pick("b.add(-50)", "b.next = b", "b = b.next", "b.m = nil", "b = new(box)"))
	}
	g.fillAll(m)
	if g.chance(4) {
		g.line("%s", g.pick("b.add(-99)", "opaque(b.m)"))
	}
	g.line("end(len(%s))", m.expr)
}

// literalField makes a map in a struct literal.
func (g *generator) literalField() {
	s := g.fresh("s")
	f := g.pick("m", "names")
	key := map[string]string{"m": "int", "names": "string"}[f]
	m := target{expr: s + "." + f, key: key, val: "int", typ: "map[" + key + "]int"}
	lit := fmt.Sprintf("box{%s: %s}", f, g.creation(m.typ))
	if g.chance(3) {
		lit = fmt.Sprintf("box{\nn: 3, // three\n%s: %s,\n}", f, g.creation(m.typ))
	}
	g.line(g.pick("%s := %s", "%s := &%s", "var %s = %s", "%s := &%s"), s, lit)
	if g.chance(4) {
		g.line(g.pick("%[1]s.add(-50)", "%[1]s.n++", "t := %[1]s; t.m = nil", "t := &%[1]s; _ = t"), s)
	}
	g.fillAll(m)
	if g.chance(4) {
		g.line(g.pick("%[1]s.add(-99)", "b.next = %[1]s; b.next.add(-98)", "func() { %[1]s.m[-97] = 1 }()"), s)
	}
	g.line("end(len(%s))", m.expr)
	g.line("show(%s)", m.expr)
}

// genericMap makes a map with keys of a type parameter.
func (g *generator) genericMap() string {
	g.generic = true
	g.declare("tlist", "tl")
	m := target{expr: g.fresh("m"), key: "tk", val: g.pick("int", "bool"), own: true}
	m.typ = fmt.Sprintf("map[tk]%s", m.val)
	g.line("%s := %s", m.expr, g.creation(m.typ))
	g.maps = append(g.maps, m)
	g.line("%s {\n_ = x", g.pick("for _, x := range slices.All(tlist)", "for _, x := range tlist", "for x := range slices.Values(tlist)"))
	g.push()
	g.declare("x", "tk")
	g.stmts(1 + g.IntN(2))
	g.line("%s[x] = %s", m.expr, g.expr(m.val))
	g.pop()
	g.line("}")
	return g.finish(m, m.typ)
}

// inBranch makes a map in a branch or a loop.
func (g *generator) inBranch() string {
	m := g.newTarget(g.fresh("m"))
	m.own = true
	g.line("var %s %s", m.expr, m.typ)
	switch g.IntN(4) {
	case 0:
		g.line("if %s == nil {\n%s = %s\n}", m.expr, m.expr, g.creation(m.typ))
	case 1:
		g.line("if %s {\n%s = %s\n} else {\n%s = %s\n}", g.cond(), m.expr, g.creation(m.typ), m.expr, g.creation(m.typ))
	case 2:
		g.line("switch {\ncase %s:\n%s = %s\ndefault:\n", g.cond(), m.expr, g.creation(m.typ))
		g.line("%s = %s\n", m.expr, g.creation(m.typ))
		g.line("}")
	case 3:
		g.line("for i := range 2 {\n_ = i")
		g.maps = append(g.maps, m)
		g.line("%s = %s", m.expr, g.creation(m.typ))
		g.stmts(2)
		g.line("}")
	}
	g.fillAll(m)
	return g.finish(m, m.typ)
}

// inLiteral makes a map in a function literal or a loop.
func (g *generator) inLiteral() {
	g.line("%s {", g.pick("func()", "defer func()", "run := func()", "for range 2", "sync.OnceFunc(func()"))
	head := lastLine(g.b.String())
	g.push()
	m := g.localMap()
	g.end(m)
	g.pop()
	switch {
	case strings.HasPrefix(head, "run"):
		g.line("}\nrun()\nrun()")
	case strings.HasPrefix(head, "for"):
		g.line("}")
	case strings.HasPrefix(head, "sync"):
		g.line("})()")
	default:
		g.line("}()")
	}
}

// repeated fills a map several times by a goto.
func (g *generator) repeated() {
	m := g.newTarget(g.fresh("m"))
	g.line("round := 0")
	g.line("var %s %s", m.expr, m.typ)
	g.line("%s = %s", m.expr, g.creation(m.typ))
	g.line("again:")
	g.fillAll(m)
	g.line("round++")
	if g.chance(2) {
		g.line("n += 3; xs = append(xs, 1)")
	}
	g.line("if round < 3 {\ngoto again\n}")
	g.end(m)
}

// copied makes two maps, of which one copies the other.
func (g *generator) copied() string {
	m := g.localMap()
	n := m
	n.expr = g.fresh("m")
	n.own = true
	g.line("%s := %s", n.expr, g.creation(m.typ))
	g.line(g.pick("maps.Copy(%[2]s, %[1]s)", "for k, v := range %[1]s {\n%[2]s[k] = v\n}", "maps.Insert(%[2]s, maps.All(%[1]s))"), m.expr, n.expr)
	g.maps = append(g.maps, n)
	g.stmts(g.IntN(2))
	g.end(m)
	return g.finish(n, g.mapType(m.typ))
}

func lastLine(s string) string {
	s = strings.TrimSpace(s)
	return s[strings.LastIndexByte(s, '\n')+1:]
}

// localMap declares a map in one of the ways to do that, and fills it.
func (g *generator) localMap() target {
	m := g.newTarget(g.fresh("m"))
	m.own = true
	name := m.expr
	typ := g.mapType(m.typ)
	switch g.IntN(8) {
	case 0:
		g.line("var %s = %s", name, g.creation(typ))
	case 1:
		g.line("var %s %s = %s", name, typ, g.creation(typ))
	case 2:
		g.line("var %s %s", name, typ)
		g.noise()
		g.line("%s = %s", name, g.creation(typ))
	case 3:
		g.line("var (\n%s = %s // the map\n)", name, g.creation(typ))
	case 4:
		other := g.fresh("v")
		g.line("%s, %s := %s, %s", name, other, g.creation(typ), g.expr("int"))
		g.line("_ = %s", other)
	default:
		g.line("%s := %s", name, g.creation(typ))
	}
	g.fillAll(m)
	return m
}

// fillAll writes what comes between the making of a map and its end.
func (g *generator) fillAll(m target) {
	if g.chance(4) {
		g.b.WriteString("\n")
	}
	for range max(0, g.IntN(4)-1) {
		g.noise()
	}
	g.maps = append(g.maps, m)
	if g.chance(6) {
		g.closure(m)
	}
	for range 1 + g.IntN(2) {
		g.loop()
	}
	if g.chance(3) {
		g.stmts(1 + g.IntN(2))
	}
}

func (g *generator) end(m target) { g.line("end(len(%s))", m.expr) }

// finish ends the function with the map as its result, or shows it.
func (g *generator) finish(m target, typ string) string {
	g.end(m)
	if g.result {
		g.line("return %s", m.expr)
		return typ
	}
	g.line(g.pick("out(mix(%s))", "show(%s)", "for range %s {\nout(7)\n}"), m.expr)
	return ""
}

// packageVar declares a package variable, which init functions fill.
func (g *generator) packageVar(i int) {
	m := g.newTarget(fmt.Sprintf("global%d", i))
	simple := g.chance(2)
	if simple {
		m.key, m.val, m.typ = "int", "int", "map[int]int"
	}
	fmt.Fprintf(&g.decls, "var %s = %s\n\n", m.expr, g.creation(m.typ))
	outer, before := g.b.String(), g.maps
	g.b.Reset()
	if simple {
		for range 1 + g.IntN(2) {
			g.line("for i := range %s {\n%s[i%s] = i\n}", g.pick("shared", "primes", "dep.Table", "limit", "matrix", "table", "dep.Size"), m.expr, g.pick("", "", "+100", "*2"))
		}
		if g.chance(3) {
			fmt.Fprintf(&g.decls, "func init() { %s[-1] = 1 }\n\n", m.expr)
		}
	} else {
		g.line("defer func() { out(recover()) }()")
		g.line("a := newArgs(12)")
		for _, p := range params {
			g.line("%[1]s := a.%[1]s\n_ = %[1]s", p.name)
		}
		g.fillAll(m)
	}
	g.end(m)
	fmt.Fprintf(&g.decls, "func init() {\n%s}\n", g.b.String())
	g.b.Reset()
	g.b.WriteString(outer)
	g.maps = before
	if g.chance(3) {
		g.line("clear(%s)", m.expr)
	}
	if simple { // else the entries may depend on the order of a map, for good
		g.line("show(%s)", m.expr)
	}
}
