package sites

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Schema is the value of [Profile.Schema]. The number changes when a reader of the
// old form would misread the new one. docs/profile.schema.json describes the form.
const Schema = "mapdiag/profile/1"

// Read decodes a profile and checks it. name stands for the file in errors.
func Read(r io.Reader, name string) (*Profile, error) {
	var p Profile
	dec := json.NewDecoder(r)
	if err := dec.Decode(&p); err != nil {
		return nil, fmt.Errorf("%s is no mapdiag profile: %w", name, plain(err))
	}
	if p.Schema != Schema {
		return nil, fmt.Errorf("%s is no mapdiag profile that this version reads: its schema is %q, wanted is %q", name, p.Schema, Schema)
	}
	if err := p.check(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	p.Sort()
	return &p, nil
}

// plain words the errors of a file that ends too early.
func plain(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("it ends too early")
	}
	return err
}

// check finds numbers that no run gives.
func (p *Profile) check() error {
	seen := make(map[string]bool, len(p.Packages))
	for _, pkg := range p.Packages {
		if seen[pkg.Path] {
			return fmt.Errorf("package %q is there twice", pkg.Path)
		}
		seen[pkg.Path] = true
		for i := range pkg.Sites {
			if err := pkg.Sites[i].check(); err != nil {
				return fmt.Errorf("the site at %s:%d: %w", pkg.Sites[i].File, pkg.Sites[i].Line, err)
			}
		}
	}
	return nil
}

func (s *Site) check() error {
	if s.Line < 0 || s.Token < -1 {
		return errors.New("it has no place in a file")
	}
	const most = 1 << 62 // sums of two counters do not overflow
	for _, n := range []uint64{s.Makes, s.OnStack, s.Growths, s.Recopied, s.RecopiedBytes, s.Tombstones, s.Tracked} {
		if n > most {
			return fmt.Errorf("%d is too large for a counter", n)
		}
	}
	for _, c := range s.Slots {
		if c.Slots < 0 || c.Slots > 1<<48 || c.Maps > most {
			return fmt.Errorf("%d maps of %d slots cannot be", c.Maps, c.Slots)
		}
	}
	for i, h := range []Histogram{s.Hints, s.Peaks, s.Finals, s.Alive} {
		last := int64(-1)
		for _, b := range h {
			if b.Low <= last || b.Count > most || b.High > 1<<48 && i > 0 { // programs may ask for any size
				return errors.New("the buckets of a histogram are out of order")
			}
			last = b.High
		}
	}
	return nil
}

// Write encodes the profile, with a line for each site, so that two files compare line by line.
func (p *Profile) Write(w io.Writer) error {
	p.Schema = Schema
	p.Sort()
	head := *p
	head.Packages = nil
	start, err := json.MarshalIndent(head, "", "\t")
	if err != nil {
		return err
	}
	text, ok := strings.CutSuffix(string(start), "null\n}")
	if !ok {
		return errors.New("the list of packages is not the last field")
	}
	var b bytes.Buffer
	b.WriteString(text + "[")
	for i, pkg := range p.Packages {
		path, err := json.Marshal(pkg.Path)
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "%s\n\t\t{\"path\": %s, \"sites\": [", comma(i), path)
		for i := range pkg.Sites {
			line, err := json.Marshal(&pkg.Sites[i])
			if err != nil {
				return err
			}
			fmt.Fprintf(&b, "%s\n\t\t\t%s", comma(i), line)
		}
		b.WriteString("\n\t\t]}")
	}
	b.WriteString("\n\t]\n}\n")
	_, err = w.Write(b.Bytes())
	return err
}

func comma(i int) string {
	if i == 0 {
		return ""
	}
	return ","
}
