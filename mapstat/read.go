package mapstat

import (
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"unsafe"

	"github.com/mapdiag/mapdiag/mapstat/internal/layout"
)

var (
	// ErrTorn is returned where the map was written while it was read, so that what was
	// read does not belong together.
	ErrTorn = errors.New("mapstat: the map was written while it was read")

	// ErrUnknownLayout is returned where this version of the package does not
	// know how the program's maps are laid out in memory.
	ErrUnknownLayout = errors.New("mapstat: unknown layout of maps in " + runtime.Version() + " on " + runtime.GOARCH)

	// ErrNotMap is returned for values that are no maps.
	ErrNotMap = errors.New("mapstat: not a map")
)

// Layout returns the name of the layout of this program's maps: "swiss", "swiss
// split" (GOEXPERIMENT=mapsplitgroup), "classic" or "unknown".
func Layout() string { return layout.Name() }

// Read reads the health of m, which must be a map, looking up each of its
// entries: 7 to 17 ns an entry, and 100 where keys are stored behind pointers. The caller holds the lock under which the map is used,
// for reading at least. A nil map has the zero Stat but for its type.
//
// Its errors are [ErrNotMap], [ErrUnknownLayout], with which Len and Type are
// right and all else zero, and [ErrTorn] if the map was written in spite of the lock.
func Read(m any) (Stat, error) {
	return read(m, layout.Options{Groups: -1})
}

// ReadMap is [Read] with the map's type known to the compiler.
func ReadMap[M ~map[K]V, K comparable, V any](m M) (Stat, error) { return Read(m) }

// TryRead reads the health of m without a lock, while it may be written. It reads
// again a few times where the map is written meanwhile, and then returns [ErrTorn]
// with Len alone. It does not stop writers, and does not make the program fail with
// "concurrent map read and map write".
//
// A write that ends with as many entries as there were goes unseen, so that
// counts may be off by the few entries that were replaced while it read. Probe
// lengths are left out (Probed is 0) where keys hold interfaces, as hashing one that was read in
// halves would follow a wild pointer, and on classic maps where neither keys nor values
// hold pointers.
//
// It returns ErrTorn at once, with Len 0, in programs built with the race detector, -asan, -msan or
// -d=checkptr, which end a program that reads so, and on all processors but
// amd64: others may show the writes of one core to the next in another order, and no
// order of reading is then sure never to follow a wild pointer.
func TryRead(m any) (Stat, error) {
	return tryRead(m, layout.Options{Groups: -1})
}

// TryReadMap is [TryRead] with the map's type known to the compiler.
func TryReadMap[M ~map[K]V, K comparable, V any](m M) (Stat, error) { return TryRead(m) }

func read(m any, o layout.Options) (Stat, error) {
	typ, p := layout.Unpack(m)
	if typ == nil {
		return Stat{}, notMap(m)
	}
	t, err := layout.Of(typ)
	return readAt(typ, t, err, p, o)
}

func notMap(m any) error {
	if m == nil {
		return fmt.Errorf("%w: nil", ErrNotMap)
	}
	return fmt.Errorf("%w: %T", ErrNotMap, m)
}

// readAt reads the map of type typ whose header is at p, with what [layout.Of]
// returned for it.
func readAt(typ reflect.Type, t *layout.Type, unknown error, p unsafe.Pointer, o layout.Options) (Stat, error) {
	stat := Stat{Len: layout.Len(p), Type: typ.String(), Layout: layout.Name()}
	if unknown != nil {
		return stat, ErrUnknownLayout
	}
	r, err := t.Read(p, o)
	if err != nil {
		return stat, ErrTorn
	}
	stat.fill(t, &r)
	return stat, nil
}

// tries is how often a map is read before it counts as torn. Half the readings of a
// map that is written all the time are torn.
const tries = 8

func tryRead(m any, o layout.Options) (Stat, error) {
	typ, p := layout.Unpack(m)
	if typ == nil {
		return Stat{}, notMap(m)
	}
	t, err := layout.Of(typ)
	return tryReadAt(typ, t, err, p, o)
}

func tryReadAt(typ reflect.Type, t *layout.Type, unknown error, p unsafe.Pointer, o layout.Options) (Stat, error) {
	torn := Stat{Type: typ.String(), Layout: layout.Name()}
	if watched() {
		return torn, ErrTorn
	}
	torn.Len = layout.Len(p)
	o.Racy = true
	for range tries {
		stat, err := readGuarded(typ, t, unknown, p, o)
		if !errors.Is(err, ErrTorn) {
			return stat, err
		}
		runtime.Gosched()
	}
	return torn, ErrTorn
}

// readGuarded reads a map of which any part may change or be a mixture of two
// others meanwhile: a wild pointer is a torn reading and no crash.
func readGuarded(typ reflect.Type, t *layout.Type, unknown error, p unsafe.Pointer, o layout.Options) (stat Stat, err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if recover() != nil {
			stat, err = Stat{}, ErrTorn
		}
	}()
	return readAt(typ, t, unknown, p, o)
}

// watched reports whether the program was built with something that ends it where
// memory is read that another goroutine writes, or for a processor that does not keep
// writes in order.
var watched = sync.OnceValue(func() bool {
	if sanitized || runtime.GOARCH != "amd64" {
		return true
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return false
	}
	for _, s := range info.Settings {
		if s.Key == "-gcflags" && strings.Contains(s.Value, "checkptr") {
			return true
		}
	}
	return false
})
