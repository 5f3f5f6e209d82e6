package safe

import (
	"net"
	"sync"
	"time"
)

// Loop owns its map: nobody else touches it.
type Loop struct {
	join  chan string
	leave chan string
	count chan chan int
	do    chan func(users map[string]time.Time)
	users map[string]time.Time
}

func NewLoop() *Loop {
	l := &Loop{
		join:  make(chan string),
		leave: make(chan string),
		count: make(chan chan int),
		do:    make(chan func(map[string]time.Time)),
		users: make(map[string]time.Time),
	}
	l.users["root"] = time.Now()
	go l.run()
	return l
}

func (l *Loop) run() {
	for {
		select {
		case u, ok := <-l.join:
			if !ok {
				return
			}
			l.add(u)
		case u := <-l.leave:
			delete(l.users, u)
		case c := <-l.count:
			c <- len(l.users)
		case f := <-l.do:
			f(l.users)
		}
	}
}

func (l *Loop) add(u string)      { l.users[u] = time.Now() }
func (l *Loop) Join(user string)  { l.join <- user }
func (l *Loop) Leave(user string) { l.leave <- user }

func (l *Loop) Count() int {
	c := make(chan int)
	l.count <- c
	return <-c
}

// Rename has the loop do it.
func (l *Loop) Rename(old, user string) {
	l.do <- func(users map[string]time.Time) {
		users[user] = users[old]
		delete(users, old)
	}
}

// Local has its map on the stack of its loop.
func Local(events <-chan string, ask <-chan chan<- int) {
	seen := make(map[string]int)
	for {
		select {
		case e := <-events:
			seen[e]++
		case c := <-ask:
			c <- len(seen)
		}
	}
}

// StartLocal makes the map in the goroutine, or hands over its only name.
func StartLocal(events <-chan string) {
	go Local(events, nil)
	go func() {
		last := make(map[string]time.Time)
		for e := range events {
			last[e] = time.Now()
		}
	}()
	counts := make(map[string]int)
	counts["start"] = 1
	go tally(events, counts)
}

func tally(events <-chan string, counts map[string]int) {
	for e := range events {
		counts[e]++
	}
}

// client has a map of its own for each connection.
type client struct {
	conn net.Conn
	opts map[string]string
}

func newClient(c net.Conn, defaults map[string]string) *client {
	cl := &client{conn: c, opts: make(map[string]string)}
	for k, v := range defaults {
		cl.opts[k] = v
	}
	return cl
}

func (c *client) loop() {
	buf := make([]byte, 64)
	for {
		n, err := c.conn.Read(buf)
		if err != nil {
			return
		}
		c.set(string(buf[:n]))
	}
}

func (c *client) set(opt string) { c.opts[opt] = "on" }

func Clients(ln net.Listener, defaults map[string]string) error {
	for {
		c, err := ln.Accept()
		if err != nil {
			return err
		}
		go newClient(c, defaults).loop()
	}
}

// worker has a map that only its own goroutine touches.
type worker struct {
	in   chan string
	seen map[string]int
}

func (w *worker) run(wg *sync.WaitGroup) {
	defer wg.Done()
	for s := range w.in {
		w.seen[s]++
	}
}

func Spread(words []string, n int) int {
	var wg sync.WaitGroup
	workers := make([]*worker, n)
	for i := range workers {
		w := &worker{in: make(chan string), seen: make(map[string]int)}
		workers[i] = w
		wg.Add(1)
		go w.run(&wg)
	}
	for i, w := range words {
		workers[i%n].in <- w
	}
	for _, w := range workers {
		close(w.in)
	}
	wg.Wait()
	total := make(map[string]int)
	for _, w := range workers {
		for s, c := range w.seen {
			total[s] += c
		}
		clear(w.seen)
	}
	return len(total)
}
