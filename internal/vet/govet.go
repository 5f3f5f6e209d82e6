package vet

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mapdiag/mapdiag/analyzers"
	"github.com/mapdiag/mapdiag/internal/finding"
	"github.com/mapdiag/mapdiag/internal/golist"
	"github.com/mapdiag/mapdiag/internal/unit"
)

// output is what one run of go vet said.
type output struct {
	findings []finding.Finding
	gaps     []Gap             // rules that failed
	failed   map[string]string // import path → why it could not be analysed
	notes    string            // messages about no package
	complete bool              // the go command has no complaint
}

// result keeps what is about the packages asked for: go vet reports on more,
// see [unit.Reach].
func (o *output) result(asked []*golist.Package, gaps []Gap) *Result {
	wanted := make(map[string]bool, 2*len(asked))
	for _, p := range asked {
		wanted[p.ImportPath], wanted[p.ImportPath+"_test"] = true, true
	}
	r := &Result{Packages: asked, Gaps: gaps, Notes: o.notes}
	for _, f := range o.findings {
		if wanted[f.Package] {
			r.Findings = append(r.Findings, f)
		}
	}
	r.Findings = finding.Sort(r.Findings)
	for _, g := range o.gaps {
		if wanted[g.Package] && !slices.Contains(r.Gaps, g) {
			r.Gaps = append(r.Gaps, g)
		}
	}
	return r
}

// text returns all complaints, for a failure that fits no package.
func (o *output) text() string {
	var b strings.Builder
	b.WriteString(o.notes)
	for pkg, text := range o.failed {
		fmt.Fprintf(&b, "%s: %s\n", pkg, text)
	}
	if b.Len() == 0 {
		return "go vet failed without saying why"
	}
	return strings.TrimSpace(b.String())
}

// govet runs go vet on patterns.
func (c Command) govet(ctx context.Context, overlay *overlay, reach unit.Reach, patterns []string) (*output, error) {
	args := []string{"vet", "-vettool=" + c.Tool, "-json", "-deps=" + reach.String()}
	args = slices.Concat(args, overlay.flags(c.BuildFlags), c.RuleFlags, []string{"--"}, patterns)
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = c.Dir
	// The go command removes its temporary files when it is interrupted.
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 5 * time.Second
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		return nil, fmt.Errorf("starting go vet: %w", err)
	}
	out := &output{complete: err == nil}
	out.failed, out.notes = parseComplaints(stderr.String(), filepath.Base(c.Tool))
	if out.complete {
		out.failed, out.notes = nil, stderr.String() // such as warnings
	}
	if err := out.parseStream(&stdout); err != nil {
		return nil, fmt.Errorf("reading the output of go vet: %w", err)
	}
	return out, nil
}

// parseComplaints splits what the go command and its tools write to their
// standard error into the blocks about single packages ("# example.com/p",
// then the lines about it) and the rest.
func parseComplaints(text, tool string) (failed map[string]string, rest string) {
	failed = make(map[string]string)
	pkg := ""
	var notes strings.Builder
	for line := range strings.Lines(text) {
		if header, ok := strings.CutPrefix(line, "# "); ok {
			if header = strings.TrimSpace(header); !strings.HasPrefix(header, "[") {
				pkg, _, _ = strings.Cut(header, " ") // without " [p.test]"
				failed[pkg] += ""
			}
			continue // "# [p]" after "# p" repeats the name
		}
		if pkg == "" {
			notes.WriteString(line)
			continue
		}
		failed[pkg] += strings.TrimPrefix(line, tool+": ")
	}
	for pkg, text := range failed {
		if text = strings.TrimSpace(text); text == "" {
			text = "the go command cannot build it"
		}
		failed[pkg] = text
	}
	return failed, notes.String()
}

// The form in which vet tools write findings: package → analyzer → findings
// or an error.
type (
	jsonTree map[string]map[string]json.RawMessage

	jsonDiagnostic struct {
		Category string        `json:"category"`
		Posn     string        `json:"posn"`
		End      string        `json:"end"`
		Message  string        `json:"message"`
		Fixes    []jsonFix     `json:"suggested_fixes"`
		Related  []jsonRelated `json:"related"`
	}
	jsonRelated struct {
		Posn    string `json:"posn"`
		End     string `json:"end"`
		Message string `json:"message"`
	}
	jsonFix struct {
		Message string `json:"message"`
		Edits   []struct {
			Filename string `json:"filename"`
			Start    int    `json:"start"`
			End      int    `json:"end"`
			New      string `json:"new"`
		} `json:"edits"`
	}
	jsonError struct {
		Err string `json:"error"`
	}
)

// parseStream reads the JSON values that go vet -json writes one after the
// other, one for each package.
func (o *output) parseStream(r io.Reader) error {
	for dec := json.NewDecoder(r); ; {
		var tree jsonTree
		if err := dec.Decode(&tree); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		for pkg, byRule := range tree {
			pkg, _, _ = strings.Cut(pkg, " ") // without " [p.test]"
			for rule, raw := range byRule {
				if err := o.parseRule(pkg, rule, raw); err != nil {
					return err
				}
			}
		}
	}
}

func (o *output) parseRule(pkg, rule string, raw json.RawMessage) error {
	if len(raw) > 0 && raw[0] == '{' {
		var e jsonError
		if err := json.Unmarshal(raw, &e); err != nil {
			return err
		}
		o.gaps = append(o.gaps, Gap{Package: pkg, Rule: rule, Reason: fmt.Sprintf("rule %s failed on package %s: %s", rule, pkg, e.Err)})
		return nil
	}
	var list []jsonDiagnostic
	if err := json.Unmarshal(raw, &list); err != nil {
		return err
	}
	for _, d := range list {
		if d.Category == analyzers.InternalError {
			o.gaps = append(o.gaps, Gap{Package: pkg, Rule: rule, Reason: d.Message})
			continue
		}
		if d.Category == analyzers.Note {
			o.notes += d.Posn + ": " + d.Message + "\n"
			continue
		}
		o.findings = append(o.findings, d.finding(pkg))
	}
	return nil
}

func (d *jsonDiagnostic) finding(pkg string) finding.Finding {
	f := finding.Finding{
		Package: pkg,
		Pos:     parsePosition(d.Posn),
		End:     parsePosition(d.End),
		Message: d.Message,
	}
	f.Rule, f.Level = analyzers.ParseCategory(d.Category)
	for _, r := range d.Related {
		f.Related = append(f.Related, finding.Related{Pos: parsePosition(r.Posn), End: parsePosition(r.End), Message: r.Message})
	}
	for _, x := range d.Fixes {
		fix := finding.Fix{Message: x.Message}
		for _, e := range x.Edits {
			fix.Edits = append(fix.Edits, finding.Edit{Filename: e.Filename, Start: e.Start, End: e.End, New: e.New})
		}
		f.Fixes = append(f.Fixes, fix)
	}
	return f
}

// parsePosition is the inverse of [token.Position.String]. The name of the
// file may hold colons; line and column may be missing.
func parsePosition(s string) token.Position {
	var p token.Position
	rest, last := cutNumber(s)
	if last == 0 {
		p.Filename = s
		return p
	}
	if name, line := cutNumber(rest); line > 0 {
		p.Filename, p.Line, p.Column = name, line, last
	} else {
		p.Filename, p.Line = rest, last
	}
	return p
}

// cutNumber splits "name:7" into "name" and 7; the number is 0 where s does
// not end in one.
func cutNumber(s string) (rest string, n int) {
	i := strings.LastIndexByte(s, ':')
	if i < 0 {
		return s, 0
	}
	n, err := strconv.Atoi(s[i+1:])
	if err != nil || n < 1 {
		return s, 0
	}
	return s[:i], n
}
