package mapmodel

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
)

var pathTypes = []string{
	"map[int]int",
	"map[int32]int",
	"map[uint16]int",
	"map[uint8]bool",
	"map[bool]int",
	"map[string]int",
	"map[*int]int",
	"map[chan int]int",
	"map[uintptr]string",
	"map[float64]int",
	"map[complex64]int",
	"map[any]int",
	"map[error]int",
	"map[[2]int32]int",
	"map[[4]byte]int",
	"map[[8]byte]int",
	"map[[16]byte]int",
	"map[[2]int64]int",
	"map[[1]string]int",
	"map[[2]string]int",
	"map[[0]string]int",
	"map[struct{}]int",
	"map[struct{ s string }]int",
	"map[struct{ a, b int32 }]int",
	"map[struct{ a, b int16 }]int",
	"map[struct{ a int16; b int8 }]int", // padding at the end
	"map[struct{ a int8; b int16 }]int", // padding in the middle
	"map[struct{ a int32; _ int32 }]int",
	"map[struct{ _ int64 }]int",
	"map[struct{ a int32; b struct{} }]int",
	"map[struct{ b struct{}; a int64 }]int",
	"map[struct{ p *int }]int",
	"map[struct{ a uint32; f float32 }]int",
	"map[[2]*int]int",
	"map[int][128]byte",
	"map[int][129]byte",
	"map[string][129]byte",
	"map[[129]byte]int",
}

// TestPath compares Path with the function that the compiler calls for an
// assignment, on targets of 32 and 64 bits.
func TestPath(t *testing.T) {
	goTool, err := exec.LookPath("go")
	if err != nil {
		t.Skip("no go command to compile with")
	}
	src := "package p\n"
	for i, typ := range pathTypes {
		m := mapType(t, typ)
		src += fmt.Sprintf("func f%d(m %s, k %s, v %s) { m[k] = v }\n", i, typ, m.Key(), m.Elem())
	}
	file := filepath.Join(t.TempDir(), "p.go")
	if err := os.WriteFile(file, []byte(src), 0o666); err != nil {
		t.Fatal(err)
	}
	call := regexp.MustCompile(`p\.f(\d+) STEXT|CALL\s+runtime\.mapassign(_(fast32|fast64|faststr)(ptr)?)?\(SB\)`)
	for _, goarch := range []string{"amd64", "386", "arm64"} {
		cmd := exec.Command(goTool, "tool", "compile", "-p=p", "-S", "-o", os.DevNull, file)
		cmd.Env = append(os.Environ(), "GOARCH="+goarch)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", goarch, err, out)
		}
		got := map[string]string{}
		fn := ""
		for _, m := range call.FindAllStringSubmatch(string(out), -1) {
			switch {
			case m[1] != "":
				fn = m[1]
			case m[3] != "":
				got[fn] = m[3]
			default:
				got[fn] = "generic"
			}
		}
		for i, typ := range pathTypes {
			want := got[fmt.Sprint(i)]
			if p := layoutOn(t, typ, goarch).Path().String(); p != want {
				t.Errorf("%s on %s: Path = %s, the compiler calls %q", typ, goarch, p, want)
			}
		}
	}
}
