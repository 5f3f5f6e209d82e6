package mapstat

import "encoding/json"

// String returns a snapshot of the registry as JSON. With it a registry is a variable for
// package expvar, which mapstat does not import, as it brings net/http along:
//
//	expvar.Publish("maps", mapstat.Default)
func (r *Registry) String() string {
	data, err := json.Marshal(r.Snapshot(false))
	if err != nil {
		// A snapshot holds no value that JSON cannot.
		return `{"error":"mapstat: ` + err.Error() + `"}`
	}
	return string(data)
}
