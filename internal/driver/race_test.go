package driver_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mapdiag/mapdiag/internal/driver"
	"github.com/mapdiag/mapdiag/internal/finding"
	"github.com/mapdiag/mapdiag/internal/testmod"
)

// Many goroutines over one build, each with files of its own: every result is
// that of its files, whatever the others do.
func TestConcurrentUse(t *testing.T) {
	dir := testmod.Write(t, chain+`
-- a/a_test.go --
package a

import "testing"

func TestA(t *testing.T) { t.Log(F(nil)) }
-- a/x_test.go --
package a_test

import ("testing"; "example.com/m/a"; "example.com/m/b"; "example.com/m/c")

func TestX(t *testing.T) {
	a.Both()
	var x b.T
	var y c.T = x
	_ = y
	m := make(map[int]int)
	b.Run(func() { m[1] = 2 })
	m[2] = 3
}
`)
	b := load(t, dir)
	units := b.Locals()
	c, cText := filepath.Join(dir, "c/c.go"), testmod.ReadFile(t, dir, "c/c.go")
	aText := testmod.ReadFile(t, dir, "a/a.go")
	before := runtime.NumGoroutine()
	var wg sync.WaitGroup
	rounds := 60
	if testing.Short() {
		rounds = 15
	}
	for g := range 6 {
		wg.Go(func() {
			random := rand.New(rand.NewPCG(uint64(g), 5))
			for range rounds {
				f := &files{changed: map[string]string{}}
				async := random.IntN(2) == 0
				f.changed[c] = cText + fmt.Sprintf("// %d\n", random.IntN(3))
				if !async {
					f.changed[c] = strings.Replace(f.changed[c], "go f()", "f()", 1)
				}
				if random.IntN(3) == 0 {
					f.changed[filepath.Join(dir, "a/a.go")] = aText + fmt.Sprintf("// %d\n", random.IntN(3))
				}
				ctx, cancel := context.WithCancel(context.Background())
				cancelled := random.IntN(4) == 0
				if cancelled {
					time.AfterFunc(time.Duration(random.IntN(3000))*time.Microsecond, cancel)
				}
				u := units[random.IntN(len(units))]
				if random.IntN(3) == 0 {
					p, err := b.Check(ctx, f, u)
					if err == nil {
						if p.Broken() {
							t.Errorf("%s: %v", u.ID, p.Problems)
						}
						p.Release()
					} else if !cancelled || !errors.Is(err, context.Canceled) {
						t.Errorf("%s: %v", u.ID, err)
					}
				} else {
					r, err := b.Analyze(ctx, f, u)
					switch {
					case err != nil && (!cancelled || !errors.Is(err, context.Canceled)):
						t.Errorf("%s: %v", u.ID, err)
					case err == nil && (r.Broken || len(r.Failures) > 0):
						t.Errorf("%s: %q %q", u.ID, messages(r), r.Failures)
					case err == nil && u.Name[0] == 'a' && (rules(r.Findings) == "unguarded unguarded") != async:
						t.Errorf("%s: findings %q, want them %v", u.ID, lines(r.Findings), async)
					}
				}
				cancel()
				switch random.IntN(60) {
				case 0, 1:
					if err := b.Load(context.Background(), "", "./..."); err != nil {
						t.Error(err)
					}
				case 2, 3:
					if err := b.Sweep(func() error {
						_, err := b.Analyze(context.Background(), f, u)
						return err
					}); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	wg.Wait()
	if s := b.Stats(); s.Users != 0 {
		t.Errorf("packages are not released: %+v", s)
	}
	for i := 0; runtime.NumGoroutine() > before; i++ {
		if i == 100 {
			t.Errorf("%d goroutines, %d before", runtime.NumGoroutine(), before)
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// What a build that has seen many states says of one is what a build says that has
// seen no other.
func TestLikeFresh(t *testing.T) {
	rounds := 10
	if testing.Short() {
		rounds = 2
	}
	dir, err := filepath.Abs("../../testdata/src/unguarded")
	if err != nil {
		t.Fatal(err)
	}
	b := load(t, dir)
	units := b.Locals()
	random := rand.New(rand.NewPCG(4, 9))
	for round := range rounds {
		f := &files{changed: map[string]string{}}
		for range 1 + random.IntN(4) {
			u := units[random.IntN(len(units))]
			name := u.Files[random.IntN(len(u.Files))]
			f.changed[name] = mutate(random, testmod.ReadFile(t, name))
		}
		fresh := load(t, dir)
		for _, u := range units {
			got, want := analyze(t, b, f, u), analyze(t, fresh, f, u)
			if messages(got) != messages(want) || !slices.Equal(lines(finding.Sort(slices.Clone(got.Findings))), lines(finding.Sort(slices.Clone(want.Findings)))) {
				t.Errorf("round %d, %s: %q %q\nwant %q %q", round, u.ID, messages(got), lines(got.Findings), messages(want), lines(want.Findings))
			}
		}
	}
}

// heap returns the bytes in use.
func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func TestManyEdits(t *testing.T) {
	dir := testmod.Write(t, chain)
	b := load(t, dir)
	c, text := filepath.Join(dir, "c/c.go"), testmod.ReadFile(t, dir, "c/c.go")
	rounds := 2000
	if testing.Short() {
		rounds = 200
	}
	var first driver.Stats
	var memory int64
	for i := range rounds {
		f := edit(c, text+fmt.Sprintf("// %d\n", i))
		for _, id := range []string{"a", "b", "c"} {
			if id == "c" || i%10 == 0 {
				if r := analyze(t, b, f, unit(t, b, "example.com/m/"+id)); r.Broken {
					t.Fatal(messages(r))
				}
			}
		}
		if i == 100 {
			first, memory = b.Stats(), heap()
		}
	}
	last, now := b.Stats(), heap()
	if last.Files > first.Files || last.Parsed > first.Parsed || last.Checked > first.Checked || last.Users != 0 {
		t.Errorf("after 100 edits %+v, after %d %+v", first, rounds, last)
	}
	// Results are kept, up to a limit.
	if each := (now - memory) / int64(max(1, last.Results-first.Results)); each > 8<<10 {
		t.Errorf("%d bytes after 100 edits, %d after %d: %d for each result", memory, now, rounds, each)
	}
	if last.Results > 4096 {
		t.Errorf("%d results are kept", last.Results)
	}
}

// Packages beyond what is to be kept are dropped when nobody has them.
func TestKept(t *testing.T) {
	dir := t.TempDir()
	testmod.WriteFile(t, filepath.Join(dir, "go.mod"), "module example.com/m\n\ngo 1.26\n")
	comment := "// " + strings.Repeat("x", 1<<20) + "\n"
	for i := range 6 {
		testmod.WriteFile(t, filepath.Join(dir, fmt.Sprintf("p%d/p.go", i)), "package p\n\n"+comment)
	}
	b := load(t, dir)
	var held []*driver.Package
	for _, u := range b.Locals() {
		p, err := b.Check(context.Background(), new(driver.Disk), u)
		if err != nil {
			t.Fatal(err)
		}
		held = append(held, p)
	}
	if s := b.Stats(); s.Checked != 6 || s.Users != 6 || s.Files != 6 {
		t.Errorf("in use: %+v", s)
	}
	again, err := b.Check(context.Background(), new(driver.Disk), held[0].Unit)
	if err != nil || again != held[0] {
		t.Error("a package in use is checked again")
	}
	again.Release()
	for _, p := range held {
		p.Release()
	}
	if s := b.Stats(); s.Users != 0 || s.Bytes > driver.KeepBytes || s.Checked == 0 || s.Files != s.Checked {
		t.Errorf("released: %+v", s)
	}
}
