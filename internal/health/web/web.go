// Package web shows the maps of a program as pages, made anew from their source at each
// request. The pages are whole without a script and load nothing from elsewhere.
package web

import (
	"bytes"
	"context"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/mapdiag/mapdiag/internal/health/report"
	"github.com/mapdiag/mapdiag/mapstat"
)

// policy forbids pages all but their stylesheet and pictures that they hold.
const policy = "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// refreshes are the intervals in seconds that a reader can choose from; 0 stands for none.
var refreshes = []int{0, 2, 10, 60}

// Handler serves the pages:
//
//	/              all maps: table and charts; ?refresh=N loads it again every N seconds
//	/map?name=M    one map
//	/report?format=F  the report as a file, in a format of package report
//	/style.css
//
// Each page calls load once, many at the same time if they are asked for so. It returns snapshots in
// any order: the newest is what pages are about, several give charts over time. Its
// error is shown to the reader; it may return snapshots besides, of before.
func Handler(load func(context.Context) ([]mapstat.Snapshot, error)) http.Handler {
	h := handler{load}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", h.index)
	mux.HandleFunc("GET /map", h.one)
	mux.HandleFunc("GET /report", h.file)
	mux.HandleFunc("GET /style.css", style)
	return headers(mux)
}

type handler struct {
	load func(context.Context) ([]mapstat.Snapshot, error)
}

func headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		set := w.Header().Set
		set("Content-Security-Policy", policy)
		set("X-Content-Type-Options", "nosniff")
		set("Referrer-Policy", "no-referrer")
		set("Cross-Origin-Resource-Policy", "same-origin")
		set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

func (h *handler) index(w http.ResponseWriter, r *http.Request) {
	h.page(w, r, report.Page{})
}

func (h *handler) one(w http.ResponseWriter, r *http.Request) {
	if !r.URL.Query().Has("name") {
		fail(w, http.StatusBadRequest, "The address lacks the name of a map: /map?name=…")
		return
	}
	h.page(w, r, report.Page{One: true, Map: r.URL.Query().Get("name"), Home: "/" + keep(r)})
}

// page writes a page. An error of the source leaves what it has returned besides.
func (h *handler) page(w http.ResponseWriter, r *http.Request, page report.Page) {
	doc, err := h.document(r)
	if err != nil && len(doc.Maps) == 0 {
		fail(w, http.StatusBadGateway, "The maps could not be read: "+err.Error())
		return
	}
	if err != nil {
		page.Problem = err.Error()
	}
	page.Style = "/style.css"
	page.Refresh = refresh(r)
	page.Link = func(name string) string {
		query := url.Values{"name": {name}}
		if n := refresh(r); n > 0 {
			query.Set("refresh", strconv.Itoa(n))
		}
		return "/map?" + query.Encode()
	}
	page.Links = links(r)
	var b bytes.Buffer
	if err := report.WriteHTML(&b, &doc, page); err != nil {
		status := http.StatusInternalServerError
		if page.One && !slices.ContainsFunc(doc.Maps, func(m report.Map) bool { return m.Name == page.Map }) {
			status = http.StatusNotFound
		}
		fail(w, status, err.Error())
		return
	}
	w.Header().Set("Content-Type", report.HTML.ContentType())
	w.Write(b.Bytes())
}

func (h *handler) file(w http.ResponseWriter, r *http.Request) {
	format, err := report.ParseFormat(r.URL.Query().Get("format"))
	if err != nil {
		fail(w, http.StatusBadRequest, err.Error())
		return
	}
	doc, err := h.document(r)
	if err != nil {
		fail(w, http.StatusBadGateway, "The maps could not be read: "+err.Error())
		return
	}
	var b bytes.Buffer
	if err := report.Write(&b, doc, format); err != nil {
		fail(w, http.StatusInternalServerError, err.Error())
		return
	}
	w.Header().Set("Content-Type", format.ContentType())
	w.Header().Set("Content-Disposition", `attachment; filename="maps.`+string(format)+`"`)
	w.Write(b.Bytes())
}

func (h *handler) document(r *http.Request) (report.Document, error) {
	snapshots, err := h.load(r.Context())
	return report.New(snapshots), err
}

func style(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	w.Write([]byte(report.Stylesheet))
}

// refresh is the interval that a request asks for, 0 for one that is not offered.
func refresh(r *http.Request) int {
	n, err := strconv.Atoi(r.URL.Query().Get("refresh"))
	if err != nil || !slices.Contains(refreshes, n) {
		return 0
	}
	return n
}

func keep(r *http.Request) string {
	if n := refresh(r); n > 0 {
		return "?refresh=" + strconv.Itoa(n)
	}
	return ""
}

// links lead to the same page with other intervals, and to the report as a file.
func links(r *http.Request) []report.Link {
	var out []report.Link
	for _, n := range refreshes {
		query := r.URL.Query()
		query.Del("refresh")
		text := "No refresh"
		if n > 0 {
			query.Set("refresh", strconv.Itoa(n))
			text = fmt.Sprintf("Every %d s", n)
		}
		address := r.URL.Path
		if len(query) > 0 {
			address += "?" + query.Encode()
		}
		out = append(out, report.Link{Text: text, Address: address, Current: n == refresh(r)})
	}
	for _, f := range report.Formats() {
		out = append(out, report.Link{Text: "As " + map[report.Format]string{
			report.Markdown: "Markdown", report.JSON: "JSON", report.SVG: "SVG", report.HTML: "HTML",
		}[f], Address: "/report?format=" + string(f)})
	}
	return out
}

var failure = template.Must(template.New("").Parse(`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>mapdiag: {{.Status}}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/style.css">
</head>
<body>
<main>
<h1>{{.Status}}</h1>
<p>{{.Text}}</p>
<p><a href="/">All maps</a></p>
</main>
</body>
</html>
`))

func fail(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	failure.Execute(w, struct{ Status, Text string }{http.StatusText(status), text})
}
