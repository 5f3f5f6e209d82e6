package protocol

import (
	"path"
	"strings"
	"testing"
)

func TestFileURI(t *testing.T) {
	for _, tt := range []struct {
		windows bool
		name    string
		uri     string // empty if it is refused
		back    string // if not name
	}{
		{false, "/a/b.go", "file:///a/b.go", ""},
		{false, "/", "file:///", ""},
		{false, "/a b/c#d?e%20.go", "file:///a%20b/c%23d%3Fe%2520.go", ""},
		{false, "/é/漢😀.go", "file:///%C3%A9/%E6%BC%A2%F0%9F%98%80.go", ""},
		{false, "/a/../b//c.go", "file:///b/c.go", "/b/c.go"},
		{false, "//a//b.go", "file:///a/b.go", "/a/b.go"},
		{false, `/a\b:c&d+e=f@g.go`, "file:///a%5Cb%3Ac%26d%2Be%3Df%40g.go", ""},
		{false, "/c:/a.go", "file:///c%3A/a.go", ""},
		{false, "/C:/a.go", "", ""},
		{false, "/C:", "", ""},
		{false, "/C:0", "", ""},
		{false, "/Ca/a.go", "file:///Ca/a.go", ""},
		{false, "a.go", "", ""},
		{false, "", "", ""},
		{false, "/a\x00b", "", ""},
		{false, "/a\xffb", "", ""},
		{true, `C:\a b\c.go`, "file:///c%3A/a%20b/c.go", ""},
		{true, `c:/a/c.go`, "file:///c%3A/a/c.go", `C:\a\c.go`},
		{true, `C:\`, "file:///c%3A/", ""},
		{true, `C:\a\..\b\.\c.go`, "file:///c%3A/b/c.go", `C:\b\c.go`},
		{true, `\\host\share\c.go`, "file://host/share/c.go", ""},
		{true, `C:a.go`, "", ""},
		{true, `\a.go`, "", ""},
		{true, `a.go`, "", ""},
		{true, `\\`, "", ""},
		{true, `\\\a`, "", ""},
	} {
		u, err := fileURI(tt.name, tt.windows)
		if string(u) != tt.uri || (err != nil) != (tt.uri == "") {
			t.Errorf("the URI of %q is %q, %v, want %q", tt.name, u, err, tt.uri)
			continue
		}
		if err != nil {
			continue
		}
		if parsed, err := ParseURI(string(u)); err != nil || parsed != u {
			t.Errorf("the URI of %q is read as %q, %v", tt.name, parsed, err)
		}
		want := tt.back
		if want == "" {
			want = tt.name
		}
		if name, ok := filename(u, tt.windows); !ok || name != want {
			t.Errorf("%q stands for %q, %v, want %q", u, name, ok, want)
		}
	}
}

func TestFilename(t *testing.T) {
	for _, tt := range []struct {
		windows bool
		uri     string
		name    string // empty if it is no file
	}{
		{false, "file:///a/b.go", "/a/b.go"},
		{false, "file:/a/b.go", "/a/b.go"},
		{false, "file://localhost/a/b.go", "/a/b.go"},
		{false, "file:///a%2fb.go", "/a/b.go"},
		{false, "file:///a+b.go", "/a+b.go"},
		{false, "FILE:///a/b.go", ""},
		{false, "file://host/a/b.go", ""},
		{false, "file:///a/b.go?x=1", ""},
		{false, "file:///a/b.go#L3", ""},
		{false, "file:///a%00b.go", ""},
		{false, "untitled:Untitled-1", ""},
		{false, "untitled:/a/b.go", ""},
		{false, "git:/a/b.go?%7B%22ref%22%3A%22~%22%7D", ""},
		{false, "vscode-notebook-cell:/a/b.ipynb#W0", ""},
		{false, "https://example.org/a.go", ""},
		{true, "file:///c%3A/a/b.go", `C:\a\b.go`},
		{true, "file:///C:/a/b.go", `C:\a\b.go`},
		{true, "file://host/share/b.go", `\\host\share\b.go`},
		{true, "file:///a/b.go", ""},
		{true, "untitled:C:/a.go", ""},
	} {
		u, err := ParseURI(tt.uri)
		if err != nil {
			t.Errorf("%s: %v", tt.uri, err)
			continue
		}
		if name, ok := filename(u, tt.windows); name != tt.name && ok || ok != (tt.name != "") {
			t.Errorf("%q stands for %q, %v, want %q", tt.uri, name, ok, tt.name)
		}
	}
	if name, ok := Filename("file:///%2e%2e/a/./b.go"); !ok || name != "/a/b.go" {
		t.Errorf("a path with dots is %q, %v", name, ok)
	}
}

func FuzzFileURI(f *testing.F) {
	for _, s := range []string{"/a b", "/%20", "//x", "/c:/d", "/C:/d", "/é"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		u, err := fileURI(name, false)
		if err != nil {
			if strings.HasPrefix(name, "/") && name == strings.ToValidUTF8(name, "") && !strings.ContainsAny(name, "\x00:") {
				t.Fatalf("%q: %v", name, err)
			}
			return
		}
		if back, ok := filename(u, false); !ok || back != path.Clean(name) {
			t.Fatalf("%q became %q became %q, %v", name, u, back, ok)
		}
		if parsed, err := ParseURI(string(u)); err != nil || parsed != u {
			t.Fatalf("%q became %q, read as %q, %v", name, u, parsed, err)
		}
	})
}

func FuzzFilename(f *testing.F) {
	for _, s := range []string{"file:///a", "untitled:x", "::%zz", "", "file://h/c%3A/x", "file:///%ff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		u, err := ParseURI(s)
		if err != nil {
			return
		}
		for _, windows := range []bool{false, true} {
			if name, ok := filename(u, windows); ok && (strings.Contains(name, "\x00") || !windows && name[0] != '/') {
				t.Fatalf("%q stands for %q", s, name)
			}
		}
	})
}
