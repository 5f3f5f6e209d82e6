package dump

import (
	"bufio"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"slices"

	"github.com/mapdiag/mapdiag/internal/atomicfile"
	"github.com/mapdiag/mapdiag/mapstat"
)

// WriteFile writes the snapshots to a file, which appears under its name when it is
// whole. It returns an error that is fs.ErrExist if there is such a file, unless
// replace is set.
func WriteFile(name string, snapshots []mapstat.Snapshot, replace bool) error {
	return atomicfile.Write(name, replace, func(w io.Writer) error { return Write(w, snapshots) })
}

// Write writes snapshots in the order of their time. There must be one at least.
func Write(w io.Writer, snapshots []mapstat.Snapshot) error {
	if len(snapshots) == 0 {
		return errors.New("there is no snapshot to write")
	}
	ordered := slices.Clone(snapshots)
	slices.SortStableFunc(ordered, func(a, b mapstat.Snapshot) int { return a.Time.Compare(b.Time) })

	out, err := newWriter(w)
	if err != nil {
		return err
	}
	for i, s := range ordered {
		h := head{Snapshot: s, Count: len(s.Maps)}
		h.Snapshot.Maps = nil
		if err := out.json(kindSnapshot, i, h); err != nil {
			return fmt.Errorf("the snapshot of %s: %w", s.Time.Format("15:04:05"), err)
		}
		for _, m := range s.Maps {
			if err := out.json(kindMap, i, m); err != nil {
				return fmt.Errorf("map %q: %w", m.Name, err)
			}
		}
	}
	if err := out.json(kindEnd, len(ordered), struct{}{}); err != nil {
		return err
	}
	return out.w.Flush()
}

type writer struct {
	w       *bufio.Writer
	deflate *flate.Writer
	buf     bytes.Buffer
	written int // bytes to the file
	total   int // uncompressed
}

func newWriter(w io.Writer) (*writer, error) {
	out := &writer{w: bufio.NewWriter(w)}
	deflate, err := flate.NewWriterDict(&out.buf, flate.BestCompression, dictionary)
	if err != nil {
		return nil, err
	}
	out.deflate = deflate
	line := fmt.Sprintf("%s%d\n", title, Version)
	out.written = len(line)
	if _, err := out.w.WriteString(line); err != nil {
		return nil, err
	}
	return out, out.record(kindDictionary, 0, len(dictionary), dictionary)
}

func (w *writer) json(kind byte, snapshot int, v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return err
	}
	w.total += len(raw)
	if len(raw) > maxRecord {
		return fmt.Errorf("%s of JSON are more than the %s that a record of a dump may have", mapstat.Bytes(uint64(len(raw))), mapstat.Bytes(uint64(maxRecord)))
	}
	if w.total > maxTotal {
		return fmt.Errorf("more than the %s that a dump may have, write fewer snapshots", mapstat.Bytes(uint64(maxTotal)))
	}
	w.buf.Reset()
	w.deflate.Reset(&w.buf) // keeps the dictionary
	if _, err := w.deflate.Write(raw); err != nil {
		return err
	}
	if err := w.deflate.Close(); err != nil {
		return err
	}
	return w.record(kind, snapshot, len(raw), w.buf.Bytes())
}

func (w *writer) record(kind byte, snapshot, raw int, content []byte) error {
	h := append(make([]byte, 0, headLen), marker...)
	h = append(h, kind)
	h = binary.LittleEndian.AppendUint32(h, uint32(snapshot))
	h = binary.LittleEndian.AppendUint32(h, uint32(raw))
	h = binary.LittleEndian.AppendUint32(h, uint32(len(content)))
	h = binary.LittleEndian.AppendUint32(h, crc32.Checksum(content, castagnoli))
	h = binary.LittleEndian.AppendUint32(h, crc32.Checksum(h[len(marker):], castagnoli))
	if w.written += len(h) + len(content); w.written > maxFile {
		return fmt.Errorf("more than the %s that the file of a dump may have, write fewer snapshots", mapstat.Bytes(uint64(maxFile)))
	}
	if _, err := w.w.Write(h); err != nil {
		return err
	}
	_, err := w.w.Write(content)
	return err
}
