package record

import (
	"fmt"
	"strings"
)

// A flagList holds flags of the go command, each as one word (-name=value) or two (-name value).
type flagList []string

// take removes the flags of a name that have a value, and returns the values in their order.
func (l *flagList) take(name string) []string {
	var values []string
	rest := make(flagList, 0, len(*l))
	for i := 0; i < len(*l); i++ {
		word := (*l)[i]
		got, value, joined := cutFlag(word)
		switch {
		case got != name:
			rest = append(rest, word)
		case joined:
			values = append(values, value)
		case i+1 < len(*l):
			i++
			values = append(values, (*l)[i])
		default:
			rest = append(rest, word) // the go command says what is wrong with it
		}
	}
	*l = rest
	return values
}

// cutFlag splits -name=value or --name=value.
func cutFlag(word string) (name, value string, joined bool) {
	if !strings.HasPrefix(word, "-") {
		return "", "", false
	}
	word = strings.TrimPrefix(strings.TrimPrefix(word, "-"), "-")
	return strings.Cut(word, "=")
}

func (l flagList) has(name string) bool {
	for _, word := range l {
		if got, value, joined := cutFlag(word); got == name && (!joined || value != "false") {
			return true
		}
	}
	return false
}

// splitQuoted splits as the go command does with GOFLAGS and the values of flags that hold flags:
// at blanks, where a word may be quoted as a whole.
func splitQuoted(s string) ([]string, error) {
	var words []string
	for {
		s = strings.TrimLeft(s, " \t\n\r")
		if s == "" {
			return words, nil
		}
		if quote := s[0]; quote == '"' || quote == '\'' {
			word, rest, ok := strings.Cut(s[1:], string(quote))
			if !ok {
				return nil, fmt.Errorf("%s: quotation is not closed", s)
			}
			words, s = append(words, word), rest
			continue
		}
		i := strings.IndexAny(s, " \t\n\r")
		if i < 0 {
			i = len(s)
		}
		words, s = append(words, s[:i]), s[i:]
	}
}

// quote makes a word that splitQuoted gives back.
func quote(word string) (string, error) {
	switch {
	case word != "" && !strings.ContainsAny(word, " \t\n\r\"'"):
		return word, nil
	case !strings.Contains(word, "'"):
		return "'" + word + "'", nil
	case !strings.Contains(word, `"`):
		return `"` + word + `"`, nil
	}
	return "", fmt.Errorf("%s: has both kinds of quotation marks", word)
}

// withLinkerFlags returns the -ldflags that the linker needs besides those that are given. Each
// may be for a pattern of packages, and the last that matches counts.
func withLinkerFlags(given []string, ours string) []string {
	flags := []string{"-ldflags=" + ours}
	for _, value := range given {
		if value != "" && !strings.HasPrefix(strings.TrimSpace(value), "-") && !strings.HasPrefix(value, `"`) && !strings.HasPrefix(value, "'") {
			if pattern, args, ok := strings.Cut(value, "="); ok {
				flags = append(flags, "-ldflags="+pattern+"="+strings.TrimSpace(args+" "+ours))
				continue
			}
		}
		flags = append(flags, "-ldflags="+strings.TrimSpace(value+" "+ours))
	}
	return flags
}
