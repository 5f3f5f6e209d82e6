package hot

import "github.com/google/pprof/profile"

// work is what a stack says of its sample.
type work struct {
	op     Op
	hash   bool
	caller frame
	// unresolved: what the innermost frame called could not be found out.
	unresolved bool
}

type stacks struct {
	*namer
	heap   bool
	binary *Binary // where the runtime's frames are left out
	frames []frame
}

// showRuntime tells whether the profile's stacks show the runtime at work for
// others. Go leaves the runtime's innermost frames out of heap profiles,
// unless a stack has no others.
func (s *stacks) showRuntime(p *profile.Profile) bool {
	for _, sample := range p.Sample {
		if s.list(sample.Location, nil); len(s.frames) == 0 || s.frames[0].pkg != "runtime" {
			continue
		}
		for _, f := range s.frames {
			if f.role == user && f.pkg != "runtime" && f.function != "" {
				return true
			}
		}
	}
	return false
}

// list puts the frames of a stack into s.frames, the innermost first.
func (s *stacks) list(locations []*profile.Location, called *frame) {
	s.frames = s.frames[:0]
	if called != nil {
		s.frames = append(s.frames, *called)
	}
	for _, l := range locations {
		if len(l.Line) == 0 {
			s.frames = append(s.frames, frame{})
		}
		for _, line := range l.Line {
			s.frames = append(s.frames, s.frame(line))
		}
	}
}

// read finds the map work of a stack, if it is any.
func (s *stacks) read(locations []*profile.Location) (work, bool) {
	var w work
	var called *frame
	if s.binary != nil && len(locations) > 0 {
		if name := s.binary.called(locations[0]); name != "" {
			f := s.namer.read(name, "")
			called = &f
		} else {
			w.unresolved = true
		}
	}
	s.list(locations, called)

	var weak Op
	grow, box, first, seen := false, false, false, false
walk:
	for i := 0; i < len(s.frames); i++ {
		f := s.frames[i]
		switch f.role {
		case mapWork:
			seen = true
			switch {
			case f.weak:
				// In a heap profile, its own allocations are closures; only
				// what the runtime allocates for it is a map's.
				if weak == "" {
					weak = f.op
				}
			case f.op == Grow:
				grow = true
			case f.op == Make && w.op == "":
				first = true
				w.op = Make
			case f.op != "":
				w.op = f.op
			}
			box = box || f.box
		case system:
			if seen {
				// A runtime that uses maps itself.
				w.caller = f
				break walk
			}
			w.hash = w.hash || f.hash
		case library:
			if !seen && (f.pkg == "slices" || f.pkg == "iter") {
				return w, false
			}
		default:
			w.caller = f
			break walk
		}
		// The body of a loop over a function is called by that function, which
		// may be the user's. The loop itself is further out.
		if f.role == mapWork && f.loop != "" {
			for j := i + 1; j < len(s.frames); j++ {
				if s.frames[j].pkg == f.pkg && s.frames[j].base == f.loop {
					i = j - 1
					break
				}
			}
		}
	}
	if w.op == "" && !grow {
		// Nothing but package maps itself.
		if w.op = weak; s.heap && (weak == Iterate || called != nil) {
			w.op = ""
		}
	}
	if grow && (w.op == "" || w.op == Assign || w.op == Delete || w.op == Make) {
		w.op = Grow // on classic maps, a delete may carry on with the growth
	} else if w.op == Assign && first {
		w.op = Make
	} else if w.op == Assign && box && s.heap {
		w.op = Indirect
	}
	return w, seen && w.op != ""
}
