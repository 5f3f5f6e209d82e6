module github.com/mapdiag/mapdiag

go 1.26

ignore ./node_modules

require (
	github.com/google/pprof v0.0.0-20260802141513-ef3492d7dac3
	github.com/owenrumney/go-sarif/v2 v2.3.3
	github.com/rogpeppe/go-internal v1.16.0
	github.com/santhosh-tekuri/jsonschema/v6 v6.0.3
	github.com/sourcegraph/jsonrpc2 v0.2.3
	go.lsp.dev/protocol v1.0.1
	go.lsp.dev/uri v1.0.1
	golang.org/x/sync v0.22.0
	golang.org/x/tools v0.49.0
)

require (
	github.com/go-json-experiment/json v0.0.0-20260623181947-01eb4420fa68 // indirect
	github.com/mapdiag/mapdiag/mapstat v0.0.0
	go.lsp.dev/jsonrpc2 v1.0.1 // indirect
	golang.org/x/mod v0.39.0 // indirect
	golang.org/x/text v0.36.0 // indirect
)

replace github.com/mapdiag/mapdiag/mapstat => ./mapstat
