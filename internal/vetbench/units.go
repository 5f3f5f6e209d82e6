package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"
)

// The environment tells vetbench to stand in for a vet tool: it runs the real
// one and appends what it took to a file.
const (
	unitLog  = "VETBENCH_LOG"
	unitTool = "VETBENCH_TOOL"
)

// A unit is one run of a vet tool.
type unit struct {
	ID       string
	Standard bool // a package of the standard library
	VetxOnly bool // analysed for its facts alone
	User     time.Duration
	RSS      int64 // bytes
}

// runUnit runs a vet tool and logs what it took.
func runUnit(log, tool string, args []string) int {
	cmd := exec.Command(tool, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	u, err := measure(cmd)
	if err != nil {
		fmt.Fprintln(os.Stderr, "vetbench:", err)
		return 1
	}
	if last := args[len(args)-1]; strings.HasSuffix(last, ".cfg") {
		if err := record(log, last, u); err != nil {
			fmt.Fprintln(os.Stderr, "vetbench:", err)
			return 1
		}
	}
	return cmd.ProcessState.ExitCode()
}

func record(log, config string, u usage) error {
	data, err := os.ReadFile(config)
	if err != nil {
		return err
	}
	var cfg struct {
		ID, ModulePath string
		VetxOnly       bool
	}
	if err := json.Unmarshal(data, &cfg); err != nil {
		return err
	}
	line, err := json.Marshal(unit{cfg.ID, cfg.ModulePath == "", cfg.VetxOnly, u.user, u.rss})
	if err != nil {
		return err
	}
	f, err := os.OpenFile(log, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = f.Write(append(line, '\n'))
	return err
}

// units prints what the units of go vet and of mapvet took.
func (b *bench) units() error {
	vet, err := exec.Command("go", "tool", "-n", "vet").Output()
	if err != nil {
		return fmt.Errorf("asking for the toolchain's vet: %w", err)
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 8, 2, ' ', 0)
	fmt.Fprintln(w, "tool\tunits of the standard library for facts\tuser CPU each\tother units\tuser CPU each\tlargest unit")
	for _, t := range []struct{ name, path string }{{"go vet", strings.TrimSpace(string(vet))}, {"mapvet", b.mapvet}} {
		cache := filepath.Join(b.tmp, "units-"+filepath.Base(t.name))
		if err := link(b.base(), cache); err != nil {
			return err
		}
		log := filepath.Join(b.tmp, filepath.Base(t.name)+".log")
		cmd := b.command(cache, "go", append([]string{"vet", "-vettool=" + self}, b.patterns...)...)
		cmd.Env = append(cmd.Env, unitLog+"="+log, unitTool+"="+t.path)
		if _, err := measure(cmd); err != nil {
			return err
		}
		data, err := os.ReadFile(log)
		if err != nil {
			return err
		}
		var facts, others struct {
			n    int
			user time.Duration
		}
		var largest unit
		for line := range strings.Lines(string(data)) {
			var u unit
			if err := json.Unmarshal([]byte(line), &u); err != nil {
				return err
			}
			sum := &others
			if u.Standard && u.VetxOnly {
				sum = &facts
			}
			sum.n++
			sum.user += u.User
			if u.RSS > largest.RSS {
				largest = u
			}
		}
		fmt.Fprintf(w, "%s\t%d\t%v\t%d\t%v\t%d MiB (%s)\n", t.name,
			facts.n, (facts.user / time.Duration(max(1, facts.n))).Round(10*time.Microsecond),
			others.n, (others.user / time.Duration(max(1, others.n))).Round(10*time.Microsecond),
			largest.RSS>>20, largest.ID)
	}
	return w.Flush()
}
