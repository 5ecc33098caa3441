package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"virtcmp/internal/command"
	"virtcmp/internal/csvio"
	"virtcmp/internal/testbed"
	"virtcmp/internal/testbed/drivers"
)

const overload = `
name: overload
max_steal: 1
host_swap: 1GiB
guests:
  app: {memory: 160MiB, swap: 384MiB, cpus: 1}
  db:  {memory: 384MiB, swap: 128MiB, cpus: 1}
testbeds:
  - {name: native-nginx, driver: native, stack: nginx-fpm}
experiments:
  ramp:      {runs: 0}
  open:      {runs: 1, from: 20, to: 200, over: 8s}
  select:    {runs: 1, queries: 50}
  insert:    {runs: 1, rows: 200, stress: [0, 2]}
  startup:   {runs: 0}
  footprint: {runs: 0}
`

// TestRealStack overloads nginx and PHP-FPM: some pages are good, and for others nginx
// answers that PHP-FPM did not.
func TestRealStack(t *testing.T) {
	if testing.Short() {
		t.Skip("real testbeds take minutes; not with -short")
	}
	if named := os.Getenv("REAL_TESTBEDS"); named != "" && !strings.Contains(named, "stack") {
		t.Skip("set REAL_TESTBEDS=stack to run it")
	}
	bed, err := drivers.New(testbed.Spec{Name: "native"}, drivers.Machine{Cache: defaultCache()})
	if err != nil {
		t.Fatal(err)
	}
	if err := bed.Check(context.Background()); err != nil {
		t.Skip(err)
	}
	before := state(t)
	dir := filepath.Join(t.TempDir(), "archive")
	code, _, stderr := collect(context.Background(), "-config", write(t, overload), "-out", dir)
	if code != command.Done {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	sources, err := csvio.Sources([]string{dir}, nil)
	if err != nil {
		t.Fatal(err)
	}
	codes, rows, facts := map[string]int{}, map[string]int{}, map[string]string{}
	for _, o := range scan(t, sources...) {
		rows[o.Metric]++
		switch o.Metric {
		case "http_request_duration_seconds":
			codes[string(o.Code)]++
		case "environment_info":
			facts[o.Labels.Get("host")+" "+o.Labels.Get("key")] = o.Labels.Get("value")
		}
	}
	t.Log(codes)
	if codes["200"] < 20 || codes["502"]+codes["504"] == 0 {
		t.Errorf("codes %v, want good pages and 502 or 504", codes)
	}
	if rows["sql_select_duration_seconds"] != 50 || rows["sql_insert_duration_seconds"] != 2 {
		t.Errorf("rows %v", rows)
	}
	if facts["app stack"] != "nginx-fpm" || facts["app software_nginx"] == "" || facts["app software_php"] == "" || facts["app software_apache2"] != "" {
		t.Errorf("facts %v", facts)
	}
	manifest, err := os.ReadFile(filepath.Join(dir, "guests.json"))
	if err != nil || !strings.Contains(string(manifest), `"nginx-fpm": {`) || !strings.Contains(string(manifest), facts["app image_digest"]) {
		t.Errorf("guests.json: %v: %.200s", err, manifest)
	}
	if left := leftovers(t, before); left != nil {
		t.Errorf("left behind:\n%s", strings.Join(left, "\n"))
	}
}
