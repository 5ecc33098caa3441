package foreign

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"virtcmp/internal/csvio"
	"virtcmp/internal/observation"
)

// rows reads the texts as runs of testbed "bed" and returns the observations: "FACT" key
// and value, or experiment, run, time, value, users and code.
func rows(format, loop string, texts ...string) ([]string, error) {
	reader, err := NewReader(format, "bed", loop)
	if err != nil {
		return nil, err
	}
	var sources []csvio.Source
	for i, text := range texts {
		sources = append(sources, csvio.NewSource(fmt.Sprintf("file%d", i+1), strings.NewReader(text)))
	}
	var all []string
	stats, err := reader.Scan(context.Background(), sources, func(o *observation.Observation) error {
		if o.Experiment == observation.Environment {
			all = append(all, fmt.Sprintf("FACT %d %s=%s", o.Run, o.Labels.Get("key"), o.Labels.Get("value")))
			return nil
		}
		users := "-"
		if o.Users != observation.NoUsers {
			users = fmt.Sprint(o.Users)
		}
		all = append(all, fmt.Sprintf("%s %d %.9g %.9g %s %s", o.Experiment, o.Run, o.Time, o.Value, users, o.Code))
		if o.Labels != "" {
			all[len(all)-1] += " " + string(o.Labels)
		}
		return nil
	})
	n := 0
	for _, s := range stats {
		n += s.Rows
	}
	if err == nil && n != len(all) {
		err = fmt.Errorf("%d rows are counted, %d were passed on", n, len(all))
	}
	return all, err
}

// requests returns only those of rows.
func requests(format, loop string, texts ...string) ([]string, error) {
	all, err := rows(format, loop, texts...)
	var some []string
	for _, r := range all {
		if !strings.HasPrefix(r, "FACT ") {
			some = append(some, r)
		}
	}
	return some, err
}

const jtlHeader = "timeStamp,elapsed,label,responseCode,responseMessage,threadName,dataType,success,failureMessage,bytes,sentBytes,grpThreads,allThreads,URL,Latency,IdleTime,Connect\n"

const k6Header = "metric_name,timestamp,metric_value,check,error,error_code,expected_response,group,method,name,proto,scenario,service,status,subproto,tls_version,url,extra_tags,metadata\n"

func TestRequests(t *testing.T) {
	for _, tc := range []struct {
		name, format, loop string
		text               string
		want               []string
	}{
		{"JMeter's columns in any order", "jmeter", "", "elapsed,timeStamp,success\n250,1700000000500,true\n100,1700000000000,false\n",
			[]string{"ramp 1 0.5 0.25 - 200", "ramp 1 0 0.1 - error"}},
		{"a JTL with other delimiters", "jmeter", "", "timeStamp\telapsed\tresponseCode\tsuccess\tallThreads\n1700000000000\t100\t200\ttrue\t7\n",
			[]string{"ramp 1 0 0.1 7 200"}},
		{"a JTL with dates", "jmeter", "", "timeStamp;elapsed;success\n2024/05/01 10:00:00.250;100;true\n2024/05/01 10:00:01.500;100;true\n",
			[]string{"ramp 1 0 0.1 - 200", "ramp 1 1.25 0.1 - 200"}},
		{"joined JTLs and a byte order mark", "jmeter", "", "\ufefftimeStamp,elapsed,success\r\n1000,1,true\r\ntimeStamp,elapsed,success\r\n2000,1,true\r\n",
			[]string{"ramp 1 0 0.001 - 200", "ramp 1 1 0.001 - 200"}},
		{"a failed assertion, a message of two lines, an HTTP error, an expected one", "jmeter", "", jtlHeader +
			"1000,5,a,200,OK,t 1-1,text,false,\"expected \"\"x\"\",\nfound \"\"y\"\"\",1,1,1,2,null,1,0,1\n" +
			"2000,5,a,404,Not Found,t 1-1,text,false,,1,1,1,3,null,1,0,1\n" +
			"3000,5,a,404,Not Found,t 1-1,text,true,,1,1,1,4,null,1,0,1\n",
			[]string{"ramp 1 0 0.005 2 body", "ramp 1 1 0.005 3 404", "ramp 1 2 0.005 4 404"}},
		{"sums of transactions", "jmeter", "", jtlHeader +
			"1000,5,a,200,OK,t 1-1,text,true,,1,1,1,1,null,1,0,1\n" +
			"1000,9,T,200,\"Number of samples in transaction : 1, number of failing samples : 0\",t 1-1,,true,,1,1,1,1,null,1,0,1\n",
			[]string{"ramp 1 0 0.005 1 200"}},
		{"JMeter's XML, with what is nested", "jmeter", "", `<?xml version="1.0" encoding="UTF-8"?>
<testResults version="1.2">
<httpSample t="30" ts="1000" s="true" rc="200" rm="OK" na="2"><httpSample t="10" ts="1000" s="true" rc="302" na="2"/><assertionResult><failure>false</failure></assertionResult></httpSample>
<sample t="90" ts="2000" s="true" rc="200" rm="Number of samples in transaction : 2, number of failing samples : 0" na="2">
 <httpSample t="40" ts="2000" s="true" rc="200" na="2"><responseData>&lt;html&gt;</responseData></httpSample>
 <sample t="50" ts="2040" s="false" rc="Non HTTP response code: java.net.SocketTimeoutException" rm="Non HTTP response message: Read timed out" na="2"/>
</sample>
<sample t="60" ts="3000" s="true" rs="200" na="3"/>
</testResults>`,
			[]string{"ramp 1 0 0.03 2 200", "ramp 1 1 0.04 2 200", "ramp 1 1.04 0.05 2 timeout", "ramp 1 2 0.06 3 200"}},
		{"an open loop has no users", "jmeter", Open, "timeStamp,elapsed,success,allThreads\n1000,1,true,9\n", []string{"open 1 0 0.001 - 200"}},
		{"vegeta's CSV, in the order of the ends", "vegeta", "",
			"1700000000200000000,200,100000000,0,5,,aGVsbG8=,,1,GET,http://h/,\n" +
				"1700000000000000000,0,2000000000,0,0,\"Get \"\"http://h/refused\"\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)\",,,0,GET,http://h/,\n" +
				"1700000001000000000,502,1,0,0,502 Bad Gateway,,,2,GET,http://h/,\n",
			[]string{"open 1 0.2 0.1 - 200", "open 1 0 2 - timeout", "open 1 1 1e-09 - 502"}},
		{"vegeta's JSON", "vegeta", Closed,
			`{"attack":"","seq":0,"code":200,"timestamp":"2024-05-01T10:00:00.5+02:00","latency":1500000,"bytes_out":0,"bytes_in":0,"error":"","body":null,"method":"GET","url":"http://h/","headers":null}` + "\n" +
				`{"attack":"","seq":1,"code":0,"timestamp":"2024-05-01T08:00:01Z","latency":1000,"error":"Get \"http://timeout/\": dial tcp 127.0.0.1:1: connect: connection refused"}` + "\n",
			[]string{"ramp 1 0 0.0015 - 200", "ramp 1 0.5 1e-06 - refused"}},
		{"k6's CSV in milliseconds", "k6", "", k6Header +
			"vus,1700000000000,1.000000,,,,,,,,,,,,,,,,\n" +
			"http_reqs,1700000000300,1.000000,,,,true,,GET,http://h/,HTTP/1.1,default,,200,,,http://h/,,\n" +
			"http_req_duration,1700000000050,50.000000,,,,true,::setup,GET,http://h/,HTTP/1.1,default,,200,,,http://h/,,\n" +
			"http_req_duration,1700000000300,200.000000,,,,true,,GET,http://h/,HTTP/1.1,default,,200,,,http://h/,,\n" +
			"vus,1700000001000,4.000000,,,,,,,,,,,,,,,,\n" +
			"http_req_duration,1700000001100,200.000000,,,,true,,GET,http://h/,HTTP/1.1,default,,200,,,http://h/,,\n" +
			"http_req_duration,1700000001300,100.000000,,,,false,,GET,http://h/,HTTP/1.1,default,,200,,,http://h/,,\n" +
			"http_req_duration,1700000062300,60000.000000,,request timeout,1050,false,,GET,http://h/,,default,,0,,,http://h/,,\n" +
			"http_req_duration,1700000062300,0.000000,,dial: i/o timeout,1211,false,,GET,http://h/,,default,,0,,,http://h/,,\n" +
			"http_req_duration,1700000062300,0.000000,,dial: connection refused,1212,false,,GET,http://h/,,default,,0,,,http://h/,,\n",
			[]string{"ramp 1 0 0.2 1 200", "ramp 1 0.8 0.2 1 200", "ramp 1 1.1 0.1 4 body", "ramp 1 2.2 60 4 timeout", "ramp 1 62.2 0 4 error", "ramp 1 62.2 0 4 refused"}},
		{"k6's CSV in seconds, spread by order", "k6", "", "metric_name,timestamp,metric_value,status\n" +
			"http_req_duration,1700000000,100,200\nhttp_req_duration,1700000000,100,200\n" +
			"http_req_duration,1700000001,100,200\n",
			[]string{"ramp 1 0 0.1 - 200", "ramp 1 0.5 0.1 - 200", "ramp 1 1.25 0.1 - 200"}},
		{"k6's JSON", "k6", "", `{"type":"Metric","data":{"name":"vus"},"metric":"vus"}` + "\n" +
			`{"metric":"vus","type":"Point","data":{"time":"2024-05-01T10:00:00Z","value":3,"tags":null}}` + "\n" +
			`{"metric":"http_req_duration","type":"Point","data":{"time":"2024-05-01T10:00:01.5+00:00","value":500,"tags":{"status":"503","expected_response":"false"}}}` + "\n",
			[]string{"ramp 1 0 0.5 3 503"}},
		{"wrk2's output, and not what it says of uncorrected times", "wrk2", "", `Running 30s test @ http://127.0.0.1:80/index.html
  2 threads and 100 connections
  Latency Distribution (HdrHistogram - Recorded Latency)
 50.000%    6.67ms

  Detailed Percentile spectrum:
       Value   Percentile   TotalCount 1/(1-Percentile)

       0.921     0.000000            1         1.00
       6.671     0.500000        19783         2.00
      12.503     1.000000        39500          inf
#[Mean    =        6.602, StdDeviation   =        1.919]
----------------------------------------------------------
  Latency Distribution (HdrHistogram - Uncorrected Latency (measured without taking delayed starts into account))

  Detailed Percentile spectrum:
       Value   Percentile   TotalCount 1/(1-Percentile)

       0.001     0.000000            1         1.00
----------------------------------------------------------
  60018 requests in 30.00s, 19.81MB read
`, []string{"open 1 0 0.000921 -  quantile=0;count=1", "open 1 0 0.006671 -  quantile=0.5;count=19783", "open 1 0 0.012503 -  quantile=1;count=39500"}},
		{"HdrHistogram's spectrum", "wrk2", "", "Value(us) Percentile TotalCount 1/(1-Percentile)\n\n250 0.5 10 2.00\n", []string{"open 1 0 0.00025 -  quantile=0.5;count=10"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := requests(tc.format, tc.loop, tc.text)
			if err != nil {
				t.Fatal(err)
			}
			if g, w := strings.Join(got, "\n"), strings.Join(tc.want, "\n"); g != w {
				t.Errorf("got\n%s\nwant\n%s", g, w)
			}
		})
	}
}

// Each file is a run, with the facts that the file tells.
func TestRuns(t *testing.T) {
	got, err := rows("jmeter", "", "timeStamp,elapsed,success\n1700000000500,1,true\n", "timeStamp,elapsed,success\n2024-05-01 10:00:00,2,true\n")
	want := []string{
		"FACT 1 loop=closed", "FACT 1 source_tool=jmeter", "FACT 1 source_format=jtl-csv", "FACT 1 time_resolution_seconds=0.001",
		"FACT 1 start_time=2023-11-14T22:13:20Z", "ramp 1 0 0.001 - 200",
		"FACT 2 loop=closed", "FACT 2 source_tool=jmeter", "FACT 2 source_format=jtl-csv", "FACT 2 time_resolution_seconds=0.001",
		"ramp 2 0 0.002 - 200", // no start: nobody knows in what zone it was ten o'clock
	}
	if g, w := strings.Join(got, "\n"), strings.Join(want, "\n"); err != nil || g != w {
		t.Errorf("%v\ngot\n%s\nwant\n%s", err, g, w)
	}
}

func TestRefused(t *testing.T) {
	const vegetaRow = "1700000000200000000,200,100000000,0,5,,aGVsbG8=,,1,GET,http://h/,\n"
	for _, tc := range []struct{ name, format, text, err string }{
		{"nothing", "jmeter", "", "file1:1: empty: no header"},
		{"no header", "jmeter", "1700000000500,1,a,200\n", "no timeStamp and elapsed; set jmeter.save.saveservice.print_field_names=true"},
		{"only a header", "jmeter", jtlHeader, "file1:1: there is no request in it"},
		{"neither success nor code", "jmeter", "timeStamp,elapsed\n1,1\n", "file1:2: neither success nor a response code"},
		{"torn", "jmeter", "timeStamp,elapsed,success\n1,1,true\n2,1,tr", "file1:3: the file ends within a line"},
		{"a field too few", "jmeter", "timeStamp,elapsed,success\n1,1,true\n2,1\n", "file1:3: wrong number of fields"},
		{"no number", "jmeter", "timeStamp,elapsed,success\n1,1,true\n2,soon,true\n", "file1:3: elapsed: "},
		{"no date", "jmeter", "timeStamp,elapsed,success\nnow,1,true\n", `file1:2: timeStamp "now"`},
		{"negative", "jmeter", "timeStamp,elapsed,success\n1,-1,true\n", "file1:2: a request took -1ms"},
		{"several samples in a row", "jmeter", "timeStamp,elapsed,success,SampleCount\n1,1,true,5\n", "file1:2: 5 samples in one"},
		{"only transactions", "jmeter", jtlHeader + "1000,9,T,200,\"Number of samples in transaction : 1, x\",t 1-1,,true,,1,1,1,1,null,1,0,1\n", "only sums of Transaction Controllers"},
		{"two tests in a file", "jmeter", "timeStamp,elapsed,success\n1,1,true\n1700000000500,1,true\n", "a file is one run"},
		{"XML cut off", "jmeter", "<testResults>\n<httpSample t='1' ts='1' s='true'/>\n", "file1:2: the file ends within an element: JMeter was cut off"},
		{"XML of something else", "jmeter", "<html>\n</html>", "file1:1: <html>: want <testResults>"},
		{"XML with an entity", "jmeter", "<!DOCTYPE t [<!ENTITY a \"b\">]>\n<testResults>\n<httpSample t='&a;' ts='1' s='true'/></testResults>", "file1:3: invalid character entity &a;"},
		{"XML too deep", "jmeter", "<testResults>" + strings.Repeat("<a>", 300), "nested more than 256 deep"},
		{"XML without closing", "jmeter", "<testResults>\n<sample t='1' ts='1' s='true'>\n</testResults>", "file1:3: element <sample> closed by </testResults>"},
		{"vegeta: nothing", "vegeta", "", "file1:1: there is no request in it"},
		{"vegeta: torn CSV", "vegeta", vegetaRow + strings.TrimSuffix(vegetaRow, "\n"), "file1:2: the file ends within a line"},
		{"vegeta: a column too few", "vegeta", vegetaRow + "1,2\n", "file1:2: wrong number of fields"},
		{"vegeta: no code", "vegeta", strings.Replace(vegetaRow, ",200,", ",70000,", 1), "file1:1: code: "},
		{"vegeta: torn JSON", "vegeta", `{"code":200,"timestamp":"2024-05-01T08:00:01Z","latency":1000}`, "file1:1: the file ends within a line"},
		{"vegeta: other JSON", "vegeta", "{}\n", "file1:1: a result without timestamp"},
		{"vegeta: neither", "vegeta", "\xff\xfe", "result 1: "},
		{"vegeta: observations", "vegeta", "testbed,run,experiment,time,metric,value,users,code,labels\n", "wrong number of fields"},
		{"k6: nothing", "k6", "", "file1:1: empty: no header"},
		{"k6: foreign", "k6", jtlHeader, "not k6's"},
		{"k6: no time", "k6", "metric_name,timestamp,metric_value\nvus,now,1\n", `file1:2: timestamp "now"`},
		{"k6: not finite", "k6", "metric_name,timestamp,metric_value\nhttp_req_duration,1,NaN\n", "file1:2: http_req_duration is NaN"},
		{"k6: torn", "k6", "metric_name,timestamp,metric_value\nhttp_req_duration,1,1\nhttp_req_duration,1,", "file1:3: "},
		{"k6: no request", "k6", "metric_name,timestamp,metric_value\nvus,1,1\n", "there is no request in it"},
		{"k6: other JSON", "k6", "{\"a\":\n", "file1:1: unexpected end of JSON input"},
		{"wrk2: no spectrum", "wrk2", "Running 30s test @ http://127.0.0.1:80/\n", "file1:1: no percentile spectrum in it: run wrk2 with --latency"},
		{"wrk2: no unit", "wrk2", "Value Percentile TotalCount 1/(1-Percentile)\n1 0.5 1 2.0\n", "file1:1: values of what unit?"},
		{"wrk2: failures", "wrk2", "Value(ms) Percentile TotalCount 1/(1-Percentile)\n1 0.5 1 2.0\n\n  Non-2xx or 3xx responses: 5\n", "file1:4: Non-2xx or 3xx responses: 5: their times"},
		{"wrk2: out of order", "wrk2", "Value(ms) Percentile TotalCount 1/(1-Percentile)\n2 0.5 1 2.0\n1 0.6 2 2.0\n", `file1:3: value "1"`},
		{"wrk2: no quantile", "wrk2", "Value(ms) Percentile TotalCount 1/(1-Percentile)\n2 50 1 2.0\n", `file1:2: percentile "50"`},
		{"wrk2: torn", "wrk2", "Value(ms) Percentile TotalCount 1/(1-Percentile)\n2 0.5 1 2.0\n2 0.6 1", "file1:3: the file ends within a line"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got, err := rows(tc.format, "", tc.text); err == nil || !strings.Contains(err.Error(), tc.err) {
				t.Errorf("error %v, want %q; rows %q", err, tc.err, got)
			}
		})
	}
}

func TestFailure(t *testing.T) {
	for text, want := range map[string]string{
		"Get \"http://timeout.example/refused\": dial tcp 10.0.0.1:80: connect: connection refused": "refused",
		"Get \"http://h/\": read tcp 127.0.0.1:1->127.0.0.1:2: read: connection reset by peer":      "reset",
		"Get \"http://h/\": EOF": "reset",
		"unexpected EOF":         "reset",
		"Get \"http://h/\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)":                     "timeout",
		"Get \"http://h/\": dial tcp: lookup h: no such host":                                                               "error",
		"Non HTTP response code: java.net.SocketTimeoutException Non HTTP response message: Read timed out":                 "timeout",
		"Non HTTP response code: java.net.ConnectException Non HTTP response message: Connection timed out":                 "timeout",
		"Non HTTP response code: java.net.ConnectException Non HTTP response message: Verbindungsaufbau abgelehnt":          "refused",
		"Non HTTP response code: org.apache.http.NoHttpResponseException Non HTTP response message: h:80 failed to respond": "reset",
		"Non HTTP response code: java.net.SocketException Non HTTP response message: Socket closed":                         "error",
		"": "error",
	} {
		if got := failure(text); got != want {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
}

func TestNewReader(t *testing.T) {
	for _, tc := range []struct{ format, testbed, loop, err string }{
		{"jmeter", "xen", "", ""},
		{"gatling", "xen", "", `format "gatling": there are jmeter, vegeta, k6, wrk2`},
		{"jmeter", "", "", "name the testbed"},
		{"wrk2", "xen", "closed", "wrk2 sends at a rate"},
		{"jmeter", "xen", "ajar", `loop "ajar": it is closed or open`},
	} {
		_, err := NewReader(tc.format, tc.testbed, tc.loop)
		if (err == nil) != (tc.err == "") || err != nil && !strings.Contains(err.Error(), tc.err) {
			t.Errorf("%+v: %v", tc, err)
		}
	}
}

// Whoever takes the observations may stop the reading, and his error stays his.
func TestStopped(t *testing.T) {
	reader, _ := NewReader("jmeter", "bed", "")
	full := errors.New("disk full")
	_, err := reader.Scan(context.Background(), []csvio.Source{csvio.NewSource("f", strings.NewReader(jtlHeader))}, func(*observation.Observation) error { return full })
	if err != full {
		t.Errorf("error %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	waiting, feed := io.Pipe() // gives nothing and does not end
	defer feed.Close()
	cancel()
	if _, err := reader.Scan(ctx, []csvio.Source{csvio.NewSource("-", waiting)}, func(*observation.Observation) error { return nil }); err != context.Canceled {
		t.Errorf("interrupted: %v", err)
	}
}

// endless gives a text over and over.
type endless string

func (e endless) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		n += copy(p[n:], e)
	}
	return n, nil
}

// A record without end is refused before it fills the memory.
func TestEndlessRecord(t *testing.T) {
	for name, tc := range map[string]struct{ format, head, more string }{
		"XML text":      {"jmeter", "<testResults><sample t='1' ts='1' s='true'>", "page "},
		"XML attribute": {"jmeter", "<testResults><sample t='", "1"},
		"quoted field":  {"jmeter", "timeStamp,elapsed,success\n1,1,\"", "true\n"},
		"JSON":          {"k6", "{", " "},
		"gob":           {"vegeta", "\xf8\x7f\xff\xff\xff\xff\xff\xff\xff", "\x00"},
	} {
		t.Run(name, func(t *testing.T) {
			reader, _ := NewReader(tc.format, "bed", "")
			source := csvio.NewSource("f", io.MultiReader(strings.NewReader(tc.head), endless(tc.more)))
			if _, err := reader.Scan(context.Background(), []csvio.Source{source}, func(*observation.Observation) error { return nil }); err == nil {
				t.Error("it ended")
			} else if name != "gob" && !errors.Is(err, errLongRecord) {
				t.Error(err)
			}
		})
	}
}
