#!/bin/sh
# Shows what mapvet does for the program in examples/orders: its findings, the
# safe fixes as a diff, and what they save.
# Usage: demo.sh MAPVET, with the path of the built program.
set -eu

mapvet=$(realpath "$1")
cd "$(dirname "$0")/orders"
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT

# run shows a command and runs it. Findings are what the demo is about, so
# the exit status that stands for them is required: a demo without a finding
# has failed.
run() {
	want=$1 && shift
	printf '\n$ %s\n' "$*" | sed "s|$mapvet|mapvet|"
	status=0
	"$@" 2>&1 || status=$?
	if [ "$status" != "$want" ]; then
		echo "demo: exit status $status, want $want" >&2
		exit 1
	fi
}

bench() {
	go test -run '^$' -bench Index "$1" | grep ^Benchmark
}

echo "== The findings"
run 1 "$mapvet" ./...

echo
echo "== The safe fixes, as a diff"
run 1 "$mapvet" -diff ./...

echo
echo "== The fixes applied to a copy, and what they save: before, after"
cp ./* "$copy"
(cd "$copy" && run 0 go fix -fixtool="$mapvet" ./...)
bench .
(cd "$copy" && go test . && bench .)
