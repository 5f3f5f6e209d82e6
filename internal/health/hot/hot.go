// Package hot finds the work on maps in an ordinary CPU or heap profile of a
// Go program: how much there is, of which kind, and which lines call for it.
//
// A sample is map work if the runtime's map code stands on its stack with no
// other code than the library's below it. The innermost frame above, outside
// of the library, is the line that called for it. Code that a library's
// iterator calls, such as the body of a loop over [maps.Keys], stands below
// that iterator on the stack and is not map work.
//
// Heap profiles leave out the runtime's frames at the innermost end, and with
// them all that tells an assignment from an append. What the calling line
// called is then read from the program's code: see [Open].
package hot

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Options select what is analysed.
type Options struct {
	// SampleType is the name of the value of interest, such as alloc_space;
	// empty for the profile's default.
	SampleType string
	// Binary is the program that the profile was taken of. Only heap profiles
	// need it.
	Binary *Binary
}

// An Amount is a cost, in the unit of the report, and the number of samples
// (of a CPU profile) or objects (of a heap profile) that make it up.
type Amount struct {
	Value int64 `json:"value"`
	Count int64 `json:"count"`
}

func (a *Amount) add(b Amount) {
	a.Value += b.Value
	a.Count += b.Count
}

// A Report says how much of a profile is work on maps.
type Report struct {
	Kind       Kind   `json:"kind"`
	SampleType string `json:"sample_type"`
	Unit       string `json:"unit"`       // of all values: nanoseconds, bytes or count
	CountUnit  string `json:"count_unit"` // samples or objects
	// Duration is how long the profile was taken, in nanoseconds; 0 if unknown.
	Duration int64  `json:"duration_ns,omitempty"`
	Total    Amount `json:"total"` // all samples of the profile
	Maps     Amount `json:"maps"`  // those that are map work
	// Hash is the part of Maps that was spent hashing keys.
	Hash Amount `json:"hash"`
	// Ops splits Maps; no sample counts for two of them.
	Ops map[Op]Amount `json:"ops"`
	// Runtime says how the runtime's part of a heap profile's stacks is known.
	Runtime Runtime `json:"runtime_frames"`
	// Unresolved is the part of Total whose innermost frame was looked up in
	// the program and not found to call anything by name.
	Unresolved Amount `json:"unresolved"`
	Lines      []Line `json:"lines"`
	// Notes say what of the work on maps is not, or not wholly, in the figures.
	Notes []string `json:"notes"`
}

// Runtime says how the work of the runtime at the innermost end of a stack is
// known.
type Runtime string

const (
	InProfile  Runtime = "in-profile"  // its frames are on the stacks
	FromBinary Runtime = "from-binary" // left out; the called function is read from the program
	LeftOut    Runtime = "left-out"    // left out, and no program was given
)

// A Line is a place that calls for work on maps.
type Line struct {
	Function string `json:"function"`
	File     string `json:"file"`
	Line     int64  `json:"line"` // 0 if unknown
	Amount
	OfTotal float64       `json:"of_total"` // share of the profile, 0 to 1
	OfMaps  float64       `json:"of_maps"`  // share of all map work, 0 to 1
	Hash    Amount        `json:"hash"`
	Ops     map[Op]Amount `json:"ops"`
}

// Analyse finds the map work in a profile. It fails if the profile has no
// samples of the wanted type, or is of another program than the binary.
func Analyse(p *Profile, o Options) (*Report, error) {
	value, count, err := p.columns(o.SampleType)
	if err != nil {
		return nil, err
	}
	r := &Report{
		Kind:       p.kind,
		SampleType: p.p.SampleType[value].Type,
		Unit:       p.p.SampleType[value].Unit,
		CountUnit:  map[Kind]string{CPU: "samples", Heap: "objects"}[p.kind],
		Duration:   p.p.DurationNanos,
		Ops:        map[Op]Amount{},
		Runtime:    InProfile,
	}
	s := &stacks{namer: newNamer(p.p), heap: p.kind == Heap}
	if p.kind == Heap && !s.showRuntime(p.p) {
		r.Runtime = LeftOut
		if o.Binary != nil {
			if err := o.Binary.matches(p.p); err != nil {
				return nil, err
			}
			r.Runtime, s.binary = FromBinary, o.Binary
		}
	}
	type place struct {
		function, file string
		line           int64
	}
	lines := map[place]*Line{}
	for _, sample := range p.p.Sample {
		cost := Amount{Value: sample.Value[value], Count: sample.Value[count]}
		r.Total.add(cost)
		w, ok := s.read(sample.Location)
		if w.unresolved {
			r.Unresolved.add(cost)
		}
		if !ok || cost == (Amount{}) {
			continue
		}
		key := place{arguments(w.caller.function, "[...]"), w.caller.file, w.caller.line}
		if key.function == "" {
			key.function = "[unknown]"
		}
		l := lines[key]
		if l == nil {
			l = &Line{Function: key.function, File: key.file, Line: key.line, Ops: map[Op]Amount{}}
			lines[key] = l
		}
		r.Maps.add(cost)
		l.add(cost)
		for _, ops := range []map[Op]Amount{r.Ops, l.Ops} {
			sum := ops[w.op]
			sum.add(cost)
			ops[w.op] = sum
		}
		if w.hash {
			r.Hash.add(cost)
			l.Hash.add(cost)
		}
	}
	r.Lines = make([]Line, 0, len(lines))
	for _, l := range lines {
		l.OfTotal, l.OfMaps = share(l.Value, r.Total.Value), share(l.Value, r.Maps.Value)
		r.Lines = append(r.Lines, *l)
	}
	if err := r.Sort("flat"); err != nil {
		return nil, err
	}
	r.Notes = notes(r)
	return r, nil
}

func share(part, whole int64) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}

// Sort orders the lines by "flat" (their value), "count", "hash" or an
// operation, the largest first, and by place where these are equal.
func (r *Report) Sort(by string) error {
	var of func(l *Line) int64
	switch {
	case by == "flat":
		of = func(l *Line) int64 { return l.Value }
	case by == "count":
		of = func(l *Line) int64 { return l.Count }
	case by == "hash":
		of = func(l *Line) int64 { return l.Hash.Value }
	case slices.Contains(Ops, Op(by)):
		of = func(l *Line) int64 { return l.Ops[Op(by)].Value }
	default:
		return fmt.Errorf("cannot sort by %q: use flat, count, hash or an operation (%s)", by, joinOps())
	}
	slices.SortFunc(r.Lines, func(a, b Line) int {
		return cmp.Or(
			cmp.Compare(of(&b), of(&a)), cmp.Compare(b.Value, a.Value), cmp.Compare(b.Count, a.Count),
			cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Function, b.Function))
	})
	return nil
}

func joinOps() string {
	names := make([]string, len(Ops))
	for i, op := range Ops {
		names[i] = string(op)
	}
	return strings.Join(names, ", ")
}

// pairs are the sample types that can be analysed, with the types that count
// their samples or objects.
var pairs = map[string]string{
	"cpu": "samples", "samples": "samples",
	"alloc_space": "alloc_objects", "alloc_objects": "alloc_objects",
	"inuse_space": "inuse_objects", "inuse_objects": "inuse_objects",
}

// columns returns the indices of the wanted value and of its count. Without
// a wish it is the profile's default, or the last that will do, as in pprof.
func (p *Profile) columns(want string) (value, count int, err error) {
	types := p.SampleTypes()
	if want == "" {
		for _, t := range types {
			if pairs[t] != "" {
				want = t
			}
		}
		if d := p.p.DefaultSampleType; pairs[d] != "" && slices.Contains(types, d) {
			want = d
		}
	}
	value = slices.Index(types, want)
	if value < 0 || pairs[want] == "" {
		return 0, 0, fmt.Errorf("the profile has no samples of the type %q that could be analysed: it holds %s", want, strings.Join(types, ", "))
	}
	if count = slices.Index(types, pairs[want]); count < 0 {
		count = value
	}
	return value, count, nil
}

// notes says what the figures leave out.
func notes(r *Report) []string {
	if r.Kind == CPU {
		return []string{"what the calling function does itself is not counted: moving values into and out of maps, len, making a small map on the stack; nor is the collector's work on maps in the background"}
	}
	var notes []string
	switch r.Runtime {
	case LeftOut:
		notes = append(notes, "Go leaves the runtime out of heap profiles, so that only maps under reflect, sync.Map and package maps can be told, the others not: give the program that the profile was taken of")
	case FromBinary:
		notes = append(notes, "assign holds growth, the first slots of a map that was made without a size, and keys or values over 128 bytes: Go leaves out of heap profiles what would tell these apart")
	}
	return append(notes, "a small map on the stack is not counted until it grows")
}
