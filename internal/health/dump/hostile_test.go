package dump

import (
	"bufio"
	"bytes"
	"compress/flate"
	"errors"
	"strings"
	"testing"
	"time"
)

// forge makes a dump whose sums are right, of one record that need not be.
func forge(t testing.TB, kind byte, snapshot, raw int, content []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := newWriter(&b)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.record(kind, snapshot, raw, content); err != nil {
		t.Fatal(err)
	}
	if err := w.json(kindEnd, 1, struct{}{}); err != nil {
		t.Fatal(err)
	}
	if err := w.w.Flush(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func deflated(t testing.TB, raw []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := flate.NewWriterDict(&b, flate.BestCompression, dictionary)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(raw); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestBomb wants a record that unfolds to more than it states, or than a record may have, to
// be refused without being unfolded.
func TestBomb(t *testing.T) {
	bomb := deflated(t, bytes.Repeat([]byte{' '}, 16<<20))
	for raw, want := range map[int]string{
		100:       "has not the size that it states",
		16 << 20:  "larger than a dump may hold",
		1<<32 - 1: "larger than a dump may hold",
	} {
		_, err := Read(bytes.NewReader(forge(t, kindMap, 0, raw, bomb)))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("stating %d bytes: %v, want %q", raw, err, want)
		}
	}
}

func TestTotal(t *testing.T) {
	defer func(n int) { maxTotal = n }(maxTotal)
	maxTotal = 100
	m := []byte(`{"name":"` + strings.Repeat("x", 50) + `"}`)
	var b bytes.Buffer
	w, err := newWriter(&b)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if err := w.record(kindMap, 0, len(m), deflated(t, m)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.w.Flush(); err != nil {
		t.Fatal(err)
	}
	got, err := Read(&b)
	if len(got) != 1 || len(got[0].Maps) != 1 || err == nil || !strings.Contains(err.Error(), "beyond the 100 B") {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestManyMarkers wants a file of headers that each claim much of the rest to be
// given up after a time that grows with its size alone.
func TestManyMarkers(t *testing.T) {
	one := forge(t, kindMap, 0, 10, nil)
	var b bytes.Buffer
	b.Write(one[:len(title)+2])
	claim := func(length int) []byte {
		w := writer{}
		content := make([]byte, length)
		var out bytes.Buffer
		w.w = bufio.NewWriter(&out)
		if err := w.record(kindMap, 0, 10, content); err != nil {
			t.Fatal(err)
		}
		if err := w.w.Flush(); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()[:headLen]
	}
	head := claim(1 << 20)
	for range 200_000 {
		b.Write(head) // 5 MB
	}
	start := time.Now()
	_, err := Read(&b)
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("it took %s", took)
	}
	var damage *DamageError
	if err == nil || errors.As(err, &damage) && len(damage.Damages) > 100 {
		t.Errorf("%v", err)
	}
}

// FuzzRecord reads records whose sums are right, which no change of single bytes leads to.
func FuzzRecord(f *testing.F) {
	s := []byte(`{"version":1,"mapCount":3,"maps":7}`)
	m := []byte(`{"name":"a","stat":{"len":1},"values":{"x":1e308}}`)
	f.Add(byte(kindSnapshot), uint32(0), uint32(len(s)), deflated(f, s))
	f.Add(byte(kindMap), uint32(9), uint32(len(m)), deflated(f, m))
	f.Add(byte(kindDictionary), uint32(0), uint32(1), []byte("x"))
	f.Add(byte(kindEnd), uint32(1<<31), uint32(0), []byte{})
	f.Add(byte('?'), uint32(0), uint32(0), []byte{1, 2, 3})
	f.Fuzz(func(t *testing.T, kind byte, snapshot, raw uint32, content []byte) {
		got, err := Read(bytes.NewReader(forge(t, kind, int(snapshot), int(raw), content)))
		if err == nil && kind != kindDictionary && kind != kindEnd && len(got) != 1 {
			t.Errorf("%d snapshots and no error", len(got))
		}
	})
}
