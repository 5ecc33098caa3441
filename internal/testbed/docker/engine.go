package docker

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/docker/cli/cli/connhelper"
	apinet "github.com/moby/moby/api/types/network"
	"github.com/moby/moby/api/types/system"
	"github.com/moby/moby/client"

	"virtcmp/internal/testbed"
	"virtcmp/internal/testbed/network"
)

// label is on all that collect makes in an engine, so that it can be found again.
const label = "virtcmp"

var labels = map[string]string{label: ""}

// engine is a Docker Engine that answers.
type engine struct {
	*client.Client
	info system.Info
}

// answerLimit is how long an engine may take to answer at all.
const answerLimit = 10 * time.Second

// chooseHost returns the address of the engine to use: the configured one, that of
// the environment, or the default one if an engine answers there. Empty: there is none.
func chooseHost(ctx context.Context, configured string) string {
	if configured != "" {
		return configured
	}
	if host := os.Getenv(client.EnvOverrideHost); host != "" {
		return host
	}
	e, err := connect(ctx, client.DefaultDockerHost)
	if err != nil {
		return ""
	}
	_ = e.Close() // it has answered
	return client.DefaultDockerHost
}

// connect returns the engine at the address: unix://, tcp:// or ssh://.
func connect(ctx context.Context, host string) (*engine, error) {
	ctx, cancel := context.WithTimeout(ctx, answerLimit)
	defer cancel()
	options := []client.Opt{client.WithTLSClientConfigFromEnv(), client.WithHost(host)}
	helper, err := connhelper.GetConnectionHelper(host) // of ssh://; nil for the others
	if err != nil {
		return nil, fmt.Errorf("docker host %s: %w", host, err)
	}
	if helper != nil {
		options = []client.Opt{client.WithHost(helper.Host), client.WithDialContext(helper.Dialer)}
	}
	api, err := client.New(options...)
	if err != nil {
		return nil, fmt.Errorf("docker host %s: %w", host, err)
	}
	found, err := api.Info(ctx, client.InfoOptions{})
	if err != nil {
		return nil, errors.Join(err, api.Close())
	}
	return &engine{Client: api, info: found.Info}, nil
}

// runs returns an error unless the engine has the runtime.
func (e *engine) runs(runtime string) error {
	if _, ok := e.info.Runtimes[runtime]; runtime == "" || ok {
		return nil
	}
	var known []string
	for name := range e.info.Runtimes {
		known = append(known, name)
	}
	slices.Sort(known)
	return fmt.Errorf("the Docker Engine has no runtime %q; it has %s", runtime, strings.Join(known, ", "))
}

// limits returns an error unless the engine's containers can have limits: of those that
// it can't set it only warns.
func (e *engine) limits() error {
	if e.info.MemoryLimit && e.info.SwapLimit && e.info.CPUCfsQuota && e.info.CPUShares {
		return nil
	}
	return &testbed.Unavailable{
		Reason: "the Docker Engine can't limit memory, swap and CPU time of its containers",
		Remedy: "docker info warns of what its kernel lacks, such as swapaccount=1 on the kernel command line",
	}
}

// sweep removes every container and network of collect's.
func (e *engine) sweep(ctx context.Context) error {
	mine := make(client.Filters).Add("label", label)
	containers, err := e.ContainerList(ctx, client.ContainerListOptions{All: true, Filters: mine})
	if err != nil {
		return err
	}
	for _, c := range containers.Items {
		if _, err := e.ContainerRemove(ctx, c.ID, client.ContainerRemoveOptions{Force: true, RemoveVolumes: true}); err != nil {
			return err
		}
	}
	networks, err := e.NetworkList(ctx, client.NetworkListOptions{Filters: mine})
	if err != nil {
		return err
	}
	for _, n := range networks.Items {
		if _, err := e.NetworkRemove(ctx, n.ID, client.NetworkRemoveOptions{}); err != nil {
			return err
		}
	}
	return nil
}

// addNetwork makes the guests' network, on the bridge of that name if there is one,
// and says whether this machine is on it.
func (e *engine) addNetwork(ctx context.Context, name, bridge string) (here bool, err error) {
	options := map[string]string{}
	if bridge != "" {
		options["com.docker.network.bridge.name"] = bridge
	}
	gateway := netip.MustParseAddr(network.Gateway)
	_, err = e.NetworkCreate(ctx, name, client.NetworkCreateOptions{
		Driver: "bridge", Options: options, Labels: labels,
		IPAM: &apinet.IPAM{Config: []apinet.IPAMConfig{{Subnet: netip.MustParsePrefix(network.Subnet), Gateway: gateway}}},
	})
	if err != nil {
		return false, err
	}
	addresses, err := net.InterfaceAddrs()
	here = bridge != "" || slices.ContainsFunc(addresses, func(a net.Addr) bool {
		own, ok := a.(*net.IPNet)
		return ok && own.IP.Equal(gateway.AsSlice())
	})
	return here, err
}

// publishedAt is the machine whose ports an engine elsewhere publishes.
func publishedAt(host string) (string, error) {
	u, err := url.Parse(host)
	if err != nil {
		return "", err
	}
	if u.Hostname() == "" { // a socket here, of an engine in a network or a machine of its own
		return "127.0.0.1", nil
	}
	return u.Hostname(), nil
}
