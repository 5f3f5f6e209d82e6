package hot

import (
	"regexp"
	"slices"
	"strings"

	"github.com/google/pprof/profile"
)

// An Op is a kind of work on maps. The kinds share nothing: an assignment
// that makes its map grow is Grow, and only that.
type Op string

const (
	Access   Op = "access"
	Assign   Op = "assign" // without the growth that it caused
	Grow     Op = "grow"   // what a size hint would have saved
	Delete   Op = "delete"
	Iterate  Op = "iterate"
	Make     Op = "make" // the header, and the slots of the size that was asked for
	Clear    Op = "clear"
	Clone    Op = "clone"
	Indirect Op = "indirect" // memory of keys and values that are stored behind pointers
	SyncMap  Op = "sync.Map" // any method: it is a hash trie, not one of the runtime's maps
)

// Ops lists the operations in the order in which they are shown.
var Ops = []Op{Access, Assign, Grow, Delete, Iterate, Make, Clear, Clone, Indirect, SyncMap}

// A role is what a frame says about the sample that it is part of.
type role int

const (
	user    role = iota // code that is neither map work nor known to stand between
	system              // the runtime at other work; on its own it says nothing
	library             // standard library that calls maps for others
	mapWork             // names an operation, or takes part in one
)

// A meaning is what a function's name tells.
type meaning struct {
	role role
	op   Op   // of mapWork; empty for parts that serve several operations
	weak bool // the operation counts only where the frames below name none
	hash bool // computes a key's hash
	box  bool // allocates a key or value that is stored behind a pointer
}

// A pattern gives functions of one package a meaning, by the start of their
// names. The first that fits counts.
type pattern struct {
	pkg    string
	prefix string
	meaning
}

// patterns are all names that this package knows. They were read off
// profiles of programs built by Go 1.24 to 1.27, and by 1.24 with
// GOEXPERIMENT=noswissmap; testdata holds such profiles.
//
// A function keeps the name that it is linked under: most entry points of
// internal/runtime/maps are called runtime.map…, those for reflect
// reflect.map…, and maps.Clone calls maps.clone, which is the runtime's.
var patterns = []pattern{
	// Hashing is also called for by sync.Map, hash/maphash and unique: it
	// names no operation.
	{"runtime", "memhash", meaning{role: system, hash: true}},
	{"runtime", "strhash", meaning{role: system, hash: true}},
	{"runtime", "aeshash", meaning{role: system, hash: true}},
	{"runtime", "nilinterhash", meaning{role: system, hash: true}},
	{"runtime", "interhash", meaning{role: system, hash: true}},
	{"runtime", "typehash", meaning{role: system, hash: true}},
	{"runtime", "f32hash", meaning{role: system, hash: true}},
	{"runtime", "f64hash", meaning{role: system, hash: true}},
	{"runtime", "c64hash", meaning{role: system, hash: true}},
	{"runtime", "c128hash", meaning{role: system, hash: true}},
	{"", "aeshash", meaning{role: system, hash: true}}, // assembly has no package
	{"", "memhash", meaning{role: system, hash: true}},
	{"", "strhash", meaning{role: system, hash: true}},
	{"internal/runtime/maps", "MemHash", meaning{role: system, hash: true}}, // 1.27
	{"internal/runtime/maps", "StrHash", meaning{role: system, hash: true}},
	{"internal/runtime/maps", "memHash", meaning{role: system, hash: true}},
	{"internal/runtime/maps", "mix", meaning{role: system, hash: true}},
	{"internal/runtime/maps", "aeshash", meaning{role: system, hash: true}},

	// The runtime's entry points, Swiss and classic.
	{"runtime", "mapaccess", meaning{role: mapWork, op: Access}},
	{"runtime", "mapassign", meaning{role: mapWork, op: Assign}},
	{"runtime", "mapdelete", meaning{role: mapWork, op: Delete}},
	{"runtime", "mapiter", meaning{role: mapWork, op: Iterate}},
	{"runtime", "mapIter", meaning{role: mapWork, op: Iterate}}, // 1.25
	{"runtime", "mapclear", meaning{role: mapWork, op: Clear}},
	{"runtime", "mapclone", meaning{role: mapWork, op: Clone}},
	{"runtime", "makemap", meaning{role: mapWork, op: Make}},
	{"runtime", "reflect_mapaccess", meaning{role: mapWork, op: Access}},
	{"runtime", "reflect_mapassign", meaning{role: mapWork, op: Assign}},
	{"runtime", "reflect_mapdelete", meaning{role: mapWork, op: Delete}},
	{"runtime", "reflect_mapiter", meaning{role: mapWork, op: Iterate}},
	{"runtime", "reflect_mapclear", meaning{role: mapWork, op: Clear}},
	{"runtime", "reflect_makemap", meaning{role: mapWork, op: Make}},
	{"runtime", "makeBucketArray", meaning{role: mapWork, op: Make}},
	{"runtime", "hashGrow", meaning{role: mapWork, op: Grow}},
	{"runtime", "growWork", meaning{role: mapWork, op: Grow}},
	{"runtime", "evacuate", meaning{role: mapWork, op: Grow}},
	{"runtime", "moveToBmap", meaning{role: mapWork}},
	{"runtime", "(*hmap).", meaning{role: mapWork}},
	{"runtime", "(*bmap).", meaning{role: mapWork}},

	// Below the entry points of Swiss maps.
	{"internal/runtime/maps", "newobject", meaning{role: mapWork, box: true}},
	{"internal/runtime/maps", "(*table).rehash", meaning{role: mapWork, op: Grow}},
	{"internal/runtime/maps", "(*table).grow", meaning{role: mapWork, op: Grow}},
	{"internal/runtime/maps", "(*table).split", meaning{role: mapWork, op: Grow}},
	{"internal/runtime/maps", "(*Map).growToTable", meaning{role: mapWork, op: Grow}},
	{"internal/runtime/maps", "(*Map).installTableSplit", meaning{role: mapWork, op: Grow}},
	// The first group of a map made without a hint waits for the first
	// assignment. No hint saves it.
	{"internal/runtime/maps", "(*Map).growToSmall", meaning{role: mapWork, op: Make}},
	{"internal/runtime/maps", "(*Map).Get", meaning{role: mapWork, op: Access}},
	{"internal/runtime/maps", "(*Map).get", meaning{role: mapWork, op: Access}},
	{"internal/runtime/maps", "(*Map).Put", meaning{role: mapWork, op: Assign}},
	{"internal/runtime/maps", "(*Map).put", meaning{role: mapWork, op: Assign}},
	{"internal/runtime/maps", "(*Map).Delete", meaning{role: mapWork, op: Delete}},
	{"internal/runtime/maps", "(*Map).Clear", meaning{role: mapWork, op: Clear}},
	{"internal/runtime/maps", "(*Map).Clone", meaning{role: mapWork, op: Clone}},
	{"internal/runtime/maps", "(*Iter).", meaning{role: mapWork, op: Iterate}},
	{"internal/runtime/maps", "NewMap", meaning{role: mapWork, op: Make}},
	{"internal/runtime/maps", "NewEmptyMap", meaning{role: mapWork, op: Make}},
	{"internal/runtime/maps", "", meaning{role: mapWork}},

	// reflect: the functions that copy keys and values in and out count with
	// the operation that they are called for.
	{"reflect", "mapaccess", meaning{role: mapWork, op: Access}},
	{"reflect", "mapassign", meaning{role: mapWork, op: Assign}},
	{"reflect", "mapdelete", meaning{role: mapWork, op: Delete}},
	{"reflect", "mapiter", meaning{role: mapWork, op: Iterate}},
	{"reflect", "mapIter", meaning{role: mapWork, op: Iterate}},
	{"reflect", "mapclear", meaning{role: mapWork, op: Clear}},
	{"reflect", "makemap", meaning{role: mapWork, op: Make}},
	{"reflect", "MakeMap", meaning{role: mapWork, op: Make}},
	{"reflect", "Value.MapIndex", meaning{role: mapWork, op: Access}},
	{"reflect", "Value.SetMapIndex", meaning{role: mapWork, op: Assign}},
	{"reflect", "Value.MapKeys", meaning{role: mapWork, op: Iterate}},
	{"reflect", "Value.MapRange", meaning{role: mapWork, op: Iterate}},
	{"reflect", "Value.SetIterKey", meaning{role: mapWork, op: Iterate}},
	{"reflect", "Value.SetIterValue", meaning{role: mapWork, op: Iterate}},
	{"reflect", "(*MapIter).", meaning{role: mapWork, op: Iterate}},
	{"reflect", "(*hiter).", meaning{role: mapWork, op: Iterate}},
	{"reflect", "", meaning{role: library}},

	{"sync", "(*Map).", meaning{role: mapWork, op: SyncMap}},
	{"sync", "", meaning{role: library}},
	{"internal/sync", "", meaning{role: library}},

	// What stands in package maps is loops around the runtime's operations.
	// Their own time is the moving of keys and values.
	{"maps", "clone", meaning{role: mapWork, op: Clone}},
	{"maps", "Clone", meaning{role: mapWork, op: Clone, weak: true}},
	{"maps", "Collect", meaning{role: mapWork, op: Make, weak: true}},
	{"maps", "Copy", meaning{role: mapWork, op: Assign, weak: true}},
	{"maps", "Insert", meaning{role: mapWork, op: Assign, weak: true}},
	{"maps", "", meaning{role: mapWork, op: Iterate, weak: true}},

	{"slices", "", meaning{role: library}},
	{"iter", "", meaning{role: library}},
}

// runtimePackages do their work unasked: allocation, collection, scheduling,
// copying.
var runtimePackages = map[string]bool{
	"":                     true, // assembly, such as memeqbody
	"runtime":              true,
	"internal/abi":         true,
	"internal/bytealg":     true,
	"internal/chacha8rand": true,
	"internal/cpu":         true,
	"internal/goarch":      true,
	"internal/race":        true,
	"math/bits":            true,
	"sync/atomic":          true,
}

// A frame is one function on a stack, inlined or not.
type frame struct {
	function string // as in the profile
	file     string
	line     int64
	pkg      string // import path
	base     string // name within the package, type arguments left out
	loop     string // of the body of a loop over a function: the base of the loop's function
	meaning
}

// A namer gives functions their meaning.
type namer struct {
	roots []string // of the standard library's sources, with a final slash
	known map[*profile.Function]frame
}

// newNamer looks for where the toolchain's sources stood when the program
// was built: a closure of package maps that is inlined into main.f is called
// main.f.Keys[…].func1, and only its file tells that it is not main's.
func newNamer(p *profile.Profile) *namer {
	n := &namer{known: make(map[*profile.Function]frame, len(p.Function))}
	for _, f := range p.Function {
		if !strings.HasPrefix(f.Name, "runtime.") {
			continue
		}
		at := strings.LastIndex(f.Filename, "runtime/")
		if at < 0 || strings.Contains(f.Filename[at+len("runtime/"):], "/") {
			continue
		}
		// Built with -trimpath, the file is "runtime/proc.go". A profile may
		// be merged of several programs.
		root := f.Filename[:at]
		if (root == "" || strings.HasSuffix(root, "/src/")) && !slices.Contains(n.roots, root) {
			n.roots = append(n.roots, root)
		}
	}
	return n
}

// std returns the directory of a file of the standard library.
func (n *namer) std(file string) (string, bool) {
	for _, root := range n.roots {
		if rest, ok := strings.CutPrefix(file, root); ok {
			if slash := strings.LastIndexByte(rest, '/'); slash >= 0 {
				return rest[:slash], true
			}
		}
	}
	return "", false
}

// frame returns the frame of a line of a location.
func (n *namer) frame(l profile.Line) frame {
	if l.Function == nil {
		return frame{}
	}
	fr, ok := n.known[l.Function]
	if !ok {
		fr = n.read(l.Function.Name, l.Function.Filename)
		n.known[l.Function] = fr
	}
	fr.line = l.Line
	return fr
}

func (n *namer) read(name, file string) frame {
	fr := frame{function: name, file: file}
	fr.pkg, fr.base = splitName(name)
	dir, std := n.std(file)
	switch {
	case name == "":
		return fr // no symbols: nobody knows
	case std && dir != fr.pkg && (dir == "maps" || dir == "slices" || dir == "iter"):
		// A closure, named after the function that it was inlined into.
		fr.pkg, fr.base = dir, closureOf(fr.base)
	case !std && len(n.roots) > 0 && file != "" && file[0] != '<':
		return fr // a user's package, whatever its name
	}
	fr.meaning = mean(fr.pkg, fr.base)
	if rangeBody.MatchString(fr.base) {
		fr.loop = rangeBody.ReplaceAllString(fr.base, "")
	}
	return fr
}

func mean(pkg, base string) meaning {
	for _, p := range patterns {
		if p.pkg == pkg && strings.HasPrefix(base, p.prefix) {
			return p.meaning
		}
	}
	if runtimePackages[pkg] || strings.HasPrefix(pkg, "internal/runtime/") || strings.HasPrefix(pkg, "runtime/internal/") {
		return meaning{role: system}
	}
	return meaning{}
}

// splitName takes a symbol apart into import path and name, without the type
// arguments. Functions that the compiler makes to hash and compare keys
// belong to no package.
func splitName(symbol string) (pkg, base string) {
	for _, made := range []string{"type:.", "type.."} {
		if kind, ok := strings.CutPrefix(symbol, made); ok {
			if strings.HasPrefix(kind, "hash.") {
				return "runtime", "typehash"
			}
			return "runtime", kind
		}
	}
	symbol = arguments(symbol, "")
	slash := strings.LastIndexByte(symbol, '/') + 1
	dot := strings.IndexByte(symbol[slash:], '.')
	if dot < 0 {
		return "", symbol
	}
	return symbol[:slash+dot], symbol[slash+dot+1:]
}

// arguments replaces type arguments, which nest and hold slashes and dots.
func arguments(symbol, by string) string {
	if !strings.Contains(symbol, "[") {
		return symbol
	}
	var b strings.Builder
	depth := 0
	for _, r := range symbol {
		switch {
		case r == '[':
			if depth++; depth == 1 {
				b.WriteString(by)
			}
		case r == ']' && depth > 0:
			depth--
		case depth == 0:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// closureOf returns the end of a closure's name that is its own:
// "collect.Collect.Insert-range1" is Insert-range1.
func closureOf(base string) string {
	parts := strings.Split(base, ".")
	for i := len(parts) - 1; i >= 0; i-- {
		if !closureSuffix.MatchString(parts[i]) {
			return strings.Join(parts[i:], ".")
		}
	}
	return base
}

var (
	closureSuffix = regexp.MustCompile(`^(func\d+|gowrap\d+|deferwrap\d+|\d+)$`)
	rangeBody     = regexp.MustCompile(`-range\d+(\.func\d+)*$`)
)
