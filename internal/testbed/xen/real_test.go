package xen

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/moby/sys/reexec"

	"virtcmp/internal/testbed"
	"virtcmp/internal/testbed/guest"
)

func TestMain(m *testing.M) {
	if reexec.Init() {
		return
	}
	os.Exit(m.Run())
}

// TestRealOperations boots a nested Xen and does with its guests all that can be done.
// At the end it crashes one, which must not go unnoticed.
func TestRealOperations(t *testing.T) {
	if !strings.Contains(os.Getenv("REAL_TESTBEDS"), "xen") {
		t.Skip("takes minutes; set REAL_TESTBEDS=xen to run it")
	}
	ctx := context.Background()
	x := New(testbed.Spec{Name: "xen", Xen: testbed.XenSpec{Nested: yes}, Guests: testbed.Guests{
		App: testbed.Limits{Memory: 224 << 20, Swap: 128 << 20, CPUs: 1},
		DB:  testbed.Limits{Memory: 256 << 20, CPUs: 1},
	}}, guest.Store{Dir: "/var/cache/virtcmp"})
	if err := x.Check(ctx); err != nil {
		t.Skip(err)
	}
	step := func(what string, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v; they said last:\n%s", what, err, x.Said())
		}
		t.Logf("%s %s", time.Now().Format(time.TimeOnly), what)
	}
	_, err := x.Provision(ctx)
	step("provision", err)
	defer func() {
		if err := x.Stop(); err != nil {
			t.Error(err)
		}
	}()
	step("prepare", x.Prepare(ctx))
	ends, err := x.Start(ctx)
	step("start", err)
	page := func(limit time.Duration) error {
		client := &http.Client{Transport: &http.Transport{DialContext: ends.Dial, DisableKeepAlives: true}, Timeout: limit}
		var err error
		for began := time.Now(); time.Since(began) < limit; time.Sleep(100 * time.Millisecond) {
			if err := x.Alive(); err != nil {
				return err
			}
			var res *http.Response
			if res, err = client.Get(ends.URL); err != nil {
				continue
			}
			text, _ := io.ReadAll(res.Body)
			res.Body.Close()
			if bytes.Contains(text, []byte(guest.Page)) {
				return nil
			}
		}
		return err
	}
	step("first page", page(4*time.Minute))
	o := x.Operations()
	step("pause", o.Pause(ctx))
	if page(3*time.Second) == nil {
		t.Error("a paused guest answers")
	}
	step("resume", o.Resume(ctx))
	step("page", page(time.Minute))
	written, err := o.Written()
	step("written", err)
	if written <= 0 {
		t.Errorf("the guests have written %d bytes", written)
	}
	size, err := o.Checkpoint(ctx)
	step("checkpoint", err)
	if memory := int64(x.App.Limits.Memory + x.DB.Limits.Memory); size < memory/8 || size > memory+2*saveRoom {
		t.Errorf("a checkpoint of %d bytes, of guests with %d bytes of memory", size, memory)
	}
	if x.Alive() == nil {
		t.Error("guests that have been saved are alive")
	}
	step("restore", o.Restore(ctx))
	step("page", page(time.Minute))
	_, err = x.xl(ctx, quickLimit, "destroy "+name(x.App))
	step("destroy", err)
	for range 100 {
		if err := x.Alive(); err != nil {
			t.Log(err)
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Error("a guest whose domain is gone is alive")
}
