package sizehint_test

import (
	"fmt"
	"strings"
)

// mapTypes are the types of the maps that are made, with the names that they
// go by as well.
var mapTypes = []struct {
	key, val string
	named    []string
}{
	{"int", "int", []string{"counts", "intMap", "dict[int, int]"}},
	{"int", "int", []string{"counts", "intMap"}},
	{"string", "int", []string{"tally", "wordMap", "dict[string, int]"}},
	{"int", "struct{}", []string{"set"}},
	{"int", "bool", nil},
	{"string", "bool", nil},
	{"pair", "int", nil},
	{"int64", "string", nil},
	{"uint8", "int", nil},
	{"uint16", "int", nil},
	{"float64", "int", nil},
	{"*user", "bool", nil},
	{"any", "int", nil},
	{"[2]int", "int", nil},
	{"color", "int", nil},
	{"int", "[]int", nil},
	{"string", "*user", []string{"dict[string, *user]"}},
	{"string", "string", nil},
	{"int", "func() int", nil},
}

func (g *generator) newTarget(expr string) target {
	t := mapTypes[g.IntN(len(mapTypes))]
	return target{expr: expr, key: t.key, val: t.val, typ: "map[" + t.key + "]" + t.val}
}

func (g *generator) pickTarget(t ...target) target { return t[g.IntN(len(t))] }

// mapType returns one of the names of a map type.
func (g *generator) mapType(typ string) string {
	if g.chance(3) {
		for _, t := range mapTypes {
			if typ == "map["+t.key+"]"+t.val && len(t.named) > 0 {
				return g.pick(t.named...)
			}
		}
	}
	return typ
}

// creation writes the making of an empty map.
func (g *generator) creation(typ string) string {
	s := fmt.Sprintf(g.pick("make(%s)", "make(%s)", "make(%s)", "make(%s, 0)", "%s{}", "%s{}", "(make(%s))", "make(\n%s,\n)", "make(\n%s,\n0,\n)",
		"make(%s /* no size */)", "make( // a map\n%s)", "%s{ /* empty */ }", "%s{\n}", "/* new */ make(%s)", "((%s{}))", "(make)(%s)", "make(%s, 2-2)", "make(%s, none)"), typ)
	if strings.Contains(s, "none") {
		name := g.fresh(fmt.Sprintf("none%d_", g.number))
		fmt.Fprintf(&g.decls, "const %s = 0\n\n", name)
		s = strings.Replace(s, "none", name, 1)
	}
	return s
}

// stmts writes some statements.
func (g *generator) stmts(n int) {
	for range n {
		switch k := g.IntN(20); {
		case k < 9:
			g.insert()
		case k < 12:
			g.conditional()
		case k < 14:
			g.noise()
		case k < 15:
			g.use()
		case k < 16:
			g.block()
		case k < 17:
			g.jump()
		case g.loops < 3 && k < 19:
			g.loop()
		default:
			g.bulk()
		}
	}
}

func (g *generator) target() target { return g.maps[len(g.maps)-1-g.IntN(min(2, len(g.maps)))] }

// insert writes an assignment to an element, in one of many forms.
func (g *generator) insert() {
	m := g.target()
	key, val := g.key(m), g.expr(m.val)
	if i := g.inner("int"); i != "" && m.key == "int" && g.chance(2) {
		key = i // more often than not the keys are distinct
	}
	switch k := g.IntN(30); {
	case k < 14:
		g.line("%s[%s] = %s", m.expr, key, val)
	case k < 16:
		g.line("%s[%s], %s[%s] = %s, %s", m.expr, key, m.expr, g.key(m), val, g.expr(m.val))
	case k == 16 && m.val == "int":
		g.line("%s[%s]%s", m.expr, key, g.pick("++", " += 2", " = "+m.expr+"["+key+"] + 1"))
	case k == 17 && m.val == "[]int":
		g.line("%[1]s[%[2]s] = append(%[1]s[%[2]s], %[3]s)", m.expr, key, g.expr("int"))
	case k == 18:
		g.line("if _, ok := %[1]s[%[2]s]; !ok {\n%[1]s[%[2]s] = %[3]s\n}", m.expr, key, val)
	case k == 19:
		g.line("if _, dup := %[1]s[%[2]s]; dup {\n%[4]s\n}\n%[1]s[%[2]s] = %[3]s", m.expr, key, val, g.leaving())
	case k == 20:
		name := g.fresh("k")
		g.line("%s := %s\n%s[%s] = %s", name, key, m.expr, name, val)
	case k == 21:
		g.line("func() { %s[%s] = %s }()", m.expr, key, val)
	case k == 22:
		g.line("defer func() { %s[%s] = %s }()", m.expr, key, val)
	case k == 23:
		g.line("if %s[%s] = %s; %s {\n%s\n}", m.expr, key, val, g.cond(), g.pick("out(1)", g.leaving()))
	case k == 24:
		g.line("switch %s[%s] = %s; {\ncase %s:\nout(2)\n}", m.expr, key, val, g.cond())
	case k == 25:
		alias := g.fresh("alias")
		g.line("%s := %s\n%s[%s] = %s", alias, m.expr, alias, key, val)
	case k == 26 && m.val == "int":
		g.line("for %s[%s] = range %s {\n}", m.expr, key, g.slice())
	case k == 27 && m.val == "int":
		g.line("var wg%[1]d sync.WaitGroup\nwg%[1]d.Go(func() { defer func() { recover() }(); %[2]s[%[3]s] = %[4]s })\nwg%[1]d.Wait()", g.names+100, m.expr, key, val)
		g.names++
	case k == 28 && m.val == "int":
		g.line("select {\ncase %s[%s] = <-stream(3):\ndefault:\n}", m.expr, key)
	case k == 29:
		p := g.fresh("p")
		g.line("%s := &%s\n(*%s)[%s] = %s", p, m.expr, p, key, val)
	default:
		g.line("%s[%s] = %s", m.expr, key, val)
	}
}

// leaving writes a statement that leaves the loop, its iteration or the
// function.
func (g *generator) leaving() string {
	if g.loops == 0 {
		return g.pick("out(3)", g.leave, `panic("dup")`)
	}
	s := []string{"continue", "continue", "continue", "break", g.leave, `panic("bad")`, "out(4)"}
	if len(g.labels) > 0 && g.labels[len(g.labels)-1] != "" {
		s = append(s, "continue "+g.labels[len(g.labels)-1], "break "+g.labels[len(g.labels)-1])
	}
	return g.pick(s...)
}

func (g *generator) conditional() {
	switch g.IntN(6) {
	case 0:
		g.line("if %s {", g.cond())
		g.scoped(func() { g.stmts(1) })
		if g.chance(2) {
			g.line("} else {")
			g.scoped(func() { g.stmts(1) })
		}
		g.line("}")
	case 1:
		g.line("if err := check(%s); err != nil {\n%s\n}", g.expr("int"), g.leaving())
	case 2:
		g.line("switch %s {", g.pick("", g.expr("int")+" % 3"))
		if strings.HasSuffix(lastLine(g.b.String()), "3 {") {
			g.line("case 0, 1:")
		} else {
			g.line("case %s:", g.cond())
		}
		g.scoped(func() { g.stmts(1) })
		if g.chance(2) {
			g.line("fallthrough")
		}
		g.line("default:")
		g.scoped(func() { g.stmts(1) })
		g.line("}")
	case 3:
		g.line("switch x := any(%s).(type) {\ncase int:\n_ = x", g.expr(g.pick("int", "string", "int64")))
		g.scoped(func() { g.declare("x", "int"); g.stmts(1) })
		g.line("default:")
		g.scoped(func() { g.stmts(1) })
		g.line("}")
	default:
		g.line("if %s {\n%s\n}", g.cond(), g.leaving())
	}
}

func (g *generator) scoped(f func()) {
	g.push()
	f()
	g.pop()
}

func (g *generator) block() {
	g.line("{")
	g.scoped(func() {
		if g.chance(2) {
			x := g.expr("int")
			v := g.local("w", "int")
			g.line("%s := %s\n_ = %s", v, x, v)
		}
		g.stmts(2)
	})
	g.line("}")
}

// jump writes something that ends or repeats what is around it.
func (g *generator) jump() {
	if g.loops == 0 {
		g.line("if %s {\n%s\n}", g.pick("len(xs) == 0", "b == nil", g.cond()), g.leave)
		return
	}
	g.line("if %s {\n%s\n}", g.cond(), g.leaving())
}

// use writes an operation on a map that does not add an entry, or hides one
// that does.
func (g *generator) use() {
	m := g.target()
	key := g.key(m)
	g.line(g.pick("delete(%[1]s, %[2]s)", "out(len(%[1]s))", "out(mix(%[1]s))", "clear(%[1]s)", "_ = %[1]s", "if %[1]s == nil { out(5) }",
		"keep(%[1]s)(%[2]s, %[3]s)", "func() { _ = %[1]s[%[2]s] }()", "%[1]s = %[4]s", "if %[5]s { %[1]s = %[4]s }", "%[1]s = nil; %[1]s = %[4]s",
		"maps.DeleteFunc(%[1]s, func("+m.key+", "+m.val+") bool { return false })", "_ = maps.Clone(%[1]s)", "for range %[1]s { out(6) }", "out(%[1]s == nil)"),
		m.expr, key, g.expr(m.val), g.creation(m.typ), g.cond())
}

// bulk writes a call that adds entries.
func (g *generator) bulk() {
	m := g.target()
	switch {
	case m.key == "int" && m.val == "int":
		g.line(g.pick("maps.Copy(%[1]s, im)", "fill(%[1]s, %[2]s)", "index(%[1]s, %[2]s...)", "opaque(%[1]s)", "maps.Insert(%[1]s, slices.All(%[2]s))",
			"dep.Fill(%[1]s, %[2]s)", "dep.Grow(%[1]s)", "index(%[1]s, 1, 2, n)", "maps.Insert(%[1]s, maps.All(im))", "maps.Copy(%[1]s, %[1]s)"), m.expr, g.slice())
	case m.key == "int" && m.val == "bool":
		g.line(g.pick("dep.FillIndex(%[1]s, %[2]s...)", "dep.FillIndex(%[1]s, 1, 2, 3)"), m.expr, g.slice())
	case m.key == "string" && m.val == "int":
		g.line(g.pick("maps.Copy(%[1]s, src)", "index(%[1]s, ss...)", "maps.Insert(%[1]s, maps.All(src))", "maps.Copy(%[1]s, src); src = nil"), m.expr)
	default:
		g.insert()
	}
}

// noise writes a statement that has to do with bounds rather than maps.
func (g *generator) noise() {
	switch g.IntN(18) {
	case 16:
		g.line("%s", g.pick("grid[0] = append(grid[0][:3:3], xs...)", "grid = grid[1:]", "grid[1] = nil", "*sizes = 4", "*lists = xs", "lists = &xs", "*b = box{n: 4, items: xs, m: b.m, names: b.names}", "*b.boss = user{Name: \"new\"}", "xs = *lists"))
	case 17:
		g.line("%s", g.pick("if len(xs) > 0 { xs[0] = n }", "b.n /= 2", "b.n64 = 3", "b.next.n = 12", "b.next = &box{n: 4}", "us[0].ID += 50", "us[0].Tags = nil", "b.words = ss"))
	case 0:
		v := g.fresh("l")
		g.line("%s := %s\n_ = %s", v, g.slice(), v)
		g.declare(v, "[]int")
	case 1:
		v := g.fresh("c")
		g.line("%s := %s\n_ = %s", v, g.expr("int"), v)
		g.declare(v, "int")
	case 2:
		g.line("%s", g.pick("if len(xs) < 30 { xs = append(xs, n) }", "xs = xs[:len(xs)/2]", "if len(ss) < 30 { ss = append(ss[:len(ss):len(ss)], \"more\") }", "us = nil", "if len(xs) > 3 { xs = xs[1:] }", "xs = ints(n)"))
	case 3:
		g.line("%s", g.pick("if n < 30 { n++ }", "n = len(xs)", "n64 = int64(n)", "n /= 2", "n, n64 = 5, 6", "if u8 < 30 { u8 += 2 }"))
	case 4:
		g.line("%s", g.pick("if len(b.items) < 30 { b.grow() }", "b.cut()", "b.items = nil", "b.items = ints(9)", "b.n = 11", "b.ptr = nil", "b.boss = nil", "if b.next != nil { b = b.next }", "b.boss.Tags = ss"))
	case 5:
		g.line("%s", g.pick("if len(shared) < 30 { touch() }", "shared = nil", "total = 10", "total = len(xs)"))
	case 6:
		g.line(`trace("t%d")`, g.IntN(100))
	case 7:
		g.line("if %s {\n%s\n}", g.pick("b == nil", "len(xs) == 0", "n < 1", "b == nil || b.boss == nil", "len(us) == 0", "n > 15"), g.leave)
	case 8:
		p := g.fresh("p")
		g.line("%s := &n\nif *%s < 30 {\n*%s += 2\n}", p, p, p)
	case 9:
		v := g.fresh("a")
		g.line("var %s [13]int\n_ = %s", v, v)
		g.declare(v, "[13]int")
	case 10:
		v := g.fresh("g")
		g.line("%s := func() {\nif len(xs) < 30 {\nxs = append(xs, 1)\n}\n}\n_ = %s", v, v)
		g.declare(v, "func()")
	case 11:
		if f := g.variable("func()"); f != "" {
			g.line("%s()", f)
		}
	case 12:
		g.line("%s", g.pick("delete(src, \"k1\")", "src = nil", "clear(im)", "if im != nil && len(im) < 40 { im[len(im)*2+1] = 1 }", "im = map[int]int{1: 2, 3: 4}", "if src != nil { src[\"new\"] = 1 }"))
	case 13:
		v := g.fresh("u")
		g.line("%s := b.boss\n_ = %s", v, v)
		g.declare(v, "*user")
	case 14:
		v := g.fresh("d")
		g.line("var %s = %s\n_ = %s", v, g.pick("[]int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}", "[]int{15: 1}", "make([]int, 12)", "append([]int(nil), xs...)", "[]int{1, 2}", "xs[:min(4, len(xs))]"), v)
		g.declare(v, "[]int")
		if g.chance(3) {
			g.line(g.pick("%[1]s = append(%[1]s, 1)", "%[1]s[0] = 3", "%[1]s = nil"), v)
		}
	case 15:
		v := g.fresh("e")
		g.line("%s, err := pairs(%s)\nif err != nil {\n%s\n}\n_ = %s", v, g.expr("int"), g.leave, v)
		g.declare(v, "[]int")
	}
}
