// Work does one kind of work on maps for a while and prints the nanoseconds of one operation: the
// least of many short runs, which is what the machine's other work disturbs least.
package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"time"
)

var (
	ints    = make(map[int]int)
	strings = make(map[string]int)
	words   []string
	sinkInt map[int]int
	sinkStr map[string]int
	sum     int
)

type pair struct {
	a, b string
}

var sinkPair map[pair]int

const live = 10_000

func fill(m map[int]int, n int) {
	for i := range n {
		m[i] = i
	}
}

// work are the operations: each does n of them.
var work = map[string]func(n int){
	"lookup-int": func(n int) {
		for i := range n {
			sum += ints[i%live]
		}
	},
	"lookup-string": func(n int) {
		for i := range n {
			sum += strings[words[i%live]]
		}
	},
	"insert-int": func(n int) { // of keys that are there
		for i := range n {
			ints[i%live] = i
		}
	},
	"insert-string": func(n int) {
		for i := range n {
			strings[words[i%live]] = i
		}
	},
	"fill-1000": func(n int) { // inserts of new keys, growing
		for ; n > 0; n -= 1000 {
			sinkInt = make(map[int]int)
			fill(sinkInt, 1000)
		}
	},
	"churn-int": func(n int) { // one is deleted for each that is inserted
		for i := range n {
			delete(ints, i%live)
			ints[i%live] = i
		}
	},
	"make-1": func(n int) {
		for range n {
			sinkInt = make(map[int]int)
			fill(sinkInt, 1)
		}
	},
	"make-8": func(n int) {
		for range n {
			sinkInt = make(map[int]int)
			fill(sinkInt, 8)
		}
	},
	"make-16": func(n int) {
		for range n {
			sinkInt = make(map[int]int)
			fill(sinkInt, 16)
		}
	},
	"make-16-hint": func(n int) {
		for range n {
			sinkInt = make(map[int]int, 16)
			fill(sinkInt, 16)
		}
	},
	"make-16-string": func(n int) {
		for range n {
			m := make(map[string]int)
			for _, w := range words[:16] {
				m[w] = 1
			}
			sinkStr = m
		}
	},
	"make-16-string-hint": func(n int) {
		for range n {
			m := make(map[string]int, 16)
			for _, w := range words[:16] {
				m[w] = 1
			}
			sinkStr = m
		}
	},
	"make-16-struct-hint": func(n int) {
		for range n {
			m := make(map[pair]int, 16)
			for i, w := range words[:16] {
				m[pair{w, words[i+1]}] = 1
			}
			sinkPair = m
		}
	},
	"make-100": func(n int) {
		for range n {
			sinkInt = make(map[int]int)
			fill(sinkInt, 100)
		}
	},
	"make-100-hint": func(n int) {
		for range n {
			sinkInt = make(map[int]int, 100)
			fill(sinkInt, 100)
		}
	},
	// Makes of one line on all processors at once.
	"make-16-parallel": func(n int) {
		procs := runtime.GOMAXPROCS(0)
		done := make(chan bool)
		for range procs {
			go func() {
				for range n / procs {
					m := make(map[int]int, 16)
					fill(m, 16)
					if len(m) != 16 {
						panic("lost")
					}
					parallel(m)
				}
				done <- true
			}()
		}
		for range procs {
			<-done
		}
	},
}

//go:noinline
func parallel(m map[int]int) { // not inlined: m is on the heap
	if m == nil {
		sinkInt = m
	}
}

// deep does work some calls away from main, as programs do.
//
//go:noinline
func deep(depth int, f func(int), n int) {
	if depth > 0 {
		deep(depth-1, f, n)
		return
	}
	f(n)
}

func main() {
	fill(ints, live)
	for i := range live {
		words = append(words, "key-"+strconv.Itoa(i*7919))
		strings[words[i]] = i
	}
	f := work[os.Args[1]]
	if f == nil {
		fmt.Fprintln(os.Stderr, "work: unknown:", os.Args[1])
		os.Exit(2)
	}
	n := 1000
	for {
		start := time.Now()
		deep(10, f, n)
		if time.Since(start) > 4*time.Millisecond {
			break
		}
		n *= 2
	}
	var best time.Duration
	for end := time.Now().Add(600 * time.Millisecond); time.Now().Before(end); {
		start := time.Now()
		deep(10, f, n)
		if d := time.Since(start); best == 0 || d < best {
			best = d
		}
	}
	fmt.Println(float64(best.Nanoseconds()) / float64(n))
}
