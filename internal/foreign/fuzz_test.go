package foreign

import (
	"bytes"
	"context"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"virtcmp/internal/csvio"
	"virtcmp/internal/observation"
)

// fuzz checks of whatever text that it is refused, naming the file, or that its
// observations keep the contract: written, they read as they were.
func fuzz(f *testing.F, format string) {
	f.Fuzz(func(t *testing.T, text []byte) {
		reader, err := NewReader(format, "bed", "")
		if err != nil {
			t.Fatal(err)
		}
		var read []observation.Observation
		_, err = reader.Scan(context.Background(), []csvio.Source{csvio.NewSource("file", bytes.NewReader(text))}, func(o *observation.Observation) error {
			read = append(read, *o)
			return nil
		})
		if err != nil && !strings.HasPrefix(err.Error(), "file:") {
			t.Fatalf("which file? %v", err)
		}
		var out bytes.Buffer
		w := csvio.NewWriter[observation.Observation](&out)
		for _, o := range read {
			w.Write(o)
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		i := 0
		_, err = observation.Scan(context.Background(), []csvio.Source{csvio.NewSource("out", &out)}, func(o *observation.Observation) error {
			if *o != read[i] {
				t.Fatalf("%+v\nwas %+v", *o, read[i])
			}
			i++
			return nil
		})
		if err != nil || i != len(read) {
			t.Fatalf("%d of %d rows: %v", i, len(read), err)
		}
	})
}

// seed adds the files of testdata that match.
func seed(f *testing.F, pattern string) {
	files, err := filepath.Glob(filepath.Join("testdata", pattern))
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		sources, err := csvio.Sources([]string{name}, nil)
		if err != nil {
			f.Fatal(err)
		}
		plain, err := sources[0].Open(context.Background())
		if err != nil {
			f.Fatal(err)
		}
		text, err := io.ReadAll(plain)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text[:min(len(text), 4<<10)])
	}
}

func FuzzJMeterCSV(f *testing.F) {
	seed(f, "jmeter*.csv")
	f.Add([]byte(jtlHeader + "1000,5,a,200,OK,t 1-1,text,false,\"expected \"\"x\"\",\nfound \"\"y\"\"\",1,1,1,2,null,1,0,1\n"))
	f.Add([]byte("timeStamp;elapsed;success\n2024/05/01 10:00:00.250;100;true\n"))
	fuzz(f, "jmeter")
}

func FuzzJMeterXML(f *testing.F) {
	seed(f, "jmeter*.xml")
	f.Add([]byte(`<testResults><sample t="90" ts="2000" s="true" rm="Number of samples in transaction : 2"><httpSample t="40" ts="2000" s="false" rc="200" na="2"/></sample></testResults>`))
	fuzz(f, "jmeter")
}

func FuzzVegeta(f *testing.F) {
	seed(f, "vegeta*")
	f.Add([]byte("1700000000200000000,200,100000000,0,5,,aGVsbG8=,,1,GET,http://h/,\n"))
	f.Add([]byte(`{"code":0,"timestamp":"2024-05-01T08:00:01Z","latency":1000,"error":"EOF"}` + "\n"))
	fuzz(f, "vegeta")
}

func FuzzK6(f *testing.F) {
	seed(f, "k6*.gz")
	f.Add([]byte(k6Header + "vus,1700000000,1.000000,,,,,,,,,,,,,,,,\nhttp_req_duration,1700000000,50.5,,,,true,,GET,http://h/,HTTP/1.1,default,,200,,,http://h/,,\n"))
	f.Add([]byte(`{"metric":"vus","type":"Point","data":{"time":"2024-05-01T10:00:00Z","value":3}}` + "\n" +
		`{"metric":"http_req_duration","type":"Point","data":{"time":"2024-05-01T10:00:01.5Z","value":500,"tags":{"status":"503"}}}` + "\n"))
	fuzz(f, "k6")
}

func FuzzWrk2(f *testing.F) {
	seed(f, "*.hgrm")
	f.Add([]byte("Latency Distribution (HdrHistogram - Recorded Latency)\nValue Percentile TotalCount 1/(1-Percentile)\n\n 0.921 0.000000 1 1.00\n 6.671 0.5 19783 2.00\n#[Mean = 6]\n  Socket errors: connect 0, read 0, write 0, timeout 12\n"))
	fuzz(f, "wrk2")
}
