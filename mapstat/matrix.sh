#!/bin/sh
# Runs the tests of mapstat with all toolchains and map layouts that it supports. Those
# that are not here yet are fetched by the go command; what could not be had is
# named at the end, and is no failure. Arguments go to go test.
cd "$(dirname "$0")" || exit 1
failed= missing=
while read -r toolchain experiment; do
	what="$toolchain${experiment:+ GOEXPERIMENT=$experiment}"
	if ! GOTOOLCHAIN=$toolchain go version >/dev/null 2>&1; then
		missing="$missing
	$what"
		continue
	fi
	echo "== $what"
	GOTOOLCHAIN=$toolchain GOEXPERIMENT=$experiment go test "$@" . ./internal/... </dev/null ||
		failed="$failed
	$what"
done <<-END
	go1.24.13
	go1.24.13 noswissmap
	go1.25.7
	go1.25.7 noswissmap
	go1.26.8
	go1.27.4
	go1.27.4 mapsplitgroup
END
[ -z "$missing" ] || echo "could not be had, not tested:$missing"
[ -z "$failed" ] || { echo "failed:$failed" >&2; exit 1; }
