package watch

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/mapdiag/mapdiag/internal/health/ranking"
	"github.com/mapdiag/mapdiag/internal/health/table"
	"github.com/mapdiag/mapdiag/mapstat"
)

// runPlain writes a line for each snapshot, as for a log.
func (w *watcher) runPlain(ctx context.Context, out io.Writer) error {
	tick := time.NewTicker(w.Interval)
	defer tick.Stop()
	for {
		s, err := w.ask(ctx)
		if ctx.Err() != nil {
			return nil
		}
		now := time.Now()
		for _, event := range w.take(s, err, now) {
			if _, err := fmt.Fprintf(out, "%s  %s\n", clock(now), table.Clean(event)); err != nil {
				return err
			}
		}
		if err == nil {
			line, err := w.line()
			if err != nil {
				return err
			}
			if _, err := fmt.Fprintf(out, "%s  %s\n", clock(now), line); err != nil {
				return err
			}
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// line sums a snapshot up, with the first map of the order.
func (w *watcher) line() (string, error) {
	s := w.last()
	var bytes, wasted, warnings uint64
	for i := range s.Maps {
		bytes += s.Maps[i].Stat.Bytes
		wasted += s.Maps[i].Stat.WastedBytes()
		if s.Maps[i].Verdict.Health == mapstat.Warning {
			warnings++
		}
	}
	line := fmt.Sprintf("heap %s  gc %s  %s %s  wasted %s  warnings %d",
		w.heap(), w.gc(), count(len(s.Maps)), mapstat.Bytes(bytes), mapstat.Bytes(wasted), warnings)
	maps, err := ranking.By(s, w.Sort)
	if err != nil {
		return "", err
	}
	if len(maps) > 0 {
		line += fmt.Sprintf("  first: %s %s", table.Clean(maps[0].Name), mapstat.Bytes(maps[0].Stat.Bytes))
	}
	return line, nil
}

func (w *watcher) heap() string {
	r := &w.last().Runtime
	if share, of, ok := heapShare(r); ok {
		return fmt.Sprintf("%s (%.0f%% of the %s)", mapstat.Bytes(r.HeapBytes), 100*share, of)
	}
	return mapstat.Bytes(r.HeapBytes)
}

func (w *watcher) gc() string {
	if share, ok := w.gcShare(); ok {
		return fmt.Sprintf("%.2f%%", 100*share)
	}
	return "-"
}

func count(maps int) string {
	if maps == 1 {
		return "1 map"
	}
	return fmt.Sprintf("%d maps", maps)
}
