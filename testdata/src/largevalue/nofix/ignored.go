package nofix

var elsewhere = map[string]big{} // want `range`

func inElsewhere() (n int) {
	for _, v := range elsewhere {
		n += v.id
	}
	return n
}
