package mapstathttp

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
)

// forwarded are the headers that proxies add.
var forwarded = []string{
	"Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Port",
	"X-Real-Ip", "X-Client-Ip", "X-Cluster-Client-Ip", "True-Client-Ip", "Cf-Connecting-Ip", "Fastly-Client-Ip",
}

const howToAllow = "; see mapstathttp.AllowRemote"

// checkLocal returns an error that says why a request is not certain to come from the
// same machine.
func checkLocal(r *http.Request) error {
	for _, name := range forwarded {
		if len(r.Header.Values(name)) > 0 {
			return errors.New("refused: a proxy has passed this request on (it has the header " + name + "), and the maps are shown on the same machine only" + howToAllow)
		}
	}
	if local, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr); ok && local.Network() == "unix" {
		return nil
	}
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil || !peer.Addr().Unmap().IsLoopback() {
		return fmt.Errorf("refused: the maps are shown on the same machine only, not to %s%s", strconv.Quote(r.RemoteAddr), howToAllow)
	}
	if !localHost(r.Host) {
		return fmt.Errorf("refused: the maps are shown at localhost, 127.0.0.1 or [::1] only, and this request asks for %s%s", strconv.Quote(r.Host), howToAllow)
	}
	// Browsers alone send these. Another site may lead to the page, as that is what a person
	// sees, and may neither load it in the background nor frame it.
	if r.Header.Get("Sec-Fetch-Site") == "cross-site" &&
		(r.Header.Get("Sec-Fetch-Mode") != "navigate" || r.Header.Get("Sec-Fetch-Dest") != "document") {
		return errors.New("refused: a page of another site has asked for the maps" + howToAllow)
	}
	return nil
}

// localHost reports whether the value of a Host header is a name or address that always
// stands for the same machine.
func localHost(host string) bool {
	name := host
	if h, port, err := net.SplitHostPort(host); err == nil {
		if _, err := strconv.ParseUint(port, 10, 16); err != nil {
			return false
		}
		name = h
	} else if h, ok := strings.CutPrefix(host, "["); ok {
		if name, ok = strings.CutSuffix(h, "]"); !ok {
			return false
		}
	}
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	if name == "localhost" || strings.HasSuffix(name, ".localhost") {
		return true
	}
	addr, err := netip.ParseAddr(name)
	return err == nil && addr.Unmap().IsLoopback()
}
