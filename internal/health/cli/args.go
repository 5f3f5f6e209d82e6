package cli

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// normalise gives the long flags that were written with one dash, as the go command and pprof
// have them, the two dashes that cobra wants: -sort wasted, -http=:8080. Flags of one letter stay
// as they are, as do values of flags and all after --.
func normalise(root *cobra.Command, args []string) []string {
	if c, _, err := root.Find(args); err == nil && c.DisableFlagParsing {
		return args // they are for the go command
	}
	// A name means the same to all commands, as far as they know it: whether a
	// value follows does not depend on the command.
	known := make(map[string]*pflag.Flag)
	for _, c := range append(root.Commands(), root) {
		c.Flags().VisitAll(func(f *pflag.Flag) {
			known[f.Name] = f
			if f.Shorthand != "" {
				known[f.Shorthand] = f
			}
		})
	}
	out := make([]string, 0, len(args))
	for i := 0; i < len(args); i++ {
		arg := args[i]
		if arg == "--" {
			return append(out, args[i:]...)
		}
		body := strings.TrimLeft(arg, "-")
		dashes := len(arg) - len(body)
		name, _, hasValue := strings.Cut(body, "=")
		f := known[name]
		if dashes == 0 || dashes > 2 || f == nil {
			if dashes == 1 && len(name) > 1 && !takesValue(known[name[:1]]) {
				// No flag of one letter with its value, -n10: a word that nobody
				// knows. cobra would take it for several letters.
				arg = "-" + arg
			}
			out = append(out, arg)
			continue
		}
		if len(name) > 1 {
			arg = "--" + body
		}
		out = append(out, arg)
		if !hasValue && takesValue(f) && i+1 < len(args) {
			i++
			out = append(out, args[i])
		}
	}
	return out
}

func takesValue(f *pflag.Flag) bool { return f != nil && f.NoOptDefVal == "" }

// singleDash writes errors of pflag in the way in which flags are written here.
func singleDash(err error) error {
	text := strings.Replace(err.Error(), "unknown flag: ", "unknown flag ", 1)
	if rest, ok := strings.CutPrefix(text, "unknown shorthand flag: "); ok {
		if _, flag, ok := strings.Cut(rest, " in "); ok {
			return errors.New("unknown flag " + flag)
		}
	}
	if i := strings.Index(text, `" flag: `); i >= 0 { // invalid argument "x" for "-n, --n" flag: why
		if j := strings.LastIndex(text[:i], `"`); j >= 0 {
			names := text[j+1 : i]
			text = text[:j] + "-" + strings.TrimLeft(names[strings.LastIndex(names, "-"):], "-") + ": " + reason(text[i+len(`" flag: `):])
		}
		return errors.New(text)
	}
	return errors.New(strings.ReplaceAll(text, "--", "-"))
}

// reason leaves out of an error of package strconv what was tried.
func reason(text string) string {
	if i := strings.LastIndex(text, ": "); i >= 0 && strings.HasPrefix(text, "strconv.") {
		return text[i+2:]
	}
	return text
}
