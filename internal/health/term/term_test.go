package term_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/mapdiag/mapdiag/internal/health/term"
	"github.com/mapdiag/mapdiag/mapstat"
)

func TestColors(t *testing.T) {
	text := term.Paint(term.Health(mapstat.Warning), "bad") + term.Paint(term.Faint, "dim") + term.Paint(term.None, "plain")
	for name, c := range map[string]struct {
		environ []string
		colors  bool
	}{
		"no terminal":       {[]string{"TERM=xterm-256color"}, false},
		"forced":            {[]string{"TERM=xterm-256color", "CLICOLOR_FORCE=1"}, true},
		"forced, but never": {[]string{"TERM=xterm-256color", "TTY_FORCE=1", "NO_COLOR=1"}, false},
	} {
		var out bytes.Buffer
		o := term.New(&out, c.environ)
		if _, err := o.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(out.String(), "\x1b["); got != c.colors || o.TTY {
			t.Errorf("%s: %q", name, out.String())
		}
		if !c.colors && out.String() != "baddimplain" {
			t.Errorf("%s: %q", name, out.String())
		}
	}
}

// TestProgress wants nothing to be written where there is no terminal.
func TestProgress(t *testing.T) {
	var out bytes.Buffer
	stop := term.Progress(&out, "waiting", 0)
	time.Sleep(10 * time.Millisecond)
	stop()
	stop() // twice does no harm
	if out.Len() > 0 {
		t.Errorf("%q", out.String())
	}
}
