package report

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/mapdiag/mapdiag/internal/health/places"
	"github.com/mapdiag/mapdiag/internal/sites"
)

// RecordedVersion is the version of the form of a [Recorded] in JSON. It changes where a reader of the
// old one would misunderstand the new one.
const RecordedVersion = 1

// Recorded is what a report on a profile of recorded maps says. It holds what follows from the profile, exact; the
// renderers round. What was measured beyond that stands in the profile.
type Recorded struct {
	Version   int       `json:"version"`
	Module    string    `json:"module"`
	Go        string    `json:"go"`
	Arch      string    `json:"arch"`
	Command   []string  `json:"command"`
	Recorded  time.Time `json:"recorded"` // start of the latest run
	Processes int       `json:"processes"`
	Lost      uint64    `json:"lost"` // makes and growths that are not counted

	Own    places.Total `json:"own"`    // what the places of the main module come to
	Others places.Total `json:"others"` // what those of other modules do

	// Places are those of the main module that are worth changing, by what that saves, then all others
	// by what they waste.
	Places []places.Place `json:"places"`
}

// NewRecorded returns the report on a profile.
func NewRecorded(p *sites.Profile) Recorded {
	doc := Recorded{
		Version: RecordedVersion, Module: p.Module, Go: p.Go, Arch: p.Arch, Command: append([]string{}, p.Command...),
		Recorded: p.Recorded, Processes: p.Processes, Lost: p.Lost, Places: places.Of(p),
	}
	own, others := places.Own(doc.Places)
	doc.Own, doc.Others = places.Sum(own), places.Sum(others)
	_ = places.Sort(doc.Places, "waste") // knows the key
	slices.SortStableFunc(doc.Places, func(a, b places.Place) int {
		x, y := worth(&a), worth(&b)
		switch {
		case x && y:
			return cmp.Compare(b.SavedBytes, a.SavedBytes)
		case x:
			return -1
		case y:
			return 1
		}
		return 0
	})
	for i := range doc.Places {
		doc.Places[i].Stacks = doc.Places[i].Stacks[:min(len(doc.Places[i].Stacks), maxStacks)]
	}
	return doc
}

// maxStacks is how many of the stacks of a place a report tells, those with most makes.
const maxStacks = 3

// worth reports whether the place can and should be changed.
func worth(p *places.Place) bool { return p.Own && p.Verdict.Change() }

// worth are the places to be changed.
func (d *Recorded) worth() []places.Place {
	n := 0
	for n < len(d.Places) && worth(&d.Places[n]) {
		n++
	}
	return d.Places[:n]
}

// WriteRecorded writes the document. Its errors are those of [Write].
func WriteRecorded(w io.Writer, doc Recorded, format Format) error {
	switch format {
	case Markdown:
		return doc.writeMarkdown(w)
	case JSON:
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		return enc.Encode(&doc)
	case SVG:
		return draw(w, doc.title(), doc.summary(), doc.pictures())
	case HTML:
		return WriteRecordedHTML(w, &doc, Page{})
	}
	_, err := ParseFormat(string(format))
	return err
}

func (d *Recorded) title() string {
	return "Recorded maps of " + shorten(called(places.Module(&sites.Profile{Module: d.Module})), 80)
}

// all is what all places come to.
func (d *Recorded) all() places.Total { return places.Sum(d.Places) }

// summary is the report in a few sentences.
func (d *Recorded) summary() string {
	text := places.Summary(d.Own)
	if d.Own.Places == 0 && d.Others.Places > 0 {
		text = "No maps of the module itself were recorded."
	}
	if d.Own.Places > 0 {
		text += " " + places.Worth(d.Own)
	}
	return text
}

// run says in pairs what was recorded.
func (d *Recorded) run() [][2]string {
	out := [][2]string{{"Recorded", clock(d.Recorded)}}
	if d.Go != "" {
		out = append(out, [2]string{"Go", shorten(plain(d.Go), 40) + " " + shorten(plain(d.Arch), 40)})
	}
	processes := plural(d.Processes, "process", "processes")
	if len(d.Command) > 0 {
		command := ""
		for i, c := range d.Command {
			if i > 0 {
				command += " "
			}
			command += plain(c)
		}
		processes += " of " + shorten(command, 120)
	}
	out = append(out, [2]string{"Runs", processes})
	if d.Others.Places > 0 {
		out = append(out, [2]string{"Other modules", fmt.Sprintf("%s, %s wasted", plural(d.Others.Places, "place", "places"), bytesFormat(float64(d.Others.WasteBytes)))})
	}
	if d.Lost > 0 {
		out = append(out, [2]string{"Not counted", plural(counter(d.Lost), "make or growth", "makes and growths") + " for which there was no room"})
	}
	return out
}
