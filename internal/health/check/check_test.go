package check_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/mapdiag/mapdiag/internal/health/check"
	"github.com/mapdiag/mapdiag/mapstat"
)

func snapshot() *mapstat.Snapshot {
	return &mapstat.Snapshot{
		Version: 1,
		Metrics: []mapstat.MetricInfo{{Name: "wasted_bytes", Unit: "bytes"}, {Name: "cache_age", Unit: "seconds"}},
		Maps: []mapstat.MapReport{
			{
				Name: "sessions/eu", Stat: mapstat.Stat{Type: "map[string]int", Len: 9, Bytes: 12 << 20},
				Values: map[string]float64{"wasted_bytes": 11 << 20},
				Verdict: mapstat.Verdict{Health: mapstat.Warning, Pattern: mapstat.Drained, Reasons: []mapstat.Reason{
					{Text: "holds 12 MiB for 9 entries", Advice: "Copy it."},
				}},
			},
			{Name: "users", Stat: mapstat.Stat{Len: 100}, Values: map[string]float64{"wasted_bytes": 5, "cache_age": 61}, Verdict: mapstat.Verdict{Health: mapstat.Fine, Pattern: mapstat.Healthy}},
		},
	}
}

func run(t *testing.T, text string, s *mapstat.Snapshot) *check.Result {
	t.Helper()
	rules, err := check.ParseRules("rules.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	r, err := check.Run(rules, s)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRun(t *testing.T) {
	r := run(t, `
# Limits of the shop.
- map: "sessions*"
  when: wasted_bytes > 10MiB
- when: cache_age > 60 and len >= 100
  severity: notice
  message: users are stale
- map: nobody
  when: len > 0
- map: users
  when: health == warning
`, snapshot())
	if !r.Failed || r.Incomplete || len(r.Findings) != 2 || len(r.Unmatched) != 1 {
		t.Fatalf("%+v", r)
	}
	var text strings.Builder
	if err := r.Write(&text, "text"); err != nil {
		t.Fatal(err)
	}
	want := "\x1b[31merror:\x1b[m sessions/eu: wasted_bytes is 11 MiB (limit: > 10MiB) [rules.yaml:4]\n" +
		"notice: users: cache_age is 61 (limit: > 60), len is 100 (limit: >= 100) [rules.yaml:5]\n\tusers are stale\n" +
		"note: rules.yaml:9: no map has a name like \"nobody\"\n" +
		"2 maps checked: 1 error, 0 warnings, 1 notice\n"
	if text.String() != want {
		t.Errorf("got\n%q\nwant\n%q", text.String(), want)
	}
}

func TestVerdicts(t *testing.T) {
	s := snapshot()
	r, err := check.Run(check.Verdicts(), s)
	if err != nil {
		t.Fatal(err)
	}
	if !r.Failed || len(r.Findings) != 1 || r.Findings[0].Map != "sessions/eu" || len(r.Findings[0].Reasons) != 1 {
		t.Errorf("%+v", r)
	}
	s.Maps[0].Verdict.Health = mapstat.Notice
	if r, err = check.Run(check.Verdicts(), s); err != nil || r.Failed || len(r.Findings) != 1 {
		t.Errorf("a notice: %+v, %v", r, err)
	}
}

// TestUnknown wants nobody to take a map for fine that was not read.
func TestUnknown(t *testing.T) {
	s := snapshot()
	s.Maps[1].Error, s.Maps[1].Verdict = "its lock is held", mapstat.Verdict{Health: mapstat.Unknown}
	r := run(t, "- when: len > 1000\n", s)
	if r.Failed || !r.Incomplete || len(r.Gaps) != 1 || r.Gaps[0].Stale {
		t.Errorf("never read: %+v", r)
	}
	s = snapshot()
	s.Maps[1].Error = "its lock is held"
	if r := run(t, "- when: len > 1000\n", s); r.Incomplete || len(r.Gaps) != 1 || !r.Gaps[0].Stale {
		t.Errorf("read earlier: %+v", r)
	}
	s = snapshot()
	delete(s.Maps[1].Values, "cache_age")
	s.Maps[1].MetricErrors = map[string]string{"cache_age": "metric cache_age panicked: oh"}
	if r := run(t, "- when: cache_age > 1\n- when: cache_age > 2\n", s); !r.Incomplete || len(r.Gaps) != 1 {
		t.Errorf("a metric that failed: %+v", r)
	}
}

func TestGitHub(t *testing.T) {
	s := snapshot()
	s.Maps[0].Name = "a,b:100%\n::error::no"
	r := run(t, "- when: wasted_bytes > 10MiB\n  message: too much\n", s)
	var out strings.Builder
	if err := r.Write(&out, "github"); err != nil {
		t.Fatal(err)
	}
	want := "::error file=rules.yaml,line=1,title=map a%2Cb%3A100%25%0A%3A%3Aerror%3A%3Ano::a,b:100%25%0A::error::no: wasted_bytes is 11 MiB (limit: > 10MiB)%0Atoo much\n"
	if out.String() != want {
		t.Errorf("got  %s\nwant %s", out.String(), want)
	}
}

func TestJSON(t *testing.T) {
	var out strings.Builder
	if err := run(t, "- when: wasted_bytes > 10MiB\n", snapshot()).Write(&out, "json"); err != nil {
		t.Fatal(err)
	}
	var got check.Result
	if err := json.Unmarshal([]byte(out.String()), &got); err != nil {
		t.Fatal(err)
	}
	if !got.Failed || len(got.Findings) != 1 || *got.Findings[0].Terms[0].Number != 11<<20 || got.Findings[0].Rule.Line != 1 {
		t.Errorf("%s", out.String())
	}
	if err := run(t, "- when: len > 1\n", snapshot()).Write(&out, "xml"); err == nil {
		t.Error("format xml is accepted")
	}
}

// TestRuleErrors wants each error to name the line.
func TestRuleErrors(t *testing.T) {
	for text, want := range map[string]string{
		"":                                      "rules.yaml: there are no rules",
		"[]":                                    "rules.yaml:1: there are no rules",
		"when: len > 5":                         "rules.yaml:1: want a list",
		"- len > 5":                             "rules.yaml:1: want a list",
		"- map: a":                              "rules.yaml:1: the rule has no when",
		"- map: a\n  when: len":                 `rules.yaml:2: "len" is no condition`,
		"- map: a\n  when: len > 5\n  sev: bad": `rules.yaml:3: a rule has no "sev"`,
		"- when: len > 5\n\n  severity: bad":    `rules.yaml:3: severity: "bad" is none of`,
		"- when: len > 1\n---\n- when: len > 2": "rules.yaml:2: a second document",
		"# nothing\n":                           "rules.yaml: there are no rules",
		"- when: [len]":                         "rules.yaml:1: when: want a text",
		"- map: '[a'\n  when: len > 5":          `rules.yaml:1: map: "[a" is no pattern`,
		"- map: a\n  when: \"len":               "rules.yaml:2: ",
		"- when: len > 1\n  when: len > 2":      "rules.yaml:2: ",
	} {
		_, err := check.ParseRules("rules.yaml", []byte(text))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q:\n got %v\nwant %s", text, err, want)
		}
	}
	rules, err := check.ParseRules("rules.yaml", []byte("- when: len > 5\n- when: wated_bytes > 5\n- when: len > 5MiB\n"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = check.Run(rules, snapshot())
	var e *check.RuleError
	if !errors.As(err, &e) || e.Line != 2 || !strings.Contains(err.Error(), "there are wasted_bytes") || !strings.Contains(err.Error(), "rules.yaml:3: len is no number of bytes") {
		t.Errorf("unknown metrics: %v", err)
	}
}

func FuzzParseRules(f *testing.F) {
	for _, s := range []string{"- when: len > 5", "- map: a\n  when: x == 'b'\n  severity: error", "a: &a [*a]", "- {when: len > 1, when: 2}", "{"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		rules, err := check.ParseRules("rules.yaml", data)
		if (err == nil) != (len(rules) > 0) {
			t.Errorf("%d rules, %v", len(rules), err)
		}
	})
}
