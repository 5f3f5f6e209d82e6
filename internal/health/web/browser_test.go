//go:build e2e

package web

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/mapdiag/mapdiag/internal/health/report"
	"github.com/mapdiag/mapdiag/internal/sites"
)

// chromium is the browser that CHROMIUM names, or one on the PATH.
func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{os.Getenv("CHROMIUM"), "chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); name != "" && err == nil {
			return path
		}
	}
	t.Skip("no Chromium: apt-get install chromium, or name one in CHROMIUM")
	return ""
}

// A tab is a page in a real browser, and what it complains about.
type tab struct {
	context.Context
	mu         sync.Mutex
	complaints []string
}

func open(t *testing.T, scheme string) *tab {
	t.Helper()
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), chromedp.ExecPath(chromium(t)), chromedp.Headless, chromedp.NoSandbox, chromedp.WindowSize(1400, 900))
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	p := &tab{Context: ctx}
	p.do(t) // starts the browser, which a timeout would end
	p.Context, cancel = context.WithTimeout(ctx, time.Minute)
	t.Cleanup(cancel)
	err := chromedp.Listen(p, func(event any) {
		switch e := event.(type) {
		case *log.EventEntryAdded: // violations of the policy, failed requests
			p.complain("%s: %s", e.Entry.Source, e.Entry.Text)
		case *runtime.EventConsoleAPICalled:
			p.complain("console.%s %v", e.Type, e.Args)
		case *runtime.EventExceptionThrown:
			p.complain("%v", e.ExceptionDetails)
		case *network.EventRequestWillBeSent:
			if u := e.Request.URL; !strings.HasPrefix(u, "http://127.0.0.1:") && !strings.HasPrefix(u, "data:") && !strings.HasPrefix(u, "file:") {
				p.complain("asks for %s", u)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(p, log.Enable, cdp.Empty{}); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(p, network.Enable, network.EnableParams{}); err != nil {
		t.Fatal(err)
	}
	media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}
	if _, err := chromedp.Call(p, emulation.SetEmulatedMedia, media); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *tab) complain(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.complaints = append(p.complaints, fmt.Sprintf(format, args...))
}

func (p *tab) do(t *testing.T, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(p, steps...); err != nil {
		t.Fatal(err)
	}
}

// ask evaluates an expression in the page, and waits for what it promises.
func ask[T any](t *testing.T, p *tab, expression string) T {
	t.Helper()
	v, err := chromedp.Run(p, chromedp.Evaluate[T](expression, func(e *runtime.EvaluateParams) { e.AwaitPromise = new(true) }))
	if err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// looked fails the test where the page complained or does not show its pictures.
func (p *tab) looked(t *testing.T, name string) {
	t.Helper()
	images := ask[int](t, p, `Promise.all([...document.images].map(i => i.decode().catch(() => {}))).then(() => document.images.length)`)
	broken := ask[int](t, p, `[...document.images].filter(i => !i.complete || i.naturalWidth === 0).length`)
	if images == 0 || broken > 0 {
		t.Errorf("%s: %d of %d pictures are not shown", name, broken, images)
	}
	if wide := ask[int](t, p, `document.documentElement.scrollWidth - innerWidth`); wide > 0 {
		t.Errorf("%s: the page is %d pixels wider than the window", name, wide)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.complaints {
		t.Errorf("%s: %s", name, c)
	}
	p.complaints = nil
	dir := os.Getenv("MAPDIAG_PICTURES")
	if dir == "" {
		return
	}
	picture, err := chromedp.Run(p, chromedp.FullScreenshot(100))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), picture, 0o666); err != nil {
		t.Fatal(err)
	}
}

func TestBrowser(t *testing.T) {
	server := httptest.NewServer(handle(sample(t), nil))
	defer server.Close()
	for scheme, paper := range map[string]string{"light": "rgb(255, 255, 255)", "dark": "rgb(13, 17, 23)"} {
		t.Run(scheme, func(t *testing.T) {
			p := open(t, scheme)
			p.do(t, chromedp.Navigate(server.URL))
			if background := ask[string](t, p, paperOf); background != paper {
				t.Errorf("the paper is %s, want %s", background, paper)
			}
			p.looked(t, "index-"+scheme)

			// By keyboard alone: the first stop leads past the head, Enter on a link opens its map.
			p.do(t, chromedp.KeyEvent(kb.Tab))
			if focus := ask[string](t, p, focused); focus != "Skip to the maps" {
				t.Errorf("the first stop is %q", focus)
			}
			p.do(t, chromedp.KeyEvent(kb.Enter), chromedp.KeyEvent(kb.Tab))
			focus := ask[string](t, p, focused)
			p.do(t, chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible(chromedp.CSS("#details")))
			if heading := ask[string](t, p, `document.querySelector("h1").textContent`); focus == "" || heading != focus {
				t.Errorf("Enter on %q leads to %q", focus, heading)
			}
			p.looked(t, "map-"+scheme)

			p.do(t, chromedp.Navigate(server.URL), chromedp.Click(chromedp.CSS(`nav a[href="/?refresh=2"]`)), chromedp.WaitVisible(chromedp.CSS(`nav a[href="/?refresh=2"][aria-current]`)))
			first := ask[float64](t, p, `performance.timeOrigin`)
			second, deadline := first, time.Now().Add(10*time.Second)
			for second == first && time.Now().Before(deadline) {
				time.Sleep(100 * time.Millisecond)
				if v, err := chromedp.Run(p, chromedp.Evaluate[float64](`performance.timeOrigin`)); err == nil { // fails where the page is just being replaced
					second = v
				}
			}
			if second == first {
				t.Error("the page does not refresh")
			}
		})
	}
}

const (
	paperOf = `getComputedStyle(document.body).backgroundColor`
	focused = `document.activeElement.textContent`
)

// TestBrowserNarrow looks at the page as it is on a phone.
func TestBrowserNarrow(t *testing.T) {
	server := httptest.NewServer(handle(sample(t), nil))
	defer server.Close()
	p := open(t, "light")
	p.do(t, chromedp.EmulateViewport(400, 800), chromedp.Navigate(server.URL))
	p.looked(t, "narrow")
	p.do(t, chromedp.Navigate(server.URL+"/map?name=http.sessions"))
	p.looked(t, "narrow-map")
}

// TestBrowserFile opens the report as a file: its policy must let its own style and pictures through.
func TestBrowserFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "maps.html")
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := report.Write(f, report.New(sample(t)), report.HTML); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	p := open(t, "dark")
	p.do(t, chromedp.Navigate("file://"+file))
	if background := ask[string](t, p, paperOf); background != "rgb(13, 17, 23)" {
		t.Errorf("the paper is %s", background)
	}
	p.looked(t, "file")
	p.do(t, chromedp.Click(chromedp.CSS("tbody a")))
	if unfolded := ask[int](t, p, `document.querySelectorAll("details[open]").length`); unfolded != 1 {
		t.Errorf("a link to a map unfolds the details of %d", unfolded)
	}
}

// TestBrowserRecorded opens a report on a profile as a file, in both schemes and on a phone.
func TestBrowserRecorded(t *testing.T) {
	data, err := os.Open("../../sites/testdata/shop.json")
	if err != nil {
		t.Fatal(err)
	}
	defer data.Close()
	profile, err := sites.Read(data, data.Name())
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "places.html")
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := report.WriteRecorded(f, report.NewRecorded(profile), report.HTML); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	for scheme, paper := range map[string]string{"light": "rgb(255, 255, 255)", "dark": "rgb(13, 17, 23)"} {
		p := open(t, scheme)
		p.do(t, chromedp.Navigate("file://"+file))
		if background := ask[string](t, p, paperOf); background != paper {
			t.Errorf("the paper is %s, want %s", background, paper)
		}
		p.looked(t, "recorded-"+scheme)
		p.do(t, chromedp.Click(chromedp.CSS("tbody a")))
		if unfolded := ask[int](t, p, `document.querySelectorAll("details[open]").length`); unfolded != 1 {
			t.Errorf("a link to a place unfolds the details of %d", unfolded)
		}
		p.looked(t, "recorded-unfolded-"+scheme)
	}
	p := open(t, "light")
	p.do(t, chromedp.EmulateViewport(400, 800), chromedp.Navigate("file://"+file))
	p.looked(t, "recorded-narrow")
}

// TestBrowserComplaints holds that the tests above would see a violation.
func TestBrowserComplaints(t *testing.T) {
	server := httptest.NewServer(headers(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, `<p style="color:red">a</p><script>console.log(1)</script>`)
	})))
	defer server.Close()
	p := open(t, "light")
	p.do(t, chromedp.Navigate(server.URL), chromedp.Sleep(200*time.Millisecond))
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.complaints) < 2 {
		t.Errorf("a style and a script against the policy: %q", p.complaints)
	}
}
