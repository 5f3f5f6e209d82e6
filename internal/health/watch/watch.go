package watch

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/mapdiag/mapdiag/internal/health/term"
	"github.com/mapdiag/mapdiag/mapstat"
)

// Options says what is watched, and how.
type Options struct {
	Source   string // as the user named it
	Load     func(context.Context) (mapstat.Snapshot, error)
	Interval time.Duration
	Sort     string // see package ranking
	N        int    // maps shown; 0 for as many as there is room for

	Trigger *Trigger // when a dump is made; nil for never
	Dir     string   // where dumps go
	Keep    int      // dumps kept of those made; at least 1
}

// Run watches until the context is done, or in a terminal until the user quits. A source that does
// not answer is asked again.
func Run(ctx context.Context, out term.Output, o Options) error {
	w := &watcher{Options: o, keeper: keeper{dir: o.Dir, keep: o.Keep}}
	if out.TTY {
		return w.runTerminal(ctx, out)
	}
	return w.runPlain(ctx, out)
}

type watcher struct {
	Options
	history
	keeper
	dumps    int
	lastDump string // what became of it, for people
	problem  error  // of the last dump, or of the condition
}

// patience is how long an answer is waited for.
const patience = 10 * time.Second

func (w *watcher) ask(ctx context.Context) (mapstat.Snapshot, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, patience, fmt.Errorf("no answer within %s", patience))
	defer cancel()
	s, err := w.Load(ctx)
	if err != nil && errors.Is(err, context.DeadlineExceeded) {
		err = context.Cause(ctx)
	}
	return s, err
}

// take takes in an answer, makes a dump if one is due, and returns what there is to say
// about that.
func (w *watcher) take(s mapstat.Snapshot, err error, now time.Time) (events []string) {
	if err != nil {
		if w.gone.IsZero() {
			events = append(events, fmt.Sprintf("no answer, trying again every %s: %v", w.Interval, err))
		}
		w.fail(now, err)
		return events
	}
	if !w.gone.IsZero() {
		events = append(events, "answers again, after "+now.Sub(w.gone).Round(time.Second).String())
	}
	restarts := w.restarts
	w.add(s)
	if w.restarts > restarts {
		events = append(events, fmt.Sprintf("%s was restarted, its process is now %d", s.Program.Name, s.Program.PID))
	}
	if event := w.dumpIfDue(now); event != "" {
		events = append(events, event)
	}
	return events
}

func (w *watcher) dumpIfDue(now time.Time) string {
	if w.Trigger == nil {
		return ""
	}
	known := w.problem
	var why string
	if why, w.problem = w.Trigger.due(&w.history, now); w.problem == nil && why != "" {
		var name string
		if name, w.problem = w.keeper.write(w.snapshots); w.problem == nil {
			w.dumps++
			w.lastDump = fmt.Sprintf("%s at %s", name, clock(now))
			return fmt.Sprintf("dump %s: %s", name, why)
		}
		w.problem = fmt.Errorf("the dump failed: %w", w.problem)
	}
	if w.problem != nil && (known == nil || known.Error() != w.problem.Error()) {
		return w.problem.Error()
	}
	return ""
}
