// Command ends makes ten maps, repeats its input, and ends as its argument says.
package main

import (
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"
)

var sink any

func main() {
	for i := range 10 {
		m := make(map[int]int)
		for j := range 100 {
			m[j] = i
		}
		sink = m
	}
	io.Copy(os.Stdout, os.Stdin)
	switch os.Args[1] {
	case "well":
	case "code":
		os.Exit(3)
	case "panic":
		panic("as asked for")
	case "deadlock":
		var mu sync.Mutex
		mu.Lock()
		mu.Lock()
	case "killed":
		syscall.Kill(os.Getpid(), syscall.SIGKILL)
		time.Sleep(time.Minute)
	case "waits":
		c := make(chan os.Signal, 1)
		signal.Notify(c, syscall.SIGTERM)
		fmt.Println("ready")
		fmt.Println(<-c)
		os.Exit(4)
	}
}

// ends is tested as well.
func ends() map[string]int { return map[string]int{"a": 1} }
