package source

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/mapdiag/mapdiag/mapstat"
)

// mapsPath is where a program shows its maps.
const mapsPath = "/debug/maps"

// completeURL completes what a user typed to the URL of a program's maps:
// localhost:6060 and http://localhost:6060/ lead to /debug/maps there.
func completeURL(arg string) (*url.URL, error) {
	full := arg
	if !strings.Contains(arg, "://") {
		full = "http://" + arg
	}
	u, err := url.Parse(full)
	if err != nil {
		return nil, fmt.Errorf("%s is no URL: %w", arg, err)
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("%s: want http:// or https://, not %s://", arg, u.Scheme)
	}
	if u.Hostname() == "" {
		u.Host = "localhost" + u.Host
	}
	if u.Path == "" || u.Path == "/" {
		u.Path = mapsPath
	}
	return u, nil
}

// maxAnswer is the most that is read of an answer.
const maxAnswer = 256 << 20

// getBody returns the body of an answer that says all is well.
func getBody(ctx context.Context, u *url.URL) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "application/json, */*;q=0.1")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		var failed *url.Error
		if errors.As(err, &failed) {
			err = failed.Err
		}
		return nil, fmt.Errorf("asking %s: %w", u.Host, err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("reading the answer of %s: %w", u.Host, err)
	case len(body) > maxAnswer:
		return nil, fmt.Errorf("the answer of %s has more than %s", u.Host, mapstat.Bytes(maxAnswer))
	case resp.StatusCode == http.StatusNotFound:
		return nil, fmt.Errorf("%s has no %s: does the program mount mapstathttp.Handler there?", u.Host, u.Path)
	case resp.StatusCode != http.StatusOK:
		text, _, _ := bytes.Cut(bytes.TrimSpace(body), []byte("\n"))
		return nil, fmt.Errorf("%s answers %s: %.300s", u.Host, resp.Status, text)
	}
	return body, nil
}
