package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"virtcmp/internal/command"
	"virtcmp/internal/paper"
)

// tree returns the names of the files below a directory.
func tree(t *testing.T, dir string) []string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			name, _ := filepath.Rel(dir, path)
			all = append(all, filepath.ToSlash(name))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(all)
	return all
}

// withoutFigures drops the figures' files but one of each folder and form.
func withoutFigures(files []string) []string {
	return slices.DeleteFunc(files, func(name string) bool {
		base := strings.TrimSuffix(filepath.Base(name), filepath.Ext(name))
		return strings.Contains(name, "/") && base != "throughput" && base != "paper" && base != "x"
	})
}

func TestFormats(t *testing.T) {
	input := quickCSV(t)
	for _, tc := range []struct {
		name string
		args []string
		want string
	}{
		{"by default", nil, "paper.pdf"},
		{"by ending", []string{"-o", "x.md"}, "x-figures/throughput.svg x.md"},
		{"any ending", []string{"-o", "x.out"}, "x.out"},
		{"one that is named", []string{"-format", "markdown"}, "paper-figures/throughput.svg paper.md"},
		{"in a file of any name", []string{"-format", "markdown", "-o", "README"}, "README README-figures/throughput.svg"},
		{"LaTeX", []string{"-format", "latex"}, "paper-latex/figures/throughput.pdf paper-latex/paper.bib paper-latex/paper.tex"},
		{"LaTeX in a directory", []string{"-format", "latex", "-o", "new/article"}, "new/article/figures/throughput.pdf new/article/paper.bib new/article/paper.tex"},
		{"LaTeX by a slash", []string{"-o", "article/"}, "article/figures/throughput.pdf article/paper.bib article/paper.tex"},
		{"LaTeX by ending", []string{"-o", "x.tex"}, "figures/throughput.pdf x.bib x.tex"},
		{"several", []string{"-format", "pdf, latex,markdown,pdf", "-o", "x.pdf"},
			"x-figures/throughput.svg x-latex/figures/throughput.pdf x-latex/paper.bib x-latex/paper.tex x.md x.pdf"},
		{"figures besides", []string{"-o", "x.tex", "-figures", "figures"}, "figures/throughput.pdf figures/throughput.png figures/throughput.svg x.bib x.tex"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			if code, stdout, stderr := execute(t, input, tc.args...); code != command.Done || stdout != "" {
				t.Fatalf("exit %d, %q, %s", code, stdout, stderr)
			}
			if got := strings.Join(withoutFigures(tree(t, ".")), " "); got != tc.want {
				t.Errorf("wrote %s, want %s", got, tc.want)
			}
		})
	}
	t.Run("LaTeX in a directory that is there", func(t *testing.T) {
		t.Chdir(t.TempDir())
		if err := os.Mkdir("there", 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile("there/mine.txt", []byte("mine"), 0o600); err != nil {
			t.Fatal(err)
		}
		if code, _, stderr := execute(t, input, "-o", "there"); code != command.Done {
			t.Fatalf("exit %d, %s", code, stderr)
		}
		if got := strings.Join(withoutFigures(tree(t, ".")), " "); got != "there/figures/throughput.pdf there/paper.bib there/paper.tex" { // the filter drops mine.txt
			t.Errorf("wrote %s", got)
		}
		if text, err := os.ReadFile("there/mine.txt"); err != nil || string(text) != "mine" {
			t.Errorf("%q, %v", text, err)
		}
	})
}

// The same findings give the same bytes in every form.
func TestFormatsSameBytes(t *testing.T) {
	input := findingsCSV(t)
	dirs := []string{t.TempDir(), t.TempDir()}
	for _, dir := range dirs {
		t.Chdir(dir)
		if code, _, stderr := execute(t, input, "-format", "pdf,latex,markdown", "-figures", "figures"); code != command.Done {
			t.Fatalf("exit %d, %s", code, stderr)
		}
	}
	names := tree(t, dirs[0])
	if len(names) < 5*8 {
		t.Errorf("only %v", names)
	}
	for _, name := range names {
		a, err := os.ReadFile(filepath.Join(dirs[0], name))
		if err != nil {
			t.Fatal(err)
		}
		if b, err := os.ReadFile(filepath.Join(dirs[1], name)); err != nil || !bytes.Equal(a, b) {
			t.Errorf("%s differs the second time: %v", name, err)
		}
	}
}

func TestFormatsMisused(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.Mkdir("dir", 0o700); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"-format", "docx"}, command.Misuse, `-format "docx": want pdf, `},
		{[]string{"-format", "pdf,,"}, command.Misuse, `-format ""`},
		{[]string{"-format", "markdown", "-o", "x.pdf"}, command.Misuse, "-o x.pdf has the ending of pdf, -format says markdown"},
		{[]string{"-format", "pdf", "-o", "dir"}, command.Misuse, "-o dir is a directory"},
		{[]string{"-o", "/dev/null"}, command.Failed, "/dev/null is there, and is no file"},
		{[]string{"-o", "nix/x.md"}, command.Failed, "nix"},
		{[]string{"-format", "latex", "-o", "/dev/null/x"}, command.Failed, "/dev/null"},
	} {
		code, stdout, stderr := execute(t, quickCSV(t), tc.args...)
		if code != tc.code || stdout != "" || !strings.Contains(stderr, tc.says) {
			t.Errorf("%v: exit %d, %q, %q", tc.args, code, stdout, stderr)
		}
	}
	if left := tree(t, "."); left != nil {
		t.Errorf("left behind: %v", left)
	}
}

// Those who go on writing keep what they wrote.
func TestLaTeXOfOthers(t *testing.T) {
	t.Chdir(t.TempDir())
	input := quickCSV(t)
	for range 2 { // its own files it overwrites
		if code, _, stderr := execute(t, input, "-o", "article/"); code != command.Done {
			t.Fatalf("exit %d, %s", code, stderr)
		}
	}
	for _, name := range []string{"article/paper.tex", "article/paper.bib"} {
		before, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		changed := append([]byte("% mine\n"), before...)
		if err := os.WriteFile(name, changed, 0o600); err != nil {
			t.Fatal(err)
		}
		code, _, stderr := execute(t, input, "-o", "article/")
		if code != command.Failed || !strings.Contains(stderr, name+" was changed since") {
			t.Errorf("exit %d, %s", code, stderr)
		}
		if after, err := os.ReadFile(name); err != nil || !bytes.Equal(after, changed) {
			t.Errorf("%s: %v", name, err)
		}
		if err := os.WriteFile(name, before, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// What fails in the middle leaves everything as it was.
func TestWriteAll(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	if err := os.WriteFile("old.txt", []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	text := func(s string, err error) func(io.Writer) error {
		return func(w io.Writer) error {
			_, werr := io.WriteString(w, s)
			return errors.Join(werr, err)
		}
	}
	full := &os.PathError{Op: "write", Path: ".old.txt.123", Err: errors.New("no space left on device")}
	err := writeAll(context.Background(), []output{
		{path: "old.txt", File: paper.File{Write: text("half", full)}}, {path: "a/b/new.txt", makeFolder: true, File: paper.File{Write: text("new", nil)}},
	})
	if err == nil || err.Error() != "old.txt: no space left on device" {
		t.Errorf("error %v", err)
	}
	cancelled, cancel := context.WithCancel(context.Background())
	err = writeAll(cancelled, []output{{path: "old.txt", File: paper.File{Write: func(w io.Writer) error {
		cancel()
		return text("new", nil)(w)
	}}}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: %v", err)
	}
	if got, err := os.ReadFile("old.txt"); err != nil || string(got) != "precious" {
		t.Errorf("%q, %v", got, err)
	}
	entries, err := os.ReadDir(".")
	if err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}
