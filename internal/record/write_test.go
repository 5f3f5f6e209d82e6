package record

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/pprof/profile"

	"github.com/mapdiag/mapdiag/internal/sites"
)

func TestFiles(t *testing.T) {
	for in, want := range map[string]string{"mapdiag": "mapdiag", "a/b.json": "a/b", "a/b.pb.gz": "a/b", "v1.2": "v1.2"} {
		if j, p := Files(in); j != want+".json" || p != want+".pb.gz" {
			t.Errorf("Files(%s) = %s, %s", in, j, p)
		}
	}
}

func TestWrite(t *testing.T) {
	dir := t.TempDir()
	p := &sites.Profile{Module: "example.com/m", Packages: []sites.Package{{Path: "example.com/m", Sites: []sites.Site{{Makes: 3}}}}}
	for _, name := range []string{"m", "m.json", "m.pb.gz"} { // three times the same files
		if err := Write(filepath.Join(dir, name), p); err != nil {
			t.Fatal(err)
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if !slices.Equal(names, []string{"m.json", "m.pb.gz"}) {
		t.Errorf("the folder holds %v", names)
	}
	f, err := os.Open(filepath.Join(dir, "m.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if q, err := sites.Read(f, "m.json"); err != nil || q.Module != p.Module {
		t.Errorf("%+v, %v", q, err)
	}
	g, err := os.Open(filepath.Join(dir, "m.pb.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	if q, err := profile.Parse(g); err != nil || len(q.Sample) != 1 || q.Sample[0].Value[0] != 3 {
		t.Errorf("%v, %v", q, err)
	}
}

func TestWriteFolder(t *testing.T) {
	name := filepath.Join(t.TempDir(), ".mapdiag/profile")
	for range 2 {
		if err := Write(name, &sites.Profile{}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.Stat(name + JSON); err != nil {
		t.Error(err)
	}
}

// TestWriteRefuses wants an error that names the file, and nothing to be touched.
func TestWriteRefuses(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	write("package.json", `{"name": "x"}`)
	write("empty.json", "")
	write("old.json", `{"schema": "mapdiag/profile/0"}`)
	write("file", "")
	if err := os.Mkdir(filepath.Join(dir, "folder.json"), 0o777); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"package":     "package.json is there and no profile",
		"folder":      "folder.json cannot be written",
		"no/such/dir": "dir.pb.gz cannot be written: no such file or directory; -o names another place",
		"file/x":      "x.json cannot be written: not a directory",
	} {
		if err := Write(filepath.Join(dir, name), &sites.Profile{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
	}
	if data, err := os.ReadFile(filepath.Join(dir, "package.json")); err != nil || string(data) != `{"name": "x"}` {
		t.Errorf("package.json holds %q, %v", data, err)
	}
	if _, err := os.Stat(filepath.Join(dir, "package.pb.gz")); err == nil {
		t.Error("there is half of a profile")
	}
	for _, name := range []string{"empty", "old"} {
		if err := Write(filepath.Join(dir, name), &sites.Profile{}); err != nil {
			t.Error(err)
		}
	}
}

// TestWriteReadOnly needs a user whom permissions hold back.
func TestWriteReadOnly(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root writes everywhere")
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	if err := Write(filepath.Join(dir, "m"), &sites.Profile{}); err == nil || !strings.Contains(err.Error(), "m.pb.gz cannot be written: permission denied") {
		t.Error(err)
	}
}
