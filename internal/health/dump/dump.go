// Package dump reads and writes files of snapshots.
//
// A file starts with a line of text, "mapdiag dump 1\n", where 1 is the version of the
// format. Records follow. Numbers are little-endian:
//
//	marker   4 bytes  F5 6D 64 A6
//	kind     1 byte   'D' dictionary, 'S' snapshot, 'M' map, 'E' end
//	snapshot uint32   number of the snapshot that the record belongs to, from 0;
//	                  in the record of the end, the number of snapshots
//	raw      uint32   bytes of the content before compression
//	length   uint32   bytes of the content as stored
//	sum      uint32   CRC-32C of the content as stored
//	header   uint32   CRC-32C of all of the above but the marker
//	content
//
// The dictionary comes first and is stored as it is. All other content is JSON, compressed
// with DEFLATE (RFC 1951) and the dictionary as its preset dictionary. A record S is a
// mapstat.Snapshot without its maps, together with the number of maps; each
// map is a record M of its own, a mapstat.MapReport. So damage costs the records that it is
// in and no others.
package dump

import (
	"encoding/json"
	"hash/crc32"

	"github.com/mapdiag/mapdiag/mapstat"
)

// Version is the version of the format that [Write] writes. Read reads all up to
// it.
const Version = 1

// Ext is the usual ending of a dump's name.
const Ext = ".mapdump"

const (
	title   = "mapdiag dump "
	marker  = "\xf5md\xa6"
	headLen = 25 // of a record, marker included

	kindDictionary = 'D'
	kindSnapshot   = 'S'
	kindMap        = 'M'
	kindEnd        = 'E'
)

// Limits hold for writing as for reading: what is written can be read.
var (
	maxRecord = 8 << 20   // bytes of a record's content, uncompressed
	maxTotal  = 1 << 30   // bytes of all contents together, uncompressed
	maxFile   = 512 << 20 // bytes of a file
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// head is the content of a record S: the snapshot, with its maps left out.
type head struct {
	mapstat.Snapshot
	Maps  *struct{} `json:"maps,omitempty"` // hides the field of Snapshot
	Count int       `json:"mapCount"`
}

// dictionary is what deflate may refer back to from the start: the words that are in every
// record. A file brings its own, so that this may change without a new version;
// what a reader of files needs it for is a file whose dictionary is damaged.
var dictionary = func() []byte {
	var d []byte
	reason := mapstat.Reason{
		Pattern: mapstat.Drained, Health: mapstat.Warning, Metric: "rebuild_gain",
		Text:   " entries, and a map keeps the room of its largest size",
		Advice: "Copy what is left into a new map after the peak",
		Source: "a map that grew entry by entry takes up to 2 times what one made for its size takes; maps never shrink",
	}
	values := make(map[string]float64)
	for _, m := range mapstat.Builtin() {
		values[m.Name] = 0
	}
	for _, v := range []any{
		head{Snapshot: mapstat.Snapshot{Version: mapstat.SnapshotVersion, Program: mapstat.Program{Platform: "linux/amd64", Layout: "swiss"}}},
		mapstat.MapReport{
			Stat:    mapstat.Stat{Type: "map[string]", Layout: "swiss", LoadLimit: 0.875},
			Verdict: mapstat.Verdict{Health: mapstat.Fine, Pattern: mapstat.Healthy, Reasons: []mapstat.Reason{reason}},
			Values:  values,
		},
	} {
		j, err := json.Marshal(v)
		if err != nil {
			panic(err) // of constants
		}
		d = append(d, j...)
	}
	return d
}()
