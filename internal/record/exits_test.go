package record_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/mapdiag/mapdiag/internal/record"
	"github.com/mapdiag/mapdiag/internal/record/raw"
)

// TestExits compares a recorded program with the same one that is built as usual: in whatever way it
// ends, it prints the same, ends the same and leaves what it recorded.
func TestExits(t *testing.T) {
	const dir = "testdata/exits"
	exe := build(t, record.Options{Dir: dir})
	plain := filepath.Join(t.TempDir(), "program")
	goBuild(t, dir, os.Environ(), plain, nil)
	for _, test := range []struct {
		how    string
		env    string
		exited bool
		files  int
	}{
		{how: "return", exited: true, files: 1},
		{how: "exit", exited: true, files: 1},
		{how: "deadlock", files: 1},
		{how: "panic", files: 1},
		{how: "panic", env: "GOTRACEBACK=system", files: 1},
		{how: "finalizers", exited: true, files: 1},
		{how: "child", files: 3}, // the child, and the parent before and after it executes itself
		{how: "descriptor", exited: true, files: 1},
		{how: "signal", exited: true, files: 1},
		{how: "goroutines", exited: true, files: 1},
		{how: "goroutines", env: "GOGC=1", exited: true, files: 1},
		{how: "goroutines", env: "GODEBUG=gccheckmark=1", exited: true, files: 1},
		{how: "goroutines", env: "GODEBUG=clobberfree=1", exited: true, files: 1},
	} {
		t.Run(test.how+test.env, func(t *testing.T) {
			records := t.TempDir()
			want := end(t, plain, test.how, test.env)
			got := end(t, exe, test.how, test.env, record.DirEnv+"="+records)
			if got != want {
				t.Errorf("recorded:\n%s\nas usual:\n%s", got, want)
			}
			files, _ := filepath.Glob(filepath.Join(records, "*.raw"))
			if len(files) != test.files {
				t.Fatalf("%d files, want %d", len(files), test.files)
			}
			for _, file := range files {
				p, err := raw.Read(file)
				if err != nil {
					t.Fatal(err)
				}
				if test.files == 1 && p.Exited != test.exited || p.Lost != 0 {
					t.Errorf("exited %t, lost %d", p.Exited, p.Lost)
				}
				if n := madeBy(p, "main.makes"); n != 1000 {
					t.Errorf("%d makes, want 1000", n)
				}
				if test.how == "goroutines" && madeBy(p, "main.main.func") != 100_000 {
					t.Errorf("%d makes in goroutines, want 100000", madeBy(p, "main.main.func"))
				}
			}
		})
	}
}

func madeBy(p *raw.Process, fn string) uint64 {
	n := uint64(0)
	for _, s := range p.Sites {
		if len(s.Stack) > 0 && strings.HasPrefix(s.Stack[0].Func, fn) {
			n += s.Made.Sum()
		}
	}
	return n
}

var varies = regexp.MustCompile(`0x[0-9a-f]+|[+]0x\S+|goid=\d+|\bm=\d+|/\S*/program|rsp|gp=\S+|goroutine \d+`)

// end runs a program and describes how it ended. Addresses are left out, and so are goroutines of the
// runtime that may or may not have started.
func end(t *testing.T, exe, how string, env ...string) string {
	t.Helper()
	cmd := exec.Command(exe, how)
	cmd.Env = append(os.Environ(), env...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	trace := strings.SplitN(stderr.String(), "\n\ngoroutine ", 3)
	trace = trace[:min(len(trace), 2)]
	return cmd.ProcessState.String() + "\n" + stdout.String() + varies.ReplaceAllString(strings.Join(trace, "\n"), "…")
}

// TestKilled reads what a program records while it runs, and after it was killed.
func TestKilled(t *testing.T) {
	exe := build(t, record.Options{Dir: "testdata/exits"})
	records := t.TempDir()
	cmd := exec.Command(exe, "wait")
	cmd.Env = append(os.Environ(), record.DirEnv+"="+records)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait()
	defer cmd.Process.Kill()
	if _, err := out.Read(make([]byte, 100)); err != nil {
		t.Fatal(err)
	}
	for _, when := range []string{"while it runs", "after it was killed"} {
		files, _ := filepath.Glob(filepath.Join(records, "*.raw"))
		if len(files) != 1 {
			t.Fatalf("%d files", len(files))
		}
		p, err := raw.Read(files[0])
		if err != nil {
			t.Fatal(err)
		}
		if n := madeBy(p, "main.makes"); n != 1000 || p.Exited || p.PID != cmd.Process.Pid {
			t.Errorf("%s: %d makes, exited %t, pid %d", when, n, p.Exited, p.PID)
		}
		cmd.Process.Signal(syscall.SIGKILL)
		cmd.Wait()
	}
}

// TestNowhere runs a program that cannot record: it runs as it would.
func TestNowhere(t *testing.T) {
	exe := build(t, record.Options{Dir: "testdata/exits"})
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{"", "/nonexistent/folder", file, "relative", strings.Repeat("/long", 1000)} {
		if got, want := end(t, exe, "exit", record.DirEnv+"="+dir), "exit status 7\n"; got != want {
			t.Errorf("recording to %.40q: %q, want %q", dir, got, want)
		}
	}
	// A limit for the size of files is one that must not be run into: that is a signal.
	records := t.TempDir()
	cmd := exec.Command("sh", "-c", "ulimit -f 1; exec "+exe+" exit")
	cmd.Env = append(os.Environ(), record.DirEnv+"="+records)
	if err := cmd.Run(); cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != 7 {
		t.Errorf("with a limit for files: %v", err)
	}
	if files, _ := os.ReadDir(records); len(files) != 0 {
		t.Errorf("with a limit for files: %v is left", files)
	}
}

// TestRecordDir has a program record to where it was built to.
func TestRecordDir(t *testing.T) {
	records := filepath.Join(t.TempDir(), "with a blank")
	if err := os.Mkdir(records, 0o777); err != nil {
		t.Fatal(err)
	}
	exe := build(t, record.Options{Dir: "testdata/exits", RecordDir: records, Build: "that's it", Flags: []string{"-ldflags", "-s -w"}})
	end(t, exe, "return", record.DirEnv+"=")
	files, _ := filepath.Glob(filepath.Join(records, "*.raw"))
	if len(files) != 1 {
		t.Fatalf("%d files", len(files))
	}
	if p, err := raw.Read(files[0]); err != nil || p.Build != "that's it" || madeBy(p, "main.makes") != 1000 {
		t.Errorf("%+v, %v", p, err)
	}
}

// TestAccess counts look-ups and inserts, by a sample of one in ten.
func TestAccess(t *testing.T) {
	config := defaultConfig
	config.Access = 10
	exe := build(t, record.Options{Dir: "testdata/work", Config: config})
	p, _ := run(t, exe, "lookup-int")
	var reads, writes uint64
	for _, s := range p.Sites {
		if s.Type == "map[int]int" {
			reads, writes = reads+s.Reads, writes+s.Writes
		}
	}
	if p.Access != 10 || reads < 1_000_000 || writes < 5000 || writes > 15_000 {
		t.Errorf("one in %d: %d look-ups, %d inserts; want more than a million, and about 10000", p.Access, reads, writes)
	}
}
