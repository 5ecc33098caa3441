package foreign

import (
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	vegetalib "github.com/tsenart/vegeta/v12/lib"
)

// recorded returns the requests of a file that another program wrote, see testdata/make.sh.
func recorded(t *testing.T, format, file string) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	all, err := requests(format, "", string(text))
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// codes counts requests by code.
func codes(rows []string) map[string]int {
	n := map[string]int{}
	for _, r := range rows {
		n[r[strings.LastIndexByte(r, ' ')+1:]]++
	}
	return n
}

// mustHave checks that the file holds what the readers are to tell apart.
func mustHave(t *testing.T, rows []string, want ...string) {
	t.Helper()
	n := codes(rows)
	for _, code := range want {
		if n[code] == 0 {
			t.Errorf("no request with code %s: %v", code, n)
		}
	}
	if len(n) != len(want) {
		t.Errorf("codes %v, want %v", n, want)
	}
}

// One test of JMeter's, saved in both forms, reads as the same requests.
func TestRecordedJMeter(t *testing.T) {
	rows, asXML := recorded(t, "jmeter", "jmeter.csv"), recorded(t, "jmeter", "jmeter.xml")
	slices.Sort(rows) // each of JMeter's listeners had its own order of what ended at once
	slices.Sort(asXML)
	mustHave(t, rows, "200", "503", "body", "timeout", "refused", "reset")
	if !slices.Equal(rows, asXML) {
		t.Errorf("XML reads as\n%s\nCSV as\n%s", strings.Join(asXML, "\n"), strings.Join(rows, "\n"))
	}
	if want := 5 * 6 * 3; len(rows) != want {
		t.Errorf("%d requests, want those of 5 users, 6 loops, 3 samplers: %d", len(rows), want)
	}
}

// One attack of vegeta's, in all encodings, reads as vegeta itself reads it.
func TestRecordedVegeta(t *testing.T) {
	rows := recorded(t, "vegeta", "vegeta.gob")
	mustHave(t, rows, "200", "503", "timeout", "refused", "reset")
	for _, file := range []string{"vegeta.csv", "vegeta.json"} {
		if other := recorded(t, "vegeta", file); !slices.Equal(rows, other) {
			t.Errorf("%s reads as\n%s\nthe gob as\n%s", file, strings.Join(other, "\n"), strings.Join(rows, "\n"))
		}
	}
	f, err := os.Open(filepath.Join("testdata", "vegeta.gob"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var metrics vegetalib.Metrics
	for decode := vegetalib.DecoderFor(f); ; {
		var r vegetalib.Result
		if decode(&r) != nil {
			break
		}
		metrics.Add(&r)
	}
	metrics.Close()
	var sum float64
	for _, r := range rows {
		took, err := strconv.ParseFloat(strings.Fields(r)[3], 64)
		if err != nil {
			t.Fatal(err)
		}
		sum += took
	}
	mean := sum / float64(len(rows))
	if metrics.Requests != uint64(len(rows)) || metrics.StatusCodes["200"] != codes(rows)["200"] || math.Abs(metrics.Latencies.Mean.Seconds()-mean) > 1e-8 {
		t.Errorf("%d requests, %v, mean %g s; vegeta has %d, %v, %v", len(rows), codes(rows), mean, metrics.Requests, metrics.StatusCodes, metrics.Latencies.Mean)
	}
}

// One test of k6's in both forms reads as the same requests, but for when they were sent.
func TestRecordedK6(t *testing.T) {
	rows, fine := recorded(t, "k6", "k6.csv.gz"), recorded(t, "k6", "k6.json.gz")
	mustHave(t, fine, "200", "503", "body", "timeout", "refused", "reset")
	if !maps.Equal(codes(rows), codes(fine)) {
		t.Errorf("CSV has %v, JSON %v", codes(rows), codes(fine))
	}
	// Rows are in the same order in both.
	for i := range min(len(rows), len(fine)) {
		a, b := strings.Fields(rows[i]), strings.Fields(fine[i])
		var n [4]float64
		for j, text := range []string{a[2], b[2], a[3], b[3]} {
			n[j], _ = strconv.ParseFloat(text, 64)
		}
		if math.Abs(n[0]-n[1]) > 1 || math.Abs(n[2]-n[3]) > 1e-9+1e-6*n[3] || a[5] != b[5] {
			t.Errorf("row %d: CSV %q, JSON %q", i, rows[i], fine[i])
		}
	}
}

// vegeta's own spectrum of the attack.
func TestRecordedSpectrum(t *testing.T) {
	rows := recorded(t, "wrk2", "vegeta.hgrm")
	if len(rows) < 20 || !slices.ContainsFunc(rows, func(r string) bool { return strings.Contains(r, "quantile=0.5;") }) {
		t.Errorf("%q", rows)
	}
}
