package command

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/mapdiag/mapdiag/internal/mapmodel"
	"github.com/mapdiag/mapdiag/internal/sites"
)

func (r *ranking) printText(w io.Writer) error {
	head := []string{"saves", "allocs", "makes", "p50", "p95", "growths", "hint"}
	rows := [][]string{head}
	for _, l := range r.lines {
		most := ""
		if !l.Exact {
			most = "≤"
		}
		rows = append(rows, []string{
			mapmodel.Bytes(l.Saved()), mapmodel.Count(l.Now.Allocs - l.Then.Allocs),
			mapmodel.Count(int64(l.Makes)), most + mapmodel.Count(l.P50), most + mapmodel.Count(l.P95), mapmodel.Count(int64(l.Growths)), l.change(),
		})
	}
	width := make([]int, len(head))
	for _, row := range rows {
		for i, cell := range row {
			width[i] = max(width[i], len([]rune(cell)))
		}
	}
	var b strings.Builder
	for i, row := range rows {
		if len(r.lines) == 0 {
			break
		}
		for k, cell := range row {
			b.WriteString(strings.Repeat(" ", width[k]-len([]rune(cell))) + cell + "  ")
		}
		if i == 0 {
			b.WriteString("line\n")
			continue
		}
		l := r.lines[i-1]
		fmt.Fprintf(&b, "%s:%d %s", r.name(l.Site), l.Line, l.Type)
		switch l.state {
		case changed:
			b.WriteString(" (" + l.Decl + " has changed since)")
		case gone:
			b.WriteString(" (" + l.Decl + " is not there any more)")
		}
		b.WriteByte('\n')
	}
	if len(r.lines) > 0 {
		b.WriteByte('\n')
	}
	what := plural(r.measured, "line that makes maps", "lines that make maps")
	switch {
	case r.measured == 0:
		what = "no line that makes maps was measured"
	case r.worth == 0:
		what = "none of " + what + " is worth changing"
	case r.worth == 1:
		what = "1 of " + what + " is worth changing"
	default:
		what = fmt.Sprintf("%d of %s are worth changing", r.worth, what)
	}
	fmt.Fprintf(&b, "%s in %s, recorded on %s", what, r.file, r.profile.Recorded.Format(time.DateOnly))
	if len(r.profile.Command) > 0 {
		fmt.Fprintf(&b, " by %s", strings.Join(r.profile.Command, " "))
	}
	if r.worth > 0 {
		fmt.Fprintf(&b, ":\nthat saves %s in %s allocations of the %s in %s that its maps took in the run", mapmodel.Bytes(r.saved.Bytes),
			mapmodel.Count(r.saved.Allocs), mapmodel.Bytes(r.cost.Bytes), mapmodel.Count(r.cost.Allocs))
	}
	if n := r.worth - len(r.lines); n > 0 {
		fmt.Fprintf(&b, "; -n 0 lists %d more", n)
	}
	b.WriteByte('\n')
	_, err := io.WriteString(w, b.String())
	return err
}

// change tells the hint that maps are made with now, if they are, and the one to be written.
func (l ranked) change() string {
	now, then := "none", "none"
	if n := l.Hints.Quantile(0.5); n > 0 {
		now = mapmodel.Count(n)
		if slices.ContainsFunc(l.Hints, func(b sites.Bucket) bool { return b.High == n && b.Low < n }) {
			now = "≤" + now // sizes are counted in steps
		}
	}
	if l.Hint > 0 {
		then = mapmodel.Count(int64(l.Hint))
	}
	return now + " → " + then
}

// The document that -json prints. Numbers of bytes and allocations are those of the whole run.
type (
	jsonRanking struct {
		Profile  string         `json:"profile"`
		Module   string         `json:"module"`
		Recorded time.Time      `json:"recorded"`
		Lines    []jsonRanked   `json:"lines"`    // best first
		Measured int            `json:"measured"` // lines that make maps
		Worth    int            `json:"worth"`    // of them, those to be changed, listed or not
		Saves    jsonAllocation `json:"saves"`    // by all that are to be changed
		Takes    jsonAllocation `json:"takes"`    // of all that were measured
	}
	jsonRanked struct {
		Package       string         `json:"package"`
		File          string         `json:"file"`
		Line          int            `json:"line"`
		Declaration   string         `json:"declaration"`
		Type          string         `json:"type"`
		State         string         `json:"state"` // "as measured", "changed", "gone" or "unknown"
		Makes         uint64         `json:"makes"`
		P50           int64          `json:"p50"`
		P95           int64          `json:"p95"`
		Exact         bool           `json:"exact"` // whether the sizes are, or bounds
		Growths       uint64         `json:"growths"`
		RecopiedBytes uint64         `json:"recopiedBytes"`
		HintNow       int64          `json:"hintNow"` // of half of the makes, 0 for none
		Hint          int            `json:"hint"`    // to be set, 0 for none
		Why           string         `json:"why"`
		Saves         jsonAllocation `json:"saves"`
	}
	jsonAllocation struct {
		Bytes  int64 `json:"bytes"`
		Allocs int64 `json:"allocs"`
	}
)

func (r *ranking) printJSON(w io.Writer) error {
	out := jsonRanking{
		Profile: r.file, Module: r.profile.Module, Recorded: r.profile.Recorded, Lines: []jsonRanked{},
		Measured: r.measured, Worth: r.worth,
		Saves: jsonAllocation{r.saved.Bytes, r.saved.Allocs}, Takes: jsonAllocation{r.cost.Bytes, r.cost.Allocs},
	}
	for _, l := range r.lines {
		out.Lines = append(out.Lines, jsonRanked{
			Package: l.pkg, File: r.name(l.Site), Line: l.Line, Declaration: l.Decl, Type: l.Type, State: l.state,
			Makes: l.Makes, P50: l.P50, P95: l.P95, Exact: l.Exact, Growths: l.Growths, RecopiedBytes: l.RecopiedBytes,
			HintNow: l.Hints.Quantile(0.5), Hint: l.Hint, Why: l.Why,
			Saves: jsonAllocation{l.Saved(), l.Now.Allocs - l.Then.Allocs},
		})
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "\t")
	return enc.Encode(out)
}
