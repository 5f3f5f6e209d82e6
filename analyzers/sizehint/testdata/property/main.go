// The program runs all generated functions before and after they were fixed
// and writes down where the two differ.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"sync/atomic"
	"time"

	after "generated/after"
	before "generated/before"
)

// running is the function that runs.
var running atomic.Value

// watch ends the program where the test that started it has ended, or where a
// function does not end or takes ever more memory.
func watch() {
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(4)
	}()
	since, last := time.Now(), ""
	for range time.Tick(200 * time.Millisecond) {
		if name := running.Load().(string); name != last {
			since, last = time.Now(), name
		}
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		if time.Since(since) > time.Minute || m.Sys > 2<<30 {
			fmt.Fprintln(os.Stderr, last, "does not end, or takes too much memory")
			os.Exit(3)
		}
	}
}

func main() {
	running.Store("")
	go watch()
	enc := json.NewEncoder(os.Stdout)
	violations(enc, 0) // of init functions
	for i, u := range before.Units {
		if slices.Contains(os.Args[1:], u.Name) {
			continue
		}
		for _, size := range before.Sizes {
			running.Store(fmt.Sprint(u.Name, " before, size ", size))
			b := before.Run(u, size)
			running.Store(fmt.Sprint(u.Name, " after, size ", size))
			a := after.Run(after.Unit(after.Units[i]), size)
			if a != b && !varies(u, size, b, a) {
				enc.Encode(map[string]any{"Unit": u.Name, "Size": size, "Before": b, "After": a})
			}
			violations(enc, size)
		}
	}
}

// varies reports whether a function writes something else each time, since it
// depends on the order of a map's entries, or what it wrote once it was fixed.
func varies(u before.Unit, size int, first, fixed string) bool {
	for range 200 {
		if again := before.Run(u, size); again != first || again == fixed {
			return true
		}
	}
	return false
}

func violations(enc *json.Encoder, size int) {
	for _, v := range after.Violations {
		enc.Encode(map[string]any{"Unit": v.Unit, "Size": size, "Violation": fmt.Sprintf("%s: hint %d, entries %d", v.Map, v.Hint, v.Entries)})
	}
	after.Violations = nil
}
