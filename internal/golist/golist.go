// Package golist asks the go command which packages there are and what
// keeps some of them from being loaded.
package golist

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"
)

// A Package is what go list says about one package or test variant.
type Package struct {
	ImportPath     string // with " [p.test]" for a test variant
	Name           string
	Dir            string
	ForTest        string // the package under test, where this is a test variant
	DepOnly        bool   // matches no pattern, is only a dependency
	Standard       bool
	Export         string // the file with its export data, empty if it does not compile
	Module         *Module
	GoFiles        []string // without those that use cgo; names are relative to Dir
	CgoFiles       []string
	IgnoredGoFiles []string          // left out by build constraints
	Imports        []string          // as ImportPath
	ImportMap      map[string]string // what stands in the source → ImportPath, where they differ
	TestGoFiles    []string
	XTestGoFiles   []string
	Error          *Error
	DepsErrors     []*Error
}

// A Module is what go list says about the module of a package.
type Module struct {
	Path      string
	Version   string
	Main      bool
	Dir       string
	GoMod     string
	GoVersion string
	Replace   *Module // what is used in its place, if anything is
}

// An Error is why the go command cannot load a package.
type Error struct {
	ImportStack []string
	Pos         string // file:line:column, may be empty
	Err         string
}

func (e *Error) Error() string {
	if e.Pos == "" {
		return e.Err
	}
	return e.Pos + ": " + e.Err
}

// Load lists the packages that match the patterns, their test variants and
// all their dependencies, with the errors of those that cannot be loaded.
// It fails where the go command can list nothing at all.
func Load(ctx context.Context, dir string, buildFlags, patterns []string) ([]*Package, error) {
	return list(ctx, dir, []string{"-deps", "-test", "-json=ImportPath,Dir,ForTest,DepOnly,Standard,Module,Imports,TestGoFiles,XTestGoFiles,Error,DepsErrors"}, buildFlags, patterns)
}

// Match lists only the packages that match the patterns, without what they
// import. A package that does not exist has no Dir.
func Match(ctx context.Context, dir string, buildFlags, patterns []string) ([]*Package, error) {
	return list(ctx, dir, []string{"-find", "-json=ImportPath,Dir,Standard,Module,Error"}, buildFlags, patterns)
}

// Export lists like [Load], and builds what is needed for the export data of
// the packages.
func Export(ctx context.Context, dir string, buildFlags, patterns []string) ([]*Package, error) {
	return list(ctx, dir, []string{"-deps", "-test", "-export", "-json=ImportPath,Name,Dir,ForTest,DepOnly,Standard,Export,Module,GoFiles,CgoFiles,IgnoredGoFiles,Imports,ImportMap,Error,DepsErrors"}, buildFlags, patterns)
}

func list(ctx context.Context, dir string, listFlags, buildFlags, patterns []string) ([]*Package, error) {
	args := slices.Concat([]string{"list", "-e"}, listFlags, buildFlags, []string{"--"}, patterns)
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = dir
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	runErr := cmd.Run()

	var list []*Package
	for dec := json.NewDecoder(&stdout); ; {
		p := new(Package)
		if err := dec.Decode(p); err != nil {
			if !errors.Is(err, io.EOF) && runErr == nil {
				return nil, fmt.Errorf("reading the output of go list: %w", err)
			}
			break
		}
		list = append(list, p)
	}
	if runErr != nil && len(list) == 0 {
		if text := strings.TrimSpace(stderr.String()); text != "" {
			return nil, errors.New(text)
		}
		return nil, fmt.Errorf("go list: %w", runErr)
	}
	return list, nil
}
