package source

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/mapdiag/mapdiag/internal/health/dump"
	"github.com/mapdiag/mapdiag/internal/record"
	"github.com/mapdiag/mapdiag/internal/sites"
	"github.com/mapdiag/mapdiag/mapstat"
)

// Loaded is what a source holds: snapshots of live maps, or a profile of recorded ones.
type Loaded struct {
	Snapshots []mapstat.Snapshot
	Profile   *sites.Profile
}

// LoadAny returns what a source holds, with snapshots as [Load] does it.
func LoadAny(ctx context.Context, arg string, full bool) (Loaded, error) {
	if IsURL(arg) {
		s, err := Fetch(ctx, URL(arg), full)
		if err != nil {
			return Loaded{}, err
		}
		return Loaded{Snapshots: []mapstat.Snapshot{s}}, nil
	}
	f, name, err := open(arg, "a source is the URL of a program, such as http://localhost:6060/debug/maps, or a file that mapdiag dump or mapdiag snapshot has written")
	if err != nil {
		return Loaded{}, err
	}
	defer f.Close()
	data, trimmed, err := readAll(name, f)
	switch {
	case err != nil:
		return Loaded{}, err
	case zipped(data):
		return Loaded{}, fmt.Errorf("%s is compressed with gzip, as profiles are: go tool pprof reads them. A source is a dump, a snapshot in JSON, or a profile of recorded maps in JSON%s", name, beside(arg))
	case isProfile(trimmed):
		p, err := sites.Read(bytes.NewReader(trimmed), name)
		return Loaded{Profile: p}, err
	}
	snapshots, err := readSnapshots(name, data, trimmed)
	return Loaded{Snapshots: snapshots}, err
}

// LoadProfile returns a profile of recorded maps from its JSON file, or with "-" from standard
// input.
func LoadProfile(arg string) (*sites.Profile, error) {
	f, name, err := open(arg, "a profile is the JSON file that mapdiag writes when it records a program, or merges such files")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, trimmed, err := readAll(name, f)
	switch {
	case err != nil:
		return nil, err
	case zipped(data):
		return nil, fmt.Errorf("%s is for go tool pprof, and holds too little for this: want the profile in JSON%s", name, beside(arg))
	case dump.IsDump(data) || trimmed[0] == '{' && !isProfile(trimmed) && isSnapshot(trimmed):
		return nil, fmt.Errorf("%s is a snapshot of live maps, not a profile of recorded ones: mapdiag top and mapdiag report read it", name)
	}
	return sites.Read(bytes.NewReader(trimmed), name)
}

// beside names the JSON file of a profile that was written for pprof, if it is there.
func beside(arg string) string {
	if !strings.HasSuffix(arg, record.Pprof) {
		return ""
	}
	file, _ := record.Files(arg)
	if _, err := os.Stat(file); err != nil {
		return ", which recording writes beside it as " + file
	}
	return ", " + file
}

// isProfile reports whether JSON says that it is a profile, of any version, even if it is cut off.
func isProfile(data []byte) bool {
	var schema string
	return field(data, "schema", &schema) && strings.HasPrefix(schema, strings.TrimRight(sites.Schema, "0123456789"))
}

// isSnapshot reports whether JSON looks like a snapshot.
func isSnapshot(data []byte) bool {
	var version int
	return field(data, "version", &version)
}

// field decodes a field of an object into v, if it is there. It reads no further than that.
func field(data []byte, name string, v any) bool {
	dec := json.NewDecoder(bytes.NewReader(data))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return false
	}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return false
		}
		if key == name {
			return dec.Decode(v) == nil
		}
		var other json.RawMessage
		if err := dec.Decode(&other); err != nil {
			return false
		}
	}
	return false
}
