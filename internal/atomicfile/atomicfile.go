// Package atomicfile writes files that appear when they are whole.
package atomicfile

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// Write creates the named file with what write writes. Nobody sees it half written, and
// after an error there is nothing new. If a file of that name exists, it is
// replaced if replace is set; otherwise the error is fs.ErrExist. What is no regular
// file, such as /dev/stdout, is written to as it stands.
func Write(name string, replace bool, write func(io.Writer) error) (err error) {
	switch info, err := os.Stat(name); {
	case err == nil && info.IsDir():
		return fmt.Errorf("%s is a directory", name)
	case err == nil && !info.Mode().IsRegular():
		return writeThrough(name, write)
	case err == nil && !replace:
		return exists(name)
	}
	// Where the name is a link, what it leads to is replaced, not the link.
	if target, err := filepath.EvalSymlinks(name); err == nil {
		name = target
	}
	f, err := temporary(name)
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // gone already if all went well
	buf := bufio.NewWriter(f)
	err = write(buf)
	if err == nil {
		err = buf.Flush()
	}
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	if replace {
		return os.Rename(f.Name(), name)
	}
	// A link fails if the name has been taken meanwhile, a rename does not.
	err = os.Link(f.Name(), name)
	if err == nil {
		return nil
	}
	if _, statErr := os.Lstat(name); statErr == nil {
		return exists(name)
	}
	return os.Rename(f.Name(), name) // a file system without links
}

func exists(name string) error { return &fs.PathError{Op: "create", Path: name, Err: fs.ErrExist} }

// temporary creates a file beside the named one, with the permissions that the user
// wants new files to have.
func temporary(name string) (*os.File, error) {
	for try := 0; ; try++ {
		temp := filepath.Join(filepath.Dir(name), fmt.Sprintf(".%s.%08x.tmp", filepath.Base(name), rand.Uint32()))
		f, err := os.OpenFile(temp, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o666)
		if err == nil {
			return f, nil
		}
		if !errors.Is(err, fs.ErrExist) || try == 100 {
			var pe *fs.PathError
			if errors.As(err, &pe) {
				err = pe.Err
			}
			return nil, &fs.PathError{Op: "create", Path: name, Err: err} // the name that the user knows
		}
	}
}

func writeThrough(name string, write func(io.Writer) error) error {
	f, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	err = write(f)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return err
}
