package unit

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/mapdiag/mapdiag/internal/sites"
)

// The flags by which a unit is given a profile of the maps of the program.
//
// The go command keeps what a unit says under a key of which flags are a part, but not
// the files that they name. So the profile is named together with the hash of its
// content: another profile is another flag.
const (
	profileFlag = "profile"
	sumFlag     = "profilesum"
)

// ProfileFlags returns the flags for the profile in a file, named absolutely, with the given content: units
// run in the folders of their packages.
func ProfileFlags(file string, data []byte) []string {
	sum := sha256.Sum256(data)
	return []string{"-" + profileFlag + "=" + file, "-" + sumFlag + "=" + hex.EncodeToString(sum[:])}
}

// profileOf returns the profile that arguments name, nil if they name none or if it says
// nothing of the package, which is found out without reading all of it.
func profileOf(args []string, pkg string) (*sites.Profile, error) {
	file, sum := flagValue(args, profileFlag), flagValue(args, sumFlag)
	switch {
	case file == "" && sum == "":
		return nil, nil
	case file == "":
		return nil, fmt.Errorf("-%s stands without -%s", sumFlag, profileFlag)
	case sum == "" || !filepath.IsAbs(file):
		absolute := file
		if !filepath.IsAbs(file) {
			absolute = "$PWD/" + file
		}
		return nil, fmt.Errorf("-%s wants an absolute name and, beside it, the file's hash, or go vet would repeat what it has said of an earlier profile. "+
			"Write -%[1]s=%[3]s -%[4]s=$(sha256sum <%[2]s | cut -c1-64), or use mapvet by itself: mapvet -%[1]s=%[2]s ./...",
			profileFlag, file, absolute, sumFlag)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("reading the profile: %w", err)
	}
	if got := sha256.Sum256(data); !strings.EqualFold(hex.EncodeToString(got[:]), sum) {
		return nil, fmt.Errorf("the profile %s is not the one that -%s tells; it has changed, run the command again", file, sumFlag)
	}
	pkg, _, _ = strings.Cut(pkg, " ") // without " [p.test]"
	quoted, err := json.Marshal(pkg)
	if err != nil || !bytes.Contains(data, quoted) {
		return nil, err
	}
	return sites.Read(bytes.NewReader(data), file)
}

// flagValue returns the value of the last flag of that name among arguments. It is needed
// before unitchecker parses them, which also reports what is wrong with them.
func flagValue(args []string, name string) string {
	value := ""
	for i, a := range args {
		if !strings.HasPrefix(a, "-") {
			continue
		}
		n, v, ok := strings.Cut(strings.TrimLeft(a, "-"), "=")
		if n != name {
			continue
		}
		if !ok && i+1 < len(args) {
			v = args[i+1] // the go command passes on what it was given
		}
		value = v
	}
	return value
}
