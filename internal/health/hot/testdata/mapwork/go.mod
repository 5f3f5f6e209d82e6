module example.com/mapwork

go 1.24
