package mapstathttp

import (
	"context"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mapdiag/mapdiag/mapstat"
)

// Path is where [Mount] puts the handler.
const Path = "/debug/maps"

// maxSeconds is the longest time that a profile of differences is taken over: what is
// longer is better done with two profiles and pprof -base.
const maxSeconds = 3600

// An Option of [Handler].
type Option func(*handler)

// AllowRemote lets in who comes from anywhere. It is for servers that ask for
// authentication themselves, or that only a private network reaches.
func AllowRemote() Option { return func(h *handler) { h.remote = true } }

type handler struct {
	registry *mapstat.Registry
	remote   bool
}

// Mount registers [Handler] under [Path].
func Mount(mux *http.ServeMux, r *mapstat.Registry, opts ...Option) {
	h := Handler(r, opts...)
	mux.Handle(Path, h)
	mux.Handle(Path+"/", h)
}

// Handler returns what serves [Path] and all below it. With [http.StripPrefix], or below a
// path that ends in [Path], it can be put elsewhere.
func Handler(r *mapstat.Registry, opts ...Option) http.Handler {
	h := &handler{registry: r}
	for _, o := range opts {
		o(h)
	}
	return h
}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cache-Control", "no-store")
	// go tool pprof shows the text of an error only with this header.
	header.Set("X-Go-Pprof", "1")
	if !h.remote {
		if err := checkLocal(r); err != nil {
			http.Error(w, err.Error(), http.StatusForbidden)
			return
		}
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		header.Set("Allow", "GET, HEAD")
		http.Error(w, fmt.Sprintf("method %s is not allowed: maps are only looked at", r.Method), http.StatusMethodNotAllowed)
		return
	}
	rest := r.URL.Path
	if i := strings.LastIndex(rest, Path); i >= 0 {
		rest = rest[i+len(Path):]
	}
	switch strings.TrimSuffix(rest, "/") {
	case "":
		h.serveSnapshot(w, r)
	case "/profile":
		h.serveProfile(w, r)
	default:
		http.Error(w, fmt.Sprintf("there is no %s here, only %s and %[2]s/profile", strconv.Quote(r.URL.Path), Path), http.StatusNotFound)
	}
}

func (h *handler) serveSnapshot(w http.ResponseWriter, r *http.Request) {
	p, err := parse(r.URL.RawQuery, "format", "full")
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Vary", "Accept")
	html := p.format == "html" || p.format == "" && wantsHTML(r.Header.Values("Accept"))
	if html {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", pagePolicy)
		w.Header().Set("Referrer-Policy", "no-referrer")
	} else {
		w.Header().Set("Content-Type", "application/json")
	}
	if r.Method == http.MethodHead {
		return // without taking a lock
	}
	s := h.registry.Snapshot(p.full)
	// What fails from here on is the connection, about which nothing can be said to
	// who is at its other end.
	if html {
		_ = writePage(w, &s, r.Host, p.full)
		return
	}
	_ = json.NewEncoder(w).Encode(s)
}

func (h *handler) serveProfile(w http.ResponseWriter, r *http.Request) {
	p, err := parse(r.URL.RawQuery, "seconds", "full")
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if r.Method == http.MethodHead {
		profileHeader(w)
		return
	}
	prof := Profile(h.registry.Snapshot(p.full))
	if p.seconds > 0 {
		extendDeadline(w, r, p.seconds)
		before := prof
		if err := sleep(r.Context(), p.seconds); err != nil {
			return // nobody is there to be answered
		}
		prof, err = Difference(before, Profile(h.registry.Snapshot(p.full)))
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
	}
	profileHeader(w)
	_ = prof.Write(w)
}

func profileHeader(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Disposition", `attachment; filename="maps.pb.gz"`)
}

// extendDeadline moves the server's WriteTimeout to after the time that the profile
// takes.
func extendDeadline(w http.ResponseWriter, r *http.Request, d time.Duration) {
	if srv, ok := r.Context().Value(http.ServerContextKey).(*http.Server); ok && srv.WriteTimeout > 0 {
		_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(srv.WriteTimeout + d))
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

type params struct {
	format  string
	full    bool
	seconds time.Duration
}

// parse reads the parameters of a request. Those allowed are taken once at most; a
// mistyped one must not look as if it had worked.
func parse(query string, allowed ...string) (p params, err error) {
	values, err := url.ParseQuery(query)
	if err != nil {
		return p, fmt.Errorf("the parameters cannot be read: %w", err)
	}
	for name, all := range values {
		switch {
		case !slices.Contains(allowed, name):
			return p, fmt.Errorf("unknown parameter %s: want one of %s", strconv.Quote(name), strings.Join(allowed, ", "))
		case len(all) > 1:
			return p, fmt.Errorf("parameter %s is given %d times", name, len(all))
		}
		value := all[0]
		switch name {
		case "format":
			if value != "json" && value != "html" {
				return p, fmt.Errorf("format=%s: want json or html", strconv.Quote(value))
			}
			p.format = value
		case "full":
			if p.full, err = strconv.ParseBool(value); err != nil {
				return p, fmt.Errorf("full=%s: want 1 or 0", strconv.Quote(value))
			}
		case "seconds":
			n, err := strconv.Atoi(value)
			if err != nil || n < 1 || n > maxSeconds {
				return p, fmt.Errorf("seconds=%s: want a whole number from 1 to %d", strconv.Quote(value), maxSeconds)
			}
			p.seconds = time.Duration(n) * time.Second
		}
	}
	return p, nil
}

// wantsHTML reports whether HTML is named by an Accept header, and JSON not
// preferred to it. Whoever takes anything, such as curl, gets JSON.
func wantsHTML(accept []string) bool {
	var html, other float64
	for item := range strings.SplitSeq(strings.Join(accept, ","), ",") {
		kind, params, err := mime.ParseMediaType(item)
		if err != nil {
			continue
		}
		q := 1.0
		if s, ok := params["q"]; ok {
			if q, err = strconv.ParseFloat(s, 64); err != nil {
				continue
			}
		}
		switch kind {
		case "text/html", "application/xhtml+xml":
			html = max(html, q)
		case "application/json":
			other = max(other, q)
		}
	}
	return html > 0 && html >= other
}
