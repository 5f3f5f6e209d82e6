package join

import (
	"github.com/mapdiag/mapdiag/internal/record/raw"
	"github.com/mapdiag/mapdiag/internal/sites"
)

// convert brings the numbers of a site into the form of profiles.
func convert(r *raw.Site, at sites.Place, s *Sources) sites.Site {
	site := sites.Site{
		Place:         at,
		Type:          r.Type,
		Shape:         sites.Shape{Key: r.KeySize, Elem: r.ElemSize, Slot: r.SlotSize, Group: r.GroupSize, Pointers: r.Pointers},
		AtGrowth:      r.AtGrowth,
		Makes:         r.Made.Sum(),
		Hints:         histogram(r.Hints.Sizes),
		Tracked:       r.Tracked,
		Peaks:         histogram(r.Peaks),
		Finals:        histogram(r.Finals),
		Alive:         histogram(r.Alive),
		Growths:       r.Growths,
		Splits:        r.Splits,
		Prunes:        r.Prunes,
		Clears:        r.Clears,
		Recopied:      r.Recopied,
		RecopiedBytes: r.RecopiedBytes(),
		Tombstones:    r.Tombstones,
		Reads:         r.Reads,
		Writes:        r.Writes,
	}
	if r.OnStack {
		site.OnStack = site.Makes
	}
	for class, n := range r.Final() {
		if n > 0 {
			site.Slots = append(site.Slots, sites.Class{Slots: raw.Slots(class), Maps: n})
		}
	}
	stack := sites.Stack{Makes: site.Makes, Growths: r.Growths, RecopiedBytes: site.RecopiedBytes, WastedBytes: uint64(site.Waste())}
	for _, f := range r.Stack {
		pkg, name := s.locate(f.File)
		if pkg != nil {
			name = s.name(name)
		}
		stack.Frames = append(stack.Frames, sites.Frame{Func: f.Func, File: name, Line: f.Line})
	}
	if len(stack.Frames) > 0 {
		site.Stacks = []sites.Stack{stack}
	}
	return site
}

func histogram(h raw.Histogram) sites.Histogram {
	var out sites.Histogram
	for _, b := range h {
		if b.Count > 0 {
			out = append(out, sites.Bucket{Low: int64(b.Low), High: int64(b.High), Count: b.Count})
		}
	}
	return out
}
