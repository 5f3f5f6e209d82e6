package protocol

import (
	"fmt"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"unicode/utf8"

	"go.lsp.dev/uri"
)

// ParseURI brings a URI into the spelling that decoded messages hold, so that
// the two can be compared.
func ParseURI(s string) (URI, error) {
	u, err := uri.Parse(s)
	if err != nil {
		return "", fmt.Errorf("%q is no URI: %w", s, err)
	}
	return u, nil
}

// FileURI returns the URI of a file. The name has to be absolute.
func FileURI(name string) (URI, error) { return fileURI(name, runtime.GOOS == "windows") }

// Filename returns the name of the file that a URI stands for, cleaned, or
// false if it stands for none: documents that were never saved, those of
// version control, files on other machines. Such a URI is a name of its
// document and nothing more.
func Filename(u URI) (string, bool) {
	name, ok := filename(u, runtime.GOOS == "windows")
	if !ok {
		return "", false
	}
	return filepath.Clean(name), true
}

func fileURI(name string, windows bool) (URI, error) {
	if !utf8.ValidString(name) || strings.ContainsRune(name, 0) {
		return "", fmt.Errorf("the file name %q cannot be written as a URI", name)
	}
	if !windows {
		if !strings.HasPrefix(name, "/") {
			return "", fmt.Errorf("the file name %q is not absolute", name)
		}
		name = path.Clean(name)
		if len(name) > 2 && name[2] == ':' && 'A' <= name[1] && name[1] <= 'Z' {
			// Clients and the URI library write drive letters small.
			return "", fmt.Errorf("the file name %q would be taken for one of a Windows drive", name)
		}
		return uri.FileFor(uri.PlatformPOSIX, name), nil
	}
	slashed := strings.ReplaceAll(name, `\`, "/")
	host, rest, isShare := strings.Cut(strings.TrimPrefix(slashed, "//"), "/")
	isShare = isShare && strings.HasPrefix(slashed, "//") && host != ""
	switch {
	case isShare:
		slashed = "//" + host + path.Clean("/"+rest)
	case isDrive(slashed):
		slashed = slashed[:2] + path.Clean(slashed[2:])
	default:
		return "", fmt.Errorf("the file name %q is not absolute", name)
	}
	return uri.FileFor(uri.PlatformWindows, slashed), nil
}

func filename(u URI, windows bool) (string, bool) {
	c := u.Components()
	if c.Scheme != "file" || c.Query != "" || c.Fragment != "" ||
		!strings.HasPrefix(c.Path, "/") || strings.ContainsRune(c.Path, 0) {
		return "", false
	}
	host := c.Authority
	if strings.EqualFold(host, "localhost") {
		host = ""
	}
	if !windows {
		return c.Path, host == ""
	}
	switch {
	case host != "":
		return strings.ReplaceAll("//"+host+c.Path, "/", `\`), true
	case isDrive(c.Path[1:]):
		drive := strings.ToUpper(c.Path[1:2]) // as the go command prints it
		return strings.ReplaceAll(drive+c.Path[2:], "/", `\`), true
	}
	return "", false
}

// isDrive tells whether a name begins like C:/.
func isDrive(name string) bool {
	return len(name) >= 3 && name[1] == ':' && name[2] == '/' &&
		('a' <= name[0] && name[0] <= 'z' || 'A' <= name[0] && name[0] <= 'Z')
}
