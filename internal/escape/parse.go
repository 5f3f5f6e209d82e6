package escape

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Output is what the compiler printed.
type Output struct {
	Units []ParsedUnit

	// Other holds the first lines that are none of the compiler's notes, such
	// as errors, and Skipped counts all of them.
	Other   []string
	Skipped int
}

// A ParsedUnit is what the compiler printed about one package or test variant.
type ParsedUnit struct {
	ImportPath string // as in the header: "p", "p [p.test]" or "p_test [p.test]"
	Entries    []Entry
}

const (
	maxOther = 50
	maxLine  = 16 << 20 // the compiler prints whole function bodies on one line
)

// Parse reads what go build -gcflags=-m=2 prints. Relative file names are taken
// as relative to dir. Lines that repeat are merged within a unit. Lines that
// it does not know are counted in Output.Skipped and are no error; the only
// errors are those of r, and a line of more than 16 MiB.
func Parse(r io.Reader, dir string) (*Output, error) {
	p := reader{dir: dir, files: make(map[string]string)}
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 64<<10), maxLine)
	for lines.Scan() {
		p.line(strings.TrimSuffix(lines.Text(), "\r"))
	}
	p.endUnit()
	if err := lines.Err(); err != nil {
		if errors.Is(err, bufio.ErrTooLong) {
			// Whoever writes to r must not block on what nobody reads.
			_, _ = io.Copy(io.Discard, r)
		}
		return &p.out, fmt.Errorf("reading the compiler's output: %w", err)
	}
	return &p.out, nil
}

type reader struct {
	dir   string
	files map[string]string // as printed → absolute
	out   Output

	unit    *ParsedUnit
	index   map[entryKey]bool // the entries of unit
	reasons map[entryKey][]*Reason

	current    *Reason // that indented lines belong to, which repeat its place
	currentPos Position
}

type entryKey struct {
	pos    Position
	kind   Kind
	what   string
	detail string
}

func (p *reader) line(line string) {
	if name, ok := strings.CutPrefix(line, "# "); ok {
		p.endUnit()
		p.unit = p.startUnit(name)
		return
	}
	if line == "" {
		return
	}
	pos, text, ok := p.cutPos(line)
	if !ok {
		// The variables that the compiler makes for loops over functions have
		// no place, and neither have some lines about them.
		if !p.statement(Position{}, line) {
			p.skip(line)
		}
		return
	}
	if p.unit == nil {
		// The go command prints a header for each package, the compiler
		// itself does not.
		p.unit = p.startUnit("")
	}
	if strings.HasPrefix(text, "  ") {
		if !p.explain(pos, strings.TrimLeft(text, " ")) {
			p.skip(line)
		}
		return
	}
	p.current = nil
	if !p.statement(pos, strings.TrimPrefix(text, " ")) {
		p.skip(line)
	}
}

func (p *reader) skip(line string) {
	p.out.Skipped++
	if len(p.out.Other) < maxOther {
		p.out.Other = append(p.out.Other, line)
	}
}

// startUnit also takes up again a unit whose header is repeated.
func (p *reader) startUnit(name string) *ParsedUnit {
	p.index = make(map[entryKey]bool)
	p.reasons = make(map[entryKey][]*Reason)
	i := slices.IndexFunc(p.out.Units, func(u ParsedUnit) bool { return u.ImportPath == name })
	if i < 0 {
		p.out.Units = append(p.out.Units, ParsedUnit{ImportPath: name})
		i = len(p.out.Units) - 1
	}
	u := &p.out.Units[i]
	for _, e := range u.Entries {
		p.index[e.key()] = true
	}
	return u
}

func (e *Entry) key() entryKey { return entryKey{e.Pos, e.Kind, e.What, e.Detail} }

// endUnit joins the reasons to the verdicts.
func (p *reader) endUnit() {
	if p.unit == nil {
		return
	}
	for i := range p.unit.Entries {
		e := &p.unit.Entries[i]
		key := entryKey{pos: e.Pos, kind: e.Kind, what: e.What}
		if e.Kind == Moved {
			key.kind = Escapes // "v escapes to heap in f:" comes before "moved to heap: v"
		}
		for _, r := range p.reasons[key] {
			if !slices.ContainsFunc(e.Reasons, r.equal) {
				e.Reasons = append(e.Reasons, *r)
			}
		}
	}
	p.unit, p.index, p.reasons, p.current = nil, nil, nil, nil
}

func (r *Reason) equal(other Reason) bool {
	return r.Func == other.Func && slices.EqualFunc(r.Flows, other.Flows, func(a, b Flow) bool {
		return a.Dst == b.Dst && a.Src == b.Src && slices.Equal(a.Steps, b.Steps)
	})
}

// add takes a statement, unless it is about no place in the source.
func (p *reader) add(e Entry) bool {
	if e.Pos == (Position{}) {
		return true
	}
	key := e.key()
	if !p.index[key] {
		p.index[key] = true
		p.unit.Entries = append(p.unit.Entries, e)
	}
	return true
}

func (p *reader) because(pos Position, kind Kind, what, fn string) bool {
	if strings.HasPrefix(what, "append(") {
		what = "append" // the verdict leaves the operands out
	}
	key := entryKey{pos: pos, kind: kind, what: what}
	p.current, p.currentPos = &Reason{Func: fn}, pos
	if pos != (Position{}) {
		p.reasons[key] = append(p.reasons[key], p.current)
	}
	return true
}

const heap = " escapes to heap"

// statement reads a line that is not indented. The words are those of
// cmd/compile/internal/escape (escape.go, solve.go) and .../inline.
func (p *reader) statement(pos Position, text string) bool {
	if what, ok := strings.CutSuffix(text, " does not escape"); ok {
		return p.add(Entry{Pos: pos, Kind: Stays, What: what})
	}
	if what, ok := strings.CutPrefix(text, "moved to heap: "); ok {
		return p.add(Entry{Pos: pos, Kind: Moved, What: what})
	}
	if what, ok := strings.CutPrefix(text, "inlining call to "); ok {
		return p.add(Entry{Pos: pos, Kind: Inlined, What: what})
	}
	if what, ok := strings.CutPrefix(text, "leaking param content: "); ok {
		return p.add(Entry{Pos: pos, Kind: Leaks, What: what, Detail: "content"})
	}
	if what, ok := strings.CutPrefix(text, "leaking param: "); ok {
		what, result, _ := strings.Cut(what, " ")
		return p.add(Entry{Pos: pos, Kind: Leaks, What: what, Detail: result})
	}
	if strings.HasPrefix(text, "can inline ") || strings.HasPrefix(text, "cannot inline ") {
		return true // says nothing about a place where something is allocated
	}
	if what, ok := strings.CutSuffix(text, heap); ok {
		return p.add(Entry{Pos: pos, Kind: Escapes, What: what})
	}
	if body, ok := strings.CutSuffix(text, ":"); ok {
		if i := strings.LastIndex(body, heap+" in "); i >= 0 {
			return p.because(pos, Escapes, body[:i], body[i+len(heap+" in "):])
		}
		if param, ok := strings.CutPrefix(body, "parameter "); ok {
			what, rest, ok := strings.Cut(param, " leaks to ")
			_, fn, named := strings.Cut(rest, " for ")
			if ok && named {
				fn, _, _ = strings.Cut(fn, " with derefs=")
				return p.because(pos, Leaks, what, fn)
			}
		}
	}
	if _, rest, ok := strings.Cut(text, " capturing by "); ok {
		how, rest, _ := strings.Cut(rest, ": ")
		what, _, ok := strings.Cut(rest, " (")
		return ok && p.add(Entry{Pos: pos, Kind: Captures, What: what, Detail: how})
	}
	// Other notes of -m that are not about escaping.
	for _, note := range notes {
		if strings.Contains(text, note) {
			return true
		}
	}
	return false
}

var notes = []string{
	"devirtualizing ",
	" ignoring self-assignment in ",
	"zero-copy string->[]byte conversion",
	"rewriting OCONVIFACE value from ",
	"assuming ",
	"marking ",
	"alias analysis: ",
	"imprecise interface call",
	"index bounds check elided",
	" considered 'big'; reducing max cost of inlinees",
	" will be kept alive", // testing.B.Loop
}

// explain reads an indented line, which belongs to the reason before it.
func (p *reader) explain(pos Position, text string) bool {
	r := p.current
	if r == nil || p.currentPos != pos {
		return false
	}
	if flow, ok := strings.CutPrefix(text, "flow: "); ok {
		dst, src, ok := strings.Cut(strings.TrimSuffix(flow, ":"), " ← ")
		if !ok {
			return false
		}
		r.Flows = append(r.Flows, Flow{Dst: dst, Src: src})
		return true
	}
	if step, ok := strings.CutPrefix(text, "from "); ok && len(r.Flows) > 0 {
		// Both the expression and the file name may hold anything, so the
		// step is read from its end.
		i := strings.LastIndex(step, ") at ")
		if i < 0 {
			return false
		}
		at, _, ok := p.cutPos(step[i+len(") at "):] + ":")
		j := strings.LastIndex(step[:i], " (")
		if !ok || j < 0 {
			return false
		}
		f := &r.Flows[len(r.Flows)-1]
		f.Steps = append(f.Steps, Step{Expr: step[:j], Why: step[j+len(" (") : i], Pos: at})
		return true
	}
	return strings.HasPrefix(text, "warning: truncated explanation")
}

// cutPos splits PATH:LINE[:COLUMN]:TEXT. A path may hold colons, as they do
// on Windows, but not one followed by digits and another colon. The position
// is zero for what has none.
func (p *reader) cutPos(line string) (pos Position, text string, ok bool) {
	if text, ok := strings.CutPrefix(line, "<unknown line number>:"); ok {
		return Position{}, text, true
	}
	for start := 0; ; {
		i := strings.IndexByte(line[start:], ':')
		if i < 0 {
			return Position{}, "", false
		}
		i += start
		n, rest, ok := number(line[i+1:])
		if !ok || i == 0 {
			start = i + 1
			continue
		}
		pos = Position{File: p.file(line[:i]), Line: n}
		if column, after, ok := number(rest); ok {
			pos.Column, rest = column, after
		}
		return pos, rest, true
	}
}

// number cuts DIGITS: from the beginning.
func number(s string) (n int, rest string, ok bool) {
	digits, rest, ok := strings.Cut(s, ":")
	if !ok || digits == "" || digits[0] < '0' || digits[0] > '9' {
		return 0, "", false
	}
	n, err := strconv.Atoi(digits)
	return n, rest, err == nil
}

func (p *reader) file(name string) string {
	if abs, ok := p.files[name]; ok {
		return abs
	}
	abs := name
	if p.dir != "" && !filepath.IsAbs(name) && !strings.HasPrefix(name, "<") {
		abs = filepath.Join(p.dir, name)
	}
	p.files[strings.Clone(name)] = abs
	return abs
}
