package dump

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"strconv"

	"github.com/mapdiag/mapdiag/mapstat"
)

// ErrNotDump is returned for files in which there is nothing of a dump.
var ErrNotDump = errors.New("not a dump of mapdiag")

// A DamageError tells of a dump of which not everything could be read.
type DamageError struct {
	File    string   // its name; empty for [Read]
	Damages []Damage // the first hundred

	// Snapshots and Maps are what was read in spite of it.
	Snapshots, Maps int
}

// A Damage is one place that could not be read.
type Damage struct {
	Offset int64 // in bytes from the start of the file
	What   string
}

func (e *DamageError) Error() string {
	file := e.File
	if file == "" {
		file = "the dump"
	}
	d := e.Damages[0]
	more := ""
	if n := len(e.Damages) - 1; n > 0 {
		more = fmt.Sprintf(" (and at %s more)", count(n, "place"))
	}
	return fmt.Sprintf("%s is damaged at byte %d%s: %s; %s in %s could be read", file, d.Offset, more, d.What, count(e.Maps, "map"), count(e.Snapshots, "snapshot"))
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// IsDump reports whether data starts like a dump.
func IsDump(data []byte) bool { return bytes.HasPrefix(data, []byte(title)) }

// ReadFile reads a file; see [Read].
func ReadFile(name string) ([]mapstat.Snapshot, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	snapshots, err := Read(f)
	var damage *DamageError
	if errors.As(err, &damage) {
		damage.File = name
	} else if err != nil {
		err = fmt.Errorf("%s: %w", name, err)
	}
	return snapshots, err
}

// Read reads snapshots, in the order of their time. Of a file that is damaged or
// cut off it returns what is whole, together with a [DamageError]; a snapshot may then lack
// maps, and where its own record is lost, all but its maps and the time of the first.
func Read(r io.Reader) ([]mapstat.Snapshot, error) {
	data, err := io.ReadAll(io.LimitReader(r, int64(maxFile)+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxFile {
		return nil, fmt.Errorf("%w: more than %s", ErrNotDump, mapstat.Bytes(uint64(maxFile)))
	}
	rd := &reader{data: data, dictionary: dictionary, budget: 64*len(data) + 1<<20}
	if err := rd.title(); err != nil {
		return nil, err
	}
	rd.records()
	return rd.result()
}

type reader struct {
	data       []byte
	pos        int
	dictionary []byte
	budget     int // bytes that sums may still be taken of; damage makes for several tries
	total      int // bytes uncompressed

	snapshots []*partial
	maps      int
	ended     bool
	damages   []Damage
}

// partial is a snapshot of which some records have been read.
type partial struct {
	number uint32
	offset int
	head   *head // nil while there is none
	maps   []mapstat.MapReport
}

type record struct {
	kind     byte
	snapshot uint32
	raw      int
	content  []byte
}

func (r *reader) damage(offset int, format string, args ...any) {
	if len(r.damages) < 100 {
		r.damages = append(r.damages, Damage{int64(offset), fmt.Sprintf(format, args...)})
	}
}

// title reads the first line. Where that is damaged, the records tell whether the file is a
// dump.
func (r *reader) title() error {
	if rest, ok := bytes.CutPrefix(r.data, []byte(title)); ok {
		line, _, whole := bytes.Cut(rest[:min(len(rest), 12)], []byte("\n"))
		if version, err := strconv.Atoi(string(line)); whole && err == nil {
			if version > Version {
				return fmt.Errorf("the dump has version %d of the format, and this mapdiag knows those up to %d: read it with a newer one", version, Version)
			}
			r.pos = len(title) + len(line) + 1
			return nil
		}
	}
	if !bytes.Contains(r.data, []byte(marker)) {
		if len(r.data) > 0 && bytes.HasPrefix([]byte(title), r.data) {
			return fmt.Errorf("%w: it ends within its first line", ErrNotDump)
		}
		return ErrNotDump
	}
	r.damage(0, "the first line is not that of a dump")
	return nil
}

// records reads all records. After one that cannot be read it goes on at the next
// marker.
func (r *reader) records() {
	lost := false // the present place has been reported
	for r.pos < len(r.data) {
		start := r.pos
		rec, what := r.next()
		if what == "" {
			lost = false
			if what = r.take(rec, start); what == "" {
				continue
			}
			r.damage(start, "%s", what)
			continue // the record as such is whole
		}
		if !lost {
			r.damage(start, "%s", what)
			lost = true
		}
		if r.budget <= 0 {
			r.damage(start, "too much of it is damaged to go on")
			return
		}
		skip := bytes.Index(r.data[start+1:], []byte(marker))
		if skip < 0 {
			return
		}
		r.pos = start + 1 + skip
	}
	if !r.ended && !lost {
		r.damage(len(r.data), "it is cut off")
	}
}

// next reads the record at the present place and moves behind it, or says what is wrong
// with it.
func (r *reader) next() (record, string) {
	rest := r.data[r.pos:]
	if !bytes.HasPrefix(rest, []byte(marker)) {
		if len(rest) < len(marker) && bytes.HasPrefix([]byte(marker), rest) {
			return record{}, "it is cut off within a record"
		}
		return record{}, "no record starts here"
	}
	if len(rest) < headLen {
		return record{}, "it is cut off within a record"
	}
	number := func(at int) uint32 { return binary.LittleEndian.Uint32(rest[at:]) }
	if crc32.Checksum(rest[len(marker):headLen-4], castagnoli) != number(headLen-4) {
		return record{}, "the start of a record is not what was written"
	}
	rec := record{kind: rest[4], snapshot: number(5)}
	raw, length := number(9), number(13)
	name := rec.name()
	if uint64(raw) > uint64(maxRecord) {
		return rec, fmt.Sprintf("%s of %s is larger than a dump may hold", name, mapstat.Bytes(uint64(raw)))
	}
	if uint64(length) > uint64(len(rest)-headLen) {
		return rec, "it is cut off within " + name
	}
	rec.raw, rec.content = int(raw), rest[headLen:headLen+int(length)]
	if r.budget -= len(rec.content) + headLen; r.budget < 0 {
		return rec, name + " is not looked at"
	}
	if crc32.Checksum(rec.content, castagnoli) != number(17) {
		return rec, name + " is not what was written"
	}
	r.pos += headLen + int(length)
	return rec, ""
}

func (r *record) name() string {
	switch r.kind {
	case kindDictionary:
		return "the dictionary"
	case kindSnapshot:
		return fmt.Sprintf("the record of snapshot %d", r.snapshot+1)
	case kindMap:
		return fmt.Sprintf("a map of snapshot %d", r.snapshot+1)
	case kindEnd:
		return "the record of the end"
	}
	return fmt.Sprintf("a record of the unknown kind %q", r.kind)
}

// take takes in a record that is whole, or says what is wrong with what it says.
func (r *reader) take(rec record, offset int) string {
	switch rec.kind {
	case kindDictionary:
		r.dictionary = rec.content
		return ""
	case kindEnd:
		r.ended = true
		if got := len(r.snapshots); int(rec.snapshot) > got && len(r.damages) == 0 {
			return fmt.Sprintf("%d of %d snapshots are missing", int(rec.snapshot)-got, rec.snapshot)
		}
		return ""
	case kindSnapshot:
		var h head
		if what := r.decode(rec, &h); what != "" {
			return what
		}
		if h.Snapshot.Version > mapstat.SnapshotVersion {
			return fmt.Sprintf("snapshot %d is of version %d, and this mapdiag knows those up to %d", rec.snapshot+1, h.Snapshot.Version, mapstat.SnapshotVersion)
		}
		p := r.snapshot(rec.snapshot, offset)
		if p.head != nil {
			return fmt.Sprintf("there is a second record of snapshot %d", rec.snapshot+1)
		}
		p.head = &h
		return ""
	case kindMap:
		var m mapstat.MapReport
		if what := r.decode(rec, &m); what != "" {
			return what
		}
		p := r.snapshot(rec.snapshot, offset)
		p.maps = append(p.maps, m)
		r.maps++
		return ""
	}
	return rec.name()
}

// snapshot returns the snapshot of the given number, a new one if it is not the last.
func (r *reader) snapshot(number uint32, offset int) *partial {
	if n := len(r.snapshots); n > 0 && r.snapshots[n-1].number == number {
		return r.snapshots[n-1]
	}
	p := &partial{number: number, offset: offset}
	r.snapshots = append(r.snapshots, p)
	return p
}

func (r *reader) decode(rec record, v any) string {
	if r.total += rec.raw; r.total > maxTotal {
		return fmt.Sprintf("%s is beyond the %s that a dump may hold", rec.name(), mapstat.Bytes(uint64(maxTotal)))
	}
	raw, err := io.ReadAll(io.LimitReader(flate.NewReaderDict(bytes.NewReader(rec.content), r.dictionary), int64(rec.raw)+1))
	if err != nil {
		return fmt.Sprintf("%s cannot be decompressed: %v", rec.name(), err)
	}
	if len(raw) != rec.raw {
		return fmt.Sprintf("%s has not the size that it states", rec.name())
	}
	if err := json.Unmarshal(raw, v); err != nil {
		return fmt.Sprintf("%s cannot be understood: %v", rec.name(), err)
	}
	return ""
}

func (r *reader) result() ([]mapstat.Snapshot, error) {
	var all []mapstat.Snapshot
	for _, p := range r.snapshots {
		s := mapstat.Snapshot{Version: mapstat.SnapshotVersion, Maps: p.maps}
		switch {
		case p.head != nil:
			s = p.head.Snapshot
			s.Maps = p.maps
			if missing := p.head.Count - len(p.maps); missing > 0 && len(r.damages) == 0 {
				r.damage(p.offset, "%d of the %d maps of snapshot %d are missing", missing, p.head.Count, p.number+1)
			}
		case len(p.maps) > 0:
			s.Time = p.maps[0].Time
			if len(r.damages) == 0 {
				r.damage(p.offset, "snapshot %d has no record of its own", p.number+1)
			}
		}
		if s.Maps == nil {
			s.Maps = []mapstat.MapReport{}
		}
		all = append(all, s)
	}
	if len(r.damages) > 0 {
		if len(all) == 0 && r.damages[0].Offset == 0 {
			return nil, ErrNotDump
		}
		return all, &DamageError{Damages: r.damages, Snapshots: len(all), Maps: r.maps}
	}
	return all, nil
}
