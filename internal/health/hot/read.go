package hot

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/google/pprof/profile"
)

// Limits of what is read. A compressed file of a few kilobytes can hold
// gigabytes, and two bytes of a profile can stand for a record of a hundred.
// The profiles of large programs have some ten megabytes.
const (
	maxBytes  = 256 << 20 // of a file, compressed and not
	maxMemory = 2 << 30   // of the profile in memory, as estimated
)

// A Profile is a CPU or heap profile.
type Profile struct {
	kind Kind
	p    *profile.Profile
}

// A Kind is what a profile measures.
type Kind string

const (
	CPU  Kind = "cpu"
	Heap Kind = "heap"
)

// Kind returns what the profile measures.
func (p *Profile) Kind() Kind { return p.kind }

// SampleTypes returns the names of the values of each sample.
func (p *Profile) SampleTypes() []string {
	names := make([]string, len(p.p.SampleType))
	for i, t := range p.p.SampleType {
		names[i] = t.Type
	}
	return names
}

// Program returns where the program was when the profile was taken, "" if the
// profile does not say. What is there now may be another.
func (p *Profile) Program() string {
	if len(p.p.Mapping) == 0 {
		return ""
	}
	return p.p.Mapping[0].File
}

// Read reads a CPU, heap or allocs profile of a Go program in the format of
// pprof, compressed or not. A profile that says nothing about the cost of
// maps, such as one of blocking or of goroutines, is refused.
func Read(r io.Reader) (*Profile, error) {
	return read(r, maxBytes, maxMemory)
}

func read(r io.Reader, maxBytes, maxMemory int64) (*Profile, error) {
	data, err := readAll(r, maxBytes)
	if err != nil {
		return nil, fmt.Errorf("reading the profile: %w", err)
	}
	if len(data) == 0 {
		return nil, errors.New("the profile is empty: the program ended, or was killed, before it was written")
	}
	if bytes.HasPrefix(data, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(bytes.NewReader(data))
		if err == nil {
			data, err = readAll(z, maxBytes)
		}
		if err != nil {
			return nil, fmt.Errorf("decompressing the profile: %w", err)
		}
	}
	if bytes.HasPrefix(data, []byte("heap profile:")) || bytes.HasPrefix(data, []byte("--- ")) || bytes.HasPrefix(data, []byte("goroutine profile:")) {
		return nil, errors.New("the profile is in the old text format, which names no functions: take it without debug=1")
	}
	if need := memory(data, profileMessage); need > maxMemory {
		return nil, fmt.Errorf("the profile is malformed or too large: it would take %d MiB of memory; at most %d are allowed", need>>20, maxMemory>>20)
	}
	p, err := profile.ParseUncompressed(data)
	if err == nil {
		err = p.CheckValid()
	}
	if err != nil {
		return nil, fmt.Errorf("not a profile that pprof can read, or a damaged one: %w", err)
	}
	kind, err := kindOf(p)
	if err != nil {
		return nil, err
	}
	if err := checkNames(p); err != nil {
		return nil, err
	}
	return &Profile{kind: kind, p: p}, nil
}

func readAll(r io.Reader, limit int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = fmt.Errorf("more than %d MiB", limit>>20)
	}
	return data, err
}

// kindOf decides by the types of the samples. Profiles of blocking and of
// mutexes have nanoseconds too, those of goroutines a count.
func kindOf(p *profile.Profile) (Kind, error) {
	var types []string
	for _, t := range p.SampleType {
		types = append(types, t.Type+"/"+t.Unit)
		switch t.Type + "/" + t.Unit {
		case "cpu/nanoseconds":
			return CPU, nil
		case "alloc_space/bytes", "inuse_space/bytes":
			return Heap, nil
		}
	}
	if len(types) == 0 {
		return "", errors.New("the profile has no samples and no types: not a CPU or heap profile")
	}
	return "", fmt.Errorf("not a CPU or heap profile: it holds %s; map work is in profiles with cpu/nanoseconds, alloc_space/bytes or inuse_space/bytes", strings.Join(types, ", "))
}

// checkNames refuses what has no names, and what is not of a Go program: all
// of those have the runtime on some stack.
func checkNames(p *profile.Profile) error {
	named := false
	for _, f := range p.Function {
		if strings.HasPrefix(f.Name, "runtime.") {
			return nil
		}
		named = named || f.Name != ""
	}
	switch {
	case len(p.Sample) == 0:
		return nil
	case named:
		return errors.New("no function of Go's runtime is in the profile: not one of a Go program")
	}
	return errors.New("the profile names no functions: add the names with `go tool pprof -proto BINARY PROFILE > named.pb.gz`")
}

// A message tells how much memory a protobuf message takes when decoded.
type message struct {
	size   int64 // of the message itself
	packed int64 // of each byte of a field that is no message
	fields map[uint64]message
}

// text marks strings; they are held twice, and are no messages.
const text = 2

var (
	leaf           = message{size: 64}
	profileMessage = message{packed: 1, fields: map[uint64]message{
		1:  leaf,                                                                // sample_type
		2:  {size: 256, packed: 16, fields: map[uint64]message{3: {size: 256}}}, // sample, label
		3:  {size: 160},                                                         // mapping
		4:  {size: 128, packed: 1, fields: map[uint64]message{4: {size: 96}}},   // location, line
		5:  {size: 128},                                                         // function
		6:  {size: 32, packed: text},                                            // string
		11: leaf,                                                                // period_type
	}}
)

// memory estimates, from above, what the decoder will allocate for data. It
// stops at what is no message; the decoder will say so.
func memory(data []byte, m message) int64 {
	total := m.size
	for len(data) > 0 {
		tag, n := uvarint(data)
		if n == 0 {
			break
		}
		data = data[n:]
		length := uint64(0)
		switch tag & 7 {
		case 0:
			_, n := uvarint(data)
			if n == 0 {
				return total
			}
			length = uint64(n)
			total += 16 // of a repeated number
		case 1:
			length = 8
		case 5:
			length = 4
		case 2:
			size, n := uvarint(data)
			if n == 0 || size > uint64(len(data)-n) {
				return total
			}
			data = data[n:]
			length = size
			if sub, ok := m.fields[tag>>3]; ok && sub.packed != text {
				total += memory(data[:size], sub)
			} else {
				total += sub.size + int64(size)*max(m.packed, sub.packed)
			}
		default:
			return total
		}
		if length > uint64(len(data)) {
			return total
		}
		data = data[length:]
	}
	return total
}

// uvarint reads a number as pprof does, and returns its length; 0 if there is
// none. Unlike encoding/binary, pprof takes numbers of more than 64 bits and
// drops the rest: to stop at one would be to overlook all that follows.
func uvarint(data []byte) (uint64, int) {
	var u uint64
	for i := range min(len(data), 10) {
		u |= uint64(data[i]&0x7f) << (7 * i)
		if data[i]&0x80 == 0 {
			return u, i + 1
		}
	}
	return 0, 0
}
