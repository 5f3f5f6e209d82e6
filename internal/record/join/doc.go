// Package join makes profiles of what recorded programs leave: it finds the expressions
// of the source that the lines in their stacks belong to.
//
// Go's line tables have no columns, and maps that begin on the stack are made without a call, so
// that they are first seen where they grow. What a line leaves open is decided by the type of the
// map, by the order of the code, and, for growths, by the variable that is assigned to. Where
// that does not decide, a site keeps its line and gets no expression.
package join
