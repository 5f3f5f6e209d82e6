// Package limits holds values around the two limits.
package limits

type (
	v63  [63]byte
	v64  [64]byte
	v65  [65]byte
	v127 [127]byte
	v128 [128]byte
	v129 [129]byte
)

func modify(ks []int) {
	m63 := map[int]v63{}
	m64 := map[int]v64{}   // want `values of 64 bytes: 1 read-modify-write copying 128 bytes`
	m65 := map[int]v65{}   // want `values of 65 bytes: 1 read-modify-write`
	m127 := map[int]v127{} // want `values of 127 bytes: 1 read-modify-write`
	m128 := map[int]v128{} // want `values of 128 bytes: 1 read-modify-write copying 256`
	m129 := map[int]v129{} // want `values of 129 bytes: 1 read-modify-write copying 258 bytes each, 1 lookup copying 129 bytes each`
	for _, k := range ks {
		a := m63[k]
		a[0]++
		m63[k] = a
		b := m64[k]
		b[0]++
		m64[k] = b
		c := m65[k]
		c[0]++
		m65[k] = c
		d := m127[k]
		d[0]++
		m127[k] = d
		e := m128[k]
		e[0]++
		m128[k] = e
		f := m129[k]
		f[0]++
		m129[k] = f
	}
}

func once(k int, m128 map[int]v128, m129 map[int]v129) { // want `values of 129 bytes: 1 read-modify-write`
	a := m128[k]
	a[0]++
	m128[k] = a
	b := m129[k]
	b[0]++
	m129[k] = b
}

func read(m64 map[int]v64, m128 map[int]v128, m129 map[int]v129) (n int) { // want `values of 129 bytes: 1 range`
	for _, v := range m64 {
		n += int(v[0])
	}
	for _, v := range m128 {
		n += int(v[0])
	}
	for _, v := range m129 {
		n += int(v[0])
	}
	return n
}

func fill(ks []int, m128 map[int]v128, m129 map[int]v129) { // want `values of 129 bytes: 1 insert`
	for _, k := range ks {
		m128[k] = v128{}
		m129[k] = v129{}
	}
}

func keys(ks []v129, m64 map[v64]int, m128 map[v128]int, m129 map[v129]int) { // want `keys of 129 bytes: 1 access`
	for i := range ks {
		m64[v64(ks[i][:64])]++
		m128[v128(ks[i][:128])]++
		m129[ks[i]]++
	}
}
