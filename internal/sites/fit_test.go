package sites

import (
	"strings"
	"testing"
)

func TestUnfit(t *testing.T) {
	for _, c := range []struct{ went, arch, version, now, want string }{
		{"go1.26.8", "linux/amd64", "go1.26.1", "arm64", ""},
		{"go1.26.8 X:jsonv2", "darwin/arm64", "devel go1.26-0123abc", "amd64", ""},
		{"go1.25.7", "linux/amd64", "go1.26.8", "amd64", "recorded with go1.25, and this is go1.26"},
		{"", "linux/amd64", "go1.26.8", "amd64", "recorded with an unknown one"},
		{"go1.26.8", "linux/386", "go1.26.8", "amd64", "recorded on linux/386"},
		{"go1.26.8", "", "go1.26.8", "amd64", "recorded on an unknown one"},
	} {
		got := (&Profile{Go: c.went, Arch: c.arch}).Unfit(c.version, c.now)
		if (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s on %s for %s on %s: %q, want %q", c.went, c.arch, c.version, c.now, got, c.want)
		}
	}
}
