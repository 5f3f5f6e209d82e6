package nofix

func inFunction(ks []string) (n int) {
	m := map[string]big{} // want `insert`
	for _, k := range ks {
		m[k] = big{}
	}
	// Nothing gets cheaper by pointers: there are only inserts.
	return len(m)
}
