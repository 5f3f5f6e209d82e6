package pprof

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/pprof/profile"

	"github.com/mapdiag/mapdiag/internal/sites"
)

func shop(t testing.TB) *sites.Profile {
	t.Helper()
	f, err := os.Open("../../sites/testdata/shop.json")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	p, err := sites.Read(f, f.Name())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestSums holds that samples sum up to the counters, whatever stacks tell.
func TestSums(t *testing.T) {
	for name, change := range map[string]func(*sites.Site){
		"as it is": func(*sites.Site) {},
		"stacks of a part": func(s *sites.Site) {
			s.Stacks = []sites.Stack{{Frames: []sites.Frame{{Func: "f"}}, Makes: s.Makes / 3, RecopiedBytes: s.RecopiedBytes / 2}}
		},
		"a stack without frames": func(s *sites.Site) { s.Stacks = []sites.Stack{{Makes: s.Makes}} },
		"waste by stack": func(s *sites.Site) {
			s.Stacks = []sites.Stack{{Makes: 1, WastedBytes: uint64(s.Waste()) / 2}, {WastedBytes: uint64(s.Waste()) / 4}}
		},
	} {
		p := shop(t)
		var want, got [4]int64
		for i := range p.Packages {
			for j := range p.Packages[i].Sites {
				s := &p.Packages[i].Sites[j]
				change(s)
				for k, n := range []int64{int64(s.Makes), int64(s.Growths), int64(s.RecopiedBytes), s.Waste()} {
					want[k] += n
				}
			}
		}
		var b bytes.Buffer
		if err := Write(&b, p); err != nil {
			t.Fatal(err)
		}
		q, err := profile.Parse(&b)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := q.CheckValid(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, s := range q.Sample {
			for k, n := range s.Value {
				got[k] += n
			}
			if len(s.Location) == 0 || len(s.Label["type"]) != 1 || len(s.Label["kind"]) != 1 {
				t.Errorf("%s: sample %v", name, s)
			}
		}
		if got != want {
			t.Errorf("%s: samples sum up to %v, want %v", name, got, want)
		}
		if q.TimeNanos != p.Recorded.UnixNano() || q.DefaultSampleType != "bytes_wasted" {
			t.Errorf("%s: time %d, default %q", name, q.TimeNanos, q.DefaultSampleType)
		}
	}
}

// TestOdd wants what no run gives to be written all the same.
func TestOdd(t *testing.T) {
	most := ^uint64(0)
	for _, p := range []*sites.Profile{
		{},
		{Packages: []sites.Package{{Sites: []sites.Site{{Makes: most, Growths: most, RecopiedBytes: most, Stacks: []sites.Stack{{Makes: most, WastedBytes: most}, {Makes: most}}}}}}},
		{Packages: []sites.Package{{Path: "a\x00\xff", Sites: []sites.Site{{Type: "\xff", Stacks: []sites.Stack{{Frames: []sites.Frame{{Func: "\xff", Line: -1}}}}}}}}},
	} {
		var b bytes.Buffer
		if err := Write(&b, p); err != nil {
			t.Fatal(err)
		}
		q, err := profile.Parse(&b)
		if err == nil {
			err = q.CheckValid()
		}
		if err != nil {
			t.Errorf("%+v: %v", p, err)
		}
	}
}

func TestProportion(t *testing.T) {
	for _, c := range [][4]uint64{{100, 1, 4, 25}, {100, 4, 4, 100}, {100, 9, 4, 100}, {1 << 63, 1 << 62, 1 << 63, 1 << 62}, {7, 0, 0, 7}} {
		if got := proportion(c[0], c[1], c[2]); got != c[3] {
			t.Errorf("proportion%v is %d", c[:3], got)
		}
	}
}

// tool runs go tool pprof over the profile, in a folder that has the source of one of its files.
func tool(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	dir := t.TempDir()
	f, err := os.Create(filepath.Join(dir, "maps.pb.gz"))
	if err != nil {
		t.Fatal(err)
	}
	if err := Write(f, shop(t)); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "index"), 0o777); err != nil {
		t.Fatal(err)
	}
	source := strings.Repeat("//\n", 40) + "\tm := make(map[string]int) // the line\n"
	if err := os.WriteFile(filepath.Join(dir, "index", "terms.go"), []byte(source), 0o666); err != nil {
		t.Fatal(err)
	}
	// The tool itself: a go command that is killed leaves it running.
	path, err := exec.CommandContext(t.Context(), "go", "tool", "-n", "pprof").Output()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), strings.TrimSpace(string(path)), append(args, "maps.pb.gz")...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PPROF_TMPDIR="+dir, "PPROF_BINARY_PATH="+dir, "HOME="+dir, "PWD="+dir)
	return cmd
}

// TestTool reads the profile with the tool that it is for.
func TestTool(t *testing.T) {
	for _, c := range []struct {
		args []string
		want []string
	}{
		{[]string{"-top"}, []string{"File: shop", "Type: bytes_wasted", "2026-11-20", "example.com/shop/index.(*Index).add", "main.main"}},
		{[]string{"-top", "-sample_index=makes"}, []string{"Type: makes", "example.com/shop/cart.Open"}},
		{[]string{"-list=Index..add", "-sample_index=growths"}, []string{"index/terms.go", "41:", "the line"}},
		{[]string{"-lines", "-peek=Index..add"}, []string{"example.com/shop/index.(*Index).add index/terms.go:41", "server/put.go:57"}},
		{[]string{"-tags"}, []string{"type: Total", "map[string]cart.Item", "kind: Total", "grown"}},
		{[]string{"-comments"}, []string{"maps of example.com/shop, 3 processes, go1.26.8, linux/amd64", "recorded by mapdiag test ./..."}},
	} {
		out, err := tool(t, c.args...).CombinedOutput()
		if err != nil {
			t.Errorf("%v: %v\n%s", c.args, err, out)
			continue
		}
		for _, want := range c.want {
			if !strings.Contains(string(out), want) {
				t.Errorf("%v: no %q in\n%s", c.args, want, out)
			}
		}
		if strings.Contains(string(out), "Main binary") {
			t.Errorf("%v: it looks for the program\n%s", c.args, out)
		}
	}
}

// TestToolHTTP opens its pages.
func TestToolHTTP(t *testing.T) {
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	_ = l.Close()
	cmd := tool(t, "-no_browser", "-http="+address)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	for _, path := range []string{"/top", "/flamegraph", "/source?f=Index..add"} {
		page, err := get(t.Context(), "http://"+address+"/ui"+path)
		if err != nil {
			t.Fatalf("%s: %v\n%s", path, err, said.String())
		}
		if !strings.Contains(page, "example.com/shop/index.(*Index).add") {
			t.Errorf("%s: the function is not in the page of %d bytes", path, len(page))
		}
	}
}

// get asks until the server is there.
func get(ctx context.Context, url string) (string, error) {
	var err error
	for range 100 {
		var req *http.Request
		if req, err = http.NewRequestWithContext(ctx, http.MethodGet, url, nil); err != nil {
			return "", err
		}
		var resp *http.Response
		if resp, err = http.DefaultClient.Do(req); err == nil {
			defer resp.Body.Close()
			page, err := io.ReadAll(resp.Body)
			return string(page), err
		}
		time.Sleep(100 * time.Millisecond)
	}
	return "", err
}
