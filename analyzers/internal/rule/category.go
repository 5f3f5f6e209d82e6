package rule

import "strings"

// Category encodes the rule and the level of a finding as a diagnostic's
// category: "sizehint", "sizehint/likely" or "sizehint/possible".
func Category(name string, level Level) string {
	if level == Certain {
		return name
	}
	return name + "/" + level.String()
}

// ParseCategory is the inverse of [Category]. A category without a known
// level is a certain one.
func ParseCategory(category string) (name string, level Level) {
	name, l, _ := strings.Cut(category, "/")
	_ = level.Set(l)
	return name, level
}
