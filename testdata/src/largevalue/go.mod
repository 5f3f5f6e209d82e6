module largevalue

go 1.26
