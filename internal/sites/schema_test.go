package sites

import (
	"bytes"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// What is written is what the published schema says, which allows no field that it does not describe.
func TestSchema(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile("../../docs/profile.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	full := new(Profile)
	fill(reflect.ValueOf(full).Elem())
	profiles := []*Profile{full, {}}
	r := rand.New(rand.NewPCG(4, 4))
	for range 50 {
		profiles = append(profiles, random(r))
	}
	for _, p := range profiles {
		var b bytes.Buffer
		if err := p.Write(&b); err != nil {
			t.Fatal(err)
		}
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(b.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(v); err != nil {
			t.Errorf("%v\n%s", err, b.Bytes())
		}
	}
}

// fill gives all fields a value that is not zero.
func fill(v reflect.Value) {
	switch {
	case v.Type() == reflect.TypeFor[time.Time]():
		v.Set(reflect.ValueOf(time.Unix(1e9, 0).UTC()))
	case v.Type() == reflect.TypeFor[Bucket]():
		v.Set(reflect.ValueOf(Bucket{1, 2, 3}))
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i))
		}
	case v.Kind() == reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case v.Kind() == reflect.String:
		v.SetString("x")
	case v.Kind() == reflect.Bool:
		v.SetBool(true)
	case v.CanInt():
		v.SetInt(7)
	case v.CanUint():
		v.SetUint(7)
	default:
		panic("a field of type " + v.Type().String())
	}
}
