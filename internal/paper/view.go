package paper

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"text/template"
	"time"

	"virtcmp/internal/command"
	"virtcmp/internal/csvio"
	"virtcmp/internal/figure"
	"virtcmp/internal/finding"
	"virtcmp/internal/paper/document"
	"virtcmp/internal/quantity"
	"virtcmp/internal/result"
)

// view is what templates see of the findings.
type view struct {
	options  Options
	set      *result.Set
	sources  *sources
	names    map[string]string
	material document.Material
	count    int // findings
}

// funcs are the functions of the templates. Strings they return are Markdown.
func (v *view) funcs() template.FuncMap {
	return template.FuncMap{
		// The paper.
		"title":       v.title,
		"author":      func() string { return document.Escape(v.options.Author) },
		"affiliation": func() string { return document.Escape(v.options.Affiliation) },
		"version":     func() string { return command.Version },
		"command":     v.command,
		"figure":      func(id string) bool { return v.material.Figures[id] != nil },
		"table":       func(id string) bool { return v.material.Tables[id] != nil },
		"capital":     capital,

		// The campaign.
		"names":           func() string { return v.nameList(v.set.Testbeds()) },
		"baseline":        func() string { return v.name(v.set.Baseline()) },
		"others":          func() string { return v.nameList(v.set.Others()) },
		"several":         func() bool { return len(v.set.Others()) > 0 },
		"demonstration":   v.set.Demonstration,
		"application":     v.application,
		"software":        v.software,
		"fact":            v.fact,
		"same":            v.same,
		"ramp":            v.ramp,
		"loop":            func() string { return v.fact(result.Generator, "loop") },
		"timeout":         v.timeout,
		"duration":        v.duration,
		"early":           v.early,
		"measured":        v.measured,
		"repetitions":     v.repetitions,
		"enoughRuns":      func() bool { return len(v.warned(finding.TooFewRuns)) == 0 },
		"interleaved":     v.interleaved,
		"warned":          func(code string) bool { return len(v.warned(code)) > 0 },
		"static":          func() bool { return slices.Contains(v.set.CampaignFacts(result.Host, "driver"), "static") },
		"sharedMachine":   v.sharedMachine,
		"stressors":       v.stressors,
		"stressLevels":    v.stressLevels,
		"emulated":        v.emulated,
		"uml":             func() bool { return v.uses("uml") },
		"recordedVersion": func() string { return v.fact(result.Generator, "virtcmp_version") },
		"findingsCount":   func() string { return quantity.Digits(float64(v.count), 0) },

		// What was found.
		"has":       v.has,
		"values":    v.values,
		"compare":   v.compare,
		"onsets":    v.onsets,
		"lacking":   v.lacking,
		"missing":   v.missing,
		"pair":      v.pair,
		"tally":     v.tally,
		"farthest":  v.farthest,
		"caption":   v.caption,
		"shown":     v.shown,
		"published": v.published,
	}
}

func (v *view) title() string {
	if v.options.Title != "" {
		return document.Escape(v.options.Title)
	}
	var title string
	switch others := v.set.Others(); {
	case len(others) > 0:
		title = fmt.Sprintf("%s against %s:\\\nOne Web Application, %s Testbeds Compared",
			v.titleList(others), v.titleList([]string{v.set.Baseline()}), capital(numberWord(len(others)+1)))
	case len(v.set.Testbeds()) > 0:
		title = fmt.Sprintf("One Web Application on %s:\\\nThroughput, Swapping and Isolation", v.titleList(v.set.Testbeds()))
	default:
		title = "A Comparison of Isolation Technologies Without Measurements"
	}
	if v.set.Demonstration() {
		title = "A Demonstration: " + title
	}
	return title
}

// titleList lists testbeds with capitals.
func (v *view) titleList(testbeds []string) string {
	var all []string
	for _, t := range testbeds {
		all = append(all, capital(v.name(t)))
	}
	return list(all)
}

var numberWords = []string{"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"}

// numberWord writes a small number as a word.
func numberWord(n int) string {
	if n >= 0 && n < len(numberWords) {
		return numberWords[n]
	}
	return strconv.Itoa(n)
}

// application is what the testbeds run.
func (v *view) application() string {
	switch {
	case v.set.Demonstration():
		return "a small blog over an embedded database"
	case len(v.set.CampaignFacts(result.App, "software_wordpress")) > 0:
		return "WordPress on Apache and PHP"
	}
	return "the same application"
}

// software is a sentence of what the guests run, where all run the same.
func (v *view) software() string {
	var all []string
	for _, p := range []struct{ host, key, name string }{
		{result.App, "software_apache2", "Apache"}, {result.App, "software_php", "PHP"},
		{result.App, "software_wordpress", "WordPress"}, {result.DB, "software_mariadb", "MariaDB"},
	} {
		if !v.same(p.host, p.key) {
			continue
		}
		if version := upstream(v.set.CampaignFacts(p.host, p.key)[0]); version != "" {
			all = append(all, p.name+nbsp+version)
		}
	}
	if len(all) == 0 {
		return ""
	}
	return "The guests run " + list(all) + "."
}

// upstream returns the part of a Debian version that the software's authors gave it,
// escaped.
func upstream(version string) string {
	if epoch, rest, ok := strings.Cut(version, ":"); ok && strings.Trim(epoch, "0123456789") == "" {
		version = rest
	}
	if i := strings.IndexAny(version, "+-~"); i > 0 {
		version = version[:i]
	}
	return document.Escape(version)
}

const nbsp = "\u00a0"

// fact returns a fact's value where every testbed has the same, and else "".
func (v *view) fact(host, key string) string {
	if !v.same(host, key) {
		return ""
	}
	return document.Escape(formatFact(key, v.set.CampaignFacts(host, key)[0]))
}

// same reports whether a fact is known and one for all testbeds.
func (v *view) same(host, key string) bool {
	if len(v.set.CampaignFacts(host, key)) != 1 {
		return false
	}
	for _, t := range v.set.Testbeds() {
		if v.set.Fact(t, host, key) == "" {
			return false
		}
	}
	return true
}

// formatFact writes a recorded value as a reader expects it, by what its key says of
// its unit.
func formatFact(key, value string) string {
	n, err := csvio.ParseFinite(value)
	switch {
	case key == "insert_stressors":
		return strings.ReplaceAll(value, ",", ", ")
	case err != nil:
		if rest, ok := strings.CutPrefix(value, "sha256:"); ok && len(rest) > 12 {
			return "sha256:" + rest[:12] + "…"
		}
	case strings.HasSuffix(key, "_bytes"):
		return formatBytes(n)
	case strings.HasSuffix(key, "_seconds"):
		return quantity.Exact(n, finding.Seconds)
	case strings.HasSuffix(key, "_rows") || strings.HasSuffix(key, "_queries"):
		return quantity.Digits(n, 0)
	}
	return clip(value, 150)
}

// formatBytes writes round sizes as they are, binary ones in binary units, and others to
// three digits.
func formatBytes(n float64) string {
	for _, u := range []struct {
		size   float64
		symbol string
	}{{1 << 30, "GiB"}, {1 << 20, "MiB"}} {
		const aPage = 4096 // that swap space keeps for its own head
		if v := math.Round(n / u.size); v >= 1 && math.Abs(n-v*u.size) <= aPage {
			return quantity.Digits(v, 0) + nbsp + u.symbol
		}
	}
	if exact := quantity.Exact(n, finding.Bytes); !strings.Contains(exact, ".") {
		return exact
	}
	return quantity.Format(n, finding.Bytes)
}

// rampView is the load's schedule as templates see it.
type rampView struct {
	From, To  int
	Over, End string
}

func (v *view) ramp() *rampView {
	r, ok := v.set.Ramp()
	if !ok {
		return nil
	}
	return &rampView{r.From, r.To, quantity.Exact(r.Over, finding.Seconds), quantity.Exact(r.End, finding.Seconds)}
}

func (v *view) timeout() string { return v.fact(result.Generator, "ramp_timeout_seconds") }

func (v *view) duration() string {
	if end := v.set.Duration(); end > 0 {
		return quantity.Exact(end, finding.Seconds)
	}
	return ""
}

func (v *view) early() string {
	return "the first " + quantity.Exact(figure.EarlyShare*v.set.Duration(), finding.Seconds)
}

// times returns when trials started, in order.
func (v *view) times() []time.Time {
	var all []time.Time
	for _, text := range v.set.CampaignFacts(result.Generator, "start_time") {
		if t, err := time.Parse(time.RFC3339, text); err == nil {
			all = append(all, t.UTC())
		}
	}
	slices.SortFunc(all, time.Time.Compare)
	return all
}

// measured says when: "on 2 January 2026".
func (v *view) measured() string {
	all := v.times()
	if len(all) == 0 {
		return ""
	}
	const day = "2\u00a0January 2006"
	first, last := all[0].Format(day), all[len(all)-1].Format(day)
	if first == last {
		return "on " + first
	}
	return "from " + first + " to " + last
}

// runs returns the fewest and the most runs that testbeds have of a quantity, 0 where
// none has it.
func (v *view) runs(q figure.Quantity) (fewest, most int) {
	for _, t := range v.set.Testbeds() {
		rows := q.Rows(v.set, t).Absolute()
		n := len(rows.EachRun())
		if n == 0 {
			if f, ok := rows.Overall().First(); ok {
				n = f.N
			}
		}
		if n == 0 {
			continue
		}
		if fewest == 0 || n < fewest {
			fewest = n
		}
		most = max(most, n)
	}
	return fewest, most
}

func times(fewest, most int) string {
	if fewest == most {
		if most == 1 {
			return "once"
		}
		return numberWord(most) + " times"
	}
	return numberWord(fewest) + " to " + numberWord(most) + " times"
}

// repetitions is a sentence of how often the experiments were run.
func (v *view) repetitions() (string, error) {
	on := ""
	if len(v.set.Testbeds()) > 1 {
		on = " on every testbed"
	}
	var parts, all []string
	for _, e := range []struct{ id, name string }{{"requests", "the ramp"}, {"select", "the SELECT probe"}, {"insert", "the INSERT probe"}} {
		q, err := quantityOf(e.id)
		if err != nil {
			return "", err
		}
		fewest, most := v.runs(q)
		if most == 0 {
			continue
		}
		all = append(all, times(fewest, most))
		if len(parts) == 0 {
			parts = append(parts, fmt.Sprintf("%s was run %s%s", e.name, times(fewest, most), on))
		} else {
			parts = append(parts, e.name+" "+times(fewest, most))
		}
	}
	switch {
	case len(parts) == 0:
		return "", nil
	case len(slices.Compact(all)) == 1 && len(parts) > 1:
		return "Each experiment was run " + all[0] + on + ".", nil
	}
	return capital(list(parts)) + ".", nil
}

// caption says how many runs a quantity rests on: "n = 5 runs".
func (v *view) caption(id string) (string, error) {
	fewest, most := 0, 0
	of := quantities()
	if id == "ratios" {
		of = figure.Quantities
	}
	for _, q := range of {
		if q.ID != id && id != "ratios" {
			continue
		}
		f, m := v.runs(q)
		if f > 0 && (fewest == 0 || f < fewest) {
			fewest = f
		}
		most = max(most, m)
	}
	switch {
	case most == 0:
		return "", nil
	}
	n := strconv.Itoa(most)
	if fewest < most {
		n = fmt.Sprintf("%d to %d", fewest, most)
	}
	text := fmt.Sprintf("n%s=%s%s runs", nbsp, nbsp, n)
	if most == 1 {
		text = strings.TrimSuffix(text, "s")
	}
	if !v.anyInterval(of, id) {
		text += ", too few for an interval"
	}
	return text, nil
}

// anyInterval reports whether any testbed has an interval of the quantity with that
// id, or of any if it is of all.
func (v *view) anyInterval(of []figure.Quantity, id string) bool {
	for _, q := range of {
		for _, t := range v.set.Testbeds() {
			if f, ok := q.Rows(v.set, t).Absolute().Overall().First(); ok && f.Low.Present() && (q.ID == id || id == "ratios") {
				return true
			}
		}
	}
	return false
}

// shown names the runs that figures of single runs show.
func (v *view) shown() string {
	var all []string
	for _, t := range v.set.Testbeds() {
		if run := v.set.Representative(t); run != finding.AllRuns {
			all = append(all, fmt.Sprintf("run%s%d on %s", nbsp, run, v.name(t)))
		}
	}
	return list(all)
}

// interleaved reports whether the order of trials is known and mixed.
func (v *view) interleaved() bool {
	return len(v.set.Others()) > 0 && len(v.set.CampaignFacts(result.Generator, "trial")) > len(v.set.Testbeds()) &&
		len(v.warned(finding.NotInterleaved)) == 0 && len(v.warned(finding.OrderUnknown)) == 0
}

// warned returns the warnings of that code.
func (v *view) warned(code string) result.Rows { return v.set.Warnings().Labelled("warning", code) }

// stressors is the number of stressors that isolation is judged at.
func (v *view) stressors() string {
	if most, ok := figure.MostStressors(v.set); ok {
		return quantity.Digits(most, 0)
	}
	return ""
}

func (v *view) stressLevels() string {
	if !v.same(result.Generator, "insert_stressors") {
		return ""
	}
	var all []string
	for level := range strings.SplitSeq(v.set.CampaignFacts(result.Generator, "insert_stressors")[0], ",") {
		all = append(all, document.Escape(level))
	}
	return list(all)
}

// emulated names the testbeds whose processor is emulated.
func (v *view) emulated() string {
	var all []string
	for _, t := range v.set.Testbeds() {
		if v.set.Emulated(t) {
			all = append(all, t)
		}
	}
	return v.nameList(all)
}

// sharedMachine reports whether the load generator is known to run on the machine that
// runs the guests.
func (v *view) sharedMachine() bool {
	for _, t := range v.set.Testbeds() {
		for _, key := range []string{"kernel", "cpu_model", "memory_bytes"} {
			if value := v.set.Fact(t, result.Generator, key); value == "" || value != v.set.Fact(t, result.Host, key) {
				return false
			}
		}
	}
	return true
}

// uses reports whether a testbed is of the technology.
func (v *view) uses(technology string) bool {
	return slices.ContainsFunc(v.set.Testbeds(), func(t string) bool { return v.sources.technologyOf(v.set, t).ID == technology })
}

func (v *view) class(testbed string) string { return v.sources.class(v.set, testbed) }

// published returns what was published of analysis/name, or of a fact host/key, for
// the testbed. The unit of users is left to the text.
func (v *view) published(path, testbed string) (string, error) {
	analysis, name, _ := strings.Cut(path, "/")
	switch analysis {
	case result.Generator, result.Host, result.App, result.DB:
		if value := v.sources.published.Fact(testbed, analysis, name); value != "" {
			return document.Escape(formatFact(name, value)), nil
		}
	default:
		if f, ok := v.sources.published.Rows(analysis, testbed, name).First(); ok {
			unit := f.Unit
			if unit == finding.Users {
				unit = finding.Ratio // has no symbol
			}
			return document.Escape(quantity.Exact(float64(f.Value), unit)), nil
		}
	}
	return "", fmt.Errorf("nothing published of %s on %s", path, testbed)
}

// command is what makes this paper again.
func (v *view) command() string {
	var files []string
	for _, s := range v.set.Sources() {
		files = append(files, shellWord(s.File))
	}
	if len(files) > 3 {
		files = []string{shellWord(commonFolder(v.set.Sources()))}
	}
	analyze := []string{"analyze"}
	if b := v.set.Baseline(); b != "" {
		analyze = append(analyze, "-baseline", shellWord(b))
	}
	return strings.Join(append(analyze, files...), " ") + " | report -o paper.pdf"
}

// commonFolder is the folder that all files lie in, as far as their names tell.
func commonFolder(all []result.Source) string {
	folder := ""
	for i, s := range all {
		dir := ""
		if j := strings.LastIndexByte(s.File, '/'); j >= 0 {
			dir = s.File[:j]
		}
		if i == 0 {
			folder = dir
		}
		for folder != dir && !strings.HasPrefix(dir, folder+"/") && folder != "" {
			folder = folder[:max(strings.LastIndexByte(folder, '/'), 0)]
		}
	}
	if folder == "" {
		return "DIRECTORY"
	}
	return folder
}

// shellWord quotes a word for a shell where it needs that.
func shellWord(s string) string {
	plain := func(r rune) bool {
		return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || strings.ContainsRune("._-/+,@%", r)
	}
	if s != "" && strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 {
		return s
	}
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == '`' || r == 0x7f {
			return '?'
		}
		return r
	}, s)
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
