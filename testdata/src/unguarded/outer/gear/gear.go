// Package gear has a struct without a lock.
package gear

type Gear struct {
	ID  string
	Env map[string]string
}

type Wheel struct{ Tags map[string]string }
