package foreign

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"testing"
	"time"

	vegetalib "github.com/tsenart/vegeta/v12/lib"
)

// What vegeta's own encoders write is read alike in all three, and as it was.
func TestVegetaEncodings(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	start := time.Date(2024, 5, 1, 10, 0, 0, 0, time.UTC)
	var results []vegetalib.Result
	var want []string
	for i := range 2*held + 100 {
		r := vegetalib.Result{
			Attack: "a", Seq: uint64(i), Code: 200, Timestamp: start.Add(time.Duration(i) * time.Millisecond), Latency: time.Duration(rng.Int64N(1e9)),
			Body: []byte("page"), Method: "GET", URL: "http://h/", Headers: http.Header{"Content-Type": {"text/html"}},
		}
		code := "200"
		switch rng.IntN(5) {
		case 0:
			r.Code, r.Error, r.Body, r.Headers, code = 0, "Get \"http://h/\": EOF", nil, nil, "reset"
		case 1:
			r.Code, r.Latency, code = 503, 0, "503" // a gob leaves out the latency
		}
		results = append(results, r)
		want = append(want, fmt.Sprintf("open 1 %.9g %.9g - %s", float64(i)/1000, r.Latency.Seconds(), code))
	}
	for name, encoder := range map[string]func(*bytes.Buffer) vegetalib.Encoder{
		"gob":  func(b *bytes.Buffer) vegetalib.Encoder { return vegetalib.NewEncoder(b) },
		"json": func(b *bytes.Buffer) vegetalib.Encoder { return vegetalib.NewJSONEncoder(b) },
		"csv":  func(b *bytes.Buffer) vegetalib.Encoder { return vegetalib.NewCSVEncoder(b) },
	} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			encode := encoder(&b)
			for i := range results {
				if err := encode(&results[i]); err != nil {
					t.Fatal(err)
				}
			}
			got, err := rows("vegeta", "", b.String())
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Contains(got, "FACT 1 source_format="+name) {
				t.Errorf("not read as %s: %q", name, got[:5])
			}
			got = slices.DeleteFunc(got, func(r string) bool { return r[:4] == "FACT" })
			for i := range want {
				if i >= len(got) || got[i] != want[i] {
					t.Fatalf("result %d: %q, want %q", i, got[min(i, len(got)-1)], want[i])
				}
			}
			if len(got) != len(want) {
				t.Errorf("%d results, want %d", len(got), len(want))
			}
		})
	}
}
