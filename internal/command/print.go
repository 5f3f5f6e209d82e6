package command

import (
	"bufio"
	"encoding/json"
	"fmt"
	"go/token"
	"os"
	"path/filepath"

	"github.com/mapdiag/mapdiag/internal/finding"
	"github.com/mapdiag/mapdiag/internal/sarif"
	"github.com/mapdiag/mapdiag/internal/version"
)

func (j *job) printText() error {
	w := bufio.NewWriter(j.stdout)
	for _, f := range j.findings {
		fmt.Fprintf(w, "%s: %s [%s]\n", j.place(f.Pos), f.Message, f.Rule)
		for _, r := range f.Related {
			fmt.Fprintf(w, "\t%s: %s\n", j.place(r.Pos), r.Message)
		}
	}
	return w.Flush()
}

func (j *job) place(at token.Position) string {
	at.Filename = j.short(at.Filename)
	return at.String()
}

func (j *job) printSARIF() error {
	log := &sarif.Log{
		Suite:    j.suite,
		Version:  version.Program(),
		Root:     repositoryRoot(j.dir),
		Findings: j.findings,
		Gaps:     j.result.Gaps,
		Files:    j.files,
	}
	for _, k := range j.keys {
		log.Fingerprints = append(log.Fingerprints, k.Fingerprint())
	}
	return log.Write(j.stdout)
}

// repositoryRoot returns the directory to which code scanning relates file
// names: the root of the repository around dir, else of the workspace or
// module, else dir.
func repositoryRoot(dir string) string {
	for _, mark := range []string{".git", "go.work", "go.mod"} {
		for d := dir; ; d = filepath.Dir(d) {
			if _, err := os.Stat(filepath.Join(d, mark)); err == nil {
				return d
			}
			if d == filepath.Dir(d) {
				break
			}
		}
	}
	return dir
}

// The document that -json prints. File names are relative to the directory
// of the run; lines and columns count from 1, columns in bytes.
type (
	jsonReport struct {
		Complete bool          `json:"complete"`
		Findings []jsonFinding `json:"findings"`
		LeftOut  []jsonGap     `json:"leftOut"`
	}
	jsonFinding struct {
		Rule     string `json:"rule"`
		Level    string `json:"level"`
		Severity string `json:"severity"`
		Package  string `json:"package"`
		jsonRange
		Message     string        `json:"message"`
		URL         string        `json:"url"`
		Fingerprint string        `json:"fingerprint"` // as in a SARIF log
		Related     []jsonRelated `json:"related,omitempty"`
		Fixes       []jsonFix     `json:"fixes,omitempty"`
	}
	jsonRange struct {
		File      string `json:"file"`
		Line      int    `json:"line"`
		Column    int    `json:"column"`
		EndLine   int    `json:"endLine,omitempty"`
		EndColumn int    `json:"endColumn,omitempty"`
	}
	jsonRelated struct {
		jsonRange
		Message string `json:"message"`
	}
	jsonFix struct {
		Message string     `json:"message"`
		Safe    bool       `json:"safe"` // whether -fix applies it
		Edits   []jsonEdit `json:"edits"`
	}
	jsonEdit struct { // replaces the bytes from start up to end
		File  string `json:"file"`
		Start int    `json:"start"`
		End   int    `json:"end"`
		New   string `json:"new"`
	}
	jsonGap struct {
		Package string `json:"package"`
		Tests   bool   `json:"testsOnly,omitempty"`
		Rule    string `json:"ruleOnly,omitempty"`
		Reason  string `json:"reason"`
	}
)

func (j *job) printJSON() error {
	report := jsonReport{
		Complete: len(j.result.Gaps) == 0,
		Findings: []jsonFinding{},
		LeftOut:  []jsonGap{},
	}
	for i, f := range j.findings {
		report.Findings = append(report.Findings, j.jsonFinding(f, j.keys[i].Fingerprint()))
	}
	for _, g := range j.result.Gaps {
		report.LeftOut = append(report.LeftOut, jsonGap(g))
	}
	enc := json.NewEncoder(j.stdout)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "\t")
	return enc.Encode(report)
}

func (j *job) jsonFinding(f finding.Finding, fingerprint string) jsonFinding {
	out := jsonFinding{
		Rule:        f.Rule,
		Level:       f.Level.String(),
		Package:     f.Package,
		jsonRange:   j.jsonRange(f.Pos, f.End),
		Message:     f.Message,
		Fingerprint: fingerprint,
	}
	safe := false
	if r := j.suite.Rule(f.Rule); r != nil {
		out.Severity, out.URL, safe = r.SeverityOf(f.Level).String(), r.Analyzer.URL, r.SafeFix
	}
	for _, r := range f.Related {
		out.Related = append(out.Related, jsonRelated{j.jsonRange(r.Pos, r.End), r.Message})
	}
	for i, x := range f.Fixes {
		fix := jsonFix{Message: x.Message, Safe: safe && i == 0, Edits: []jsonEdit{}}
		for _, e := range x.Edits {
			fix.Edits = append(fix.Edits, jsonEdit{j.short(e.Filename), e.Start, e.End, e.New})
		}
		out.Fixes = append(out.Fixes, fix)
	}
	return out
}

func (j *job) jsonRange(pos, end token.Position) jsonRange {
	return jsonRange{j.short(pos.Filename), pos.Line, pos.Column, end.Line, end.Column}
}
