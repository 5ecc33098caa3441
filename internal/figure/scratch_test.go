package figure

import (
	"context"
	"os"
	"testing"
	"time"

	"virtcmp/internal/csvio"
	"virtcmp/internal/finding"
	"virtcmp/internal/result"
)

func TestScratch(t *testing.T) {
	src, err := csvio.Sources([]string{"/tmp/brief/sample-findings.csv"}, nil)
	if err != nil {
		t.Skip(err)
	}
	t0 := time.Now()
	all, _, err := finding.Read(context.Background(), src)
	if err != nil {
		t.Fatal(err)
	}
	s := result.New(all)
	t.Log(time.Since(t0))
	names := map[string]string{"lxc": "LXC", "uml": "User-Mode Linux", "native": "native"}
	figs := All(Input{Set: s, Name: func(t string) string { return names[t] }})
	t.Log(time.Since(t0))
	os.RemoveAll("/tmp/report-scratch/figures")
	if err := Export("/tmp/report-scratch/figures", figs, time.Unix(0, 0)); err != nil {
		t.Fatal(err)
	}
	t.Log(time.Since(t0))
}
