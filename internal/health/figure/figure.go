// Package figure finds the figures of a map by their names: the fields of its Stat and of its
// windows, its verdict, and the metrics of the program, plug-ins included.
package figure

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/mapdiag/mapdiag/mapstat"
)

// A Figure is something that each map has a value of.
type Figure struct {
	Name string
	Unit string // as in mapstat.MetricInfo: "bytes", "ratio", ...
	Text bool   // its values are words, such as those of health
	of   func(*mapstat.MapReport) (Value, bool)
}

// A Value is a number or a word.
type Value struct {
	Number float64 // 1 for true
	Text   string  // of figures that are Text
}

// Of returns the value of a map, and false if it has none.
func (f Figure) Of(m *mapstat.MapReport) (Value, bool) { return f.of(m) }

// Format writes a value as people read it.
func (f Figure) Format(v Value) string {
	if f.Text {
		return v.Text
	}
	return Number(v.Number, f.Unit)
}

// Number writes a number of a unit as people read it.
func Number(n float64, unit string) string {
	switch {
	case unit == "bytes" && n >= 0 && n < math.MaxInt64:
		return mapstat.Bytes(uint64(n))
	case unit == "bool":
		return strconv.FormatBool(n != 0)
	case unit == "times":
		return fmt.Sprintf("%.2fx", n)
	case n == math.Trunc(n) && math.Abs(n) < 1e15:
		return strconv.FormatFloat(n, 'f', -1, 64)
	case unit == "ratio":
		return strconv.FormatFloat(n, 'f', 3, 64)
	}
	return fmt.Sprintf("%.4g", n)
}

// A Set is the figures that the maps of a snapshot have.
type Set struct {
	byKey map[string]Figure
	names []string // metrics first, each in its order
}

// Known returns the figures of maps with the given metrics. The metrics that every registry has
// are always among them: of a damaged dump, the list of metrics may be lost.
func Known(metrics []mapstat.MetricInfo) Set {
	s := Set{byKey: make(map[string]Figure)}
	metric := func(name, unit string) {
		s.add(Figure{Name: name, Unit: unit, of: func(r *mapstat.MapReport) (Value, bool) {
			v, ok := r.Values[name]
			return Value{Number: v}, ok
		}})
	}
	for _, m := range metrics {
		metric(m.Name, m.Unit)
	}
	for _, m := range mapstat.Builtin() {
		metric(m.Name, m.Unit)
	}
	word := func(name string, of func(*mapstat.MapReport) string) {
		s.add(Figure{Name: name, Text: true, of: func(r *mapstat.MapReport) (Value, bool) { return Value{Text: of(r)}, true }})
	}
	word("health", func(r *mapstat.MapReport) string { return string(r.Verdict.Health) })
	word("pattern", func(r *mapstat.MapReport) string { return string(r.Verdict.Pattern) })
	s.fields("", reflect.TypeFor[mapstat.Stat](), func(r *mapstat.MapReport) reflect.Value { return reflect.ValueOf(&r.Stat).Elem() })
	s.fields("total.", reflect.TypeFor[mapstat.Window](), func(r *mapstat.MapReport) reflect.Value { return reflect.ValueOf(&r.Total).Elem() })
	s.fields("recent.", reflect.TypeFor[mapstat.Window](), func(r *mapstat.MapReport) reflect.Value { return reflect.ValueOf(&r.Recent).Elem() })
	return s
}

func (s *Set) add(f Figure) {
	key := key(f.Name)
	if _, taken := s.byKey[key]; taken {
		return // a metric of that name says the same, or what the user means
	}
	s.byKey[key] = f
	s.names = append(s.names, f.Name)
}

// fields adds those fields of a struct that are numbers, words or truths. All but
// words count as having no value where the map was never read.
func (s *Set) fields(prefix string, typ reflect.Type, of func(*mapstat.MapReport) reflect.Value) {
	for i := range typ.NumField() {
		field := typ.Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		f := Figure{Name: prefix + name}
		var number func(reflect.Value) float64
		switch field.Type.Kind() {
		case reflect.Int:
			number = func(v reflect.Value) float64 { return float64(v.Int()) }
		case reflect.Uint64:
			number = func(v reflect.Value) float64 { return float64(v.Uint()) }
		case reflect.Float64:
			number = func(v reflect.Value) float64 { return v.Float() }
		case reflect.Bool:
			f.Unit = "bool"
			number = func(v reflect.Value) float64 {
				if v.Bool() {
					return 1
				}
				return 0
			}
		case reflect.String:
			f.Text = true
			f.of = func(r *mapstat.MapReport) (Value, bool) { return Value{Text: of(r).Field(i).String()}, true }
		default:
			continue // a histogram, a time
		}
		if strings.HasSuffix(key(name), "bytes") {
			f.Unit = "bytes"
		}
		if number != nil {
			f.of = func(r *mapstat.MapReport) (Value, bool) {
				return Value{Number: number(of(r).Field(i))}, r.Verdict.Health != mapstat.Unknown
			}
		}
		s.add(f)
	}
}

// key makes growthLeft, growth_left and GrowthLeft the same.
func key(name string) string {
	return strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(name))
}

// Find returns the figure of a name, in which case and underscores do not matter, or an
// error that names similar ones.
func (s *Set) Find(name string) (Figure, error) {
	if f, ok := s.byKey[key(name)]; ok {
		return f, nil
	}
	var similar []string
	for _, word := range strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return r == '_' || r == '.' || r == '-' }) {
		for _, known := range s.names {
			if len(word) > 2 && strings.Contains(key(known), strings.TrimSuffix(word, "s")) && !slices.Contains(similar, known) {
				similar = append(similar, known)
			}
		}
	}
	if len(similar) == 0 {
		similar = s.names
	}
	return Figure{}, fmt.Errorf("unknown metric %q; there are %s", name, strings.Join(similar, ", "))
}

// Names returns the names of all figures.
func (s *Set) Names() []string { return slices.Clone(s.names) }
