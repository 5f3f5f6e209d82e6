module github.com/mapdiag/mapdiag/mapstat/http

go 1.24.0

require (
	github.com/google/pprof v0.0.0-20251114195745-4902fdda35c8
	github.com/mapdiag/mapdiag/mapstat v0.0.0
)

replace github.com/mapdiag/mapdiag/mapstat => ../
