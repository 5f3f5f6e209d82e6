package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/mapdiag/mapdiag/mapstat"
)

// FuzzWrite holds that whatever a snapshot says, there is a report on it in all forms, whole in
// its own grammar.
func FuzzWrite(f *testing.F) {
	for name, snapshots := range cases() {
		if name == "many" || len(snapshots) == 0 {
			continue
		}
		list := snapshots[:min(len(snapshots), 3)]
		data, err := json.Marshal(list)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte(`[{"maps":[{"name":"a","stat":{"layout":"swiss","slots":1,"load":1e308,"loadLimit":-1e308,"meanProbe":1e308,"probed":1},"values":{"x":1e308,"y":-1e308}}]}]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var snapshots []mapstat.Snapshot
		if json.Unmarshal(data, &snapshots) != nil || len(snapshots) > 20 {
			return
		}
		doc := New(snapshots)
		for _, format := range Formats() {
			var b bytes.Buffer
			if err := Write(&b, doc, format); err != nil {
				t.Fatalf("%s: %v", format, err)
			}
			if !utf8.Valid(b.Bytes()) {
				t.Errorf("%s: not UTF-8", format)
			}
			switch format {
			case JSON:
				if !json.Valid(b.Bytes()) {
					t.Error("not JSON")
				}
			case SVG:
				for d := xml.NewDecoder(&b); ; {
					if _, err := d.Token(); err == io.EOF {
						break
					} else if err != nil {
						t.Fatalf("not XML: %v", err)
					}
				}
			case Markdown:
				if strings.ContainsFunc(b.String(), func(r rune) bool { return r < ' ' && r != '\n' || r == '\u202e' }) {
					t.Error("holds controls")
				}
			}
		}
		for i := range doc.Maps {
			if err := WriteHTML(io.Discard, &doc, Page{One: true, Map: doc.Maps[i].Name}); err != nil {
				t.Fatal(err)
			}
		}
	})
}
