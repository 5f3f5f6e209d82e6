package unit

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
)

// Reach says which packages are reported on of those that the go command
// wants to have analysed for their facts alone, because something that was
// asked for depends on them.
//
// It exists because of the go command's cache (Go 1.26): a unit has the same
// key whether facts or findings are wanted. Once "go vet ./cmd/x" has had the
// facts of a package computed, "go vet ./..." takes the empty output of that
// run for the findings of the package. The flag is part of the key, and with
// it the output is always the same. Who sets it drops what was not asked for.
type Reach string

const (
	None       Reach = "none"
	MainModule Reach = "main"
	All        Reach = "all"
)

func (r *Reach) String() string { return string(*r) }

// Set implements [flag.Value].
func (r *Reach) Set(s string) error {
	switch v := Reach(s); v {
	case None, MainModule, All:
		*r = v
		return nil
	}
	return errors.New("want none, main or all")
}

// reachOf returns the value of the flag -deps among arguments.
func reachOf(args []string) Reach {
	reach := None
	_ = reach.Set(flagValue(args, "deps"))
	return reach
}

// A plan says how a unit is to be analysed.
type plan struct {
	done      bool   // it is answered already
	factsOnly bool   // nobody reads its findings
	config    string // the config file to go on with
	pkg       string // import path, with " [p.test]" for a test variant
}

// prepare looks at the config of a unit before unitchecker does, and answers
// by itself where it can.
//
// A unit of the standard library or of another module that is analysed for
// its facts alone can have none. An empty file says so, and spares parsing
// and type-checking the package.
func prepare(file string, reach Reach) (plan, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return plan{}, err
	}
	var cfg struct {
		ImportPath    string
		ModulePath    string
		ModuleVersion string
		VetxOnly      bool
		VetxOutput    string
	}
	if err := json.Unmarshal(data, &cfg); err != nil {
		return plan{}, fmt.Errorf("reading the config file %s: %w", file, err)
	}
	if !cfg.VetxOnly {
		return plan{config: file, pkg: cfg.ImportPath}, nil
	}
	// The standard library has no module path, other modules have a version.
	foreign := cfg.ModulePath == "" || cfg.ModuleVersion != ""
	switch {
	case foreign && reach != All:
		return plan{done: true}, os.WriteFile(cfg.VetxOutput, nil, 0o666)
	case reach == None:
		return plan{factsOnly: true, config: file}, nil
	}
	config, err := reporting(file, data)
	return plan{config: config, pkg: cfg.ImportPath}, err
}

// reporting writes a config like the given one, but for findings, too. All
// other fields stay as they are, known or not.
func reporting(file string, data []byte) (config string, err error) {
	var cfg map[string]json.RawMessage
	if err := json.Unmarshal(data, &cfg); err != nil {
		return "", err
	}
	cfg["VetxOnly"] = json.RawMessage("false")
	if data, err = json.Marshal(cfg); err != nil {
		return "", err
	}
	config = strings.TrimSuffix(file, ".cfg") + "-deps.cfg"
	return config, os.WriteFile(config, data, 0o666)
}
