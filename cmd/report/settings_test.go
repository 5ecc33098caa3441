package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"virtcmp/internal/command"
)

// paperOf writes the paper as Markdown and returns its first lines, up to the introduction.
func paperOf(t *testing.T, args ...string) (code int, text, stderr string) {
	t.Helper()
	out := filepath.Join(t.TempDir(), "x.md")
	code, _, stderr = execute(t, quickCSV(t), append([]string{"-o", out}, args...)...)
	raw, err := os.ReadFile(out)
	if err != nil && code == command.Done {
		t.Fatal(err)
	}
	text, _, _ = strings.Cut(string(raw), "Introduction")
	return code, strings.Join(strings.Fields(strings.ReplaceAll(text, "\u00a0", " ")), " "), stderr
}

func settings(t *testing.T, yaml string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "paper.yaml")
	if err := os.WriteFile(path, []byte(yaml), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestSettings(t *testing.T) {
	file := filepath.Join(t.TempDir(), "abstract.md")
	if err := os.WriteFile(file, []byte("From a *file*, of {{names}}.\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name string
		args []string
		says []string
	}{
		{"flags", []string{"-title", "My *T*", "-author", "Ann & Bob", "-affiliation", "Here", "-abstract", "Short."},
			[]string{`# My \*T\*`, "Ann & Bob *Here* Measured", "Abstract Short. ##"}},
		{"an abstract in a file", []string{"-abstract", "@" + file}, []string{"Abstract From a *file*, of native Linux, LXC and User-Mode Linux. ##"}},
		{"a list of names", []string{"-config", settings(t, "author: [Ann, Bob, Cy]\naffiliation: Here\n")}, []string{"Ann, Bob and Cy *Here*"}},
		{"one name in a list", []string{"-config", settings(t, "author: [Ann]\n")}, []string{"Ann Measured"}},
		{"authors with affiliations", []string{"-config", settings(t, "author:\n  - {name: Ann, affiliation: Here_1}\n  - Bob\naffiliation: Both\n")}, []string{`Ann, *Here\_1* Bob *Both*`}},
		{"an abstract of several lines", []string{"-config", settings(t, "abstract: |\n  One of {{baseline}}\n  [](cite:lxc).\n\n  Two.\n")}, []string{`Abstract One of native Linux \[[1](#ref-lxc)\]. Two. ##`}},
		{"a list of formats", []string{"-config", settings(t, "format: [markdown, pdf]\n")}, []string{"What does it cost"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			code, text, stderr := paperOf(t, tc.args...)
			if code != command.Done {
				t.Fatalf("exit %d, %s", code, stderr)
			}
			for _, want := range tc.says {
				if !strings.Contains(text, want) {
					t.Errorf("no %q in %s", want, text)
				}
			}
		})
	}
}

// The example of the README is taken as it stands.
func TestReadme(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, example, _ := strings.Cut(string(readme), "```yaml\n# paper.yaml\n")
	example, _, ok := strings.Cut(example, "```")
	if !ok {
		t.Fatal("no example")
	}
	code, text, stderr := paperOf(t, "-config", settings(t, example), "-format", "markdown")
	if want := "A. Author, *University of Somewhere*"; code != command.Done || !strings.Contains(text, want) || !strings.Contains(text, "We compare native Linux, LXC and User-Mode Linux. ") {
		t.Errorf("exit %d, %s, no %q in %s", code, stderr, want, text)
	}
}

func TestSettingsWrong(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty.md")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"-abstract", "@nix.md"}, command.Failed, "-abstract: open nix.md"},
		{[]string{"-abstract", "@" + empty}, command.Failed, "the file is empty"},
		{[]string{"-abstract", "{{nix}}"}, command.Failed, `abstract:1: function "nix" not defined`},
		{[]string{"-abstract", "{{abstract}}"}, command.Failed, `abstract:1: function "abstract" not defined`},
		{[]string{"-abstract", "One.\n\n[](cite:nix)"}, command.Failed, `abstract:3: citation of "nix"`},
		{[]string{"-abstract", "One.\n\n{{values \"nix\"}}"}, command.Failed, `no quantity "nix"`},
		{[]string{"-config", settings(t, "author: {name: Ann}\n")}, command.Misuse, "author: want a name or a list of names"},
		{[]string{"-config", settings(t, "author: [{nam: Ann}]\n")}, command.Misuse, `author 1: unknown key "nam"`},
		{[]string{"-config", settings(t, "author: [Ann, {affiliation: Here}]\n")}, command.Misuse, "author 2: no name"},
		{[]string{"-config", settings(t, "author: [Ann, 7]\n")}, command.Misuse, "author 2: want a name"},
	} {
		code, text, stderr := paperOf(t, tc.args...)
		if code != tc.code || text != "" || !strings.Contains(stderr, tc.says) {
			t.Errorf("%v: exit %d, %q, want %q", tc.args, code, stderr, tc.says)
		}
	}
}
