package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"virtcmp/internal/command"
	"virtcmp/internal/csvio"
	"virtcmp/internal/finding"
	"virtcmp/internal/result/resulttest"
)

// findingsCSV returns the first campaign's findings as analyze writes them.
func findingsCSV(t *testing.T) string { return asCSV(t, resulttest.First().Findings()) }

// quickCSV returns them without their long series, for tests of what is not in the paper.
func quickCSV(t *testing.T) string {
	c := resulttest.First()
	c.Without = []string{finding.Latency}
	return asCSV(t, c.Findings())
}

func asCSV(t *testing.T, findings []finding.Finding) string {
	t.Helper()
	var b bytes.Buffer
	w := csvio.NewWriter[finding.Finding](&b)
	for _, f := range findings {
		if err := w.Write(f); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func execute(t *testing.T, stdin string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	code = program.Execute(context.Background(), args, strings.NewReader(stdin), &out, &err)
	return code, out.String(), err.String()
}

func TestReport(t *testing.T) {
	dir := t.TempDir()
	input := filepath.Join(dir, "findings.csv")
	if err := os.WriteFile(input, []byte(findingsCSV(t)), 0o600); err != nil {
		t.Fatal(err)
	}
	first, second := filepath.Join(dir, "a.pdf"), filepath.Join(dir, "b.pdf")
	code, stdout, stderr := execute(t, "", "-o", first, "-figures", filepath.Join(dir, "figures"), input)
	if code != command.Done || stdout != "" || strings.Contains(stderr, "typesetting") {
		t.Fatalf("exit %d, stdout %q, stderr %q", code, stdout, stderr)
	}
	if code, _, stderr := execute(t, findingsCSV(t), "--o="+second); code != command.Done {
		t.Fatalf("from stdin: exit %d, %s", code, stderr)
	}
	a, err := os.ReadFile(first)
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(second)
	if err != nil || !bytes.Equal(a, b) {
		t.Errorf("from stdin the paper differs: %v", err)
	}
	for _, name := range []string{"throughput", "whole-run", "ratios"} {
		for _, ext := range []string{"pdf", "svg", "png"} {
			if _, err := os.Stat(filepath.Join(dir, "figures", name+"."+ext)); err != nil {
				t.Error(err)
			}
		}
	}
	names, err := filepath.Glob(filepath.Join(dir, ".*"))
	if err != nil || len(names) > 0 {
		t.Errorf("left behind: %v, %v", names, err)
	}
	if info, err := os.Stat(first); err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if tool, err := exec.LookPath("qpdf"); err == nil {
		if out, err := exec.Command(tool, "--check", first).CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, out)
		}
	}
}

func TestWrong(t *testing.T) {
	dir := t.TempDir()
	out := filepath.Join(dir, "out.pdf")
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := findingsCSV(t)
	head, _, _ := strings.Cut(good, "\n")
	bad := t.TempDir()
	if err := os.WriteFile(filepath.Join(bad, "50-results.md"), []byte("## X\n\n{{values}}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name  string
		stdin string
		args  []string
		code  int
		says  string
	}{
		{"observations", "testbed,run,experiment,time,metric,value,users,code,labels\nlxc,1,ramp,0,m,1,,,\n", nil, command.Failed, "-:1: header is"},
		{"observations, the remedy", "testbed,run,experiment,time,metric,value,users,code,labels\n", nil, command.Failed, "analyze writes findings"},
		{"nothing", "", nil, command.Failed, "-: empty: no header row"},
		{"a header alone", head + "\n", nil, command.Failed, "no findings"},
		{"a torn row", good[:len(good)-20], nil, command.Failed, "torn row"},
		{"a bad number", head + "\nlatency,lxc,,,p99,,x,,,seconds,1,\n", nil, command.Failed, "-:2: column value"},
		{"a file that is not there", "", []string{filepath.Join(dir, "nix.csv")}, command.Failed, "nix.csv"},
		{"an unknown flag", good, []string{"-nix"}, command.Misuse, "report -h explains"},
		{"an unknown paper", good, []string{"-paper", "a3"}, command.Misuse, `-paper "a3": want a4 or letter`},
		{"templates that are not there", good, []string{"-templates", filepath.Join(dir, "nix")}, command.Failed, "nix"},
		{"templates that are a file", good, []string{"-templates", file("x", "")}, command.Misuse, "not a directory"},
		{"a template with a mistake", good, []string{"-templates", bad}, command.Failed, "50-results.md:3"},
		{"a folder that is not there", good, []string{"-o", filepath.Join(dir, "nix", "x.pdf")}, command.Failed, "nix"},
		{"a configuration that is not there", good, []string{"-config", filepath.Join(dir, "nix.yaml")}, command.Failed, "nix.yaml"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			code, stdout, stderr := execute(t, tc.stdin, append([]string{"-o", out}, tc.args...)...)
			if code != tc.code || stdout != "" || !strings.HasPrefix(stderr, "report: ") || !strings.Contains(stderr, tc.says) {
				t.Errorf("exit %d, stdout %q, stderr %q", code, stdout, stderr)
			}
			if _, err := os.Stat(out); err == nil {
				t.Error("a paper was written all the same")
			}
			if left, _ := filepath.Glob(filepath.Join(dir, ".out*")); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

// A bad input must not destroy the paper that is there.
func TestKeepsWhatWasThere(t *testing.T) {
	out := filepath.Join(t.TempDir(), "paper.pdf")
	if err := os.WriteFile(out, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, _ := execute(t, "nonsense\n", "-o", out); code != command.Failed {
		t.Errorf("exit %d", code)
	}
	if got, err := os.ReadFile(out); err != nil || string(got) != "precious" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestConfigured(t *testing.T) {
	dir := t.TempDir()
	config, own := filepath.Join(dir, "report.yaml"), filepath.Join(dir, "own")
	if err := os.WriteFile(config, []byte("title: From the file\nauthor: Ann\npaper: letter\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(own, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(own, "85-more.md"), []byte("## A section of my own\n\nWords.\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "x.pdf")
	t.Setenv("VIRTCMP_AFFILIATION", "From the environment")
	if code, _, stderr := execute(t, findingsCSV(t), "-config", config, "-templates", own, "-o", out, "-author", "Bob of the flags"); code != command.Done {
		t.Fatalf("exit %d, %s", code, stderr)
	}
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip("needs pdftotext (package poppler-utils)")
	}
	text, err := exec.Command(tool, out, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"From the file", "Bob of the flags", "From the environment", "8 A section of my own", "9 Conclusion"} {
		if !strings.Contains(strings.Join(strings.Fields(string(text)), " "), want) {
			t.Errorf("no %q in the paper", want)
		}
	}
}

func TestHelp(t *testing.T) {
	code, stdout, stderr := execute(t, "", "-h")
	if code != command.Done || stderr != "" {
		t.Errorf("exit %d, stderr %q", code, stderr)
	}
	for _, want := range []string{"analyze data/campaigns/first | report -o paper.pdf", "-figures", "-templates", "Exit codes"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("no %q in the help", want)
		}
	}
}

func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	out := filepath.Join(t.TempDir(), "x.pdf")
	var stderr bytes.Buffer
	if code := program.Execute(ctx, []string{"-o", out}, strings.NewReader(findingsCSV(t)), &stderr, &stderr); code != command.Failed {
		t.Errorf("exit %d: %s", code, stderr.String())
	}
	if _, err := os.Stat(out); err == nil {
		t.Error("an interrupted call wrote a paper")
	}
}
