package source

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/pprof/profile"
)

// FetchProfile returns the pprof profile of a program's maps: of the changes during the given
// time, or of the maps as they are for 0. It has been checked to be one.
func FetchProfile(ctx context.Context, arg string, during time.Duration, full bool) ([]byte, error) {
	u, err := completeURL(arg)
	if err != nil {
		return nil, err
	}
	if !strings.HasSuffix(u.Path, "/profile") {
		u.Path = strings.TrimSuffix(u.Path, "/") + "/profile"
	}
	q := u.Query()
	if during > 0 {
		q.Set("seconds", strconv.Itoa(int(during/time.Second)))
	}
	if full {
		q.Set("full", "1")
	}
	u.RawQuery = q.Encode()
	ctx, cancel := context.WithTimeout(ctx, during+time.Minute)
	defer cancel()
	data, err := getBody(ctx, u)
	if err != nil {
		return nil, err
	}
	p, err := profile.ParseData(data)
	if err == nil {
		err = p.CheckValid()
	}
	if err != nil {
		return nil, fmt.Errorf("%s does not answer with a pprof profile: %w", u, err)
	}
	return data, nil
}
