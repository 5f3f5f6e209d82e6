package hot

import (
	"bytes"
	"debug/elf"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/pprof/profile"
)

var (
	liveInts map[int]int
	liveBig  map[int][200]byte
)

//go:noinline
func fillInts(n int) {
	liveInts = map[int]int{}
	for i := range n {
		liveInts[i] = i
	}
}

//go:noinline
func fillBig(n int) {
	liveBig = make(map[int][200]byte, n)
	for i := range n {
		liveBig[i] = [200]byte{}
	}
}

// allocated returns what f allocates, exactly.
func allocated(f func()) Amount {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return Amount{int64(after.TotalAlloc - before.TotalAlloc), int64(after.Mallocs - before.Mallocs)}
}

// wholeStacks returns the work of each function of this file, from stacks as
// the runtime has them and pprof would cut them.
func wholeStacks(t *testing.T) map[string]map[Op]Amount {
	t.Helper()
	runtime.GC() // publishes what was recorded
	runtime.GC()
	records := make([]runtime.MemProfileRecord, 100000)
	n, ok := runtime.MemProfile(records, true)
	if !ok {
		t.Fatalf("%d records", n)
	}
	b := newBuilder("alloc_objects/count", "alloc_space/bytes")
	for _, rec := range records[:n] {
		var stack []string
		frames := runtime.CallersFrames(rec.Stack())
		for more := true; more; {
			var f runtime.Frame
			f, more = frames.Next()
			stack = append(stack, f.Function+" "+f.File+":"+strconv.Itoa(f.Line))
		}
		b.sample(rec.AllocObjects, rec.AllocBytes, stack...)
	}
	r := analyse(t, b.read(t), Options{})
	consistent(t, r)
	if r.Runtime != InProfile {
		t.Errorf("runtime frames: %s", r.Runtime)
	}
	work := map[string]map[Op]Amount{"fillInts": {}, "fillBig": {}}
	for _, l := range r.Lines {
		if ops := work[l.Function[strings.LastIndexByte(l.Function, '.')+1:]]; ops != nil {
			for op, a := range l.Ops {
				sum := ops[op]
				sum.add(a)
				ops[op] = sum
			}
		}
	}
	return work
}

// Every byte that a map allocates is found and told apart.
func TestWholeStacks(t *testing.T) {
	defer func(rate int) { runtime.MemProfileRate = rate }(runtime.MemProfileRate)
	runtime.MemProfileRate = 1
	fillInts(1) // so that there is a stack to be seen
	before := wholeStacks(t)
	ints := allocated(func() { fillInts(1000) })
	big := allocated(func() { fillBig(50) })
	work := wholeStacks(t)
	for function, ops := range work {
		for op, a := range ops {
			old := before[function][op]
			ops[op] = Amount{a.Value - old.Value, a.Count - old.Count}
		}
	}

	// A header and one group are all that no hint saves.
	made := Amount{48 + 144, 2}
	want := map[Op]Amount{Make: made, Grow: {ints.Value - made.Value, ints.Count - made.Count}}
	if got := work["fillInts"]; !reflect.DeepEqual(got, want) {
		t.Errorf("fillInts: %v, want %v", got, want)
	}
	boxes := Amount{50 * 208, 50} // the size class of 200 bytes
	want = map[Op]Amount{Indirect: boxes, Make: {big.Value - boxes.Value, big.Count - boxes.Count}}
	if got := work["fillBig"]; !reflect.DeepEqual(got, want) {
		t.Errorf("fillBig: %v, want %v", got, want)
	}
}

// A heap profile as Go writes it, beside the program.
func TestBinary(t *testing.T) {
	if testing.Short() {
		t.Skip("builds programs")
	}
	if runtime.GOOS != "linux" {
		t.Skip("reads ELF files")
	}
	type variant struct {
		name string
		env  []string
		args []string
	}
	variants := []variant{
		{name: "plain"},
		{name: "pie, stripped", args: []string{"-buildmode=pie", "-trimpath", "-ldflags=-s -w"}},
	}
	if _, err := exec.LookPath("gcc"); err == nil {
		// C code comes first, and nothing says how much of it there is.
		variants = append(variants, variant{name: "by the C linker, stripped", args: []string{"-ldflags=-s -w -linkmode=external"}})
	}
	// The others take a toolchain each.
	if os.Getenv("MAPDIAG_MATRIX") != "" {
		for _, v := range []string{"go1.24.13", "go1.25.7", "go1.26.8", "go1.27.4"} {
			variants = append(variants, variant{name: v, env: []string{"GOTOOLCHAIN=" + v}})
		}
		variants = append(variants, variant{name: "noswissmap", env: []string{"GOTOOLCHAIN=go1.24.13", "GOEXPERIMENT=noswissmap"}})
	}
	ops := allowed(t)
	tmp, last := t.TempDir(), ""
	for _, v := range variants {
		t.Run(v.name, func(t *testing.T) {
			dir := filepath.Join(tmp, strings.ReplaceAll(v.name, ", ", "-")) // for the next one too
			program := build(t, dir, v.env, v.args...)
			heap := filepath.Join(dir, "heap")
			if out, err := exec.Command(program, "-for", "50ms", "-cpu", filepath.Join(dir, "cpu"), "-heap", heap).CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			bin, err := Open(program)
			if err != nil {
				t.Fatal(err)
			}
			defer bin.Close()
			p := open(t, heap)
			if p.Program() != program {
				t.Errorf("the profile is of %s, not of %s", p.Program(), program)
			}
			r := analyse(t, p, Options{Binary: bin})
			consistent(t, r)
			if r.Runtime != FromBinary {
				t.Errorf("runtime frames: %s", r.Runtime)
			}
			if r.Unresolved.Value > r.Total.Value/100 {
				t.Errorf("not resolved: %v of %v", r.Unresolved, r.Total)
			}
			for _, l := range r.Lines {
				if filepath.Base(l.File) != "main.go" {
					continue // runtime/pprof itself
				}
				for op := range l.Ops {
					// What cannot be told apart counts as assign.
					if !slices.Contains(ops[l.Line], string(op)) {
						t.Errorf("line %d: %s; there can be %v", l.Line, op, ops[l.Line])
					}
				}
			}
			// Every function that fills a map without a size, whichever of its
			// lines made the map grow.
			for _, function := range []string{"main.fill", "main.structs", "main.interfaces", "main.group[...]", "main.clone", "main.collect"} {
				if !slices.ContainsFunc(r.Lines, func(l Line) bool { return l.Function == function && l.Ops[Assign].Value > 0 }) {
					t.Errorf("%s: no assign, which allocates there", function)
				}
			}
			without := analyse(t, p, Options{})
			if without.Runtime != LeftOut || without.Maps.Value >= r.Maps.Value {
				t.Errorf("without the program %v, with it %v", without.Maps, r.Maps)
			}
			if last != "" && bin.buildID != "" {
				other, err := Open(last)
				if err != nil {
					t.Fatal(err)
				}
				defer other.Close()
				if _, err := Analyse(p, Options{Binary: other}); other.buildID != "" && (err == nil || !strings.Contains(err.Error(), "was not taken of")) {
					t.Errorf("another program: %v", err)
				}
				// Where there is no build ID, the functions tell.
				other.buildID = ""
				if _, err := Analyse(p, Options{Binary: other}); err == nil || !strings.Contains(err.Error(), "another build") {
					t.Errorf("another program without build ID: %v", err)
				}
			}
			last = program
		})
	}
}

// build builds mapwork in a directory.
func build(t *testing.T, dir string, env []string, args ...string) string {
	t.Helper()
	program := filepath.Join(dir, "mapwork")
	cmd := exec.Command("go", append(append([]string{"build", "-o", program}, args...), ".")...)
	cmd.Dir, cmd.Env = "testdata/mapwork", append(os.Environ(), append([]string{"GOFLAGS=-buildvcs=false"}, env...)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		if strings.Contains(string(out), "toolchain not available") {
			t.Skipf("cannot be had: %s", out)
		}
		t.Fatalf("%v\n%s", err, out)
	}
	return program
}

// The calls of a program for arm64 are found where its code has them.
func TestARM64(t *testing.T) {
	if os.Getenv("MAPDIAG_MATRIX") == "" {
		t.Skip("builds the standard library for another machine; set MAPDIAG_MATRIX")
	}
	bin, err := Open(build(t, t.TempDir(), []string{"GOARCH=arm64"}))
	if err != nil {
		t.Fatal(err)
	}
	defer bin.Close()
	f := bin.funcs.LookupFunc("main.fill")
	if f == nil {
		t.Fatal("no main.fill")
	}
	var called []string
	for addr := f.Entry + 3; addr < f.End; addr += 4 {
		if name := bin.called(&profile.Location{Address: addr}); name != "" {
			called = append(called, name)
		}
	}
	for _, want := range []string{"runtime.makemap_small", "runtime.mapassign_fast64"} {
		if !slices.Contains(called, want) {
			t.Errorf("main.fill calls %v, not %s", called, want)
		}
	}
}

func TestTarget(t *testing.T) {
	for _, test := range []struct {
		name    string
		machine elf.Machine
		code    []byte
		end     uint64 // of the call
		want    uint64
	}{
		{"amd64 forward", elf.EM_X86_64, []byte{0x90, 0xe8, 0x10, 0, 0, 0}, 0x1006, 0x1016},
		{"amd64 backward", elf.EM_X86_64, []byte{0xe8, 0xfb, 0xff, 0xff, 0xff}, 0x1005, 0x1000},
		{"amd64 through a register", elf.EM_X86_64, []byte{0x90, 0x90, 0x90, 0xff, 0xd0}, 0x1005, 0},
		{"arm64 forward", elf.EM_AARCH64, []byte{0x02, 0, 0, 0x94}, 0x1004, 0x1008},
		{"arm64 backward", elf.EM_AARCH64, []byte{0x1f, 0x20, 0x03, 0xd5, 0xff, 0xff, 0xff, 0x97}, 0x1008, 0x1000},
		{"arm64 through a register", elf.EM_AARCH64, []byte{0x00, 0x00, 0x3f, 0xd6}, 0x1004, 0},
		{"before the code", elf.EM_X86_64, []byte{0xe8, 0, 0, 0, 0}, 0x800, 0},
		{"behind the code", elf.EM_X86_64, []byte{0xe8, 0, 0, 0, 0}, 0x2000, 0},
		{"no address", elf.EM_X86_64, []byte{0xe8, 0, 0, 0, 0}, 1, 0},
	} {
		b := &Binary{file: &elf.File{FileHeader: elf.FileHeader{Machine: test.machine}}, text: &elf.Section{SectionHeader: elf.SectionHeader{Addr: 0x1000}}, code: test.code}
		if got, _ := b.target(test.end - 1); got != test.want {
			t.Errorf("%s: %#x, want %#x", test.name, got, test.want)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "text")
	if err := os.WriteFile(text, []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		text:                         "only ELF files",
		filepath.Join(dir, "nobody"): "no such file",
	} {
		if _, err := Open(name); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, name := range []string{"/bin/true", "/usr/bin/env"} {
		if _, err := os.Stat(name); err == nil {
			if _, err := Open(name); err == nil || !strings.Contains(err.Error(), "no table of Go functions") {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// Programs that were cut off or overwritten give an error or wrong names,
// and nothing worse.
func TestDamagedPrograms(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("reads ELF files")
	}
	own, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(own)
	if err != nil {
		t.Fatal(err)
	}
	p := open(t, "testdata/allocs-go1.26.pb.gz")
	for _, l := range p.p.Location {
		l.Address = 0x401000 + l.ID*64
	}
	table := bytes.Index(data, []byte{0xf1, 0xff, 0xff, 0xff, 0, 0, 1, 8})
	if table < 0 {
		t.Fatal("no function table in the test itself")
	}
	try := func(name string, data []byte, mustFail bool) {
		file := filepath.Join(t.TempDir(), "program")
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		b, err := Open(file)
		if err != nil {
			return
		}
		defer b.Close()
		if mustFail {
			t.Errorf("%s: no error", name)
		}
		Analyse(p, Options{Binary: b}) // may fail, must not panic
	}
	try("whole", data, false)
	for _, n := range []int{4, 40, 64, 1000, len(data) / 4, len(data) / 2} {
		try("cut", data[:n], true)
	}
	for _, at := range []int{8, 16, 24, 40, 48, 56, 64, 72} {
		damaged := slices.Clone(data)
		for i := range 8 {
			damaged[table+at+i] ^= 0x5a
		}
		try("table overwritten at "+strconv.Itoa(at), damaged, false)
	}
}
