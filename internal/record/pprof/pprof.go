// Package pprof writes a profile of maps in the form that go tool pprof reads.
//
// That form has no place for most of what is known of a site: sizes, hints, shapes, what finds the site
// again in the source. It is for looking at; what reads profiles of maps wants their JSON.
package pprof

import (
	"cmp"
	"fmt"
	"io"
	"math/bits"
	"strings"

	"github.com/google/pprof/profile"

	"github.com/mapdiag/mapdiag/internal/sites"
)

// A share is the part of the counters of a site that is one sample's.
type share struct{ makes, growths, recopied, wasted uint64 }

// Write writes a profile, compressed with gzip. Its sample types are
//
//	makes/count
//	growths/count
//	bytes_recopied/bytes  copied again by growths, as counted
//	bytes_wasted/bytes    that maps made with room for their entries would not have allocated, by
//	                      [sites.Site.Waste]; the one that pprof shows if not told otherwise, as it is
//	                      what can be saved
//
// with a sample for each stack of a site. What the stacks of a site leave over, all of it where there are
// none, is a sample of the site's line alone, so that all samples sum up to the counters. Labels tell the
// map type and the kind: heap or stack, for where the header of the map is, or grown, for maps of the stack
// that were seen only when they had outgrown it.
//
// Files are named as in the profile: pprof -list finds those of the main module when it runs in its folder.
func Write(w io.Writer, p *sites.Profile) error {
	return build(p).Write(w)
}

func build(p *sites.Profile) *profile.Profile {
	b := builder{
		p: &profile.Profile{
			TimeNanos:         max(p.Recorded.UnixNano(), 0),
			PeriodType:        &profile.ValueType{Type: "makes", Unit: "count"},
			Period:            1,
			DefaultSampleType: "bytes_wasted",
			Comments:          comments(p),
			SampleType: []*profile.ValueType{
				{Type: "makes", Unit: "count"}, {Type: "growths", Unit: "count"},
				{Type: "bytes_recopied", Unit: "bytes"}, {Type: "bytes_wasted", Unit: "bytes"},
			},
			// pprof takes the name of the program from its first mapping. It looks for no file,
			// since all functions are there.
			Mapping: []*profile.Mapping{{
				ID: 1, Start: 1, File: cmp.Or(p.Module, "maps"),
				HasFunctions: true, HasFilenames: true, HasLineNumbers: true, HasInlineFrames: true,
			}},
		},
		functions: make(map[function]*profile.Function),
		locations: make(map[sites.Frame]*profile.Location),
	}
	for i := range p.Packages {
		for j := range p.Packages[i].Sites {
			b.site(p.Packages[i].Path, &p.Packages[i].Sites[j])
		}
	}
	b.p.Mapping[0].Limit = uint64(len(b.p.Location)) + 1
	return b.p
}

func comments(p *sites.Profile) []string {
	processes := "1 process"
	if p.Processes != 1 {
		processes = fmt.Sprintf("%d processes", p.Processes)
	}
	list := []string{fmt.Sprintf("maps of %s, %s, %s, %s", p.Module, processes, p.Go, p.Arch)}
	if len(p.Command) > 0 {
		list = append(list, "recorded by "+strings.Join(p.Command, " "))
	}
	if p.Lost > 0 {
		list = append(list, fmt.Sprintf("%d makes and growths found no room and are not counted", p.Lost))
	}
	return list
}

type function struct{ name, file string }

type builder struct {
	p         *profile.Profile
	functions map[function]*profile.Function
	locations map[sites.Frame]*profile.Location
}

func (b *builder) site(pkg string, s *sites.Site) {
	labels := map[string][]string{"type": {s.Type}, "kind": {kind(s)}}
	rest := share{s.Makes, s.Growths, s.RecopiedBytes, uint64(s.Waste())}
	shares := split(s, rest)
	for i, part := range shares {
		rest = rest.less(part)
		frames := s.Stacks[i].Frames
		if len(frames) == 0 {
			frames = own(pkg, s)
		}
		b.sample(frames, labels, part)
	}
	if rest != (share{}) || len(shares) == 0 {
		b.sample(own(pkg, s), labels, rest)
	}
}

func kind(s *sites.Site) string {
	switch {
	case s.AtGrowth:
		return "grown"
	case s.OnStack > s.Makes/2:
		return "stack"
	}
	return "heap"
}

// own is the stack of what has none: the line itself.
func own(pkg string, s *sites.Site) []sites.Frame {
	name := cmp.Or(strings.TrimPrefix(s.Decl, "var "), "?")
	if pkg != "" {
		name = pkg + "." + name
	}
	return []sites.Frame{{Func: name, File: s.File, Line: s.Line}}
}

// split returns the shares of the stacks of a site. The waste is known of the site alone, unless
// who made the profile has said more: stacks have as much of it as of the bytes copied again, or
// of the makes where nothing was copied.
func split(s *sites.Site, all share) []share {
	list := make([]share, len(s.Stacks))
	said := false
	for i, st := range s.Stacks {
		list[i] = share{st.Makes, st.Growths, st.RecopiedBytes, st.WastedBytes}
		said = said || st.WastedBytes > 0
	}
	for i := range list {
		part := &list[i]
		switch {
		case said:
		case all.recopied > 0:
			part.wasted = proportion(all.wasted, part.recopied, all.recopied)
		case all.makes > 0:
			part.wasted = proportion(all.wasted, part.makes, all.makes)
		}
	}
	return list
}

// proportion returns all·part/whole, all of it where part is not below whole.
func proportion(all, part, whole uint64) uint64 {
	if part >= whole {
		return all
	}
	high, low := bits.Mul64(all, part)
	n, _ := bits.Div64(high, low, whole)
	return n
}

func (a share) less(b share) share {
	sub := func(x, y uint64) uint64 { return x - min(x, y) }
	return share{sub(a.makes, b.makes), sub(a.growths, b.growths), sub(a.recopied, b.recopied), sub(a.wasted, b.wasted)}
}

func (b *builder) sample(frames []sites.Frame, labels map[string][]string, v share) {
	s := &profile.Sample{Label: labels, Value: []int64{value(v.makes), value(v.growths), value(v.recopied), value(v.wasted)}}
	for _, f := range frames {
		s.Location = append(s.Location, b.location(f))
	}
	b.p.Sample = append(b.p.Sample, s)
}

// value keeps what no run gives small enough for pprof to add it up.
func value(n uint64) int64 { return int64(min(n, 1<<62)) }

func (b *builder) location(f sites.Frame) *profile.Location {
	if l := b.locations[f]; l != nil {
		return l
	}
	// A SystemName would make pprof take the name for one of C++ and shorten it.
	key := function{f.Func, f.File}
	fn := b.functions[key]
	if fn == nil {
		fn = &profile.Function{ID: uint64(len(b.p.Function) + 1), Name: f.Func, Filename: f.File}
		b.functions[key] = fn
		b.p.Function = append(b.p.Function, fn)
	}
	id := uint64(len(b.p.Location) + 1)
	l := &profile.Location{ID: id, Mapping: b.p.Mapping[0], Address: id, Line: []profile.Line{{Function: fn, Line: int64(f.Line)}}}
	b.locations[f] = l
	b.p.Location = append(b.p.Location, l)
	return l
}
