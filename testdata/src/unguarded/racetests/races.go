// Package racetests has one race in each of its functions, of the shapes that
// the race detector is tested with. All of them wait for their goroutine only
// at the end.
package racetests

// ReadWrite looks up while the map is written.
func ReadWrite() {
	stock := make(map[int]int)
	done := make(chan bool, 1)
	go func() {
		_ = stock[7]
		done <- true
	}()
	stock[7] = 1 // want `^write to stock .*\[unguarded/likely\]$`
	<-done
}

// ReadWriteOK looks up in the form that asks.
func ReadWriteOK() {
	stock := make(map[int]int)
	done := make(chan bool, 1)
	go func() {
		_, _ = stock[7]
		done <- true
	}()
	stock[7] = 1 // want `^write to stock .*\[unguarded/likely\]$`
	<-done
}

// ReadWriteArray takes one element of an array that is a value of the map.
func ReadWriteArray() {
	points := make(map[string][3]int)
	done := make(chan bool, 1)
	go func() {
		_ = points["a"][2]
		done <- true
	}()
	points["b"] = [3]int{1, 2, 3} // want `^write to points .*\[unguarded/likely\]$`
	<-done
}

// Range ranges while the map is written.
func Range() {
	stock := make(map[int]int)
	done := make(chan bool, 1)
	go func() {
		for range stock {
		}
		done <- true
	}()
	stock[3] = 1 // want `^write to stock .*\[unguarded/likely\]$`
	<-done
}

// RangeBoth ranges with keys and values.
func RangeBoth() int {
	stock := make(map[int]int)
	sum := make(chan int, 1)
	go func() {
		n := 0
		for k, v := range stock {
			n += k * v
		}
		sum <- n
	}()
	stock[3] = 1 // want `^write to stock .*\[unguarded/likely\]$`
	return <-sum
}

// Len asks for the number of entries.
func Len() {
	names := make(map[string]bool)
	done := make(chan bool, 1)
	go func() {
		_ = len(names)
		done <- true
	}()
	names["x"] = true // want `^write to names .*\[unguarded/likely\]$`
	<-done
}

// Delete has two writers.
func Delete() {
	names := make(map[string]bool)
	done := make(chan bool, 1)
	go func() {
		delete(names, "x") // want `^write to names .*\[unguarded/likely\]$`
		done <- true
	}()
	names["x"] = true // want `^write to names .*\[unguarded/likely\]$`
	<-done
}

// LenDelete deletes where others ask for the number of entries.
func LenDelete() int {
	names := make(map[string]bool)
	done := make(chan bool, 1)
	go func() {
		delete(names, "x") // want `^write to names .*\[unguarded/likely\]$`
		done <- true
	}()
	n := len(names)
	<-done
	return n
}

// Variable assigns the variable, twice.
func Variable() int {
	done := make(chan bool, 1)
	stock := make(map[int]int)
	_ = stock
	go func() {
		stock = make(map[int]int) // want `^write to stock .*\[unguarded/likely\]$`
		done <- true
	}()
	stock = make(map[int]int) // want `^write to stock .*\[unguarded/likely\]$`
	<-done
	return len(stock)
}

// VariableWrite assigns the variable while the map in it is written.
func VariableWrite() int {
	done := make(chan bool, 1)
	stock := make(map[int]int)
	go func() {
		stock[1] = 1 // want `^write to stock .*\[unguarded/likely\]$`
		done <- true
	}()
	stock = make(map[int]int) // want `^write to stock .*\[unguarded/likely\]$`
	<-done
	return len(stock)
}

// VariableRead assigns the variable while the map in it is read.
func VariableRead() {
	done := make(chan bool, 1)
	stock := make(map[int]int)
	go func() {
		_ = stock[1]
		done <- true
	}()
	stock = make(map[int]int) // want `^write to stock .*\[unguarded/likely\]$`
	<-done
}
