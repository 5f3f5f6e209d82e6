package join

import (
	"slices"
	"strings"

	"github.com/mapdiag/mapdiag/internal/record/raw"
	"github.com/mapdiag/mapdiag/internal/sites"
)

// Profile joins what one process left with the source.
func (s *Sources) Profile(process *raw.Process, command []string) *sites.Profile {
	p := &sites.Profile{
		Schema: sites.Schema, Go: process.Go, Arch: process.GOOS + "/" + process.GOARCH, Module: s.module, Command: command,
		Recorded: process.Started.UTC(), Processes: 1, Lost: process.Lost, Access: uint64(process.Access),
	}
	found := s.resolve(process.Sites)
	packages := make(map[string]*sites.Package)
	type key struct {
		pkg string
		sites.Place
		typ      string
		atGrowth bool
	}
	seen := make(map[key]int)
	for i := range process.Sites {
		r, f := &process.Sites[i], found[i]
		site := convert(r, f.Place, s)
		pkg := packages[f.pkg]
		if pkg == nil {
			pkg = &sites.Package{Path: f.pkg}
			packages[f.pkg] = pkg
		}
		k := key{f.pkg, f.Place, r.Type, r.AtGrowth}
		if at, ok := seen[k]; ok {
			pkg.Sites[at].Add(&site)
			continue
		}
		seen[k] = len(pkg.Sites)
		pkg.Sites = append(pkg.Sites, site)
	}
	for _, pkg := range packages {
		pkg.Fold()
		p.Packages = append(p.Packages, *pkg)
	}
	p.Sort()
	return p
}

// A match is where a site belongs to.
type match struct {
	pkg string
	sites.Place
}

// resolve finds the places of sites, one for each.
func (s *Sources) resolve(all []raw.Site) []match {
	found := make([]match, len(all))
	// Makes on one line differ by nothing but the order in which they first ran.
	type like struct {
		stack string
		typ   string
	}
	groups := make(map[like][]int)
	for i := range all {
		var b strings.Builder
		for _, f := range all[i].Stack {
			b.WriteString(f.File)
			b.WriteByte(':')
			b.WriteString(f.Func)
			b.WriteByte(':')
			b.WriteByte(byte(f.Line))
			b.WriteByte(byte(f.Line >> 8))
			b.WriteByte(byte(f.Line >> 16))
		}
		k := like{b.String(), all[i].Type}
		if all[i].AtGrowth {
			k.typ += " at growth"
		}
		groups[k] = append(groups[k], i)
	}
	claimed := make(map[match]bool)
	made := func(group []int) {
		matches := s.made(&all[group[0]])
		if all[group[0]].Type == "" {
			if free := filter(matches, func(m match) bool { return !claimed[m] }); len(free) > 0 {
				matches = free
			}
		}
		for n, i := range group {
			found[i] = matches[0]
			if len(matches) == len(group) {
				found[i] = matches[n]
			}
			claimed[found[i]] = true
		}
	}
	var untyped [][]int
	for _, group := range groups {
		switch first := &all[group[0]]; {
		case first.AtGrowth:
			m := s.grown(first)
			for _, i := range group {
				found[i] = m
			}
		case first.Type == "":
			untyped = append(untyped, group)
		default:
			made(group)
		}
	}
	// The runtime is not told the type of a small map until something is put into it. Those that
	// stayed empty are made by what is left on their lines.
	for _, group := range untyped {
		made(group)
	}
	return found
}

// leaf returns the innermost frame that is not of the packages that make maps for others.
func leaf(stack []raw.Frame) int {
	for i, f := range stack {
		if !strings.HasPrefix(f.Func, "reflect.") && !strings.HasPrefix(f.Func, "maps.") {
			return i
		}
	}
	return 0
}

// made returns the expressions, one at least, that may be those of a make at the line of its stack.
func (s *Sources) made(r *raw.Site) []match {
	if len(r.Stack) == 0 {
		return []match{{Place: sites.Place{Token: -1}}}
	}
	at := leaf(r.Stack)
	m, f, decl := s.frame(r.Stack[at])
	if decl < 0 {
		return []match{m}
	}
	line := r.Stack[at].Line
	list := filter(f.places[decl], func(p place) bool { return p.line == line && p.call == (at > 0) })
	if want := plainType(r.Type); at == 0 && !slices.ContainsFunc(list, func(p place) bool { return p.typ == want }) {
		// Literals within one of several lines are made at the line where that begins.
		var inner []place
		for _, outer := range list {
			inner = append(inner, filter(f.places[decl], func(p place) bool {
				return outer.pos < p.pos && p.pos < outer.end && (p.typ == want || want == "" && p.typ != "") && !slices.Contains(inner, p)
			})...)
		}
		switch {
		case want == "":
			list = append(list, inner...)
		case len(inner) > 0:
			list = inner
		}
	}
	list = ofType(list, r.Type)
	if len(list) == 0 {
		return []match{m}
	}
	var matches []match
	for _, p := range list {
		matches = append(matches, f.at(decl, p, s, m))
	}
	return matches
}

// ofType keeps the places of a type, and where none is written, those of which the type has
// a name.
func ofType(list []place, typ string) []place {
	if typ == "" {
		return list
	}
	want := plainType(typ)
	named := func(p place) bool { return p.typ == "" }
	same := func(p place) bool { return p.typ == want }
	if kept := filter(list, same); len(kept) > 0 {
		return kept
	}
	if kept := filter(list, named); len(kept) > 0 {
		return kept
	}
	return list // type parameters, aliases
}

func filter[T any](list []T, keep func(T) bool) (kept []T) {
	for _, p := range list {
		if keep(p) {
			kept = append(kept, p)
		}
	}
	return kept
}

// grown finds where a map was made that is on the stack of one of the functions that led
// to its first growth.
func (s *Sources) grown(r *raw.Site) match {
	none := match{Place: sites.Place{Token: -1}}
	for i, frame := range r.Stack {
		m, f, decl := s.frame(frame)
		if i == 0 {
			none = m
		}
		if decl < 0 {
			continue
		}
		list := filter(f.places[decl], func(p place) bool { return !p.call && (p.typ != "" || p.name != "") })
		want := plainType(r.Type)
		if same := filter(list, func(p place) bool { return p.typ == want }); len(same) > 0 {
			list = same
		} else if list = filter(list, func(p place) bool { return p.typ == "" }); len(list) == 0 {
			continue
		}
		// The nearest one before the line, of a variable that the line writes to.
		written := s.writtenTo(f.decls[decl].Node, frame.Line)
		if byName := filter(list, func(p place) bool { return p.line <= frame.Line && slices.Contains(written, p.name) }); len(byName) > 0 {
			return f.at(decl, byName[len(byName)-1], s, m)
		}
		if len(list) == 1 && list[0].typ != "" {
			return f.at(decl, list[0], s, m)
		}
	}
	return none
}

// frame locates a frame: where it is, and the index of its declaration, -1 if its source cannot be read.
func (s *Sources) frame(frame raw.Frame) (m match, f *file, decl int) {
	pkg, name := s.locate(frame.File)
	m.Place = sites.Place{File: s.name(name), Line: frame.Line, Token: -1}
	m.pkg = packageOf(frame.Func)
	if pkg == nil {
		return m, nil, -1
	}
	m.pkg = importPath(pkg, name)
	if f = s.file(name); f == nil {
		return m, nil, -1
	}
	for i := range f.decls {
		d := &f.decls[i]
		if first := s.line(d.Start); first <= frame.Line && frame.Line <= s.line(d.End) {
			m.Decl, m.Hash, m.Offset = d.Name, d.Hash, frame.Line-first
			return m, f, i
		}
	}
	return m, f, -1
}

// at returns the match of a place.
func (f *file) at(decl int, p place, s *Sources, m match) match {
	d := &f.decls[decl]
	m.Line = s.line(p.pos)
	m.Offset = m.Line - s.line(d.Start)
	m.Token = d.Token(p.pos)
	return m
}

// packageOf returns the package in the name of a function: "a.b/c.(*T).m" is of a.b/c.
func packageOf(fn string) string {
	fn, _, _ = strings.Cut(fn, "[") // type arguments have slashes of their own
	slash := strings.LastIndexByte(fn, '/') + 1
	dot := strings.IndexByte(fn[slash:], '.')
	if dot < 0 {
		return fn
	}
	return strings.ReplaceAll(fn[:slash+dot], "%2e", ".")
}
