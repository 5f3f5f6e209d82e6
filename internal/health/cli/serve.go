package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/mapdiag/mapdiag/internal/health/export"
	"github.com/mapdiag/mapdiag/internal/health/source"
	"github.com/mapdiag/mapdiag/internal/health/web"
	"github.com/mapdiag/mapdiag/internal/sites"
	"github.com/mapdiag/mapdiag/mapstat"
)

func (a *app) export() *cobra.Command {
	var o export.Options
	c := &cobra.Command{
		Use:   "export [flags]",
		Short: "serve the metrics of another program's maps to Prometheus",
		Long: `Export serves /metrics to Prometheus, and /healthz. It reads the maps of a program once for each
scrape, and runs on while the program is away. It is made to run beside it: deploy/ has it
as a sidecar in Kubernetes, with a dashboard and alerts.`,
		Example: "\tmapdiag export -listen 127.0.0.1:9464 -source http://127.0.0.1:6060/debug/maps",
		Args:    exactly(0, "no arguments; the source is given with -source"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.Source == "" {
				return usage("want -source URL")
			}
			o.Source = source.URL(o.Source)
			o.Log = slog.New(slog.NewTextHandler(a.err, nil))
			return export.Serve(cmd.Context(), o)
		},
	}
	c.Flags().StringVar(&o.Listen, "listen", "127.0.0.1:9464", "serve at `ADDRESS`")
	c.Flags().StringVar(&o.Source, "source", "", "`URL` of the program's maps")
	c.Flags().DurationVar(&o.Timeout, "timeout", 10*time.Second, "wait `TIME` for the program, unless Prometheus says how long it waits")
	return c
}

// serveInterval is the time between two looks at a program whose maps are shown as a
// web page, and serveHistory how many of them its charts over time go back.
const (
	serveInterval = 5 * time.Second
	serveHistory  = 360
)

// serve shows the maps of a source as a web page, until the context ends.
func (a *app) serve(ctx context.Context, address, arg string) error {
	if !source.IsURL(arg) {
		if l, err := source.LoadAny(ctx, arg, false); l.Profile != nil && err == nil {
			past := &recordedFile{name: arg, profile: l.Profile}
			return a.show(ctx, address, "the recorded maps of "+arg, web.Recorded(past.load), nil)
		}
	}
	past := &history{arg: arg}
	if _, err := past.load(ctx); err != nil && len(past.snapshots) == 0 {
		return err
	} else if err != nil {
		fmt.Fprintf(a.err, "mapdiag: %v\n", err)
	}
	follow := past.follow
	if !source.IsURL(arg) {
		follow = nil
	}
	return a.show(ctx, address, "the maps of "+arg, web.Handler(past.load), follow)
}

// show serves pages at an address, until the context ends. It runs beside it what is not nil.
func (a *app) show(ctx context.Context, address, what string, handler http.Handler, beside func(context.Context)) error {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return usage("-http=%s: want HOST:PORT, or :PORT", address)
	}
	if host == "" {
		host = "localhost" // as pprof does: nobody else is shown what is in a program
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", net.JoinHostPort(host, port))
	if err != nil {
		return err
	}
	if addr, ok := l.Addr().(*net.TCPAddr); ok && addr.IP.IsLoopback() {
		handler = local(handler)
	}
	srv := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	fmt.Fprintf(a.err, "Serving %s at http://%s\n", what, l.Addr())
	if beside != nil {
		go beside(ctx)
	}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(l) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := srv.Shutdown(stop); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return nil
}

// A recordedFile is the file of a profile, which may be written anew while it is shown.
type recordedFile struct {
	name string

	mu      sync.Mutex
	profile *sites.Profile // as it was last read
}

// load reads the file again; with an error, it returns what was read before.
func (f *recordedFile) load(context.Context) (*sites.Profile, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.name == "-" {
		return f.profile, nil
	}
	p, err := source.LoadProfile(f.name)
	if err == nil {
		f.profile = p
	}
	return f.profile, err
}

// local refuses requests to another host than this one. A page from elsewhere whose name has
// been made to lead here would otherwise read along.
func local(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if h, _, err := net.SplitHostPort(host); err == nil {
			host = h
		}
		ip, err := netip.ParseAddr(host)
		if host != "localhost" && (err != nil || !ip.IsLoopback()) {
			http.Error(w, "this page is for localhost", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// A history is what has been seen of a source.
type history struct {
	arg string

	mu        sync.Mutex
	snapshots []mapstat.Snapshot
}

// load looks at the source again and returns all that has been seen of it; with an
// error, what was seen before.
func (h *history) load(ctx context.Context) ([]mapstat.Snapshot, error) {
	now, err := source.Load(ctx, h.arg, false)
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case !source.IsURL(h.arg):
		if len(now) > 0 {
			h.snapshots = now
		}
	case err == nil:
		h.snapshots = append(h.snapshots, now...)
		if over := len(h.snapshots) - serveHistory; over > 0 {
			h.snapshots = append([]mapstat.Snapshot(nil), h.snapshots[over:]...)
		}
	}
	return h.snapshots[:len(h.snapshots):len(h.snapshots)], err
}

// follow looks at the source now and then, whether or not somebody looks at the page.
func (h *history) follow(ctx context.Context) {
	tick := time.NewTicker(serveInterval)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			_, _ = h.load(ctx) // the next page tells of an error
		case <-ctx.Done():
			return
		}
	}
}
