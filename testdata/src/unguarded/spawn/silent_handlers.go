package spawn

import (
	"context"
	"fmt"
	"maps"
	"net"
	"net/http"
	"sync"

	"google.golang.org/grpc"

	"unguarded/spawn/counterpb"
)

// Page writes to what belongs to one request.
type Page struct{ titles map[string]string }

func (p *Page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	data := map[string]any{"title": p.titles[r.URL.Path]}
	data["host"] = r.Host
	w.Header()["X-Page"] = []string{r.URL.Path}
	v := &view{vars: maps.Clone(p.titles)}
	v.set("path", r.URL.Path)
	fmt.Fprintln(w, data, v.vars)
}

type view struct{ vars map[string]string }

func (v *view) set(k, s string) { v.vars[k] = s }

// Echo serves each connection with a map of its own.
func Echo(ln net.Listener) error {
	for {
		c, err := ln.Accept()
		if err != nil {
			return err
		}
		v := &view{vars: make(map[string]string)}
		go v.serve(c)
	}
}

func (v *view) serve(c net.Conn) {
	v.set("addr", c.RemoteAddr().String())
	fmt.Fprintln(c, v.vars["addr"])
}

// Sums locks in each of its handlers.
type Sums struct {
	mu sync.Mutex
	n  map[string]int64
}

func (s *Sums) Inc(ctx context.Context, in *counterpb.IncRequest) (*counterpb.IncReply, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.n[in.Name]++
	return &counterpb.IncReply{N: s.n[in.Name]}, nil
}

func (s *Sums) Get(ctx context.Context, in *counterpb.IncRequest) (*counterpb.IncReply, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return &counterpb.IncReply{N: s.n[in.Name]}, nil
}

func RegisterSums(s *grpc.Server, names []string) {
	sums := &Sums{n: make(map[string]int64)}
	for _, n := range names {
		sums.n[n] = 0
	}
	counterpb.RegisterCounterServer(s, sums)
}

// Fixed is a service that only reads what it was made with.
type Fixed struct{ n map[string]int64 }

func NewFixed(n map[string]int64) *Fixed {
	f := &Fixed{n: make(map[string]int64)}
	maps.Copy(f.n, n)
	return f
}

func (f *Fixed) Inc(ctx context.Context, in *counterpb.IncRequest) (*counterpb.IncReply, error) {
	return nil, http.ErrNotSupported
}

func (f *Fixed) Get(ctx context.Context, in *counterpb.IncRequest) (*counterpb.IncReply, error) {
	return &counterpb.IncReply{N: f.n[in.Name]}, nil
}

func RegisterFixed(s *grpc.Server, n map[string]int64) {
	counterpb.RegisterCounterServer(s, NewFixed(n))
}
