// Package stmts finds lists of statements.
package stmts

import "go/ast"

// In returns the list of statements that a node holds: a block, or a clause of a switch or
// select. It is nil for all other nodes.
func In(n ast.Node) []ast.Stmt {
	switch n := n.(type) {
	case *ast.BlockStmt:
		return n.List
	case *ast.CaseClause:
		return n.Body
	case *ast.CommClause:
		return n.Body
	}
	return nil
}
