package demo

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/mapdiag/mapdiag/mapstat"
	mapstathttp "github.com/mapdiag/mapdiag/mapstat/http"
)

// A Demo is the program, running.
type Demo struct {
	URL      string // of its maps
	Registry *mapstat.Registry

	server *http.Server
	stop   func() // of the sampler
	done   chan struct{}
	ended  chan struct{}
}

// Start starts the program. It listens on the loopback address alone, at the given port, or
// any that is free for 0.
func Start(port int) (*Demo, error) {
	d := &Demo{
		Registry: mapstat.NewRegistry(mapstat.DefaultThresholds()),
		done:     make(chan struct{}), ended: make(chan struct{}),
	}
	listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return nil, err
	}
	p, err := start(d.Registry)
	if err != nil {
		listener.Close()
		return nil, err
	}
	d.URL = "http://" + listener.Addr().String() + mapstathttp.Path
	mux := http.NewServeMux()
	mapstathttp.Mount(mux, d.Registry)
	d.server = &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	d.stop = d.Registry.Start(mapstat.Sampling{})
	go func() { _ = d.server.Serve(listener) }() // it ends with Close
	go func() {
		defer close(d.ended)
		p.live(d.done)
	}()
	return d, nil
}

// Close ends the program.
func (d *Demo) Close() error {
	close(d.done)
	<-d.ended
	d.stop()
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if err := d.server.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return d.server.Close()
}

// live goes on replacing entries of seen, some hundred a second, until done.
func (p *program) live(done <-chan struct{}) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			p.churn(10)
		case <-done:
			return
		}
	}
}
