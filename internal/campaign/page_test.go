package campaign

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"virtcmp/internal/workload"
)

// Only an application that says nothing at all is taken for paused.
func TestSilent(t *testing.T) {
	ctx := context.Background()
	failing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, "no database", http.StatusInternalServerError)
	}))
	defer failing.Close()
	if err := silent(ctx, workload.Target{URL: failing.URL}, 5*time.Second); err == nil {
		t.Error("an application that answers passes for paused")
	}
	paused, err := net.Listen("tcp", "127.0.0.1:0") // the kernel takes connections, nobody answers
	if err != nil {
		t.Fatal(err)
	}
	defer paused.Close()
	began := time.Now()
	if err := silent(ctx, workload.Target{URL: "http://" + paused.Addr().String()}, 200*time.Millisecond); err != nil || time.Since(began) < 200*time.Millisecond {
		t.Errorf("%v after %v", err, time.Since(began))
	}
}
