package mapstat_test

import (
	"encoding/json"
	"errors"
	"runtime"
	"sync"
	"testing"

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
