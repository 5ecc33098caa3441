package paper

import (
	"bytes"
	"flag"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"virtcmp/data"
	"virtcmp/internal/csvio"
	"virtcmp/internal/figure"
	"virtcmp/internal/finding"
	"virtcmp/internal/golden"
	"virtcmp/internal/paper/document"
	"virtcmp/internal/paper/pdf"
	"virtcmp/internal/result"
	"virtcmp/internal/result/resulttest"
	"virtcmp/templates"
)

func options() Options { return Options{Templates: templates.Paper, Data: data.Files} }

func newPaper(t testing.TB, all []finding.Finding, o Options) *Paper {
	t.Helper()
	p, err := New(all, o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// newView is what templates see of the findings.
func newView(t testing.TB, all []finding.Finding) *view {
	t.Helper()
	src, err := readSources(data.Files, templates.Paper)
	if err != nil {
		t.Fatal(err)
	}
	set := result.New(all)
	v := &view{options: options(), set: set, sources: &src, names: src.names(set), count: len(all)}
	v.material = document.Material{Figures: map[string]*figure.Figure{}, References: src.references}
	for _, f := range figure.All(figure.Input{Set: set, Name: func(b string) string { return v.names[b] }, Relations: v.relations()}) {
		v.material.Figures[f.ID] = f
	}
	v.material.Tables = v.tables()
	return v
}

// markdown returns the whole paper's text, with plain spaces.
func markdown(t testing.TB, all []finding.Finding) string {
	t.Helper()
	return textOf(t, newView(t, all))
}

func textOf(t testing.TB, v *view) string {
	t.Helper()
	names, err := fs.Glob(templates.Paper, "*.md")
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for _, name := range names {
		raw, err := v.fill(name)
		if err != nil {
			t.Fatal(err)
		}
		text.Write(raw)
		text.WriteByte('\n')
	}
	return strings.NewReplacer("\u00a0", " ", "&nbsp;", " ", `\`, "").Replace(text.String())
}

// oneLine joins the lines of each paragraph.
func oneLine(s string) string {
	return regexp.MustCompile(`[ \n]+`).ReplaceAllString(s, " ")
}

func change(f func(*resulttest.Campaign)) []finding.Finding {
	c := resulttest.First()
	c.Testbeds = slices.Clone(c.Testbeds)
	f(&c)
	return c.Findings()
}

// servedByNginx is the first campaign with another web server on some testbeds.
func servedByNginx(testbeds ...string) []finding.Finding {
	all := resulttest.First().Findings()
	for i, f := range all {
		if f.Name == "software_apache2" && slices.Contains(testbeds, f.Testbed) {
			all[i].Name, all[i].Note = "software_nginx", csvio.MakeLabels("host", "app", "value", "1.22.1-9+deb12u3")
		}
	}
	return all
}

// nested adds that the testbed's hypervisor ran inside an emulated machine.
func nested(testbed string, findings []finding.Finding) []finding.Finding {
	return append(findings, finding.Finding{
		Analysis: finding.Environment, Testbed: testbed, Name: "nested", X: finding.None, Value: 1, Low: finding.None, High: finding.None, N: 5, Note: "host=host;value=yes",
	})
}

// campaigns are the data that the paper must cope with, what it must then say, and
// what it must not.
var campaigns = []struct {
	name      string
	findings  []finding.Finding
	says      []string
	saysNever []string
}{
	{"three testbeds", resulttest.First().Findings(), []string{
		"LXC and User-Mode Linux against Native Linux:", "Three Testbeds Compared", "times as many requests as native Linux (95 % interval ",
		"Each experiment was run five times on every testbed.", "Testbeds were measured in turns", "All guests are made from one image.", "192 MiB",
		"Of the twelve quantities compared, LXC did better than native Linux in",
	}, []string{"demonstration", "was not measured", "campaign did not measure", "too few runs", "emulated"}},
	{"two testbeds, the other one the baseline", change(func(c *resulttest.Campaign) { c.Testbeds = c.Testbeds[1:]; c.Baseline = "uml" }), []string{
		"LXC against User-Mode Linux:", "Two Testbeds Compared", "times as many requests as User-Mode Linux",
	}, []string{"native Linux served", "as native Linux"}},
	{"one testbed", change(func(c *resulttest.Campaign) { c.Testbeds, c.Baseline = c.Testbeds[1:2], "" }), []string{
		"One Web Application on LXC:", "There is only one testbed, so nothing can be compared.", "With a single testbed there is nothing to compare",
	}, []string{"times as many requests as", "every testbed", "testbeds ran", "against LXC"}},
	{"five testbeds", change(func(c *resulttest.Campaign) { c.Testbeds = append(c.Testbeds, resulttest.Docker, resulttest.Xen) }), []string{
		"Docker, LXC, User-Mode Linux and Xen against Native Linux:", "The speed of Xen, on an emulated processor, is not compared",
		"**Emulated processors.** Xen ran on an emulated processor.",
	}, []string{"Xen served", "and Xen 0.0", "Xen 249"}},
	{"seven testbeds", nested("xen", resulttest.Seven().Findings()), []string{
		"For Xen the whole machine was emulated, with the hypervisor",
		"Seven Testbeds Compared", "From a cold start to the first page it took native Linux 1.84 s,", "guests served the next page after gVisor 2.73 s, QEMU 7.80 s and Xen 18.2 s.",
		"by the criteria of 2014 and three more",
	}, nil},
	{"no operation", change(func(c *resulttest.Campaign) { c.Without = []string{finding.Operation} }), []string{
		"by the criteria of 2014.",
	}, []string{"and three more", "tab:operations", "cold start"}},
	{"two stacks", servedByNginx("uml"), []string{
		"We run WordPress on Apache or nginx and PHP,", "The guests run PHP 8.2.26, WordPress 6.1.6 and MariaDB 10.11.6.",
	}, []string{"Apache 2.4.62", "WordPress on Apache and PHP"}},
	{"nginx alone", servedByNginx("native", "lxc", "uml"), []string{"WordPress on nginx and PHP", "The guests run nginx 1.22.1,"}, []string{"Apache 2"}},
	{"one run", change(func(c *resulttest.Campaign) { c.Runs = 1 }), []string{
		"LXC served 0.", "One run of each testbed gives neither an interval nor a test.", "Five runs of each would allow both.", "Each experiment was run once on every testbed.", "n = 1 run, too few for an interval",
		"This campaign has too few runs to show that testbeds differ", "here some experiments have too few runs for that",
	}, []string{"(95 % interval", "in turns and in random order", "did better", "from too few runs", "is significant"}},
	{"the isolation matrix", change(func(c *resulttest.Campaign) { c.Matrix = true }), []string{
		"### Neighbours", "The two guests share the host and nothing else.", "A number is the mean over runs (n = 5 runs)",
		"On native Linux 14 of 15 cells show that the neighbour suffers, and the largest slow-down was that of pages beside fork stressors, 8.9 (95 % interval 8.7 to 9.2); on LXC ",
		"Against that on native Linux the slow-down was shown to be on LXC larger in 11 and smaller in none of 15 cells, and on User-Mode Linux larger in none and smaller in 14 of 15 cells.", "Of so many comparisons at 95 % some may err by chance.",
		"Alone, a batch of 10,000 INSERTs took:",
	}, []string{"too few runs"}},
	{"the isolation matrix alone, once, on one testbed", change(func(c *resulttest.Campaign) {
		c.Testbeds, c.Baseline, c.Runs, c.Matrix = c.Testbeds[1:2], "", 1, true
	}), []string{
		"On LXC the largest slow-down was that of pages beside fork stressors, ", "(from too few runs for an interval)", "(n = 1 run, too few for an interval)",
	}, []string{"was shown to be", "cells show"}},
	{"an open loop too", change(func(c *resulttest.Campaign) { c.Open = true }), []string{
		"### Open loop", "[](fig:open-distribution) has their whole distribution.", "They are not to be compared with the times of the closed loop",
	}, nil},
	{"no SQL", change(func(c *resulttest.Campaign) { c.Without = []string{finding.Select, finding.Isolation} }), []string{
		"The time of single SELECTs was not measured in this campaign.", "nothing can be said here about isolation",
		"This campaign did not measure SELECT and INSERTs under stress.", "How well they isolate was not compared.",
	}, []string{"Alone, a batch", "A single SELECT across"}},
	{"no onset", change(func(c *resulttest.Campaign) {
		for i := range c.Testbeds {
			c.Testbeds[i].SwapUsers, c.Testbeds[i].ErrorUsers = 0, 0
		}
	}), []string{
		"Native Linux, LXC and User-Mode Linux did not swap in any run.", "Native Linux, LXC and User-Mode Linux did not fail persistently in any run.",
		"Their onsets of swapping were not compared.",
	}, []string{"began to swap after", "began to fail after 1", "campaign did not measure"}},
	{"no counters", change(func(c *resulttest.Campaign) { c.Without = []string{finding.SwapOnset, finding.ErrorOnset} }), []string{
		"its counters were not recorded", "Whether and when requests began to fail was not analysed.",
	}, []string{"began to swap at", "did not swap in any run"}},
	{"no facts", change(func(c *resulttest.Campaign) { c.Without = []string{finding.Environment, finding.Validity} }), []string{
		"found none broken", "Nothing more was recorded about the testbeds.", "We take a web application on native Linux", "Which application was served was not recorded.",
	}, []string{"the same application", "freshly started", "from one recipe", "Two guests", "WordPress on Apache", "from 1 to 60", "Measured on", "[](tab:setup)"}},
	{"facts alone", change(func(c *resulttest.Campaign) {
		c.Without = []string{finding.Select, finding.Isolation, finding.SwapOnset, finding.ErrorOnset, finding.Throughput, finding.Latency, finding.Capacity, finding.Startup, finding.Footprint}
	}), []string{
		"This campaign did not measure throughput, request times, the onset of swapping, SELECT, INSERTs under stress, the time to start and host memory.",
		"Throughput was not measured in this campaign", "Request times were not measured", "The time to start was not measured", "The host's memory was not measured",
		"How many requests the testbeds answer was not compared.",
	}, []string{" times as many requests as n", "did better"}},
	{"a demonstration", change(func(c *resulttest.Campaign) { c.Demonstration = true }), []string{
		"A Demonstration: LXC", "**This is a demonstration.**", "a small blog over an embedded database", "**The application is a stand-in.**",
		"All of this is a demonstration on a stand-in application",
	}, []string{"We run WordPress"}},
}

func TestWhatThePaperSays(t *testing.T) {
	for _, tc := range campaigns {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p := paperOf(t, tc.name)
			text := oneLine(textOf(t, p.view))
			for _, s := range tc.says {
				if !strings.Contains(text, s) {
					t.Errorf("does not say %q", s)
				}
			}
			for _, s := range tc.saysNever {
				if i := strings.Index(text, s); i >= 0 {
					t.Errorf("says %q: %q", s, text[max(0, i-60):min(len(text), i+120)])
				}
			}
			// Traces of templates that went wrong.
			for _, s := range []string{"<no value>", "%!", "NaN", "  .", " .", " ,", "( )", "()", "..", "{{", "}}"} {
				if i := strings.Index(text, s); i >= 0 && !strings.HasPrefix(text[i:], "...") {
					t.Errorf("holds %q: %q", s, text[max(0, i-60):min(len(text), i+60)])
				}
			}
			if p.Pages() < 4 || p.Pages() > 12 {
				t.Errorf("%d pages", p.Pages())
			}
		})
	}
}

// TestParticulars looks for a fact that one testbed alone has: in its row, and in no row
// of its own.
func TestParticulars(t *testing.T) {
	_, table := newView(t, nested("xen", resulttest.Seven().Findings())).setupTables()
	line := func(r document.Row) string {
		var all []string
		for _, c := range r.Cells {
			for _, in := range c.Text {
				all = append(all, fmt.Sprint(in))
			}
		}
		return strings.Join(all, " | ")
	}
	last := table.Body[len(table.Body)-1]
	if got := line(last); got != "Xen | nested yes" || last.Cells[1].Span != 7 {
		t.Errorf("last row %q spans %d", got, last.Cells[1].Span)
	}
	for _, r := range table.Body[:len(table.Body)-1] {
		if strings.Contains(line(r), "nested") {
			t.Errorf("also a row %q", line(r))
		}
	}
}

// The same measurements against another baseline must turn every comparison round.
func TestTurnedRound(t *testing.T) {
	ratios := func(baseline string) map[string]float64 {
		text := oneLine(markdown(t, change(func(c *resulttest.Campaign) { c.Testbeds = c.Testbeds[1:]; c.Baseline = baseline })))
		text = strings.ReplaceAll(text, "here LXC served", "") // the pair of 2014, whatever the baseline
		found := map[string]float64{}
		for _, m := range regexp.MustCompile(`(LXC|User-Mode Linux) ([a-z ]+) ([0-9.]+) times as (\w+)`).FindAllStringSubmatch(text, -1) {
			v, err := strconv.ParseFloat(m[3], 64)
			if err != nil {
				t.Fatal(err)
			}
			found[m[2]+" … as "+m[4]] = v
		}
		return found
	}
	one, other := ratios("uml"), ratios("lxc")
	if len(one) < 8 {
		t.Errorf("only %d comparisons: %v", len(one), one)
	}
	for what, v := range one {
		w, ok := other[what]
		if !ok {
			continue // not shown the other way round would be an error if it is here
		}
		if (v > 1) == (w > 1) || v*w < 0.9 || v*w > 1.1 {
			t.Errorf("%q: %v one way, %v the other", what, v, w)
		}
		delete(other, what)
	}
	if len(other) > 2 {
		t.Errorf("only one way: %v", other)
	}
}

func TestGolden(t *testing.T) {
	golden.Compare(t, "testdata/first.md", markdown(t, resulttest.First().Findings()))
}

func TestSameBytes(t *testing.T) {
	all := resulttest.First().Findings()
	pdfOf := func(all []finding.Finding) []byte {
		var b bytes.Buffer
		if err := newPaper(t, all, options()).WritePDF(&b); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	var b bytes.Buffer
	if err := paperOf(t, "three testbeds").WritePDF(&b); err != nil {
		t.Fatal(err)
	}
	first := b.Bytes()
	if !bytes.Equal(first, pdfOf(all)) {
		t.Error("the same findings give other bytes the second time")
	}
	mixed := slices.Clone(all)
	rand.New(rand.NewPCG(1, 1)).Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
	if !bytes.Equal(first, pdfOf(mixed)) {
		t.Error("the order of the findings changes the paper")
	}
}

// Numbers on the pages are those of the findings.
func TestTextOfPages(t *testing.T) {
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip("needs pdftotext (package poppler-utils)")
	}
	all := resulttest.First().Findings()
	p := newPaper(t, all, Options{Templates: templates.Paper, Data: data.Files, Title: "My *Title*", Author: "Ann & Bob", Affiliation: "C_D"})
	path := filepath.Join(t.TempDir(), "p.pdf")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.WritePDF(f); err != nil {
		t.Fatal(err)
	}
	f.Close()
	out, err := exec.Command(tool, path, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(oneLine(string(out)), "\u00a0", " ")
	set := result.New(all)
	requests, _ := set.Scalar(finding.Throughput, "uml", "successful_requests")
	for _, want := range []string{
		"My *Title*", "Ann & Bob", "C_D", fmt.Sprintf("%d,%03d", int(requests.Value)/1000, int(requests.Value)%1000),
		"335 s", "not recovered", "sha256", "References", "Figure 8.", "Table 7.",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q on the pages", want)
		}
	}
}

func one(name string, value, low, high float64) []finding.Finding {
	f := finding.Finding{Analysis: finding.Throughput, Testbed: "lxc", Baseline: "native", Name: name, X: finding.None,
		Value: finding.Number(value), Low: finding.Number(low), High: finding.Number(high), Unit: finding.Ratio, N: 5}
	base := finding.Finding{Analysis: finding.Throughput, Testbed: "native", Name: name, X: finding.None, Value: 100, Low: finding.None, High: finding.None, Unit: finding.Requests, N: 5}
	return []finding.Finding{f, base}
}

func TestCompare(t *testing.T) {
	none := float64(finding.None)
	for _, tc := range []struct {
		value, low, high float64
		want             string
	}{
		{1.42, 1.31, 1.53, "LXC served 1.42 times as many as native Linux (95 % interval 1.31 to 1.53)."},
		{0.71, 0.67, 0.75, "LXC served 0.71 times as many as native Linux (95 % interval 0.67 to 0.75)."},
		{1.02, 0.97, 1.07, "In the number of successful requests no difference from native Linux could be shown for LXC (ratio 1.02, 95 % interval 0.97 to 1.07)."},
		{1.02, 1, 1.04, "In the number of successful requests no difference from native Linux could be shown for LXC (ratio 1.02, 95 % interval 1.00 to 1.04)."},
		{1.42, none, none, "LXC served 1.42 times as many as native Linux."},
		{1, 1, 1, "In the number of successful requests no difference from native Linux could be shown for LXC."},
		{2, 2, 2, "LXC served 2 times as many as native Linux."},
		{1.04, 0.5, 2.1, "In the number of successful requests no difference from native Linux could be shown for LXC (ratio 1.0, 95 % interval 0.5 to 2.1)."},
	} {
		v := newView(t, one("successful_requests", tc.value, tc.low, tc.high))
		got, err := v.compare("requests", "served %s times as many as", "%s times as many")
		if got = strings.ReplaceAll(got, "\u00a0", " "); err != nil || got != tc.want {
			t.Errorf("%v [%v, %v]: %q, %v\nwant %q", tc.value, tc.low, tc.high, got, err, tc.want)
		}
	}
	const tested = "p=0.0079;p_holm=0.016;verdict="
	for _, tc := range []struct {
		value, low, high float64
		note             csvio.Labels
		want             string
	}{
		{1.42, 1.31, 1.53, tested + "better", "LXC served 1.42 times as many as native Linux (95 % interval 1.31 to 1.53, p = 0.016)."},
		{0.71, 0.67, 0.75, "p_holm=0.0002;verdict=worse", "LXC served 0.71 times as many as native Linux (95 % interval 0.67 to 0.75, p < 0.001)."},
		// The verdict goes before the interval, whatever that says.
		{1.42, 1.01, 1.73, "p_holm=0.06;verdict=indistinguishable;reason=not-significant", "In the number of successful requests no difference from native Linux could be shown for LXC (ratio 1.42, 95 % interval 1.01 to 1.73)."},
		{1.02, 1.01, 1.03, tested + "indistinguishable;reason=below-floor;floor=0.05", "In the number of successful requests the difference from native Linux is below the noise floor of 5 % for LXC (ratio 1.02, 95 % interval 1.01 to 1.03)."},
		{40, 38, 42, "p=0.1;p_holm=0.1;verdict=none;reason=too-few-runs", "LXC served 40 times as many as native Linux (95 % interval 38 to 42)."},
		{40, none, none, "verdict=none;reason=too-few-runs;interval=too-few-runs", "LXC served 40.0 times as many as native Linux."},
		{1.04, 0.5, 2.1, "verdict=none;reason=too-few-runs", "LXC served about as many as native Linux (ratio 1.0, 95 % interval 0.5 to 2.1)."},
		{1, none, none, "verdict=none;reason=too-few-runs", "LXC served about as many as native Linux (ratio 1.00)."},
		{2, none, none, tested + "better;interval=not-positive", "LXC served 2.00 times as many as native Linux (p = 0.016)."},
	} {
		all := one("successful_requests", tc.value, tc.low, tc.high)
		all[0].Note = tc.note
		got, err := newView(t, all).compare("requests", "served %s times as many as", "%s times as many")
		if got = strings.ReplaceAll(got, "\u00a0", " "); err != nil || got != tc.want {
			t.Errorf("%v [%v, %v] %s: %q, %v\nwant %q", tc.value, tc.low, tc.high, tc.note, got, err, tc.want)
		}
	}
	v := newView(t, nil)
	if got, err := v.compare("requests", "%s", "%s"); got != "" || err != nil {
		t.Errorf("nothing to compare: %q, %v", got, err)
	}
	if _, err := v.compare("nix", "%s", "%s"); err == nil {
		t.Error("an unknown quantity passes")
	}
}

func TestFloor(t *testing.T) {
	all := one("successful_requests", 1.42, 1.31, 1.53)
	if got := newView(t, all).floor(); got != "" {
		t.Errorf("without a verdict: %q", got)
	}
	all[0].Note = "verdict=better;floor=0.05;floor_from=default"
	if got := newView(t, all).floor(); got != "5\u00a0%" {
		t.Errorf("%q", got)
	}
	all[0].Note = "verdict=better;floor=0.0712;floor_from=a-a"
	all = append(all, finding.Finding{Analysis: finding.Validity, Testbed: "lxc2", Name: "a_a", X: finding.None, Value: 0.0341, Low: finding.None, High: finding.None,
		Unit: finding.Ratio, N: 6, Note: "pair=lxc,lxc2;quantity=latency/p50"})
	const want = "what the same technology set up twice may differ by, measured on LXC and lxc2 (3.4 % apart in the median request time)"
	if got := strings.ReplaceAll(newView(t, all).floor(), "\u00a0", " "); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestOnsetsOfSomeRuns(t *testing.T) {
	all := []finding.Finding{
		{Analysis: finding.SwapOnset, Testbed: "lxc", Name: "time", X: finding.None, Value: 90, Low: 85, High: 95, Unit: finding.Seconds, N: 4, Note: "source=counters;runs=5;without=1"},
		{Analysis: finding.SwapOnset, Testbed: "lxc", Name: "users", X: finding.None, Value: 46, Low: 44, High: 48, Unit: finding.Users, N: 4, Note: "source=counters;runs=5;without=1"},
		{Analysis: finding.SwapOnset, Testbed: "uml", Name: "none", X: finding.None, Low: finding.None, High: finding.None, N: 5, Note: "source=counters"},
	}
	got, err := newView(t, all).onsets("swap", "began to swap", "did not swap")
	want := "LXC began to swap after 90 s (95 % interval 85 to 95 s) with 46 users (44 to 48), but not in 1 of its 5 runs. User-Mode Linux did not swap in any run."
	if got = strings.NewReplacer("\u00a0", " ", `\`, "").Replace(got); err != nil || got != want {
		t.Errorf("%q, %v\nwant %q", got, err, want)
	}
}

// What is said of onsets follows the findings: turned round, the sentences turn.
func TestSentencesOfOnsets(t *testing.T) {
	over := func(analysis, testbed, name, unit, note string, value, low, high finding.Number) finding.Finding {
		return finding.Finding{Analysis: analysis, Testbed: testbed, Name: name, X: finding.None, Value: value, Low: low, High: high, Unit: unit, N: 5, Note: csvio.Labels(note)}
	}
	base := over(finding.SwapOnset, "native", "users", finding.Users, "source=counters", 44, 43, 45)
	ratio := finding.Finding{Analysis: finding.SwapOnset, Testbed: "lxc", Baseline: "native", Name: "users", X: finding.None, Value: 1.1, Low: 1, High: 1.2, Unit: finding.Ratio, N: 5, Note: "source=counters"}
	more := func(note string, value, low, high finding.Number) finding.Finding {
		return over(finding.SwapOnset, "lxc", "users_more", finding.Users, "source=counters;against=native"+note, value, low, high)
	}
	agree := func(note string, value, low, high finding.Number) finding.Finding {
		return over(finding.SwapOnset, "lxc", "agreement", finding.Seconds, note, value, low, high)
	}
	none := finding.None
	for _, tc := range []struct {
		name    string
		finding finding.Finding
		say     func(*view) (string, error)
		want    string
	}{
		{"more", more("", 6, 4, 8), later, "Compared with native Linux, that was 6.0 users later (95 % interval 4.0 to 8.0 users) on LXC."},
		{"as many", more("", 0, -2, 2), later, "Compared with native Linux, that was at as many users (95 % interval −2 to 2 users) on LXC."},
		{"fewer", more("", -6, -8, -4), later, "Compared with native Linux, that was 6.0 users earlier (95 % interval 4.0 to 8.0 users) on LXC."},
		{"at least", more(";bound=least", 6, 4, 8), later, "Compared with native Linux, that was at least 6.0 users later (95 % interval 4.0 to 8.0 users) on LXC."},
		{"a bound that says nothing", more(";bound=most", 6, 4, 8), later, ""},
		{"no interval", more(";interval=too-few-runs", 6, none, none), later, "Compared with native Linux, that was 6 users later (from too few runs for an interval) on LXC."},
		{"agree", agree("agree=yes;runs=5;agreeing=5", 2, 1, 3), agreement, "Counters and request times agree for LXC."},
		{"do not, though at once", agree("agree=no;runs=5;agreeing=0", 0.2, -30, 31), agreement, "Counters and request times do not agree for LXC (request times tell it at the same time (−30 to 31 s))."},
		{"do not", agree("agree=no;runs=5;agreeing=0", -20, -30, -10), agreement, "Counters and request times do not agree for LXC (request times tell it 20 s earlier (10 to 30 s))."},
		{"some", agree("agree=in-some;runs=5;agreeing=2", -20, -30, -10), agreement, "Counters and request times agree for LXC in 2 of 5 runs."},
		{"one only", agree("agree=no;runs=5;agreeing=0;one_only=5;interval=bound", 60, none, none), agreement, "Counters and request times do not agree for LXC (only one of them tells of an onset)."},
		{"kept", over(finding.ErrorOnset, "lxc", "goodput_kept", finding.Ratio, "", 0.404, 0.35, 0.45), aftermath, "From then on successful requests came at this share of their rate before: LXC 40 % [35, 45]."},
		{"recovery", over(finding.ErrorOnset, "lxc", "recovery", finding.Seconds, "runs=5;without=2", 120, 110, 130), aftermath, "Failures ended on LXC after 120 s, but not in 2 of 5 runs that failed."},
		{"no recovery", over(finding.ErrorOnset, "lxc", "no_recovery", "", "", 0, none, none), aftermath, "On LXC failures went on until the end of every run that had any."},
		{"unknown", over(finding.SwapOnset, "lxc", "unknown_after", finding.Seconds, "source=counters", 40, none, none), swaps, "Nothing can be said of LXC, whose samples end after 40 s."},
		{"unknown in some", over(finding.SwapOnset, "lxc", "time", finding.Seconds, "source=counters;runs=5;without=1;unknown=2", 90, 85, 95), swaps,
			"LXC began to swap after 90 s (95 % interval 85 to 95 s), but not in 1 of its 5 runs, while 2 of its 5 runs cannot tell."},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := tc.say(newView(t, []finding.Finding{base, ratio, tc.finding}))
			if got = strings.NewReplacer("\u00a0", " ", `\`, "").Replace(strings.TrimSpace(got)); err != nil || got != tc.want {
				t.Errorf("%q, %v\nwant %q", got, err, tc.want)
			}
		})
	}
	if _, err := newView(t, nil).later("nix"); err == nil {
		t.Error("an unknown regime passes")
	}
}

func later(v *view) (string, error)     { return v.later("swap") }
func agreement(v *view) (string, error) { return v.agreement(), nil }
func aftermath(v *view) (string, error) { return v.aftermath(), nil }
func swaps(v *view) (string, error)     { return v.onsets("swap", "began to swap", "did not swap") }

func TestLists(t *testing.T) {
	for _, tc := range []struct{ got, want string }{
		{list(nil), ""}, {list([]string{"a"}), "a"}, {list([]string{"a", "b"}), "a and b"}, {list([]string{"a", "b", "c"}), "a, b and c"},
		{clauses([]string{"a", "b"}), "a, and b"}, {clauses([]string{"a", "b", "c"}), "a; b; and c"}, {clauses([]string{"a"}), "a"},
		{capital("éa"), "Éa"}, {capital(""), ""}, {numberWord(3), "three"}, {numberWord(40), "40"},
	} {
		if tc.got != tc.want {
			t.Errorf("%q, want %q", tc.got, tc.want)
		}
	}
}

// Every warning that the analysis may write has a sentence of its own.
func TestWarnings(t *testing.T) {
	labels := csvio.MakeLabels("runs", "2", "of", "5", "run", "3", "experiment", "ramp,select", "first", "lxc", "then", "uml", "share", "0.93", "cpus", "2", "time", "61",
		"users", "34", "planned", "30", "end", "90", "queries", "40", "stress", "4", "rows", "12", "accelerator", "tcg", "host", "app", "key", "limit_memory_bytes",
		"ratio", "0.8", "user_seconds", "40", "gap", "7", "seconds", "12", "after", "uml", "levels", "4", "misfit", "0.12", "lateness", "0.2", "p99", "0.7",
		"value", "201326592", "baseline", "native", "baseline_value", "402653184")
	seen, v := map[string]bool{}, newView(t, resulttest.First().Findings())
	for _, code := range []string{
		finding.TooFewRuns, finding.FewRuns, finding.NotInterleaved, finding.OrderUnknown, finding.GeneratorSaturated, finding.Disturbed, finding.BusyHost, finding.OffSchedule,
		finding.IncompleteRun, finding.FailedProbes, finding.DuplicateRows, finding.SoftwareEmulation, finding.DifferentLimits,
		finding.LittleViolated, finding.LostRows, finding.SamplingGap, finding.ClockStep, finding.TooFewLevels, finding.KappaUnidentified, finding.PoorFit,
		finding.LateSends, finding.IntendedUnknown, finding.DifferentCgroups, finding.DifferentKernels,
		finding.DifferentVersions, finding.DifferentStacks, finding.DifferentHosts, finding.DifferentLoad, finding.Demonstration, finding.ClientOutside, finding.NotAnalysed,
		finding.RecordedElsewhere, finding.CoarseTimes, finding.OnlyQuantiles,
	} {
		got := strings.ReplaceAll(v.warningText(finding.Finding{Note: csvio.MakeLabels("warning", code) + ";" + labels}), "\u00a0", " ")
		if strings.Contains(got, "The analysis warns of") || seen[got] || !strings.HasSuffix(got, ".") || strings.Contains(got, "  ") {
			t.Errorf("%s: %q", code, got)
		}
		seen[got] = true
	}
	for _, tc := range []struct{ note, want string }{
		{"warning=different-stacks;host=app;key=stack;value=nginx-fpm;baseline=native;baseline_value=apache",
			"What serves the application differs from that of native Linux: the application guest’s stack is nginx-fpm, there apache."},
		{"warning=different-limits;host=app;key=limit_memory_bytes;value=201326592;baseline=native;baseline_value=402653184",
			"A limit differs from that of native Linux: the application guest’s memory limit is 192 MiB, there 384 MiB."},
		{"warning=not-interleaved;experiment=ramp;first=lxc;then=uml;share=0.93",
			"Ramp: not measured in turns. Of the pairs of runs of LXC and User-Mode Linux, 93 % had LXC first, so that a change of the machine in between would look like a difference."},
		{"warning=off-schedule;runs=2;of=5;users=34;planned=30", "The number of users was off the schedule in 2 of 5 runs; at worst 34 were active when 30 were planned."},
		{"warning=kappa-unidentified;users=43;peak_users=16.7", "Throughput was not seen to fall with more users before any onset: where it peaks, and whether at all, is unknown."},
		{"warning=little-violated;experiment=ramp;runs=2;of=5;run=1;ratio=0.8",
			"Requests and users do not add up in 2 of 5 runs: by Little’s law, of each user 0.8 requests were in flight where one was meant. Users paused, rows are missing, or the users were others."},
		{"warning=something-new;key=a", "The analysis warns of “something-new” (key a)."},
	} {
		if got := strings.ReplaceAll(v.warningText(finding.Finding{Note: csvio.Labels(tc.note)}), "\u00a0", " "); got != tc.want {
			t.Errorf("%q\nwant %q", got, tc.want)
		}
	}
}

// A request time that is the time limit's, or is the mean over runs of which some reach it,
// is written as a bound, wherever it stands.
func TestBounds(t *testing.T) {
	all := change(func(*resulttest.Campaign) {})
	set := result.New(all)
	limit, err := strconv.ParseFloat(set.Fact("uml", result.Generator, "ramp_timeout_seconds"), 64)
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range all {
		if f.Analysis != finding.Latency || f.Baseline != "" || f.Name != "p99" && f.Name != "p95" || f.Testbed == "native" {
			continue
		}
		all[i].Note = "timeouts=7"
		if f.Testbed == "uml" && f.Name == "p99" || f.Run == 2 { // every run, and one
			all[i].Value = finding.Number(limit + 0.0011)
			all[i].Low, all[i].High = all[i].Value-0.0001, all[i].Value+0.0001
		}
	}
	v := newView(t, all)
	cells, table := map[string]string{}, v.resultsTable()
	for _, row := range table.Body {
		for i, c := range row.Cells {
			cells[document.PlainText(row.Cells[0].Text)+" "+document.PlainText(table.Head[0].Cells[i].Text)] = strings.ReplaceAll(document.PlainText(c.Text), "\u00a0", " ")
		}
	}
	text, err := v.values("p99")
	if err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf("≥ %g", limit)
	if got := cells["Request time, p99 (s) User-Mode Linux"]; got != want {
		t.Errorf("the table has %q, want %q", got, want)
	}
	if got := strings.ReplaceAll(text, "\u00a0", " "); !strings.HasSuffix(got, want+" s") || strings.Count(got, "≥") != 2 || strings.Count(got, "[") != 1 {
		t.Errorf("the text has %q", got)
	}
	for i, f := range all { // of what is a bound on both there is no ratio
		if f.Testbed == "native" && f.Run == 2 && f.Analysis == finding.Latency && f.Name == "p99" {
			all[i].Value = finding.Number(limit)
		}
		if f.Testbed == "native" && f.Baseline == "" && f.Analysis == finding.Latency && f.Name == "p99" {
			all[i].Note = "timeouts=1"
		}
	}
	for id, compared := range map[string]bool{"p50": true, "p99": false} {
		if got, err := newView(t, all).compare(id, "took %s times as long as", "%s times as long"); err != nil || (got != "") != compared {
			t.Errorf("%s: %q, %v", id, got, err)
		}
	}
	for cell, value := range cells {
		bounded, should := strings.Contains(value, "≥"), strings.HasSuffix(cell, "LXC") || strings.HasSuffix(cell, "User-Mode Linux")
		if strings.HasPrefix(cell, "Request time, p9") && bounded != should || bounded && strings.Contains(value, "[") {
			t.Errorf("%s: %s", cell, value)
		}
	}
}

// TestTimedOut names those whose latencies are cut off at the time limit, and no others.
func TestTimedOut(t *testing.T) {
	p99 := func(testbed, note string) finding.Finding {
		return finding.Finding{Analysis: finding.Latency, Testbed: testbed, Name: "p99", X: finding.None, Value: 20,
			Low: finding.None, High: finding.None, Unit: finding.Seconds, N: 5, Note: csvio.Labels(note)}
	}
	for want, all := range map[string][]finding.Finding{
		"":                         {p99("native", ""), p99("lxc", "")},
		"LXC":                      {p99("native", ""), p99("lxc", "timeouts=3")},
		`LXC and User\-Mode Linux`: {p99("uml", "timeouts=1"), p99("lxc", "timeouts=3")},
	} {
		if got := newView(t, all).timedOut(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestNames(t *testing.T) {
	fact := func(testbed, technology string) finding.Finding {
		return finding.Finding{Analysis: finding.Environment, Testbed: testbed, Name: "technology", X: finding.None, Note: csvio.MakeLabels("host", "host", "value", technology)}
	}
	for _, tc := range []struct {
		facts []finding.Finding
		want  map[string]string
	}{
		{[]finding.Finding{fact("lxc", "lxc"), fact("uml", "User-Mode Linux")}, map[string]string{"lxc": "LXC", "uml": "User-Mode Linux"}},
		{[]finding.Finding{fact("a", "lxc"), fact("b", "lxc")}, map[string]string{"a": "LXC (a)", "b": "LXC (b)"}},
		{[]finding.Finding{fact("lxc", "lxc"), fact("lxc-pinned", "lxc"), fact("fast", "lxc")}, map[string]string{"lxc": "LXC", "lxc-pinned": "LXC pinned", "fast": "LXC (fast)"}},
		{[]finding.Finding{fact("xen-a", "lxc"), fact("lxc", "lxc"), fact("LXC", "lxc")}, map[string]string{"xen-a": "LXC (xen-a)", "lxc": "LXC", "LXC": "LXC (LXC)"}},
		{[]finding.Finding{fact("lxc-", "lxc"), fact("lxc-a", "LXC")}, map[string]string{"lxc-": "LXC (lxc-)", "lxc-a": "LXC a"}},
		{[]finding.Finding{fact("box", "SmartOS zones"), fact("xen", "")}, map[string]string{"box": "SmartOS zones", "xen": "Xen"}},
	} {
		v := newView(t, tc.facts)
		for b, want := range tc.want {
			if v.names[b] != want {
				t.Errorf("%s is called %q, want %q", b, v.names[b], want)
			}
		}
	}
}

// A title has room for some testbeds of a technology.
func TestTitle(t *testing.T) {
	fact := func(testbed, key, value string) finding.Finding {
		return finding.Finding{Analysis: finding.Environment, Testbed: testbed, Name: key, X: finding.None, Note: csvio.MakeLabels("host", "host", "value", value)}
	}
	ratio := func(testbed, baseline string) finding.Finding {
		f := one("successful_requests", 1, 0.9, 1.1)[0]
		f.Testbed, f.Baseline = testbed, baseline
		return f
	}
	for _, tc := range []struct {
		baseline string
		others   []string
		want     string
	}{
		{"native", []string{"lxc", "lxc-pinned"}, "LXC and LXC pinned against Native Linux:\\\nOne Web Application, Three Testbeds Compared"},
		{"native", []string{"docker", "lxc", "lxc-pinned", "lxc-quota", "uml"}, "Docker, LXC in Three Set-ups and User-Mode Linux against Native Linux:\\\nOne Web Application, Six Testbeds Compared"},
		{"lxc", []string{"lxc-pinned", "lxc-quota", "lxc-root"}, "LXC in Three Other Set-ups against LXC:\\\nOne Web Application, Four Testbeds Compared"},
	} {
		var all []finding.Finding
		for _, b := range append(tc.others, tc.baseline) {
			technology, _, _ := strings.Cut(b, "-")
			all = append(all, fact(b, "technology", technology))
			if b != tc.baseline {
				all = append(all, ratio(b, tc.baseline))
			}
		}
		if got := strings.ReplaceAll(newView(t, all).title(), `\-`, "-"); got != tc.want {
			t.Errorf("%q, want %q", got, tc.want)
		}
	}
}

func TestFacts(t *testing.T) {
	for _, tc := range []struct{ key, value, want string }{
		{"limit_memory_bytes", "201326592", "192 MiB"}, {"swap_bytes", "2147479552", "2 GiB"}, {"memory_bytes", "25276514304", "25.3 GB"},
		{"memory_bytes", "4000000000", "4 GB"}, {"ramp_over_seconds", "120", "120 s"}, {"insert_rows", "10000", "10,000"}, {"kernel", "6.1.0", "6.1.0"},
		{"image_digest", "sha256:0123456789abcdef", "sha256:0123456789ab…"}, {"insert_stressors", "0,1,2,4", "0, 1, 2, 4"}, {"cpu_shares", "1024", "1024"},
		{"software_mariadb", "1:10.11.19-0+deb12u1", "10.11.19-0+deb12u1"}, {"software_lxc", "5.0.2", "5.0.2"},
	} {
		if got := strings.ReplaceAll(formatFact(tc.key, tc.value), "\u00a0", " "); got != tc.want {
			t.Errorf("%s=%s is written %q, want %q", tc.key, tc.value, got, tc.want)
		}
	}
	for version, want := range map[string]string{"2.4.62-1~deb12u2": "2\\.4\\.62", "2:8.2+93": "8\\.2", "6.1.6+dfsg1-0+deb12u1": "6\\.1\\.6", "-x": "\\-x", "10.11.6": "10\\.11\\.6"} {
		if got := upstream(version); got != want {
			t.Errorf("%s: %q, want %q", version, got, want)
		}
	}
}

// The data files must agree with each other and with the references.
func TestDataFiles(t *testing.T) {
	src, err := readSources(data.Files, templates.Paper)
	if err != nil {
		t.Fatal(err)
	}
	criteria, of2014 := map[string]bool{}, 0
	for _, c := range src.criteria {
		criteria[c.ID] = true
		if !strings.HasPrefix(c.Finding, finding.Operation+"/") {
			of2014++
		}
		if c.Text == "" || c.Finding != "" && !(c.Best < c.Good && c.Good < c.Fair && c.Fair < c.Poor) {
			t.Errorf("criterion %s: %+v", c.ID, c)
		}
	}
	if of2014 != 7 {
		t.Errorf("%d criteria, 2014 had seven", of2014)
	}
	source := func(where, key string) {
		if _, ok := src.references[key]; key != "" && !ok {
			t.Errorf("%s: no reference %q", where, key)
		}
	}
	for _, k := range src.technologies {
		source("technologies.csv", k.Source)
	}
	ratings := []string{"++", "+", "0", "-", "--", "N/A"}
	seen := map[string]bool{}
	for _, j := range src.judgements {
		_, known := src.technology(j.Technology)
		if !criteria[j.Criterion] || !known && j.Technology != "ec2" || !slices.Contains(ratings, j.Rating) || seen[j.Criterion+j.Technology] {
			t.Errorf("flexibility.csv: %+v", j)
		}
		seen[j.Criterion+j.Technology] = true
		source("flexibility.csv", j.Source)
	}
	if f, ok := src.published.Ratio(finding.Throughput, "lxc", "successful_requests"); !ok || f.Value != 4.06 {
		t.Errorf("published requests: %+v", f)
	}
	ramp, ok := src.published.Ramp()
	if !ok || ramp.Users(610) != 85 || ramp.Users(655) != 91 {
		t.Errorf("published ramp: %+v", ramp)
	}
}

// What a testbed can't do has no number but a reason.
func TestOperationsTable(t *testing.T) {
	table := newView(t, resulttest.Seven().Findings()).tables()["operations"]
	cells := map[string]string{} // by row and testbed
	for _, row := range table.Body {
		for i, c := range row.Cells[1:] {
			cells[document.PlainText(row.Cells[0].Text)+" "+document.PlainText(table.Head[0].Cells[i+1].Text)] = strings.ReplaceAll(document.PlainText(c.Text), "\u00a0", " ")
		}
	}
	for cell, want := range map[string]string{
		"Start to first page, cold native Linux": "1.84 s", "Checkpoint Xen": "14.0 s", "Snapshot gVisor": "n/a a", "Size of the snapshot gVisor": "n/a a",
		"Checkpoint LXC": "n/a b", "Restore to next page LXC": "n/a b", "Checkpoint native Linux": "n/a b",
	} {
		if got := cells[cell]; got != want && !strings.HasPrefix(got, want+" [") {
			t.Errorf("%s: %q, want %q", cell, cells[cell], want)
		}
	}
	if notes := document.PlainText(table.Notes); !strings.Contains(notes, "its layers are in memory") || strings.Count(notes, "CRIU") != 1 {
		t.Errorf("notes: %s", notes)
	}
}

func TestMeasuredRatings(t *testing.T) {
	v := newView(t, resulttest.First().Findings())
	rate := func(criterion, testbed string) string {
		for _, c := range v.sources.criteria {
			if c.ID == criterion {
				rating, _ := v.measure(c, testbed)
				return rating
			}
		}
		return "?"
	}
	for _, tc := range []struct{ criterion, testbed, want string }{
		{"startup-time", "native", "++"}, {"startup-time", "lxc", "++"}, {"startup-time", "uml", "0"},
		{"footprint", "native", "++"}, {"footprint", "uml", "0"},
		{"teardown", "lxc", "++"}, {"pause", "uml", "+"}, {"snapshot", "native", "++"},
	} {
		if got := rate(tc.criterion, tc.testbed); got != tc.want {
			t.Errorf("%s of %s is rated %q, want %q", tc.criterion, tc.testbed, got, tc.want)
		}
	}
	v = newView(t, change(func(c *resulttest.Campaign) { c.Testbeds = c.Testbeds[:1] }))
	if got := rate("footprint", "native"); got != "" {
		t.Errorf("the only testbed's footprint is rated %q against itself", got)
	}
}

func TestCommand(t *testing.T) {
	source := func(file string) finding.Finding {
		return finding.Finding{Analysis: finding.Environment, Name: "source", X: finding.None, Value: 7, Note: csvio.MakeLabels("file", file, "sha256", "ab")}
	}
	for _, tc := range []struct {
		files []string
		want  string
	}{
		{[]string{"x.csv"}, "analyze x.csv |\n  report -o paper.pdf"},
		{[]string{"my data/$(rm).csv"}, "analyze 'my data/$(rm).csv' |\n  report -o paper.pdf"},
		{[]string{"it's.csv"}, "analyze 'it'\\''s.csv' |\n  report -o paper.pdf"},
		{[]string{"c/observations/1.csv", "c/observations/2.csv", "c/observations/3.csv", "c/observations/4.csv"}, "analyze c/observations |\n  report -o paper.pdf"},
		{[]string{"a/1.csv", "a/b/2.csv", "a/b/3.csv", "a/c/4.csv"}, "analyze a |\n  report -o paper.pdf"},
		{[]string{"1.csv", "2.csv", "3.csv", "4.csv"}, "analyze DIRECTORY |\n  report -o paper.pdf"},
	} {
		var all []finding.Finding
		for _, f := range tc.files {
			all = append(all, source(f))
		}
		if got := newView(t, all).command(); got != tc.want {
			t.Errorf("%q, want %q", got, tc.want)
		}
	}
}

func TestOwnTemplates(t *testing.T) {
	own := fstest.MapFS{"references.csv": {Data: []byte("key,authors,title,venue,details,year,url\n")}, "hyphen.tex": {Data: []byte(`\patterns{a1b}`)}, "hyphenation.txt": {}}
	with := func(text string) Options {
		files := fstest.MapFS{"a.md": {Data: []byte(text)}}
		for name, f := range own {
			files[name] = f
		}
		return Options{Templates: files, Data: data.Files, Paper: pdf.Letter}
	}
	all := resulttest.First().Findings()
	p := newPaper(t, all, with("# {{title}}\n\nHello.\n\n## One\n\n{{values \"requests\"}}\n"))
	if p.Pages() != 1 || !strings.Contains(document.PlainText(p.Document.Title), "LXC") {
		t.Errorf("%d pages, title %q", p.Pages(), document.PlainText(p.Document.Title))
	}
	for text, want := range map[string]string{
		"{{nix}}":                        `a.md:1: function "nix" not defined`,
		"x\n\n{{values \"nix\"}}":        `a.md:3:2: executing "a.md" at <values "nix">: error calling values: no quantity "nix"`,
		"{{published \"a/b\" \"c\"}}":    "nothing published of a/b on c",
		"![x](fig:nix)":                  `a.md:1: no figure "nix"; there are architecture`,
		"[](cite:nix)":                   `a.md:1: citation of "nix"`,
		"":                               "the document is empty",
		"{{onsets \"nix\" \"\" \"\"}}":   `no onset "nix"`,
		"{{.Nix}}":                       "a.md:1:2",
		"[](sec:nix)\n\ntext\n\n## Head": `a.md: reference to "sec:nix"`,
	} {
		if _, err := New(all, with(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q", text, err, want)
		}
	}
	if _, err := New(all, Options{Templates: fstest.MapFS{}, Data: data.Files}); err == nil {
		t.Error("no templates at all pass")
	}
}

var hostile = []string{
	"*a* _b_ `c` [d](e) ![f](fig:g) <script>alert(1)</script> &amp; \\ # | ~ $ {{.}} %s", "a\nb\r\n\n# c\n\n- d", "</svg>\x00\x01\u2028", strings.Repeat("endless", 60),
	strings.Repeat("many words ", 80), "日本語 العربية \U0001F4A9 \xff", "", " ", "![x](tab:results)", "---", "1. a", "    code", "(D) Tj ET Q", "\\patterns{", "a\u00a0b",
}

// withHostile puts the string wherever findings hold text.
func withHostile(s string) []finding.Finding {
	all := slices.Clone(resulttest.First().Findings())
	for i := range all {
		f := &all[i]
		if f.Testbed == "uml" {
			f.Testbed = s
		}
		switch {
		case f.Analysis == finding.Environment && f.Name == "source":
			f.Note = csvio.MakeLabels("file", s, "sha256", s)
		case f.Analysis == finding.Environment && !slices.Contains([]string{"ramp_from", "ramp_to", "ramp_over_seconds", "ramp_end_seconds", "baseline"}, f.Name):
			f.Note = csvio.MakeLabels("host", f.Note.Get("host"), "value", s)
		case f.Analysis == finding.Validity:
			f.Note = csvio.MakeLabels("warning", s, "experiment", s, s, s)
		}
	}
	key := all[0]
	key.Analysis, key.Name, key.Note = finding.Environment, "software_"+s, csvio.MakeLabels("host", "app", "value", s)
	unit := all[0]
	unit.Unit = s
	return append(all, key, unit, finding.Finding{Analysis: s, Testbed: "lxc", Name: s, Note: csvio.Labels(s)})
}

func TestHostile(t *testing.T) {
	for i, s := range hostile {
		t.Run(strconv.Itoa(i), func(t *testing.T) {
			t.Parallel()
			p, err := New(withHostile(s), options())
			if err != nil {
				t.Fatalf("%q: %v", s, err)
			}
			for _, problem := range p.Problems() {
				t.Errorf("%.40q: %.200s", s, problem)
			}
			var b bytes.Buffer
			if err := p.WritePDF(&b); err != nil || b.Len() < 10_000 {
				t.Errorf("%q: %v, %d bytes", s, err, b.Len())
			}
		})
	}
}

func FuzzHostile(f *testing.F) {
	if flag.Lookup("test.fuzz").Value.String() != "" { // else TestHostile has tried them all
		for _, s := range hostile {
			f.Add(s)
		}
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 300 {
			return
		}
		p, err := New(withHostile(s), options())
		if err != nil {
			t.Fatal(err)
		}
		if len(p.Problems()) > 0 {
			t.Fatal(p.Problems())
		}
		if err := p.WritePDF(&bytes.Buffer{}); err != nil {
			t.Fatal(err)
		}
	})
}

// Everything that templates may use is listed beside them, and nothing else is.
func TestFunctionsAreListed(t *testing.T) {
	raw, err := fs.ReadFile(templates.Paper, "functions.txt")
	if err != nil {
		t.Fatal(err)
	}
	text := string(raw)
	v := newView(t, resulttest.First().Findings())
	word := func(w string) bool {
		return regexp.MustCompile(`(?m)(^|[\s,:])` + regexp.QuoteMeta(w) + `($|[\s,.;])`).MatchString(text)
	}
	for name := range v.funcs() {
		if !word(name) {
			t.Errorf("function %s is not listed", name)
		}
	}
	for _, q := range quantities() {
		if !word(q.ID) {
			t.Errorf("quantity %s is not listed", q.ID)
		}
	}
	for id := range v.material.Figures {
		if !word(id) {
			t.Errorf("figure %s is not listed", id)
		}
	}
	for id := range v.material.Tables {
		if !word(id) {
			t.Errorf("table %s is not listed", id)
		}
	}
	_, functions, _ := strings.Cut(text, "Functions: what was found")
	for _, m := range regexp.MustCompile(`(?m)^    ([a-z]\w*)`).FindAllStringSubmatch(functions, -1) {
		if _, ok := v.funcs()[m[1]]; !ok {
			t.Errorf("%s is listed and is no function", m[1])
		}
	}
}
