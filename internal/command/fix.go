package command

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/diff"

	"github.com/mapdiag/mapdiag/internal/finding"
	"github.com/mapdiag/mapdiag/internal/fix"
)

// maxRounds bounds how often -fix analyses again for the sake of fixes that
// overlapped others. Two rounds suffice for nearly all code.
const maxRounds = 10

// applyFixes is -fix.
func (j *job) applyFixes(ctx context.Context) (int, error) {
	changed := make(map[string]bool)
	applied, remaining := 0, 0
	for range maxRounds {
		if err := j.analyse(ctx); err != nil {
			return 0, err
		}
		plan := j.plan()
		for _, f := range plan.Files {
			if err := j.write(f); err != nil {
				return 0, err
			}
			changed[f.Name] = true
		}
		n := plan.Count()
		applied, remaining = applied+n, len(j.findings)-n
		if plan.Clashes == 0 || n == 0 {
			break
		}
	}
	fmt.Fprintf(j.stderr, "mapvet: applied %s to %s\n", plural(applied, "fix", "fixes"), plural(len(changed), "file", "files"))
	j.printRemaining(remaining)
	j.printGaps()
	return j.exitCode(remaining), nil
}

// printDiff is -diff.
func (j *job) printDiff() error {
	plan := j.plan()
	for _, f := range plan.Files {
		a, b := f.Name, f.Name
		if name := j.short(f.Name); !filepath.IsAbs(name) {
			a, b = "a/"+filepath.ToSlash(name), "b/"+filepath.ToSlash(name)
		}
		if _, err := j.stdout.Write(diff.Diff(a, f.Before, b, f.After)); err != nil {
			return err
		}
	}
	if plan.Clashes > 0 {
		fmt.Fprintf(j.stderr, "mapvet: %s not shown, overlapping others\n", plural(plan.Clashes, "fix is", "fixes are"))
	}
	j.printRemaining(len(j.findings) - plan.Count() - plan.Clashes)
	return nil
}

func (j *job) printRemaining(n int) {
	if n > 0 {
		fmt.Fprintf(j.stderr, "mapvet: %s no fix that is safe to apply unseen; without -fix or -diff mapvet lists all findings\n",
			plural(n, "finding has", "findings have"))
	}
}

// plan collects the safe fixes, of code that is the user's to change.
func (j *job) plan() *fix.Plan {
	foreign := make(map[string]bool)
	for _, p := range j.result.Packages {
		if p.Standard && strings.HasPrefix(p.ImportPath, "vendor/") || p.Module != nil && !p.Module.Main {
			foreign[p.ImportPath] = true
		}
	}
	plan := fix.Make(j.findings, func(f finding.Finding) bool {
		r := j.suite.Rule(f.Rule)
		return r != nil && r.SafeFix && !foreign[f.Package] && !foreign[testedPackage(f.Package)]
	}, j.files)
	for _, err := range plan.Broken {
		fmt.Fprintf(j.stderr, "mapvet: %v\n", err)
	}
	return plan
}

// write replaces a file, unless it changed after the fixes were computed from
// the content that it had.
func (j *job) write(f fix.File) error {
	info, err := os.Stat(f.Name)
	if err != nil {
		return err
	}
	if info.ModTime().After(j.started) {
		return fmt.Errorf("%s changed while it was analysed and is not fixed; run mapvet -fix again", j.short(f.Name))
	}
	return os.WriteFile(f.Name, f.After, info.Mode().Perm())
}

// testedPackage returns the import path of the package to which a package of
// external tests belongs.
func testedPackage(path string) string { return strings.TrimSuffix(path, "_test") }

// plural returns a count with the noun in the right number.
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
