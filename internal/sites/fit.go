package sites

import (
	"fmt"
	"go/types"
	"regexp"
	"strings"
)

// Unfit tells why a profile says nothing of a program that is built with a version of Go, as in
// runtime.Version, for an architecture, as in GOARCH; "" if it does. Maps do not grow alike in all
// minor versions.
func (p *Profile) Unfit(version, arch string) string {
	if was, is := minor(p.Go), minor(version); was != is {
		return fmt.Sprintf("it was recorded with %s, and this is %s; record it anew", orUnknown(was), is)
	}
	_, then, _ := strings.Cut(p.Arch, "/")
	if was, is := types.SizesFor("gc", then), types.SizesFor("gc", arch); was == nil || is != nil && was.Sizeof(types.Typ[types.Uintptr]) != is.Sizeof(types.Typ[types.Uintptr]) {
		return fmt.Sprintf("it was recorded on %s, where maps have other sizes than on %s", orUnknown(p.Arch), arch)
	}
	return ""
}

var minorVersion = regexp.MustCompile(`go1\.\d+`)

// minor returns the release that a version of Go belongs to: go1.26 for "go1.26.8" and
// for "devel go1.26-0123abc".
func minor(version string) string { return minorVersion.FindString(version) }

func orUnknown(s string) string {
	if s == "" {
		return "an unknown one"
	}
	return s
}
