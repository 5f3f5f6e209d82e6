// Package sarif writes findings as a SARIF 2.1.0 log, the form that GitHub
// code scanning, GitLab and many viewers read.
package sarif

import (
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/owenrumney/go-sarif/v2/sarif"

	"github.com/mapdiag/mapdiag/analyzers"
	"github.com/mapdiag/mapdiag/internal/finding"
	"github.com/mapdiag/mapdiag/internal/ruledoc"
	"github.com/mapdiag/mapdiag/internal/source"
	"github.com/mapdiag/mapdiag/internal/vet"
)

const (
	home = "https://github.com/mapdiag/mapdiag"
	// srcRoot is the name by which results refer to the root of the
	// repository; GitHub resolves it to its own copy.
	srcRoot = "%SRCROOT%"
	// fingerprint names our fingerprint and its version. GitHub's upload
	// action adds its own beside it and complains about values under its own
	// name that it did not compute.
	fingerprint = "mapvet/v1"
)

// A Log is what is written.
type Log struct {
	Suite        *analyzers.Suite
	Version      string // of mapvet, may be empty
	Root         string // absolute path of the root of the repository
	Findings     []finding.Finding
	Fingerprints []string // one for each finding
	Gaps         []vet.Gap
	Files        *source.Files
}

// Write writes the log.
func (l *Log) Write(w io.Writer) error {
	report, err := sarif.New(sarif.Version210)
	if err != nil {
		return err
	}
	report.AddRun(l.run())
	return report.PrettyWrite(w)
}

func (l *Log) run() *sarif.Run {
	run := sarif.NewRunWithInformationURI("mapvet", home)
	if l.Version != "" {
		run.Tool.Driver.Version = &l.Version
	}
	run.ColumnKind = "utf16CodeUnits"
	root := (&url.URL{Scheme: "file", Path: filepath.ToSlash(l.Root) + "/"}).String()
	run.OriginalUriBaseIDs = map[string]*sarif.ArtifactLocation{srcRoot: sarif.NewSimpleArtifactLocation(root)}

	index := make(map[string]int, len(l.Suite.Rules))
	for i, r := range l.Suite.Rules {
		index[r.Name] = i
		run.Tool.Driver.AddRule(descriptor(r))
	}
	for i, f := range l.Findings {
		run.AddResult(l.result(f, l.Suite.Rule(f.Rule), index[f.Rule], l.Fingerprints[i]))
	}
	run.Invocations = []*sarif.Invocation{l.invocation()}
	return run
}

func descriptor(r *analyzers.Rule) *sarif.ReportingDescriptor {
	summary, manual := ruledoc.Summary(r), ruledoc.Markdown(r)
	d := sarif.NewRule(r.Name)
	d.Name = &r.Name
	d.ShortDescription = sarif.NewMultiformatMessageString(summary)
	d.FullDescription = sarif.NewMultiformatMessageString(summary)
	d.HelpURI = &r.Analyzer.URL
	d.Help = sarif.NewMultiformatMessageString(ruledoc.Text(r)).WithMarkdown(manual)
	d.DefaultConfiguration = sarif.NewReportingConfiguration().WithLevel(level(r.Severity))
	kind := "correctness"
	if r.Cost {
		kind = "performance"
	}
	d.Properties = sarif.Properties{
		"tags":             []string{"maps", kind},
		"precision":        "high",
		"problem.severity": githubSeverity(r.Severity),
	}
	return d
}

// level returns the SARIF level of a severity.
func level(s analyzers.Severity) string {
	switch s {
	case analyzers.Error:
		return "error"
	case analyzers.Warning:
		return "warning"
	default:
		return "note"
	}
}

// githubSeverity returns the name under which GitHub shows a severity.
func githubSeverity(s analyzers.Severity) string {
	switch s {
	case analyzers.Error:
		return "error"
	case analyzers.Warning:
		return "warning"
	default:
		return "recommendation"
	}
}

func (l *Log) result(f finding.Finding, r *analyzers.Rule, index int, print string) *sarif.Result {
	res := sarif.NewRuleResult(f.Rule).WithMessage(sarif.NewTextMessage(text(f)))
	if r != nil {
		res.WithRuleIndex(index)
		severity := level(r.SeverityOf(f.Level))
		if f.Level == analyzers.Possible {
			severity = "note"
		}
		res.WithLevel(severity)
	}
	res.PartialFingerprints = map[string]any{fingerprint: print}
	res.Properties = sarif.Properties{"level": f.Level.String()}
	res.AddLocation(l.location(f.Pos.Filename, l.region(f)))
	for i, rel := range f.Related {
		loc := l.location(rel.Pos.Filename, l.region(finding.Finding{Pos: rel.Pos, End: rel.End}))
		res.AddRelatedLocation(loc.WithId(i + 1).WithMessage(sarif.NewTextMessage(rel.Message)))
	}
	for _, x := range f.Fixes {
		if fix := l.fix(x); fix != nil {
			res.AddFix(fix)
		}
	}
	return res
}

// text returns the message with links to the related locations: GitHub shows
// only those that the message refers to.
func text(f finding.Finding) string {
	var b strings.Builder
	b.WriteString(f.Message)
	escape := strings.NewReplacer(`\`, `\\`, `[`, `\[`, `]`, `\]`)
	for i, rel := range f.Related {
		fmt.Fprintf(&b, "\n[%s](%d)", escape.Replace(rel.Message), i+1)
	}
	return b.String()
}

func (l *Log) location(filename string, region *sarif.Region) *sarif.Location {
	return sarif.NewLocationWithPhysicalLocation(
		sarif.NewPhysicalLocation().WithArtifactLocation(l.artifact(filename)).WithRegion(region))
}

// artifact names a file relative to the root where it lies below it.
func (l *Log) artifact(filename string) *sarif.ArtifactLocation {
	rel, err := filepath.Rel(l.Root, filename)
	if err != nil || !filepath.IsLocal(rel) {
		return sarif.NewSimpleArtifactLocation((&url.URL{Scheme: "file", Path: filepath.ToSlash(filename)}).String())
	}
	return sarif.NewSimpleArtifactLocation((&url.URL{Path: filepath.ToSlash(rel)}).String()).WithUriBaseId(srcRoot)
}

func (l *Log) region(f finding.Finding) *sarif.Region {
	start := source.Place{Line: max(f.Pos.Line, 1), Column: max(f.Pos.Column, 1)}
	end := source.Place{Line: f.End.Line, Column: max(f.End.Column, 1)}
	if file, err := l.Files.Get(f.Pos.Filename); err == nil {
		start, end = file.Place(f.Pos.Line, f.Pos.Column), file.Place(f.End.Line, f.End.Column)
	}
	region := sarif.NewRegion().WithStartLine(start.Line).WithStartColumn(start.Column)
	if f.End.Line >= f.Pos.Line && f.End.Filename == f.Pos.Filename {
		region.WithEndLine(end.Line).WithEndColumn(end.Column)
	}
	return region
}

// fix converts a fix. It returns nil where a file cannot be read.
func (l *Log) fix(x finding.Fix) *sarif.Fix {
	fix := sarif.NewFix().WithDescriptionText(x.Message)
	changes := make(map[string]*sarif.ArtifactChange)
	for _, e := range x.Edits {
		file, err := l.Files.Get(e.Filename)
		if err != nil {
			return nil
		}
		change := changes[e.Filename]
		if change == nil {
			change = sarif.NewArtifactChange(l.artifact(e.Filename))
			changes[e.Filename] = change
			fix.ArtifactChanges = append(fix.ArtifactChanges, change)
		}
		start, end := file.PlaceAt(e.Start), file.PlaceAt(e.End)
		region := sarif.NewRegion().WithStartLine(start.Line).WithStartColumn(start.Column).
			WithEndLine(end.Line).WithEndColumn(end.Column)
		replacement := sarif.NewReplacement(region)
		if e.New != "" {
			replacement.WithInsertedContent(sarif.NewArtifactContent().WithText(e.New))
		}
		change.WithReplacement(replacement)
	}
	if len(fix.ArtifactChanges) == 0 {
		return nil
	}
	return fix
}

// invocation says whether the run was complete, and what it lacks.
func (l *Log) invocation() *sarif.Invocation {
	complete := len(l.Gaps) == 0
	inv := sarif.NewInvocation().WithExecutionSuccess(complete)
	for _, g := range l.Gaps {
		inv.AddTToolExecutionNotification(sarif.NewNotification().WithLevel("error").WithTextMessage(g.String()))
	}
	return inv
}
