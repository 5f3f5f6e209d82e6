package layout

import (
	"reflect"
	"unsafe"
)

// abiType is the head of every type descriptor (internal/abi/type.go, Type, 48
// bytes). Only what is read here has a name.
type abiType struct {
	size     uintptr
	ptrBytes uintptr // 0 if values of the type hold no pointers
	_        [32]byte
}

// abiMapType is the part of a map's type descriptor that is the same in Go 1.22 to
// 1.27 (internal/abi/map.go, MapType). What follows differs, so that geometry
// is taken from group, which describes itself.
type abiMapType struct {
	abiType
	key    *abiType
	elem   *abiType
	group  *abiType // a group of a Swiss map, a bucket of a classic one
	hasher hasher
}

type hasher = func(key unsafe.Pointer, seed uintptr) uintptr

// eface is a value of type any.
type eface struct {
	typ  unsafe.Pointer
	data unsafe.Pointer
}

// Unpack returns the type of a map and the address of its header. A map is a pointer, and
// an interface that holds a pointer holds it directly, so nothing is copied. It
// returns nil for anything but a map.
func Unpack(m any) (reflect.Type, unsafe.Pointer) {
	t := reflect.TypeOf(m)
	if t == nil || t.Kind() != reflect.Map {
		return nil, nil
	}
	return t, (*eface)(unsafe.Pointer(&m)).data
}

// descriptor returns the type descriptor behind t, a map type.
func descriptor(t reflect.Type) *abiMapType {
	zero := reflect.Zero(t).Interface()
	return (*abiMapType)((*eface)(unsafe.Pointer(&zero)).typ)
}

// reflected is the way back: it makes a [reflect.Type] of a type descriptor that no
// value can be had of.
func reflected(t *abiType) reflect.Type {
	var value any
	(*eface)(unsafe.Pointer(&value)).typ = unsafe.Pointer(t)
	return reflect.TypeOf(value)
}

// typeOf returns how maps of type t are read, or nil if r does not understand it.
func (r *reader) typeOf(t reflect.Type) *Type {
	d := descriptor(t)
	key, elem := t.Key(), t.Elem()
	if d.key.size != key.Size() || d.elem.size != elem.Size() {
		return nil
	}
	typ := &Type{
		Key:         key,
		Elem:        elem,
		IndirectKey: key.Size() > maxInline, IndirectElem: elem.Size() > maxInline,
		Pointers:  d.group.ptrBytes != 0,
		Racy:      !holdsInterface(key),
		Generic:   !fast(key) || elem.Size() > maxInline,
		hasher:    d.hasher,
		nan:       holdsNaN(key),
		groupSize: d.group.size,
	}
	if typ.IndirectKey {
		typ.perEntry += HeapBytes(key.Size(), d.key.ptrBytes != 0)
		typ.indirect++
	}
	if typ.IndirectElem {
		typ.perEntry += HeapBytes(elem.Size(), d.elem.ptrBytes != 0)
		typ.indirect++
	}
	if !r.geometry(typ, reflected(d.group)) {
		return nil
	}
	for i := range typ.groupBytes {
		typ.groupBytes[i] = HeapBytes(typ.groupSize<<i, typ.Pointers)
	}
	return typ
}

// maxInline is the size in bytes up to which keys and elements are stored in the
// slots themselves, and not behind pointers (internal/abi/map.go,
// MapMaxKeyBytes and MapMaxElemBytes; the same for classic maps).
const maxInline = 128

// fast reports whether the runtime has a fast path for keys of type t, if elements
// are not indirect: strings, and what is compared as plain memory of 4 or 8 bytes
// (cmd/compile/internal/walk, mapfast).
func fast(t reflect.Type) bool {
	if t.Kind() == reflect.String {
		return true
	}
	plain := !anyPart(t, func(k reflect.Kind) bool {
		switch k {
		case reflect.Float32, reflect.Float64, reflect.Complex64, reflect.Complex128, reflect.Interface, reflect.String:
			return true
		}
		return false
	})
	return plain && (t.Size() == 4 || t.Size() == 8)
}

// slotSize returns the size of a key or element as a slot holds it.
func slotSize(t reflect.Type) uintptr {
	if t.Size() > maxInline {
		return unsafe.Sizeof(uintptr(0))
	}
	return t.Size()
}

// holdsNaN reports whether a value of type t may be unequal to itself.
func holdsNaN(t reflect.Type) bool {
	return anyPart(t, func(k reflect.Kind) bool {
		switch k {
		case reflect.Float32, reflect.Float64, reflect.Complex64, reflect.Complex128, reflect.Interface:
			return true
		}
		return false
	})
}

func holdsInterface(t reflect.Type) bool {
	return anyPart(t, func(k reflect.Kind) bool { return k == reflect.Interface })
}

// anyPart reports whether is holds for t or for a part that is stored in it.
func anyPart(t reflect.Type, is func(reflect.Kind) bool) bool {
	switch t.Kind() {
	case reflect.Array:
		return anyPart(t.Elem(), is)
	case reflect.Struct:
		for i := range t.NumField() {
			if anyPart(t.Field(i).Type, is) {
				return true
			}
		}
		return false
	}
	return is(t.Kind())
}

// hash returns the hash of the key in the slot at p, and false if the key is
// unequal to itself: each hash of a NaN is another one, so that no lookup finds
// it.
func (t *Type) hash(p unsafe.Pointer, seed uintptr) (uintptr, bool) {
	if t.IndirectKey {
		p = word(p, 0)
	}
	h := t.hasher(p, seed)
	if t.nan && t.hasher(p, seed) != h {
		return 0, false
	}
	return h, true
}
