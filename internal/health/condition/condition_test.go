package condition_test

import (
	"strings"
	"testing"

	"github.com/mapdiag/mapdiag/internal/health/condition"
	"github.com/mapdiag/mapdiag/internal/health/figure"
)

func TestParse(t *testing.T) {
	for text, want := range map[string]condition.Limit{
		"wasted_bytes > 10MiB":           {Text: "10MiB", Number: 10 << 20, Kind: condition.Size},
		"wasted_bytes>=10 mb":            {Text: "10 mb", Number: 10e6, Kind: condition.Size},
		"tombstone_ratio > 12.5%":        {Text: "12.5%", Number: 0.125, Kind: condition.Percent},
		"len < 1_000_000":                {Text: "1_000_000", Number: 1e6},
		"meanProbe >= 1.5e0":             {Text: "1.5e0", Number: 1.5},
		"health == warning":              {Text: "warning", Kind: condition.Word},
		`pattern != "generic-key churn"`: {Text: "generic-key churn", Kind: condition.Word},
		"pattern == over-sized":          {Text: "over-sized", Kind: condition.Word},
	} {
		c, err := condition.Parse(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if len(c.Terms) != 1 || c.Terms[0].Limit != want {
			t.Errorf("%s: %+v, want limit %+v", text, c, want)
		}
	}
	c, err := condition.Parse("len>5 and  health == warning&&load<0.5")
	if err != nil || len(c.Terms) != 3 || c.String() != "len > 5 and health == warning and load < 0.5" {
		t.Errorf("got %q, %v", c, err)
	}
}

func TestParseErrors(t *testing.T) {
	for text, want := range map[string]string{
		"":                 "empty",
		"len":              "no condition",
		"len = 5":          "written ==",
		"len > 5XB":        `unknown unit "XB"`,
		"len > five":       "no number",
		"len > 5 or x > 6": "neither a number",
		"> 5":              "no condition",
		"len > ":           "no condition",
		"len > 1e999":      "out of range",
		"len > 5 and":      "unknown unit",
	} {
		if c, err := condition.Parse(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Parse(%q) = %v, %v; want an error with %q", text, c, err, want)
		}
	}
}

func TestHolds(t *testing.T) {
	size := figure.Figure{Name: "bytes", Unit: "bytes"}
	ratio := figure.Figure{Name: "load_factor", Unit: "ratio"}
	truth := figure.Figure{Name: "scanned", Unit: "bool"}
	word := figure.Figure{Name: "health", Text: true}
	for _, c := range []struct {
		text  string
		f     figure.Figure
		v     figure.Value
		holds bool
	}{
		{"bytes > 1KiB", size, figure.Value{Number: 1025}, true},
		{"bytes > 1KiB", size, figure.Value{Number: 1024}, false},
		{"bytes >= 1KiB", size, figure.Value{Number: 1024}, true},
		{"bytes <= 1KiB", size, figure.Value{Number: 1025}, false},
		{"bytes != 0", size, figure.Value{}, false},
		{"load_factor < 50%", ratio, figure.Value{Number: 0.49}, true},
		{"scanned == true", truth, figure.Value{Number: 1}, true},
		{"scanned == false", truth, figure.Value{Number: 1}, false},
		{"scanned != true", truth, figure.Value{}, true},
		{"health == warning", word, figure.Value{Text: "warning"}, true},
		{"health != warning", word, figure.Value{Text: "warning"}, false},
	} {
		cond, err := condition.Parse(c.text)
		if err != nil {
			t.Fatal(err)
		}
		if err := cond.Terms[0].Check(c.f); err != nil {
			t.Errorf("%s: %v", c.text, err)
		}
		if got := cond.Terms[0].Holds(c.v); got != c.holds {
			t.Errorf("%s with %v: %v, want %v", c.text, c.v, got, c.holds)
		}
	}
	for text, f := range map[string]figure.Figure{
		"load_factor > 1MiB": ratio, "bytes > 5%": size, "scanned == perhaps": truth, "health == 5": word, "bytes == big": size,
	} {
		cond, err := condition.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if cond.Terms[0].Check(f) == nil {
			t.Errorf("%s: want an error", text)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"len > 5", "a>=1% and b == 'c d'", "x < 1e9KiB", "=", "'\"", "a == '"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := condition.Parse(text)
		if err == nil && len(c.Terms) == 0 {
			t.Errorf("%q: no terms and no error", text)
		}
	})
}
