package sites

import (
	"crypto/sha256"
	"encoding/hex"
	"go/ast"
	"go/scanner"
	"go/token"
	"slices"
	"strings"
)

// A Decl is a top-level declaration that may make maps: a function, a method, or
// the variables of one var specification.
type Decl struct {
	Name string // "f", "T.m", "(*T).m", "var a, b"
	Hash string // of its tokens, 16 hexadecimal digits
	Node ast.Node

	Start, End token.Pos
	tokens     []token.Pos // where each token begins
}

// Decls returns the declarations of a file, in source order. The file must have been parsed from src.
func Decls(fset *token.FileSet, file *ast.File, src []byte) []Decl {
	return DeclsNamed(fset, file, src, func(string) bool { return true })
}

// DeclsNamed returns those of the declarations of a file whose names are wanted: the others
// are not read.
func DeclsNamed(fset *token.FileSet, file *ast.File, src []byte, wanted func(name string) bool) []Decl {
	tf := fset.File(file.FileStart)
	if tf == nil || tf.Size() != len(src) {
		return nil
	}
	var decls []Decl
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if name := FuncName(d); d.Body != nil && wanted(name) {
				decls = append(decls, newDecl(tf, src, name, d))
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				if s, ok := s.(*ast.ValueSpec); ok && d.Tok == token.VAR && len(s.Values) > 0 {
					names := make([]string, len(s.Names))
					for i, id := range s.Names {
						names[i] = id.Name
					}
					if name := "var " + strings.Join(names, ", "); wanted(name) {
						decls = append(decls, newDecl(tf, src, name, s))
					}
				}
			}
		}
	}
	return decls
}

func newDecl(tf *token.File, src []byte, name string, n ast.Node) Decl {
	d := Decl{Name: name, Node: n, Start: n.Pos(), End: n.End()}
	from, to := tf.Offset(n.Pos()), tf.Offset(n.End())
	text := src[from:to]
	var s scanner.Scanner
	own := token.NewFileSet().AddFile("", -1, len(text))
	s.Init(own, text, func(token.Position, string) {}, 0)
	h := sha256.New()
	for {
		pos, tok, lit := s.Scan()
		if tok == token.EOF {
			break
		}
		if tok == token.SEMICOLON && lit != ";" {
			continue // where a line ends
		}
		d.tokens = append(d.tokens, n.Pos()+token.Pos(own.Offset(pos)))
		h.Write([]byte(tok.String()))
		h.Write([]byte{0})
		h.Write([]byte(lit))
		h.Write([]byte{0})
	}
	d.Hash = hex.EncodeToString(h.Sum(nil)[:8])
	return d
}

// FuncName returns "F", "T.F" or "(*T).F", without type parameters.
func FuncName(d *ast.FuncDecl) string {
	if d.Recv == nil || len(d.Recv.List) == 0 {
		return d.Name.Name
	}
	t := ast.Unparen(d.Recv.List[0].Type)
	star, pointer := t.(*ast.StarExpr)
	if pointer {
		t = ast.Unparen(star.X)
	}
	switch x := t.(type) {
	case *ast.IndexExpr:
		t = x.X
	case *ast.IndexListExpr:
		t = x.X
	}
	name := "?"
	if id, ok := t.(*ast.Ident); ok {
		name = id.Name
	}
	if pointer {
		return "(*" + name + ")." + d.Name.Name
	}
	return name + "." + d.Name.Name
}

// Token returns the index of the token that begins at pos, -1 if none does.
func (d *Decl) Token(pos token.Pos) int {
	if i, ok := slices.BinarySearch(d.tokens, pos); ok {
		return i
	}
	return -1
}

// Pos returns where a token begins, [token.NoPos] if the declaration has none of that index.
func (d *Decl) Pos(index int) token.Pos {
	if index < 0 || index >= len(d.tokens) {
		return token.NoPos
	}
	return d.tokens[index]
}

// DeclAt returns the declaration around a position, nil if there is none.
func DeclAt(decls []Decl, pos token.Pos) *Decl {
	for i := range decls {
		if d := &decls[i]; d.Start <= pos && pos < d.End {
			return d
		}
	}
	return nil
}
