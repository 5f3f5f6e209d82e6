// Package dep is what generated programs use of another package.
package dep

const Limit = 18

var Table = []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"}

var Size = 11

func Ints(n int) []int {
	list := make([]int, 0, max(n, 0))
	for i := range n {
		list = append(list, i*7%13)
	}
	return list
}

func Fill(m map[int]int, keys []int) {
	for i, k := range keys {
		m[k] = i
	}
}

func FillIndex(m map[int]bool, keys ...int) {
	for i := range keys {
		m[i] = true
	}
}

func Grow(m map[int]int) {
	for i := range 5 {
		m[i-100] = i
	}
}
