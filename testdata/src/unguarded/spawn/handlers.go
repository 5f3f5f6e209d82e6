package spawn

import (
	"context"
	"fmt"
	"net/http"

	"google.golang.org/grpc"

	"unguarded/spawn/counterpb"
)

// Hits is an http.Handler; the server calls it in many goroutines.
type Hits struct{ byPath map[string]int }

func NewHits() *Hits { return &Hits{byPath: make(map[string]int)} }

func (h *Hits) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.byPath[r.URL.Path]++ // want `^write to h\.byPath in a handler.*\[unguarded/likely\]$`
	fmt.Fprintln(w, "ok")
}

// API has methods that become handlers.
type API struct {
	users map[string]string
	mux   *http.ServeMux
}

func NewAPI() *API {
	a := &API{users: make(map[string]string), mux: http.NewServeMux()}
	a.users["root"] = "Charlie"
	a.mux.HandleFunc("GET /users/{id}", a.get)
	a.mux.HandleFunc("PUT /users/{id}", a.put)
	a.mux.Handle("DELETE /users/{id}", http.HandlerFunc(a.delete))
	return a
}

func (a *API) get(w http.ResponseWriter, r *http.Request) {
	fmt.Fprintln(w, a.users[r.PathValue("id")])
}

func (a *API) put(w http.ResponseWriter, r *http.Request) {
	a.set(r.PathValue("id"), r.FormValue("name"))
	w.WriteHeader(http.StatusNoContent)
}

func (a *API) set(id, name string) {
	a.users[id] = name // want `^write to a\.users in a handler.*\[unguarded/likely\]$`
}

func (a *API) delete(w http.ResponseWriter, r *http.Request) {
	delete(a.users, r.PathValue("id")) // want `^write to a\.users in a handler.*\[unguarded/likely\]$`
}

var visits = map[string]int{}

// Main registers literals.
func Main() error {
	agents := make(map[string]bool)
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		visits[r.RemoteAddr]++ // want `^write to visits in a handler.*\[unguarded/likely\]$`
	})
	http.Handle("/agent", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		agents[r.UserAgent()] = true // want `^write to agents in a handler.*\[unguarded/likely\]$`
	}))
	http.Handle("/hits", NewHits())
	return http.ListenAndServe(":8080", nil)
}

// Counting is a middleware with a map of its own.
func Counting(next http.Handler) http.Handler {
	seen := make(map[string]int)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen[r.Method]++ // want `^write to seen in a handler.*\[unguarded/likely\]$`
		next.ServeHTTP(w, r)
	})
}

// Limit returns its handler as a function.
func (a *API) Limit(max int) http.HandlerFunc {
	calls := make(map[string]int)
	return func(w http.ResponseWriter, r *http.Request) {
		if calls[r.Host] >= max {
			http.Error(w, "too many", http.StatusTooManyRequests)
			return
		}
		calls[r.Host]++ // want `^write to calls in a handler.*\[unguarded/likely\]$`
	}
}

// Counter is a gRPC service.
type Counter struct{ n map[string]int64 }

func (c *Counter) Inc(ctx context.Context, in *counterpb.IncRequest) (*counterpb.IncReply, error) {
	c.n[in.Name]++ // want `^write to c\.n in a handler.*\[unguarded/likely\]$`
	return &counterpb.IncReply{N: c.n[in.Name]}, nil
}

func (c *Counter) Get(ctx context.Context, in *counterpb.IncRequest) (*counterpb.IncReply, error) {
	return &counterpb.IncReply{N: c.n[in.Name]}, nil
}

func Register(s *grpc.Server) {
	counterpb.RegisterCounterServer(s, &Counter{n: make(map[string]int64)})
}
