package source

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"strconv"
	"strings"

	"github.com/mapdiag/mapdiag/internal/health/dump"
	"github.com/mapdiag/mapdiag/mapstat"
)

// Load returns the snapshots of a source, in the order of their time: of a URL as
// [IsURL] knows them (then full says whether each entry of each map is looked
// up), of a file, or with "-" of standard input. Files are dumps, or the JSON that mapdiag snapshot
// prints, one or several.
//
// Of a damaged file it returns what is whole, together with the error. Without an
// error there is at least one snapshot.
func Load(ctx context.Context, arg string, full bool) ([]mapstat.Snapshot, error) {
	l, err := LoadAny(ctx, arg, full)
	if l.Profile != nil {
		return nil, fmt.Errorf("%s is a profile of recorded maps, not a snapshot of live ones: mapdiag sites, diff, merge and report read it", arg)
	}
	return l.Snapshots, err
}

// open opens a file that arg names, "-" for standard input, with what to call it. expected says
// what a file that is not there should have been.
func open(arg, expected string) (io.ReadCloser, string, error) {
	if arg == "-" {
		return io.NopCloser(os.Stdin), "standard input", nil
	}
	f, err := os.Open(arg)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, "", fmt.Errorf("there is no file %s; %s", arg, expected)
	}
	if err != nil {
		return nil, "", err
	}
	if info, err := f.Stat(); err == nil && info.IsDir() {
		_ = f.Close()
		return nil, "", fmt.Errorf("%s is a directory", arg)
	}
	return f, arg, nil
}

// IsURL reports whether arg names a program rather than a file: it starts with a scheme, or is
// a host and a port, as in localhost:6060 or :6060/debug/maps, and no file has this name.
func IsURL(arg string) bool {
	if strings.Contains(arg, "://") {
		return true
	}
	address, _, _ := strings.Cut(arg, "/")
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return false
	}
	_, err = os.Lstat(arg)
	return errors.Is(err, fs.ErrNotExist)
}

// URL returns what arg stands for, if it [IsURL], with a scheme and a host: localhost:6060 is
// http://localhost:6060, and so is :6060.
func URL(arg string) string {
	switch {
	case strings.Contains(arg, "://"):
		return arg
	case strings.HasPrefix(arg, ":"):
		return "http://localhost" + arg
	}
	return "http://" + arg
}

// maxJSON is the most that is read of JSON.
const maxJSON = 1 << 30

// readAll reads a file whole, and what of it is not white space at its start.
func readAll(name string, r io.Reader) (data, trimmed []byte, err error) {
	data, err = io.ReadAll(io.LimitReader(r, maxJSON+1))
	if err != nil {
		return nil, nil, fmt.Errorf("reading %s: %w", name, err)
	}
	trimmed = bytes.TrimLeft(data, " \t\r\n\ufeff")
	switch {
	case len(data) > maxJSON:
		return nil, nil, fmt.Errorf("%s has more than %s", name, mapstat.Bytes(maxJSON))
	case len(trimmed) == 0:
		return nil, nil, fmt.Errorf("%s is empty", name)
	}
	return data, trimmed, nil
}

// zipped reports whether a file is compressed with gzip.
func zipped(data []byte) bool { return bytes.HasPrefix(data, []byte{0x1f, 0x8b}) }

// readSnapshots reads a file that is no profile.
func readSnapshots(name string, data, trimmed []byte) ([]mapstat.Snapshot, error) {
	if trimmed[0] == '{' || trimmed[0] == '[' {
		return readJSON(name, trimmed)
	}
	snapshots, err := dump.Read(bytes.NewReader(data))
	var damage *dump.DamageError
	switch {
	case errors.As(err, &damage):
		damage.File = name
	case errors.Is(err, dump.ErrNotDump):
		err = fmt.Errorf("%s is neither a dump of mapdiag nor a snapshot in JSON", name)
	case err != nil:
		err = fmt.Errorf("%s: %w", name, err)
	case len(snapshots) == 0:
		err = fmt.Errorf("%s holds no snapshot", name)
	}
	return snapshots, err
}

// readJSON reads one snapshot after the other. What comes before an error counts.
func readJSON(name string, data []byte) ([]mapstat.Snapshot, error) {
	var all []mapstat.Snapshot
	dec := json.NewDecoder(bytes.NewReader(data))
	for {
		var s mapstat.Snapshot
		start := dec.InputOffset()
		err := dec.Decode(&s)
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err == nil {
			err = validate(&s)
		}
		if err != nil {
			after := ""
			if n := len(all); n > 0 {
				after = fmt.Sprintf(", after %d that could be read", n)
			}
			return all, fmt.Errorf("%s, snapshot at byte %d%s: %w", name, max(start, 0), after, explainJSON(err))
		}
		all = append(all, s)
	}
}

// validate returns an error if what was decoded from JSON is no snapshot that this
// version knows.
func validate(s *mapstat.Snapshot) error {
	switch {
	case s.Version == 0 || s.Maps == nil:
		return errors.New("this is JSON, but no snapshot of maps (it has no version, or no maps)")
	case s.Version > mapstat.SnapshotVersion:
		return fmt.Errorf("the snapshot is of version %d, and this mapdiag knows those up to %d: use a newer one", s.Version, mapstat.SnapshotVersion)
	}
	return nil
}

func explainJSON(err error) error {
	var wrongType *json.UnmarshalTypeError
	switch {
	case errors.As(err, &wrongType):
		return fmt.Errorf("no snapshot of maps: %s is a %s", wrongType.Field, wrongType.Value)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("the JSON is cut off")
	}
	return err
}
