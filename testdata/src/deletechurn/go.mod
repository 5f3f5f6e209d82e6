module deletechurn

go 1.26
