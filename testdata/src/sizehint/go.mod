module sizehint

go 1.26
