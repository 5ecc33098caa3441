package docker

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"

	"github.com/moby/moby/api/pkg/stdcopy"
	"github.com/moby/moby/api/types/container"
	apinet "github.com/moby/moby/api/types/network"
	"github.com/moby/moby/client"

	"virtcmp/internal/monitor"
	"virtcmp/internal/testbed/cgroup"
	"virtcmp/internal/testbed/guest"
	"virtcmp/internal/testbed/gvisor"
	"virtcmp/internal/testbed/network"
)

// guestContainer is a guest as the engine has it.
type guestContainer struct {
	id   string
	seen bool // its control group is on this machine
	done chan struct{}
	err  error // why it ended; after done
}

// alive returns nil while the container runs, and then how it ended.
func (c *guestContainer) alive() error {
	select {
	case <-c.done:
		return c.err
	default:
		return nil
	}
}

var webPort = apinet.MustParsePort("80/tcp")

// start makes the guest's container and starts it.
func (t *Testbed) start(ctx context.Context, g *guest.Guest) error {
	parent, path := t.place(g)
	l := g.Limits
	config := &container.Config{
		Image: t.image.ID, Hostname: g.Role, Cmd: []string{guest.Init}, Env: g.Env(), Labels: labels,
		AttachStdout: true, AttachStderr: true,
	}
	host := &container.HostConfig{
		NetworkMode: container.NetworkMode(t.networkName()),
		Runtime:     t.Spec.Docker.Runtime,
		ExtraHosts:  []string{monitor.App + ":" + network.App, monitor.DB + ":" + network.DB}, // the engine writes /etc/hosts anew
		Resources: container.Resources{
			CgroupParent: parent,
			Memory:       int64(l.Memory),
			NanoCPUs:     int64(l.CPUs * 1e9), CPUShares: int64(l.Shares), CpusetCpus: string(l.CPUSet),
		},
	}
	if l.PIDs > 0 {
		most := int64(l.PIDs)
		host.PidsLimit = &most
	}
	if l.Memory > 0 {
		host.MemorySwap = int64(l.Memory + l.Swap)
	}
	if g == t.App && !t.here {
		config.ExposedPorts = apinet.PortSet{webPort: {}}
		host.PortBindings = apinet.PortMap{webPort: {{}}} // any port that is free there
	}
	address, _, _ := strings.Cut(g.Address, "/")
	made, err := t.engine.ContainerCreate(ctx, client.ContainerCreateOptions{
		Name: t.networkName() + "-" + g.Role, Config: config, HostConfig: host,
		NetworkingConfig: &apinet.NetworkingConfig{EndpointsConfig: map[string]*apinet.EndpointSettings{
			t.networkName(): {IPAMConfig: &apinet.EndpointIPAMConfig{IPv4Address: netip.MustParseAddr(address)}},
		}},
	})
	if err != nil {
		return fmt.Errorf("%s container: %w", g.Role, err)
	}
	c := &guestContainer{id: made.ID, done: make(chan struct{})}
	t.containers[g.Role] = c
	if err := g.Group.Destroy(); err != nil { // Pair's; the engine makes one by the container's number
		return err
	}
	g.Group = t.Hierarchy().At(path(c.id))
	if t.Spec.Docker.Runtime == gVisor {
		if err := t.engine.adaptToGVisor(ctx, c.id); err != nil {
			return fmt.Errorf("%s container: %w", g.Role, err)
		}
	}
	if err := t.follow(ctx, g, c); err != nil {
		return err
	}
	if _, err := t.engine.ContainerStart(ctx, c.id, client.ContainerStartOptions{}); err != nil {
		return fmt.Errorf("%s container: %w", g.Role, err)
	}
	_, err = os.Stat(g.Group.Counters().Memory)
	if c.seen = err == nil; c.seen {
		return g.Group.Limit(l) // the runtime's CPU weight of version 2 differs for the same shares
	}
	return nil
}

// gVisor is the name of its runtime.
const gVisor = "runsc"

// adaptToGVisor gives a container the settings without which MariaDB does not start there.
func (e *engine) adaptToGVisor(ctx context.Context, id string) error {
	var files bytes.Buffer
	w := tar.NewWriter(&files)
	if err := w.WriteHeader(&tar.Header{Name: filepath.Base(gvisor.SettingsPath), Mode: 0o644, Size: int64(len(gvisor.Settings))}); err != nil {
		return err
	}
	if _, err := io.WriteString(w, gvisor.Settings); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	_, err := e.CopyToContainer(ctx, id, client.CopyToContainerOptions{DestinationPath: filepath.Dir(gvisor.SettingsPath), Content: &files})
	return err
}

// place is the control group that the guest's container shall lie in, as the engine's
// driver names it, and where that driver puts it.
func (t *Testbed) place(g *guest.Guest) (parent string, path func(id string) string) {
	if t.engine.info.CgroupDriver == "systemd" {
		const slice = cgroup.Parent + ".slice"
		return slice, func(id string) string { return slice + "/docker-" + id + ".scope" }
	}
	parent = g.Group.Parent()
	return parent, func(id string) string { return filepath.Join(parent, id)[1:] }
}

// follow passes on what the container prints, and notices its end.
func (t *Testbed) follow(ctx context.Context, g *guest.Guest, c *guestContainer) error {
	attached, err := t.engine.ContainerAttach(ctx, c.id, client.ContainerAttachOptions{Stream: true, Stdout: true, Stderr: true})
	if err != nil {
		return fmt.Errorf("output of the %s container: %w", g.Role, err)
	}
	go func() {
		defer attached.Close()
		_, _ = stdcopy.StdCopy(g.Console, g.Console, attached.Reader) // the other end tells why it ends
	}()
	waiting := t.engine.ContainerWait(t.life, c.id, client.ContainerWaitOptions{Condition: container.WaitConditionNextExit})
	go func() {
		defer close(c.done)
		select {
		case how := <-waiting.Result:
			if how.Error != nil {
				c.err = errors.New(how.Error.Message)
			} else {
				c.err = fmt.Errorf("exit status %d", how.StatusCode)
			}
		case err := <-waiting.Error:
			c.err = fmt.Errorf("the engine no longer answers: %w", err)
		}
	}()
	return nil
}

// published is the URL of the application where it is reached through the engine's
// machine.
func (t *Testbed) published(ctx context.Context) (string, error) {
	machine, err := publishedAt(t.host)
	if err != nil {
		return "", err
	}
	found, err := t.engine.ContainerInspect(ctx, t.containers[monitor.App].id, client.ContainerInspectOptions{})
	if err != nil {
		return "", err
	}
	for _, b := range found.Container.NetworkSettings.Ports[webPort] {
		return "http://" + net.JoinHostPort(machine, b.HostPort), nil
	}
	return "", errors.New("the engine publishes no port of the application")
}

// kernel asks a container what kernel it has: that depends on its runtime.
func (e *engine) kernel(id string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), answerLimit)
	defer cancel()
	made, err := e.ExecCreate(ctx, id, client.ExecCreateOptions{Cmd: []string{"uname", "-r"}, AttachStdout: true})
	if err != nil {
		return "", err
	}
	attached, err := e.ExecAttach(ctx, made.ID, client.ExecAttachOptions{})
	if err != nil {
		return "", err
	}
	defer attached.Close()
	defer context.AfterFunc(ctx, attached.Close)()
	var release strings.Builder
	_, err = stdcopy.StdCopy(&release, io.Discard, attached.Reader)
	return strings.TrimSpace(release.String()), err
}
