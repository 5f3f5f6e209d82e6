package hot

import (
	"bytes"
	"debug/elf"
	"debug/gosym"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"github.com/google/pprof/profile"
)

// A Binary is the program that a heap profile was taken of. It is asked what
// the code calls at a given place: the runtime's frames are left out of heap
// profiles, but the address of the call that led to them is there.
type Binary struct {
	name    string
	file    *elf.File
	closer  io.Closer
	buildID string
	text    *elf.Section
	code    []byte
	funcs   *gosym.Table
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
	if b.funcs, err = gosym.NewTable(nil, gosym.NewLineTable(data, b.text.Addr)); err != nil {
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

// matches compares build IDs, where both sides have one.
func (b *Binary) matches(p *profile.Profile) error {
	if len(p.Mapping) == 0 || b.buildID == "" || p.Mapping[0].BuildID == "" {
		return nil
	}
	if id := p.Mapping[0].BuildID; id != b.buildID {
		return fmt.Errorf("the profile was not taken of %s: it is of the program with build ID %s (%s), this one has %s", b.name, id, p.Mapping[0].File, b.buildID)
	}
	return nil
}

// called returns the name of the function that is called at a location, ""
// if it is not a direct call of a known function. The location's address is
// the last byte of the call, or one of its bytes.
func (b *Binary) called(l *profile.Location) string {
	addr := l.Address
	if m := l.Mapping; m != nil && b.file.Type == elf.ET_DYN {
		// Mapped where the kernel liked; the first segment's address is 0.
		addr = addr - m.Start + m.Offset
		for _, p := range b.file.Progs {
			if p.Type == elf.PT_LOAD && p.Flags&elf.PF_X != 0 && addr >= p.Off && addr-p.Off < p.Filesz {
				addr += p.Vaddr - p.Off
				break
			}
		}
	}
	if name, ok := b.cached[addr]; ok {
		return name
	}
	name := ""
	if target, ok := b.target(addr); ok {
		if f := b.funcs.PCToFunc(target); f != nil && f.Entry == target {
			name = f.Name
		}
	}
	b.cached[addr] = name
	return name
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
