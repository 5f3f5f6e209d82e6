package report

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"io"

	"github.com/mapdiag/mapdiag/internal/health/places"
	"github.com/mapdiag/mapdiag/internal/sites"
)

//go:embed recorded.tmpl
var recordedSource string

var recordedTemplate = template.Must(template.Must(pageTemplate.Clone()).New("recorded").Parse(recordedSource))

// A recordedView is what the template is about.
type recordedView struct {
	doc *Recorded
	Page
	Title    string
	Pictures []picture
	CSS      template.CSS
	Policy   string
}

// WriteRecordedHTML writes the document as a page. Of page, Style, Links, Refresh and Problem count: there
// is but one page of a profile.
func WriteRecordedHTML(w io.Writer, d *Recorded, page Page) error {
	v := recordedView{doc: d, Page: page, Title: d.title()}
	if page.Style == "" {
		v.CSS, v.Policy = ownStyle()
	}
	charts := d.pictures()
	for i := range charts {
		p, err := newPicture(&charts[i])
		if err != nil {
			return err
		}
		v.Pictures = append(v.Pictures, p)
	}
	var b bytes.Buffer
	if err := recordedTemplate.Execute(&b, &v); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	_, err := w.Write(b.Bytes())
	return err
}

func (v *recordedView) Summary() string { return v.doc.summary() }

func (v *recordedView) Run() [][2]string { return v.doc.run() }

// Worth are the places whose hint is to be changed.
func (v *recordedView) Worth() []placeOfView {
	return v.first(min(len(v.doc.worth()), maxHTML))
}

// Unsaid is the number of those that Worth leaves out.
func (v *recordedView) Unsaid() int { return max(len(v.doc.worth())-maxHTML, 0) }

// Rows are the places of the table, Hidden the number of those that it leaves out.
func (v *recordedView) Rows() []placeOfView { return v.first(min(len(v.doc.Places), maxRows)) }

func (v *recordedView) Hidden() int { return max(len(v.doc.Places)-maxRows, 0) }

// Full are the places that are told of in full.
func (v *recordedView) Full() []placeOfView { return v.first(min(len(v.doc.Places), maxHTML)) }

func (v *recordedView) first(n int) []placeOfView {
	out := make([]placeOfView, n)
	for i := range out {
		out[i] = placeOfView{&v.doc.Places[i], i}
	}
	return out
}

// A placeOfView is a place and its index.
type placeOfView struct {
	*places.Place
	index int
}

// Made is the number of maps.
func (p placeOfView) Made() string { return made(p.Place) }

func (p placeOfView) Entries() string { return entries(p.Place) }

func (p placeOfView) Growth() string { return growth(p.Place) }

func (p placeOfView) Advice() string { return advice(p.Place) }

func (p placeOfView) Saving() string { return saving(p.Place) }

func (p placeOfView) Facts() [][2]string { return placeFacts(p.Place) }

func (p placeOfView) Figures() []string { return placeFigures(p.Place) }

func (p placeOfView) Classes() []class { return classes(p.Place) }

// Tag is the class of the verdict.
func (p placeOfView) Tag() string {
	switch {
	case p.Verdict.Change():
		return "notice"
	case p.Verdict == "right":
		return "fine"
	}
	return "still"
}

func (p placeOfView) Anchor() string { return fmt.Sprintf("place-%d", p.index+1) }

// Address leads to what is told of the place further down.
func (p placeOfView) Address() string {
	if p.index >= maxHTML {
		return ""
	}
	return "#" + p.Anchor()
}

// A caller is a way on which the program came to a place.
type caller struct {
	Maps   string
	Frames []sites.Frame
}

func (p placeOfView) Callers() []caller {
	out := make([]caller, len(p.Stacks))
	for i, s := range p.Stacks {
		out[i] = caller{count(counter(s.Makes)), s.Frames}
	}
	return out
}
