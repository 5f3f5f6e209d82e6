package driver

import (
	"bytes"
	"encoding/gob"
	"fmt"
	"go/types"
	"reflect"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/types/objectpath"
)

// A factSet holds the facts about one package and its objects.
type factSet struct {
	facts map[factKey]analysis.Fact
}

type factKey struct {
	obj types.Object // nil for a fact about the package
	typ reflect.Type
}

// savedFact is a fact as it is kept without its package.
type savedFact struct {
	Object objectpath.Path // empty for the package
	Fact   analysis.Fact
}

// registerFacts makes the facts of analyzers known to gob.
func registerFacts(list []*analysis.Analyzer) {
	for _, a := range list {
		for _, f := range a.FactTypes {
			gob.Register(f)
		}
	}
}

// encode returns the facts in a form that does not refer to the package. Facts
// about what other packages cannot name are left out: nobody asks for them.
func (s *factSet) encode() ([]byte, error) {
	var list []savedFact
	var enc objectpath.Encoder
	for k, f := range s.facts {
		saved := savedFact{Fact: f}
		if k.obj != nil {
			path, err := enc.For(k.obj)
			if err != nil {
				continue
			}
			saved.Object = path
		}
		list = append(list, saved)
	}
	if len(list) == 0 {
		return nil, nil
	}
	slices.SortFunc(list, func(x, y savedFact) int {
		if c := strings.Compare(string(x.Object), string(y.Object)); c != 0 {
			return c
		}
		return strings.Compare(fmt.Sprintf("%T", x.Fact), fmt.Sprintf("%T", y.Fact))
	})
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(list); err != nil {
		return nil, fmt.Errorf("encoding facts: %w", err)
	}
	return b.Bytes(), nil
}

// decodeFacts returns facts that were encoded, about the objects of a package.
// What the package does not have is left out.
func decodeFacts(pkg *types.Package, data []byte) (map[factKey]analysis.Fact, error) {
	if len(data) == 0 {
		return nil, nil
	}
	var list []savedFact
	if err := gob.NewDecoder(bytes.NewReader(data)).Decode(&list); err != nil {
		return nil, fmt.Errorf("decoding facts of %s: %w", pkg.Path(), err)
	}
	facts := make(map[factKey]analysis.Fact, len(list))
	for _, f := range list {
		k := factKey{typ: reflect.TypeOf(f.Fact)}
		if f.Object != "" {
			obj, err := objectpath.Object(pkg, f.Object)
			if err != nil {
				continue
			}
			k.obj = obj
		}
		facts[k] = f.Fact
	}
	return facts, nil
}
