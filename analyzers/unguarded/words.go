package unguarded

import (
	"go/ast"
	"regexp"
	"slices"
	"strings"

	"github.com/mapdiag/mapdiag/analyzers/internal/lockset"
)

// lockWord matches how documentation names a lock.
const lockWord = `(locks?|mutex(es)?|\w*mu|\w*mtx|\w*lock|\w*locker)\b`

// says matches what documentation says where callers have to see to locking.
var says = regexp.MustCompile(`(?i)\b(callers?|must|should|assumes?|requires?|expects?|needs?|call|called|with|while|have|has)\b[^.]{0,60}\b(hold|holds|held|holding|acquires?|acquired|own|owns)\b[^.]{0,40}\b` + lockWord +
	`|\b` + lockWord + `[^.]{0,30}\b(held|locked|taken|acquired)\b` +
	`|\bwith\b[^.]{0,30}\b(held|locked)\b` +
	`|\bhold\b[^.]{0,30}\b` + lockWord + `[^.]{0,10}\b(before|when|while)\b[^.]{0,12}\bcalling\b`)

// wants matches what documentation says where a lock is named, but not what is to be
// done with it: requires the manager's lock. A block and a clock are no locks.
var wants = regexp.MustCompile(`(?i)[^.]{0,12}\b(requires?|needs?)\b[^.,;]{0,30}\b(\w+\.)?(?-i:locks?|mutex|mu|mtx|\w*(Mu|Mtx|Mutex|Lock|Locker))\b` +
	`|[^.]{0,12}\b(?-i:[Ll]ock|mutex|mu|mtx|\w*(Mu|Mtx|Mutex))\b[^.,;]{0,30}\b(is|are|be) (required|needed)\b`)

// itself matches what says that no lock is wanted, or that the function takes it.
var itself = regexp.MustCompile(`(?i)\b(requires?|needs?) (no|to)\b|\b(no|without|neither)\b`)

// denies matches what turns such words into their opposite.
var denies = regexp.MustCompile(`(?i)\bnot\b|n't\b|\bno longer\b`)

// alone matches what documentation says of code that only one goroutine may run.
var alone = regexp.MustCompile(`(?i)\bnot\b[^.]{0,12}\b(concurren|(threads?|goroutines?)[ -]?safe)|\bnot safe\b[^.]{0,30}\b(thread|goroutine)|\bunsafe for concurrent` +
	`|\bonly\b[^.]{0,40}\b(start-?up|boot|initiali[sz]ation|initiali[sz]ing)\b`)

// assumed reports whether a function says of itself that its callers hold the
// lock. Each function is asked again and again, for every access in it.
func (c *checker) assumed(f *lockset.Func) bool {
	d := f.Declared().Decl
	if d == nil {
		return false
	}
	asks, ok := c.asking[d]
	if !ok {
		asks = asksForLock(d)
		c.asking[d] = asks
	}
	return asks
}

// asksForLock reads the name and the documentation of a function.
func asksForLock(d *ast.FuncDecl) bool {
	name := strings.ToLower(d.Name.Name)
	for _, s := range []string{"locked", "unlocked", "nolock", "withoutlock", "lockheld", "unsafe"} {
		if strings.HasSuffix(name, s) && name != s {
			return true
		}
	}
	if strings.HasPrefix(name, "unsafe") && name != "unsafe" || strings.Contains(name, "fortest") {
		return true // a test knows what else runs
	}
	if d.Doc == nil {
		return false
	}
	text := commentText(d.Doc)
	lower := strings.ToLower(text)
	if mayBeAlone(lower) && alone.MatchString(text) {
		return true
	}
	if mayWant(lower) && slices.ContainsFunc(wants.FindAllString(text, -1), func(m string) bool { return !denies.MatchString(m) && !itself.MatchString(m) }) {
		return true
	}
	return maySay(lower) && slices.ContainsFunc(says.FindAllString(text, -1), func(m string) bool { return !denies.MatchString(m) })
}

// maySay reports whether a text in lower case has what every match of says has.
// Most documentation has not, and is spared the search.
func maySay(text string) bool {
	return strings.Contains(text, "held") || strings.Contains(text, "locked") ||
		containsAny(text, "hold", "acquire", "own", "taken") && containsAny(text, "lock", "mutex", "mu", "mtx")
}

// mayWant is maySay for wants.
func mayWant(text string) bool {
	return containsAny(text, "require", "need") && containsAny(text, "lock", "mutex", "mu", "mtx")
}

// mayBeAlone is maySay for alone.
func mayBeAlone(text string) bool {
	return containsAny(text, "thread", "goroutine", "concurren") ||
		strings.Contains(text, "only") && containsAny(text, "start", "boot", "initiali")
}

func containsAny(text string, words ...string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) })
}

var excuses = regexp.MustCompile(`(?i)(\b(no|not|without|absence|needs?|needed|deliberate\w*|safe\w*|skip\w*)|n't)\b.*\b(lock|locks|locked|locking|mutex|race|races)\b|\b(lock|locks|locking|mutex)\b.*\b(no|not|unnecessary|needed|deliberate\w*|safe)\b` +
	`|\bsafe to \w*(read|write|access|use|iterate|range|modify|change)`)

// deliberate reports whether a comment of its own on the three lines above an
// access, or above a statement around it, says something about doing without the lock.
func (c *checker) deliberate(a *lockset.Event) bool {
	lines := []int{c.Fset.Position(a.Pos()).Line}
	ast.Inspect(a.Func.Body, func(n ast.Node) bool {
		if n == nil || n.Pos() > a.Pos() || a.Pos() >= n.End() {
			return false
		}
		switch n.(type) {
		case *ast.IfStmt, *ast.ForStmt, *ast.RangeStmt:
			lines = append(lines, c.Fset.Position(n.Pos()).Line)
		}
		return true
	})
	for _, f := range c.Files {
		if a.Pos() < f.FileStart || f.FileEnd <= a.Pos() {
			continue
		}
		for _, g := range f.Comments {
			end := c.Fset.Position(g.End()).Line
			above := slices.ContainsFunc(lines, func(line int) bool { return end < line && end >= line-3 })
			if above && g.Pos() >= a.Func.Body.Pos() && excuses.MatchString(commentText(g)) && !c.trails(a.Func, g) {
				return true
			}
		}
	}
	return false
}

// trails reports whether code stands before a comment on its line.
func (c *checker) trails(f *lockset.Func, g *ast.CommentGroup) bool {
	line := c.Fset.Position(g.Pos()).Line
	found := false
	ast.Inspect(f.Body, func(n ast.Node) bool {
		if n != nil && n.End() <= g.Pos() && c.Fset.Position(n.End()).Line == line {
			found = true
		}
		return !found && n != nil && n.Pos() < g.Pos()
	})
	return found
}

func commentText(g *ast.CommentGroup) string { return strings.Join(strings.Fields(g.Text()), " ") }

// leavesLocking reports whether a function, or one that calls it, leaves locking to
// its callers.
func (c *checker) leavesLocking(f *lockset.Func) bool {
	return c.assumed(f) || slices.ContainsFunc(f.Callers(), func(m *lockset.Caller) bool { return !m.Async && c.assumed(m.Func) })
}
