package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/mapdiag/mapdiag/internal/atomicfile"
	"github.com/mapdiag/mapdiag/internal/health/dump"
	"github.com/spf13/pflag"
)

// An output is where -o says that a command writes to.
type output struct {
	file  string
	force bool
}

// addOutput adds the flags -o and -f.
func addOutput(flags *pflag.FlagSet, what string) *output {
	o := new(output)
	flags.StringVarP(&o.file, "o", "o", "", "write "+what+" to `FILE`")
	flags.BoolVarP(&o.force, "f", "f", false, "write over an existing dump")
	return o
}

// standard reports whether standard output is written to.
func (o *output) standard() bool { return o.file == "" || o.file == "-" }

// write writes the file, or to stdout. An existing file is replaced, as pprof does it, but
// for a dump: that cannot be made again.
func (o *output) write(stdout io.Writer, write func(io.Writer) error) error {
	if o.standard() {
		return write(stdout)
	}
	if !o.force && isDump(o.file) {
		return fmt.Errorf("%s is a dump that is there already; -f writes over it", o.file)
	}
	return atomicfile.Write(o.file, true, write)
}

// create is write for what must not replace any file, unless forced.
func (o *output) create(stdout io.Writer, write func(io.Writer) error) error {
	if o.standard() {
		return write(stdout)
	}
	err := atomicfile.Write(o.file, o.force, write)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("there is a file %s already; -f writes over it", o.file)
	}
	return err
}

func isDump(name string) bool {
	f, err := os.Open(name)
	if err != nil {
		return false
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return false
	}
	start := make([]byte, 64)
	n, _ := io.ReadFull(f, start)
	return dump.IsDump(start[:n])
}

// writeJSON writes a value as JSON that a person can read, too.
func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
