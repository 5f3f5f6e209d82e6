package gopls

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestNeovim runs Neovim with both servers set up as docs/editors.md says, and
// applies a fix.
func TestNeovim(t *testing.T) {
	nvim, err := exec.LookPath("nvim")
	if err != nil {
		t.Skip("Neovim is not installed (apt-get install neovim)")
	}
	dir, file := module(t, shop)
	doc, err := os.ReadFile("../../docs/editors.md")
	if err != nil {
		t.Fatal(err)
	}
	// The first block is for versions with vim.lsp.config, the second for older ones.
	blocks := regexp.MustCompile("(?ms)^```lua\n(.*?)^```$").FindAllSubmatch(doc, -1)
	if len(blocks) != 2 {
		t.Fatalf("docs/editors.md has %d blocks of Lua, want 2", len(blocks))
	}
	block := blocks[1][1]
	if exec.Command(nvim, "--clean", "--headless", "--cmd", "lua if vim.lsp.config then vim.cmd('cquit') end", "--cmd", "qall!").Run() != nil {
		block = blocks[0][1]
	}
	setup, out := filepath.Join(t.TempDir(), "setup.lua"), filepath.Join(t.TempDir(), "out.go")
	if err := os.WriteFile(setup, block, 0o666); err != nil {
		t.Fatal(err)
	}

	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	script, err := filepath.Abs("testdata/neovim.lua")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(ctx, nvim, "--clean", "--headless", "-c", "luafile "+script)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PATH="+filepath.Dir(mapls)+string(os.PathListSeparator)+os.Getenv("PATH"),
		"XDG_STATE_HOME="+t.TempDir(), "XDG_DATA_HOME="+t.TempDir(),
		"PEERS_SETUP="+setup, "PEERS_FILE="+file, "PEERS_OUT="+out)
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	cmd.WaitDelay = 5 * time.Second // servers hold the pipes
	if err := cmd.Run(); err != nil {
		t.Fatalf("nvim: %v\n%s", err, output.Bytes())
	}
	got, err := os.ReadFile(out)
	if err != nil {
		t.Fatalf("%v\n%s", err, output.Bytes())
	}
	if want := strings.Replace(shop, "string]int)\n\tfor", "string]int, len(orders))\n\tfor", 1); string(got) != want {
		t.Errorf("the buffer is\n%s\nwant\n%s", got, want)
	}
}
