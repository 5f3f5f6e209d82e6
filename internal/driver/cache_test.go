package driver_test

import (
	"context"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/mapdiag/mapdiag/analyzers"
	"github.com/mapdiag/mapdiag/internal/driver"
	"github.com/mapdiag/mapdiag/internal/testmod"
)

func openCache(t testing.TB, dir string, limit int64) *driver.Cache {
	t.Helper()
	c, err := driver.OpenCache(dir, limit)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// known counts the local units whose results need not be computed.
func known(b *driver.Build) (n, of int) {
	for _, u := range b.Locals() {
		of++
		if b.Known(new(driver.Disk), u) != nil {
			n++
		}
	}
	return n, of
}

func cached(t testing.TB, dir string, flags []string, options string, c *driver.Cache) *driver.Build {
	t.Helper()
	b, err := driver.New(context.Background(), dir, flags, analyzers.New(), options, c)
	if err != nil {
		t.Fatal(err)
	}
	more(t, b)
	return b
}

func TestCacheOnDisk(t *testing.T) {
	dir, at := testmod.Write(t, chain+"-- a/a_test.go --\npackage a\n"), t.TempDir()
	first := cached(t, dir, nil, "", openCache(t, at, 1<<20))
	if n, of := known(first); n != 0 || of != 4 {
		t.Fatalf("%d of %d results known at first", n, of)
	}
	want := lines(all(t, first, new(driver.Disk)))
	second := cached(t, dir, nil, "", openCache(t, at, 1<<20))
	if n, of := known(second); n != of {
		t.Errorf("%d of %d results are in the cache", n, of)
	}
	if got := lines(all(t, second, new(driver.Disk))); !reflect.DeepEqual(got, want) || len(got) == 0 {
		t.Errorf("from the cache: %q\nwant %q", got, want)
	}
	if s := second.Stats(); s.Checked != 0 || s.Files != 0 {
		t.Errorf("something was checked nevertheless: %+v", s)
	}
	for name, b := range map[string]*driver.Build{
		"other options": cached(t, dir, nil, "sizehint.level=possible", openCache(t, at, 1<<20)),
		"other flags":   cached(t, dir, []string{"-tags=x"}, "", openCache(t, at, 1<<20)),
		"no cache":      cached(t, dir, nil, "", nil),
	} {
		if n, _ := known(b); n != 0 {
			t.Errorf("%s: %d results are known", name, n)
		}
	}
	// A change below makes what follows from it unknown, and nothing else.
	testmod.WriteFile(t, filepath.Join(dir, "b/b.go"), testmod.ReadFile(t, dir, "b/b.go")+"\n")
	if n, _ := known(cached(t, dir, nil, "", openCache(t, at, 1<<20))); n != 1 {
		t.Errorf("%d results are known after a change of b, want that of c", n)
	}
}

// What does not compile, or not quite, is not kept on disk: the problems are not.
func TestBrokenIsNotCached(t *testing.T) {
	dir, at := testmod.Write(t, "-- p/p.go --\npackage p\n\nimport \"unsafe\"\n-- q/q.go --\npackage q\n\nvar _ = x\n"), t.TempDir()
	b := cached(t, dir, nil, "", openCache(t, at, 1<<20))
	all(t, b, new(driver.Disk))
	if n, _ := known(b); n != 2 {
		t.Errorf("%d results are in memory, want 2", n)
	}
	if n, _ := known(cached(t, dir, nil, "", openCache(t, at, 1<<20))); n != 0 {
		t.Errorf("%d results are on disk", n)
	}
}

// entries returns the files of a cache.
func entries(t testing.TB, dir string) (names []string, size int64) {
	t.Helper()
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && filepath.Dir(name) != dir {
			info, err := d.Info()
			if err == nil {
				names = append(names, name)
				size += info.Size()
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names, size
}

func TestCorruptCache(t *testing.T) {
	dir, at := testmod.Write(t, chain), t.TempDir()
	want := lines(all(t, cached(t, dir, nil, "", openCache(t, at, 1<<20)), new(driver.Disk)))
	random := rand.New(rand.NewPCG(3, 4))
	for round := range 20 {
		names, _ := entries(t, at)
		if len(names) == 0 {
			t.Fatal("nothing is in the cache")
		}
		for _, name := range names {
			data := []byte(testmod.ReadFile(t, name))
			switch at := random.IntN(len(data) + 1); random.IntN(4) {
			case 0:
				data = data[:at]
			case 1:
				data = nil
			case 2:
				if at < len(data) {
					data[at] ^= 0x55
				}
			}
			testmod.WriteFile(t, name, string(data))
		}
		b := cached(t, dir, nil, "", openCache(t, at, 1<<20))
		if got := lines(all(t, b, new(driver.Disk))); !reflect.DeepEqual(got, want) {
			t.Fatalf("round %d: %q\nwant %q", round, got, want)
		}
		if n, of := known(cached(t, dir, nil, "", openCache(t, at, 1<<20))); n != of {
			t.Fatalf("round %d: %d of %d results were written anew", round, n, of)
		}
	}
}

func TestCacheIsShared(t *testing.T) {
	dir, at := testmod.Write(t, chain), t.TempDir()
	want := lines(all(t, cached(t, dir, nil, "", nil), new(driver.Disk)))
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			c, err := driver.OpenCache(at, 1<<12) // so that each removes from under the others
			if err != nil {
				t.Error(err)
				return
			}
			for range 5 {
				b, err := driver.New(context.Background(), dir, nil, analyzers.New(), "", c)
				if err == nil {
					err = b.Load(context.Background(), "", "./...")
				}
				if err != nil {
					t.Error(err)
					return
				}
				for _, u := range b.Locals() {
					r, err := b.Analyze(context.Background(), new(driver.Disk), u)
					if err != nil || u.Name == "a" && len(r.Findings) != len(want) {
						t.Errorf("%s: %v", u.ID, err)
					}
				}
			}
		})
	}
	wg.Wait()
}

func TestCacheLimit(t *testing.T) {
	at := t.TempDir()
	// Somebody may have chosen a folder that has other things in it.
	mine := filepath.Join(at, "home", "letter.txt")
	testmod.WriteFile(t, mine, strings.Repeat("precious", 10000))
	dir := testmod.Write(t, "-- p/p.go --\npackage p\n\n"+sized("P"))
	const limit = 64 << 10
	c := openCache(t, at, limit)
	b := cached(t, dir, nil, "", c)
	u, name := unit(t, b, "example.com/m/p"), filepath.Join(dir, "p/p.go")
	text := testmod.ReadFile(t, name)
	for i := range 120 {
		text += "\n"
		analyze(t, b, edit(name, text), u)
		if i%20 == 0 {
			names, size := entries(t, at)
			if size-80000 > limit*5/4 {
				t.Fatalf("%d files with %d bytes", len(names), size-80000)
			}
		}
	}
	c.Shrink()
	if _, size := entries(t, at); size-80000 > limit {
		t.Errorf("%d bytes are left", size-80000)
	}
	if _, err := os.Stat(mine); err != nil {
		t.Error("a file of somebody else is gone")
	}
	fresh := newBuild(t, dir, nil, openCache(t, at, limit))
	more(t, fresh)
	if fresh.Known(edit(name, text), unit(t, fresh, "example.com/m/p")) == nil {
		t.Error("the newest result is not in the cache")
	}
	if _, err := driver.OpenCache(name, limit); err == nil {
		t.Error("a file is taken for the folder of a cache")
	}
}
