package racetests

// The goroutines of these functions only read, or are waited for.

func ReadRead() {
	stock := make(map[int]int)
	done := make(chan bool, 1)
	go func() {
		_, _ = stock[7]
		done <- true
	}()
	_ = stock[7]
	<-done
}

func RangeRange() {
	stock := make(map[int]int)
	stock[0] = 1
	done := make(chan bool, 1)
	go func() {
		for range stock {
		}
		done <- true
	}()
	for range stock {
	}
	<-done
}

func RangeLen() int {
	stock := map[int]int{1: 1}
	done := make(chan bool, 1)
	go func() {
		for range stock {
		}
		done <- true
	}()
	n := len(stock)
	<-done
	return n
}

// WriteBefore writes before the go, and after it is told.
func WriteBefore() {
	stock := make(map[int]int)
	stock[7] = 1
	done := make(chan bool, 1)
	go func() {
		_ = stock[7]
		done <- true
	}()
	<-done
	stock[7] = 2
	delete(stock, 7)
}

// WriteOther writes to another map of the same type.
func WriteOther() {
	stock, other := make(map[int]int), make(map[int]int)
	done := make(chan bool, 1)
	go func() {
		_ = stock[7]
		done <- true
	}()
	other[7] = 1
	<-done
}

// VariableShadowed assigns a variable of the same name.
func VariableShadowed() {
	stock := make(map[int]int)
	done := make(chan bool, 1)
	go func() {
		stock := make(map[int]int)
		stock[1] = 1
		done <- true
	}()
	stock = make(map[int]int)
	stock[1] = 2
	<-done
}

// VariableCopied gives the goroutine a copy of the variable, whose map the
// other side leaves alone.
func VariableCopied() int {
	stock := make(map[int]int)
	done := make(chan bool, 1)
	go func(stock map[int]int) {
		stock[1] = 1
		done <- true
	}(stock)
	stock = make(map[int]int)
	stock[1] = 2
	<-done
	return len(stock)
}
