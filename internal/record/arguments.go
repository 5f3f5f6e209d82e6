package record

import (
	"fmt"
	"slices"
	"strings"
)

// goBooleans are the flags of go build, run and test that take no value unless it follows a "=".
var goBooleans = []string{
	"a", "n", "v", "x", "race", "msan", "asan", "cover", "work", "trimpath", "linkshared", "modcacherw", "buildvcs", "json",
	"c", "short", "failfast", "benchmem", "fullpath", "artifacts",
}

// cutFlags splits a command line of the go command into the flags in front, and what follows.
func cutFlags(args []string) (flags, rest []string, err error) {
	for i := 0; i < len(args); i++ {
		name, _, joined := cutFlag(args[i])
		switch {
		case args[i] == "--":
			return args[:i], args[i+1:], nil
		case name == "":
			return args[:i], args[i:], nil
		case joined || slices.Contains(goBooleans, name):
		case i+1 == len(args):
			return nil, nil, fmt.Errorf("the flag -%s wants a value", name)
		default:
			i++
		}
	}
	return args, nil, nil
}

// cutPackage splits what follows the flags of go run into what it names, one package or Go
// files, and the arguments of the program.
func cutPackage(args []string) (program, rest []string) {
	n := 0
	for n < len(args) && strings.HasSuffix(args[n], ".go") {
		n++
	}
	if n == 0 {
		n = min(1, len(args))
	}
	return args[:n], args[n:]
}

// testPackages returns the packages in a command line of go test, in which flags stand before and
// after them, and the place of -args, which is len(args) where it is missing.
func testPackages(args []string) (packages []string, end int) {
	end = len(args)
	if i := slices.IndexFunc(args, func(a string) bool { return a == "-args" || a == "--args" }); i >= 0 {
		end = i
	}
	for i := 0; i < end; {
		name, _, joined := cutFlag(args[i])
		switch {
		case name == "":
			packages = append(packages, args[i])
			i++
		case joined || slices.Contains(goBooleans, name):
			i++
		default:
			i += 2
		}
	}
	return packages, end
}

// listFlags returns those flags of a build that change which packages and files it consists of.
func listFlags(flags []string) []string {
	var kept []string
	for _, name := range []string{"C", "tags", "mod", "modfile"} {
		l := flagList(slices.Clone(flags))
		for _, v := range l.take(name) {
			kept = append(kept, "-"+name+"="+v)
		}
	}
	return kept
}
