package term

import (
	"io"
	"os"
	"sync"
	"time"

	"github.com/cheggaaa/pb/v3"
	"golang.org/x/term"
)

// Progress shows on w what is being waited for, if w is a terminal and it takes more than a
// second, until stop is called. expected is how long it will take, 0 if nobody
// knows.
func Progress(w io.Writer, what string, expected time.Duration) (stop func()) {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) || os.Getenv("TERM") == "dumb" {
		return func() {}
	}
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		select {
		case <-time.After(time.Second):
		case <-done:
			return
		}
		show(f, what, expected, done)
	}()
	return sync.OnceFunc(func() { close(done); <-ended })
}

func show(w io.Writer, what string, expected time.Duration, done <-chan struct{}) {
	started := time.Now().Add(-time.Second)
	template := `{{string . "what"}} {{cycle . "|" "/" "-" "\\"}} {{etime .}}`
	if expected > 0 {
		template = `{{string . "what"}} {{bar . "[" "=" ">" " " "]"}} {{percent .}}`
	}
	bar := pb.ProgressBarTemplate(template).New(int(expected)).SetWriter(w).SetMaxWidth(80)
	bar.Set("what", what).Set(pb.CleanOnFinish, true).Set(pb.Terminal, true).SetRefreshRate(200 * time.Millisecond)
	bar.Start()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			bar.SetCurrent(int64(min(time.Since(started), max(expected, 1))))
		case <-done:
			bar.Finish()
			return
		}
	}
}
