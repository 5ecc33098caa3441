package paper

import (
	"io"
	"testing"

	"virtcmp/internal/result/resulttest"
)

// BenchmarkPaper is a whole paper, from findings to bytes.
func BenchmarkPaper(b *testing.B) {
	all := resulttest.First().Findings()
	for b.Loop() {
		p, err := New(all, options())
		if err != nil {
			b.Fatal(err)
		}
		if err := p.WritePDF(io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}
