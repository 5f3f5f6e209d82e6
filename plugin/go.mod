module github.com/mapdiag/mapdiag/plugin

go 1.26

require (
	github.com/golangci/plugin-module-register v0.1.2
	github.com/mapdiag/mapdiag v0.0.0
	golang.org/x/tools v0.49.0
)

// The plug-in and the rules are developed and released together.
replace github.com/mapdiag/mapdiag => ../
