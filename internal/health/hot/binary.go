package hot

import (
	"bytes"
	"cmp"
	"debug/elf"
	"debug/gosym"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/google/pprof/profile"
)

// A Binary is the program that a heap profile was taken of. It is asked what
// the code calls at a given place: the runtime's frames are left out of heap
// profiles, but the address of the call that led to them is there.
// It serves one analysis at a time.
type Binary struct {
	name    string
	file    *elf.File
	closer  io.Closer
	buildID string
	text    *elf.Section
	code    []byte
	funcs   *gosym.Table
	shift   uint64            // of the functions, against the table
	cached  map[uint64]string // names by address
}

// Open opens a program for Linux on amd64 or arm64; stripped ones will do.
// The caller closes it.
func Open(name string) (*Binary, error) {
	f, err := elf.Open(name)
	if err != nil {
		return nil, fmt.Errorf("opening the program %s: %w (only ELF files of Linux can be read)", name, err)
	}
	b := &Binary{name: name, file: f, closer: f, cached: map[uint64]string{}}
	if err := b.load(); err != nil {
		f.Close()
		return nil, fmt.Errorf("reading the program %s: %w", name, err)
	}
	return b, nil
}

// Close closes the file.
func (b *Binary) Close() error { return b.closer.Close() }

func (b *Binary) load() (err error) {
	// The standard library's readers panic on some damaged tables.
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("damaged: %v", p)
		}
	}()
	if b.file.Machine != elf.EM_X86_64 && b.file.Machine != elf.EM_AARCH64 {
		return fmt.Errorf("it is for %v; only amd64 and arm64 can be read", b.file.Machine)
	}
	b.text = b.file.Section(".text")
	table := b.file.Section(".gopclntab")
	if table == nil {
		table = b.file.Section(".data.rel.ro.gopclntab") // position-independent, before 1.26
	}
	if b.text == nil || table == nil {
		return errors.New("it has no table of Go functions: not a Go program, or one that was packed")
	}
	if b.code, err = b.text.Data(); err != nil {
		return err
	}
	data, err := table.Data()
	if err != nil {
		return err
	}
	// gosym trusts the number of functions, which has 8 bytes of table each.
	if len(data) < 16 || b.file.ByteOrder.Uint64(data[8:]) > uint64(len(data)/8) {
		return errors.New("its table of Go functions is damaged")
	}
	if b.funcs, err = gosym.NewTable(nil, gosym.NewLineTable(data, b.goText())); err != nil {
		return err
	}
	if note := b.file.Section(".note.gnu.build-id"); note != nil {
		if data, err := note.Data(); err == nil && len(data) >= 16 {
			// Sizes of name and description, type, "GNU\0", description.
			size := b.file.ByteOrder.Uint32(data[4:])
			if rest := data[16:]; uint64(size) <= uint64(len(rest)) && bytes.Equal(data[12:16], []byte("GNU\x00")) {
				b.buildID = hex.EncodeToString(rest[:size])
			}
		}
	}
	return nil
}

// goText returns the address of the first Go function, to which the table's
// addresses are relative. In a program that the C linker made, C code stands
// before it, and the symbol table tells how much.
func (b *Binary) goText() uint64 {
	if symbols, err := b.file.Symbols(); err == nil {
		for _, s := range symbols {
			if s.Name == "runtime.text" {
				return s.Value
			}
		}
	}
	return b.text.Addr
}

// matches fails if the profile was taken of another program, by its build ID
// or, since old ones have none, by the names at its addresses.
func (b *Binary) matches(p *profile.Profile) error {
	if len(p.Mapping) > 0 {
		if m := p.Mapping[0]; m.BuildID != "" && b.buildID != "" && m.BuildID != b.buildID {
			return fmt.Errorf("the profile was not taken of %s: it is of the program with build ID %s (%s), this one has %s", b.name, m.BuildID, m.File, b.buildID)
		}
	}
	return b.align(p)
}

// align finds by how much the functions stand behind where the table puts
// them: not at all, unless C code comes first and the symbol table is gone.
// Each location of the profile lies in a known function, which leaves a range
// of distances; the one on which most agree is it.
func (b *Binary) align(p *profile.Profile) error {
	funcs := make(map[string]*gosym.Func, len(b.funcs.Funcs)) // nil where there are several of a name
	for i := range b.funcs.Funcs {
		f := &b.funcs.Funcs[i]
		if _, twice := funcs[f.Name]; twice {
			funcs[f.Name] = nil
		} else {
			funcs[f.Name] = f
		}
	}
	type edge struct {
		at   int64
		step int
	}
	var edges []edge
	ranges := 0
	for _, l := range p.Location {
		if len(l.Line) == 0 || l.Line[len(l.Line)-1].Function == nil || l.Address == 0 {
			continue
		}
		name := l.Line[len(l.Line)-1].Function.Name
		if strings.Contains(name, "[") {
			continue // the table leaves type arguments out
		}
		ranges++
		if f := funcs[name]; f != nil && f.Entry < f.End && f.End < 1<<62 {
			addr := int64(b.address(l) & (1<<62 - 1)) // no real one is larger
			from, to := max(addr-int64(f.End)+1, 0), min(addr-int64(f.Entry)+1, int64(len(b.code)))
			if from < to {
				edges = append(edges, edge{from, 1}, edge{to, -1})
			}
		} else if _, known := funcs[name]; known {
			ranges--
		}
	}
	slices.SortFunc(edges, func(a, b edge) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.step, b.step)) })
	best, now, from, to := 0, 0, int64(0), int64(0)
	for i, e := range edges {
		if now += e.step; now > best {
			best, from, to = now, e.at, edges[i+1].at // a range that is open ends
		}
	}
	if best*10 < ranges*9 {
		return fmt.Errorf("the functions of the profile are not where %s has its own: it is another program, or another build of it", b.name)
	}
	// Functions are aligned, and calls lead to their first instruction.
	b.cached, b.shift = map[uint64]string{}, 0
	most := 0
	to = min(to, from+1<<20) // no function is larger; do not try forever
	for shift := (from + 15) &^ 15; shift < to; shift += 16 {
		hits := 0
		for _, l := range p.Location {
			if target, ok := b.target(b.address(l)); ok {
				target -= uint64(shift)
				if f := b.funcs.PCToFunc(target); f != nil && f.Entry == target {
					hits++
				}
			}
		}
		if hits > most {
			most, b.shift = hits, uint64(shift)
		}
	}
	return nil
}

// called returns the name of the function that is called at a location, ""
// if it is not a direct call of a known function. The location's address is
// the last byte of the call, or one of its bytes.
func (b *Binary) called(l *profile.Location) string {
	addr := b.address(l)
	if name, ok := b.cached[addr]; ok {
		return name
	}
	name := ""
	if target, ok := b.target(addr); ok {
		target -= b.shift
		if f := b.funcs.PCToFunc(target); f != nil && f.Entry == target {
			name = f.Name
		}
	}
	b.cached[addr] = name
	return name
}

// address returns a location's address as the file has it. A program that is
// independent of its position is mapped where the kernel likes.
func (b *Binary) address(l *profile.Location) uint64 {
	m := l.Mapping
	if m == nil || b.file.Type != elf.ET_DYN {
		return l.Address
	}
	offset := l.Address - m.Start + m.Offset
	for _, p := range b.file.Progs {
		if p.Type == elf.PT_LOAD && p.Flags&elf.PF_X != 0 && offset >= p.Off && offset-p.Off < p.Filesz {
			return offset + p.Vaddr - p.Off
		}
	}
	return offset
}

// target decodes the call whose last byte is at addr.
func (b *Binary) target(addr uint64) (uint64, bool) {
	at := addr + 1 - b.text.Addr // behind the call
	if at > uint64(len(b.code)) {
		return 0, false
	}
	switch b.file.Machine {
	case elf.EM_X86_64:
		if at < 5 || b.code[at-5] != 0xe8 {
			return 0, false
		}
		return b.text.Addr + at + uint64(int64(int32(binary.LittleEndian.Uint32(b.code[at-4:])))), true
	default:
		// The runtime subtracts one from the return address on all machines.
		if at < 4 || at%4 != 0 {
			return 0, false
		}
		word := binary.LittleEndian.Uint32(b.code[at-4:])
		if word>>26 != 0b100101 { // BL
			return 0, false
		}
		return b.text.Addr + at - 4 + uint64(int64(int32(word<<6)>>6)*4), true
	}
}
