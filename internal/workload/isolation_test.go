package workload_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"virtcmp/internal/observation"
	"virtcmp/internal/workload"
)

// neighbours serves the scripts of two guests, one of which puts stress on the other.
type neighbours struct {
	mu      sync.Mutex
	running string // class of stress
	asked   []string
	dies    bool // stressors end by themselves
}

func (n *neighbours) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	n.mu.Lock()
	beside := n.running
	n.asked = append(n.asked, strings.TrimPrefix(r.URL.Path, "/")+" beside "+beside)
	n.mu.Unlock()
	switch r.URL.Path {
	case "/select.php":
		io.WriteString(w, `{"timings":[[0,0.001],[0.001,0.002]]}`)
	case "/insert.php":
		io.WriteString(w, `{"timings":[[0,1.5]]}`)
	case "/page":
		io.WriteString(w, "Hello")
	case "/stress.php":
		set := func(class string) {
			n.mu.Lock()
			defer n.mu.Unlock()
			n.running = class
		}
		if q.Get("class") == "fork" {
			http.Error(w, "no forks here", http.StatusInternalServerError)
			return
		}
		if q.Get("n") == "0" {
			for beside != "" {
				time.Sleep(time.Millisecond)
				n.mu.Lock()
				beside = n.running
				n.mu.Unlock()
			}
			return
		}
		set(q.Get("class"))
		defer set("")
		for left := 2; r.Context().Err() == nil; time.Sleep(5 * time.Millisecond) {
			fmt.Fprintln(w, left)
			w.(http.Flusher).Flush()
			if n.dies {
				left = 1
			}
		}
	}
}

// Each victim is measured beside each class, and alone before and after.
func TestIsolationProbe(t *testing.T) {
	n := &neighbours{}
	server := httptest.NewServer(n)
	defer server.Close()
	scripts := workload.Scripts{URL: server.URL, Memory: 1 << 20}
	probe := workload.IsolationProbe{
		Stress: scripts, Aggressors: []string{"disk", "cpu"}, Stressors: 2, Victims: []string{"http", "select", "insert"},
		SQL: scripts, Page: workload.Target{URL: server.URL + "/page", Expect: "Hello", Timeout: time.Second}, Queries: 2, Batches: 2, Rows: 10, Requests: 3,
	}
	var out rows
	rec := observation.NewRecorder(&out, "lxc", 1, observation.Isolation, nil)
	if err := probe.Run(context.Background(), time.Now(), rec); err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for _, o := range out {
		count[o.Metric+" "+o.Labels.Get("victim")+" "+o.Labels.Get("aggressor")+o.Labels.Get("stress")+o.Code]++
	}
	for what, want := range map[string]int{
		"http_request_duration_seconds http none0200": 9, "http_request_duration_seconds http disk2200": 3,
		"sql_select_duration_seconds select none0": 6, "sql_select_duration_seconds select cpu2": 2,
		"sql_insert_duration_seconds insert none0": 6, "sql_insert_duration_seconds insert disk2": 2,
	} {
		if count[what] != want {
			t.Errorf("%d rows of %s, want %d, in %v", count[what], what, want, count)
		}
	}
	for _, want := range []string{"page beside disk", "select.php beside ", "insert.php beside cpu"} {
		if !slices.Contains(n.asked, want) {
			t.Errorf("no %q in %q", want, n.asked)
		}
	}
	if n.running != "" {
		t.Errorf("%s stress goes on", n.running)
	}
}

func TestStressErrors(t *testing.T) {
	n := &neighbours{dies: true}
	server := httptest.NewServer(n)
	defer server.Close()
	scripts := workload.Scripts{URL: server.URL}
	if _, err := scripts.Stress(context.Background(), "fork", 2); err == nil || !strings.Contains(err.Error(), "no forks here") {
		t.Errorf("a script that fails: %v", err)
	}
	stop, err := scripts.Stress(context.Background(), "cpu", 2)
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(100 * time.Millisecond)
	if err := stop(); err == nil || !strings.Contains(err.Error(), "1 of 2 stressors") {
		t.Errorf("a stressor that died: %v", err)
	}
}
