// Package network gives a testbed a network of its own: a bridge in a network
// namespace, which the guests hang on and from which the load comes. Nothing of it
// can be seen from, or reach, the host's network, and it goes when the last of its
// handles does, however this process ends.
package network

import (
	"context"
	"errors"
	"fmt"
	"net"
	"runtime"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netns"
)

// Addresses in a testbed's network; the guests' image knows them by these.
const (
	Gateway = "10.77.0.1" // the bridge, where the load comes from
	App     = "10.77.0.2"
	DB      = "10.77.0.3"
	prefix  = "/24"
)

// Subnet is all of them; AppAddress and DBAddress are with their prefix length.
const (
	Subnet     = "10.77.0.0" + prefix
	AppAddress = App + prefix
	DBAddress  = DB + prefix
)

// Bridge is the name of the bridge, inside the network.
const Bridge = "br0"

// Network is a bridge in a namespace of its own.
type Network struct {
	*Namespace
	bridge netlink.Link
	guests []*Namespace
	joined []string // interfaces outside, of Join
}

// New makes a network with nothing on it.
func New() (*Network, error) {
	ns, err := newNamespace()
	if err != nil {
		return nil, err
	}
	n := &Network{Namespace: ns}
	if err := n.addBridge(); err != nil {
		return nil, errors.Join(fmt.Errorf("bridge: %w", err), n.Close())
	}
	return n, nil
}

func (n *Network) addBridge() error {
	h, err := netlink.NewHandleAt(n.handle)
	if err != nil {
		return err
	}
	defer h.Close()
	if err := h.LinkAdd(&netlink.Bridge{LinkAttrs: netlink.LinkAttrs{Name: Bridge}}); err != nil {
		return err
	}
	if n.bridge, err = h.LinkByName(Bridge); err != nil {
		return err
	}
	return up(h, Bridge, Gateway+prefix)
}

// Guest returns a namespace whose eth0 has the address and hangs on the bridge.
func (n *Network) Guest(address string) (*Namespace, error) {
	guest, err := newNamespace()
	if err != nil {
		return nil, err
	}
	n.guests = append(n.guests, guest)
	h, err := netlink.NewHandleAt(n.handle)
	if err != nil {
		return nil, err
	}
	defer h.Close()
	veth := netlink.NewVeth(netlink.LinkAttrs{Name: fmt.Sprintf("veth%d", len(n.guests)), MasterIndex: n.bridge.Attrs().Index})
	veth.PeerName, veth.PeerNamespace = "eth0", netlink.NsFd(guest.handle)
	if err := h.LinkAdd(veth); err != nil {
		return nil, err
	}
	if err := h.LinkSetUp(veth); err != nil {
		return nil, err
	}
	inside, err := netlink.NewHandleAt(guest.handle)
	if err != nil {
		return nil, err
	}
	defer inside.Close()
	return guest, up(inside, "eth0", address)
}

// Tap adds a tap device to the bridge, for a guest with a kernel of its own that runs
// as the user and the group of that id.
func (n *Network) Tap(name string, owner uint32) error {
	h, err := netlink.NewHandleAt(n.handle)
	if err != nil {
		return err
	}
	defer h.Close()
	tap := &netlink.Tuntap{
		LinkAttrs: netlink.LinkAttrs{Name: name, MasterIndex: n.bridge.Attrs().Index},
		Mode:      netlink.TUNTAP_MODE_TAP, Flags: netlink.TUNTAP_DEFAULTS, Owner: owner, Group: owner,
	}
	if err := n.Do(func() error { return netlink.LinkAdd(tap) }); err != nil { // the device belongs to the caller's namespace
		return err
	}
	link, err := h.LinkByName(name)
	if err != nil {
		return err
	}
	if err := h.LinkSetMaster(link, n.bridge); err != nil {
		return err
	}
	return h.LinkSetUp(link)
}

// Join joins the network with a bridge of that name in this process's own namespace,
// for guests whose network cards can be nowhere else. Close removes the bridge; one that
// is there already, a killed process has left behind.
func (n *Network) Join(name string) error {
	end := name + "-join"
	if err := remove(end, name); err != nil {
		return err
	}
	n.joined = []string{end, name}
	bridge := &netlink.Bridge{LinkAttrs: netlink.LinkAttrs{Name: name}}
	if err := netlink.LinkAdd(bridge); err != nil {
		return fmt.Errorf("bridge %s: %w", name, err)
	}
	veth := netlink.NewVeth(netlink.LinkAttrs{Name: end, MasterIndex: bridge.Attrs().Index})
	veth.PeerName, veth.PeerNamespace = "join", netlink.NsFd(n.handle)
	if err := netlink.LinkAdd(veth); err != nil {
		return err
	}
	h, err := netlink.NewHandleAt(n.handle)
	if err != nil {
		return err
	}
	defer h.Close()
	peer, err := h.LinkByName(veth.PeerName)
	if err != nil {
		return err
	}
	return errors.Join(h.LinkSetMaster(peer, n.bridge), h.LinkSetUp(peer), netlink.LinkSetUp(veth), netlink.LinkSetUp(bridge))
}

// remove deletes those of the interfaces that there are.
func remove(names ...string) error {
	for _, name := range names {
		link, err := netlink.LinkByName(name)
		if errors.As(err, &netlink.LinkNotFoundError{}) {
			continue
		}
		if err != nil {
			return err
		}
		if err := netlink.LinkDel(link); err != nil {
			return fmt.Errorf("remove %s: %w", name, err)
		}
	}
	return nil
}

// Close lets go of the network and the guests' namespaces.
func (n *Network) Close() error {
	var errs []error
	for _, g := range n.guests {
		errs = append(errs, g.close())
	}
	n.guests = nil
	errs = append(errs, remove(n.joined...))
	n.joined = nil
	return errors.Join(append(errs, n.close())...)
}

// up gives the interface its address and starts it.
func up(h *netlink.Handle, name, address string) error {
	link, err := h.LinkByName(name)
	if err != nil {
		return err
	}
	addr, err := netlink.ParseAddr(address)
	if err != nil {
		return err
	}
	if err := h.AddrAdd(link, addr); err != nil {
		return err
	}
	return h.LinkSetUp(link)
}

// Namespace is a network namespace without a name.
type Namespace struct{ handle netns.NsHandle }

// newNamespace makes a namespace with a working loopback.
func newNamespace() (*Namespace, error) {
	ns := &Namespace{}
	err := onThread(func() (err error) {
		ns.handle, err = netns.New() // moves this thread into it
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("network namespace: %w", err)
	}
	h, err := netlink.NewHandleAt(ns.handle)
	if err != nil {
		return nil, errors.Join(err, ns.close())
	}
	defer h.Close()
	lo, err := h.LinkByName("lo")
	if err == nil {
		err = h.LinkSetUp(lo)
	}
	if err != nil {
		return nil, errors.Join(err, ns.close())
	}
	return ns, nil
}

// Path is where another process of this user finds the namespace.
func (ns *Namespace) Path(pid int) string { return fmt.Sprintf("/proc/%d/fd/%d", pid, int(ns.handle)) }

// Do calls fn on a thread inside the namespace. Sockets that fn makes, and processes
// that it starts, stay in it.
func (ns *Namespace) Do(fn func() error) error {
	return onThread(func() error {
		if err := netns.Set(ns.handle); err != nil {
			return err
		}
		return fn()
	})
}

// Dial opens a connection from inside the namespace. The address must be numeric:
// a look-up would run on other threads.
func (ns *Namespace) Dial(ctx context.Context, network, address string) (conn net.Conn, err error) {
	err = ns.Do(func() error {
		conn, err = (&net.Dialer{}).DialContext(ctx, network, address)
		return err
	})
	return conn, err
}

func (ns *Namespace) close() error {
	if !ns.handle.IsOpen() {
		return nil
	}
	return ns.handle.Close()
}

// onThread calls fn on this goroutine's own thread and then moves the thread back to
// where it was. One that can't go back is never used again.
func onThread(fn func() error) error {
	done := make(chan error)
	go func() {
		runtime.LockOSThread()
		home, err := netns.Get()
		if err != nil {
			done <- err
			return
		}
		defer home.Close()
		err = fn()
		if back := netns.Set(home); back == nil {
			runtime.UnlockOSThread()
		} else {
			err = errors.Join(err, back)
		}
		done <- err
	}()
	return <-done
}
