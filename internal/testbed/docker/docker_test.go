package docker

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/moby/moby/client"
	"github.com/moby/sys/reexec"
	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netns"

	"virtcmp/internal/monitor"
	"virtcmp/internal/testbed"
	"virtcmp/internal/testbed/guest"
	"virtcmp/internal/testbed/network"
)

func TestMain(m *testing.M) {
	if reexec.Init() { // this process is a daemon's first one
		return
	}
	os.Exit(m.Run())
}

func TestPublishedAt(t *testing.T) {
	for host, want := range map[string]string{
		"tcp://10.1.2.3:2376":          "10.1.2.3",
		"ssh://core@flatcar.lan":       "flatcar.lan",
		"ssh://core@[fe80::1]:22":      "fe80::1",
		"unix:///run/user/docker.sock": "127.0.0.1",
	} {
		if got, err := publishedAt(host); got != want || err != nil {
			t.Errorf("%s: %q, %v, want %q", host, got, err, want)
		}
	}
}

func TestChooseHost(t *testing.T) {
	t.Setenv("DOCKER_HOST", "tcp://environment:1")
	if got := chooseHost(t.Context(), "tcp://spec:1"); got != "tcp://spec:1" {
		t.Errorf("the configured engine gives way to %q", got)
	}
	if got := chooseHost(t.Context(), ""); got != "tcp://environment:1" {
		t.Errorf("DOCKER_HOST gives way to %q", got)
	}
}

func TestOutcome(t *testing.T) {
	for text, want := range map[string]string{
		`{"status":"sha256:1"}` + "\n":                                            "",
		`{"status":"x"}{"errorDetail":{"message":"no space"},"error":"no space"}`: "no space",
		`{"status":`: "unexpected EOF",
	} {
		got := ""
		if err := outcome(strings.NewReader(text)); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

func TestUnavailable(t *testing.T) {
	spec := testbed.Spec{Name: "docker", Docker: testbed.DockerSpec{Host: "unix://" + t.TempDir() + "/none.sock"}}
	var unavailable *testbed.Unavailable
	if err := New(spec, guest.Store{Dir: t.TempDir()}).Check(t.Context()); !errors.As(err, &unavailable) || !strings.Contains(err.Error(), "none.sock") {
		t.Errorf("no engine: %v", err)
	}
	if err := requirements("no-such-runtime"); !errors.As(err, &unavailable) || !strings.Contains(err.Error(), "no-such-runtime") {
		t.Errorf("no runtime: %v", err)
	}
}

// TestEngineThatIsThere runs the guests on engines that somebody else started: one on
// this machine, and one in a network of its own, which is reached as one on another
// machine is.
func TestEngineThatIsThere(t *testing.T) {
	skipUnlessReal(t, "")
	dir := t.TempDir() // the second finds the image that was imported into the first
	t.Run("here", func(t *testing.T) {
		d := &daemon{dir: dir}
		t.Cleanup(d.stop)
		e, err := d.start(t.Context(), nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer e.Close()
		t.Setenv("DOCKER_HOST", e.DaemonHost())
		lifecycle(t, bed(testbed.DockerSpec{}), true)
		nothingLeft(t, e)
	})
	t.Run("elsewhere", func(t *testing.T) {
		const there = "10.78.0.2"
		d := &daemon{dir: dir, hosts: []string{"tcp://" + there + ":2375"}}
		t.Cleanup(d.stop)
		e, err := d.start(t.Context(), nil, otherMachine(t, "10.78.0.1/24", there+"/24").Do)
		if err != nil {
			t.Fatal(err)
		}
		defer e.Close()
		lifecycle(t, bed(testbed.DockerSpec{Host: d.hosts[0]}), false)
		nothingLeft(t, e)
	})
	stamps, _ := filepath.Glob(filepath.Join(cache, "docker-*", "sha256:*.json"))
	if len(stamps) != 1 { // one import for both
		t.Errorf("%d images imported: %v", len(stamps), stamps)
	}
	for _, s := range stamps {
		os.Remove(s)
	}
}

// TestGVisor runs the guests on a private engine whose containers are gVisor's.
func TestGVisor(t *testing.T) {
	skipUnlessReal(t, gVisor)
	t.Setenv("DOCKER_HOST", "")
	if chooseHost(t.Context(), "") != "" {
		t.Skip("an engine runs here, which may not know gVisor")
	}
	lifecycle(t, bed(testbed.DockerSpec{Runtime: gVisor}), true)
}

const cache = "/var/cache/virtcmp"

func skipUnlessReal(t *testing.T, runtime string) {
	t.Helper()
	if named := os.Getenv("REAL_TESTBEDS"); testing.Short() || named != "" && !slices.Contains(strings.Split(named, ","), "docker") {
		t.Skip("starts real guests; not with -short, nor where REAL_TESTBEDS names others")
	}
	if err := errors.Join(requirements(runtime), (&guest.Pair{}).CheckRoot(true)); err != nil {
		t.Skip(err)
	}
}

func bed(spec testbed.DockerSpec) *Testbed {
	limits := testbed.Limits{Memory: 384 << 20, CPUs: 1, Shares: 512} // without swap, which the machine need not have
	return New(testbed.Spec{Name: "docker-test", Docker: spec, Guests: testbed.Guests{App: limits, DB: limits}}, guest.Store{Dir: cache})
}

// otherMachine is a network namespace with a cable to this one.
func otherMachine(t *testing.T, here, there string) *network.Network {
	t.Helper()
	n, err := network.New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { n.Close() })
	set := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	up := func(name, address string) error {
		link, err := netlink.LinkByName(name)
		if err != nil {
			return err
		}
		a, err := netlink.ParseAddr(address)
		if err != nil {
			return err
		}
		return errors.Join(netlink.AddrAdd(link, a), netlink.LinkSetUp(link))
	}
	set(n.Do(func() error { // the guests' own network shall be Docker's, as on a machine that has only Docker
		link, err := netlink.LinkByName(network.Bridge)
		if err != nil {
			return err
		}
		return netlink.LinkDel(link)
	}))
	this, err := netns.Get()
	set(err)
	defer this.Close()
	set(n.Do(func() error {
		veth := netlink.NewVeth(netlink.LinkAttrs{Name: "virtcmp-there"})
		veth.PeerName, veth.PeerNamespace = "virtcmp-here", netlink.NsFd(this)
		return netlink.LinkAdd(veth)
	}))
	t.Cleanup(func() {
		if link, err := netlink.LinkByName("virtcmp-here"); err == nil {
			_ = netlink.LinkDel(link)
		}
	})
	set(up("virtcmp-here", here))
	set(n.Do(func() error { return up("virtcmp-there", there) }))
	return n
}

func nothingLeft(t *testing.T, e *engine) {
	t.Helper()
	left, err := e.ContainerList(t.Context(), client.ContainerListOptions{All: true})
	if err != nil || len(left.Items) > 0 {
		t.Errorf("containers left: %v, %v", left.Items, err)
	}
	networks, err := e.NetworkList(t.Context(), client.NetworkListOptions{Filters: make(client.Filters).Add("type", "custom")})
	if err != nil || len(networks.Items) > 0 {
		t.Errorf("networks left: %v, %v", networks.Items, err)
	}
	images, err := e.ImageList(t.Context(), client.ImageListOptions{All: true})
	if err != nil || len(images.Items) != 1 {
		t.Errorf("images: %v, %v, want the guests' one", images.Items, err)
	}
	if links, _ := filepath.Glob("/sys/class/net/br-*"); len(links) > 0 {
		t.Errorf("bridges left: %v", links)
	}
}

func lifecycle(t *testing.T, b *Testbed, here bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	if err := b.Check(ctx); err != nil {
		t.Fatal(err)
	}
	image, err := b.Provision(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if image.Size < 100<<20 || b.image.Took < 100*time.Millisecond || image.Duration <= b.image.Took {
		t.Errorf("image %+v, import %+v", image, b.image)
	}
	defer func() {
		if err := b.Stop(); err != nil {
			t.Error(err)
		}
	}()
	if err := b.Prepare(ctx); err != nil {
		t.Fatal(err)
	}
	ends, err := b.Start(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for err = page(ends, 10*time.Second); err != nil && b.Alive() == nil && ctx.Err() == nil; err = page(ends, 10*time.Second) {
		time.Sleep(50 * time.Millisecond)
	}
	if err != nil {
		t.Fatalf("%v; %v; the guests said %s", err, b.Alive(), b.Said())
	}
	if ends.External == here || b.here != here {
		t.Errorf("endpoints %+v, here: %v", ends, b.here)
	}
	facts := map[string]string{}
	for _, f := range b.Facts() {
		facts[f.Host+" "+f.Key] = f.Value
	}
	t.Logf("facts %v", facts)
	technology, own := "Docker", false
	if b.Spec.Docker.Runtime != "" {
		technology, own = "gVisor", true
	}
	if facts["host technology"] != technology || facts["app cgroup_parent"] != "/virtcmp" || (facts["db kernel"] != guest.Kernel()) != own {
		t.Error("these are not the facts")
	}
	counters(t, b)
	operations(t, ctx, b, ends)
	if _, err := b.engine.ContainerKill(ctx, b.containers[monitor.DB].id, client.ContainerKillOptions{Signal: "KILL"}); err != nil {
		t.Fatal(err)
	}
	for b.Alive() == nil && ctx.Err() == nil {
		time.Sleep(10 * time.Millisecond)
	}
	if err := b.Alive(); err == nil || !strings.Contains(err.Error(), "db guest") || !strings.Contains(err.Error(), "137") {
		t.Errorf("with the database killed: %v", err)
	}
}

// counters must be those of the guests, under the limits, where they can be seen. The
// engine elsewhere in this test has the same kernel.
func counters(t *testing.T, b *Testbed) {
	used := 0.0
	for _, s := range b.Counters() {
		readings, err := s.Read(t.Context())
		if err != nil {
			t.Error(err)
		}
		for _, r := range readings {
			if r.Metric == "container_cpu_usage_seconds_total" && r.Labels.Get("host") == monitor.App {
				used = r.Value
			}
		}
	}
	if used < 0.05 {
		t.Errorf("the application used %v s of CPU time", used)
	}
	for _, g := range b.Guests() {
		c := g.Group.Counters()
		dirs := map[string]string{"memory": c.Memory, "cpu": c.CPU}
		for _, s := range b.Hierarchy().Settings(g.Limits) {
			text, err := os.ReadFile(filepath.Join(dirs[s.Controller], s.File))
			if got := string(bytes.TrimSpace(text)); err != nil || got != s.Value {
				t.Errorf("%s: %s is %s, want %s (%v)", g.Role, s.File, got, s.Value, err)
			}
		}
	}
}

func operations(t *testing.T, ctx context.Context, b *Testbed, ends testbed.Endpoints) {
	o := b.Operations()
	if err := o.Pause(ctx); err != nil {
		t.Fatal(err)
	}
	if page(ends, time.Second) == nil {
		t.Error("a paused application answers")
	}
	if err := o.Resume(ctx); err != nil {
		t.Fatal(err)
	}
	if err := page(ends, 20*time.Second); err != nil {
		t.Errorf("after Resume: %v", err)
	}
	written, err := o.Written()
	if err != nil || written < 1000 {
		t.Errorf("%d bytes written, %v", written, err)
	}
	layer, err := o.Snapshot(ctx)
	if err != nil || layer < 100 || layer > written {
		t.Errorf("a snapshot of %d bytes where the guests wrote %d, %v", layer, written, err)
	}
	t.Logf("written %d bytes, snapshot %d bytes; no checkpoint: %s", written, layer, o.Why["checkpoint"])
	if o.Checkpoint == nil && o.Why["checkpoint"] == "" {
		t.Error("no reason for no checkpoint")
	}
}

// page fetches the front page once.
func page(ends testbed.Endpoints, limit time.Duration) error {
	dial := ends.Dial
	if dial == nil {
		dial = (&net.Dialer{}).DialContext
	}
	c := &http.Client{Timeout: limit, Transport: &http.Transport{DialContext: dial, DisableKeepAlives: true}}
	res, err := c.Get(ends.URL + "/")
	if err != nil {
		return err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err == nil && !bytes.Contains(body, []byte(guest.Page)) {
		err = fmt.Errorf("%s without %q", res.Status, guest.Page)
	}
	return err
}
