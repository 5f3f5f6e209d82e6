// Package lockset finds which locks are held where maps are used, and which
// goroutines may run at that time.
//
// Each function becomes a graph of events: locks taken and released, maps
// accessed, calls, goroutines started and waited for. A forward data flow over
// the graph gives the state before each event. What a function does to its
// callers' locks is found from callees to callers (Summary), which locks its
// callers hold from callers to callees (Entry).
//
// The package says what is; which access is wrong is for rules to judge.
package lockset

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/mapdiag/mapdiag/analyzers/internal/path"
)

// Mode says how a lock is held.
type Mode uint8

const (
	Shared    Mode = 1 + iota // by RLock
	Exclusive                 // by Lock
)

// A Hold is a lock that is held.
type Hold struct {
	Path *path.Path
	Mode Mode
	At   ast.Node // the call that took it
	// Mixed says that it is held exclusively on some ways and shared on others.
	Mixed bool
	// Try says that a TryLock took it: where that has failed it is not held.
	Try bool
	// Lent says that it is held by the one who has started the goroutine, until that has
	// ended: it keeps others out, but not the other goroutines that are started so.
	Lent bool
}

// Op says what an access does with a map.
type Op uint8

const (
	Lookup  Op = iota // m[k]
	Range             // for … := range m
	Len               // len(m)
	ReadAll           // maps.Keys(m), a call that reads m …
	Compare           // m == nil
	Alias             // x := m: the variable is read
	Pass              // f(m), where f is unknown and most likely reads it
	Return            // return m
	Store             // the map becomes reachable from elsewhere: s.f = m, append(x, m), S{m}
	Sent              // ch <- m
	Lazy              // maps.Keys(m) and the like, not iterated at once
	Insert            // m[k] = v, m[k] op= v, maps.Copy(m, …)
	Delete            // delete(m, k), clear(m), maps.DeleteFunc(m, …)
	Assign            // the variable is given another map
)

// Writes reports whether the operation changes the entries of the map.
func (o Op) Writes() bool { return o == Insert || o == Delete }

// Changes reports whether the operation changes the map or the variable.
func (o Op) Changes() bool { return o >= Insert }

// Reads reports whether the operation, or what it hands the map to, reads
// entries of the map. Others only read the variable.
func (o Op) Reads() bool { return o <= ReadAll || o == Pass || o == Return || o == Lazy }

// EventKind is the kind of an event.
type EventKind uint8

const (
	Lock EventKind = iota
	Unlock
	Access
	Calls
	Starts  // a goroutine is started, or a function handed to what will run it in one
	Recv    // a receive from Path, or a Wait on the WaitGroup at Path
	Signal  // a send on or close of Path, or a Done of the WaitGroup at Path
	Adds    // an Add of the WaitGroup at Path
	Fresh   // Var gets a value that nothing else refers to
	Publish // the value of Var becomes reachable by others
	Returns
	Yields    // the body of a range over a function begins, or ends where Again is set
	Tells     // a condition shows that Call has waited, or taken a lock
	ReleaseOf // the function that Call returned, which releases what Call took, is called
)

// An Event is one step of a function that matters here.
type Event struct {
	Kind EventKind
	Node ast.Node
	Path *path.Path // of the lock, the map, the channel or the WaitGroup
	Op   Op         // of an Access
	Expr ast.Expr   // of an Access: the map
	// Alias is the local variable through which an Access reaches the map,
	// where the path does not name it.
	Alias *types.Var
	Mode  Mode       // of a Lock
	Try   bool       // of a Lock: by a TryLock that has succeeded
	Var   *types.Var // of Fresh and Publish
	Call  *Call      // of Calls and ReleaseOf
	Go    *Spawn     // of Starts
	// Deferred says that the event takes place when the function returns.
	Deferred bool
	// Again says that the event repeats one of the loop that has ended.
	Again bool
	// Foreign says that an Access is made by a function of another package.
	Foreign bool
	// One says that a Recv is the receive of one value.
	One   bool
	State *State // before the event; nil where the event cannot be reached
	Func  *Func

	spawns     []*Spawn
	spawnsDone bool
}

// Pos returns the position of the event.
func (e *Event) Pos() token.Pos {
	if e.Kind == Access {
		if _, ok := e.Node.(*ast.CompositeLit); ok {
			return e.Expr.Pos()
		}
		switch e.Op {
		case Alias, Pass, Return, Store, Sent, Lazy:
			return e.Expr.Pos() // its statement may begin lines before
		}
	}
	return e.Node.Pos()
}

// A FuncRef denotes a function that is used as a value.
type FuncRef struct {
	Fn   *Func      // in this package, or nil
	Recv *path.Path // the receiver of a method value
	Obj  *types.Func
}

// A Call is a call of a function that may be known.
type Call struct {
	Node  *ast.CallExpr
	Fn    *Func       // the callee in this package, or nil
	Obj   *types.Func // the callee, where it is declared by name
	Args  []*path.Path
	Exprs []ast.Expr
	Funcs []FuncRef // the arguments that are functions
	// Param is the parameter or variable whose function is called, or nil.
	Param *types.Var

	maker   *Call   // the call whose result is called, see made
	impls   []*Func // see implementations
	implsOK bool
}

// SpawnKind says how a goroutine comes about.
type SpawnKind uint8

const (
	GoStmt  SpawnKind = iota
	Group             // WaitGroup.Go, errgroup.Group.Go
	Timer             // time.AfterFunc, context.AfterFunc
	Handler           // a server runs it for each request, several at a time
	Runner            // handed to a function that runs it in a goroutine
)

// A Spawn is a place that starts goroutines.
type Spawn struct {
	Kind   SpawnKind
	Node   ast.Node
	Ref    FuncRef
	Args   []*path.Path
	Joined *path.Path // of Group: what Wait is called on
	// Multi says that this one place starts several that run together.
	Multi bool
	// Contained says that what started the goroutines has waited for them.
	Contained bool
	// Once says that the function is a task which one of several workers runs once.
	Once bool
	// Executor is the channel whose one receiver runs the function: it is not known
	// what else that does.
	Executor *types.Var
	// Param is the parameter whose function is run, where it is one.
	Param *types.Var
	// Via is the call whose callee started Inner and did not wait for it.
	Via   *Call
	Inner *Spawn
	Event *Event

	signals []*path.Path // where it tells that it is done
	sends   []*path.Path // those of signals that are sends
	waited  []*path.Path // what it has waited for whenever it tells that it is done
	// pool is what runs the function, where it tells nothing: any Wait on it,
	// or on a part of it, is taken for the end.
	pool   *path.Path
	depth  int    // the number of Via calls
	accs   []*Acc // see SpawnAccs
	accsOK bool
}

// Innermost returns the spawn that Via calls lead to.
func (s *Spawn) Innermost() *Spawn {
	for s.Inner != nil {
		s = s.Inner
	}
	return s
}

// Func is a function declaration or literal of the package.
type Func struct {
	Decl   *ast.FuncDecl // nil for a literal
	Lit    *ast.FuncLit
	Obj    *types.Func  // nil for a literal
	Outer  *Func        // the function around a literal
	lits   []*Func      // the literals that stand in it directly
	Params []*types.Var // the receiver first
	Body   *ast.BlockStmt
	Test   bool // in a _test.go file
	Init   bool // the initialisation of package variables

	Events  []*Event // in the order of blocks
	blocks  []block
	Returns []*Event
	// Deferred holds the deferred calls.
	Deferred []*Event
	// Used says that the function is used as a value in a way that does not
	// tell when it is called.
	Used bool
	// Handles says that a server calls the function, several at a time.
	Handles bool
	// Aside says that a goroutine of the package calls the function, which is kept in a
	// field; Dispatched that several do.
	Aside, Dispatched bool
	Summary           Summary
	Entry             Entry
	// GaveUp says that the function was too much work: it has no events.
	GaveUp bool

	state   uint8 // of the visit: 1 while it is solved, 2 after
	callers []*Caller
	accs    []*Acc
	accsOK  bool
}

// Name returns how the function is called in messages.
func (f *Func) Name() string {
	if f.Obj != nil {
		return f.Obj.Name()
	}
	return "function literal"
}

// Declared returns the declared function that f is or stands in.
func (f *Func) Declared() *Func {
	for f.Outer != nil && !f.Outer.Init {
		f = f.Outer
	}
	return f
}

// Callers returns the ways in which a function of the package comes to run, as
// far as they are seen.
func (f *Func) Callers() []*Caller { return f.callers }

// Local reports whether a variable is declared inside the function, and is
// not one of its parameters.
func (f *Func) Local(v *types.Var) bool {
	return f.Body != nil && f.Body.Pos() <= v.Pos() && v.Pos() < f.Body.End() && !v.IsField()
}

// Variadic reports whether a declared function takes any number of last arguments.
func (f *Func) Variadic() bool { return f.Obj != nil && f.Obj.Signature().Variadic() }

// Param returns the index of a parameter, or -1.
func (f *Func) Param(v *types.Var) int {
	for i, p := range f.Params {
		if p == v {
			return i
		}
	}
	return -1
}

type block struct {
	events []*Event
	succs  []int32
	tries  [2][]*Event // the locks that are held on the edges to the successors only
	never  [2]bool     // the edges that a constant condition rules out
	in     *State
}
