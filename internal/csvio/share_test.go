package csvio_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"testing"

	"virtcmp/internal/csvio"
)

// shared returns the rows that three takers had, in order of their names.
func shared(text string) (rows []quick, stats []csvio.Stat, counted int, err error) {
	const n = 3
	had := make([][]quick, n)
	takers := make([]func(*quick), n)
	for i := range takers {
		takers[i] = func(q *quick) {
			had[i] = append(had[i], quick{strings.Clone(q.A), strings.Clone(q.B), strings.Clone(q.C)})
		}
	}
	stats, err = csvio.Share(context.Background(), []csvio.Source{csvio.NewSource("x", strings.NewReader(text))}, takers, func(rows int) { counted += rows })
	if err != nil { // takers may go on
		return nil, stats, counted, err
	}
	rows = slices.Concat(had...)
	slices.SortFunc(rows, func(a, b quick) int { return strings.Compare(a.A, b.A) })
	return rows, stats, counted, nil
}

// Every row is taken once and as it stands, and what is wrong is told as by Scan.
func TestShare(t *testing.T) {
	const n = 200_000 // many blocks
	row := func(i int) quick {
		return quick{fmt.Sprintf("%06d", i), fmt.Sprint("text ", i), []string{"", ", quoted"}[i%2]}
	}
	var b strings.Builder
	b.WriteString("a,b,c\n")
	for i := range n {
		format := []string{"%s,%s,%s\n", "%s,%s,\"%s\"\n"}[i%2]
		fmt.Fprintf(&b, format, row(i).A, row(i).B, row(i).C)
	}
	rows, stats, counted, err := shared(b.String())
	if err != nil || len(rows) != n || counted != n || stats[0].Rows != n {
		t.Fatalf("%d rows, %d counted, %v, error %v", len(rows), counted, stats, err)
	}
	if want := fmt.Sprintf("%x", sha256.Sum256([]byte(b.String()))); stats[0].SHA256 != want {
		t.Errorf("digest %q, want %q", stats[0].SHA256, want)
	}
	for i, q := range rows {
		if q != row(i) {
			t.Fatalf("row %d is %v", i, q)
		}
	}
	b.WriteString("x,bad,\n" + strings.Repeat("x,y,z\n", n) + "x,bad,\n")
	if _, _, _, err := shared(b.String()); err == nil || err.Error() != fmt.Sprintf("x:%d: column b: bad text", n+2) {
		t.Errorf("error %v", err)
	}
}
