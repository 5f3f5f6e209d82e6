package mapstathttp

import (
	"cmp"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strconv"
	"time"

	"github.com/mapdiag/mapdiag/mapstat"
)

var (
	//go:embed page.css
	style string

	//go:embed page.tmpl
	page string

	pageTemplate = template.Must(template.New("page").Funcs(template.FuncMap{
		"bytes": mapstat.Bytes,
		"ratio": func(v float64) string { return strconv.FormatFloat(v, 'f', 2, 64) },
		"time":  func(t time.Time) string { return t.Format("2006-01-02 15:04:05 MST") },
		"css":   func() template.CSS { return template.CSS(style) },
	}).Parse(page))

	// pagePolicy lets the page have its own style and nothing else: no script, no picture, no
	// connection, no frame around it.
	pagePolicy = "default-src 'none'; style-src 'sha256-" + styleSum() + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

func styleSum() string {
	sum := sha256.Sum256([]byte(style))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// pageData is what the template gets.
type pageData struct {
	*mapstat.Snapshot
	Host                 string // as the request has it
	Full                 bool
	Rows                 []row
	Entries              int
	Bytes, Wasted        uint64
	Warnings, Notices    int
	SamplerTime, PerRead time.Duration
}

type row struct {
	*mapstat.MapReport
	Anchor  string
	Health  mapstat.Health
	Known   bool
	Figures []figure
	Probes  []probe
}

// A figure is the value of a metric, as text.
type figure struct{ Name, Help, Value string }

// A probe is one bar of the histogram of probe lengths.
type probe struct {
	Groups string
	Count  uint64
	Share  string
}

// writePage writes the page of a snapshot. The maps that want attention come first, then those
// with the most wasted bytes.
func writePage(w io.Writer, s *mapstat.Snapshot, host string, full bool) error {
	d := pageData{Snapshot: s, Host: host, Full: full}
	order := slices.Clone(s.Maps)
	rank := map[mapstat.Health]int{mapstat.Warning: 0, mapstat.Notice: 1, mapstat.Unknown: 2, mapstat.Fine: 3}
	slices.SortStableFunc(order, func(a, b mapstat.MapReport) int {
		return cmp.Or(cmp.Compare(rank[a.Verdict.Health], rank[b.Verdict.Health]), cmp.Compare(b.Stat.WastedBytes(), a.Stat.WastedBytes()))
	})
	for i := range order {
		m := &order[i]
		r := row{MapReport: m, Anchor: fmt.Sprintf("map-%d", i+1), Health: m.Verdict.Health, Known: m.Verdict.Health != mapstat.Unknown}
		switch m.Verdict.Health {
		case mapstat.Warning:
			d.Warnings++
		case mapstat.Notice:
			d.Notices++
		}
		d.Entries += m.Stat.Len
		d.Bytes += m.Stat.Bytes
		d.Wasted += m.Stat.WastedBytes()
		r.Figures, r.Probes = figures(s.Metrics, m), probes(&m.Stat)
		d.Rows = append(d.Rows, r)
	}
	d.SamplerTime = time.Duration(s.Sampler.Seconds * float64(time.Second)).Round(time.Microsecond)
	if n := s.Sampler.Samples + s.Sampler.Torn + s.Sampler.Locked; n > 0 {
		d.PerRead = (d.SamplerTime / time.Duration(n)).Round(100 * time.Nanosecond)
	}
	return pageTemplate.Execute(w, d)
}

func figures(metrics []mapstat.MetricInfo, m *mapstat.MapReport) (all []figure) {
	for _, info := range metrics {
		f := figure{Name: info.Name, Help: info.Help}
		value, ok := m.Values[info.Name]
		switch {
		case m.MetricErrors[info.Name] != "":
			f.Value = m.MetricErrors[info.Name]
		case !ok:
			continue
		case info.Unit == "bytes" && value >= 0:
			f.Value = mapstat.Bytes(uint64(clamp(value)))
		default:
			f.Value = strconv.FormatFloat(value, 'g', 4, 64)
			if info.Unit != "" && info.Unit != "ratio" {
				f.Value += " " + info.Unit
			}
		}
		all = append(all, f)
	}
	return all
}

func probes(s *mapstat.Stat) (all []probe) {
	last := -1
	for i, n := range s.Probes {
		if n > 0 {
			last = i
		}
	}
	for i, n := range s.Probes[:last+1] {
		groups := strconv.Itoa(i + 1)
		if i == len(s.Probes)-1 {
			groups += " or more"
		}
		all = append(all, probe{groups, n, strconv.FormatFloat(100*float64(n)/float64(max(s.Probed, 1)), 'f', 1, 64) + "%"})
	}
	return all
}
