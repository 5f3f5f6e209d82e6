package driver

import (
	"context"
	"errors"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"runtime"

	"golang.org/x/sync/errgroup"
)

// parsing is a file that is being parsed, or has been.
type parsing struct {
	key  parseKey
	done chan struct{}
	// What follows is set when done is closed.
	file *ast.File
	tok  *token.File
	errs []Problem
	size int
	err  error // the file could not be read
	refs int   // guarded by Build.mu
}

type parseKey struct {
	name string
	hash Hash
}

// parse parses the files of a package, of which those that have not changed are
// there already.
func (m *moment) parse(ctx context.Context, p *Package) error {
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for _, name := range p.Unit.Files {
		hash, err := m.hash(name)
		if err != nil {
			p.Problems = append(p.Problems, Problem{Pos: token.Position{Filename: name}, Msg: err.Error()})
			continue
		}
		key := parseKey{name, hash}
		m.mu.Lock()
		f := m.gen.parsed[key]
		first := f == nil
		if first {
			f = &parsing{key: key, done: make(chan struct{})}
			m.gen.parsed[key] = f
		}
		f.refs++
		m.mu.Unlock()
		p.parsed = append(p.parsed, f)
		if first {
			g.Go(func() error {
				defer close(f.done)
				m.parseFile(ctx, f)
				return nil
			})
		}
	}
	_ = g.Wait() // each file has its own error
	for _, f := range p.parsed {
		<-f.done
		if f.err != nil {
			return f.err
		}
		if f.file.Name != nil && f.file.Name.Name != "" { // else there is nothing of it
			p.Files = append(p.Files, f.file)
		}
		p.Problems = append(p.Problems, f.errs...)
		p.bytes += f.size
	}
	return ctx.Err()
}

func (m *moment) parseFile(ctx context.Context, f *parsing) {
	data, err := m.readFile(m.files, f.key.name, f.key.hash)
	if err != nil {
		// Who comes later tries anew.
		m.mu.Lock()
		if m.gen.parsed[f.key] == f {
			delete(m.gen.parsed, f.key)
		}
		m.mu.Unlock()
		f.err = err
		return
	}
	file, err := parser.ParseFile(m.gen.fset, f.key.name, data, parser.ParseComments|parser.SkipObjectResolution|parser.AllErrors)
	f.file, f.size = file, len(data)
	f.tok = m.gen.fset.File(file.FileStart)
	if list := (scanner.ErrorList)(nil); errors.As(err, &list) {
		for _, e := range list {
			// The parser gives positions that follow //line.
			at := m.gen.fset.PositionFor(f.tok.Pos(min(e.Pos.Offset, f.tok.Size())), false)
			f.errs = append(f.errs, Problem{Pos: at, Msg: e.Msg})
		}
	} else if err != nil {
		f.errs = append(f.errs, Problem{Pos: token.Position{Filename: f.key.name}, Msg: err.Error()})
	}
}
