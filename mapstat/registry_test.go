package mapstat_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mapdiag/mapdiag/mapstat"
)

var packageMap = map[string]int{"a": 1}

type store struct {
	mu    sync.RWMutex
	items map[int]string
}

// TestTrack watches a map of a package and one of an object that goes.
func TestTrack(t *testing.T) {
	r := mapstat.NewRegistry(mapstat.DefaultThresholds())
	var mu sync.Mutex
	if _, err := r.Track("package", &packageMap, &mu); err != nil {
		t.Fatal(err)
	}
	s := &store{items: map[int]string{1: "one", 2: "two"}}
	if _, err := r.Track("store", &s.items, &s.mu); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Track("store", &s.items, &s.mu); !errors.Is(err, mapstat.ErrDuplicate) {
		t.Errorf("a second map of the name: %v, want ErrDuplicate", err)
	}
	if _, err := r.Track("number", new(int), nil); !errors.Is(err, mapstat.ErrNotMap) {
		t.Errorf("an int: %v, want ErrNotMap", err)
	}
	got := r.Snapshot(true)
	if len(got.Maps) != 2 || got.Maps[0].Name != "package" || got.Maps[0].Stat.Len != 1 || got.Maps[1].Stat.Len != 2 {
		t.Fatalf("snapshot of %+v", got.Maps)
	}
	if _, err := json.Marshal(got); err != nil {
		t.Fatal(err)
	}
	runtime.KeepAlive(s)
	s = nil
	runtime.GC()
	runtime.GC()
	if got := r.Snapshot(false); len(got.Maps) != 1 {
		t.Errorf("the map of a collected object is still watched: %+v", got.Maps)
	}
	runtime.KeepAlive(&mu)
}

// TestConcurrently tracks, stops, samples and takes snapshots in many goroutines at once.
func TestConcurrently(t *testing.T) {
	r := mapstat.NewRegistry(mapstat.DefaultThresholds())
	stop := r.Start(mapstat.Sampling{Interval: time.Millisecond})
	defer stop()
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range 60 {
				s := &store{items: map[int]string{}}
				tracked, err := r.Track(fmt.Sprint("map ", g, i%5), &s.items, &s.mu)
				if err != nil {
					if !errors.Is(err, mapstat.ErrDuplicate) {
						t.Error(err)
					}
					continue
				}
				for k := range 100 {
					s.mu.Lock()
					s.items[k] = "x"
					s.mu.Unlock()
				}
				switch i % 4 {
				case 0:
					r.Sample(time.Millisecond)
				case 1:
					for _, m := range r.Snapshot(i%8 == 1).Maps {
						if m.Error == "" && (m.Stat.Len > 100 || m.Verdict.Health != mapstat.Fine) {
							t.Errorf("%+v", m)
						}
					}
				case 2:
					_ = r.String()
				}
				if i%3 == 0 {
					tracked.Stop()
				}
				runtime.KeepAlive(s)
			}
		}()
	}
	wg.Add(1)
	go func() {
		defer wg.Done()
		for i := range 20 {
			_ = r.Register(mapstat.Metric{Name: fmt.Sprint("metric", i%10), Help: "h", Eval: func(mapstat.Stat) (float64, bool) { return 1, true }})
			runtime.GC()
		}
	}()
	wg.Wait()
	stop()
	stop() // a second time does no harm
	runtime.GC()
	runtime.GC()
	if got := r.Snapshot(false); len(got.Maps) != 0 || got.Sampler.Samples == 0 {
		t.Errorf("of objects that are gone, %d are still watched; %+v", len(got.Maps), got.Sampler)
	}
}

// onlyLock can be locked, and nothing else.
type onlyLock struct{ mu sync.Mutex }

func (l *onlyLock) Lock()   { l.mu.Lock() }
func (l *onlyLock) Unlock() { l.mu.Unlock() }

// byValue is a lock that is no pointer.
type byValue struct{ *sync.Mutex }

var packageLock sync.RWMutex

// TestLocks watches maps under locks of all kinds: free, and held for ever.
func TestLocks(t *testing.T) {
	type locked struct {
		items map[int]string
		rw    sync.RWMutex
		mu    sync.Mutex
		own   onlyLock
	}
	s := &locked{items: map[int]string{1: "one"}}
	r := mapstat.NewRegistry(mapstat.DefaultThresholds())
	var nilMutex *sync.Mutex
	locks := map[string]sync.Locker{
		"rw": &s.rw, "rlocker": s.rw.RLocker(), "mutex": &s.mu, "own": &s.own, "by value": byValue{&s.mu},
		"package": &packageLock, "package rlocker": packageLock.RLocker(),
	}
	for name, l := range locks {
		if _, err := r.Track(name, &s.items, l); err != nil {
			t.Fatal(err)
		}
	}
	others := map[int]string{2: "two"}
	for name, l := range map[string]sync.Locker{"none": nil, "nil": nilMutex} {
		if _, err := r.Track(name, &others, l); err != nil {
			t.Fatal(err)
		}
	}
	errorsOf := func() map[string]string {
		found := make(map[string]string)
		for _, m := range r.Snapshot(false).Maps {
			found[m.Name] = m.Error
		}
		return found
	}
	// A lock that can only be locked is waited for, but not for long: on a busy machine, its
	// goroutine may come too late.
	unread := func() (problems []string) {
		for name, err := range errorsOf() {
			if _, has := locks[name]; err != "" && (has || !sanitized) {
				problems = append(problems, name+": "+err)
			}
		}
		return problems
	}
	for range 3 {
		problems := unread()
		for deadline := time.Now().Add(20 * time.Second); len(problems) > 0 && time.Now().Before(deadline); problems = unread() {
			time.Sleep(10 * time.Millisecond)
		}
		if len(problems) > 0 {
			t.Errorf("%q", problems)
		}
	}
	// Readers do not keep each other out.
	s.rw.RLock()
	packageLock.RLock()
	for name, err := range errorsOf() {
		if _, has := locks[name]; err != "" && has {
			t.Errorf("with a reader: %s: %s", name, err)
		}
	}
	s.rw.RUnlock()
	packageLock.RUnlock()

	s.rw.Lock()
	s.mu.Lock()
	s.own.Lock()
	packageLock.Lock()
	for range 2 {
		start := time.Now()
		found := errorsOf()
		if d := time.Since(start); d > 5*time.Second {
			t.Errorf("a snapshot waits %v", d)
		}
		if len(found) != len(locks)+2 {
			t.Errorf("snapshot of %d maps", len(found))
		}
		for name := range locks {
			if !strings.Contains(found[name], mapstat.ErrLocked.Error()) {
				t.Errorf("%s is held: %q", name, found[name])
			}
		}
		if found["none"] != "" && !sanitized {
			t.Errorf("none: %q", found["none"])
		}
	}
	s.rw.Unlock()
	s.mu.Unlock()
	s.own.Unlock()
	packageLock.Unlock()
	deadline := time.Now().Add(10 * time.Second)
	for name, err := range errorsOf() {
		for err != "" && locks[name] != nil { // the goroutine that waits may not have run yet
			if time.Now().After(deadline) {
				t.Fatalf("%s is free again: %q", name, err)
			}
			err = errorsOf()[name]
		}
	}
	for name, l := range locks {
		ok := make(chan bool)
		go func() { l.Lock(); l.Unlock(); close(ok) }()
		select {
		case <-ok:
		case <-time.After(10 * time.Second):
			t.Errorf("%s was not given back", name)
		}
	}
	runtime.KeepAlive(&others)
}

// TestCollected lets go of variables in all kinds of places.
func TestCollected(t *testing.T) {
	r := mapstat.NewRegistry(mapstat.DefaultThresholds())
	type outer struct {
		_     [100]int
		items [3]map[string]int
	}
	o := &outer{}
	o.items[2] = map[string]int{"a": 1}
	list := make([]map[string]int, 10)
	list[7] = map[string]int{"b": 1}
	alone := map[string]int{"c": 1}
	loose := new(sync.Mutex)
	for name, m := range map[string]*map[string]int{"field": &o.items[2], "element": &list[7], "local": &alone, "static": &packageMap} {
		if _, err := r.Track(name, m, &packageLock); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := r.Track("lock", &packageMap, loose); err != nil {
		t.Fatal(err)
	}
	runtime.GC()
	if n := len(r.Snapshot(false).Maps); n != 5 {
		t.Fatalf("%d maps are watched", n)
	}
	o.items[2] = map[string]int{"another": 1, "map": 2} // of the same variable
	for _, m := range r.Snapshot(false).Maps {
		if m.Name == "field" && m.Stat.Len != 2 {
			t.Errorf("the variable's new map is not read: %+v", m.Stat)
		}
	}
	runtime.KeepAlive(o)
	runtime.KeepAlive(list)
	runtime.KeepAlive(&alone)
	runtime.KeepAlive(loose)
	runtime.GC()
	runtime.GC()
	for _, m := range r.Snapshot(false).Maps {
		if m.Name != "static" && m.Name != "lock" { // small objects without pointers share a block with others
			t.Errorf("%s is still watched", m.Name)
		}
	}
	if _, err := r.Track("field", &packageMap, nil); err != nil {
		t.Errorf("the name is free again: %v", err)
	}
}

// TestMetrics registers good and bad metrics.
func TestMetrics(t *testing.T) {
	r := mapstat.NewRegistry(mapstat.DefaultThresholds())
	one := func(mapstat.Stat) (float64, bool) { return 1, true }
	for _, m := range []mapstat.Metric{
		{Name: "", Help: "h", Eval: one}, {Name: "Big", Help: "h", Eval: one}, {Name: "a__b", Help: "h", Eval: one},
		{Name: "no_help", Eval: one}, {Name: "no_eval", Help: "h"},
	} {
		if err := r.Register(m); err == nil || errors.Is(err, mapstat.ErrDuplicate) {
			t.Errorf("%q: %v", m.Name, err)
		}
	}
	if err := r.Register(mapstat.Metric{Name: "load_factor", Help: "h", Eval: one}); !errors.Is(err, mapstat.ErrDuplicate) {
		t.Errorf("a built-in name: %v", err)
	}
	for name, eval := range map[string]func(mapstat.Stat) (float64, bool){
		"one": one,
		"panics": func(mapstat.Stat) (float64, bool) {
			var m map[string]int
			m["a"] = 1
			return 0, true
		},
		"nan":   func(mapstat.Stat) (float64, bool) { return math.NaN(), true },
		"inf":   func(mapstat.Stat) (float64, bool) { return math.Inf(-1), true },
		"quiet": func(mapstat.Stat) (float64, bool) { return math.NaN(), false },
	} {
		if err := r.Register(mapstat.Metric{Name: name, Help: "h", Eval: eval}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := r.Track("m", &packageMap, &packageLock); err != nil {
		t.Fatal(err)
	}
	s := r.Snapshot(true)
	m := s.Maps[0]
	if m.Values["one"] != 1 || m.Values["max_probe"] != 1 {
		t.Errorf("values %v", m.Values)
	}
	if _, err := json.Marshal(s); err != nil {
		t.Error(err)
	}
	if len(m.MetricErrors) != 3 || !strings.Contains(m.MetricErrors["panics"], "panics panicked: assignment to entry in nil map") ||
		!strings.Contains(m.MetricErrors["nan"], "NaN") || !strings.Contains(m.MetricErrors["inf"], "-Inf") {
		t.Errorf("errors %v", m.MetricErrors)
	}
}

// TestBudget samples more maps than a round has time for: the rounds take turns.
func TestBudget(t *testing.T) {
	r := mapstat.NewRegistry(mapstat.DefaultThresholds())
	const n = 100
	maps := make([]map[int]int, n)
	for i := range maps {
		maps[i] = make(map[int]int)
		for k := range 5000 {
			maps[i][k] = k
		}
		if _, err := r.Track(fmt.Sprint(i), &maps[i], &packageLock); err != nil {
			t.Fatal(err)
		}
	}
	sampled := 0
	rounds := 0
	for ; sampled < n; rounds++ {
		got := r.Sample(100 * time.Microsecond)
		if got == 0 || got > n {
			t.Fatalf("a round samples %d maps", got)
		}
		sampled += got
	}
	if rounds == 1 {
		t.Errorf("one round of 100 µs reads 100 maps")
	}
	if got := r.Sample(0); got != n {
		t.Errorf("a round without a limit samples %d maps of %d", got, n)
	}
	samples := 0
	for _, m := range r.Snapshot(false).Maps {
		if m.Total.Samples < 3 || m.Total.MaxLen != 5000 {
			t.Errorf("map %s was sampled %d times", m.Name, m.Total.Samples)
		}
		samples += m.Total.Samples
	}
	if s := r.Snapshot(false).Sampler; s.Samples < int64(samples) || s.Seconds <= 0 {
		t.Errorf("%+v", s)
	}
}

// TestWindows samples a map at chosen sizes.
func TestWindows(t *testing.T) {
	r := mapstat.NewRegistry(mapstat.DefaultThresholds())
	m := make(map[int]int)
	if _, err := r.Track("m", &m, &packageLock); err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{0, 10, 10, 2000, 500, 0, 700} {
		for i := range 2000 {
			if i < n {
				m[i] = i
			} else {
				delete(m, i)
			}
		}
		r.Sample(0)
	}
	got := r.Snapshot(false).Maps[0]
	w := got.Total
	if w.Samples != 8 || w.MaxLen != 2000 || w.MinLen != 0 || w.Churn != 10+1990+1500+500+700 || w.Growths != 2 || w.Changes != 5 {
		t.Errorf("window %+v", w)
	}
	if got.Recent != w || w.MaxSlots != got.Stat.Slots || w.MaxBytes < got.Stat.Bytes {
		t.Errorf("recent %+v, total %+v, stat %+v", got.Recent, w, got.Stat)
	}
}

// TestAllocations counts those of the ways to read that run all the time.
func TestAllocations(t *testing.T) {
	if sanitized {
		t.Skip("instrumented programs allocate otherwise")
	}
	m := make(map[string]int)
	for i := range 3000 {
		m[fmt.Sprint(i)] = i
	}
	r := mapstat.NewRegistry(mapstat.DefaultThresholds())
	s := &store{items: map[int]string{1: "one"}}
	var mu sync.Mutex
	for name, l := range map[string]sync.Locker{"rw": &s.mu, "mutex": &mu, "rlocker": s.mu.RLocker(), "none": nil} {
		if _, err := r.Track(name, &s.items, l); err != nil {
			t.Fatal(err)
		}
	}
	for name, f := range map[string]func(){
		"Read":    func() { _, _ = mapstat.Read(m) },
		"ReadMap": func() { _, _ = mapstat.ReadMap(m) },
		"TryRead": func() { _, _ = mapstat.TryRead(m) },
		"Sample":  func() { r.Sample(0) },
	} {
		if n := testing.AllocsPerRun(100, f); n != 0 {
			t.Errorf("%s allocates %v times", name, n)
		}
	}
	runtime.KeepAlive(s)
	runtime.KeepAlive(&mu)
}

// TestTryReadWatched holds TryRead to its word in programs that would not survive it:
// those of go test -race, and of go test -gcflags=all=-d=checkptr.
func TestTryReadWatched(t *testing.T) {
	checkptr := false
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			checkptr = checkptr || s.Key == "-gcflags" && strings.Contains(s.Value, "checkptr")
		}
	}
	s, err := mapstat.TryRead(packageMap)
	if sanitized || checkptr || runtime.GOARCH != "amd64" {
		if !errors.Is(err, mapstat.ErrTorn) || s.Slots != 0 {
			t.Errorf("%v, %+v", err, s)
		}
	} else if err != nil || s.Len != 1 {
		t.Errorf("%v, %+v", err, s)
	}
}
