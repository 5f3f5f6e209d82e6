// Exits makes a thousand maps and ends in the way that its argument says.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"sync"
	"syscall"
	"time"
)

var (
	keep []map[int]int
	many sync.Mutex
)

//go:noinline
func makes(n int) {
	for i := range n {
		m := make(map[int]int)
		m[i] = i
		keep = append(keep, m)
	}
}

func main() {
	makes(1000)
	switch os.Args[1] {
	case "return":
	case "exit":
		defer fmt.Println("not printed")
		os.Exit(7)
	case "deadlock":
		<-make(chan int)
	case "panic":
		var m map[string]int
		m["x"] = 1
	case "concurrent": // may go well
		m := map[int]int{}
		go func() {
			for {
				m[1]++
			}
		}()
		for {
			m[2]++
		}
	case "finalizers":
		for range 10 {
			runtime.SetFinalizer(new([100]int), func(*[100]int) { fmt.Println("finalized") })
			runtime.AddCleanup(new([100]int), func(int) { fmt.Println("cleaned") }, 1)
		}
	case "child":
		cmd := exec.Command("/proc/self/exe", "return")
		cmd.Stdout = os.Stdout
		if err := cmd.Run(); err != nil {
			panic(err)
		}
		if err := syscall.Exec("/proc/self/exe", []string{"exits", "exit"}, os.Environ()); err != nil {
			panic(err)
		}
	case "descriptor": // a program can count on the number
		f, err := os.Open("/dev/null")
		fmt.Println(f.Fd() < 5, err)
	case "signal":
		c := make(chan os.Signal, 1)
		signal.Notify(c, os.Interrupt)
		syscall.Kill(os.Getpid(), syscall.SIGINT)
		fmt.Println(<-c)
	case "goroutines":
		var wg sync.WaitGroup
		for i := range 100_000 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				m := make(map[int]int, i%40)
				for j := range i % 50 {
					m[j] = j
				}
				for j := range i % 50 {
					if j%2 == 0 {
						delete(m, j)
					}
				}
				many.Lock()
				defer many.Unlock()
				if len(keep) > 5000 {
					keep = nil
				}
				keep = append(keep, m)
			}()
		}
		wg.Wait()
	case "wait":
		fmt.Println("waiting")
		time.Sleep(time.Hour)
	}
}
