// Package layout reads maps as the runtime keeps them in memory.
//
// The language shows of a map its length and its entries; how many slots there
// are for them, how full they are and how far a lookup has to go are known to the
// runtime alone. This package knows the two layouts in use on 64-bit targets,
// each in a file of its own: Swiss maps (Go 1.24 and later) and classic maps (until Go
// 1.23, and with GOEXPERIMENT=noswissmap until Go 1.25).
//
// No layout is believed: before the first reading, the package builds maps that it
// knows everything about and compares (selfcheck.go). A runtime that it
// does not understand is refused with [ErrUnknown], never guessed at.
package layout

import (
	"errors"
	"math"
	"reflect"
	"sync"
	"time"
	"unsafe"
)

var (
	// ErrUnknown is returned where maps are laid out in a way that no reader
	// of this package understands.
	ErrUnknown = errors.New("unknown layout of maps")

	// ErrTorn is returned if the map was written while it was read.
	ErrTorn = errors.New("map was written while it was read")
)

// MaxProbe is the number of lengths that [Reading.Probes] tells apart.
const MaxProbe = 16

// Options say how much of a map is read.
type Options struct {
	// Groups is the number of groups (buckets of a classic map) whose keys are
	// hashed to find how far a lookup of each has to go: none if 0, all if negative.
	// Where it is less than all, they are chosen at random.
	Groups int

	// Budget ends the reading when it has taken so long, as if Groups had been what
	// was read until then; where even the heads of the tables take longer than half of
	// it, their sums are estimated from some. 0 is no limit.
	Budget time.Duration

	// Racy is set if the map may be written meanwhile. Keys are then
	// hashed only if their hash cannot follow a pointer that was read in halves.
	Racy bool

	start time.Time
}

// A clock tells when a budget is spent. It looks at the time now and then.
type clock struct {
	start time.Time
	left  time.Duration // of start; 0 if there is no limit
	every uint
	calls uint
}

// clock returns a clock that looks at the time at each call that is a multiple of every.
func (o *Options) clock(every uint) clock { return clock{start: o.start, left: o.Budget, every: every} }

func (c *clock) late() bool {
	c.calls++
	return c.left > 0 && c.calls%c.every == 0 && time.Since(c.start) >= c.left
}

// A Reading is what was found in a map. All but Len and Depth are estimates if
// Estimated is set.
type Reading struct {
	Len   int
	Depth int // levels of the directory of a Swiss map, log2 of the buckets of a classic map

	Estimated  bool // the sums below were taken of some tables and are estimates for all
	Tables     int  // tables; 0 for a map of one group, and for a classic map
	TablesRead int
	Groups     int // groups; buckets of a classic map, without overflow buckets
	Slots      int
	Tombstones int
	GrowthLeft int // entries that can be added before some table grows; see GrowthLeft in mapstat

	Overflow int // overflow buckets in use of a classic map
	Old      int // buckets of a classic map that are being moved out of

	Bytes   uint64 // of all parts, each rounded up as the allocator does it
	Objects uint64 // number of parts
	Seq     uint64 // times that the map was cleared, as far as the layout counts them

	// Probes[i] is the number of entries that a lookup finds in the (i+1)th
	// group that it visits. The last element counts all that are farther.
	Probes    [MaxProbe]uint64
	ProbeMax  int    // most groups visited for one entry
	ProbeSum  uint64 // groups visited for all entries together
	Probed    uint64 // entries looked up
	GroupSeen int    // groups whose entries were looked up
	complete  bool   // all entries were looked up
	probe     spread
	Expected  float64 // mean number of groups visited, in a map as full as this of which nothing was deleted
	Unhashed  uint64  // entries with a NaN in their key: no lookup finds them
}

// A spread is what the error of a mean over groups follows from: sums over the
// groups, with n the entries of one and s the groups visited for them.
type spread struct{ nn, ns, ss float64 }

func (p *spread) add(n, s uint64) {
	p.nn += float64(n) * float64(n)
	p.ns += float64(n) * float64(s)
	p.ss += float64(s) * float64(s)
}

// ProbeError returns the standard error of ProbeSum/Probed as the mean of all entries,
// 0 if all were looked up. Entries come by whole groups, and the same group may come
// twice, so that it is the error of a ratio of two sums over a cluster sample
// with replacement.
func (r *Reading) ProbeError() float64 {
	seen := float64(r.GroupSeen)
	if r.complete || r.Probed == 0 {
		return 0
	}
	if r.GroupSeen < 2 {
		return math.Inf(1)
	}
	mean := float64(r.ProbeSum) / float64(r.Probed)
	perGroup := float64(r.Probed) / seen
	square := max(r.probe.ss-2*mean*r.probe.ns+mean*mean*r.probe.nn, 0)
	return math.Sqrt(square/(seen-1)/seen) / perGroup
}

// A Type reads the maps of one map type. It is immutable.
type Type struct {
	Key, Elem                 reflect.Type
	IndirectKey, IndirectElem bool
	Pointers                  bool // the collector scans the slots
	Racy                      bool // keys can be hashed while the map is written
	Generic                   bool // the runtime has no fast path for such keys

	hasher    hasher
	nan       bool // keys may be unequal to themselves
	keyOff    uintptr
	keyStride uintptr
	groupSize uintptr
	perEntry  uint64 // heap bytes of the keys and elements of one entry that are stored behind pointers
	indirect  uint64 // their number, 0 to 2

	groupBytes [8]uint64 // heap bytes of an array of 1<<i groups
}

// A reader knows one layout.
type reader struct {
	name     string
	geometry func(t *Type, group reflect.Type) bool
	read     func(t *Type, m unsafe.Pointer, o Options) (Reading, error)
	rebuilt  func(t *Type, n int) (slots int, bytes uint64)
	hashes   func(t *Type, m unsafe.Pointer) (full, matching int) // for the self-check
}

var readers = []*reader{&swiss, &split, &classic}

// current is the reader that has passed the self-check, or nil.
var current = sync.OnceValue(choose)

// Name returns the name of the layout of this program's maps: "swiss", "swiss split",
// "classic" or, if it is not understood, "unknown".
func Name() string {
	if r := current(); r != nil {
		return r.name
	}
	return "unknown"
}

var types sync.Map // reflect.Type -> *Type, or nil

// Of returns the reader of maps of type t, which must be a map type. Its error is
// [ErrUnknown].
func Of(t reflect.Type) (*Type, error) {
	if known, ok := types.Load(t); ok {
		if typ := known.(*Type); typ != nil {
			return typ, nil
		}
		return nil, ErrUnknown
	}
	var typ *Type
	if r := current(); r != nil {
		typ = r.typeOf(t)
	}
	types.Store(t, typ)
	if typ == nil {
		return nil, ErrUnknown
	}
	return typ, nil
}

// Read reads the map whose header is at m, a pointer of the type's own kind; m may be
// nil. Its error is [ErrTorn].
func (t *Type) Read(m unsafe.Pointer, o Options) (Reading, error) {
	if m == nil {
		return Reading{}, nil
	}
	if o.Budget > 0 {
		o.start = time.Now()
	}
	return current().read(t, m, o)
}

// Len returns the number of entries of the map whose header is at m. Every layout
// keeps it in the first word, where the compiler itself reads it.
func Len(m unsafe.Pointer) int {
	if m == nil {
		return 0
	}
	return *(*int)(m)
}

func add(p unsafe.Pointer, n uintptr) unsafe.Pointer { return unsafe.Add(p, n) }

func word(p unsafe.Pointer, off uintptr) unsafe.Pointer { return *(*unsafe.Pointer)(add(p, off)) }
