package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"virtcmp/internal/command"
	"virtcmp/internal/golden"
)

const jtl = "timeStamp,elapsed,success,allThreads\n1700000000000,100,true,1\n1700000000100,200,true,1\n1700000000300,300,false,2\n"

func TestForeignExitCodes(t *testing.T) {
	testExitCodes(t, []exit{
		{"findings", jtl, []string{"-from", "jmeter", "-testbed", "xen"}, command.Done, ""},
		{"observations", jtl, []string{"-from", "jmeter", "-testbed", "xen", "-observations"}, command.Done, ""},
		{"no testbed", jtl, []string{"-from", "jmeter"}, command.Misuse, "name the testbed"},
		{"unknown format", jtl, []string{"-from", "gatling", "-testbed", "xen"}, command.Misuse, `format "gatling": there are jmeter, vegeta, k6, wrk2`},
		{"unknown loop", jtl, []string{"-from", "jmeter", "-testbed", "xen", "-loop", "ajar"}, command.Misuse, "closed or open"},
		{"another baseline", jtl, []string{"-from", "jmeter", "-testbed", "xen", "-baseline", "lxc"}, command.Misuse, `baseline "lxc"`},
		{"torn", jtl + "17", []string{"-from", "jmeter", "-testbed", "xen"}, command.Failed, "-:5: "},
		{"another format", jtl, []string{"-from", "k6", "-testbed", "xen"}, command.Failed, "-:1: "},
		{"no such file", "", []string{"-from", "jmeter", "-testbed", "xen", "testdata/none.jtl"}, command.Failed, "testdata/none.jtl"},
	})
}

// Two testbeds that another program has tested are compared by way of their observations,
// and those of one give the findings that its files give.
func TestForeignComparison(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	run := func(args ...string) string {
		out, stderr, code := analyze(nil, args...)
		if code != command.Done {
			t.Fatalf("%q: %s", args, stderr)
		}
		return out
	}
	slow := strings.NewReplacer(",100,", ",200,", ",200,", ",400,").Replace(jtl)
	var xen, lxc []string
	for _, n := range []string{"1", "2", "3"} {
		xen = append(xen, file("xen"+n+".jtl", slow))
		lxc = append(lxc, file("lxc"+n+".jtl", jtl))
	}
	of := func(testbed string, files []string, more ...string) string {
		return run(append(append([]string{"-from", "jmeter", "-testbed", testbed}, more...), files...)...)
	}
	a, b := file("xen.csv", of("xen", xen, "-observations")), file("lxc.csv", of("lxc", lxc, "-observations"))
	if out := run("-baseline", "lxc", a, b); !strings.Contains(out, "\nlatency,xen,lxc,,mean,,2,") {
		t.Errorf("no ratio of 2:\n%s", out)
	}
	notSource := func(findings string) string {
		var kept []string
		for line := range strings.SplitSeq(findings, "\n") {
			if !strings.HasPrefix(line, "environment,,,,source,") {
				kept = append(kept, line)
			}
		}
		return strings.Join(kept, "\n")
	}
	if direct, by := notSource(of("xen", xen)), notSource(run(a)); direct != by {
		t.Error(firstDifference(by, direct))
	}
}

// TestForeignGolden runs the program on what other programs have written.
func TestForeignGolden(t *testing.T) {
	for _, tc := range []struct{ format, file string }{
		{"jmeter", "jmeter.csv"}, {"vegeta", "vegeta.gob"}, {"k6", "k6.json.gz"}, {"wrk2", "vegeta.hgrm"},
	} {
		t.Run(tc.file, func(t *testing.T) {
			path := filepath.Join("..", "..", "internal", "foreign", "testdata", tc.file)
			out, stderr, code := analyze(nil, "-from", tc.format, "-testbed", "xen", path)
			if code != command.Done || stderr != "" {
				t.Fatalf("exit code %d: %s", code, stderr)
			}
			golden.Compare(t, goldenFile("from-"+strings.ReplaceAll(strings.TrimSuffix(tc.file, ".gz"), ".", "-")), out)
		})
	}
}
