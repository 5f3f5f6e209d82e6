// Package shop is what the tests open: each file has the findings that one or
// two tests are about, and nothing else.
package shop
