// Package static measures an application that the user runs somewhere: on
// XenServer, EC2, Kubernetes, a rack of one's own. It starts and stops nothing.
package static

import (
	"context"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"

	"github.com/go-sql-driver/mysql"

	"virtcmp/internal/monitor"
	"virtcmp/internal/testbed"
	"virtcmp/internal/workload"
)

// Testbed is an application at a URL.
type Testbed struct {
	spec        testbed.StaticSpec
	allowRemote bool
}

// New returns a testbed for the described application. A target outside loopback and
// private networks needs allowRemote: a ramp against somebody's site is an attack.
func New(spec testbed.StaticSpec, allowRemote bool) *Testbed {
	return &Testbed{spec: spec, allowRemote: allowRemote}
}

// Check implements testbed.Testbed: the description is whole and the targets are ours.
func (t *Testbed) Check(ctx context.Context) error {
	if t.spec.URL == "" {
		return &testbed.Unavailable{Reason: "static.url is not set", Remedy: "say where the application is, such as url: http://10.0.0.5"}
	}
	targets := []string{t.spec.URL}
	if t.spec.Probe != "" {
		targets = append(targets, t.spec.Probe)
	}
	for _, target := range targets {
		u, err := url.Parse(target)
		if err != nil {
			return err
		}
		if u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
			return &testbed.Unavailable{Reason: fmt.Sprintf("%q is not a URL of a web server", target), Remedy: "write it as http://host:port"}
		}
		if err := t.ours(ctx, u.Hostname()); err != nil {
			return err
		}
	}
	if t.spec.DSN == "" {
		return nil
	}
	dsn, err := mysql.ParseDSN(t.spec.DSN)
	if err != nil {
		return &testbed.Unavailable{Reason: "static.dsn: " + err.Error(), Remedy: "write it as user:password@tcp(host:3306)/wordpress"}
	}
	if dsn.Net != "tcp" {
		return nil
	}
	host, _, err := net.SplitHostPort(dsn.Addr)
	if err != nil {
		return fmt.Errorf("static.dsn: %w", err)
	}
	return t.ours(ctx, host)
}

// ours refuses a host with an address in the public internet.
func (t *Testbed) ours(ctx context.Context, host string) error {
	if t.allowRemote {
		return nil
	}
	addrs, err := net.DefaultResolver.LookupIPAddr(ctx, host)
	if err != nil {
		return &testbed.Unavailable{Reason: err.Error(), Remedy: "check the name, or give its address"}
	}
	for _, a := range addrs {
		if !a.IP.IsLoopback() && !a.IP.IsPrivate() && !a.IP.IsLinkLocalUnicast() {
			return &testbed.Unavailable{
				Reason: fmt.Sprintf("%s (%s) is neither loopback nor in a private network, and a load test of somebody else's site is an attack", host, a.IP),
				Remedy: "call collect with -allow-remote if the site is yours to load",
			}
		}
	}
	return nil
}

// Provision implements testbed.Testbed: there is nothing to make.
func (t *Testbed) Provision(context.Context) (testbed.Image, error) { return testbed.Image{}, nil }

// Start implements testbed.Testbed: the application runs already.
func (t *Testbed) Start(context.Context) (testbed.Endpoints, error) {
	e := testbed.Endpoints{URL: t.spec.URL, External: true}
	switch {
	case t.spec.Probe != "":
		e.SQL = workload.Scripts{URL: t.spec.Probe}
	case t.spec.DSN != "":
		e.SQL = workload.DSN{Name: t.spec.DSN}
	}
	return e, nil
}

// Alive implements testbed.Testbed: that is for the user to see.
func (t *Testbed) Alive() error { return nil }

// Said implements testbed.Testbed: nobody here sees the consoles.
func (t *Testbed) Said() string { return "" }

// Counters implements testbed.Testbed.
func (t *Testbed) Counters() []monitor.Source {
	var sources []monitor.Source
	for _, host := range sorted(t.spec.NodeExporter) {
		sources = append(sources, monitor.Scrape(http.DefaultClient, t.spec.NodeExporter[host], host))
	}
	return sources
}

// Facts implements testbed.Testbed.
func (t *Testbed) Facts() []testbed.Fact {
	facts := []testbed.Fact{
		{Host: monitor.Host, Key: "technology", Value: t.spec.Technology},
		{Host: monitor.Host, Key: "class", Value: t.spec.Class},
		{Host: monitor.Host, Key: "accelerator", Value: t.spec.Accelerator},
		{Host: monitor.App, Key: "url", Value: t.spec.URL},
	}
	facts = slices.DeleteFunc(facts, func(f testbed.Fact) bool { return f.Value == "" })
	for _, key := range sorted(t.spec.Facts) {
		facts = append(facts, testbed.Fact{Host: monitor.Host, Key: key, Value: t.spec.Facts[key]})
	}
	return facts
}

// Stop implements testbed.Testbed.
func (t *Testbed) Stop() error { return nil }

func sorted(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }
