package paper

import (
	"strings"
	"testing"

	"virtcmp/internal/csvio"
	"virtcmp/internal/finding"
	"virtcmp/internal/paper/document"
)

// cells returns the text of a table's body, row by row.
func cells(t *document.Table) (rows []string) {
	for _, row := range t.Body {
		var all []string
		for _, cell := range row.Cells {
			all = append(all, document.PlainText(cell.Text))
		}
		rows = append(rows, strings.ReplaceAll(strings.Join(all, "|"), nbsp, " "))
	}
	return rows
}

func over(analysis, testbed, name, unit string, value, low, high finding.Number, note csvio.Labels) finding.Finding {
	return finding.Finding{Analysis: analysis, Testbed: testbed, Name: name, X: finding.None, Value: value, Low: low, High: high, Unit: unit, N: 5, Note: note}
}

// A peak that was not seen is not in the paper, and one that only the law has is marked.
func TestCapacityTable(t *testing.T) {
	v := newView(t, []finding.Finding{
		over(finding.Capacity, "native", "lambda", finding.RequestsPerSecond, 30, 28, 32, ""),
		over(finding.Capacity, "native", "peak_users", finding.Users, 41, 37, 45, "beyond=1"),
		over(finding.Capacity, "native", "peak_throughput", finding.RequestsPerSecond, 90, 80, 100, "beyond=1"),
		over(finding.Capacity, "lxc", "lambda", finding.RequestsPerSecond, 29, 27, 31, ""),
		over(finding.Capacity, "uml", "lambda", finding.RequestsPerSecond, 8, 7, 9, ""),
		over(finding.Capacity, "uml", "peak_users", finding.Users, 12, 11, 13, ""),
		{Analysis: finding.Validity, Testbed: "lxc", Name: "warning", X: finding.None, Note: "warning=kappa-unidentified;users=43"},
	})
	table := v.capacityTable()
	got := strings.Join(cells(table), "\n")
	const want = "λ, throughput of one user|29 [27, 31] requests/s|30 [28, 32] requests/s|8.0 [7.0, 9.0] requests/s\n" +
		"Users at the peak|not seen|41 [37, 45] a|12.0 [11.0, 13.0]\nThroughput at the peak|not seen|90 [80, 100] requests/s a|–"
	if got != want || table.Notes == nil {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	if tables := newView(t, nil).tables(); tables["capacity"] != nil || tables["open-loop"] != nil {
		t.Error("tables of nothing")
	}
}

func TestOpenLoopTable(t *testing.T) {
	v := newView(t, []finding.Finding{
		over(finding.OpenLoop, "lxc", "failed_requests", finding.Requests, 7, 5, 9, "code=502"),
		over(finding.OpenLoop, "lxc", "failed_requests", finding.Requests, 12, 10, 14, "code=all"),
		over(finding.OpenLoop, "lxc", "p99", finding.Seconds, 2, 1.5, 2.5, "unfinished=3"),
	})
	table := v.openLoopTable()
	got := strings.Join(cells(table), "\n")
	const want = "Failed or unfinished requests|12 [10, 14]\nRequest time, p99|2.0 [1.5, 2.5] s a"
	if got != want || table.Notes == nil {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	// Times of an open loop are nowhere among those of a closed one.
	for _, id := range []string{"p50", "p95", "p99", "mean", "requests"} {
		if ok, err := v.has(id); ok || err != nil {
			t.Errorf("%s: %v, %v", id, ok, err)
		}
	}
}
