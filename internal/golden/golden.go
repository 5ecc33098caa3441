// Package golden compares what tests got with files that somebody has looked at.
package golden

import (
	"flag"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew; look at the difference")

// Compare fails where got differs from the file, and says where it does so first. With
// the test's flag -update the file becomes what was got.
func Compare(t testing.TB, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want := string(raw)
	if got == want {
		return
	}
	a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			t.Errorf("%s:%d:\ngot  %s\nwant %s\n(the test's -update writes it anew)", path, i+1, a[i], b[i])
			return
		}
	}
	t.Errorf("%s: got %d lines, want %d (the test's -update writes it anew)", path, len(a), len(b))
}
