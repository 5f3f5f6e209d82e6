# A module in a folder of its own is not reached by ./... at the root: the
# tests walk all modules, except fixtures (testdata) and what only
# make conformance builds.
MODULES := $(sort $(patsubst %/go.mod,%,$(shell find . -name node_modules -prune -o -name testdata -prune -o -path ./conformance -prune -o -name go.mod -print)))

.PHONY: all build test test-extension race matrix lint generate demo extension e2e pictures install release conformance bench-lsp clean

all: build lint test

build: bin/mapvet bin/mapls bin/mapdiag

.PHONY: bin/mapvet bin/mapls bin/mapdiag # go build itself knows what is up to date
bin/mapvet bin/mapls bin/mapdiag:
	go build -o $@ ./cmd/$(@F)

# Runs all tests of all modules and those of the extension, also after one has
# failed.
test:
	@failed=; for m in $(MODULES); do \
		echo "== go test ./... in $$m"; \
		(cd $$m && go test ./...) || failed="$$failed $$m"; \
	done; \
	$(MAKE) --no-print-directory test-extension || failed="$$failed extension"; \
	if [ -n "$$failed" ]; then echo "make test: failed in$$failed" >&2; exit 1; fi

# The tests of the extension that need no editor: its logic, and its half of the
# protocol with the real mapls.
test-extension: node_modules
	@echo "== tests of the extension"
	@npm test --silent

# Installs what package-lock.json names, again when that has changed. No package
# needs to run a script of its own for it.
node_modules: package-lock.json
	@if ! command -v node >/dev/null || ! command -v npm >/dev/null; then \
		echo "make: the extension for VS Code needs Node 20 or later and npm: apt-get install nodejs npm, or https://nodejs.org" >&2; exit 1; fi
	npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

# Runs under the race detector what starts goroutines; it needs a C compiler.
race:
	go test -race ./internal/... ./server/...
	cd mapstat && go test -race -short ./...
	cd mapstat/http && go test -race ./...
	cd mapstat/promstat && go test -race ./...

# Tests mapstat, what mapdiag hot knows of the runtime, and the recorder, with each toolchain and
# each layout of maps that they support. Toolchains that are not here yet are fetched; it says which could
# not be had.
matrix:
	mapstat/matrix.sh -short
	MAPDIAG_MATRIX=1 go test -count=1 ./internal/health/hot
	MAPDIAG_MATRIX=1 go test -count=1 -timeout 60m -run 'Counts|Builds' ./internal/record

# gofmt, go vet and mapvet itself over all modules except the demo, which is
# there to be found fault with; and the types of the extension.
lint: bin/mapvet node_modules
	@unformatted=$$(gofmt -l .); \
	if [ -n "$$unformatted" ]; then echo "run gofmt -w on:" >&2; echo "$$unformatted" >&2; exit 1; fi
	@for m in $(filter-out ./examples/%,$(MODULES)); do \
		echo "== go vet ./... in $$m"; \
		(cd $$m && go vet ./... && go vet -vettool=$(CURDIR)/bin/mapvet ./...) || exit 1; \
	done

	@echo "== tsc in extension"
	@npm run --silent check

# Writes the documents that follow from code.
generate:
	go generate ./...

# Shows the findings, the fixes and their effect on the example program.
demo: bin/mapvet
	examples/demo.sh bin/mapvet

# Packs the extension for this platform, with mapls and mapvet inside, into dist, and
# looks at what has been packed.
extension: node_modules
	npm run --silent package
	npm run --silent test:package

# Tests the packed extension in a real VS Code: code-server, with Chromium as its
# window. The first run installs both, into ~/.cache/mapdiag-e2e, in about a minute.
# Then the pages of mapdiag in that Chromium.
e2e: extension
	node extension/test/e2e/run.mjs "$$(node extension/scripts/vsix.mjs)"
	go test -count=1 -v -tags e2e -run Browser ./internal/health/web

# Makes the pictures of README.md and the walkthrough anew, in the same VS Code.
pictures: extension
	node extension/test/e2e/run.mjs "$$(node extension/scripts/vsix.mjs)" --pictures

# Installs it into the editor that is on the PATH.
install:
	@editor=$$(command -v code || command -v codium || command -v code-server) || \
		{ echo "make install: none of code, codium and code-server is on the PATH; run make extension and install the .vsix in dist from the editor" >&2; exit 1; }; \
	$(MAKE) --no-print-directory extension && \
	"$$editor" --install-extension "$$(node extension/scripts/vsix.mjs)" --force

# Packs the extension and the programs for all platforms into dist, with their sums.
release: node_modules
	rm -rf dist
	npm run --silent package:all
	go run ./internal/release
	npm run --silent test:package

# Builds golangci-lint with the plug-in linked in and compares its findings
# with mapvet's; builds gopls and runs it beside mapls, as peers and in Neovim
# where that is installed; holds what is in deploy against the types of Kubernetes and
# the exporter's metrics. The first build takes minutes.
conformance:
	cd conformance/golangci && go test -count=1 ./...
	cd conformance/gopls && go test -count=1 ./...
	cd conformance/kubernetes && go test -count=1 ./...
	cd conformance/prometheus && go test -count=1 ./...
	@command -v promtool >/dev/null || echo "make conformance: promtool is not installed (Debian: prometheus), the tests of the alerts were skipped"
	@command -v nvim >/dev/null || echo "make conformance: Neovim is not installed, its test was skipped"

# Measures mapls beside gopls in a module: make bench-lsp DIR=../prometheus
# FILE=tsdb/head.go N=20. The first build of gopls takes minutes.
DIR = examples/orders
FILE = ledger.go
N = 20
bench-lsp: bin/mapls
	cd conformance/gopls && go build -o $(CURDIR)/bin/gopls golang.org/x/tools/gopls
	go run ./internal/benchlsp -mapls $(CURDIR)/bin/mapls -gopls $(CURDIR)/bin/gopls -dir $(DIR) -file $(FILE) -n $(N)

clean:
	rm -rf bin dist extension/bin extension/dist extension/out
