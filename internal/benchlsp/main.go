// Lspbench measures how soon mapls shows a finding after an edit, beside gopls:
//
//	go run ./internal/benchlsp -dir ../prometheus -file tsdb/head.go
//
// It opens the file in each server in turn, after a start that warms the caches,
// and adds a function at its end that both find something in, then takes it out
// again, -n times; no two functions are the same, so that no cache holds the
// answer. It prints, for each server and as ratios:
//
//   - the time from the edit to the diagnostic, median and 95th percentile;
//   - the time from the start of the server to the first diagnostics of the file;
//   - the CPU time of the server and what it ran for a function put in and out;
//   - the peak memory of the server, without what it ran.
//
// Nothing is written to the module. It needs Linux.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/mapdiag/mapdiag/server/protocol"
)

func main() {
	dir := flag.String("dir", ".", "`folder` of the module")
	file := flag.String("file", "", "Go `file` to edit, below the folder")
	n := flag.Int("n", 20, "edits")
	mapls := flag.String("mapls", "", "mapls to measure (default: built from this module)")
	gopls := flag.String("gopls", "", "gopls to compare with (default: the one in PATH, if any)")
	patience := flag.Duration("patience", 2*time.Minute, "how long to wait for a diagnostic")
	flag.Parse()
	if err := run(*dir, *file, *n, *mapls, *gopls, *patience); err != nil {
		fmt.Fprintln(os.Stderr, "benchlsp:", err)
		os.Exit(1)
	}
}

func run(dir, file string, n int, mapls, gopls string, patience time.Duration) error {
	if file == "" || n < 1 {
		return fmt.Errorf("want -file, a Go file below -dir, and -n of 1 or more")
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		return err
	}
	if mapls == "" {
		tmp, err := os.MkdirTemp("", "benchlsp")
		if err != nil {
			return err
		}
		defer os.RemoveAll(tmp)
		mapls = filepath.Join(tmp, "mapls")
		if out, err := exec.Command("go", "build", "-o", mapls, "./cmd/mapls").CombinedOutput(); err != nil {
			return fmt.Errorf("building mapls: %v\n%s", err, out)
		}
	}
	if gopls == "" {
		gopls, _ = exec.LookPath("gopls")
	}
	b := bench{dir: dir, name: filepath.Join(dir, file), n: n, patience: patience}
	ours, err := b.measure(mapls, "map is made without its size, len(xs)")
	if err != nil || gopls == "" {
		if err == nil {
			fmt.Fprintln(os.Stderr, "benchlsp: gopls is not in PATH; nothing to compare with")
			print(ours, nil)
		}
		return err
	}
	theirs, err := b.measure(gopls, "self-assignment of n")
	if err == nil {
		print(ours, theirs)
	}
	return err
}

type bench struct {
	dir, name string
	n         int
	patience  time.Duration
}

// figures are what was measured of a server, in the order of rows.
type figures struct {
	p50, p95, first, cpu, memory float64 // ms, ms, ms, ms, MiB
}

// measure starts a server twice and measures the second one. Its diagnostic of the
// added function contains the given text.
func (b bench) measure(program, finds string) (*figures, error) {
	text, err := os.ReadFile(b.name)
	if err != nil {
		return nil, err
	}
	if program, err = filepath.Abs(program); err != nil { // it runs in the module
		return nil, err
	}
	fmt.Fprintf(os.Stderr, "benchlsp: %s\n", program)
	var s *server
	var first time.Duration
	for warm := range 2 {
		if s, first, err = b.open(program, text); err == nil {
			_, err = b.edits(s, text, finds, 1) // all has been loaded then
		}
		if err == nil && warm == 0 {
			err = s.stop()
		}
		if err != nil {
			return nil, err
		}
	}
	before, err := s.rest(b.patience)
	if err != nil {
		return nil, err
	}
	times, err := b.edits(s, text, finds, b.n)
	if err != nil {
		return nil, err
	}
	after, memory, err := usage(s.cmd.Process.Pid)
	if err != nil {
		return nil, err
	}
	slices.Sort(times)
	return &figures{
		p50: ms(times[(len(times)-1)/2]), p95: ms(times[(len(times)*95+99)/100-1]),
		first: ms(first), cpu: ms(after-before) / float64(b.n), memory: float64(memory) / (1 << 20),
	}, s.stop()
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// open starts a server and opens the file. It returns the time to its first
// diagnostics, which may be none.
func (b bench) open(program string, text []byte) (*server, time.Duration, error) {
	began := time.Now()
	ctx, cancel := context.WithTimeout(context.Background(), b.patience)
	defer cancel()
	s, err := start(ctx, program, b.dir, b.name)
	if err != nil {
		return nil, 0, err
	}
	err = s.notify(protocol.MethodDidOpen, &protocol.DidOpenTextDocumentParams{
		TextDocument: protocol.TextDocumentItem{URI: s.uri, LanguageID: "go", Version: s.version, Text: string(text)},
	})
	if err == nil {
		err = s.await(ctx, func([]protocol.Diagnostic) bool { return true })
	}
	return s, time.Since(began), err
}

// edits puts n functions into the file, one after the other, and takes them out.
// It returns how long each was not found.
func (b bench) edits(s *server, text []byte, finds string, n int) (times []time.Duration, err error) {
	found := func(list []protocol.Diagnostic) bool {
		return slices.ContainsFunc(list, func(d protocol.Diagnostic) bool { return strings.Contains(protocol.MessageOf(d), finds) })
	}
	gone := func(list []protocol.Diagnostic) bool { return !found(list) }
	change := func(from, to []byte, wanted func([]protocol.Diagnostic) bool) (time.Duration, error) {
		ctx, cancel := context.WithTimeout(context.Background(), b.patience)
		defer cancel()
		s.version++
		p := new(protocol.DidChangeTextDocumentParams)
		p.TextDocument.URI, p.TextDocument.Version = s.uri, s.version
		tail := protocol.NewMapper(from, protocol.UTF16).Range(len(text), len(from))
		p.ContentChanges = []protocol.ContentChange{&protocol.PartialChange{Range: tail, Text: string(to[len(text):])}}
		began := time.Now()
		err := s.notify(protocol.MethodDidChange, p)
		if err == nil {
			err = s.await(ctx, wanted)
		}
		return time.Since(began), err
	}
	unseen := time.Now().UnixNano() // no cache knows the text
	for range n {
		with := fmt.Appendf(slices.Clip(text), `
func benchlsp%d_%d(xs []string) map[string]int {
	n := len(xs)
	n = n
	m := make(map[string]int)
	for i, x := range xs {
		m[x] = i + n
	}
	return m
}
`, unseen, s.version)
		d, err := change(text, with, found)
		if err != nil {
			return nil, err
		}
		times = append(times, d)
		if _, err := change(with, text, gone); err != nil {
			return nil, err
		}
	}
	return times, nil
}

func print(ours, theirs *figures) {
	w := tabwriter.NewWriter(os.Stdout, 0, 8, 2, ' ', tabwriter.AlignRight)
	defer w.Flush()
	if theirs == nil {
		fmt.Fprintln(w, "\tmapls\t")
	} else {
		fmt.Fprintln(w, "\tmapls\tgopls\tgopls : mapls\t")
	}
	for _, row := range []struct {
		what string
		of   func(*figures) float64
	}{
		{"edit to diagnostic, median, ms", func(f *figures) float64 { return f.p50 }},
		{"edit to diagnostic, 95th percentile, ms", func(f *figures) float64 { return f.p95 }},
		{"start to first diagnostics, ms", func(f *figures) float64 { return f.first }},
		{"CPU for a function in and out, ms", func(f *figures) float64 { return f.cpu }},
		{"peak memory, MiB", func(f *figures) float64 { return f.memory }},
	} {
		fmt.Fprintf(w, "%s\t%.0f\t", row.what, row.of(ours))
		if theirs != nil {
			fmt.Fprintf(w, "%.0f\t%.1f\t", row.of(theirs), row.of(theirs)/row.of(ours))
		}
		fmt.Fprintln(w)
	}
}
