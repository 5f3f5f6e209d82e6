// Package baseline tells findings that were known before from new ones.
package baseline

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"strings"

	"github.com/mapdiag/mapdiag/internal/finding"
	"github.com/mapdiag/mapdiag/internal/sites"
	"github.com/mapdiag/mapdiag/internal/source"
)

// A Key identifies a finding by what a reader would call the place, not by
// file and line: it stays the same when lines are inserted above, when the
// file is renamed and when the code is reformatted or its comments change.
type Key struct {
	Rule    string
	Package string
	Decl    string // enclosing declaration, such as "(*Store).Load"; empty outside of any
	Ordinal int    // from 1, among findings that agree in everything else
	Text    string // the code on the finding's lines, in normal form
}

// Fingerprint returns the key as a short text of fixed length.
func (k Key) Fingerprint() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %q %d %q", k.Rule, k.Package, k.Decl, k.Ordinal, k.Text))
	return hex.EncodeToString(sum[:16])
}

func compareKeys(a, b Key) int {
	return cmp.Or(
		cmp.Compare(a.Package, b.Package),
		cmp.Compare(a.Decl, b.Decl),
		cmp.Compare(a.Rule, b.Rule),
		cmp.Compare(a.Text, b.Text),
		cmp.Compare(a.Ordinal, b.Ordinal),
	)
}

// Keys returns the key of each of the findings, which must be sorted.
func Keys(findings []finding.Finding, files *source.Files) []Key {
	keys := make([]Key, len(findings))
	count := make(map[Key]int)
	parsed := make(map[string]*outline)
	for i, f := range findings {
		o, ok := parsed[f.Pos.Filename]
		if !ok {
			o = newOutline(f.Pos.Filename, files)
			parsed[f.Pos.Filename] = o
		}
		k := Key{Rule: f.Rule, Package: f.Package, Decl: o.decl(f.Pos), Text: o.text(f.Pos.Line, f.End.Line)}
		count[k]++
		k.Ordinal = count[k]
		keys[i] = k
	}
	return keys
}

// An outline is what keys need of a file.
type outline struct {
	decls  []declaration
	tokens map[int][]string // by line
}

type declaration struct {
	name       string
	start, end token.Position
}

// newOutline reads a file. A file that cannot be read has an empty outline:
// its findings are told apart by rule, package and ordinal alone.
func newOutline(filename string, files *source.Files) *outline {
	o := new(outline)
	file, err := files.Get(filename)
	if err != nil {
		return o
	}
	fset := token.NewFileSet()
	if tree, _ := parser.ParseFile(fset, filename, file.Data, parser.SkipObjectResolution); tree != nil {
		o.decls = declarations(fset, tree)
	}
	o.tokens = tokens(file.Data)
	return o
}

func declarations(fset *token.FileSet, file *ast.File) []declaration {
	var list []declaration
	add := func(name string, n ast.Node) {
		list = append(list, declaration{name, fset.PositionFor(n.Pos(), false), fset.PositionFor(n.End(), false)})
	}
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			add(sites.FuncName(d), d)
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					add("type "+spec.Name.Name, spec)
				case *ast.ValueSpec:
					add(d.Tok.String()+" "+spec.Names[0].Name, spec)
				}
			}
		}
	}
	return list
}

// decl returns the name of the declaration around a position.
func (o *outline) decl(at token.Position) string {
	for _, d := range o.decls {
		if finding.ComparePos(d.start, at) <= 0 && finding.ComparePos(at, d.end) < 0 {
			return d.name
		}
	}
	return ""
}

// maxLines bounds how much code identifies a finding. The range of a finding
// can be a whole function, in which some line is always being changed.
const maxLines = 3

// text returns the tokens on the lines of a finding, without comments and
// with one space between any two.
func (o *outline) text(first, last int) string {
	last = min(max(first, last), first+maxLines-1)
	var words []string
	for line := first; line <= last; line++ {
		words = append(words, o.tokens[line]...)
	}
	return strings.Join(words, " ")
}

// tokens returns the tokens of a file by the line on which they begin.
func tokens(data []byte) map[int][]string {
	fset := token.NewFileSet()
	file := fset.AddFile("", -1, len(data))
	var s scanner.Scanner
	s.Init(file, bytes.Clone(data), func(token.Position, string) {}, 0)
	byLine := make(map[int][]string)
	for {
		pos, tok, lit := s.Scan()
		if tok == token.EOF {
			return byLine
		}
		if tok == token.SEMICOLON && lit == "\n" {
			continue // inserted by the scanner
		}
		word := lit
		if word == "" {
			word = tok.String()
		}
		// A raw string may span lines, but a key is one line of a file.
		word = strings.Join(strings.Fields(word), " ")
		line := file.PositionFor(pos, false).Line
		byLine[line] = append(byLine[line], word)
	}
}
