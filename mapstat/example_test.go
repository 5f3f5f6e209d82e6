package mapstat_test

import (
	"expvar"
	"fmt"
	"sync"

	"github.com/mapdiag/mapdiag/mapstat"
)

// A map is read once, under the lock under which it is used.
func ExampleRead() {
	var mu sync.Mutex
	prices := make(map[string]int, 10_000)
	prices["pear"] = 3

	mu.Lock()
	stat, err := mapstat.Read(prices)
	mu.Unlock()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(stat.Len, "entry, a rebuild gives back more than 100 KiB:", stat.RebuildGain() > 100<<10)
	// Output: 1 entry, a rebuild gives back more than 100 KiB: true
}

var (
	mu       sync.RWMutex
	sessions = make(map[string]int)
)

// One line tracks a map, a second starts the sampler, and a snapshot tells what was found.
func ExampleTrack() {
	tracked, err := mapstat.Track("sessions", &sessions, &mu)
	stop := mapstat.Default.Start(mapstat.Sampling{})

	if err != nil {
		fmt.Println(err)
	}
	mu.Lock()
	sessions["a"] = 1
	mu.Unlock()
	stop()
	for _, m := range mapstat.Default.Snapshot(false).Maps {
		fmt.Println(m.Name, m.Stat.Len, m.Verdict.Health, m.Verdict.Pattern)
	}
	tracked.Stop()
	// Output: sessions 1 fine small
}

// A registry is a variable for expvar, at /debug/vars.
func ExampleRegistry_String() {
	expvar.Publish("maps", mapstat.Default)
}

// A verdict names what is the matter and what can be done.
func ExampleThresholds_Judge() {
	visits := make(map[int]int)
	for i := range 100_000 {
		visits[i]++
	}
	for i := range 99_990 {
		delete(visits, i)
	}
	stat, err := mapstat.Read(visits)
	if err != nil {
		fmt.Println(err)
		return
	}
	verdict := mapstat.DefaultThresholds().Judge(stat, mapstat.Window{})
	fmt.Println(verdict.Health, verdict.Pattern)
	fmt.Println(verdict.Reasons[0].Advice[:47])
	// Output:
	// warning drained
	// Copy what is left into a new map after the peak
}

// A metric of one's own appears in all reports.
func ExampleRegistry_Register() {
	r := mapstat.NewRegistry(mapstat.DefaultThresholds())
	err := r.Register(mapstat.Metric{
		Name: "bytes_per_entry", Unit: "bytes",
		Help: "Bytes of the map divided by entries.",
		Eval: func(s mapstat.Stat) (float64, bool) {
			if s.Len == 0 {
				return 0, false
			}
			return float64(s.Bytes) / float64(s.Len), true
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	var mu sync.Mutex
	m := map[int64]int64{1: 1, 2: 2}
	if _, err := r.Track("pairs", &m, &mu); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(r.Snapshot(false).Maps[0].Values) > 0)
	mu.Lock() // keeps m and mu alive until here, as a program's own use of them does
	fmt.Println(len(m))
	mu.Unlock()
	// Output:
	// true
	// 2
}
