module github.com/mapdiag/mapdiag

go 1.26

ignore ./node_modules

require golang.org/x/tools v0.49.0 // indirect
