package hot

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"strings"
	"testing"
)

func TestReadRefuses(t *testing.T) {
	recorded, err := os.ReadFile("testdata/cpu-go1.26.pb.gz")
	if err != nil {
		t.Fatal(err)
	}
	encoded := func(b *builder) []byte {
		var out bytes.Buffer
		if err := b.p.Write(&out); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	lookup := func(name string, debug int) []byte {
		var out bytes.Buffer
		if err := pprof.Lookup(name).WriteTo(&out, debug); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	stripped := cpu().sample(1, 1, "main.f")
	stripped.p.Function[0].Name = ""
	for _, test := range []struct {
		name string
		data []byte
		want string
	}{
		{"nothing", nil, "the profile is empty"},
		{"goroutines", lookup("goroutine", 0), "not a CPU or heap profile: it holds goroutine/count"},
		{"blocking", lookup("block", 0), "not a CPU or heap profile: it holds contentions/count, delay/nanoseconds"},
		{"mutexes", lookup("mutex", 0), "not a CPU or heap profile: it holds contentions/count, delay/nanoseconds"},
		{"foreign kind", encoded(newBuilder("events/count", "wall/seconds")), "it holds events/count, wall/seconds"},
		{"text", lookup("heap", 1), "take it without debug=1"},
		{"no types", encoded(newBuilder()), "not a CPU or heap profile"},
		{"other language", encoded(cpu().sample(1, 1, "std::map::insert")), "not one of a Go program"},
		{"no names", encoded(stripped), "go tool pprof -proto"},
		{"cut", recorded[:len(recorded)/2], "decompressing the profile: unexpected EOF"},
		{"cut in the head", recorded[:5], "decompressing the profile"},
		{"other file", []byte("package main\n\nfunc main() {}\n"), "not a profile that pprof can read"},
		{"a program", []byte("\x7fELF\x02\x01\x01"), "not a profile that pprof can read"},
	} {
		_, err := Read(bytes.NewReader(test.data))
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v; want %q", test.name, err, test.want)
		}
	}
	if _, err := Read(io.MultiReader(bytes.NewReader(recorded[:100]), brokenReader{})); err == nil || !strings.Contains(err.Error(), "reading the profile: io: read/write on closed pipe") {
		t.Errorf("broken pipe: %v", err)
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, io.ErrClosedPipe }

func compress(data []byte) []byte {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	z.Write(data)
	z.Close()
	return out.Bytes()
}

// Small files that would grow large are refused before they do.
func TestBombs(t *testing.T) {
	message := func(field byte, content []byte) []byte {
		return append(binary.AppendUvarint([]byte{field<<3 | 2}, uint64(len(content))), content...)
	}
	const limit = 1 << 20
	for name, data := range map[string][]byte{
		"zeros":                      bytes.Repeat([]byte{0}, 2*limit),
		"samples":                    bytes.Repeat(message(2, nil), limit/8),
		"labels":                     message(2, bytes.Repeat(message(3, nil), limit/8)),
		"locations":                  bytes.Repeat(message(4, nil), limit/8),
		"lines":                      message(4, bytes.Repeat(message(4, nil), limit/8)),
		"functions":                  bytes.Repeat(message(5, nil), limit/8),
		"mappings":                   bytes.Repeat(message(3, nil), limit/8),
		"strings":                    bytes.Repeat(message(6, nil), limit/8),
		"packed values":              message(2, message(2, make([]byte, limit/2))),
		"packed locations":           message(2, message(1, make([]byte, limit/2))),
		"behind a number of 70 bits": append(append([]byte{9 << 3}, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f"...), bytes.Repeat(message(2, nil), limit/8)...),
		"single values":              message(2, bytes.Repeat([]byte{2 << 3, 0}, limit/4)),
	} {
		for _, compressed := range []bool{true, false} {
			in := data
			if compressed {
				in = compress(data)
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := read(bytes.NewReader(in), limit, limit)
			runtime.ReadMemStats(&after)
			if err == nil {
				t.Errorf("%s: no error", name)
				continue
			}
			if !strings.Contains(err.Error(), "more than 1 MiB") && !strings.Contains(err.Error(), "would take") {
				t.Errorf("%s: %v", name, err)
			}
			if used := after.TotalAlloc - before.TotalAlloc; used > 12*limit {
				t.Errorf("%s: allocated %d bytes", name, used)
			}
		}
	}
}

// The estimate is never below what decoding really takes.
func TestEstimate(t *testing.T) {
	files, err := filepath.Glob("testdata/*.pb.gz")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		z, err := gzip.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		need := memory(data, profileMessage)
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		p, err := Read(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		runtime.KeepAlive(p)
		if held := int64(after.HeapAlloc) - int64(before.HeapAlloc); held > need || need > 8*held {
			t.Errorf("%s: estimated %d bytes, holds %d", file, need, held)
		}
	}
}

func FuzzRead(f *testing.F) {
	files, err := filepath.Glob("testdata/*.pb.gz")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
		f.Add(data[:len(data)*2/3])
		z, err := gzip.NewReader(bytes.NewReader(data))
		if err != nil {
			f.Fatal(err)
		}
		plain, err := io.ReadAll(z)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(plain)
		f.Add(plain[:len(plain)/2])
	}
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := read(bytes.NewReader(data), 1<<22, 1<<26)
		if err != nil {
			return
		}
		r, err := Analyse(p, Options{})
		if err != nil {
			return
		}
		if err := r.WriteText(io.Discard, 5); err != nil {
			t.Error(err)
		}
	})
}
