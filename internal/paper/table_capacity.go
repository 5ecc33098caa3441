package paper

import (
	"slices"

	"virtcmp/internal/finding"
	"virtcmp/internal/paper/document"
	"virtcmp/internal/quantity"
)

// scalarRow is a row of a table that has one finding over all runs in every cell.
type scalarRow struct {
	title, name, label, labelled string
	times                        float64 // what the title says that values are multiplied by; 0: nothing
}

// scalarTable has the findings of an analysis over all runs, with their intervals, by
// testbed. note gives an inline that follows a cell's finding, or nil; without a
// finding, instead says what stands there. It is nil if there is nothing of the analysis.
func (v *view) scalarTable(analysis, title string, rows []scalarRow, note func(finding.Finding) document.Inline, instead func(testbed, name string) document.Cell) *document.Table {
	t := &document.Table{Wide: true, Columns: []document.Column{{Wrap: true}}}
	// Testbeds with nothing of it have no column.
	testbeds := slices.DeleteFunc(slices.Clone(v.set.Testbeds()), func(b string) bool {
		return !slices.ContainsFunc(rows, func(r scalarRow) bool {
			_, ok := v.scalarOf(analysis, b, r)
			return ok
		})
	})
	head := document.Row{Cells: []document.Cell{text(title)}}
	for _, b := range testbeds {
		t.Columns = append(t.Columns, document.Column{Align: document.Right, Wrap: true})
		head.Cells = append(head.Cells, text(v.names[b]))
	}
	t.Head = []document.Row{head}
	for _, r := range rows {
		row, known := document.Row{Cells: []document.Cell{text(r.title)}}, false
		for _, b := range testbeds {
			f, ok := v.scalarOf(analysis, b, r)
			if !ok {
				cell := instead(b, r.name)
				known = known || cell.Text != nil
				row.Cells = append(row.Cells, cell)
				continue
			}
			known = true
			e := quantity.NewEstimate(f)
			if r.times > 0 {
				e = quantity.EstimateIn(f, quantity.Scale{Factor: 1 / r.times})
			}
			if f.Unit == finding.Users || f.Unit == finding.Requests { // the title says it
				e.Symbol = ""
			}
			cell := estimate(e, len(testbeds) > mostBeside)
			if more := note(f); more != nil {
				cell.Text = append(cell.Text, document.Text(nbsp), more)
			}
			row.Cells = append(row.Cells, cell)
		}
		if known {
			for i := range row.Cells {
				if row.Cells[i].Text == nil {
					row.Cells[i] = text("–")
				}
			}
			t.Body = append(t.Body, row)
		}
	}
	return t
}

// scalarOf returns what a row has of a testbed.
func (v *view) scalarOf(analysis, testbed string, r scalarRow) (finding.Finding, bool) {
	found := v.set.Rows(analysis, testbed, r.name).Absolute().Overall()
	if r.label != "" {
		found = found.Labelled(r.label, r.labelled)
	}
	f, ok := found.First()
	return f, ok && f.Value.Present()
}

var capacityRows = []scalarRow{
	{title: "λ, throughput of one user", name: "lambda"}, {title: "σ, contention", name: "sigma"}, {title: "1,000 κ, coherency", name: "kappa", times: 1000},
	{title: "Users at the peak", name: "peak_users"}, {title: "Throughput at the peak", name: "peak_throughput"},
	{title: "Misfit", name: "misfit"},
}

// capacityTable has the parameters of the scalability law. A peak that the law has but
// that was not seen is marked; one that can't be told is said to be unknown.
func (v *view) capacityTable() *document.Table {
	marked, unknown := false, v.warned(finding.KappaUnidentified)
	t := v.scalarTable(finding.Capacity, "Parameter", capacityRows, func(f finding.Finding) document.Inline {
		if f.Note.Get("beyond") == "" {
			return nil
		}
		marked = true
		return letter(0)
	}, func(testbed, name string) document.Cell {
		if name == "peak_users" || name == "peak_throughput" {
			for _, f := range unknown {
				if f.Testbed == testbed {
					return text("not seen")
				}
			}
		}
		return document.Cell{}
	})
	if marked {
		t.Notes = []document.Inline{letter(0), document.Text(nbsp + "by the law: near, or beyond, the most users that were measured.")}
	}
	return t
}

var openRows = []scalarRow{
	{title: "Successful requests", name: "successful_requests"}, {title: "Failed or unfinished requests", name: "failed_requests", label: "code", labelled: "all"},
	{title: "Request time, median", name: "p50"}, {title: "Request time, p95", name: "p95"}, {title: "Request time, p99", name: "p99"}, {title: "Request time, longest", name: "max"},
	{title: "Sent late by, p99", name: "lateness_p99"},
}

// openLoopTable has what the open loop's requests got. Times that are lower bounds are marked.
func (v *view) openLoopTable() *document.Table {
	marked := false
	t := v.scalarTable(finding.OpenLoop, "Open loop", openRows, func(f finding.Finding) document.Inline {
		if f.Note.Get("timeouts") == "" && f.Note.Get("unfinished") == "" {
			return nil
		}
		marked = true
		return letter(0)
	}, func(string, string) document.Cell { return document.Cell{} })
	if marked {
		t.Notes = []document.Inline{letter(0), document.Text(nbsp + "at least: requests that timed out or were in flight at the end are among them.")}
	}
	return t
}
