package server_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// fill is a function that sizehint reports, in its second line.
func fill(name string) string {
	return "func " + name + "(xs []string) map[string]bool {\n\tm := make(map[string]bool)\n\tfor _, x := range xs {\n\t\tm[x] = true\n\t}\n\treturn m\n}\n"
}

// simple is a module of two packages with a finding each.
func simple(t *testing.T) string {
	return module(t, "-- a/a.go --\npackage a\n\n"+fill("F")+"-- b/b.go --\npackage b\n\n"+fill("G"))
}

func TestWholeWorkspace(t *testing.T) {
	t.Parallel()
	dir := simple(t)
	a, b := filepath.Join(dir, "a/a.go"), filepath.Join(dir, "b/b.go")
	c := connect(t, config{dirs: []string{dir}})
	c.expect(b, "4 sizehint")
	c.expect(a, "4 sizehint")
	if c.log[0].Version != nil {
		t.Error("a version of a file that is not open")
	}
	c.open(a)
	c.await("the file's findings, with its version", func() bool { p := c.shown[uriOf(a)]; return p.Version != nil && *p.Version == 1 })
	c.change(a, "package a\n")
	c.expect(a)
	c.close(a)
	c.expect(a, "4 sizehint") // what is on disk counts again
}

func TestOpenPackagesAndOff(t *testing.T) {
	t.Parallel()
	dir := module(t, "-- a/a.go --\npackage a\n\n"+fill("F")+"-- a/more.go --\npackage a\n\n"+fill("M")+"-- b/b.go --\npackage b\n\n"+fill("G"))
	a, more, b := filepath.Join(dir, "a/a.go"), filepath.Join(dir, "a/more.go"), filepath.Join(dir, "b/b.go")
	c := connect(t, config{dirs: []string{dir}, answers: object{"workspaceDiagnostics": "openPackages"}})
	c.open(a)
	c.expect(a, "4 sizehint")
	c.expect(more, "4 sizehint")
	c.configure(object{"workspaceDiagnostics": "off"})
	c.expect(more)
	c.expect(a, "4 sizehint")
	c.expect(b)
	c.configure(object{"workspaceDiagnostics": "all"})
	c.expect(more, "4 sizehint")
	c.expect(b, "4 sizehint")
	c.configure(object{"workspaceDiagnostics": "openPackages"})
	c.expect(b)
	c.close(a)
	c.expect(a)
	c.expect(more)
}

func TestSettingsChange(t *testing.T) {
	t.Parallel()
	dir := simple(t)
	a, b := filepath.Join(dir, "a/a.go"), filepath.Join(dir, "b/b.go")
	c := connect(t, config{dirs: []string{dir}, answers: object{"rules": object{"sizehint": object{"enabled": false}}}})
	c.open(a)
	c.settle()
	c.expect(a)
	if list := c.actions(a, span{position{0, 0}, position{8, 0}}); len(list) > 0 {
		t.Errorf("actions for a rule that is off: %s", raw(list))
	}
	for _, p := range c.log {
		if len(p.Diagnostics) > 0 {
			t.Errorf("a rule that is off showed %s", raw(p))
		}
	}
	c.configure(nil)
	c.expect(a, "4 sizehint")
	c.expect(b, "4 sizehint")
	c.configure(object{"rules.sizehint.enabled": false})
	c.expect(a)
	c.expect(b)
	c.configure(object{"rules": object{"sizehint": object{"level": "certain"}}})
	c.settle()
	c.configure(object{"rules": object{"sizehint": object{"level": "possible"}}})
	c.expect(a, "4 sizehint")
}

func TestSettingsProblems(t *testing.T) {
	t.Parallel()
	dir := simple(t)
	wrong := object{"workspaceDiagnostic": "all", "tests": "yes", "buildFlags": []any{1}}
	c := connect(t, config{dirs: []string{dir}, answers: wrong})
	c.expect(filepath.Join(dir, "a/a.go"), "4 sizehint")
	c.configure(wrong)
	c.settle()
	c.configure(wrong)
	c.settle()
	var texts []string
	for _, m := range c.messages("window/showMessage") {
		var p struct {
			Type    int
			Message string
		}
		if err := json.Unmarshal(m.Params, &p); err != nil || p.Type != 2 {
			t.Errorf("%v in %s", err, m.Params)
		}
		texts = append(texts, p.Message)
	}
	if len(texts) != 1 {
		t.Fatalf("want one message, not %q", texts)
	}
	for _, part := range []string{"mapdiag.workspaceDiagnostic: there is no such setting", "mapdiag.tests: want a value of type boolean, not a string", "mapdiag.buildFlags: want an array of strings"} {
		if !strings.Contains(texts[0], part) {
			t.Errorf("%q does not say %q", texts[0], part)
		}
	}
}

func TestFolders(t *testing.T) {
	t.Parallel()
	one, two := simple(t), simple(t)
	c := connect(t, config{dirs: []string{one}})
	a := filepath.Join(two, "a/a.go")
	c.expect(filepath.Join(one, "a/a.go"), "4 sizehint")
	c.notify("workspace/didChangeWorkspaceFolders", object{"event": object{"added": c.folders(two), "removed": []object{}}})
	c.expect(a, "4 sizehint")
	c.notify("workspace/didChangeWorkspaceFolders", object{"event": object{"added": []object{}, "removed": c.folders(one)}})
	c.expect(filepath.Join(one, "a/a.go"))
	c.expect(a, "4 sizehint")
	c.open(a)
	c.notify("workspace/didChangeWorkspaceFolders", object{"event": object{"added": []object{}, "removed": c.folders(two)}})
	c.expect(filepath.Join(two, "b/b.go"))
	c.settle()
	c.expect(a, "4 sizehint") // it is open
	c.close(a)
	c.expect(a)
}

func TestGoWork(t *testing.T) {
	t.Parallel()
	dir := module(t, "-- go.work --\ngo 1.26\n\nuse ./one\nuse ./two\n"+
		"-- go.mod --\nmodule example.com/outside\n\ngo 1.26\n"+
		"-- one/go.mod --\nmodule example.com/one\n\ngo 1.26\n-- one/one.go --\npackage one\n\ntype T map[string]bool\n"+
		"-- two/go.mod --\nmodule example.com/two\n\ngo 1.26\n-- two/two.go --\npackage two\n\nimport \"example.com/one\"\n\nvar _ one.T\n\n"+fill("F"))
	one, two := filepath.Join(dir, "one/one.go"), filepath.Join(dir, "two/two.go")
	c := connect(t, config{dirs: []string{dir}})
	c.open(two)
	c.expect(two, "8 sizehint")
	c.open(one)
	c.change(one, "package one\n\ntype T map[string]bool\n\n"+fill("F"))
	c.expect(one, "6 sizehint")
	c.expect(two, "8 sizehint")
}

func TestNestedModule(t *testing.T) {
	t.Parallel()
	dir := module(t, "-- go.mod --\nmodule example.com/m\n\ngo 1.26\n-- a.go --\npackage a\n\n"+fill("F")+"-- tools/go.mod --\nmodule example.com/tools\n\ngo 1.26\n-- tools/tools.go --\npackage tools\n\n"+fill("F")+
		"-- testdata/no.go --\npackage no\n\n"+fill("F")+"-- _no/no.go --\npackage no\n\n"+fill("F"))
	c := connect(t, config{dirs: []string{dir}})
	c.expect(filepath.Join(dir, "a.go"), "4 sizehint")
	c.expect(filepath.Join(dir, "tools/tools.go"), "4 sizehint")
	c.settle()
	if len(c.shown) != 2 {
		t.Errorf("shown: %s", raw(c.shown))
	}
}

func TestOutsideOfModules(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	name := filepath.Join(dir, "main.go")
	writeFile(t, name, "package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(F(nil)) }\n\n"+fill("F"))
	c := connect(t, config{})
	c.open(name)
	c.expect(name, "8 sizehint")
	c.change(name, strings.ReplaceAll(c.text(name), "make(map[string]bool)", "make(map[string]bool, len(xs))"))
	c.expect(name)
	c.noComplaints()
}

// TestLibraries says nothing of the standard library, unless it is what the user
// works on.
func TestLibraries(t *testing.T) {
	t.Parallel()
	dir := simple(t)
	a := filepath.Join(dir, "a/a.go")
	root := filepath.Join(runtime.GOROOT(), "src")
	list := filepath.Join(root, "container/list/list.go")
	data, err := os.ReadFile(list)
	if err != nil {
		t.Skip("no sources of the standard library: ", err)
	}
	text := string(data) + "\n" + fill("F")

	c := connect(t, config{dirs: []string{dir}})
	c.open(a)
	c.open(list, text)
	c.expect(a, "4 sizehint")
	c.settle()
	c.expect(list)

	c = connect(t, config{dirs: []string{filepath.Join(root, "container/list")}})
	c.open(list, text)
	c.await("a finding in container/list", func() bool { return len(c.shown[uriOf(list)].Diagnostics) == 1 })
}

func TestUntitled(t *testing.T) {
	t.Parallel()
	dir := simple(t)
	const name = "untitled:Untitled-1"
	c := connect(t, config{dirs: []string{dir}})
	c.settle()
	c.open(name, "package main\n\nimport \"fmt\"\n\nvar _ = fmt.Sprint()\n\n"+fill("F"))
	c.expect(name, "8 sizehint")
	edit := c.action(name, span{position{7, 10}, position{7, 10}}, "Add capacity hint")
	c.apply(edit.Edit)
	c.expect(name)
	c.change(name, "package main\n\n"+fill("F"))
	c.expect(name, "4 sizehint")
	// The workspace is looked at nevertheless.
	b := filepath.Join(dir, "b/b.go")
	writeFile(t, b, "package b\n")
	c.watched(changed, b)
	c.expect(b)
	c.close(name)
	c.expect(name)
	c.noComplaints()
}

func TestBuildTags(t *testing.T) {
	t.Parallel()
	dir := module(t, "-- a/a.go --\npackage a\n\n"+fill("F")+"-- a/e2e.go --\n//go:build e2e\n\npackage a\n\nvar _ = F\n\n"+fill("G"))
	a, e2e := filepath.Join(dir, "a/a.go"), filepath.Join(dir, "a/e2e.go")
	c := connect(t, config{dirs: []string{dir}})
	c.open(e2e) // analysed by itself
	c.expect(e2e, "8 sizehint")
	c.expect(a, "4 sizehint")
	c.configure(object{"buildFlags": []string{"-tags=e2e"}})
	c.settle()
	c.expect(e2e, "8 sizehint")
	c.close(e2e)
	c.settle()
	c.expect(e2e, "8 sizehint")
	c.configure(nil)
	c.expect(e2e)
	c.noComplaints()
}

// TestCgo wants nothing said of a file that uses cgo, as go vet says nothing there,
// and everything of the files beside it.
func TestCgo(t *testing.T) {
	t.Parallel()
	dir := module(t, "-- a/a.go --\npackage a\n\n/*\nint one(void) { return 1; }\n*/\nimport \"C\"\n\nfunc One() int { return int(C.one()) }\n\n"+fill("F")+
		"-- a/b.go --\npackage a\n\nvar _ = One\n\n"+fill("G"))
	a, b := filepath.Join(dir, "a/a.go"), filepath.Join(dir, "a/b.go")
	c := connect(t, config{dirs: []string{dir}})
	c.open(a)
	c.expect(b, "6 sizehint")
	c.expect(a)
	c.open(b)
	c.change(b, "// Package a uses C.\n"+c.text(b))
	c.expect(b, "7 sizehint")
}

func TestNewFile(t *testing.T) {
	t.Parallel()
	dir := simple(t)
	a, fresh := filepath.Join(dir, "a/a.go"), filepath.Join(dir, "a/fresh.go")
	c := connect(t, config{dirs: []string{dir}})
	c.open(a)
	c.open(fresh, "package a\n\nvar f = F\n\n"+fill("N"))
	c.expect(fresh, "6 sizehint")
	c.change(a, "package a\n\nvar n = N\n\n"+fill("F"))
	c.expect(a, "6 sizehint")
	c.save(fresh)
	c.settle()
	c.expect(fresh, "6 sizehint")
	c.close(fresh)
	if err := os.Remove(fresh); err != nil {
		t.Fatal(err)
	}
	c.watched(deleted, fresh)
	c.expect(fresh)
	c.noComplaints()
}

func TestUnsavedFileClosed(t *testing.T) {
	t.Parallel()
	dir := simple(t)
	fresh := filepath.Join(dir, "a/fresh.go")
	c := connect(t, config{dirs: []string{dir}})
	c.open(fresh, "package a\n\n"+fill("N"))
	c.expect(fresh, "4 sizehint")
	c.close(fresh)
	c.expect(fresh)
	// A package of its own, in a folder that is not there yet.
	other := filepath.Join(dir, "c/c.go")
	c.open(other, "package c\n\n"+fill("N"))
	c.expect(other, "4 sizehint")
	c.close(other)
	c.expect(other)
}

func TestFilesOnDisk(t *testing.T) {
	t.Parallel()
	dir := simple(t)
	a, b, more := filepath.Join(dir, "a/a.go"), filepath.Join(dir, "b/b.go"), filepath.Join(dir, "a/more.go")
	c := connect(t, config{dirs: []string{dir}})
	c.open(a)
	c.expect(a, "4 sizehint")
	c.expect(b, "4 sizehint")
	c.close(a)
	c.settle()
	writeFile(t, more, "package a\n\n"+fill("M"))
	c.watched(created, more)
	c.expect(more, "4 sizehint")
	if err := os.Remove(b); err != nil {
		t.Fatal(err)
	}
	c.watched(deleted, b)
	c.expect(b)
	writeFile(t, b, "package b\n\n\n"+fill("G"))
	c.watched(created, b)
	c.expect(b, "5 sizehint")
	// Something else unsaved does not keep the rest out of date.
	c.open(a)
	c.change(a, c.text(a)+"\n// more\n")
	writeFile(t, b, "package b\n\n\n\n"+fill("G"))
	c.watched(changed, b)
	c.expect(b, "6 sizehint")
}

func TestCloseBesideUnsaved(t *testing.T) {
	t.Parallel()
	dir := simple(t)
	a, b := filepath.Join(dir, "a/a.go"), filepath.Join(dir, "b/b.go")
	c := connect(t, config{dirs: []string{dir}})
	c.open(a)
	c.open(b)
	c.settle()
	c.change(a, "package a\n\n\n"+fill("F"))
	c.change(b, "package b\n\n\n"+fill("G"))
	c.expect(a, "5 sizehint")
	c.expect(b, "5 sizehint")
	c.close(b)
	c.expect(b, "4 sizehint")
}

func TestGoModChanged(t *testing.T) {
	t.Parallel()
	dir := module(t, "-- go.mod --\nmodule example.com/m\n\ngo 1.26\n-- a/a.go --\npackage a\n\nimport \"example.com/dep\"\n\nfunc F() map[string]bool {\n\tm := make(map[string]bool)\n\tfor _, x := range dep.List() {\n\t\tm[x] = true\n\t}\n\treturn m\n}\n"+
		"-- dep/go.mod --\nmodule example.com/dep\n\ngo 1.26\n-- dep/dep.go --\npackage dep\n\nfunc List() []string { return nil }\n")
	a, mod := filepath.Join(dir, "a/a.go"), filepath.Join(dir, "go.mod")
	c := connect(t, config{dirs: []string{dir}})
	c.open(a)
	c.settle()
	c.expect(a)
	writeFile(t, mod, "module example.com/m\n\ngo 1.26\n\nrequire example.com/dep v0.0.0\n\nreplace example.com/dep => ./dep\n")
	c.watched(changed, mod)
	c.expect(a, "6 sizehint")
}

func TestSymlink(t *testing.T) {
	t.Parallel()
	dir := simple(t)
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(dir, link); err != nil {
		t.Skip(err)
	}
	a := filepath.Join(link, "a/a.go")
	c := connect(t, config{dirs: []string{link}})
	c.open(a)
	c.expect(a, "4 sizehint")
	c.expect(filepath.Join(link, "b/b.go"), "4 sizehint")
	c.change(a, "package a\n")
	c.expect(a)
	c.settle()
	for uri := range c.shown {
		if !strings.HasPrefix(uri, uriOf(link)) {
			t.Errorf("shown under another name: %s", uri)
		}
	}
	c.noComplaints()
}

// TestHalfWritten writes a function that does not parse, above and below others.
func TestHalfWritten(t *testing.T) {
	t.Parallel()
	dir := module(t, "-- a/a.go --\npackage a\n\n"+fill("F")+"\n"+fill("G")+"\n"+fill("H")+"-- a/b.go --\npackage a\n\n"+fill("K"))
	a, b := filepath.Join(dir, "a/a.go"), filepath.Join(dir, "a/b.go")
	c := connect(t, config{dirs: []string{dir}})
	c.open(a)
	c.expect(a, "4 sizehint", "12 sizehint", "20 sizehint")
	c.expect(b, "4 sizehint")
	whole := c.text(a)
	half := strings.Replace(whole, "func G(xs []string) map[string]bool {\n\tm := make(map[string]bool)\n", "func G(xs []string) map[string]bool {\n\tm := make(map[string]bool)\n\tif x := f(\n", 1)
	mark := len(c.log)
	c.change(a, half)
	c.settle()
	c.expect(a, "4 sizehint", "12 sizehint", "21 sizehint")
	c.expect(b, "4 sizehint")
	c.change(a, whole)
	c.settle()
	c.expect(a, "4 sizehint", "12 sizehint", "20 sizehint")
	for _, p := range c.since(mark) {
		if n := len(p.Diagnostics); p.URI == uriOf(a) && n != 3 {
			t.Errorf("flicker: %d findings of %s for version %d", n, p.URI, *p.Version)
		}
	}
	// What is written anew while another function is broken is judged.
	c.change(a, half)
	c.settle()
	c.change(a, strings.Replace(half, fill("F"), fill("F")+"\n"+fill("I"), 1))
	c.expect(a, "4 sizehint", "12 sizehint", "20 sizehint", "29 sizehint")
	// And what is mended is not kept.
	c.change(a, half)
	c.settle()
	c.change(a, strings.Replace(half, fill("F"), strings.Replace(fill("F"), "bool)\n\tfor", "bool, len(xs))\n\tfor", 1), 1))
	c.expect(a, "12 sizehint", "21 sizehint")
}

// TestBurst sends many edits at once.
func TestBurst(t *testing.T) {
	t.Parallel()
	dir := simple(t)
	a := filepath.Join(dir, "a/a.go")
	c := connect(t, config{dirs: []string{dir}})
	c.open(a)
	c.expect(a, "4 sizehint")
	c.settle()
	mark := len(c.since(0))
	for i := range 200 {
		c.change(a, fmt.Sprintf("package a\n\n%s// %d\n", strings.Repeat("\n", i)+fill("F"), i))
	}
	c.expect(a, "203 sizehint")
	c.settle()
	c.expect(a, "203 sizehint")
	list := c.since(mark)
	if len(list) > 20 {
		t.Errorf("%d publishes for 200 edits", len(list))
	}
	for _, p := range list {
		if len(p.Diagnostics) != 1 {
			t.Errorf("flicker: %s", raw(p))
		}
	}
	if last := list[len(list)-1]; *last.Version != 201 {
		t.Errorf("the last publish is of version %d", *last.Version)
	}
}

// TestNoFlicker edits around findings that hold all the time, in a package
// with tests.
func TestNoFlicker(t *testing.T) {
	t.Parallel()
	dir := module(t, "-- a/a.go --\npackage a\n\n"+fill("F")+"-- a/a_test.go --\npackage a\n\nimport \"testing\"\n\nfunc TestF(t *testing.T) { F(nil) }\n-- a/x_test.go --\npackage a_test\n\nimport (\n\t\"testing\"\n\n\t\"example.com/m/a\"\n)\n\nfunc TestX(t *testing.T) { a.F(nil) }\n")
	a := filepath.Join(dir, "a/a.go")
	c := connect(t, config{dirs: []string{dir}})
	c.open(a)
	c.expect(a, "4 sizehint")
	c.settle()
	mark := len(c.since(0))
	for i := range 10 {
		c.change(a, strings.Replace(c.text(a), "package a\n", "package a\n\n", 1))
		c.expect(a, fmt.Sprint(5+i, " sizehint"))
	}
	c.settle()
	for i, p := range c.since(mark) {
		if len(p.Diagnostics) != 1 {
			t.Errorf("publish %d holds %q", i, briefly(p.Diagnostics))
		}
	}
}

// TestSameFindings changes a text so that its findings stay as they are: they are
// shown for the new version, once, and nothing else is.
func TestSameFindings(t *testing.T) {
	t.Parallel()
	dir := simple(t)
	a, b := filepath.Join(dir, "a/a.go"), filepath.Join(dir, "b/b.go")
	c := connect(t, config{dirs: []string{dir}})
	c.open(a)
	c.open(b)
	c.expect(a, "4 sizehint")
	c.expect(b, "4 sizehint")
	c.settle()
	mark := len(c.since(0))
	c.change(a, strings.Replace(c.text(a), "func F", "func E", 1))
	c.await("the finding in the new version", func() bool { p := c.shown[uriOf(a)]; return p.Version != nil && *p.Version == 2 })
	c.settle()
	for _, p := range c.since(mark) {
		if p.URI != uriOf(a) || len(p.Diagnostics) != 1 {
			t.Errorf("published %s", raw(p))
		}
	}
	if n := len(c.since(mark)); n != 1 {
		t.Errorf("%d publishes", n)
	}
}

// TestReopen opens a document again with a version that starts anew.
func TestReopen(t *testing.T) {
	t.Parallel()
	dir := simple(t)
	a := filepath.Join(dir, "a/a.go")
	c := connect(t, config{dirs: []string{dir}})
	for i := range 20 {
		c.open(a)
		for j := range 5 {
			c.change(a, fmt.Sprintf("package a\n\n%s%s// %d %d\n", strings.Repeat("\n", j), fill("F"), i, j))
		}
		if i%2 == 0 {
			c.expect(a, "8 sizehint")
		}
		c.close(a)
	}
	c.expect(a, "4 sizehint")
}

// TestRemovedFolder removes folders with Go files, of which the client tells by the
// names of the folders alone.
func TestRemovedFolder(t *testing.T) {
	t.Parallel()
	dir := module(t, "-- go.mod --\nmodule example.com/m\n\ngo 1.26\n-- a/a.go --\npackage a\n\n"+fill("A")+
		"-- b/b.go --\npackage b\n\n"+fill("B")+"-- b/deep/c.go --\npackage deep\n\n"+fill("C")+
		"-- nested/go.mod --\nmodule example.com/nested\n\ngo 1.26\n-- nested/d.go --\npackage nested\n\n"+fill("D"))
	file := func(name string) string { return filepath.Join(dir, name) }
	c := connect(t, config{dirs: []string{dir}})
	all := []string{"a/a.go", "b/b.go", "b/deep/c.go", "nested/d.go"}
	for _, name := range all {
		c.expect(file(name), "4 sizehint")
	}
	c.settle()
	for _, gone := range []string{"b", "nested"} {
		if err := os.RemoveAll(file(gone)); err != nil {
			t.Fatal(err)
		}
		c.watched(deleted, file(gone), file("out.txt"))
		for _, name := range all {
			if strings.HasPrefix(name, gone) {
				c.expect(file(name))
			}
		}
	}
	c.expect(file("a/a.go"), "4 sizehint")
	c.noComplaints()
}

// TestReopenAtOnce closes a document and opens it again with the same versions and the
// same finding: an editor may have forgotten what it was told.
func TestReopenAtOnce(t *testing.T) {
	t.Parallel()
	dir := simple(t)
	a := filepath.Join(dir, "a/a.go")
	c := connect(t, config{dirs: []string{dir}})
	text := "package a\n\n" + fill("E")
	shows := func(mark int) {
		t.Helper()
		c.await("the finding in version 2", func() bool {
			return slices.ContainsFunc(c.log[mark:], func(p publish) bool {
				return p.URI == uriOf(a) && p.Version != nil && *p.Version == 2 && len(p.Diagnostics) == 1
			})
		})
	}
	c.open(a)
	c.change(a, text)
	shows(0)
	for range 3 {
		c.settle()
		mark := len(c.since(0))
		c.close(a)
		c.open(a)
		c.change(a, text)
		shows(mark)
	}
}

func TestOtherLanguage(t *testing.T) {
	t.Parallel()
	dir := simple(t)
	mod := filepath.Join(dir, "go.mod")
	c := connect(t, config{dirs: []string{dir}})
	c.notify("textDocument/didOpen", object{"textDocument": object{"uri": uriOf(mod), "languageId": "go.mod", "version": 1, "text": "module x"}})
	c.notify("textDocument/didChange", object{"textDocument": object{"uri": uriOf(mod), "version": 2}, "contentChanges": []object{{"text": "module y"}}})
	c.expect(filepath.Join(dir, "a/a.go"), "4 sizehint")
	c.noComplaints()
}

// messages returns the notifications of a method.
func (c *client) messages(method string) (list []message) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, m := range c.told {
		if m.Method == method {
			list = append(list, m)
		}
	}
	return list
}

// since returns the publishes from the n-th.
func (c *client) since(n int) []publish {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.log[n:])
}

// noComplaints fails if the server has told the user of a problem.
func (c *client) noComplaints() {
	c.Helper()
	for _, m := range append(c.messages("window/logMessage"), c.messages("window/showMessage")...) {
		c.Errorf("the server complains: %s", m.Params)
	}
}

// TestUnsavedImports opens documents that import and declare something else than
// their files on disk, which the go command sees.
func TestUnsavedImports(t *testing.T) {
	t.Parallel()
	dir := module(t, "-- a/a.go --\npackage a\n\ntype T = string\n-- b/b.go --\npackage b\n-- c/c.go --\npackage c\n\nimport \"example.com/m/a\"\n\nvar _ a.T\n")
	a, b := filepath.Join(dir, "a/a.go"), filepath.Join(dir, "b/b.go")
	c := connect(t, config{dirs: []string{dir}})
	c.open(a, "package a\n\ntype T = []string\n")
	c.open(b, "package b\n\nimport (\n\t\"sync\"\n\n\t\"example.com/m/a\"\n)\n\nvar mu sync.Mutex\n\n"+strings.Replace(fill("F"), "[]string", "a.T", 1))
	c.expect(b, "12 sizehint")
	c.change(a, "package a\n\ntype T = map[string]int\n") // its keys are no values
	c.settle()
	c.change(a, "package a\n\ntype T = []string\n")
	c.settle()
	c.expect(b, "12 sizehint")
	c.noComplaints()
}

// TestBrokenOnDisk opens a document whose file on disk the go command can make
// nothing of, and mends another on disk.
func TestBrokenOnDisk(t *testing.T) {
	t.Parallel()
	dir := module(t, "-- a/a.go --\npackage a\n\nvar _ = F\n-- a/broken.go --\npackage a\n\nimpor,t \"sync\"\n-- b/b.go --\npackage b\n\nvar _ = G\n-- b/broken.go --\n<<<<<<< ours\npackage b\n-- b/tagged.go --\n//go:build e2e\n\npackage b\n\n"+fill("H"))
	a, broken, b, mended, tagged := filepath.Join(dir, "a/a.go"), filepath.Join(dir, "a/broken.go"), filepath.Join(dir, "b/b.go"), filepath.Join(dir, "b/broken.go"), filepath.Join(dir, "b/tagged.go")
	c := connect(t, config{dirs: []string{dir}})
	c.open(broken, "package a\n\n"+fill("F"))
	c.expect(broken, "4 sizehint")
	c.open(a, "package a\n\nvar _ = F\n\n"+fill("E"))
	c.expect(a, "6 sizehint")
	c.open(b)
	c.settle()
	writeFile(t, mended, "package b\n\n"+fill("G"))
	c.watched(changed, mended)
	c.expect(mended, "4 sizehint")
	writeFile(t, tagged, "package b\n\n"+fill("H"))
	c.watched(changed, tagged)
	c.expect(tagged, "4 sizehint")
}
