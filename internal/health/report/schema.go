package report

import (
	_ "embed"
	"encoding/json"
)

//go:embed schema/snapshot-v1.json
var snapshotSchema []byte

//go:embed schema/report-v1.json
var reportSchema []byte

// SnapshotSchema returns the JSON schema of a snapshot.
func SnapshotSchema() []byte { return append([]byte(nil), snapshotSchema...) }

// Schema returns the JSON schema of a report in JSON, whole in itself: what it takes from that of a
// snapshot is among its definitions.
func Schema() []byte {
	var schema map[string]any
	if err := json.Unmarshal(reportSchema, &schema); err != nil {
		panic(err) // the file is part of the program, and tested
	}
	schema["$defs"].(map[string]any)["snapshot"] = json.RawMessage(snapshotSchema)
	out, err := json.MarshalIndent(schema, "", "  ")
	if err != nil {
		panic(err)
	}
	return append(out, '\n')
}

//go:embed schema/recorded-v1.json
var recordedSchema []byte

// RecordedSchema returns the JSON schema of a report on a profile of recorded maps in JSON.
func RecordedSchema() []byte { return append([]byte(nil), recordedSchema...) }
