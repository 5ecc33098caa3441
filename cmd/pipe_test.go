// Package cmd_test runs the three programs as users do: built, and piped together.
package cmd_test

import (
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// build compiles the programs and returns their directory.
func build(t *testing.T) string {
	t.Helper()
	bin := t.TempDir()
	cmd := exec.Command("go", "build", "-o", bin, "./collect", "./analyze", "./report")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return bin
}

// pipe runs the commands, each one's output the next one's input, and fails the test
// unless all of them end with exit code 0.
func pipe(t *testing.T, commands ...[]string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	var running []*exec.Cmd
	var errors []*bytes.Buffer
	var from io.ReadCloser
	for i, args := range commands {
		cmd := exec.CommandContext(ctx, args[0], args[1:]...)
		stderr := &bytes.Buffer{}
		cmd.Stderr = stderr
		if from != nil {
			cmd.Stdin = from
		}
		if i < len(commands)-1 {
			read, write, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			cmd.Stdout = write
			defer write.Close()
			from = read
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if w, ok := cmd.Stdout.(*os.File); ok {
			w.Close() // the next one must see the end
		}
		running, errors = append(running, cmd), append(errors, stderr)
	}
	for i, cmd := range running {
		if err := cmd.Wait(); err != nil {
			t.Errorf("%s: %v\n%s", strings.Join(commands[i], " "), err, errors[i])
		}
	}
	if t.Failed() {
		t.FailNow()
	}
}

// text returns the words of a PDF, or "" where no program is here to tell.
func text(t *testing.T, pdf string) string {
	t.Helper()
	if _, err := exec.LookPath("pdftotext"); err != nil {
		t.Log("the PDF's words are not looked at: pdftotext (poppler-utils) is not installed")
		return ""
	}
	out, err := exec.Command("pdftotext", pdf, "-").Output()
	if err != nil {
		t.Fatalf("pdftotext: %v", err)
	}
	return strings.Join(strings.Fields(string(out)), " ")
}

// TestPipe goes from load to paper, live, on the embedded application.
func TestPipe(t *testing.T) {
	bin, dir := build(t), t.TempDir()
	config := filepath.Join(dir, "campaign.yaml")
	if err := os.WriteFile(config, []byte(`
name: pipe
max_steal: 1
testbeds:
  - name: process
  - name: process-ns
    driver: process
    process: {namespaces: true}
    optional: true
experiments:
  ramp:      {runs: 3, from: 1, to: 8, over: 1500ms, hold: 500ms}
  select:    {runs: 3, queries: 50}
  insert:    {runs: 3, rows: 100, stress: [0, 1]}
  startup:   {runs: 3}
  footprint: {runs: 0}
`), 0o644); err != nil {
		t.Fatal(err)
	}
	paper := filepath.Join(dir, "demo.pdf")
	pipe(t,
		[]string{filepath.Join(bin, "collect"), "-config", config},
		[]string{filepath.Join(bin, "analyze")},
		[]string{filepath.Join(bin, "report"), "-o", paper})
	pdf, err := os.ReadFile(paper)
	if err != nil || !bytes.HasPrefix(pdf, []byte("%PDF-")) {
		t.Fatalf("no PDF: %v", err)
	}
	if words := text(t, paper); words != "" {
		for _, want := range []string{"This is a demonstration.", "Successful requests", "host memory"} {
			if !strings.Contains(words, want) {
				t.Errorf("the paper does not say %q", want)
			}
		}
	}
}

// TestArchive makes the paper of the archived campaign twice, to the same bytes.
func TestArchive(t *testing.T) {
	bin, dir := build(t), t.TempDir()
	archive := filepath.Join("..", "data", "campaigns", "first")
	var first []byte
	for _, name := range []string{"one.pdf", "two.pdf"} {
		paper := filepath.Join(dir, name)
		pipe(t, []string{filepath.Join(bin, "analyze"), archive}, []string{filepath.Join(bin, "report"), "-o", paper})
		pdf, err := os.ReadFile(paper)
		if err != nil {
			t.Fatal(err)
		}
		if first != nil && !bytes.Equal(pdf, first) {
			t.Error("the same archive gave another PDF")
		}
		first = pdf
	}
	if words := text(t, filepath.Join(dir, "one.pdf")); words != "" {
		for _, want := range []string{"native Linux", "LXC", "User-Mode Linux", "WordPress", "began to swap"} {
			if !strings.Contains(words, want) {
				t.Errorf("the paper does not say %q", want)
			}
		}
	}
}
