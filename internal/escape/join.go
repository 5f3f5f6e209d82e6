package escape

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Join says what the report means for the map operations of a package, which
// may be the package under test or a test variant: a fact for each make and
// literal of a map, and those of the other kinds that exist. They are sorted
// by position, and no place has two of one kind.
func Join(pkg Package, report *Report) []Fact {
	j := joiner{pkg: pkg, report: report}
	for i := range report.Units {
		j.units = append(j.units, newIndex(&report.Units[i]))
	}
	var facts []Fact
	for _, file := range pkg.Files {
		units, reason := j.unitsOf(file)
		for _, s := range pkg.sites(file) {
			if f, ok := j.fact(s, units, reason); ok {
				facts = append(facts, f)
			}
		}
	}
	slices.SortStableFunc(facts, func(a, b Fact) int {
		return cmp.Or(cmp.Compare(a.Pos, b.Pos), cmp.Compare(a.Kind, b.Kind))
	})
	return slices.CompactFunc(facts, func(a, b Fact) bool { return a.Pos == b.Pos && a.Kind == b.Kind })
}

type joiner struct {
	pkg    Package
	report *Report
	units  []*index
}

// An index finds the entries of a unit by their place.
type index struct {
	*Unit
	at    map[Position][]*Entry
	files map[string]bool       // that the entries are in
	calls map[string][]Position // function → where calls of it were inlined
}

func newIndex(u *Unit) *index {
	x := &index{Unit: u, at: make(map[Position][]*Entry, len(u.Entries)), files: make(map[string]bool), calls: make(map[string][]Position)}
	for i := range u.Entries {
		e := &u.Entries[i]
		x.at[e.Pos] = append(x.at[e.Pos], e)
		x.files[e.Pos.File] = true
		if e.Kind == Inlined {
			x.calls[e.What] = append(x.calls[e.What], e.Pos)
		}
	}
	return x
}

// unitsOf returns the units that may say something about a file. The first one
// is the first that compiled it: what is shipped counts more than what the tests
// make of it. Others follow since they may instantiate its generic code.
// Without a unit there is a reason.
func (j *joiner) unitsOf(file *ast.File) (units []*index, reason string) {
	name := filepath.Clean(j.pkg.Fset.PositionFor(file.FileStart, false).Filename)
	has := func(files []string) bool {
		return slices.ContainsFunc(files, func(f string) bool { return sameFile(f, name) })
	}
	for _, u := range j.units {
		switch {
		case u.Err != "" && has(u.Files) && len(units) == 0 && reason == "":
			reason = "the package does not compile: " + u.Err
		case u.Err == "" && (len(units) > 0 || has(u.Files)):
			units = append(units, u)
			if has(u.CgoFiles) {
				reason = "the file uses cgo, which rewrites it before it is compiled"
			}
		}
	}
	if len(units) > 0 || reason != "" {
		return units, reason
	}
	if has(j.report.Excluded) {
		return nil, "build constraints exclude this file, or it uses cgo, which is off"
	}
	return nil, "this file was not compiled with the package"
}

// sameFile also knows a file again that was reached through a symbolic link.
func sameFile(a, b string) bool {
	if a == b {
		return true
	}
	if filepath.Base(a) != filepath.Base(b) {
		return false
	}
	x, err := filepath.EvalSymlinks(a)
	y, err2 := filepath.EvalSymlinks(b)
	return err == nil && err2 == nil && x == y
}

func (j *joiner) fact(s site, units []*index, reason string) (Fact, bool) {
	f := Fact{Pos: s.pos, End: s.end, Kind: s.kind}
	found := j.find(s, units)
	if s.kind == Make || s.kind == Literal {
		f.Entries, f.Hint = s.entries, s.hint
		if s.kind == Literal && s.entries > groupSlots {
			f.Hint = HintLarge
		}
		j.size(&f, s)
	}
	var heap, stack []*Entry
	for _, e := range found {
		if e.Kind == Stays {
			stack = append(stack, e)
		} else {
			heap = append(heap, e)
		}
	}
	switch {
	case len(heap) > 0:
		f.Verdict = OnHeap
		r := choose(heap, j.position(s.via))
		f.Steps = steps(r)
		if s.generic && len(stack) > 0 {
			f.Funcs = instances(heap)
		}
		f.Calls, f.CallsOnStack = inlinedCalls(s, units)
		f.Message = onHeap(s, f, r)
	case s.kind != Make && s.kind != Literal && s.kind != New:
		return Fact{}, false // nothing on the heap is nothing to say
	case len(stack) > 0:
		f.Verdict = OnStack
		f.Message = onStack(s, f)
	case s.kind == New:
		return Fact{}, false
	default:
		f.Reason = cmp.Or(reason, missing(s))
		f.Message = "Whether this map escapes is not known: " + f.Reason + "."
	}
	return f, true
}

// missing says why a package that compiles has no entry for a site.
func missing(s site) string {
	switch {
	case s.generic:
		return "nothing in this package instantiates this generic code"
	case s.blank:
		return "it is assigned to _, and the compiler drops it"
	}
	return "the compiler reports nothing here, as for code that never runs"
}

func (j *joiner) position(pos token.Pos) Position {
	if !pos.IsValid() {
		return Position{}
	}
	p := j.pkg.Fset.PositionFor(pos, true)
	return Position{File: filepath.Clean(p.Filename), Line: p.Line, Column: p.Column}
}

// find returns the entries about a site, from the first unit that has some.
func (j *joiner) find(s site, units []*index) []*Entry {
	pos := j.position(s.at)
	for _, u := range units {
		if found := filter(u.at[j.printed(pos, s, u)], s.matches); len(found) > 0 {
			return found
		}
		if pos.Column >= noColumn {
			// Other expressions of the line are there too, so the text decides.
			pos.Column = 0
			if found := filter(u.at[j.printed(pos, s, u)], s.matchesText); len(found) > 0 && agree(found) {
				return found
			}
		}
		if found := j.inlinedBody(s, u); len(found) > 0 {
			return found
		}
	}
	return nil
}

// noColumn is the first column that the compiler does not print
// (cmd/internal/src, colMax).
const noColumn = 255

// printed returns the position under the file name that the unit has for it.
func (j *joiner) printed(pos Position, s site, u *index) Position {
	if i := slices.IndexFunc(u.Files, func(f string) bool { return sameFile(f, pos.File) }); i >= 0 {
		pos.File = u.Files[i]
		return pos
	}
	// A //line directive. The syntax has a relative name as relative to the
	// file that it stands in; the compiler prints it as it is.
	if rel, err := filepath.Rel(filepath.Dir(s.file.Name()), pos.File); err == nil {
		if name := filepath.Join(j.report.Dir, rel); u.files[name] {
			pos.File = name
		}
	}
	return pos
}

// bodyOf matches the compiler's names for the bodies of function literals and
// of loops over functions: f.func1, f.func1.2, f-range1.
var bodyOf = regexp.MustCompile(`(\.func\d+[.\d]*|-range\d+)$`)

// inlinedBody finds a site in a function literal that is called where it
// stands or through its variable, or in the body of a loop over a function. Where they were inlined,
// nothing may be left of them as functions of their own: their entries are at the
// call or loop, among those of what else was inlined there.
func (j *joiner) inlinedBody(s site, u *index) (found []*Entry) {
	for _, call := range s.calls {
		entries := u.at[j.printed(j.position(call), s, u)]
		inlined := slices.ContainsFunc(entries, func(e *Entry) bool { return e.Kind == Inlined && bodyOf.MatchString(e.What) })
		if inlined {
			found = append(found, filter(entries, s.matchesText)...)
		}
	}
	if !agree(found) {
		return nil
	}
	return found
}

// inlinedCalls counts the calls at which the function around a map was inlined,
// and those of them for which the map stays on the stack.
func inlinedCalls(s site, units []*index) (calls, onStack int) {
	if s.kind != Make && s.kind != Literal || s.fn == "" || len(units) == 0 {
		return 0, 0
	}
	for _, call := range units[0].calls[s.fn] {
		found := filter(units[0].at[call], s.matchesText)
		if len(found) == 0 || !agree(found) {
			continue
		}
		calls++
		if found[0].Kind == Stays {
			onStack++
		}
	}
	return calls, onStack
}

func filter(entries []*Entry, keep func(*Entry) bool) []*Entry {
	var kept []*Entry
	for _, e := range entries {
		if keep(e) {
			kept = append(kept, e)
		}
	}
	return kept
}

func agree(entries []*Entry) bool {
	for _, e := range entries {
		if e.Kind != entries[0].Kind {
			return false
		}
	}
	return true
}

// matches reports whether an entry at the place of a site is about it. Code
// that was inlined is reported at the call, so that entries about other
// expressions can be at the same place.
func (s *site) matches(e *Entry) bool {
	if s.kind == MovedVar || s.via.IsValid() {
		return e.Kind == Moved && e.What == s.name
	}
	if e.Kind != Escapes && e.Kind != Stays {
		return false
	}
	elided := strings.HasSuffix(e.What, "{...}") || strings.HasSuffix(e.What, "{}")
	switch s.kind {
	case Make:
		return strings.HasPrefix(e.What, "make(")
	case New:
		return strings.HasPrefix(e.What, "new(")
	case Literal:
		return elided && !strings.HasPrefix(e.What, "&")
	case StoredAddress:
		return elided && strings.HasPrefix(e.What, "&")
	case KeyConversion:
		// Silence costs less here than a wrong claim: "string(x)", "Key(x)".
		return e.Kind == Escapes && strings.HasPrefix(e.What, s.convert+"(")
	case Capture:
		return e.What == "func literal"
	}
	return false
}

// matchesText is for places that hold more than one expression of a kind.
func (s *site) matchesText(e *Entry) bool {
	if !s.matches(e) {
		return false
	}
	if s.text == nil {
		return s.kind != StoredAddress && s.kind != KeyConversion
	}
	t := sameAny(types.TypeString(s.text, func(p *types.Package) string {
		if p == s.within {
			return ""
		}
		return p.Name()
	}))
	what := sameAny(e.What)
	switch s.kind {
	case Make:
		return what == "make("+t+")" || strings.HasPrefix(what, "make("+t+", ")
	case New:
		return what == "new("+t+")"
	}
	return what == t+"{...}" || what == t+"{}"
}

func sameAny(s string) string {
	return strings.NewReplacer("interface {}", "any", "interface{}", "any").Replace(s)
}

// choose returns the reason to show: the one that leads through via, if any
// does.
func choose(entries []*Entry, via Position) Reason {
	var first Reason
	for _, e := range entries {
		for _, r := range e.Reasons {
			for _, flow := range r.Flows {
				if via != (Position{}) && slices.ContainsFunc(flow.Steps, func(s Step) bool { return s.Pos == via }) {
					return r
				}
			}
			if first.Flows == nil {
				first = r
			}
		}
	}
	return first
}

// instances returns the functions that the entries name, as users write them.
func instances(entries []*Entry) (names []string) {
	for _, e := range entries {
		for _, r := range e.Reasons {
			name := strings.ReplaceAll(strings.ReplaceAll(r.Func, "go.shape.", ""), ",", ", ")
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return names
}
