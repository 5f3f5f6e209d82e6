package command

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/mapdiag/mapdiag/internal/baseline"
	"github.com/mapdiag/mapdiag/internal/golist"
	"github.com/mapdiag/mapdiag/internal/source"
)

// listFlags returns the build flags for a plain go list.
func (j *job) listFlags() []string {
	if j.overlay == "" {
		return j.buildFlags
	}
	return append([]string{"-overlay=" + j.overlay}, j.buildFlags...)
}

// saveBaseline is -write-baseline. What the run cannot judge stays: entries
// of packages and rules that are not part of it.
func (j *job) saveBaseline(ctx context.Context) error {
	name := j.baseline
	if name == "" {
		name = baseline.DefaultFile
	}
	file := source.Abs(j.dir, name)
	old, err := baseline.Read(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	set := make(baseline.Set, len(j.keys))
	if len(old) > 0 {
		judged, err := j.judged(ctx, old)
		if err != nil {
			return err
		}
		for k := range old {
			if !judged(k) {
				set[k] = true
			}
		}
	}
	for _, k := range j.keys {
		set[k] = true
	}
	if err := set.Write(file); err != nil {
		return err
	}
	fmt.Fprintf(j.stderr, "mapvet: wrote %s to %s; mapvet -baseline=%[2]s leaves them out\n",
		plural(len(set), "known finding", "known findings"), name)
	return nil
}

// printStale mentions entries of the baseline that stand for nothing any
// more: each would hide a finding that comes back.
func (j *job) printStale(ctx context.Context) error {
	missing := j.known.Missing(baseline.Keys(j.result.Findings, j.files))
	if len(missing) == 0 {
		return nil
	}
	judged, err := j.judged(ctx, missing)
	if err != nil {
		return err
	}
	var stale []baseline.Key
	for _, k := range missing.Keys() {
		if judged(k) {
			stale = append(stale, k)
		}
	}
	if len(stale) == 0 {
		return nil
	}
	fmt.Fprintf(j.stderr, "mapvet: %s found no more; mapvet -baseline=%s -write-baseline drops:\n",
		plural(len(stale), "known finding is", "known findings are"), j.baseline)
	for _, k := range stale {
		fmt.Fprintf(j.stderr, "\t%s\n", k)
	}
	return nil
}

// judged returns whether this run can say if the finding of a key exists: its
// rule is on, and its package was analysed or is gone.
func (j *job) judged(ctx context.Context, keys baseline.Set) (func(baseline.Key) bool, error) {
	known := make(map[string]bool, len(j.result.Packages)) // packages of which the run knows everything
	for _, p := range j.result.Packages {
		known[p.ImportPath] = true
	}
	var others []string
	for k := range keys {
		pkg := testedPackage(k.Package)
		if _, listed := known[pkg]; !listed {
			known[pkg] = false
			others = append(others, pkg)
		}
	}
	if len(others) > 0 {
		list, err := golist.Match(ctx, j.dir, j.listFlags(), others)
		if err != nil {
			return nil, err
		}
		for _, p := range list {
			known[p.ImportPath] = p.Dir == "" // there is no such package any more
		}
	}
	for _, g := range j.result.Gaps {
		known[g.Package], known[testedPackage(g.Package)] = false, false
	}
	return func(k baseline.Key) bool { return j.enabled(k.Rule) && known[testedPackage(k.Package)] }, nil
}
