// Package export serves the maps of a neighbour process to Prometheus.
package export

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/mapdiag/mapdiag/internal/health/source"
	"github.com/mapdiag/mapdiag/mapstat"
	"github.com/mapdiag/mapdiag/mapstat/promstat"
)

// defaultTimeout is how long the source may take where Prometheus does not say how long it
// waits: its own default.
const defaultTimeout = 10 * time.Second

// Options of [Serve].
type Options struct {
	Listen  string        // address, such as 127.0.0.1:9464
	Source  string        // URL of the program's maps, see source.Complete
	Timeout time.Duration // for an answer of the program; 10 s if 0
	Log     *slog.Logger  // of what happens; slog.Default if nil
}

// Serve serves /metrics and /healthz until the context ends. It reads the source once
// for each scrape, and runs on while the source cannot be read. It returns an error if
// the options are of no use or the address cannot be listened at.
func Serve(ctx context.Context, o Options) error {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	h, err := handler(o)
	if err != nil {
		return err
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", o.Listen)
	if err != nil {
		return fmt.Errorf("exporting maps: %w", err)
	}
	o.Log.Info("exporting maps", "metrics", "http://"+l.Addr().String()+"/metrics", "source", o.Source)
	srv := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(l) }()
	select {
	case err := <-failed:
		return fmt.Errorf("exporting maps: %w", err)
	case <-ctx.Done():
	}
	// A scrape under way ends by itself within its timeout; nobody waits longer for a
	// program that is told to stop.
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := srv.Shutdown(stop); err != nil {
		_ = srv.Close()
	}
	return nil
}

func handler(o Options) (http.Handler, error) {
	url, err := source.Complete(o.Source)
	if err != nil {
		return nil, err
	}
	if o.Timeout < 0 {
		return nil, errors.New("exporting maps: the timeout is negative")
	}
	if o.Timeout == 0 {
		o.Timeout = defaultTimeout
	}
	collector := promstat.NewCollector(func(ctx context.Context) (mapstat.Snapshot, error) {
		s, err := source.Fetch(ctx, url, false)
		if err != nil {
			o.Log.Warn("the source cannot be read", "error", err)
		}
		return s, err
	})
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, r *http.Request) {
		limit := o.Timeout
		if t, ok := scrapeTimeout(r); ok {
			limit = min(limit, t)
		}
		ctx, cancel := context.WithTimeout(r.Context(), limit)
		defer cancel()
		// The registry is of this scrape alone, since its context is.
		registry := prometheus.NewRegistry()
		registry.MustRegister(collector.With(ctx))
		promhttp.HandlerFor(registry, promhttp.HandlerOpts{ErrorLog: slog.NewLogLogger(o.Log.Handler(), slog.LevelError)}).ServeHTTP(w, r)
	})
	// That the source is down is no fault of the exporter, which another start would
	// not mend.
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, "mapdiag exports the maps of %s\n\n/metrics   for Prometheus\n/healthz   whether the exporter runs\n", o.Source)
	})
	return mux, nil
}

// scrapeTimeout returns how long Prometheus waits for this scrape, less what the answer
// takes on its way.
func scrapeTimeout(r *http.Request) (time.Duration, bool) {
	seconds, err := strconv.ParseFloat(r.Header.Get("X-Prometheus-Scrape-Timeout-Seconds"), 64)
	if err != nil || !(seconds > 0) || math.IsInf(seconds, 0) {
		return 0, false
	}
	const margin = 0.5
	seconds = max(seconds-margin, seconds/2)
	return time.Duration(min(seconds, 3600) * float64(time.Second)), true
}
