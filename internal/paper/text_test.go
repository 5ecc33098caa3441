package paper

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"virtcmp/internal/csvio"
	"virtcmp/internal/finding"
	"virtcmp/internal/result/resulttest"
)

// analysed returns findings that cmd/analyze's tests have as golden.
func analysed(t testing.TB, name string) []finding.Finding {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "..", "cmd", "analyze", "testdata", name+".golden"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all, _, err := finding.Read(context.Background(), []csvio.Source{csvio.NewSource(name, f)})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// untestable are the findings of a campaign whose runs are too few for any test.
func untestable(all []finding.Finding) []finding.Finding {
	verdict := regexp.MustCompile(`(^|;)p=.*verdict=[a-z]+(;reason=[a-z-]+)?`)
	for i, f := range all {
		all[i].Note = csvio.Labels(verdict.ReplaceAllString(string(f.Note), "${1}p=0.1;p_holm=0.2;verdict=none;reason=too-few-runs"))
	}
	return all
}

// ofThreeRuns has intervals and no verdict.
func ofThreeRuns() []finding.Finding {
	return untestable(change(func(c *resulttest.Campaign) { c.Runs = 3 }))
}

// renamed returns the findings with the testbed called otherwise.
func renamed(all []finding.Finding, name string) []finding.Finding {
	all = slices.Clone(all)
	for i := range all {
		if all[i].Testbed != "" {
			all[i].Testbed = name
		}
	}
	return all
}

// withoutBaseline has testbeds that nothing sets beside each other.
func withoutBaseline() []finding.Finding {
	all := change(func(c *resulttest.Campaign) { c.Testbeds = c.Testbeds[1:] })
	return slices.DeleteFunc(all, func(f finding.Finding) bool {
		return f.Baseline != "" || f.Name == "users_more" || f.Name == "baseline"
	})
}

// tried are all campaigns that the paper is tried on, each written once for all tests.
var tried struct {
	sync.Once
	findings map[string][]finding.Finding
	papers   map[string]func() (*Paper, error)
}

// everyCampaign is all that the paper is tried on.
func everyCampaign(t testing.TB) map[string][]finding.Finding {
	t.Helper()
	tried.Do(func() {
		tried.findings, tried.papers = gathered(t), map[string]func() (*Paper, error){}
		for name, all := range tried.findings {
			tried.papers[name] = sync.OnceValues(func() (*Paper, error) { return New(all, options()) })
		}
	})
	return tried.findings
}

// paperOf is the paper about one of every campaign.
func paperOf(t testing.TB, name string) *Paper {
	t.Helper()
	if _, ok := everyCampaign(t)[name]; !ok {
		t.Fatalf("no campaign %q", name)
	}
	p, err := tried.papers[name]()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func gathered(t testing.TB) map[string][]finding.Finding {
	t.Helper()
	all := map[string][]finding.Finding{
		"three runs": ofThreeRuns(), "no baseline": withoutBaseline(),
		"seven of three runs": untestable(seven(3)), "seven with the matrix": matrix(seven(5)),
		"JMeter's":      analysed(t, "from-jmeter-csv"),
		"k6's":          analysed(t, "from-k6-json"),
		"vegeta's":      analysed(t, "from-vegeta-gob"),
		"two of JMeter": append(renamed(analysed(t, "from-jmeter-csv"), "lxc"), analysed(t, "from-jmeter-csv")...),
	}
	for _, c := range campaigns {
		all[c.name] = c.findings
	}
	return all
}

func seven(runs int) []finding.Finding {
	c := resulttest.Seven()
	c.Runs = runs
	return c.Findings()
}

func matrix([]finding.Finding) []finding.Finding {
	c := resulttest.Seven()
	c.Matrix = true
	return c.Findings()
}

// sound looks for traces of sentences that were put together wrongly.
func sound(t *testing.T, text string) {
	t.Helper()
	for _, s := range []string{"<no value>", "%!", "NaN", "+Inf", " .", " ,", " ;", "( ", " )", "()", "..", ",,", ",.", ";.", ".,", "{{", "}}",
		" 0 numbers", " 1 runs", " one runs", "a LXC", "of of ", "the the ", " and and ", "than than", " and .", " on ,", "of .", "on ."} {
		for rest := text; ; {
			i := strings.Index(rest, s)
			if i < 0 {
				break
			}
			if !strings.HasPrefix(rest[i:], "...") && !strings.HasPrefix(rest[i:], " ...") {
				t.Errorf("holds %q: %q", s, rest[max(0, i-60):min(len(rest), i+60)])
				break
			}
			rest = rest[i+len(s)+2:]
		}
	}
	// A sentence begins with a capital.
	for _, m := range regexp.MustCompile(`[a-z%)]\. ([a-z][A-Za-z]+ [a-z]+)`).FindAllStringSubmatch(text, -1) {
		if !strings.HasPrefix(m[1], "gVisor") {
			t.Errorf("a sentence begins with %q", m[1])
		}
	}
}

// prose returns the text's paragraphs, each on a line, without headings, captions and code.
func prose(text string) []string {
	var all []string
	for p := range strings.SplitSeq(text, "\n\n") {
		if p = strings.TrimSpace(p); p != "" && !strings.HasPrefix(p, "#") && !strings.HasPrefix(p, "!") && !strings.HasPrefix(p, "```") {
			all = append(all, oneLine(p))
		}
	}
	return all
}

func TestSentences(t *testing.T) {
	for name := range everyCampaign(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := textOf(t, paperOf(t, name).view)
			sound(t, oneLine(text))
			if s := regexp.MustCompile(`.{0,40}[a-z.,;:)] {2,}\S.{0,40}`).FindString(text); s != "" {
				t.Errorf("two spaces in %q", s)
			}
			// What the body says it says once.
			_, body, _ := strings.Cut(text, "## Introduction")
			body, _, _ = strings.Cut(body, "## Conclusion")
			said := map[string]bool{}
			for _, p := range prose(body) {
				for _, s := range regexp.MustCompile(`[.!?] `).Split(p, -1) {
					if len(s) > 60 && said[s] {
						t.Errorf("says twice: %q", s)
					}
					said[s] = true
				}
			}
		})
	}
}

// Where no test could show anything, nothing is claimed, and that is said once.
func TestUntested(t *testing.T) {
	text := oneLine(markdown(t, ofThreeRuns()))
	for s, n := range map[string]int{
		"Three runs of each testbed give intervals but are too few for a test: however far two testbeds lie apart, p, corrected for two comparisons, cannot be less than 0.2.": 1,
		"Five runs of each would be enough.": 1, "too few": 4, "did better": 0, "is significant": 0, "no difference from": 0, "(p =": 0, ", p =": 0, "the same direction": 0,
		"LXC served ": 3, "LXC answered ": 1,
	} {
		if got := strings.Count(text, s); got > n || n > 0 && got == 0 {
			t.Errorf("says %q %d times, want %d", s, got, n)
		}
	}
	if got := newView(t, resulttest.First().Findings()).untested(); got != "" {
		t.Errorf("of five runs: %q", got)
	}
	if got := newView(t, analysed(t, "from-jmeter-csv")).untested(); got != "" {
		t.Errorf("without comparisons: %q", got)
	}
}

// The two-sided test of n runs against n has one way of C(2n, n), and its mirror image, at
// the end: 2/20, 2/70, 2/252, 2/924.
func TestEnoughRuns(t *testing.T) {
	for _, tc := range []struct {
		family, enough int
	}{{1, 4}, {2, 5}, {6, 5}, {7, 6}, {23, 6}} {
		if got := enoughFor(tc.family); got != tc.enough {
			t.Errorf("%d comparisons: %d runs, want %d", tc.family, got, tc.enough)
		}
	}
	if p := leastP(3, 1); p != 0.1 {
		t.Errorf("three runs: %v", p)
	}
}

// The text claims no more of the set-up than was recorded.
func TestForeign(t *testing.T) {
	ours := []string{"freshly started", "from one recipe", "scripts run", "run WordPress", ", its database in a second guest", "is WordPress", "The load generator shares", "page cache that other runs",
		"<no value>", "and isolation", "and Isolation"}
	for _, tc := range []struct {
		name            string
		says, saysNever []string
	}{
		{"from-jmeter-csv", []string{"The load on Xen was recorded by JMeter; virtcmp only analysed it.", "We take a web application on Xen, and ask what is served and when requests begin to fail.",
			"Which application was served was not recorded.", "the program that sent it found nothing wrong with the page", "The load is a closed loop",
			"When the application guest began to swap cannot be told", "analyze -from jmeter -testbed xen jmeter.csv", "These are the results of one application."},
			[]string{"open loop", "the onset of swapping is found in two", "Little's law]"}},
		{"from-vegeta-gob", []string{"The load on Xen was recorded by vegeta; virtcmp", "The load is an open loop", "No closed loop was run; [](tab:open-loop) counts", "The median request took: Xen 10.7 ms.",
			"No ramp was run, so that no onset could be looked for."}, []string{"closed loop: each", "Little's law", "did not measure throughput", "### Onsets", "were not measured in this campaign. ##"}},
	} {
		text := oneLine(markdown(t, analysed(t, tc.name)))
		for _, s := range tc.says {
			if !strings.Contains(text, s) {
				t.Errorf("%s: does not say %q", tc.name, s)
			}
		}
		for _, s := range append(tc.saysNever, ours...) {
			if i := strings.Index(text, s); i >= 0 {
				t.Errorf("%s: says %q: %q", tc.name, s, text[max(0, i-60):min(len(text), i+120)])
			}
		}
	}
	text := oneLine(markdown(t, everyCampaign(t)["two of JMeter"]))
	for _, s := range []string{"The load on LXC and Xen was recorded by JMeter;", "No testbed is named as the baseline, so that nothing is compared"} {
		if !strings.Contains(text, s) {
			t.Errorf("of two testbeds does not say %q", s)
		}
	}
	if strings.Contains(text, "only one testbed") || strings.Contains(text, "single testbed") {
		t.Error("two testbeds are called one")
	}
}

// A summary of many testbeds names the ends, whatever is in between.
func TestBrief(t *testing.T) {
	var all []finding.Finding
	for testbed, value := range map[string]float64{"lxc": 0.9, "docker": 1.3, "gvisor": 0.4, "uml": 0.2, "qemu": 0.6} {
		f := one("successful_requests", value, value*0.9, value*1.1)
		f[0].Testbed, f[0].Note = testbed, "p_holm=0.016;verdict=worse"
		all = append(all, f...)
	}
	v := newView(t, all)
	got, err := v.brief("requests", "served %s times as many as", "%s times as many")
	const want = "User-Mode Linux served 0.20 times as many as native Linux (95 % interval 0.18 to 0.22, p = 0.016), and Docker 1.30 times as many (1.17 to 1.43, p = 0.016); LXC, QEMU and gVisor lie between."
	if got = strings.NewReplacer("\u00a0", " ", `\`, "").Replace(got); err != nil || got != want {
		t.Errorf("%q, %v\nwant %q", got, err, want)
	}
	if long, err := v.compare("requests", "served %s times as many as", "%s times as many"); err != nil || strings.Contains(long, "between") || !strings.Contains(long, "QEMU") {
		t.Errorf("%q, %v", long, err)
	}
}

// Warnings about all testbeds stand first, and those of a kind together.
func TestOrderOfWarnings(t *testing.T) {
	warn := func(testbed, note string) finding.Finding {
		return finding.Finding{Analysis: finding.Validity, Testbed: testbed, Name: "warning", X: finding.None, Note: csvio.Labels(note)}
	}
	all := append(resulttest.First().Findings(), warn("lxc", "warning=disturbed;experiment=ramp;runs=1;of=5;share=0.1"), warn("lxc", "warning=too-few-levels;runs=5;of=5;levels=0"),
		warn("uml", "warning=disturbed;experiment=select;runs=1;of=5;share=0.2"), warn("native", "warning=poor-fit;misfit=0.2"), warn("lxc", "warning=poor-fit;misfit=0.2"), warn("uml", "warning=poor-fit;misfit=0.2"))
	got := cells(newView(t, all).warningsTable())
	want := []string{"all|INSERT, ramp", "all|Throughput does not follow", "LXC|Ramp: other machines", "User-Mode Linux|SELECT: other machines",
		"LXC|In 5 of 5 runs service degraded or failed before the ramp had passed the six numbers of users that the scalability law needs; at worst it had passed none."}
	for i, w := range want {
		if i >= len(got) || !strings.HasPrefix(got[i], w) {
			t.Errorf("warning %d: %q\nwant %q", i, got, w)
			break
		}
	}
}

// Measured evidence says of which run it is, or of how many.
func TestEvidence(t *testing.T) {
	for runs, want := range map[int]string{5: "(n = 5)", 1: "(run 1)"} {
		v := newView(t, change(func(c *resulttest.Campaign) { c.Runs = runs }))
		rows := cells(v.flexibilityTable())
		for _, criterion := range []string{"Technology footprint", "Start-up time", "Image creation"} {
			i := slices.IndexFunc(rows, func(row string) bool { return strings.HasPrefix(row, criterion) })
			if i < 0 || strings.Count(rows[i], want) != 3 {
				t.Errorf("%s of %d runs: %q", criterion, runs, rows)
			}
		}
	}
	nobody := renamed(analysed(t, "from-jmeter-csv"), "my-machine")
	if newView(t, nobody).flexibilityTable() != nil {
		t.Error("a testbed that nothing is known of is judged")
	}
}

func TestGroupsOfFiles(t *testing.T) {
	var all []finding.Finding
	for _, experiment := range []string{"ramp", "select"} {
		for _, run := range []string{"lxc-1", "lxc-2", "uml-1", "uml-2", "xen-1", "xen-2", "kvm-1"} {
			all = append(all, finding.Finding{Analysis: finding.Environment, Name: "source", X: finding.None, Value: 7,
				Note: csvio.MakeLabels("file", "observations/"+experiment+"-"+run+".csv.zst", "sha256", "ab")})
		}
	}
	table := newView(t, all).provenanceTable()
	got := cells(table)
	if len(got) != 3 || !strings.HasPrefix(got[0], "observations/ramp-*.csv.zst|7|49|") || !strings.HasPrefix(got[1], "observations/select-*.csv.zst|7|49|") || !strings.HasPrefix(got[2], "All|14|98|") {
		t.Errorf("%q", got)
	}
	if got := cells(newView(t, all[:1]).provenanceTable()); len(got) != 1 || got[0] != "observations/ramp-lxc-1.csv.zst|1|7|ab" {
		t.Errorf("%q", got)
	}
}

func TestTally(t *testing.T) {
	requests, p50 := one("successful_requests", 1.02, 0.97, 1.07), one("p50", 1.02, 0.97, 1.07)
	for i := range p50 {
		p50[i].Analysis, p50[i].Unit = finding.Latency, finding.Seconds
	}
	judged := func(all []finding.Finding, value finding.Number, note csvio.Labels) []finding.Finding {
		all = slices.Clone(all)
		all[0].Value, all[0].Note = value, note
		return all
	}
	const same, better, worse = "verdict=indistinguishable;reason=not-significant", "verdict=better", "verdict=worse"
	for _, tc := range []struct {
		all  []finding.Finding
		want string
	}{
		{judged(requests, 1.02, same), "In the only quantity compared LXC was not shown to differ from native Linux."},
		{judged(requests, 1.4, better), "In the only quantity compared LXC did better than native Linux."},
		{judged(requests, 0.7, worse), "In the only quantity compared LXC did worse than native Linux."},
		{append(judged(requests, 1.02, same), judged(p50, 1.02, same)...), "In none of the two quantities compared was LXC shown to differ from native Linux."},
		{append(judged(requests, 1.4, better), judged(p50, 1.4, worse)...), "Of the two quantities compared, LXC did better than native Linux in one and worse in one."},
		{append(judged(requests, 1.4, better), judged(p50, 1.02, same)...), "Of the two quantities compared, LXC did better than native Linux in one and worse in none; in one no difference that counts could be shown."},
	} {
		if got := newView(t, tc.all).tally(); got != tc.want {
			t.Errorf("%q, want %q", got, tc.want)
		}
	}
}
