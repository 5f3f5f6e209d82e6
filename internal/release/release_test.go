package main

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

const root = "../.."

// here returns the name of the platform that the tests run on.
func here(t *testing.T) string {
	for name, p := range platforms {
		if p.os == runtime.GOOS && p.arch == runtime.GOARCH {
			return name
		}
	}
	t.Skip("this platform has no release")
	return ""
}

// TestArchive packs the programs for this platform, unpacks and runs them.
func TestArchive(t *testing.T) {
	name := here(t)
	if runtime.GOOS == "windows" {
		t.Skip("it takes tar")
	}
	programs, err := commands(root)
	if err != nil || !slices.Contains(programs, "mapls") || !slices.Contains(programs, "mapvet") {
		t.Fatalf("the programs are %v, %v", programs, err)
	}
	dir := t.TempDir()
	file, err := archive(root, dir, name, "1.2.3", programs)
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.Join(dir, "mapdiag-"+name+"-1.2.3.tar.gz"); file != want {
		t.Errorf("the archive is %s, want %s", file, want)
	}
	if out, err := exec.Command("tar", "-xzf", file, "-C", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for program, flag := range map[string]string{"mapls": "-version", "mapvet": "version"} {
		out, err := exec.Command(filepath.Join(dir, "mapdiag-1.2.3", program), flag).Output()
		if got := strings.TrimSpace(string(out)); err != nil || got != program+" v1.2.3" {
			t.Errorf("%s says %q, %v", program, got, err)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "mapdiag-1.2.3", "LICENSE")); err != nil {
		t.Error(err)
	}
	notices, err := os.ReadFile(filepath.Join(dir, "mapdiag-1.2.3", noticesFile))
	if err != nil {
		t.Error(err)
	}
	for _, words := range []string{"\ngolang.org/x/tools v", "\ngithub.com/sourcegraph/jsonrpc2 v", "\nGo go1.", "The Go Authors"} {
		if !strings.Contains(string(notices), words) {
			t.Errorf("%s says nothing of %q", noticesFile, words)
		}
	}
	again, err := archive(root, t.TempDir(), name, "1.2.3", programs)
	if err != nil {
		t.Fatal(err)
	}
	first, _ := os.ReadFile(file)
	second, _ := os.ReadFile(again)
	if !bytes.Equal(first, second) {
		t.Error("the same sources make another archive")
	}
}

func TestZip(t *testing.T) {
	member := filepath.Join(t.TempDir(), "mapls.exe")
	if err := os.WriteFile(member, []byte("program"), 0o666); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := zipped(&b, "mapdiag-1.2.3", []string{member}); err != nil {
		t.Fatal(err)
	}
	r, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil || len(r.File) != 1 || r.File[0].Name != "mapdiag-1.2.3/mapls.exe" {
		t.Fatalf("%v, got %v", err, r.File)
	}
}

func TestSums(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"mapdiag-linux-x64-1.2.3.vsix", "mapdiag-linux-x64-1.2.3.tar.gz", "mapdiag-linux-x64-1.2.2.vsix", "notes.txt"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(name), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if err := sums(dir, "1.2.3"); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(dir, "SHA256SUMS"))
	want := ""
	for _, name := range []string{"mapdiag-linux-x64-1.2.3.tar.gz", "mapdiag-linux-x64-1.2.3.vsix"} {
		want += fmt.Sprintf("%x  %s\n", sha256.Sum256([]byte(name)), name)
	}
	if err != nil || string(got) != want {
		t.Errorf("%v, got\n%swant\n%s", err, got, want)
	}
}

func TestVersion(t *testing.T) {
	if v, err := versionOf(root); err != nil || !strings.Contains(v, ".") {
		t.Errorf("the version is %q, %v", v, err)
	}
	if err := run(root, "plan9-x64", t.TempDir(), []string{"mapls"}); err == nil || !strings.Contains(err.Error(), "linux-x64") {
		t.Errorf("an unknown platform gives %v", err)
	}
}
