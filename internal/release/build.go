package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
)

// A platform is one that the go command builds for.
type platform struct{ os, arch string }

// platforms are those that have a release, by the names that VS Code gives them.
var platforms = map[string]platform{
	"darwin-arm64": {"darwin", "arm64"},
	"darwin-x64":   {"darwin", "amd64"},
	"linux-arm64":  {"linux", "arm64"},
	"linux-x64":    {"linux", "amd64"},
	"win32-arm64":  {"windows", "arm64"},
	"win32-x64":    {"windows", "amd64"},
}

func names() []string { return slices.Sorted(maps.Keys(platforms)) }

// stamp is the variable in which programs keep their version.
const stamp = "github.com/mapdiag/mapdiag/internal/version.stamp"

// build builds programs into a folder: stripped, and without the paths of the machine.
func (p platform) build(root, version, dir string, programs []string) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	for _, name := range programs {
		cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=false",
			"-ldflags=-s -w -X "+stamp+"=v"+version,
			"-o", filepath.Join(dir, p.file(name)), "./cmd/"+name)
		cmd.Dir = root
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+p.os, "GOARCH="+p.arch)
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("building %s for %s/%s: %v\n%s", name, p.os, p.arch, err, out)
		}
	}
	return nil
}

// file returns the name of a program's file.
func (p platform) file(program string) string {
	if p.os == "windows" {
		return program + ".exe"
	}
	return program
}

// versionOf returns the version of the release, which package.json states.
func versionOf(root string) (string, error) {
	data, err := os.ReadFile(filepath.Join(root, "package.json"))
	if err != nil {
		return "", err
	}
	var manifest struct{ Version string }
	if err := json.Unmarshal(data, &manifest); err != nil {
		return "", fmt.Errorf("package.json: %v", err)
	}
	if manifest.Version == "" {
		return "", fmt.Errorf("package.json states no version")
	}
	return manifest.Version, nil
}
