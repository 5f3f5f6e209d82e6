package main

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// archive packs the programs for a platform and the licences, as a zip for Windows. Its
// files have no time, so that the same sources make the same archive.
func archive(root, dir, name, version string, programs []string) (file string, err error) {
	p := platforms[name]
	tmp, err := os.MkdirTemp("", "mapdiag-release-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(tmp)
	if err := p.build(root, version, tmp, programs); err != nil {
		return "", err
	}
	if err := writeNotices(root, tmp, programs); err != nil {
		return "", err
	}
	members := []string{filepath.Join(root, "LICENSE"), filepath.Join(tmp, noticesFile)}
	for _, program := range programs {
		members = append(members, filepath.Join(tmp, p.file(program)))
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return "", err
	}
	pack, ext := tarball, ".tar.gz"
	if p.os == "windows" {
		pack, ext = zipped, ".zip"
	}
	file = filepath.Join(dir, "mapdiag-"+name+"-"+version+ext)
	out, err := os.Create(file)
	if err != nil {
		return "", err
	}
	return file, errors.Join(pack(out, "mapdiag-"+version, members), out.Close())
}

// mode returns what may be done with a member: programs can be run.
func mode(member string) int64 {
	if name := filepath.Base(member); name == "LICENSE" || name == noticesFile {
		return 0o644
	}
	return 0o755
}

func tarball(out io.Writer, prefix string, members []string) error {
	compressed, err := gzip.NewWriterLevel(out, gzip.BestCompression)
	if err != nil {
		return err
	}
	w := tar.NewWriter(compressed)
	for _, m := range members {
		data, err := os.ReadFile(m)
		if err != nil {
			return err
		}
		header := &tar.Header{Name: prefix + "/" + filepath.Base(m), Mode: mode(m), Size: int64(len(data)), Format: tar.FormatUSTAR}
		if err := w.WriteHeader(header); err != nil {
			return err
		}
		if _, err := w.Write(data); err != nil {
			return err
		}
	}
	return errors.Join(w.Close(), compressed.Close())
}

func zipped(out io.Writer, prefix string, members []string) error {
	w := zip.NewWriter(out)
	for _, m := range members {
		data, err := os.ReadFile(m)
		if err != nil {
			return err
		}
		f, err := w.Create(prefix + "/" + filepath.Base(m))
		if err != nil {
			return err
		}
		if _, err := f.Write(data); err != nil {
			return err
		}
	}
	return w.Close()
}

// sums writes the SHA-256 sums of what is released, as sha256sum -c reads them.
func sums(dir, version string) error {
	list, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	var b strings.Builder
	for _, d := range list {
		if !released(d.Name(), version) {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, d.Name()))
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "%x  %s\n", sha256.Sum256(data), d.Name())
	}
	return os.WriteFile(filepath.Join(dir, "SHA256SUMS"), []byte(b.String()), 0o666)
}

func released(name, version string) bool {
	for _, ext := range []string{".tar.gz", ".vsix", ".zip"} {
		if strings.HasSuffix(name, "-"+version+ext) {
			return true
		}
	}
	return false
}
