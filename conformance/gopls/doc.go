// Package gopls runs mapls beside the gopls that its go.mod names: as two
// servers of one client, and in an editor. It consists of tests.
package gopls
