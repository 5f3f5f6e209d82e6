package sites

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"net/http"
	"os"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"unsafe"
)

type (
	pair[K comparable, V any] struct {
		k K
		v V
	}
	counts map[string]int
	number = int
)

// named are types whose names the test compares with those that reflect has for them.
var named = []any{
	map[string]int(nil),
	counts(nil),
	map[number][]byte(nil),
	map[rune]struct{}(nil),
	map[string]any(nil),
	map[string]error(nil),
	map[string]interface{ Len() int }(nil),
	map[string]interface {
		Write([]byte) (int, error)
		close(bool) error
	}(nil),
	map[[2]int]*atomic.Int64(nil),
	map[string]func(int, ...string) (bool, error)(nil),
	(map[string]func())(nil),
	map[string]chan<- (<-chan int)(nil),
	map[string]<-chan int(nil),
	map[string]chan (<-chan int)(nil),
	map[unsafe.Pointer]uintptr(nil),
	map[string]struct {
		X int `json:"x"`
		y string
		sync.Mutex
	}(nil),
	map[pair[string, number]]pair[http.ConnState, pair[int, counts]](nil),
	map[http.ConnState]map[string]http.Handler(nil),
	map[string][]*http.Request(nil),
	map[string][3]func(*http.Request) http.Header(nil),
	map[string]pair[string, func(http.Header)](nil),
	map[string]pair[string, struct{}](nil),
	map[string]pair[any, interface{ Len(http.Header) int }](nil),
	map[string]pair[string, struct{ h http.Header }](nil),
	(map[string]func(pair[string, func(http.Header)], http.Header))(nil),
}

// nameOf writes a type as what records in the runtime does
// (internal/record/patch/added/runtime.go.txt, mapdiagTypeName).
func nameOf(t reflect.Type) string {
	switch {
	case t.Name() != "" && t.PkgPath() != "":
		return t.PkgPath() + "." + t.Name()
	case t.Name() != "":
		return t.Name()
	}
	switch t.Kind() {
	case reflect.Pointer:
		return "*" + nameOf(t.Elem())
	case reflect.Slice:
		return "[]" + nameOf(t.Elem())
	case reflect.Array:
		return fmt.Sprintf("[%d]%s", t.Len(), nameOf(t.Elem()))
	case reflect.Map:
		return "map[" + nameOf(t.Key()) + "]" + nameOf(t.Elem())
	}
	return t.String()
}

// The test reads its own file: what it makes of a type in the source must be what the
// runtime calls the same type.
func TestTypeName(t *testing.T) {
	const name = "typename_test.go"
	src, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, src, 0)
	if err != nil {
		t.Fatal(err)
	}
	info := &types.Info{Types: make(map[ast.Expr]types.TypeAndValue)}
	conf := types.Config{Importer: importer.Default(), Error: func(error) {}}
	_, _ = conf.Check("github.com/mapdiag/mapdiag/internal/sites", fset, []*ast.File{file}, info) // one file of several
	seen := 0
	ast.Inspect(file, func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok || v.Names[0].Name != "named" {
			return true
		}
		for i, e := range v.Values[0].(*ast.CompositeLit).Elts {
			seen++
			if got, want := TypeName(info.TypeOf(e)), nameOf(reflect.TypeOf(named[i])); got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		}
		return false
	})
	if seen != len(named) {
		t.Errorf("%d of %d types were looked at", seen, len(named))
	}
}

func TestTypeNameUnknown(t *testing.T) {
	src := "package p\nfunc f[K comparable](map[K]int, map[string]missing, map[string]pair[K])\ntype pair[T any] struct{}\n"
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "p.go", src, 0)
	if err != nil {
		t.Fatal(err)
	}
	info := &types.Info{Defs: make(map[*ast.Ident]types.Object)}
	conf := types.Config{Error: func(error) {}}
	pkg, _ := conf.Check("p", fset, []*ast.File{file}, info) // it has an error
	params := pkg.Scope().Lookup("f").Type().(*types.Signature).Params()
	for i := range params.Len() {
		if got := TypeName(params.At(i).Type()); got != "" {
			t.Errorf("%v is called %s", params.At(i).Type(), strings.TrimSpace(got))
		}
	}
}
