package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// noticesFile holds the licences of what programs are linked from: whoever passes
// them on has to pass those on, too.
const noticesFile = "NOTICES.txt"

// writeNotices writes the licences of the modules that programs link, and of Go.
func writeNotices(root, dir string, programs []string) error {
	args := []string{"list", "-deps", "-json=Module"}
	for _, p := range programs {
		args = append(args, "./cmd/"+p)
	}
	cmd := exec.Command("go", args...)
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("%v: %v", cmd, err)
	}
	type module struct {
		Path, Version, Dir string
		Main               bool
	}
	var own string
	modules := map[string]module{"Go": {Path: "Go", Version: runtime.Version(), Dir: goroot()}}
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct{ Module *module }
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return fmt.Errorf("%v: %v", cmd, err)
		}
		switch m := p.Module; {
		case m == nil:
		case m.Main:
			own = m.Path
		default:
			modules[m.Path] = *m
		}
	}
	// The modules of this repository are under the licence that is packed beside.
	maps.DeleteFunc(modules, func(path string, _ module) bool { return strings.HasPrefix(path, own+"/") })
	var b strings.Builder
	fmt.Fprintf(&b, "The programs %s are linked from the modules below.\n", strings.Join(programs, ", "))
	for _, path := range slices.Sorted(maps.Keys(modules)) {
		m := modules[path]
		text, err := licence(m.Dir)
		if err != nil {
			return fmt.Errorf("%s: %v", path, err)
		}
		fmt.Fprintf(&b, "\n%s\n%s %s\n\n%s\n", strings.Repeat("-", 72), m.Path, m.Version, strings.TrimSpace(text))
	}
	return os.WriteFile(filepath.Join(dir, noticesFile), []byte(b.String()), 0o666)
}

// licence returns the licence in the folder of a module.
func licence(dir string) (string, error) {
	for _, name := range []string{"LICENSE", "LICENSE.txt", "LICENSE.md", "LICENCE", "COPYING"} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err == nil || !errors.Is(err, os.ErrNotExist) {
			return string(data), err
		}
	}
	return "", fmt.Errorf("there is no licence in %s", dir)
}

// goroot returns where Go is installed.
func goroot() string {
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}
