package dump_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/mapdiag/mapdiag/internal/health/dump"
	"github.com/mapdiag/mapdiag/mapstat"
)

var update = flag.Bool("update", false, "write the golden file of the present version")

// snapshots returns n snapshots of the given number of maps, always the same.
func snapshots(n, maps int) []mapstat.Snapshot {
	limits := mapstat.DefaultThresholds()
	at := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	var all []mapstat.Snapshot
	for i := range n {
		s := mapstat.Snapshot{
			Version: mapstat.SnapshotVersion, Time: at.Add(time.Duration(i) * time.Minute),
			Program: mapstat.Program{Name: "shop", PID: 42, GoVersion: "go1.26.8", Platform: "linux/amd64", Layout: "swiss", Started: at},
			Runtime: mapstat.Runtime{HeapBytes: 10 << 20, HeapGoal: 20 << 20, GCCPU: 0.5, CPU: 100},
			Metrics: []mapstat.MetricInfo{{Name: "wasted_bytes", Unit: "bytes", Help: "Bytes."}, {Name: "age", Unit: "s", Help: "Of a plug-in."}},
			Maps:    []mapstat.MapReport{},
		}
		for j := range maps {
			stat := mapstat.Stat{
				Type: "map[string]int", Layout: "swiss", Len: 100*j + i, Slots: 8192, Groups: 1024, Tables: 8, Load: 0.25, LoadLimit: 0.875,
				Bytes: 3 << 20, LiveBytes: uint64(2400 * j), RebuiltBytes: 4096, RebuiltSlots: 128,
			}
			window := mapstat.Window{Start: at, Samples: i + 1, MaxLen: 7000}
			s.Maps = append(s.Maps, mapstat.MapReport{
				Name: fmt.Sprintf("map %d", j), Time: s.Time, Stat: stat, Total: window, Recent: window,
				Verdict: limits.Judge(stat, window), Values: map[string]float64{"wasted_bytes": float64(stat.WastedBytes()), "age": 1.5},
			})
		}
		all = append(all, s)
	}
	return all
}

func write(t testing.TB, all []mapstat.Snapshot) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := dump.Write(&b, all); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestRoundTrip(t *testing.T) {
	for _, c := range [][2]int{{1, 0}, {1, 1}, {3, 6}, {20, 100}} {
		want := snapshots(c[0], c[1])
		data := write(t, want)
		got, err := dump.Read(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%v: got %+v\nwant %+v", c, got, want)
		}
		if n := c[0] * c[1]; n >= 100 {
			if per := len(data) / n; per > 400 {
				t.Errorf("%d bytes a map, want 400 at most", per)
			}
		}
	}
}

func TestWrite(t *testing.T) {
	all := snapshots(3, 1)
	got, err := dump.Read(bytes.NewReader(write(t, []mapstat.Snapshot{all[2], all[0], all[1]})))
	if err != nil || !reflect.DeepEqual(got, all) {
		t.Errorf("the snapshots are not in the order of their time: %v, %v", got, err)
	}
	if err := dump.Write(&bytes.Buffer{}, nil); err == nil {
		t.Error("a dump of nothing is written")
	}
	all[0].Maps[0].Name = strings.Repeat("x", 9<<20)
	if err := dump.Write(&bytes.Buffer{}, all); err == nil || !strings.Contains(err.Error(), "more than the") {
		t.Errorf("a map of 9 MiB: %v", err)
	}
}

// TestGolden reads the files that earlier versions have written. They are never written
// anew, but for -update while a version is being made.
func TestGolden(t *testing.T) {
	current := filepath.Join("testdata", fmt.Sprintf("v%d.mapdump", dump.Version))
	if *update {
		if err := dump.WriteFile(current, snapshots(2, 3), true); err != nil {
			t.Fatal(err)
		}
	}
	for version := 1; version <= dump.Version; version++ {
		got, err := dump.ReadFile(filepath.Join("testdata", fmt.Sprintf("v%d.mapdump", version)))
		if err != nil {
			t.Error(err)
			continue
		}
		// What the verdicts say may change from one version of mapdiag to the next; the file has
		// what was said then.
		want := snapshots(2, 3)
		for _, all := range [][]mapstat.Snapshot{got, want} {
			for i := range all {
				for j := range all[i].Maps {
					all[i].Maps[j].Verdict.Reasons = nil
				}
			}
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("version %d: got %+v\nwant %+v", version, got, want)
		}
	}
}

// TestTruncated cuts a dump off at every byte: all records before that must be
// there, and the error must say where and how much.
func TestTruncated(t *testing.T) {
	want := snapshots(2, 3)
	data := write(t, want)
	most := 0
	records := bytes.Index(data, []byte("\xf5md\xa6S"))
	for n := 0; n < len(data); n++ {
		if n > 50 && n < records-250 {
			n += 200
		}
		got, err := dump.Read(bytes.NewReader(data[:n]))
		if err == nil {
			t.Fatalf("%d of %d bytes pass for a dump", n, len(data))
		}
		maps := 0
		for i, s := range got {
			maps += len(s.Maps)
			for j, m := range s.Maps {
				if !reflect.DeepEqual(m, want[i].Maps[j]) {
					t.Fatalf("%d bytes: map %d of snapshot %d is %+v", n, j, i, m)
				}
			}
		}
		var damage *dump.DamageError
		if errors.As(err, &damage) {
			if damage.Maps != maps || damage.Snapshots != len(got) || damage.Damages[0].Offset > int64(n) {
				t.Fatalf("%d bytes: %v, with %d maps", n, err, maps)
			}
		} else if !errors.Is(err, dump.ErrNotDump) || maps > 0 {
			t.Fatalf("%d bytes: %v", n, err)
		}
		if maps < most {
			t.Fatalf("%d bytes give %d maps, fewer bytes gave %d", n, maps, most)
		}
		most = maps
	}
	if most != 6 {
		t.Errorf("without the last byte there are %d maps, want 6", most)
	}
}

// TestCorrupt changes each byte in turn: one record is lost at most, and all the others
// are as they were.
func TestCorrupt(t *testing.T) {
	want := snapshots(2, 3)
	data := write(t, want)
	known := make(map[string]mapstat.MapReport)
	for _, s := range want {
		for _, m := range s.Maps {
			known[m.Name+m.Time.String()] = m
		}
	}
	// The dictionary is long, and each of its bytes as good as the other.
	dictionaryEnd := bytes.Index(data, []byte("\xf5md\xa6S"))
	for i := 0; i < len(data); i++ {
		if i > 50 && i < dictionaryEnd-50 {
			i += 200
		}
		bad := bytes.Clone(data)
		bad[i] ^= 0x55
		got, err := dump.Read(bytes.NewReader(bad))
		if err == nil {
			t.Fatalf("byte %d: no error", i)
		}
		maps := 0
		for _, s := range got {
			for _, m := range s.Maps {
				if !reflect.DeepEqual(m, known[m.Name+m.Time.String()]) {
					t.Fatalf("byte %d: %+v", i, m)
				}
				maps++
			}
		}
		if maps < 5 {
			t.Fatalf("byte %d: %d of 6 maps: %v", i, maps, err)
		}
	}
}

// TestMissingBytes takes bytes out of the middle, so that the length in a header leads
// into the next record.
func TestMissingBytes(t *testing.T) {
	data := write(t, snapshots(2, 3))
	at := bytes.LastIndex(data[:len(data)-1500], []byte("\xf5md\xa6M"))
	for _, n := range []int{1, 10, 60} {
		bad := append(bytes.Clone(data[:at+40]), data[at+40+n:]...)
		got, err := dump.Read(bytes.NewReader(bad))
		maps := 0
		for _, s := range got {
			maps += len(s.Maps)
		}
		var damage *dump.DamageError
		if !errors.As(err, &damage) || damage.Damages[0].Offset != int64(at) || maps != 5 {
			t.Errorf("without %d bytes: %d maps, %v", n, maps, err)
		}
	}
}

func TestErrors(t *testing.T) {
	name := filepath.Join(t.TempDir(), "x.mapdump")
	if err := dump.WriteFile(name, snapshots(1, 2), false); err != nil {
		t.Fatal(err)
	}
	if err := dump.WriteFile(name, snapshots(2, 2), false); !errors.Is(err, fs.ErrExist) {
		t.Errorf("writing over a dump: %v", err)
	}
	if got, err := dump.ReadFile(name); err != nil || len(got) != 1 {
		t.Errorf("the dump was changed: %v", err)
	}
	if err := os.Truncate(name, 3200); err != nil {
		t.Fatal(err)
	}
	if _, err := dump.ReadFile(name); err == nil || !strings.HasPrefix(err.Error(), name+" is damaged at byte ") {
		t.Errorf("the error does not name file and place: %v", err)
	}
	for text, want := range map[string]string{
		"":                                "not a dump",
		"hello":                           "not a dump",
		"mapdiag du":                      "ends within its first line",
		"mapdiag dump 2\nwhatever":        "version 2",
		"mapdiag dump x\n":                "not a dump",
		"\xf5md\xa6" + "no record at all": "not a dump",
	} {
		if got, err := dump.Read(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) || got != nil {
			t.Errorf("%q: %v, %v; want %q", text, got, err, want)
		}
	}
}

func FuzzRead(f *testing.F) {
	data := write(f, snapshots(2, 2))
	f.Add(data)
	f.Add(data[:len(data)/2])
	f.Add(data[100:])
	f.Add([]byte("mapdiag dump 1\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := dump.Read(bytes.NewReader(data))
		if err != nil {
			if err.Error() == "" {
				t.Error("an error without words")
			}
			return
		}
		// What reads without an error can be written and read again.
		var b bytes.Buffer
		if len(got) == 0 {
			return
		}
		if err := dump.Write(&b, got); err != nil {
			t.Fatal(err)
		}
		if _, err := dump.Read(&b); err != nil {
			t.Fatal(err)
		}
	})
}
