package report

import (
	"bytes"
	"encoding/json"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/mapdiag/mapdiag/mapstat"
)

// compile compiles a schema. Where it is strict, properties that the schema does not name are errors: what is
// written must be published.
func compile(t *testing.T, schema []byte, strict bool) *jsonschema.Schema {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema))
	if err != nil {
		t.Fatal(err)
	}
	if strict {
		forbidOthers(value)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	id := value.(map[string]any)["$id"].(string)
	if err := c.AddResource(id, value); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(id)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func forbidOthers(value any) {
	switch v := value.(type) {
	case map[string]any:
		if _, ok := v["properties"]; ok && v["additionalProperties"] == nil {
			v["unevaluatedProperties"] = false
		}
		for _, child := range v {
			forbidOthers(child)
		}
	case []any:
		for _, child := range v {
			forbidOthers(child)
		}
	}
	// A map of a report is that of a snapshot and more, so that the latter alone cannot be
	// strict there: TestSchemaNames compares its names.
	if m, ok := value.(map[string]any); ok && m["title"] != nil {
		if defs, ok := m["$defs"].(map[string]any); ok {
			if d, ok := defs["map"].(map[string]any); ok {
				delete(d, "unevaluatedProperties")
			}
		}
	}
}

func validate(t *testing.T, s *jsonschema.Schema, data []byte) {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(value); err != nil {
		t.Errorf("%.2000v", err)
	}
}

func TestReportIsValid(t *testing.T) {
	strict := compile(t, Schema(), true)
	for name, snapshots := range cases() {
		t.Run(name, func(t *testing.T) { validate(t, strict, render(t, New(snapshots), JSON)) })
	}
}

func TestSnapshotIsValid(t *testing.T) {
	strict := compile(t, SnapshotSchema(), true)
	for name, snapshots := range cases() {
		for _, s := range snapshots {
			data, err := json.Marshal(s)
			if err != nil {
				t.Fatal(err)
			}
			t.Run(name, func(t *testing.T) { validate(t, strict, data) })
		}
	}
	// One that no test has made up.
	m := map[string]int{"a": 1}
	r := mapstat.NewRegistry(mapstat.DefaultThresholds())
	if _, err := r.Track("m", &m, nil); err != nil {
		t.Fatal(err)
	}
	r.Sample(0)
	s := r.Snapshot(true)
	if len(s.Maps) != 1 {
		t.Fatalf("%d maps", len(s.Maps))
	}
	runtime.KeepAlive(&m)
	data, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	validate(t, strict, data)
}

func TestSchemaRefuses(t *testing.T) {
	s := compile(t, Schema(), false)
	doc := render(t, New(cases()["patterns"]), JSON)
	for _, change := range [][2]string{
		{`"version": 1`, `"version": 2`},
		{`"health": "warning"`, `"health": "fatal"`},
		{`"slots": `, `"places": `},
		{`"wastedBytes": `, `"wastedBytes": -`},
	} {
		broken := bytes.Replace(doc, []byte(change[0]), []byte(change[1]), 1)
		if bytes.Equal(broken, doc) {
			t.Fatalf("%s is not in the report", change[0])
		}
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(broken))
		if err != nil {
			t.Fatal(err)
		}
		if s.Validate(value) == nil {
			t.Errorf("the schema accepts %s", change[1])
		}
	}
}

// TestSchemaNames compares the names of properties with those of the Go types.
func TestSchemaNames(t *testing.T) {
	var snapshot, report struct {
		Properties map[string]any `json:"properties"`
		Defs       map[string]struct {
			Properties map[string]any `json:"properties"`
		} `json:"$defs"`
	}
	for data, into := range map[string]any{string(snapshotSchema): &snapshot, string(reportSchema): &report} {
		if err := json.Unmarshal([]byte(data), into); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		value any
		props map[string]any
	}{
		{mapstat.Snapshot{}, snapshot.Properties},
		{mapstat.Program{}, snapshot.Defs["program"].Properties},
		{mapstat.Runtime{}, snapshot.Defs["runtime"].Properties},
		{mapstat.Sampler{}, snapshot.Defs["sampler"].Properties},
		{mapstat.MetricInfo{}, snapshot.Defs["metric"].Properties},
		{mapstat.MapReport{}, snapshot.Defs["map"].Properties},
		{mapstat.Stat{}, snapshot.Defs["stat"].Properties},
		{mapstat.Window{}, snapshot.Defs["window"].Properties},
		{mapstat.Verdict{}, snapshot.Defs["verdict"].Properties},
		{mapstat.Reason{}, snapshot.Defs["reason"].Properties},
		{Document{}, report.Properties},
		{Summary{}, report.Defs["summary"].Properties},
		{Map{}, report.Defs["map"].Properties},
		{Parts{}, report.Defs["parts"].Properties},
		{Moment{}, report.Defs["moment"].Properties},
		{Point{}, report.Defs["point"].Properties},
	} {
		typ := reflect.TypeOf(c.value)
		n := 0
		for f := range typ.Fields() {
			if f.Anonymous || !f.IsExported() {
				continue
			}
			n++
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if c.props[name] == nil {
				t.Errorf("%v.%s: the schema has no %q", typ, f.Name, name)
			}
		}
		if n != len(c.props) {
			t.Errorf("%v has %d fields, the schema %d", typ, n, len(c.props))
		}
	}
}
