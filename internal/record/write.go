package record

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/mapdiag/mapdiag/internal/atomicfile"
	"github.com/mapdiag/mapdiag/internal/record/pprof"
	"github.com/mapdiag/mapdiag/internal/sites"
)

// Suffixes of the files of a profile: all of it, and what go tool pprof shows of it.
const (
	JSON  = ".json"
	Pprof = ".pb.gz"
)

// Files returns the names of the files that [Write] writes for a name, which may be one of
// them itself.
func Files(name string) (jsonFile, pprofFile string) {
	for _, suffix := range []string{JSON, Pprof} {
		name = strings.TrimSuffix(name, suffix)
	}
	return name + JSON, name + Pprof
}

// Write writes a profile as NAME.json and NAME.pb.gz. Each appears when it is whole and replaces one that
// is there, but for a JSON file that is no profile: package.json is no place for one. The
// folder is made if it is not there. The
// JSON comes last: who watches it finds the other one of the same run.
func Write(name string, p *sites.Profile) error {
	jsonFile, pprofFile := Files(name)
	if err := Writable(name); err != nil {
		return err
	}
	// The editor's .mapdiag need not be there. More than one folder that is missing is
	// rather a wrong name.
	if err := os.Mkdir(filepath.Dir(jsonFile), 0o777); err != nil && !errors.Is(err, fs.ErrExist) && !errors.Is(err, fs.ErrNotExist) {
		return failed(pprofFile, err)
	}
	for _, f := range []struct {
		name  string
		write func(io.Writer) error
	}{
		{pprofFile, func(w io.Writer) error { return pprof.Write(w, p) }},
		{jsonFile, p.Write},
	} {
		if err := atomicfile.Write(f.name, true, f.write); err != nil {
			return failed(f.name, err)
		}
	}
	return nil
}

// Writable returns an error where [Write] would replace what is no profile, for those who
// want to say so before minutes are spent on a run.
func Writable(name string) error {
	jsonFile, _ := Files(name)
	f, err := os.Open(jsonFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return failed(jsonFile, err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return failed(jsonFile, cmp.Or(err, errors.New("it is no file")))
	}
	start := make([]byte, 512)
	n, err := io.ReadFull(f, start)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return failed(jsonFile, err)
	}
	if family := []byte(strings.TrimRight(sites.Schema, "0123456789")); n > 0 && !bytes.Contains(start[:n], family) {
		return fmt.Errorf("%s is there and no profile: it is not written over; -o names another place", jsonFile)
	}
	return nil
}

// failed names the file, and what the user can do.
func failed(name string, err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	return fmt.Errorf("the profile %s cannot be written: %w; -o names another place", name, err)
}
