// Package source reads snapshots of maps from where they are, and profiles of recorded ones.
package source

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"

	"github.com/mapdiag/mapdiag/mapstat"
)

const (
	// path is where mapstat/http is mounted if nobody wants otherwise.
	path = "/debug/maps"

	// maxBytes is the largest snapshot that is read: 2 KB a map make it some 50 000 maps.
	maxBytes = 128 << 20

	// A program at work answers in milliseconds. One that looks up each entry takes up to 50 ns
	// for each: 100 million entries take 5 s.
	timeout     = 30 * time.Second
	fullTimeout = 5 * time.Minute
)

// Complete returns the URL at which a program shows its maps, given with or without its
// path: http://host:port stands for http://host:port/debug/maps.
func Complete(rawURL string) (string, error) {
	u, err := parse(rawURL)
	if err != nil {
		return "", err
	}
	return u.String(), nil
}

func parse(rawURL string) (*url.URL, error) {
	u, err := url.Parse(rawURL)
	if err != nil {
		return nil, fmt.Errorf("reading maps: %w", err)
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, fmt.Errorf("reading maps: %q is not the URL of a program, such as http://127.0.0.1:6060", rawURL)
	}
	if u.Path == "" || u.Path == "/" {
		u.Path = path
	}
	return u, nil
}

// Fetch asks a program for its maps at a URL, see [Complete], and with full has it look up
// each entry. It waits 30 seconds at most, with full 5 minutes, unless the context ends
// earlier.
func Fetch(ctx context.Context, rawURL string, full bool) (mapstat.Snapshot, error) {
	u, err := parse(rawURL)
	if err != nil {
		return mapstat.Snapshot{}, err
	}
	query := u.Query()
	query.Set("format", "json")
	limit := timeout
	if full {
		query.Set("full", "1")
		limit = fullTimeout
	}
	shown := u.Redacted()
	u.RawQuery = query.Encode()
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	s, err := fetch(ctx, u)
	if err != nil {
		return mapstat.Snapshot{}, fmt.Errorf("reading maps from %s: %w", shown, explain(err))
	}
	return s, nil
}

func fetch(ctx context.Context, u *url.URL) (s mapstat.Snapshot, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return s, err
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "mapdiag")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return s, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return s, refusal(resp)
	}
	if kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type")); kind == "text/html" {
		return s, errors.New("got an HTML page, not a snapshot: the URL must lead to where the program has mounted mapstat/http, which is /debug/maps unless it says otherwise")
	}
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxBytes+1))
	if err != nil {
		return s, err
	}
	if len(data) > maxBytes {
		return s, fmt.Errorf("the snapshot is larger than %d MiB", maxBytes>>20)
	}
	return decode(data)
}

// decode reads a snapshot. Of a later version it reads no more than the version.
func decode(data []byte) (s mapstat.Snapshot, err error) {
	var head struct {
		Version int `json:"version"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return s, fmt.Errorf("what came is not JSON of a snapshot: %w", err)
	}
	switch {
	case head.Version > mapstat.SnapshotVersion:
		return s, fmt.Errorf("the snapshot is of version %d, and this mapdiag reads up to version %d: build mapdiag anew from the version of mapstat that the program uses", head.Version, mapstat.SnapshotVersion)
	case head.Version < 1:
		return s, errors.New("what came is JSON, but not of a snapshot: it has no version")
	}
	if err := json.Unmarshal(data, &s); err != nil {
		return mapstat.Snapshot{}, fmt.Errorf("the snapshot cannot be read: %w", err)
	}
	return s, nil
}

// refusal turns an answer other than 200 into an error, with what the program says
// of it.
func refusal(resp *http.Response) error {
	body, _ := io.ReadAll(io.LimitReader(resp.Body, 1000))
	said := ""
	if kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type")); kind == "text/plain" {
		said = ": " + strings.TrimSpace(strings.Map(printable, string(body)))
	}
	switch resp.StatusCode {
	case http.StatusForbidden:
		return fmt.Errorf("%s%s. Without mapstathttp.AllowRemote, a program shows its maps to the same machine only: run mapdiag there, or come through ssh -L or kubectl port-forward", resp.Status, strings.TrimSuffix(said, "."))
	case http.StatusNotFound:
		return fmt.Errorf("%s: the program does not show its maps here; it does so with mapstathttp.Mount", resp.Status)
	}
	return fmt.Errorf("%s%s", resp.Status, said)
}

// printable keeps a foreign text from steering the terminal.
func printable(r rune) rune {
	if r < ' ' && r != '\n' || r >= 0x7f && r < 0xa0 {
		return ' '
	}
	return r
}

// explain says what to do about the errors of a connection, and leaves out the
// URL, which url.Error repeats.
func explain(err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	var dns *net.DNSError
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Errorf("%w: nothing listens there; is the program running, and does it serve HTTP at this port?", err)
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("no whole answer in time (%w); a program that stands still, or whose maps are locked for long, answers late", err)
	case errors.As(err, &dns) && dns.IsNotFound:
		return fmt.Errorf("there is no host %s", dns.Name)
	}
	return err
}
