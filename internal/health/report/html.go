package report

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"net/url"
	"slices"

	"github.com/mapdiag/mapdiag/mapstat"
)

// Stylesheet is the style of reports in HTML, without what a file of its own would need
// besides.
//
//go:embed style.css
var Stylesheet string

//go:embed page.tmpl
var pageSource string

var pageTemplate = template.Must(template.New("page").Funcs(template.FuncMap{
	"bytes": mapstat.Bytes, "count": count, "plain": plain, "called": called, "said": said, "plural": plural, "quantity": quantity, "clock": clock,
	"shorten": shorten, "figures": figures, "short": short, "verdict": verdict, "sentence": sentence,
	"pair": func(v *view, m *Map) mapOfView { return mapOfView{v, m} },
}).Parse(pageSource))

// A Page says how a report in HTML differs from a single file: where it is a page of a
// server.
type Page struct {
	// Style is the address of [Stylesheet]. Without it the page holds the style, and a
	// policy that forbids all else.
	Style string

	// Link returns the address of the page of a map. Without it a page
	// tells of all maps in full.
	Link func(name string) string

	// One means that the page tells only of the map named Map.
	One bool
	Map string

	// Problem is why the page shows an older state of the maps.
	Problem string

	// Home is the address of the page of all maps.
	Home string

	// Links lead from the head of the page to other forms of it.
	Links []Link

	// Refresh is after how many seconds the page is loaded again, 0 for never.
	Refresh int
}

// A Link is an address and what to call it.
type Link struct {
	Text, Address string
	Current       bool // it is where one is
}

// A page tells of maxHTML maps in full and has maxRows in its table, those that matter first: one with
// many thousands is slow in any browser.
const (
	maxHTML = 100
	maxRows = 2000
)

// WriteHTML writes the document as a page. It returns an error if page.One is set and
// page.Map is the name of none of its maps.
func WriteHTML(w io.Writer, doc *Document, page Page) error {
	v := view{Document: doc, Page: page, Title: "Maps"}
	if doc.Program.Name != "" {
		v.Title = "Maps of " + shorten(called(doc.Program.Name), 80)
	}
	charts := []chart(nil)
	if page.One {
		i := slices.IndexFunc(doc.Maps, func(m Map) bool { return m.Name == page.Map })
		if i < 0 {
			return fmt.Errorf("no map %q is watched (any more)", page.Map)
		}
		v.Only = &doc.Maps[i]
		v.Title = shorten(called(page.Map), 80)
		v.Full = []*Map{v.Only}
		charts = doc.picturesOf(&doc.Maps[i])
	} else {
		charts = doc.pictures()
		if page.Link == nil {
			v.Full = pointers(doc.Maps[:min(len(doc.Maps), maxHTML)])
		}
	}
	for i := range charts {
		p, err := newPicture(&charts[i])
		if err != nil {
			return err
		}
		v.Pictures = append(v.Pictures, p)
	}
	if page.Style == "" {
		v.CSS, v.Policy = ownStyle()
	}
	var b bytes.Buffer
	if err := pageTemplate.Execute(&b, &v); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	_, err := w.Write(b.Bytes())
	return err
}

// ownStyle returns the style of a page that is a file of its own, and a policy that forbids all else.
func ownStyle() (css template.CSS, policy string) {
	sum := sha256.Sum256([]byte(Stylesheet))
	return template.CSS(Stylesheet), "default-src 'none'; img-src data:; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'"
}

// A view is what the template is about.
type view struct {
	*Document
	Page
	Title    string
	Only     *Map
	Full     []*Map
	Pictures []picture
	CSS      template.CSS
	Policy   string
}

// A mapOfView is what a template of one map is about.
type mapOfView struct {
	View *view
	Map  *Map
}

// A picture is a chart in a page: an image of its own, as the library sets its colours in
// style attributes, which the page's policy forbids the page itself.
type picture struct {
	Alt    string
	Height int
	Source template.URL
}

func newPicture(c *chart) (picture, error) {
	var b bytes.Buffer
	if err := draw(&b, c.title, c.alt, []chart{*c}); err != nil {
		return picture{}, err
	}
	return picture{c.title + ". " + c.alt, c.height(), template.URL("data:image/svg+xml;base64," + base64.StdEncoding.EncodeToString(b.Bytes()))}, nil
}

func (v *view) SummaryLine() string { return v.summary() }

func (v *view) Process() [][2]string { return v.process() }

// Wanted are the maps that want attention or could not be read.
func (v *view) Wanted() []*Map { return pointers(v.Maps[:min(v.wanted(), maxHTML)]) }

// Unsaid is the number of those that Wanted leaves out.
func (v *view) Unsaid() int { return max(v.wanted()-maxHTML, 0) }

func (v *view) wanted() int {
	n := slices.IndexFunc(v.Maps, func(m Map) bool { return rank(&m) == 3 })
	if n < 0 {
		n = len(v.Maps)
	}
	return n
}

func (v *view) Evidence(r mapstat.Reason) string { return v.evidence(&r) }

func (v *view) Details(m *Map) [][2]string { return v.details(m) }

func (v *view) Values(m *Map) []value { return v.values(m) }

func (v *view) Probes(m *Map) []bar { return probes(&m.Stat) }

// Rows are the maps of the table.
func (v *view) Rows() []*Map { return pointers(v.Maps[:min(len(v.Maps), maxRows)]) }

// Hidden is the number of maps that the table leaves out.
func (v *view) Hidden() int { return len(v.Maps) - min(len(v.Maps), maxRows) }

// Tag is the class of a map's verdict.
func (v *view) Tag(m *Map) string { return [...]string{"warning", "notice", "unread", "fine"}[rank(m)] }

// Address leads to what is told of a map: its page, or a place further down.
func (v *view) Address(m *Map) string {
	switch {
	case v.Link != nil:
		return v.Link(m.Name)
	case slices.ContainsFunc(v.Full, func(f *Map) bool { return f.Name == m.Name }):
		return "#" + anchor(m.Name)
	}
	return ""
}

func (v *view) Anchor(m *Map) string { return anchor(m.Name) }

func anchor(name string) string { return "map-" + url.QueryEscape(name) }

func (v *view) Added() []mapstat.MetricInfo { return v.added() }

func (v *view) Value(m *Map, info mapstat.MetricInfo) value { return v.value(m, info) }

// picturesOf are the charts of one map.
func (d *Document) picturesOf(m *Map) []chart {
	one := *d
	one.Maps = []Map{*m}
	one.Series = nil
	for _, moment := range d.Series {
		if point, ok := moment.Maps[m.Name]; ok {
			moment.Maps, moment.MapBytes = map[string]Point{m.Name: point}, point.Bytes
			one.Series = append(one.Series, moment)
		}
	}
	var list []chart
	if c, ok := distribution(m); ok {
		list = append(list, c)
	}
	if m.Known() && m.Stat.Bytes > 0 {
		list = append(list, bytesChart([]*Map{m}))
	}
	return append(list, one.timeCharts("this map")...)
}

func pointers(maps []Map) []*Map {
	out := make([]*Map, len(maps))
	for i := range maps {
		out[i] = &maps[i]
	}
	return out
}
