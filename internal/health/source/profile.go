package source

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/google/pprof/profile"

	"github.com/mapdiag/mapdiag/mapstat"
)

// maxProfile is the most that is read of a profile.
const maxProfile = 128 << 20

// FetchProfile returns the pprof profile of a program's maps: of the changes during the given
// time, or of the maps as they are for 0. It has been checked to be one. The URL is that of the
// maps, see [Complete].
func FetchProfile(ctx context.Context, rawURL string, during time.Duration, full bool) ([]byte, error) {
	u, err := parse(URL(rawURL))
	if err != nil {
		return nil, err
	}
	if !strings.HasSuffix(u.Path, "/profile") {
		u.Path = strings.TrimSuffix(u.Path, "/") + "/profile"
	}
	limit := during + timeout
	query := u.Query()
	if during > 0 {
		query.Set("seconds", strconv.Itoa(int(during/time.Second)))
	}
	if full {
		query.Set("full", "1")
		limit = during + fullTimeout
	}
	shown := u.Redacted()
	u.RawQuery = query.Encode()
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	data, err := fetchProfile(ctx, u)
	if err != nil {
		return nil, fmt.Errorf("reading a profile from %s: %w", shown, explain(err))
	}
	return data, nil
}

func fetchProfile(ctx context.Context, u *url.URL) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", "mapdiag")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, refusal(resp)
	}
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxProfile+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxProfile {
		return nil, fmt.Errorf("the profile is larger than %s", mapstat.Bytes(maxProfile))
	}
	p, err := profile.ParseData(data)
	if err == nil {
		err = p.CheckValid()
	}
	if err != nil {
		return nil, fmt.Errorf("what came is no pprof profile: %w", err)
	}
	return data, nil
}
