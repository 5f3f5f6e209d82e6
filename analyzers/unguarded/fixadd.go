package unguarded

func (x *fixer) addMutexes() {}
