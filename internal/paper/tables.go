package paper

import (
	"fmt"
	"slices"
	"strings"

	"virtcmp/internal/figure"
	"virtcmp/internal/finding"
	"virtcmp/internal/paper/document"
	"virtcmp/internal/quantity"
	"virtcmp/internal/result"
)

// tables returns the tables that there is something for.
func (v *view) tables() map[string]*document.Table {
	all := map[string]*document.Table{}
	alike, different := v.setupTables()
	for id, t := range map[string]*document.Table{
		"setup": alike, "differences": different, "technologies": v.technologiesTable(), "results": v.resultsTable(),
		"published": v.publishedTable(), "flexibility": v.flexibilityTable(), "operations": v.operationTable(),
		"capacity": v.capacityTable(), "onsets": v.onsetTable(), "open-loop": v.openLoopTable(), "warnings": v.warningsTable(),
		"provenance": v.provenanceTable(),
	} {
		if t != nil && len(t.Body) > 0 {
			all[id] = t
		}
	}
	return all
}

// text makes cells of plain text.
func text(s string) document.Cell {
	if s == "" {
		return document.Cell{}
	}
	return document.Cell{Text: []document.Inline{document.Text(s)}}
}

func strong(s string) document.Cell {
	return document.Cell{Text: []document.Inline{&document.Emphasis{Strong: true, Text: []document.Inline{document.Text(s)}}}}
}

func italic(s string) document.Cell {
	return document.Cell{Text: []document.Inline{&document.Emphasis{Text: []document.Inline{document.Text(s)}}}}
}

func cite(key string) document.Inline {
	return &document.Cite{References: []document.Reference{{Key: key}}}
}

// technologiesTable lists the technologies by class, with their sources.
func (v *view) technologiesTable() *document.Table {
	t := &document.Table{
		Columns: []document.Column{{}, {Wrap: true}},
		Head:    []document.Row{{Cells: []document.Cell{text("Class"), text("Technologies")}}},
	}
	for _, class := range []string{"container", "sandbox", "para-virtualisation", "full-virtualisation", "none"} {
		var cell document.Cell
		for _, known := range v.sources.technologies {
			if known.Class != class {
				continue
			}
			if cell.Text != nil {
				cell.Text = append(cell.Text, document.Text(", "))
			}
			name := document.Inline(document.Text(known.Name))
			if v.uses(known.ID) {
				name = &document.Emphasis{Strong: true, Text: []document.Inline{name}}
			}
			cell.Text = append(cell.Text, name)
			if known.Table2014 != "" {
				cell.Text = append(cell.Text, document.Text("*"))
			}
			if known.Source != "" {
				cell.Text = append(cell.Text, document.Text(nbsp), cite(known.Source))
			}
		}
		if cell.Text != nil {
			t.Body = append(t.Body, document.Row{Cells: []document.Cell{text(capital(className(class))), cell}})
		}
	}
	if slices.ContainsFunc(v.sources.technologies, func(known technology) bool { return v.uses(known.ID) }) {
		t.Notes = []document.Inline{document.Text("Bold: measured here.")}
	}
	return t
}

// extra are quantities that the text and tables have beyond those of the summary.
var extra = []figure.Quantity{
	{ID: "failed", Title: "Failed or unfinished requests", Phrase: "number of failed requests", Analysis: finding.Throughput, Name: "failed_requests", Label: "code=all", Speed: true},
	{ID: "consistency", Title: "Scatter of request times", Phrase: "scatter of request times", Analysis: finding.Latency, Name: "consistency", Speed: true},
	{ID: "trend-slope", Title: "Request time per user", Phrase: "growth of request time with users", Analysis: finding.Latency, Name: "trend_slope", Speed: true},
	{ID: "mean", Title: "Request time, mean", Phrase: "mean request time", Analysis: finding.Latency, Name: "mean", Speed: true},
	{ID: "p95", Title: "Request time, p95", Phrase: "95th percentile of request times", Analysis: finding.Latency, Name: "p95", Speed: true},
	{ID: "one-user", Title: "Throughput of one user", Phrase: "throughput of one user", Analysis: finding.Capacity, Name: "lambda", More: true, Speed: true},
	{ID: "peak-users", Title: "Users at peak throughput", Phrase: "number of users at peak throughput", Analysis: finding.Capacity, Name: "peak_users", More: true, Speed: true},
	{ID: "peak-throughput", Title: "Peak throughput", Phrase: "peak throughput", Analysis: finding.Capacity, Name: "peak_throughput", More: true, Speed: true},
	{ID: "open-p50", Title: "Open loop: median", Phrase: "median request time in the open loop", Analysis: finding.OpenLoop, Name: "p50", Speed: true},
	{ID: "open-p99", Title: "Open loop: p99", Phrase: "99th percentile of request times in the open loop", Analysis: finding.OpenLoop, Name: "p99", Speed: true},
	{ID: "image-build", Title: "Building the image", Phrase: "time to build the image", Analysis: finding.Startup, Name: "image_build"},
	{ID: "image-size", Title: "Image size", Phrase: "size of the image", Analysis: finding.Startup, Name: "image_size"},
	{ID: "first-page-cold", Title: "Cold start to first page", Phrase: "time to start cold", Analysis: finding.Operation, Name: "first_page_cold"},
	{ID: "resume", Title: "Resume to next page", Phrase: "time to resume", Analysis: finding.Operation, Name: "resume"},
	{ID: "restore", Title: "Restore to next page", Phrase: "time to restore", Analysis: finding.Operation, Name: "restore"},
}

func quantities() []figure.Quantity { return append(slices.Clip(figure.Quantities), extra...) }

// inResults are the quantities of the results table, in order.
var inResults = []string{
	"requests", "failed", "cpu", "p50", "p95", "p99", "consistency", "swap-users", "error-users", "select",
	"insert", "insert-stressed", "slow-down", "startup", "image-build", "image-size", "memory",
}

// resultsTable has every quantity with its interval, and beside it or under it the ratio to
// the baseline, or of many testbeds whether they differ from it.
func (v *view) resultsTable() *document.Table {
	testbeds := v.set.Testbeds()
	t := &document.Table{Wide: true, Columns: []document.Column{{Wrap: true}}}
	head := document.Row{Cells: []document.Cell{text("Quantity")}}
	stacked := len(testbeds) > mostBeside
	for _, b := range testbeds {
		t.Columns = append(t.Columns, document.Column{Align: document.Right, Wrap: true})
		head.Cells = append(head.Cells, text(v.names[b]))
		if v.ratiosBeside() && b != v.set.Baseline() {
			t.Columns = append(t.Columns, document.Column{Align: document.Right, Wrap: true})
			head.Cells = append(head.Cells, text("ratio"))
		}
	}
	t.Head = []document.Row{head}
	for _, id := range inResults {
		q, err := quantityOf(id)
		if err != nil {
			continue // not reached: the ids stand above
		}
		var found []finding.Finding // NaN where there is none
		least, unit := 0.0, ""
		any := false
		for _, b := range testbeds {
			f, ok := q.Rows(v.set, b).Absolute().Overall().First()
			if !ok || !f.Value.Present() {
				f = finding.Finding{Value: finding.None}
			} else {
				any, unit = true, f.Unit
				if x := float64(f.Value); x > 0 && (least == 0 || x < least) {
					least = x
				}
			}
			found = append(found, f)
		}
		if !any {
			continue
		}
		scale := quantity.ScaleOf(least, unit)
		title := q.Title
		if q.Stressed {
			title += fmt.Sprintf(" (%s stressors)", v.stressors())
		}
		if s := scale.Symbol; s != "" && unit != finding.Requests && unit != finding.Users {
			title += " (" + s + ")"
		}
		scale.Symbol = ""
		row := document.Row{Cells: []document.Cell{text(title)}}
		for i, b := range testbeds {
			cell := text("–")
			if found[i].Value.Present() {
				cell = estimate(v.estimate(found[i], scale), stacked)
			}
			f, ok := q.Ratio(v.set, b)
			verdict := result.Judge(f)
			differs := ok && (verdict == result.More || verdict == result.Less)
			ratio := text("×" + nbsp + tabular(quantity.NewEstimate(f))).Text
			if differs {
				ratio = []document.Inline{&document.Emphasis{Strong: true, Text: ratio}}
			}
			switch {
			case v.ratiosBeside() && b != v.set.Baseline():
				row.Cells = append(row.Cells, cell)
				if cell = text("–"); ok {
					cell.Text = ratio
				}
			case stacked && differs: // the ratio itself has no room
				cell.Text[0] = &document.Emphasis{Strong: true, Text: []document.Inline{cell.Text[0]}}
			case stacked || !ok:
			default:
				cell.Text = append(append(cell.Text, document.Break{}), ratio...)
			}
			row.Cells = append(row.Cells, cell)
		}
		t.Body = append(t.Body, row)
	}
	return t
}

// ratiosBeside reports whether the table of results has room for ratios in columns of their
// own.
func (v *view) ratiosBeside() bool {
	return len(v.set.Others()) > 0 && len(v.set.Testbeds()) <= mostInBrief
}

// mostBeside is how many testbeds a table has room for with intervals beside their values.
const mostBeside = 4

// estimate is a cell with a value and its interval, beside it or below.
func estimate(e quantity.Estimate, stacked bool) document.Cell {
	if e.Range() == "" || !stacked {
		return text(tabular(e))
	}
	interval := quantity.Estimate{Value: e.Value, Low: e.Low, High: e.High}.Bracketed()
	return document.Cell{Text: []document.Inline{document.Text(e.WithUnit()), document.Break{}, document.Text(strings.TrimPrefix(interval, e.Value+nbsp))}}
}

// tabular is an estimate that may break before its interval.
func tabular(e quantity.Estimate) string {
	return strings.Replace(e.Bracketed(), nbsp+"[", " [", 1)
}

// publishedTable sets what was published in 2014 beside what was measured.
func (v *view) publishedTable() *document.Table {
	then := v.sources.published
	t := &document.Table{Wide: true, Columns: []document.Column{{Wrap: true}}}
	over := document.Row{Cells: []document.Cell{{}, {Text: text("Published in 2014").Text, Span: len(then.Testbeds())},
		{Text: text("Measured here").Text, Span: len(v.set.Testbeds())}}}
	head := document.Row{Cells: []document.Cell{text("Quantity")}}
	column := func(name string) {
		t.Columns = append(t.Columns, document.Column{Align: document.Right, Wrap: true})
		head.Cells = append(head.Cells, text(name))
	}
	for _, b := range then.Testbeds() {
		known, _ := v.sources.technology(b)
		column(known.Name)
	}
	for _, b := range v.set.Testbeds() {
		column(v.names[b])
	}
	t.Head = []document.Row{over, head}
	for _, r := range []struct {
		title          string
		analysis, name string
		quantity       figure.Quantity
		relative       bool
	}{
		{"Successful requests, relative", finding.Throughput, "successful_requests", figure.Quantity{Speed: true}, true},
		{"Onset of swapping", finding.SwapOnset, "time", figure.Quantity{Label: "source=counters"}, false},
		{"Users at the onset of swapping", finding.SwapOnset, "users", figure.Quantity{Label: "source=counters"}, false},
		{"Onset of failures", finding.ErrorOnset, "time", figure.Quantity{}, false},
		{"INSERTs under stress", finding.Isolation, "stressed", figure.Quantity{Stressed: true}, false},
		{"Host memory without guests", finding.Footprint, "empty", figure.Quantity{}, false},
	} {
		q := r.quantity
		q.Analysis, q.Name = r.analysis, r.name
		row := document.Row{Cells: []document.Cell{text(r.title)}}
		measured := false
		value := func(f finding.Finding, ok, published, relativeTo bool) string {
			switch {
			case ok && f.Value.Present():
				if f.Unit == finding.Users { // the row's title says it
					f.Unit = ""
				}
				if published {
					return quantity.Exact(float64(f.Value), f.Unit)
				}
				return tabular(quantity.NewEstimate(f))
			case relativeTo:
				return "1"
			}
			return "–"
		}
		for _, b := range then.Testbeds() {
			rows := then.Rows(r.analysis, b, r.name)
			if r.relative {
				f, ok := rows.Compared(then.Baseline()).First()
				row.Cells = append(row.Cells, text(value(f, ok, true, b == then.Baseline())))
				continue
			}
			f, ok := rows.Absolute().First()
			row.Cells = append(row.Cells, text(value(f, ok, true, false)))
		}
		for _, b := range v.set.Testbeds() {
			rows := q.Rows(v.set, b)
			if r.relative {
				f, ok := q.Ratio(v.set, b)
				_, base := rows.Absolute().Overall().First()
				measured = measured || ok
				row.Cells = append(row.Cells, text(value(f, ok, false, base && b == v.set.Baseline())))
				continue
			}
			f, ok := rows.Absolute().Overall().First()
			measured = measured || ok
			cell := value(f, ok, false, false)
			if _, none := v.set.Rows(r.analysis, b, "none").Overall().First(); !ok && none {
				cell = "never"
			}
			row.Cells = append(row.Cells, text(cell))
		}
		if measured {
			t.Body = append(t.Body, row)
		}
	}
	return t
}

// warningsTable lists what to doubt.
func (v *view) warningsTable() *document.Table {
	t := &document.Table{
		Columns: []document.Column{{Wrap: true}, {Wrap: true}},
		Head:    []document.Row{{Cells: []document.Cell{text("Testbed"), text("Warning")}}},
	}
	for _, w := range v.warnings() {
		about := "all"
		if len(w.testbeds) > 0 && len(w.testbeds) < len(v.set.Testbeds()) {
			var names []string
			for _, b := range w.testbeds {
				names = append(names, v.names[b])
			}
			about = strings.Join(names, ", ")
		}
		t.Body = append(t.Body, document.Row{Cells: []document.Cell{text(about), text(w.text)}})
	}
	return t
}
