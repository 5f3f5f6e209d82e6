package nofix

func onWindows() big { return elsewhere["x"] }
