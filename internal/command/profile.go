package command

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/mapdiag/mapdiag/internal/sites"
	"github.com/mapdiag/mapdiag/internal/source"
	"github.com/mapdiag/mapdiag/internal/unit"
)

// readProfile reads the profile that the command line names. One that cannot be read is an error:
// who asks for findings that follow from it does not want others.
func readProfile(dir, name string) (p *sites.Profile, data []byte, err error) {
	if data, err = os.ReadFile(source.Abs(dir, name)); err != nil {
		return nil, nil, fmt.Errorf("reading the profile: %w", err)
	}
	p, err = sites.Read(bytes.NewReader(data), name)
	return p, data, err
}

// useProfile is -profile. A profile of another Go is left aside, since maps grow otherwise there.
func (j *job) useProfile(ctx context.Context) error {
	if j.profile == "" {
		return nil
	}
	p, data, err := readProfile(j.dir, j.profile)
	if err != nil {
		return err
	}
	env, err := goenv(ctx, j.dir)
	if err != nil {
		return err
	}
	if reason := p.Unfit(env.Version, env.Arch); reason != "" {
		fmt.Fprintf(j.stderr, "mapvet: the profile %s is left aside: %s\n", j.profile, reason)
		return nil
	}
	j.measured = p
	j.vet.RuleFlags = append(j.vet.RuleFlags, unit.ProfileFlags(source.Abs(j.dir, j.profile), data)...)
	return nil
}

// printForeignProfile tells that a profile has nothing to do with what was analysed. One of another
// module may well have: that of a program knows the packages of its libraries.
func (j *job) printForeignProfile() {
	if j.measured == nil || len(j.result.Packages) == 0 {
		return
	}
	for _, p := range j.result.Packages {
		if p.Module != nil && p.Module.Path == j.measured.Module || j.measured.Package(p.ImportPath) != nil {
			return
		}
	}
	fmt.Fprintf(j.stderr, "mapvet: the profile %s, of module %s, tells nothing of these packages: the findings are those without it\n", j.profile, j.measured.Module)
}

// goEnv is what the go command says of the toolchain and the program.
type goEnv struct {
	Version string `json:"GOVERSION"`
	Arch    string `json:"GOARCH"`
}

func goenv(ctx context.Context, dir string) (env goEnv, err error) {
	cmd := exec.CommandContext(ctx, "go", "env", "-json", "GOVERSION", "GOARCH")
	cmd.Dir = dir
	out, err := cmd.Output()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) && len(exit.Stderr) > 0 {
		err = errors.New(strings.TrimSpace(string(exit.Stderr)))
	}
	if err == nil {
		err = json.Unmarshal(out, &env)
	}
	if err != nil {
		return env, fmt.Errorf("asking the go command for its version: %w", err)
	}
	return env, nil
}
