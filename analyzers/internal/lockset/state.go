package lockset

import (
	"go/types"
	"slices"

	"github.com/mapdiag/mapdiag/analyzers/internal/path"
)

// A State is what is known at one point of a function, relative to its
// entry. States are never changed once made.
type State struct {
	Held      []Hold       // taken since the entry, on all ways to here
	Maybe     []*path.Path // taken since the entry on some ways, not on others
	Tried     []*path.Path // taken by a TryLock on some ways
	Off       []*path.Path // held, and perhaps released since without being taken again
	Dropped   []*path.Path // perhaps released since the entry
	Undone    []*path.Path // perhaps released without having been taken here: a caller's
	Fresh     []*types.Var // values that only this goroutine can reach
	Lost      []*types.Var // perhaps published since the entry
	Live      []*Spawn     // goroutines that may have been started and not been waited for
	Given     []*Event     // perhaps sent since, and kept: see Sent
	Waited    []*path.Path // channels received from and groups waited for, on all ways to here
	Received  []*path.Path // values received, one entry each, since goroutines were started
	Signalled []*path.Path // channels sent on or closed, on all ways to here
	// Started says that a goroutine may have been started since the entry, be
	// it waited for or not.
	Started bool
}

var empty = new(State)

func (s *State) equal(t *State) bool {
	return s == t || s.Started == t.Started && slices.EqualFunc(s.Held, t.Held, func(a, b Hold) bool { return a.Path == b.Path && a.Mode == b.Mode && a.Mixed == b.Mixed }) &&
		slices.Equal(s.Dropped, t.Dropped) && slices.Equal(s.Undone, t.Undone) && slices.Equal(s.Maybe, t.Maybe) && slices.Equal(s.Off, t.Off) && slices.Equal(s.Tried, t.Tried) && slices.Equal(s.Fresh, t.Fresh) && slices.Equal(s.Lost, t.Lost) &&
		slices.Equal(s.Live, t.Live) && slices.Equal(s.Given, t.Given) && slices.Equal(s.Waited, t.Waited) && slices.Equal(s.Signalled, t.Signalled) && len(s.Received) == len(t.Received)
}

// merge joins the states of two ways to one point.
func merge(a, b *State) *State {
	if a == b || a.equal(b) {
		return a
	}
	m := &State{
		Dropped:   union(a.Dropped, b.Dropped),
		Undone:    union(a.Undone, b.Undone),
		Off:       union(a.Off, b.Off),
		Tried:     union(a.Tried, b.Tried),
		Fresh:     intersect(a.Fresh, b.Fresh),
		Lost:      union(a.Lost, b.Lost),
		Live:      union(a.Live, b.Live),
		Given:     union(a.Given, b.Given),
		Waited:    intersect(a.Waited, b.Waited),
		Signalled: intersect(a.Signalled, b.Signalled),
		Received:  a.Received,
		Started:   a.Started || b.Started,
	}
	if len(b.Received) < len(a.Received) {
		m.Received = b.Received
	}
	for _, h := range a.Held {
		if o := b.hold(h.Path); o != nil {
			h.Mixed = h.Mixed || o.Mixed || h.Mode != o.Mode
			h.Mode = min(h.Mode, o.Mode)
			m.Held = append(m.Held, h)
		}
	}
	// A lock that one way took and the other did not touch may be held: the
	// function knows which, by a condition that is tested again.
	for _, s := range [2][2]*State{{a, b}, {b, a}} {
		for _, h := range s[0].Held {
			if h.Try && s[1].hold(h.Path) == nil {
				m.Tried = with(m.Tried, h.Path)
			} else if s[1].hold(h.Path) == nil && !slices.Contains(s[1].Off, h.Path) {
				m.Maybe = with(m.Maybe, h.Path)
			}
		}
		for _, q := range s[0].Maybe {
			if s[1].hold(q) != nil || slices.Contains(s[1].Maybe, q) || !slices.Contains(s[1].Off, q) {
				m.Maybe = with(m.Maybe, q)
			}
		}
	}
	return m
}

func (s *State) hold(p *path.Path) *Hold {
	for i := range s.Held {
		if s.Held[i].Path == p {
			return &s.Held[i]
		}
	}
	return nil
}

// inBoth returns the holds of a whose locks are held in b too.
func inBoth(a, b []Hold) []Hold {
	return slices.DeleteFunc(slices.Clone(a), func(h Hold) bool {
		return !slices.ContainsFunc(b, func(o Hold) bool { return o.Path == h.Path })
	})
}

func (s *State) copy() *State {
	c := *s
	return &c
}

func (s *State) lock(h Hold) *State {
	if o := s.hold(h.Path); o != nil && o.Mode >= h.Mode {
		return s
	}
	c := s.copy()
	c.Held = nil
	for _, o := range s.Held {
		if o.Path != h.Path {
			c.Held = append(c.Held, o)
		}
	}
	c.Held = append(c.Held, h)
	c.Off = without(s.Off, h.Path)
	c.Undone = without(s.Undone, h.Path)
	c.Maybe = without(s.Maybe, h.Path)
	return c
}

// maybe records that a lock may have been taken, by a condition that the
// function knows.
func (s *State) maybe(p *path.Path) *State {
	if s.hold(p) != nil || slices.Contains(s.Maybe, p) {
		return s
	}
	c := s.copy()
	c.Maybe = with(s.Maybe, p)
	return c
}

func (s *State) unlock(p *path.Path) *State {
	if s.hold(p) == nil && slices.Contains(s.Undone, p) && slices.Contains(s.Off, p) && !slices.Contains(s.Maybe, p) {
		return s
	}
	c := s.copy()
	c.Held = nil
	for _, o := range s.Held {
		if o.Path != p {
			c.Held = append(c.Held, o)
		}
	}
	c.Dropped = with(s.Dropped, p)
	if s.hold(p) == nil && !slices.Contains(s.Maybe, p) {
		c.Undone = with(s.Undone, p)
	}
	if slices.Contains(s.Maybe, p) {
		c.Maybe = without(s.Maybe, p) // where it was taken
	} else {
		c.Off = with(s.Off, p)
	}
	return c
}

func (s *State) fresh(v *types.Var) *State {
	c := s.replaced(v).copy()
	c.Fresh = with(s.Fresh, v)
	c.Lost = without(s.Lost, v)
	return c
}

// give records that a map was sent away.
func (s *State) give(e *Event) *State {
	if slices.Contains(s.Given, e) {
		return s
	}
	c := s.copy()
	c.Given = with(s.Given, e)
	return c
}

// replaced records that a variable has another value now.
func (s *State) replaced(v *types.Var) *State {
	if !slices.ContainsFunc(s.Given, func(e *Event) bool { return e.Path.Obj == v }) {
		return s
	}
	c := s.copy()
	c.Given = slices.DeleteFunc(slices.Clone(s.Given), func(e *Event) bool { return e.Path.Obj == v })
	return c
}

func (s *State) publish(v *types.Var) *State {
	if !slices.Contains(s.Fresh, v) && slices.Contains(s.Lost, v) {
		return s
	}
	c := s.copy()
	c.Fresh = without(s.Fresh, v)
	c.Lost = with(s.Lost, v)
	return c
}

func (s *State) start(g *Spawn) *State {
	if s.Started && (slices.Contains(s.Live, g) || len(s.Live) >= maxLive) {
		return s
	}
	c := s.copy()
	c.Received = nil
	c.Live = with(s.Live, g)
	c.Started = true
	return c
}

// maxLive bounds the goroutines that are followed at one point.
const maxLive = 16

// wait records a receive from p, or a Wait, and drops the goroutines that
// have signalled there; one says that it is the receive of one value.
func (s *State) wait(p *path.Path, one bool) *State {
	if one && p != nil {
		// One value tells of one goroutine only.
		senders := 0
		for _, g := range s.Live {
			if g.joinedBy(p) && slices.ContainsFunc(g.sends, func(q *path.Path) bool { return q == p || same(p, q) }) {
				senders++
			}
		}
		if senders > 1 {
			s = s.copy()
			s.Received = append(slices.Clip(s.Received), p)
			n := 0
			for _, q := range s.Received {
				if q == p {
					n++
				}
			}
			if n < senders {
				return s
			}
		}
	}
	var live []*Spawn
	var further []*path.Path // what those have waited for that are done
	for _, g := range s.Live {
		if !g.joinedBy(p) {
			live = append(live, g)
		} else if p != nil {
			further = union(further, g.waited)
		}
	}
	known := p == nil || slices.Contains(s.Waited, p)
	if known && len(live) == len(s.Live) && len(s.Given) == 0 {
		return s
	}
	c := s.copy()
	c.Live = live
	c.Given = nil // perhaps the receiver has told that it is done
	if !known {
		c.Waited = with(s.Waited, p)
	}
	for _, q := range further {
		if q != p {
			c = c.wait(q, false)
		}
	}
	return c
}

// with returns a sorted-by-arrival list with x in it.
func with[T comparable](list []T, x T) []T {
	if slices.Contains(list, x) {
		return list
	}
	return append(slices.Clip(list), x)
}

func without[T comparable](list []T, x T) []T {
	i := slices.Index(list, x)
	if i < 0 {
		return list
	}
	return slices.Concat(list[:i], list[i+1:])
}

func union[T comparable](a, b []T) []T {
	if alike(a, b) {
		return a
	}
	whole := a
	for _, x := range b {
		if slices.Contains(whole, x) {
			continue
		}
		if len(whole) == len(a) { // room for all that is to come, in one step
			whole = append(make([]T, 0, len(a)+len(b)), a...)
		}
		whole = append(whole, x)
	}
	return slices.Clip(whole)
}

func intersect[T comparable](a, b []T) []T {
	if alike(a, b) {
		return a
	}
	var list []T
	for _, x := range a {
		if slices.Contains(b, x) {
			if list == nil {
				list = make([]T, 0, min(len(a), len(b)))
			}
			list = append(list, x)
		}
	}
	return slices.Clip(list)
}

// alike reports whether two lists are one and the same, as those of two states
// often are: most steps change one list and keep the others.
func alike[T comparable](a, b []T) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}
