package join

// Result is filled by its goroutine, and handed over by a channel.
type Result struct {
	host  string
	ports map[int]bool
}

func scan(host string) *Result {
	r := &Result{host: host, ports: make(map[int]bool)}
	for p := range 1024 {
		r.ports[p] = probe(host) > p
	}
	return r
}

// Scan changes each result when it has received it.
func Scan(hosts []string) (all []*Result) {
	results := make(chan *Result)
	for _, h := range hosts {
		go func() { results <- scan(h) }()
	}
	for range hosts {
		r := <-results
		delete(r.ports, 0)
		r.ports[-1] = len(r.ports) > 0
		all = append(all, r)
	}
	return all
}

// Stages passes each result through two goroutines, one at a time.
func Stages(hosts []string) (all []*Result) {
	first, second := make(chan *Result), make(chan *Result)
	go func() {
		defer close(first)
		for _, h := range hosts {
			first <- scan(h)
		}
	}()
	go func() {
		defer close(second)
		for r := range first {
			r.ports[80] = true
			second <- r
		}
	}()
	for r := range second {
		delete(r.ports, 443)
		all = append(all, r)
	}
	return all
}

// PingPong gives the map to and fro.
func PingPong(rounds int) int {
	ping, pong := make(chan map[int]int), make(chan map[int]int)
	go func() {
		defer close(pong)
		for m := range ping {
			m[len(m)] = 0
			pong <- m
		}
	}()
	m := make(map[int]int)
	for range rounds {
		ping <- m
		m = <-pong
		m[len(m)] = 1
	}
	close(ping)
	<-pong
	return len(m)
}
