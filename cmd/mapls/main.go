// Command mapls is the language server of mapdiag. Editors start it beside
// gopls and speak to it over standard input and output; see docs/editors.md.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	_ "net/http/pprof"
	"os"

	"github.com/mapdiag/mapdiag/internal/version"
	"github.com/mapdiag/mapdiag/server"
)

func main() {
	debugAddr := flag.String("debug", "", "serve pprof at this `address` of the loopback interface, such as localhost:6060")
	verbose := flag.Bool("v", false, "log what is done")
	cacheDir := flag.String("cache", "", "keep results in this `folder`, \"off\" for nowhere (default: the user's cache folder)")
	tell := flag.Bool("version", false, "print the version and exit")
	flag.Parse()
	if *tell {
		fmt.Println("mapls", version.Program())
		return
	}
	if flag.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "mapls: unexpected argument %q; mapls speaks to an editor over standard input and output\n", flag.Arg(0))
		os.Exit(2)
	}
	level := slog.LevelWarn
	if *verbose {
		level = slog.LevelDebug
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
	if *debugAddr != "" {
		if err := serveDebug(*debugAddr, log); err != nil {
			fmt.Fprintf(os.Stderr, "mapls: -debug %s: %v\n", *debugAddr, err)
			os.Exit(2)
		}
	}
	dir := *cacheDir
	switch dir {
	case "off":
		dir = ""
	case "":
		var err error
		if dir, err = server.DefaultCacheDir(); err != nil {
			log.Warn("results are not kept on disk", "error", err)
		}
	}
	os.Exit(server.Serve(context.Background(), stdio{os.Stdin, os.Stdout}, server.Options{Version: version.Program(), Log: log, CacheDir: dir}))
}

// serveDebug serves the profiles of package net/http/pprof, on the loopback
// interface alone.
func serveDebug(addr string, log *slog.Logger) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return err
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("%s is not on the loopback interface; want localhost:PORT", host)
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	log.Info("serving profiles", "url", "http://"+l.Addr().String()+"/debug/pprof/")
	go func() { log.Error("serving profiles", "error", http.Serve(l, nil)) }()
	return nil
}

// stdio joins standard input and output.
type stdio struct {
	io.ReadCloser
	io.Writer
}
