// Release builds the programs of mapdiag for the platforms that have a release, and
// packs them.
//
//	release                             archives of all platforms in dist, and SHA256SUMS
//	release -platform P -bin DIR NAME…  the named programs for one platform, into a folder
//
// Platforms are called as VS Code calls them: linux-x64.
package main

import (
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
)

// dist is the folder that is released.
const dist = "dist"

func main() {
	log.SetFlags(0)
	log.SetPrefix("release: ")
	name := flag.String("platform", "", "build for this `platform` alone")
	bin := flag.String("bin", "", "build into this `folder` and pack nothing")
	flag.Parse()
	if (*name == "") != (*bin == "") || *bin == "" && flag.NArg() > 0 {
		log.Fatal("want no arguments, or -platform, -bin and the names of programs")
	}
	if err := run(".", *name, *bin, flag.Args()); err != nil {
		log.Fatal(err)
	}
}

func run(root, name, bin string, programs []string) error {
	version, err := versionOf(root)
	if err != nil {
		return err
	}
	if bin != "" {
		p, ok := platforms[name]
		if !ok {
			return fmt.Errorf("there is no platform %s; there are %v", name, names())
		}
		return errors.Join(p.build(root, version, bin, programs), writeNotices(root, bin, programs))
	}
	if programs, err = commands(root); err != nil {
		return err
	}
	for _, name := range names() {
		file, err := archive(root, filepath.Join(root, dist), name, version, programs)
		if err != nil {
			return err
		}
		fmt.Println(file)
	}
	return sums(filepath.Join(root, dist), version)
}

// commands returns the names of all programs: the folders below cmd.
func commands(root string) ([]string, error) {
	list, err := os.ReadDir(filepath.Join(root, "cmd"))
	if err != nil {
		return nil, err
	}
	var programs []string
	for _, d := range list {
		if d.IsDir() {
			programs = append(programs, d.Name())
		}
	}
	return programs, nil
}
