package source_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mapdiag/mapdiag/internal/health/dump"
	"github.com/mapdiag/mapdiag/internal/health/source"
	"github.com/mapdiag/mapdiag/internal/record"
	"github.com/mapdiag/mapdiag/internal/sites"
	"github.com/mapdiag/mapdiag/mapstat"
)

const shop = "../../sites/testdata/shop.json"

func TestLoadProfile(t *testing.T) {
	p, err := source.LoadProfile(shop)
	if err != nil || p.Module != "example.com/shop" {
		t.Fatalf("%+v, %v", p, err)
	}
	l, err := source.LoadAny(t.Context(), shop, false)
	if err != nil || l.Profile == nil || l.Profile.Module != p.Module || l.Snapshots != nil {
		t.Errorf("%+v, %v", l, err)
	}
	if _, err := source.Load(t.Context(), shop, false); err == nil || !strings.Contains(err.Error(), "shop.json is a profile of recorded maps") {
		t.Errorf("as a snapshot: %v", err)
	}

	dir := t.TempDir()
	both := filepath.Join(dir, "both")
	if err := record.Write(both, p); err != nil {
		t.Fatal(err)
	}
	file := func(name, content string) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
		return path
	}
	gz, err := os.ReadFile(both + ".pb.gz")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(both + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var dumped bytes.Buffer
	if err := dump.Write(&dumped, []mapstat.Snapshot{snapshot(1)}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ file, want, any string }{
		{both + ".pb.gz", "want the profile in JSON, " + both + ".json", "in JSON, " + both + ".json"},
		{file("alone.pb.gz", string(gz)), "which recording writes beside it as " + dir + "/alone.json", "as profiles are"},
		{file("cut.json", string(text[:len(text)/2])), "cut.json is no mapdiag profile: it ends too early", "it ends too early"},
		{file("old.json", `{"schema":"mapdiag/profile/0","packages":[]}`), `its schema is "mapdiag/profile/0", wanted is "` + sites.Schema, "its schema is"},
		{file("snapshot.json", encode(t, snapshot(1))), "snapshot.json is a snapshot of live maps", ""},
		{file("x.mapdump", dumped.String()), "x.mapdump is a snapshot of live maps", ""},
		{file("foreign.json", `{"name":"x"}`), "foreign.json is no mapdiag profile", "no snapshot of maps"},
		{file("list.json", `[{"schema":"mapdiag/profile/1"}]`), "list.json is no mapdiag profile", "no snapshot of maps"},
		{file("text", "hello"), "text is no mapdiag profile", "neither a dump of mapdiag nor a snapshot"},
		{file("empty.json", ""), "empty.json is empty", "is empty"},
		{dir, "is a directory", "is a directory"},
		{"nothing.json", "there is no file nothing.json; a profile is", "there is no file nothing.json; a source is"},
	} {
		if _, err := source.LoadProfile(c.file); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.file, err, c.want)
		}
		_, err := source.LoadAny(t.Context(), c.file, false)
		if c.any == "" && err != nil || c.any != "" && (err == nil || !strings.Contains(err.Error(), c.any)) {
			t.Errorf("%s as any source: %v, want %q", c.file, err, c.any)
		}
	}
}
