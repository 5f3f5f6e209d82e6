package racetests

import "errors"

// The goroutines of these functions race as well, but not on the map: on what
// a key or a value is read from, or on a slice that the map leads to.

type block struct{ words [24]int64 }

func LookupPartOfKey() {
	k := new(block)
	used := make(map[block]bool)
	done := make(chan bool, 1)
	go func() {
		k.words[5] = 1
		done <- true
	}()
	_ = used[*k]
	<-done
}

func LookupPartOfKeyOK() {
	k := new(block)
	used := make(map[block]bool)
	done := make(chan bool, 1)
	go func() {
		k.words[5] = 1
		done <- true
	}()
	_, _ = used[*k]
	<-done
}

func DeletePartOfKey() {
	k := new(block)
	used := make(map[block]bool)
	done := make(chan bool, 1)
	go func() {
		k.words[5] = 1
		done <- true
	}()
	delete(used, *k)
	<-done
}

func InsertPartOfKey() {
	k := new(block)
	used := make(map[block]bool)
	done := make(chan bool, 1)
	go func() {
		k.words[5] = 1
		done <- true
	}()
	used[*k] = true
	<-done
}

func InsertPartOfValue() {
	v := new(block)
	byID := make(map[int]block)
	done := make(chan bool, 1)
	go func() {
		v.words[5] = 1
		done <- true
	}()
	byID[1] = *v
	<-done
}

// AssignElement writes to an element of a slice, which the map is read for.
func AssignElement() int {
	dial := func() (int, error) { return 1, errors.New("refused") }
	ports := make(map[string][]int)
	ports["a"] = []int{0}
	done := make(chan bool, 1)
	var err error
	go func() {
		ports["a"][0], err = dial()
		done <- true
	}()
	p := ports["a"][0]
	<-done
	_ = err
	return p
}

// table and record are stored behind pointers, because of their size.
type table [512]*int

type record struct {
	id   int
	refs [512]*int
}

func LookupKey() {
	pages := make(map[table]int)
	var k table
	done := make(chan bool, 1)
	go func() {
		_ = pages[k]
		done <- true
	}()
	k[9] = new(int)
	<-done
}

func LookupKeyOK() {
	pages := make(map[table]int)
	var k table
	done := make(chan bool, 1)
	go func() {
		_, _ = pages[k]
		done <- true
	}()
	k[9] = new(int)
	<-done
}

func InsertKey() {
	pages := make(map[table]int)
	var k table
	done := make(chan bool, 1)
	go func() {
		pages[k] = 1
		done <- true
	}()
	k[9] = new(int)
	<-done
}

func DeleteKey() {
	pages := make(map[table]int)
	var k table
	done := make(chan bool, 1)
	go func() {
		delete(pages, k)
		done <- true
	}()
	k[9] = new(int)
	<-done
}

func InsertValue() {
	byID := make(map[int]record)
	var v record
	done := make(chan bool, 1)
	go func() {
		byID[1] = v
		done <- true
	}()
	v.refs[9] = new(int)
	<-done
}

func LookupValue() {
	byID := make(map[int]record)
	var v record
	done := make(chan bool, 1)
	go func() {
		v = byID[1]
		done <- true
	}()
	v.refs[9] = new(int)
	<-done
}

func LookupValueOK() {
	byID := make(map[int]record)
	var v record
	done := make(chan bool, 1)
	go func() {
		v, _ = byID[1]
		done <- true
	}()
	v.refs[9] = new(int)
	<-done
}
