// Package raw reads the files that recorded programs leave, or are writing still. The other side of the
// format is added/runtime.go.txt of package patch, which says more about it.
package raw

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"os"
	"slices"
	"strings"
	"time"
)

// A Process is what one process recorded.
type Process struct {
	PID              int
	Go, GOOS, GOARCH string
	Path             string // of the executable
	Build            string // id given when it was built
	Started          time.Time
	Exited           bool   // it ended in order, and Alive of its sites is known
	Every            int    // one of so many makes of a site is tracked after the first ones
	First            int    // so many of the first makes of a site are tracked
	Access           int    // one of so many look-ups and inserts was sampled, 0 for none
	Lost             uint64 // makes and counts that found no room
	Trouble          string // why there was none, for the user; "" where all is well
	Sites            []Site // in the order in which they appeared
}

// A Site is a place that makes maps of one type, as told apart by the calls that led to it.
type Site struct {
	Type      string // with paths of packages, but within func, struct and interface types; "" if no map was ever written to
	KeySize   int    // bytes
	ElemSize  int
	SlotSize  int  // of a key and its element, or the pointers to them
	GroupSize int  // of 8 slots and their control word
	Pointers  bool // the collector looks into its slots

	// Stack is what led to the make, innermost first, with calls that were inlined and
	// without those of the runtime.
	Stack []Frame

	AtGrowth bool // maps made on the stack without a call: this is where they first grew beyond 8 slots
	OnStack  bool // made by a call, with the header on the stack

	Made  Classes // makes by the class that the map had when it was made
	Hints Hints
	Grown Classes // how often maps came into a class by growing

	Growths    uint64 // tables that were doubled, and groups that became tables
	Splits     uint64 // tables of 1024 slots that became two
	Prunes     uint64 // removals of tombstones in place
	Clears     uint64 // of maps that were not empty
	Recopied   uint64 // entries copied in growths and splits
	Tombstones uint64 // slots of deleted entries that growths and splits found

	// The sizes of tracked maps, in entries: the largest that each had, and the last, for
	// those that died and for those that were alive at exit. Maps on the stack are not tracked. One of
	// the first maps counts once, and a later one Every times, for those that are not tracked.
	Peaks  Histogram // of dead maps, and of those alive at exit
	Finals Histogram // of dead maps
	Alive  Histogram
	// Tracked is how many maps these sizes come from, without weights.
	Tracked uint64

	Reads, Writes uint64 // look-ups and inserts, estimated from a sample
}

// A Frame is a call.
type Frame struct {
	Func  string // as in tracebacks: type arguments are [...]
	File  string
	Line  int
	Start int // line at which the function begins
}

// Classes counts maps by capacity class: class 0 has no slots, class i has 8<<(i−1), and what is
// above the last is counted there. From class 9 on a map has several tables; then its slots are those of its
// directory, which are up to twice those that it has.
type Classes [32]uint64

// Slots is the number of slots of a map in a class.
func Slots(class int) int64 {
	if class == 0 {
		return 0
	}
	return 8 << (class - 1)
}

// Sum is the number of all maps.
func (c *Classes) Sum() uint64 {
	n := uint64(0)
	for _, v := range c {
		n += v
	}
	return n
}

// Final returns how many maps ended in each class, or are in it now.
func (s *Site) Final() Classes {
	final := s.Made
	for i := range final {
		final[i] += s.Grown[i]
		if i > 0 {
			final[i-1] -= min(s.Grown[i], final[i-1]) // what is read while it is written may be off by a few
		}
	}
	return final
}

// RecopiedBytes is what growths and splits copied, without the control words.
func (s *Site) RecopiedBytes() uint64 { return s.Recopied * uint64(s.SlotSize) }

// Hints are the capacity hints that makes gave; those without a hint, or with a constant one of at
// most 8, which the compiler leaves out, are not among them.
type Hints struct {
	Count    uint64
	Min, Max uint64
	Sizes    Histogram
}

// A Histogram counts numbers of entries in buckets, the lowest first. It is exact below 64; above,
// there are 16 buckets to each doubling.
type Histogram []Bucket

// A Bucket counts numbers from Low to High.
type Bucket struct {
	Low, High uint64
	Count     uint64
}

// Count returns the number of all that was counted.
func (h Histogram) Count() uint64 {
	n := uint64(0)
	for _, b := range h {
		n += b.Count
	}
	return n
}

// What the file holds. The numbers are those of the recorder.
const (
	magic  = "mapdiag\n"
	format = 1

	headerSize = 4096
	maxSize    = 256 << 20 // of the recorder's mapping
	maxStack   = 64        // more than it notes for a site
	maxInlined = 64        // calls that it notes at one address

	tagSite   = 1
	tagPC     = 2
	tagString = 3
	tagType   = 4
	tagCells  = 5
	tagTracks = 6

	flagGrowth = 1
	flagStack  = 2

	kindMade  = 1
	kindGrown = 2
	kindPeak  = 4 // and the next: of sampled maps
	kindFinal = 6
	kindAlive = 8
)

// ErrForeign tells that a file was not written by a recorded program.
var ErrForeign = errors.New("is no recording of maps")

// Is reports whether a file begins like what a recorded program leaves.
func Is(file string) bool {
	f, err := os.Open(file)
	if err != nil {
		return false
	}
	defer f.Close()
	start := make([]byte, len(magic))
	_, err = io.ReadFull(f, start)
	return err == nil && string(start) == magic
}

// Read reads a file, also one that its program is writing to, or did not finish.
func Read(file string) (*Process, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() > maxSize || !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s %w", file, ErrForeign)
	}
	data := make([]byte, info.Size())
	n, err := f.ReadAt(data, 0)
	if n < len(data) && err != nil {
		return nil, err
	}
	p, err := Parse(data)
	if err != nil {
		return nil, fmt.Errorf("%s %w", file, err)
	}
	return p, nil
}

// Parse reads the content of a file. Errors say what it is, to follow its name.
func Parse(data []byte) (*Process, error) {
	if len(data) < headerSize {
		if len(data) == 0 || strings.HasPrefix(magic, string(data[:min(len(data), len(magic))])) {
			return nil, errors.New("is cut short: the recording has no beginning")
		}
		return nil, ErrForeign
	}
	switch string(data[:8]) {
	case magic:
	case "\x00\x00\x00\x00\x00\x00\x00\x00":
		return nil, errors.New("is empty: its program was stopped before it began to record")
	default:
		return nil, ErrForeign
	}
	if v := binary.LittleEndian.Uint32(data[8:]); v != format {
		return nil, fmt.Errorf("has format %d, and this mapdiag reads %d: record again with the mapdiag that reads it", v, format)
	}
	r := reader{data: data}
	p := &Process{
		PID:     int(r.u64(24)),
		Started: time.Unix(int64(r.u64(32)), int64(r.u64(40))),
		Exited:  r.u32(48) != 0,
		Every:   int(max(r.u32(52), 1)),
		Lost:    r.u64(56),
		Access:  int(r.u32(64)),
		First:   int(r.u32(68)),
		Go:      text(data[120:184]),
		Build:   text(data[248:504]),
		Path:    text(data[504:4096]),
	}
	p.GOOS, p.GOARCH, _ = strings.Cut(text(data[184:248]), "/")
	p.Trouble = trouble(r.u32(12), p.Lost)
	used := r.u64(16)
	switch {
	case used < headerSize || used > maxSize || used%64 != 0:
		return nil, errors.New("is damaged: the length of what is recorded makes no sense")
	case used > uint64(len(data)):
		return nil, fmt.Errorf("is cut short: %d bytes of %d are there", len(data), used)
	}
	r.data = data[:used]
	r.blocks()
	p.Sites = r.sites(p.Every)
	return p, nil
}

func trouble(code uint32, lost uint64) string {
	errno := code & 0xffff
	switch code >> 16 {
	case 0:
		if lost > 0 {
			return "some counts found no room in the file"
		}
		return ""
	case 1:
		return fmt.Sprintf("the file could not be extended (errno %d; 28 is a full disk)", errno)
	case 2:
		return "the file has reached its largest size, with very many places that make maps"
	case 3:
		return "the file has reached the limit for the size of files (ulimit -f)"
	case 4:
		return "more maps were alive than can be tracked: sizes of some later ones are missing"
	}
	return "unknown"
}

// text is a string that ends at the first zero.
func text(b []byte) string {
	s, _, _ := strings.Cut(string(b), "\x00")
	return s
}

type reader struct {
	data []byte

	order []uint32 // sites
	site  map[uint32]*site
	pc    map[uint32][]byte
	str   map[uint32]string
	typ   map[uint32][]byte
	cells [][]byte
}

type site struct {
	Site
	block  []byte
	counts [10]map[uint32]uint64 // by kind: class or bucket → count
}

func (r *reader) u32(off int) uint32 { return binary.LittleEndian.Uint32(r.data[off:]) }
func (r *reader) u64(off int) uint64 { return binary.LittleEndian.Uint64(r.data[off:]) }

// The least sizes of blocks, for what is read from them without a look at their length.
var minSize = map[uint32]int{tagSite: 120, tagPC: 24, tagString: 16, tagType: 40, tagCells: 64}

// blocks finds what there is. Blocks that are being filled have no tag yet.
func (r *reader) blocks() {
	r.site, r.pc = map[uint32]*site{}, map[uint32][]byte{}
	r.str, r.typ = map[uint32]string{}, map[uint32][]byte{}
	for off := headerSize; off+64 <= len(r.data); {
		tag, size := r.u32(off), r.u32(off+4)
		if size == 0 || size%64 != 0 || uint64(off)+uint64(size) > uint64(len(r.data)) {
			return // torn: what follows cannot be found
		}
		block, id := r.data[off:off+int(size)], uint32(off>>6)
		off += int(size)
		if len(block) < minSize[tag] {
			continue
		}
		switch tag {
		case tagSite:
			r.site[id] = &site{block: block}
			r.order = append(r.order, id)
		case tagPC:
			r.pc[id] = block
		case tagString:
			n := min(int(binary.LittleEndian.Uint32(block[8:])), len(block)-16)
			r.str[id] = strings.ToValidUTF8(string(block[16:16+max(n, 0)]), "\uFFFD")
		case tagType:
			r.typ[id] = block
		case tagCells:
			r.cells = append(r.cells, block)
		}
	}
}

func (r *reader) sites(every int) []Site {
	r.count()
	sites := make([]Site, 0, len(r.order))
	for _, id := range r.order {
		s := r.site[id]
		u32 := func(off int) uint32 { return binary.LittleEndian.Uint32(s.block[off:]) }
		u64 := func(off int) uint64 { return binary.LittleEndian.Uint64(s.block[off:]) }
		flags := u32(28)
		s.AtGrowth, s.OnStack = flags&flagGrowth != 0, flags&flagStack != 0
		if t := r.typ[u32(24)]; t != nil {
			field := func(off int) int { return int(binary.LittleEndian.Uint32(t[off:])) }
			s.Type = r.str[uint32(field(16))]
			s.KeySize, s.ElemSize, s.SlotSize, s.GroupSize = field(20), field(24), field(28), field(32)
			s.Pointers = field(36) != 0
		}
		for i := range int(min(u32(36), uint32(len(s.block)-120)/4, maxStack)) {
			s.Stack = append(s.Stack, r.frames(u32(120+4*i))...)
		}
		s.Growths, s.Splits, s.Prunes, s.Clears = u64(56), u64(64), u64(72), u64(80)
		s.Recopied, s.Tombstones, s.Reads, s.Writes = u64(88), u64(96), u64(104), u64(112)
		if hint := u64(40); hint > 0 {
			s.Hints.Min = hint - 1
		}
		if hint := u64(48); hint > 0 {
			s.Hints.Max = hint - 1
		}
		s.histograms(uint64(every))
		if s.Made.Sum() == 0 && s.Growths == 0 {
			continue // all its maps went to sites of other types
		}
		sites = append(sites, s.Site)
	}
	return sites
}

// count gives cells to their sites, those of all processors together.
func (r *reader) count() {
	for _, block := range r.cells {
		n := min(int(binary.LittleEndian.Uint32(block[8:])), (len(block)-64)/16)
		for i := range max(n, 0) {
			key, count := binary.LittleEndian.Uint64(block[64+16*i:]), binary.LittleEndian.Uint64(block[72+16*i:])
			s := r.site[uint32(key)]
			kind := key >> 50 & 0x3f
			if key>>63 == 0 || s == nil || int(kind) >= len(s.counts) {
				continue
			}
			if s.counts[kind] == nil {
				s.counts[kind] = map[uint32]uint64{}
			}
			// A map that moved to another site leaves −1 on a processor that may not be that
			// which counted it: the sum is right.
			s.counts[kind][uint32(key>>32&0x3ffff)] += count
		}
	}
}

// histograms sets what comes from cells.
func (s *site) histograms(every uint64) {
	hints := map[uint32]uint64{}
	for at, n := range s.counts[kindMade] {
		if int64(n) < 0 {
			continue // read while it was written
		}
		class, bucket := at>>12, at&0xfff
		s.Made[min(class, 31)] += n
		if bucket > 0 {
			hints[bucket-1] += n
			s.Hints.Count += n
		}
	}
	s.Hints.Sizes = histogram(weighted{hints, 1})
	for at, n := range s.counts[kindGrown] {
		s.Grown[min(at>>12, 31)] += n
	}
	s.Peaks = histogram(weighted{s.counts[kindPeak], 1}, weighted{s.counts[kindPeak+1], every})
	s.Finals = histogram(weighted{s.counts[kindFinal], 1}, weighted{s.counts[kindFinal+1], every})
	s.Alive = histogram(weighted{s.counts[kindAlive], 1}, weighted{s.counts[kindAlive+1], every})
	for _, kind := range []int{kindPeak, kindPeak + 1} {
		for _, n := range s.counts[kind] {
			s.Tracked += n
		}
	}
}

type weighted struct {
	counts map[uint32]uint64 // by bucket
	weight uint64
}

func histogram(of ...weighted) Histogram {
	sum := map[uint32]uint64{}
	for _, w := range of {
		for at, n := range w.counts {
			if bucket := at & 0xfff; n > 0 && bucket < buckets {
				sum[bucket] += n * w.weight
			}
		}
	}
	var h Histogram
	for bucket, n := range sum {
		low, high := bounds(bucket)
		h = append(h, Bucket{low, high, n})
	}
	slices.SortFunc(h, func(a, b Bucket) int { return cmp.Compare(a.Low, b.Low) })
	return h
}

// buckets is how many there are up to the largest number.
const buckets = 64 + 58*16

// bounds returns the least and the largest number of a bucket.
func bounds(bucket uint32) (low, high uint64) {
	if bucket < 64 {
		return uint64(bucket), uint64(bucket)
	}
	shift := (bucket-64)/16 + 2
	low = uint64((bucket-64)%16+16) << shift
	return low, low + (1<<shift - 1)
}

// bucket is the number of the bucket for n, as the recorder has it.
func bucket(n uint64) uint32 {
	if n < 64 {
		return uint32(n)
	}
	shift := uint32(bits.Len64(n)) - 5
	return 64 + (shift-2)*16 + uint32(n>>shift) - 16
}

// frames returns the calls at an address, without those of the runtime.
func (r *reader) frames(id uint32) []Frame {
	block := r.pc[id]
	if block == nil {
		return nil
	}
	var frames []Frame
	n := min(int(binary.LittleEndian.Uint32(block[16:])), (len(block)-24)/16, maxInlined)
	for i := range max(n, 0) {
		at := func(off int) uint32 { return binary.LittleEndian.Uint32(block[24+16*i+off:]) }
		fn := r.str[at(0)]
		if ofRuntime(fn) {
			continue
		}
		frames = append(frames, Frame{shapeless(fn), r.str[at(4)], int(at(8)), int(at(12))})
	}
	return frames
}

// ofRuntime says whether a function is one of those that make and grow maps for others.
func ofRuntime(fn string) bool {
	return strings.HasPrefix(fn, "runtime.") || strings.HasPrefix(fn, "internal/runtime/") ||
		fn == "reflect.makemap" // by its name alone one of reflect
}

// shapeless leaves out type arguments, as tracebacks do.
func shapeless(fn string) string {
	i, j := strings.IndexByte(fn, '['), strings.LastIndexByte(fn, ']')
	if i < 0 || j <= i {
		return fn
	}
	return fn[:i] + "[...]" + fn[j+1:]
}
