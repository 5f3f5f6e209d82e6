package ruledoc

import (
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"

	"github.com/mapdiag/mapdiag/analyzers"
)

func TestRender(t *testing.T) {
	r := &analyzers.Rule{Analyzer: &analysis.Analyzer{Doc: `thing: what it says

# What it reports

Words about map[K]V, and
a list:

  - one
  - two

# Example

	m := make(map[int]int)
`}}
	r.Name = "thing"
	if got := Summary(r); got != "what it says" {
		t.Errorf("summary %q", got)
	}
	const text = `What it reports

    Words about map[K]V, and a list:

      - one
      - two

Example

        m := make(map[int]int)
`
	if got := Text(r); got != text {
		t.Errorf("text\n%s", got)
	}
	const markdown = `## What it reports

Words about map\[K]V, and a list:

  - one
  - two

## Example

	m := make(map[int]int)
`
	if got := Markdown(r); strings.TrimSpace(got) != strings.TrimSpace(markdown) {
		t.Errorf("markdown\n%s", got)
	}
}
