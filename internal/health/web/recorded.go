package web

import (
	"bytes"
	"context"
	"net/http"

	"github.com/mapdiag/mapdiag/internal/health/report"
	"github.com/mapdiag/mapdiag/internal/sites"
)

// Recorded serves a profile of recorded maps:
//
//	/                 its places; ?refresh=N loads it again every N seconds
//	/report?format=F  the report as a file, in a format of package report
//	/style.css
//
// Each page calls load once, many at the same time if they are asked for so. Its error is shown to the
// reader; it may return a profile besides, of before.
func Recorded(load func(context.Context) (*sites.Profile, error)) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		page := report.Page{Style: "/style.css", Refresh: refresh(r), Links: links(r)}
		write(w, r, load, report.HTML, func(b *bytes.Buffer, doc *report.Recorded, problem error) error {
			if problem != nil {
				page.Problem = problem.Error()
			}
			return report.WriteRecordedHTML(b, doc, page)
		})
	})
	mux.HandleFunc("GET /report", func(w http.ResponseWriter, r *http.Request) {
		format, err := report.ParseFormat(r.URL.Query().Get("format"))
		if err != nil {
			fail(w, http.StatusBadRequest, err.Error())
			return
		}
		write(w, r, load, format, func(b *bytes.Buffer, doc *report.Recorded, problem error) error {
			if problem != nil {
				return problem
			}
			w.Header().Set("Content-Disposition", `attachment; filename="places.`+string(format)+`"`)
			return report.WriteRecorded(b, *doc, format)
		})
	})
	mux.HandleFunc("GET /style.css", style)
	return headers(mux)
}

// write answers with what is made of the profile, which comes with a problem where it is one of before.
func write(w http.ResponseWriter, r *http.Request, load func(context.Context) (*sites.Profile, error), format report.Format, fill func(*bytes.Buffer, *report.Recorded, error) error) {
	p, problem := load(r.Context())
	if p == nil {
		fail(w, http.StatusBadGateway, "The profile could not be read: "+problem.Error())
		return
	}
	doc := report.NewRecorded(p)
	var b bytes.Buffer
	if err := fill(&b, &doc, problem); err != nil {
		fail(w, http.StatusInternalServerError, err.Error())
		return
	}
	w.Header().Set("Content-Type", format.ContentType())
	w.Write(b.Bytes())
}
