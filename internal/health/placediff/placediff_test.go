package placediff_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/mapdiag/mapdiag/internal/health/placediff"
	"github.com/mapdiag/mapdiag/internal/sites"
)

func read(t *testing.T, name string) *sites.Profile {
	t.Helper()
	f, err := os.Open("../../sites/testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	p, err := sites.Read(f, name)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func of(t *testing.T, before, after *sites.Profile) placediff.Diff {
	t.Helper()
	d, err := placediff.Of(before, after, true)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestOf(t *testing.T) {
	d := of(t, read(t, "shop.json"), read(t, "shop-after.json"))
	if len(d.Places) != 4 || d.Same != 7 {
		t.Fatalf("%d places differ, %d do not", len(d.Places), d.Same)
	}
	terms := &d.Places[0]
	if terms.Where() != "index/terms.go:43" || terms.Change != placediff.Changed || !terms.Edited || terms.Growths.After != 0 || terms.Asked != (placediff.Count{Before: 0, After: 310}) {
		t.Errorf("%+v", terms)
	}
	if d.Places[2].Change != placediff.Gone || d.Places[3].Change != placediff.New {
		t.Errorf("%+v", d.Places[2:])
	}
	h := d.Hints
	if h.Changed != 2 || h.SavedBytes != d.Places[0].SavedBytes+d.Places[1].SavedBytes || h.SavedBytes <= 0 || h.SavedAllocs <= 0 {
		t.Errorf("%+v", h)
	}
	if r := float64(h.Predicted) / float64(h.SavedBytes); r < 0.75 || r > 1.25 {
		t.Errorf("%d bytes were predicted, %d saved", h.Predicted, h.SavedBytes)
	}
	same := of(t, read(t, "shop.json"), read(t, "shop.json"))
	if len(same.Places) != 0 || same.Same != 10 || same.Hints != (placediff.Hints{}) {
		t.Errorf("a profile and itself: %+v", same)
	}
	own, err := placediff.Of(read(t, "shop.json"), read(t, "shop.json"), false)
	if err != nil || own.Same != 9 {
		t.Errorf("of the module itself %d places, %v", own.Same, err)
	}
}

// TestLonger wants a run that is twice as long not to look like a loss.
func TestLonger(t *testing.T) {
	after := read(t, "shop-after.json")
	twice, err := sites.Merge(after, after)
	if err != nil {
		t.Fatal(err)
	}
	one, two := of(t, read(t, "shop.json"), after).Hints, of(t, read(t, "shop.json"), twice).Hints
	if r := float64(two.SavedBytes) / float64(one.SavedBytes); r < 1.99 || r > 2.01 {
		t.Errorf("saved %d, of twice as many maps %d", one.SavedBytes, two.SavedBytes)
	}
}

// site is one in a declaration f of package m/p.
func site(line, token int, hash, typ string, makes uint64) sites.Site {
	return sites.Site{Place: sites.Place{File: "p/a.go", Line: line, Decl: "f", Token: token, Hash: hash}, Type: typ,
		Shape: sites.Shape{Key: 8, Elem: 8, Slot: 16, Group: 136}, Makes: makes, Slots: []sites.Class{{Slots: 8, Maps: makes}}}
}

func profile(list ...sites.Site) *sites.Profile {
	return &sites.Profile{Module: "m", Packages: []sites.Package{{Path: "m/p", Sites: list}}}
}

// TestPairs follows places through edits. The number of makes is the identity of a place.
func TestPairs(t *testing.T) {
	unread := func(line int, typ string, makes uint64) sites.Site {
		s := site(line, -1, "", typ, makes)
		s.Decl = ""
		return s
	}
	stack := site(3, 5, "a", "map[int]int", 4)
	stack.AtGrowth = true
	for _, c := range []struct {
		name          string
		before, after *sites.Profile
		pairs         map[uint64]uint64 // makes before, after; 0 for none
	}{
		{"moved within the file", profile(site(3, 5, "a", "map[int]int", 1), site(4, 9, "a", "map[int]int", 2)),
			profile(site(13, 5, "a", "map[int]int", 101), site(14, 9, "a", "map[int]int", 102)), map[uint64]uint64{1: 101, 2: 102}},
		{"edited", profile(site(3, 5, "a", "map[int]int", 1), site(4, 9, "a", "map[int]bool", 2), site(5, 14, "a", "map[int]int", 3)),
			profile(site(3, 5, "b", "map[int]int", 101), site(4, 11, "b", "map[int]bool", 102), site(5, 16, "b", "map[int]int", 103)),
			map[uint64]uint64{1: 101, 2: 102, 3: 103}},
		{"edited, and one removed", profile(site(3, 5, "a", "map[int]int", 1), site(5, 14, "a", "map[int]int", 3)),
			profile(site(3, 5, "b", "map[int]int", 101)), map[uint64]uint64{1: 101, 3: 0}},
		{"one of two forms is left", profile(site(3, 5, "a", "map[int]int", 1), site(3, 5, "b", "map[int]int", 2)),
			profile(site(3, 5, "b", "map[int]int", 102)), map[uint64]uint64{1: 0, 2: 102}},
		{"stack and heap are one place", profile(site(3, 5, "a", "map[int]int", 1), stack), profile(site(3, 5, "b", "map[int]int", 101)), map[uint64]uint64{5: 101}},
		{"without a source", profile(unread(3, "map[int]int", 1), unread(9, "map[int]int", 2)), profile(unread(4, "map[int]int", 101), unread(10, "map[int]int", 102)),
			map[uint64]uint64{1: 101, 2: 102}},
		{"another type", profile(site(3, 5, "a", "map[int]int", 1)), profile(site(3, 5, "b", "map[int]uint", 101)), map[uint64]uint64{1: 0, 0: 101}},
	} {
		d := of(t, c.before, c.after)
		if len(d.Places) != len(c.pairs) {
			t.Errorf("%s: %d places, want %d", c.name, len(d.Places), len(c.pairs))
		}
		for _, p := range d.Places {
			if after, ok := c.pairs[uint64(p.Makes.Before)]; !ok || after != uint64(p.Makes.After) {
				t.Errorf("%s: %d became %d", c.name, p.Makes.Before, p.Makes.After)
			}
		}
	}
}

func TestRefuses(t *testing.T) {
	if _, err := placediff.Of(&sites.Profile{Module: "a"}, &sites.Profile{Module: "b"}, true); err == nil || !strings.Contains(err.Error(), "a and b") {
		t.Errorf("two modules: %v", err)
	}
}

func TestWriteText(t *testing.T) {
	for _, c := range []struct {
		before, after *sites.Profile
		n             int
		want          []string
	}{
		{read(t, "shop.json"), read(t, "shop.json"), 0, []string{"No hint was changed.", "Nothing has changed at 10 places.", "maps made (+0)"}},
		{read(t, "shop.json"), read(t, "shop-after.json"), 1, []string{"2 changed hints save 127 MiB of", "were predicted.", "none -> 310", "... and 3 more; -n 0 shows all", "7 places unchanged."}},
		{read(t, "shop-after.json"), read(t, "shop.json"), 0, []string{"2 changed hints cost 127 MiB and 131,289 allocations,", "310 -> none", "new: none", "gone"}},
		{&sites.Profile{Go: "go1.26"}, &sites.Profile{Go: "go1.27"}, 0, []string{"The runs are of go1.26,", "0 maps made"}},
		{profile(site(3, 5, "a", "map[int]int", 10)), profile(site(3, 5, "a", "map[int]int", 25)), 0, []string{"The later run made 2.5 times as many maps"}},
	} {
		d := of(t, c.before, c.after)
		var b bytes.Buffer
		if err := d.WriteText(&b, c.n, 0); err != nil {
			t.Fatal(err)
		}
		for _, want := range c.want {
			if !strings.Contains(b.String(), want) {
				t.Errorf("no %q in\n%s", want, b.String())
			}
		}
	}
}
