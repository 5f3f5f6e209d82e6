package hot

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/pprof/profile"
)

// allowed reads the comments of mapwork: the operations by line.
func allowed(t *testing.T) map[int64][]string {
	t.Helper()
	source, err := os.ReadFile("testdata/mapwork/main.go")
	if err != nil {
		t.Fatal(err)
	}
	comment := regexp.MustCompile(`\S.*// ([a-zA-Z. ]+)$`)
	ops := map[int64][]string{}
	for i, line := range strings.Split(string(source), "\n") {
		if m := comment.FindStringSubmatch(line); m != nil {
			ops[int64(i+1)] = strings.Fields(m[1])
		}
	}
	return ops
}

func open(t *testing.T, name string) *Profile {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	p, err := Read(f)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func analyse(t *testing.T, p *Profile, o Options) *Report {
	t.Helper()
	r, err := Analyse(p, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// consistent checks what holds for every report.
func consistent(t *testing.T, r *Report) {
	t.Helper()
	var lines, ops Amount
	for _, l := range r.Lines {
		lines.add(l.Amount)
		var of Amount
		for _, a := range l.Ops {
			of.add(a)
		}
		if of != l.Amount {
			t.Errorf("%s:%d: operations add up to %v of %v", l.File, l.Line, of, l.Amount)
		}
	}
	for _, a := range r.Ops {
		ops.add(a)
	}
	if lines != r.Maps || ops != r.Maps {
		t.Errorf("map work is %v, its lines %v, its operations %v", r.Maps, lines, ops)
	}
}

// Profiles of all supported runtimes name the lines and operations that the
// source of the program states, and no others.
func TestRecorded(t *testing.T) {
	ops := allowed(t)
	files, err := filepath.Glob("testdata/cpu-*.pb.gz")
	if err != nil || len(files) < 5 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			p := open(t, file)
			r := analyse(t, p, Options{})
			consistent(t, r)
			if r.Kind != CPU || r.Unit != "nanoseconds" || r.Runtime != InProfile {
				t.Errorf("kind %s, unit %s, runtime frames %s", r.Kind, r.Unit, r.Runtime)
			}
			for _, l := range r.Lines {
				if l.File != "/src/mapwork/main.go" {
					t.Errorf("%s %s:%d: not of the program", l.Function, l.File, l.Line)
				}
				for op := range l.Ops {
					if !slices.Contains(ops[l.Line], string(op)) {
						t.Errorf("line %d: %s; there can be %v", l.Line, op, ops[l.Line])
					}
				}
			}
			for _, op := range []Op{Access, Assign, Grow, Iterate, SyncMap, Clone, Delete} {
				if r.Ops[op].Value <= 0 {
					t.Errorf("no %s", op)
				}
			}
			if r.Hash.Value <= 0 || r.Hash.Value >= r.Maps.Value {
				t.Errorf("hashing %v of %v", r.Hash, r.Maps)
			}

			// What was missed: main's innermost frame is not on a line with
			// map work, and yet the runtime's maps are below it.
			frame := regexp.MustCompile(`^(internal/runtime/maps\.[^mMS]|runtime\.map|runtime\.makemap|reflect\.(map|Value\.MapKeys|Value\.MapIndex|Value\.SetMapIndex|\(\*MapIter\))|maps\.clone|sync\.\(\*Map\))`)
			var missed int64
			for _, s := range p.p.Sample {
				var below bool
			stack:
				for _, l := range s.Location {
					for _, line := range l.Line {
						if strings.HasPrefix(line.Function.Name, "main.") {
							break stack
						}
						below = below || frame.MatchString(line.Function.Name)
					}
				}
				if below {
					missed += s.Value[1]
				}
			}
			if missed > r.Maps.Value || r.Maps.Value-missed > r.Maps.Value/10 {
				t.Errorf("map work of %d; a plain search over the stacks finds %d", r.Maps.Value, missed)
			}
		})
	}
}

func TestRecordedHeap(t *testing.T) {
	ops := allowed(t)
	p := open(t, "testdata/allocs-go1.26.pb.gz")
	r := analyse(t, p, Options{})
	consistent(t, r)
	if r.Kind != Heap || r.SampleType != "alloc_space" || r.CountUnit != "objects" || r.Runtime != LeftOut {
		t.Errorf("kind %s of %s and %s, runtime frames %s", r.Kind, r.SampleType, r.CountUnit, r.Runtime)
	}
	for _, l := range r.Lines {
		for op := range l.Ops {
			if !slices.Contains(ops[l.Line], string(op)) {
				t.Errorf("line %d: %s; there can be %v", l.Line, op, ops[l.Line])
			}
		}
	}
	if r.Ops[Clone].Value == 0 || r.Ops[SyncMap].Value == 0 || r.Ops[Iterate].Value == 0 {
		t.Errorf("operations: %v", r.Ops)
	}
	if live := analyse(t, p, Options{SampleType: "inuse_space"}); live.Total.Value >= r.Total.Value || live.SampleType != "inuse_space" {
		t.Errorf("in use: %v of %v", live.Total, r.Total)
	}
	if _, err := Analyse(p, Options{SampleType: "cpu"}); err == nil || !strings.Contains(err.Error(), "alloc_objects, alloc_space, inuse_objects, inuse_space") {
		t.Errorf("cpu of a heap profile: %v", err)
	}
}

// builder makes profiles by hand.
type builder struct {
	p         *profile.Profile
	functions map[string]*profile.Function
}

func newBuilder(types ...string) *builder {
	b := &builder{p: &profile.Profile{}, functions: map[string]*profile.Function{}}
	for _, t := range types {
		name, unit, _ := strings.Cut(t, "/")
		b.p.SampleType = append(b.p.SampleType, &profile.ValueType{Type: name, Unit: unit})
	}
	b.p.PeriodType = &profile.ValueType{Type: "space", Unit: "bytes"}
	return b
}

func cpu() *builder { return newBuilder("samples/count", "cpu/nanoseconds") }

// sample adds a stack, the innermost frame first: "function file:line", with
// a leading "|" if it is inlined into the next.
func (b *builder) sample(count, value int64, frames ...string) *builder {
	s := &profile.Sample{Value: []int64{count, value}}
	var l *profile.Location
	for _, text := range frames {
		text, inlined := strings.CutPrefix(text, "|")
		if l == nil {
			l = &profile.Location{ID: uint64(len(b.p.Location) + 1), Address: uint64(len(b.p.Location) + 4096)}
			b.p.Location = append(b.p.Location, l)
			s.Location = append(s.Location, l)
		}
		if text != "" {
			name, place := text, "" // a name may hold spaces
			if i := strings.LastIndexByte(text, ' '); i >= 0 && strings.Contains(text[i:], ":") {
				name, place = text[:i], text[i+1:]
			}
			file, at, _ := strings.Cut(place, ":")
			line, _ := strconv.ParseInt(at, 10, 64)
			f := b.functions[name+file]
			if f == nil {
				f = &profile.Function{ID: uint64(len(b.p.Function) + 1), Name: name, Filename: file}
				b.p.Function = append(b.p.Function, f)
				b.functions[name+file] = f
			}
			l.Line = append(l.Line, profile.Line{Function: f, Line: line})
		}
		if !inlined {
			l = nil
		}
	}
	b.p.Sample = append(b.p.Sample, s)
	return b
}

// read writes the profile and reads it back.
func (b *builder) read(t testing.TB) *Profile {
	t.Helper()
	var out bytes.Buffer
	if err := b.p.Write(&out); err != nil {
		t.Fatal(err)
	}
	p, err := Read(&out)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestStacks(t *testing.T) {
	const (
		assign = "runtime.mapassign_fast64 /go/src/internal/runtime/maps/runtime_fast64.go:200"
		proc   = "runtime.main /go/src/runtime/proc.go:283"
		insert = "maps.Insert[go.shape.map[int]int,go.shape.int,go.shape.int]"
	)
	for _, test := range []struct {
		name   string
		frames []string
		want   string // "operation function:line", empty for no map work
	}{
		{"lookup", []string{"runtime.mapaccess1_faststr /go/src/internal/runtime/maps/runtime_faststr.go:1", "main.f /src/m.go:7", proc}, "access main.f:7"},
		{"inlined probe", []string{"|internal/runtime/maps.ctrlGroup.matchH2 /go/src/internal/runtime/maps/group.go:1", assign, "main.f /src/m.go:7", proc}, "assign main.f:7"},
		{"inlined caller", []string{assign, "|main.leaf /src/m.go:3", "main.f /src/m.go:7", proc}, "assign main.leaf:3"},
		{"method of an instance", []string{assign, "main.(*Set[go.shape.struct { a/b.C; d [3]int }]).Add /src/m.go:3", proc}, "assign main.(*Set[...]).Add:3"},
		{"recursion", []string{assign, "main.f /src/m.go:7", "main.f /src/m.go:9", "main.f /src/m.go:9", proc}, "assign main.f:7"},
		{"growth", []string{"internal/runtime/maps.(*table).split /go/src/internal/runtime/maps/table.go:1", "internal/runtime/maps.(*table).rehash /go/src/internal/runtime/maps/table.go:2", assign, "main.f /src/m.go:7", proc}, "grow main.f:7"},
		{"first group", []string{"runtime.mallocgc /go/src/runtime/malloc.go:1", "internal/runtime/maps.(*Map).growToSmall /go/src/internal/runtime/maps/map.go:1", assign, "main.f /src/m.go:7", proc}, "make main.f:7"},
		{"tombstones are no growth", []string{"internal/runtime/maps.(*table).pruneTombstones /go/src/internal/runtime/maps/table.go:1", assign, "main.f /src/m.go:7", proc}, "assign main.f:7"},
		{"classic growth while deleting", []string{"runtime.evacuate_faststr /go/src/runtime/map_faststr_noswiss.go:1", "runtime.growWork_faststr /go/src/runtime/map_faststr_noswiss.go:2", "runtime.mapdelete_faststr /go/src/runtime/map_faststr_noswiss.go:3", "main.f /src/m.go:7", proc}, "grow main.f:7"},
		{"collector's assistance", []string{"runtime.gcDrainN /go/src/runtime/mgcmark.go:1", "runtime.gcAssistAlloc /go/src/runtime/mgcmark.go:2", "runtime.mallocgc /go/src/runtime/malloc.go:1", "runtime.newarray /go/src/runtime/malloc.go:2", "internal/runtime/maps.NewMap /go/src/internal/runtime/maps/map.go:1", "runtime.makemap /go/src/runtime/map.go:1", "main.f /src/m.go:7", proc}, "make main.f:7"},
		{"hash made by the compiler", []string{"aeshashbody /go/src/runtime/asm_amd64.s:1", "type:.hash.main.pair <autogenerated>:1", "runtime.mapaccess2 /go/src/internal/runtime/maps/runtime.go:1", "main.f /src/m.go:7", proc}, "access main.f:7"},
		{"clone keeps its name", []string{assign, "internal/runtime/maps.(*Map).Put /go/src/internal/runtime/maps/map.go:2", "runtime.mapclone2 /go/src/runtime/map.go:1", "maps.clone /go/src/runtime/map.go:2", "|maps.Clone[...] /go/src/maps/maps.go:1", "main.f /src/m.go:7", proc}, "clone main.f:7"},
		{"copy is what it does", []string{"runtime.mapIterNext /go/src/runtime/map.go:1", "|maps.Copy[...] /go/src/maps/maps.go:1", "main.f /src/m.go:7", proc}, "iterate main.f:7"},
		{"sorted keys", []string{"internal/runtime/maps.(*Iter).Next /go/src/internal/runtime/maps/table.go:1", "runtime.mapIterNext /go/src/runtime/map.go:1", "maps.Keys[...].func1 /go/src/maps/iter.go:27", "|slices.AppendSeq[...] /go/src/slices/iter.go:50", "slices.Sorted[...] /go/src/slices/iter.go:70", "main.f /src/m.go:7", proc}, "iterate main.f:7"},
		{"appending keys", []string{"runtime.growslice /go/src/runtime/slice.go:1", "slices.AppendSeq[...]-range1 /go/src/slices/iter.go:51", "maps.Keys[...].func1 /go/src/maps/iter.go:28", "slices.AppendSeq[...] /go/src/slices/iter.go:50", "main.f /src/m.go:7", proc}, ""},
		{"body of a loop over keys", []string{"main.f-range1 /src/m.go:8", "maps.Keys[...].func1 /go/src/maps/iter.go:28", "main.f /src/m.go:7", proc}, ""},
		{"map in the body of a loop over keys", []string{assign, "main.f-range1 /src/m.go:8", "maps.Keys[...].func1 /go/src/maps/iter.go:28", "main.f /src/m.go:7", proc}, "assign main.f-range1:8"},
		{"closure of package maps named after the caller", []string{"runtime.mapIterNext /go/src/runtime/map.go:1", "main.f.Keys[...].func1 /go/src/maps/iter.go:27", "main.g /src/m.go:4", proc}, "iterate main.g:4"},
		{"collect of an own iterator", []string{assign, insert + "-range1 /go/src/maps/iter.go:52", "main.(*T).All.func1 /src/m.go:3", "|" + insert + " /go/src/maps/iter.go:51", "|maps.Collect[...] /go/src/maps/iter.go:60", "main.f /src/m.go:7", proc}, "assign main.f:7"},
		{"user's code in DeleteFunc", []string{"main.f.func1 /src/m.go:8", "|maps.DeleteFunc[...] /go/src/maps/maps.go:60", "main.f /src/m.go:7", proc}, ""},
		{"reflection", []string{"runtime.mallocgc /go/src/runtime/malloc.go:1", "reflect.unsafe_New /go/src/runtime/malloc.go:2", "reflect.copyVal /go/src/reflect/map.go:1", "reflect.Value.MapKeys /go/src/reflect/map.go:2", "encoding/json.mapEncoder.encode /go/src/encoding/json/encode.go:7", "main.f /src/m.go:7", proc}, "iterate encoding/json.mapEncoder.encode:7"},
		{"reflection without maps", []string{"runtime.mallocgc /go/src/runtime/malloc.go:1", "reflect.unsafe_New /go/src/runtime/malloc.go:2", "reflect.New /go/src/reflect/value.go:2", "main.f /src/m.go:7", proc}, ""},
		{"sync.Map", []string{"runtime.nilinterhash /go/src/runtime/alg.go:1", "internal/sync.(*HashTrieMap[go.shape.interface {},go.shape.interface {}]).Load /go/src/internal/sync/hashtriemap.go:1", "|sync.(*Map).Load /go/src/sync/hashtriemap.go:1", "main.f /src/m.go:7", proc}, "sync.Map main.f:7"},
		{"sync.Map before 1.24", []string{"runtime.mapaccess2 /go/src/runtime/map.go:1", "sync.(*Map).Load /go/src/sync/map.go:1", "main.f /src/m.go:7", proc}, "sync.Map main.f:7"},
		{"sync.Map's loop body", []string{"main.f.func1 /src/m.go:8", "sync.(*Map).Range /go/src/sync/map.go:1", "main.f /src/m.go:7", proc}, ""},
		{"a mutex", []string{"sync.(*Mutex).Lock /go/src/sync/mutex.go:1", "main.f /src/m.go:7", proc}, ""},
		{"hashing for others", []string{"internal/runtime/maps.memHashAES /go/src/internal/runtime/maps/memhash_aes.go:1", "|internal/runtime/maps.StrHash /go/src/internal/runtime/maps/memhash_aes.go:2", "runtime.strhash /go/src/runtime/alg.go:1", "hash/maphash.String /go/src/hash/maphash/maphash.go:1", "main.f /src/m.go:7", proc}, ""},
		{"a user's mapassign", []string{"main.mapassign /src/m.go:8", "main.f /src/m.go:7", proc}, ""},
		{"a user's package maps", []string{"runtime.mallocgc /go/src/runtime/malloc.go:1", "example.com/x/maps.Clone /src/maps/m.go:8", "main.f /src/m.go:7", proc}, ""},
		{"a user's module maps", []string{"maps.Clone /src/maps/m.go:8", "main.f /src/m.go:7", proc}, ""},
		{"map in a user's package maps", []string{assign, "example.com/internal/runtime/maps.(*table).rehash /src/maps/m.go:8", "main.f /src/m.go:7", proc}, "assign example.com/internal/runtime/maps.(*table).rehash:8"},
		{"without files", []string{"runtime.mapassign", "main.f"}, "assign main.f:0"},
		{"without a caller", []string{"runtime.mapassign"}, "assign [unknown]:0"},
		{"without symbols", []string{"", "", "main.f"}, ""},
		{"without symbols above", []string{"runtime.mapassign", "", "main.f"}, "assign [unknown]:0"},
		{"no stack", nil, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := cpu().sample(2, 20, test.frames...)
			b.sample(1, 1, "main.other /src/m.go:1", proc)
			if !strings.Contains(strings.Join(test.frames, ""), ".go:") {
				b.p.Sample = b.p.Sample[:1] // nothing that tells of the toolchain
				b = cpu().sample(2, 20, test.frames...).sample(1, 1, "main.other", "runtime.main")
			}
			r := analyse(t, b.read(t), Options{})
			consistent(t, r)
			got := ""
			for _, l := range r.Lines {
				for op := range l.Ops {
					got += fmt.Sprintf("%s %s:%d", op, l.Function, l.Line)
				}
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
			if r.Total != (Amount{21, 3}) {
				t.Errorf("total %v", r.Total)
			}
		})
	}
}

// With -trimpath, files of the standard library have no directory before
// them.
func TestTrimpath(t *testing.T) {
	b := cpu().
		sample(1, 10, "runtime.mapIterNext runtime/map.go:1", "main.f.Keys[...].func1 maps/iter.go:27", "main.g example.com/x/m.go:4", "runtime.main runtime/proc.go:283").
		sample(1, 10, "example.com/x/maps.Clone example.com/x/maps/m.go:4", "runtime.main runtime/proc.go:283")
	r := analyse(t, b.read(t), Options{})
	if len(r.Lines) != 1 || r.Lines[0].Function != "main.g" || r.Maps.Value != 10 {
		t.Errorf("lines %+v", r.Lines)
	}
}

func example() *builder {
	proc := "runtime.main /go/src/runtime/proc.go:283"
	b := cpu()
	b.p.DurationNanos = 2e9
	return b.
		sample(30, 300e6, "runtime.mapaccess1_fast64 /go/src/internal/runtime/maps/runtime_fast64.go:20", "main.lookup /src/m.go:12", proc).
		sample(20, 200e6, "internal/runtime/maps.(*table).grow /go/src/internal/runtime/maps/table.go:1", "runtime.mapassign_fast64 /go/src/internal/runtime/maps/runtime_fast64.go:20", "main.fill /src/m.go:20", proc).
		sample(10, 100e6, "runtime.mapassign_fast64 /go/src/internal/runtime/maps/runtime_fast64.go:30", "main.fill /src/m.go:20", proc).
		sample(5, 50e6, "runtime.memhash64 /go/src/runtime/alg.go:3", "runtime.mapassign_fast64 /go/src/internal/runtime/maps/runtime_fast64.go:30", "main.fill /src/m.go:20", proc).
		sample(1, 10e6, "runtime.makemap /go/src/runtime/map.go:30", "main.fill /src/m.go:18", proc).
		sample(134, 1340e6, "main.spin /src/m.go:30", proc)
}

func TestText(t *testing.T) {
	r := analyse(t, example().read(t), Options{})
	var out bytes.Buffer
	if err := r.WriteText(&out, 2); err != nil {
		t.Fatal(err)
	}
	want := `Type: cpu
Duration: 2.00s, Total: 2.00s
Map operations: 660ms, 33.0% of the profile, 66 samples
  access 300ms (45.5%), grow 200ms (30.3%), assign 150ms (22.7%), make 10ms (1.5%)
  of it hashing keys: 50ms (7.6%)
Only 66 samples are map work: shares are rough; profile for longer.
Note: what the calling function does itself is not counted: moving values into and out of maps, len, making a small map on the stack; nor is the collector's work on maps in the background.
Showing 2 of 3 lines, 98.5% of the map work
   flat  flat%   sum%  maps%  samples  operations                calling line
  350ms  17.5%  17.5%  53.0%       35  grow 57.1%, assign 42.9%  main.fill /src/m.go:20
  300ms  15.0%  32.5%  45.5%       30  access                    main.lookup /src/m.go:12
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", &out, want)
	}
	empty := analyse(t, cpu().read(t), Options{})
	out.Reset()
	if err := empty.WriteText(&out, 0); err != nil || !strings.Contains(out.String(), "Map operations: 0ms, 0% of the profile") {
		t.Errorf("empty profile: %v\n%s", err, &out)
	}
}

func TestSort(t *testing.T) {
	r := analyse(t, example().read(t), Options{})
	for by, want := range map[string]int64{"flat": 20, "count": 20, "access": 12, "make": 18, "hash": 20, "grow": 20} {
		if err := r.Sort(by); err != nil || r.Lines[0].Line != want {
			t.Errorf("sorted by %s, the first line is %d (%v), want %d", by, r.Lines[0].Line, err, want)
		}
	}
	if err := r.Sort("speed"); err == nil || !strings.Contains(err.Error(), "flat, count, hash") {
		t.Errorf("sorted by speed: %v", err)
	}
}

func TestJSON(t *testing.T) {
	r := analyse(t, example().read(t), Options{})
	first, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		again, err := json.Marshal(analyse(t, example().read(t), Options{}))
		if err != nil || !bytes.Equal(first, again) {
			t.Fatalf("another answer to the same question (%v):\n%s\n%s", err, first, again)
		}
	}
	var back Report
	if err := json.Unmarshal(first, &back); err != nil || !reflect.DeepEqual(&back, r) {
		t.Errorf("read back: %v\n%+v\n%+v", err, back, r)
	}
	for _, key := range []string{`"sample_type":"cpu"`, `"of_maps":0.53`, `"ops":{"assign":{"value":150000000,"count":15}`} {
		if !strings.Contains(string(first), key) {
			t.Errorf("no %s in %s", key, first)
		}
	}
}
