package monitor_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"virtcmp/internal/monitor"
	"virtcmp/internal/observation"
)

// read returns a source's readings as metric{labels} → value.
func read(t *testing.T, s monitor.Source) map[string]float64 {
	t.Helper()
	readings, err := s.Read(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]float64{}
	for _, r := range readings {
		if age := time.Since(r.At); age < 0 || age > time.Minute {
			t.Errorf("%s read %v ago", r.Metric, age)
		}
		values[fmt.Sprintf("%s{%s}", r.Metric, r.Labels)] = r.Value
	}
	return values
}

func same(t *testing.T, got, want map[string]float64) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func TestHostCounters(t *testing.T) {
	s, err := monitor.HostCounters("testdata/proc", "host")
	if err != nil {
		t.Fatal(err)
	}
	same(t, read(t, s), map[string]float64{
		"node_vmstat_pswpin{host=host}": 12, "node_vmstat_pswpout{host=host}": 3456,
		"node_vmstat_pgmajfault{host=host}": 3335, "node_vmstat_oom_kill{host=host}": 0,
		"node_memory_MemAvailable_bytes{host=host}": 24397316 * 1024, "node_memory_SwapFree_bytes{host=host}": 2000000 * 1024,
		"node_cpu_seconds_total{host=host;mode=user}": 10, "node_cpu_seconds_total{host=host;mode=nice}": 2,
		"node_cpu_seconds_total{host=host;mode=system}": 3, "node_cpu_seconds_total{host=host;mode=idle}": 400,
		"node_cpu_seconds_total{host=host;mode=iowait}": 0.5, "node_cpu_seconds_total{host=host;mode=irq}": 0.06,
		"node_cpu_seconds_total{host=host;mode=softirq}": 0.7, "node_cpu_seconds_total{host=host;mode=steal}": 0.08,
		"node_pressure_cpu_waiting_seconds_total{host=host}":    1.5,
		"node_pressure_io_waiting_seconds_total{host=host}":     1.5,
		"node_pressure_io_stalled_seconds_total{host=host}":     0.5,
		"node_pressure_memory_waiting_seconds_total{host=host}": 1.5,
		"node_pressure_memory_stalled_seconds_total{host=host}": 0.5,
	})
}

// TestThisHost reads the real files.
func TestThisHost(t *testing.T) {
	s, err := monitor.HostCounters("/proc", "host")
	if err != nil {
		t.Fatal(err)
	}
	values := read(t, s)
	if values["node_cpu_seconds_total{host=host;mode=idle}"] <= 0 || values["node_memory_MemAvailable_bytes{host=host}"] <= 0 {
		t.Errorf("%v", values)
	}
	own, err := monitor.ProcessCounters(os.Getpid(), monitor.Generator)
	if err != nil {
		t.Fatal(err)
	}
	if values := read(t, own); values["process_resident_memory_bytes{host=generator}"] < 1<<20 {
		t.Errorf("%v", values)
	}
}

func TestCgroupCounters(t *testing.T) {
	for version, dir := range map[int]string{1: "testdata/v1", 2: "testdata/v2"} {
		s := monitor.CgroupCounters(monitor.Cgroup{Version: version, Memory: dir, CPU: dir, CPUAcct: dir}, "app")
		same(t, read(t, s), map[string]float64{
			"container_memory_usage_bytes{host=app}":              201326592,
			"container_memory_rss{host=app}":                      1000,
			"container_memory_swap{host=app}":                     2000,
			"container_memory_workingset_refault_anon{host=app}":  3000,
			"container_memory_major_page_faults_total{host=app}":  40,
			"container_oom_events_total{host=app}":                2,
			"container_cpu_usage_seconds_total{host=app}":         2.5,
			"container_cpu_cfs_throttled_seconds_total{host=app}": 1.5,
		})
	}
	if _, err := monitor.CgroupCounters(monitor.Cgroup{Version: 1, Memory: "testdata/none"}, "app").Read(context.Background()); err == nil {
		t.Error("a vanished group is read without an error")
	}
}

func TestConsole(t *testing.T) {
	c := monitor.NewConsole("app")
	for _, part := range []string{
		"GUEST app: started\nBEAT node_vmstat_pswpout=12 node_cpu_seconds_to",
		"tal{user}=3.25 node_memory_SwapFree_bytes=1024\r\n",
		"[   12.3] printk: BEAT node_vmstat_pswpin=7 garb=1 node_vmstat_broken= uptime=5\n",
		"mariadbd: no space left\nhalf a line",
	} {
		if n, err := c.Write([]byte(part)); n != len(part) || err != nil {
			t.Fatal(n, err)
		}
	}
	same(t, read(t, c), map[string]float64{
		"node_vmstat_pswpout{host=app}": 12, "node_vmstat_pswpin{host=app}": 7,
		"node_cpu_seconds_total{host=app;mode=user}": 3.25, "node_memory_SwapFree_bytes{host=app}": 1024,
	})
	same(t, read(t, c), map[string]float64{})
	if want := "GUEST app: started\nmariadbd: no space left"; c.Last() != want {
		t.Errorf("last lines %q, want %q", c.Last(), want)
	}
}

func FuzzConsole(f *testing.F) {
	f.Add("BEAT node_vmstat_pswpin=1\nx\n")
	f.Add("BEAT node_cpu_seconds_total{=}=1=2 ={}\nBEAT")
	f.Fuzz(func(t *testing.T, text string) {
		c := monitor.NewConsole("app")
		c.Write([]byte(text))
		readings, err := c.Read(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range readings {
			if !strings.HasPrefix(r.Metric, "node_") {
				t.Errorf("metric %q", r.Metric)
			}
		}
	})
}

func TestScrape(t *testing.T) {
	text, err := os.ReadFile("testdata/node_exporter.txt")
	if err != nil {
		t.Fatal(err)
	}
	status := http.StatusOK
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(status)
		w.Write(text)
	}))
	defer server.Close()
	s := monitor.Scrape(server.Client(), server.URL, "db")
	same(t, read(t, s), map[string]float64{
		"node_cpu_seconds_total{host=db;mode=idle}": 300.75, "node_cpu_seconds_total{host=db;mode=user}": 30,
		"node_memory_MemAvailable_bytes{host=db}": 1.5e8, "node_vmstat_pswpout{host=db}": 3400,
		"node_pressure_memory_stalled_seconds_total{host=db}": 0.25,
	})
	status = http.StatusNotFound
	if _, err := s.Read(context.Background()); err == nil || !strings.Contains(err.Error(), "404") {
		t.Errorf("error %v", err)
	}
}

// TestWatch: a source that hangs delays no other, and a failing one warns once.
func TestWatch(t *testing.T) {
	start := time.Now()
	reading := monitor.SourceFunc(func(context.Context) ([]monitor.Reading, error) {
		return []monitor.Reading{{At: time.Now(), Metric: "m", Value: 1}, {At: start.Add(-time.Second), Metric: "stale"}}, nil
	})
	hanging := monitor.SourceFunc(func(ctx context.Context) ([]monitor.Reading, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	})
	failing := monitor.SourceFunc(func(context.Context) ([]monitor.Reading, error) { return nil, errors.New("gone") })
	var rows rows
	var mu sync.Mutex
	var warnings []string
	ctx, cancel := context.WithTimeout(context.Background(), 2500*time.Millisecond)
	defer cancel()
	monitor.Watch(ctx, start, []monitor.Source{hanging, failing, reading}, func() observation.Users { return 7 },
		observation.NewRecorder(&rows, "t", 1, observation.Ramp, nil), func(err error) {
			mu.Lock()
			defer mu.Unlock()
			warnings = append(warnings, err.Error())
		})
	if len(rows) != 3 {
		t.Fatalf("%d rows in 2.5 s, want 3", len(rows))
	}
	for i, o := range rows {
		if o.Metric != "m" || o.Users != 7 || o.Time < float64(i)-0.1 || o.Time > float64(i)+0.5 {
			t.Errorf("row %d: %+v", i, o)
		}
	}
	if !reflect.DeepEqual(warnings, []string{"gone"}) {
		t.Errorf("warnings %v", warnings)
	}
}

type rows []observation.Observation

func (r *rows) Write(o observation.Observation) error {
	*r = append(*r, o)
	return nil
}
