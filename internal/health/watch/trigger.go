package watch

import (
	"fmt"
	"strings"
	"time"

	"github.com/mapdiag/mapdiag/internal/health/condition"
	"github.com/mapdiag/mapdiag/internal/health/figure"
	"github.com/mapdiag/mapdiag/mapstat"
)

// cooldown is the shortest time between two dumps.
const cooldown = 30 * time.Second

// rearm is how far a value must have come back from its limit, as a share of it, before
// passing it again counts: one that swings around the limit is one event.
const rearm = 0.1

// A Trigger says when a dump is made.
type Trigger struct {
	when  condition.Condition
	fired map[string]bool // by map, "" for the program: passed, and not come back since
	last  time.Time
}

// ParseTrigger reads a condition such as "heap>80%". It speaks of the program (heap in bytes or as a
// share of the memory limit, of the collector's goal if there is none; gccpu,
// the collector's share of the processors' time) or of any figure of a map.
func ParseTrigger(text string) (*Trigger, error) {
	c, err := condition.Parse(text)
	if err != nil {
		return nil, err
	}
	known := figure.Known(nil)
	for _, t := range c.Terms {
		switch strings.ToLower(t.Name) {
		case "heap":
			if t.Limit.Kind != condition.Size && t.Limit.Kind != condition.Percent {
				return nil, fmt.Errorf("%q: want a share such as 80%% or a size such as 2GiB", t)
			}
		case "gccpu":
			if t.Limit.Kind != condition.Percent {
				return nil, fmt.Errorf("%q: want a share such as 30%%", t)
			}
		default:
			// The metrics of the program are known once it has answered.
			if f, err := known.Find(t.Name); err == nil {
				if err := t.Check(f); err != nil {
					return nil, err
				}
			}
		}
	}
	return &Trigger{when: c, fired: make(map[string]bool)}, nil
}

func (t *Trigger) String() string { return t.when.String() }

// due says why a dump is due at the newest snapshot, or returns "". It is due where the condition
// begins to hold, of the program or of a map, with at least the cooldown since the last one.
func (t *Trigger) due(h *history, now time.Time) (why string, err error) {
	s := h.last()
	known := figure.Known(s.Metrics)
	subjects := []*mapstat.MapReport{nil}
	if t.ofMaps() {
		subjects = subjects[:0]
		for i := range s.Maps {
			subjects = append(subjects, &s.Maps[i])
		}
	}
	var fresh []string // for which it begins to hold
	for _, m := range subjects {
		key := ""
		if m != nil {
			key = m.Name
		}
		text, holds, near, err := t.eval(h, &known, m)
		if err != nil {
			return "", err
		}
		switch {
		case holds && !t.fired[key]:
			fresh = append(fresh, key)
			if why == "" {
				why = text
			}
		case !near:
			delete(t.fired, key)
		}
	}
	if why == "" || !t.last.IsZero() && now.Sub(t.last) < cooldown {
		return "", nil // if it lasts, a dump is due later
	}
	for _, key := range fresh {
		t.fired[key] = true // one dump is of all maps
	}
	t.last = now
	if n := len(fresh) - 1; n > 0 {
		why += fmt.Sprintf(" (and %d more)", n)
	}
	return why, nil
}

func (t *Trigger) ofMaps() bool {
	for _, term := range t.when.Terms {
		if name := strings.ToLower(term.Name); name != "heap" && name != "gccpu" {
			return true
		}
	}
	return false
}

// eval asks the condition of a map, or of the program where m is nil. near says that it holds, or
// would with a limit a little easier to reach.
func (t *Trigger) eval(h *history, known *figure.Set, m *mapstat.MapReport) (text string, holds, near bool, err error) {
	holds, near = true, true
	var said []string
	for _, term := range t.when.Terms {
		v, f, ok, err := t.value(h, known, term, m)
		if err != nil {
			return "", false, false, err
		}
		if !ok {
			return "", false, false, nil
		}
		holds = holds && term.Holds(v)
		near = near && (term.Holds(v) || t.easier(term).Holds(v))
		said = append(said, fmt.Sprintf("%s %s (limit: %s %s)", term.Name, f.Format(v), term.Op, term.Limit.Text))
	}
	text = strings.Join(said, ", ")
	if m != nil {
		text = m.Name + ": " + text
	}
	return text, holds, near, nil
}

func (t *Trigger) easier(term condition.Term) condition.Term {
	switch term.Op {
	case ">", ">=":
		term.Limit.Number *= 1 - rearm
	case "<", "<=":
		term.Limit.Number *= 1 + rearm
	}
	return term
}

func (t *Trigger) value(h *history, known *figure.Set, term condition.Term, m *mapstat.MapReport) (v figure.Value, f figure.Figure, ok bool, err error) {
	r := &h.last().Runtime
	switch strings.ToLower(term.Name) {
	case "heap":
		if term.Limit.Kind == condition.Size {
			return figure.Value{Number: float64(r.HeapBytes)}, figure.Figure{Unit: "bytes"}, true, nil
		}
		share, _, ok := heapShare(r)
		return figure.Value{Number: share}, figure.Figure{Unit: "ratio"}, ok, nil
	case "gccpu":
		share, ok := h.gcShare()
		return figure.Value{Number: share}, figure.Figure{Unit: "ratio"}, ok, nil
	}
	if f, err = known.Find(term.Name); err != nil {
		return v, f, false, fmt.Errorf("-dump-when: %w", err)
	}
	if err := term.Check(f); err != nil {
		return v, f, false, fmt.Errorf("-dump-when: %w", err)
	}
	v, ok = f.Of(m)
	return v, f, ok, nil
}

// heapShare returns how full the heap is, and what is taken for full: the memory
// limit or, where there is none, the goal of the collector.
func heapShare(r *mapstat.Runtime) (share float64, of string, ok bool) {
	full, of := r.MemoryLimit, "limit"
	if full == 0 {
		full, of = r.HeapGoal, "goal"
	}
	if full == 0 {
		return 0, "", false
	}
	return float64(r.HeapBytes) / float64(full), of, true
}
