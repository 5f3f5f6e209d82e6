package command_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/mapdiag/mapdiag/internal/testmod"
)

// Code scanning knows files by their path from the root of the repository,
// wherever the module is and mapvet runs, and findings by their fingerprint.
func TestSARIF(t *testing.T) {
	t.Parallel()
	repo := t.TempDir()
	if err := os.Mkdir(filepath.Join(repo, ".git"), 0o777); err != nil {
		t.Fatal(err)
	}
	mod := filepath.Join(repo, "backend")
	testmod.WriteFile(t, filepath.Join(mod, "go.mod"), "module example.com/m\n\ngo 1.26\n")
	testmod.WriteFile(t, filepath.Join(mod, "p", "p.go"), "package p\n\nvar X = \"risky\"\n")

	r := testmod.Run(t, mod, tool, "-sarif", "./...")
	var log struct {
		Version string
		Runs    []struct {
			Results []struct {
				RuleID    string
				Level     string
				Locations []struct {
					PhysicalLocation struct {
						ArtifactLocation struct{ URI, URIBaseID string }
						Region           struct{ StartLine, StartColumn, EndColumn int }
					}
				}
				PartialFingerprints map[string]string
				Fixes               []any
			}
			Invocations []struct{ ExecutionSuccessful bool }
		}
	}
	if err := json.Unmarshal([]byte(r.Stdout), &log); err != nil || r.Code != 1 {
		t.Fatalf("exit code %d, %v\n%s%s", r.Code, err, r.Stdout, r.Stderr)
	}
	if log.Version != "2.1.0" || len(log.Runs) != 1 || len(log.Runs[0].Results) != 1 || !log.Runs[0].Invocations[0].ExecutionSuccessful {
		t.Fatalf("log\n%s", r.Stdout)
	}
	res := log.Runs[0].Results[0]
	at := res.Locations[0].PhysicalLocation
	if res.RuleID != "riskyfix" || res.Level != "note" || len(res.Fixes) != 1 ||
		at.ArtifactLocation.URI != "backend/p/p.go" || at.ArtifactLocation.URIBaseID != "%SRCROOT%" ||
		at.Region.StartLine != 3 || at.Region.StartColumn != 9 || at.Region.EndColumn != 16 {
		t.Errorf("result %+v", res)
	}

	var report struct {
		Findings []struct{ Fingerprint string }
	}
	r = testmod.Run(t, mod, tool, "-json", "./...")
	if err := json.Unmarshal([]byte(r.Stdout), &report); err != nil || len(report.Findings) != 1 {
		t.Fatalf("%v\n%s", err, r.Stdout)
	}
	if got := res.PartialFingerprints["mapvet/v1"]; got == "" || got != report.Findings[0].Fingerprint {
		t.Errorf("fingerprint %q, with -json %q", got, report.Findings[0].Fingerprint)
	}

	r = testmod.Run(t, mod, tool, "-sarif", "-riskyfix=false", "./...")
	check(t, r, 0, []string{`"results": []`}, nil)
}
