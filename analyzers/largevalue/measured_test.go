package largevalue

import (
	"strings"
	"testing"

	"github.com/mapdiag/mapdiag/internal/sites"
	"github.com/mapdiag/mapdiag/internal/sites/sitestest"
)

// Where accesses were not sampled, nothing is known of them, and nothing is said.
func TestUsage(t *testing.T) {
	p := &sites.Profile{Recorded: sitestest.Recorded}
	for _, c := range []struct {
		usage
		negligible bool
		text       string
	}{
		{usage{makes: 1, entries: 9, recopied: 2 << 20}, false, "; in the profile of 2026-11-20: 1 map of up to 9 entries, growth copied 2.0 MiB"},
		{usage{makes: 2, entries: 9}, false, ": 2 maps of up to 9 entries without growth"},
		{usage{makes: 2, entries: 9, accesses: true}, true, ", about 0 reads and 0 writes up to 0 B"},
		{usage{makes: 2, entries: 9, accesses: true, reads: 5000, writes: 400}, true, ""},
		{usage{makes: 2, entries: 9, accesses: true, reads: 5000, writes: 400, recopied: 1 << 20}, false, ""},
		{usage{makes: 2, entries: 9, accesses: true, reads: 10_000}, false, ", about 10 000 reads and 0 writes up to 1.3 MiB"},
	} {
		if got := c.usage.negligible(136); got != c.negligible {
			t.Errorf("%+v: negligible %v", c.usage, got)
		}
		if got := c.usage.text(136, p); !strings.HasSuffix(got, c.text) {
			t.Errorf("%q, want %q", got, c.text)
		}
	}
}
