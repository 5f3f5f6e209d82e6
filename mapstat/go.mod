module github.com/mapdiag/mapdiag/mapstat

go 1.24
