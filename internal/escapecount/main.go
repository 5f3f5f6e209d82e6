// Escapecount measures how many of a module's maps internal/escape has a
// verdict for:
//
//	go run ./internal/escapecount [-v] [-facts] [-dir module] [packages]
//
// For each package it counts the makes and literals of maps in the syntax,
// runs and joins the escape analysis, and compares with the lines that the
// compiler printed, read here in another and simpler way. It prints the
// share with a verdict, the reasons of the rest, and what contradicts the raw
// output, which is to be nothing.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"go/token"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/tools/go/packages"

	"github.com/mapdiag/mapdiag/internal/escape"
	"github.com/mapdiag/mapdiag/internal/golist"
)

func main() {
	dir := flag.String("dir", ".", "directory of the module")
	verbose := flag.Bool("v", false, "print each package, and each make without a verdict")
	facts := flag.Bool("facts", false, "print all facts")
	flag.Parse()
	patterns := flag.Args()
	if len(patterns) == 0 {
		patterns = []string{"./..."}
	}
	if err := count(*dir, patterns, *verbose, *facts); err != nil {
		fmt.Fprintln(os.Stderr, "escapecount:", err)
		os.Exit(1)
	}
}

// A tally adds up packages.
type tally struct {
	verbose   bool
	facts     bool
	sites     int // makes and literals in the syntax
	verdicts  map[escape.Verdict]int
	kinds     map[escape.FactKind]int
	reasons   map[string]int
	problems  []string // contradictions to the raw output
	rawMaps   int      // verdicts on maps in the raw output
	skipped   int      // lines that were not understood
	run, load time.Duration
}

func count(dir string, patterns []string, verbose, facts bool) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	ctx := context.Background()
	list, err := golist.Match(ctx, dir, nil, patterns)
	if err != nil {
		return err
	}
	t := tally{
		verbose:  verbose,
		facts:    facts,
		verdicts: make(map[escape.Verdict]int),
		kinds:    make(map[escape.FactKind]int),
		reasons:  make(map[string]int),
	}
	for _, p := range list {
		if p.Error != nil {
			fmt.Printf("%s: left out: %v\n", p.ImportPath, p.Error)
			continue
		}
		if err := t.pkg(ctx, dir, p.ImportPath); err != nil {
			return fmt.Errorf("%s: %w", p.ImportPath, err)
		}
	}
	t.print(len(list))
	if len(t.problems) > 0 {
		return errors.New("the facts contradict the compiler's output")
	}
	return nil
}

func (t *tally) pkg(ctx context.Context, dir, path string) error {
	start := time.Now()
	cfg := escape.Config{Dir: dir, Package: path, Tests: true}
	report, err := escape.Run(ctx, cfg)
	if err != nil {
		return err
	}
	t.run += time.Since(start)
	t.skipped += report.Skipped
	start = time.Now()
	fset := token.NewFileSet()
	loaded, err := packages.Load(&packages.Config{
		Context: ctx, Dir: dir, Fset: fset, Tests: true,
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedSyntax | packages.NeedTypes | packages.NeedTypesInfo | packages.NeedTypesSizes | packages.NeedImports,
	}, path)
	if err != nil {
		return err
	}
	t.load += time.Since(start)
	raw, err := readRaw(ctx, cfg)
	if err != nil {
		return err
	}

	facts := make(map[string]escape.Fact) // by place: files are in several variants
	known := 0
	for _, p := range loaded {
		if strings.HasSuffix(p.ID, ".test") {
			continue
		}
		for _, f := range escape.Join(escape.Package{Fset: fset, Files: p.Syntax, Types: p.Types, Info: p.TypesInfo, Sizes: p.TypesSizes}, report) {
			place := fset.Position(f.Pos).String() + " " + f.Kind.String()
			if old, ok := facts[place]; ok && old.Verdict != f.Verdict {
				t.problem("%s: %v in one variant and %v in another", place, old.Verdict, f.Verdict)
			}
			facts[place] = f
		}
	}
	makes := make(map[string]bool)
	for _, p := range loaded {
		if !strings.HasSuffix(p.ID, ".test") {
			for _, file := range p.Syntax {
				countMakes(fset, file, p.TypesInfo, makes)
			}
		}
	}
	for place := range makes {
		if _, ok := facts[place]; !ok {
			t.problem("%s: no fact", place)
		}
	}
	for place, f := range facts {
		t.kinds[f.Kind]++
		if t.facts {
			fmt.Printf("%s: %s\n", place, f.Message)
			for _, s := range f.Steps {
				fmt.Printf("\t%v: %s\n", s.Pos, s.Text)
			}
		}
		if f.Kind != escape.Make && f.Kind != escape.Literal {
			continue
		}
		if !makes[place] {
			t.problem("%s: a fact where there is no map", place)
		}
		t.verdicts[f.Verdict]++
		if f.Verdict == escape.Unknown {
			t.reasons[f.Reason]++
			if t.verbose {
				fmt.Printf("%s: %s\n", place, f.Reason)
			}
		} else {
			known++
		}
	}
	t.sites += len(makes)
	t.compare(fset, facts, raw, dir, report)
	if t.verbose {
		fmt.Printf("%s: %d of %d\n", path, known, len(makes))
	}
	return nil
}

func (t *tally) problem(format string, args ...any) {
	t.problems = append(t.problems, fmt.Sprintf(format, args...))
}

func (t *tally) print(n int) {
	known := t.verdicts[escape.OnHeap] + t.verdicts[escape.OnStack]
	reasons := 0
	for _, n := range t.reasons {
		reasons += n
	}
	fmt.Printf("packages %d, makes and literals of maps %d\n", n, t.sites)
	if t.sites > 0 {
		fmt.Printf("verdict %d (%.2f %%): heap %d, stack %d\n", known, 100*float64(known)/float64(t.sites), t.verdicts[escape.OnHeap], t.verdicts[escape.OnStack])
		fmt.Printf("verdict or reason %.2f %%\n", 100*float64(known+reasons)/float64(t.sites))
	}
	for _, reason := range slices.SortedFunc(maps.Keys(t.reasons), func(a, b string) int { return t.reasons[b] - t.reasons[a] }) {
		fmt.Printf("unknown %d: %s\n", t.reasons[reason], reason)
	}
	for _, kind := range slices.Sorted(maps.Keys(t.kinds)) {
		fmt.Printf("facts %v: %d\n", kind, t.kinds[kind])
	}
	fmt.Printf("raw verdicts on maps %d, lines not understood %d\n", t.rawMaps, t.skipped)
	fmt.Printf("running %v, loading %v\n", t.run.Round(time.Millisecond), t.load.Round(time.Millisecond))
	for _, p := range t.problems {
		fmt.Println("PROBLEM", p)
	}
}

// readRaw returns what the compiler prints, line by line.
func readRaw(ctx context.Context, cfg escape.Config) ([]string, error) {
	cmd := exec.CommandContext(ctx, "go", cfg.Args()...)
	cmd.Dir = cfg.Dir
	var text strings.Builder
	cmd.Stderr = &text
	if err := cmd.Run(); err != nil && text.Len() == 0 {
		return nil, err
	}
	return strings.Split(text.String(), "\n"), nil
}
