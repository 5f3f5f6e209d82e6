package lockset

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"
)

// lockOp is what a method does to the lock that it is called on.
type lockOp struct {
	acquire, release bool
	mode             Mode
	try              bool
}

// lockMethod tells whether a method is that of a lock. Any type counts whose
// methods are named and shaped like those of sync.Locker and sync.RWMutex: a
// wrapper that checks for deadlocks is a lock too.
func lockMethod(fn *types.Func) (op lockOp, ok bool) {
	sig := fn.Signature()
	if sig.Recv() == nil || sig.Params().Len() > 0 {
		return op, false
	}
	boolean := sig.Results().Len() == 1 && types.Identical(sig.Results().At(0).Type(), types.Typ[types.Bool])
	switch fn.Name() {
	case "Lock":
		op = lockOp{acquire: true, mode: Exclusive}
	case "RLock":
		op = lockOp{acquire: true, mode: Shared}
	case "Unlock":
		op = lockOp{release: true, mode: Exclusive}
	case "RUnlock":
		op = lockOp{release: true, mode: Shared}
	case "TryLock":
		op = lockOp{acquire: true, mode: Exclusive, try: true}
	case "TryRLock":
		op = lockOp{acquire: true, mode: Shared, try: true}
	default:
		return op, false
	}
	if op.try {
		return op, boolean
	}
	return op, sig.Results().Len() == 0
}

// waitsForLock reports whether a method takes a lock unless it gives up: LockContext,
// LockTimeout, or Lock with a context. Its type has Unlock as well, and perhaps a Lock
// that does not give up.
func waitsForLock(fn *types.Func) (op lockOp, ok bool) {
	sig := fn.Signature()
	if sig.Recv() == nil || sig.Params().Len() == 0 || sig.Results().Len() != 1 {
		return op, false
	}
	switch t := sig.Results().At(0).Type(); {
	case types.Identical(t, types.Typ[types.Bool]), types.Identical(t, types.Universe.Lookup("error").Type()):
	default:
		return op, false
	}
	name, shared := strings.CutPrefix(strings.TrimPrefix(fn.Name(), "Try"), "R")
	if !strings.HasPrefix(name, "Lock") {
		return op, false
	}
	for _, name := range []string{"Lock", "Unlock"} {
		obj, _, _ := types.LookupFieldOrMethod(sig.Recv().Type(), true, fn.Pkg(), name)
		if m, ok := obj.(*types.Func); !ok || m.Signature().Params().Len() > 0 && m.Origin() != fn {
			return op, false
		}
	}
	op = lockOp{acquire: true, mode: Exclusive}
	if shared {
		op.mode = Shared
	}
	return op, true
}

// writesOut reports whether a function of others writes all that it is given as text:
// what it is given holds is read before it returns.
func writesOut(fn *types.Func) bool {
	for _, prefix := range []string{"Marshal", "Encode", "Execute", "Print", "Sprint", "Fprint"} {
		if strings.HasPrefix(fn.Name(), prefix) {
			return true
		}
	}
	return false
}

// isNamed reports whether a type, or what it points to, is the named type of
// a package.
func isNamed(t types.Type, pkg, name string) bool {
	if t == nil {
		return false
	}
	t = types.Unalias(t)
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	n, ok := t.(*types.Named)
	return ok && n.Obj().Name() == name && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == pkg
}

// is reports whether fn is the function or method of a package. A method is
// written Type.Method.
func is(fn *types.Func, pkg, name string) bool {
	if fn == nil || fn.Pkg() == nil || fn.Pkg().Path() != pkg {
		return false
	}
	typ, method, ok := strings.Cut(name, ".")
	recv := fn.Signature().Recv()
	if !ok {
		return recv == nil && fn.Name() == name
	}
	return recv != nil && fn.Name() == method && isNamed(recv.Type(), pkg, typ)
}

// isOnce reports whether a function is the Do of a sync.Once, or of a type that is
// named after it: there are some that try again where an error came back.
func isOnce(fn *types.Func) bool {
	if is(fn, "sync", "Once.Do") {
		return true
	}
	recv := fn.Signature().Recv()
	if recv == nil || fn.Name() != "Do" {
		return false
	}
	t := recv.Type()
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	n, ok := types.Unalias(t).(*types.Named)
	return ok && strings.HasSuffix(n.Obj().Name(), "Once")
}

// groupMethod reports whether a method is that of a group of another module, which
// embeds a sync.WaitGroup or is made like one: it has a Done that returns nothing, and
// methods that wait are named so, Wait or SignalAndWait.
func groupMethod(fn *types.Func, name string) bool {
	sig := fn.Signature()
	if sig.Recv() == nil || sig.Params().Len() > 0 || sig.Results().Len() > 0 || !strings.HasSuffix(fn.Name(), name) {
		return false
	}
	if name == "Done" {
		return fn.Name() == name && waits(sig.Recv().Type())
	}
	done, _, _ := types.LookupFieldOrMethod(sig.Recv().Type(), true, fn.Pkg(), "Done")
	m, ok := done.(*types.Func)
	return ok && m.Signature().Params().Len() == 0 && m.Signature().Results().Len() == 0
}

// waits reports whether a type has a method that waits.
func waits(t types.Type) bool {
	for m := range types.NewMethodSet(t).Methods() {
		if strings.HasSuffix(m.Obj().Name(), "Wait") {
			return true
		}
	}
	return false
}

const errgroupPath = "golang.org/x/sync/errgroup"

// runsAsync tells whether a function that is not of this package runs its
// i-th argument later, beside its caller.
func runsAsync(fn *types.Func, i int) (SpawnKind, bool) {
	if fn.Pkg() == nil {
		return 0, false
	}
	switch {
	case is(fn, "sync", "WaitGroup.Go"), is(fn, errgroupPath, "Group.Go"), is(fn, errgroupPath, "Group.TryGo"):
		return Group, i == 0
	case is(fn, "time", "AfterFunc"), is(fn, "context", "AfterFunc"):
		return Timer, i == 1
	case is(fn, "runtime", "SetFinalizer"), is(fn, "runtime", "AddCleanup"):
		return Runner, i == 1
	case is(fn, "net/http", "HandleFunc"), is(fn, "net/http", "ServeMux.HandleFunc"):
		return Handler, i == 1
	}
	// Pools of other modules: a function without parameters that is handed to a
	// method named Go is run in a goroutine.
	if fn.Name() == "Go" && fn.Pkg().Path() != "sync" && fn.Signature().Recv() != nil && i == 0 {
		return Group, true
	}
	return 0, false
}

// noReturn reports whether a call never returns.
func noReturn(info *types.Info, call *ast.CallExpr, fn *types.Func) bool {
	if id, ok := ast.Unparen(call.Fun).(*ast.Ident); ok {
		if b, ok := info.Uses[id].(*types.Builtin); ok && b.Name() == "panic" {
			return true
		}
	}
	if fn == nil || fn.Pkg() == nil {
		return false
	}
	switch fn.Pkg().Path() {
	case "os":
		return fn.Name() == "Exit"
	case "runtime":
		return fn.Name() == "Goexit"
	case "log":
		return strings.HasPrefix(fn.Name(), "Fatal") || strings.HasPrefix(fn.Name(), "Panic")
	case "testing":
		switch fn.Name() {
		case "Fatal", "Fatalf", "FailNow", "Skip", "Skipf", "SkipNow":
			return true
		}
	}
	return false
}

// IsHandler reports whether a function has the shape of an HTTP handler: its
// first two parameters are a http.ResponseWriter and a *http.Request.
func IsHandler(sig *types.Signature) bool {
	p := sig.Params()
	return p.Len() >= 2 && p.Len() <= 3 && isNamed(p.At(0).Type(), "net/http", "ResponseWriter") &&
		isNamed(p.At(1).Type(), "net/http", "Request") && sig.Results().Len() <= 1
}

// takesRequest reports whether a function has a *http.Request among its
// parameters: handed over as a value, it serves requests.
func takesRequest(sig *types.Signature) bool {
	for v := range sig.Params().Variables() {
		if _, ptr := v.Type().(*types.Pointer); ptr && isNamed(v.Type(), "net/http", "Request") {
			return true
		}
	}
	return false
}

// requestTypes are what well-known servers give the functions that they call for each
// request or connection, by the beginning of their package's path.
var requestTypes = []requestType{
	{"github.com/gin-gonic/gin", "Context"},
	{"github.com/labstack/echo", "Context"},
	{"github.com/gofiber/fiber", "Ctx"},
	{"github.com/valyala/fasthttp", "RequestCtx"},
	{"google.golang.org/grpc", "UnaryServerInfo"},
	{"google.golang.org/grpc", "StreamServerInfo"},
}

type requestType struct{ pkg, name string }

// servesCall reports whether a function has a parameter of a type that a server hands to
// those which it calls for its requests.
func servesCall(sig *types.Signature) bool {
	for v := range sig.Params().Variables() {
		t := types.Unalias(v.Type())
		if p, ok := t.(*types.Pointer); ok {
			t = types.Unalias(p.Elem())
		}
		n, ok := t.(*types.Named)
		if !ok || n.Obj().Pkg() == nil {
			continue
		}
		for _, r := range requestTypes {
			if n.Obj().Name() == r.name && version(n.Obj().Pkg().Path(), r.pkg) {
				return true
			}
		}
	}
	return false
}

// Serves reports whether a package, by its path, is a server that requestTypes names.
func Serves(pkg string) bool {
	return slices.ContainsFunc(requestTypes, func(r requestType) bool { return version(pkg, r.pkg) })
}

// version reports whether a path is that of a package or of one of its major versions.
func version(p, pkg string) bool {
	rest, ok := strings.CutPrefix(p, pkg)
	return ok && (rest == "" || strings.HasPrefix(rest, "/v"))
}

// servedFields are the fields of functions that the standard library's servers
// call for several connections or requests at a time.
var servedFields = map[string]bool{
	"crypto/tls.GetCertificate":                 true,
	"crypto/tls.GetClientCertificate":           true,
	"crypto/tls.GetConfigForClient":             true,
	"crypto/tls.VerifyConnection":               true,
	"crypto/tls.VerifyPeerCertificate":          true,
	"net/http.ConnContext":                      true,
	"net/http.ConnState":                        true,
	"net/http/httputil.Director":                true,
	"net/http/httputil.ErrorHandler":            true,
	"net/http/httputil.ModifyResponse":          true,
	"net/http/httputil.Rewrite":                 true,
	"golang.org/x/crypto/ssh.PasswordCallback":  true,
	"golang.org/x/crypto/ssh.PublicKeyCallback": true,
}

// serves reports whether what is stored in a field serves requests.
func serves(field *types.Var) bool {
	return field != nil && field.IsField() && field.Pkg() != nil && servedFields[field.Pkg().Path()+"."+field.Name()]
}

// mapMethod tells what the methods of well-known map types do: http.Header and
// its kin.
func mapMethod(fn *types.Func) (Op, bool) {
	recv := fn.Signature().Recv()
	if recv == nil || fn.Pkg() == nil {
		return 0, false
	}
	switch fn.Pkg().Path() {
	case "net/http", "net/url", "net/textproto", "net/mail":
	default:
		return 0, false
	}
	t := recv.Type()
	if _, ok := t.Underlying().(*types.Map); !ok {
		return 0, false
	}
	switch fn.Name() {
	case "Set", "Add":
		return Insert, true
	case "Del":
		return Delete, true
	}
	return ReadAll, true
}
