package record_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/mapdiag/mapdiag/internal/record"
)

// BenchmarkRecorded tells what recording costs: the time of one operation in a program that is recorded, as
// a multiple of that in the same program built as usual. Both run in turn, b.N times each; the ratio is that of
// the least times, which other work on the machine does not reach. Run it with -benchtime 9x.
func BenchmarkRecorded(b *testing.B) {
	const dir = "testdata/work"
	exe := build(b, record.Options{Dir: dir})
	plain := filepath.Join(b.TempDir(), "plain")
	goBuild(b, dir, os.Environ(), plain, nil)
	for _, work := range []string{
		"lookup-int", "lookup-string", "insert-int", "insert-string", "fill-1000", "churn-int",
		"make-1", "make-8", "make-16", "make-16-hint", "make-16-string", "make-16-string-hint", "make-16-struct-hint",
		"make-100", "make-100-hint", "make-16-parallel",
	} {
		b.Run(work, func(b *testing.B) {
			var plainTimes, times []float64
			for range b.N {
				plainTimes = append(plainTimes, nanoseconds(b, plain, work, ""))
				times = append(times, nanoseconds(b, exe, work, b.TempDir()))
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(slices.Min(times)/slices.Min(plainTimes), "ratio")
			b.ReportMetric(slices.Min(plainTimes), "plain-ns")
		})
	}
}

// BenchmarkTypecheck does the same for the time of processors that a real program takes. Its ratio is the
// median of those of the pairs.
func BenchmarkTypecheck(b *testing.B) {
	const dir = "testdata/typecheck"
	exe := build(b, record.Options{Dir: dir})
	plain := filepath.Join(b.TempDir(), "plain")
	goBuild(b, dir, os.Environ(), plain, nil)
	var ratios []float64
	for range b.N {
		before := nanoseconds(b, plain, "", "")
		ratios = append(ratios, nanoseconds(b, exe, "", b.TempDir())/before)
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(median(ratios), "ratio")
}

// nanoseconds runs a program that prints how long its work took.
func nanoseconds(b *testing.B, exe, work, dir string) float64 {
	cmd := exec.Command(exe, work)
	cmd.Env = append(os.Environ(), record.DirEnv+"="+dir)
	out, err := cmd.Output()
	if err != nil {
		b.Fatal(err)
	}
	ns, err := strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
	if err != nil {
		b.Fatal(err)
	}
	return ns
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}
