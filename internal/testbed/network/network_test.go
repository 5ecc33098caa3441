package network_test

import (
	"context"
	"io"
	"net"
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"virtcmp/internal/testbed/network"
)

// TestNetwork dials a guest from the bridge, which the host must not see.
func TestNetwork(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("making network namespaces takes root")
	}
	n, err := network.New()
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close()
	guest, err := n.Guest(network.AppAddress)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := n.Guest(network.DBAddress); err != nil {
		t.Fatal(err)
	}
	if err := n.Tap("tap0", 0); err != nil {
		t.Fatal(err)
	}
	var listener net.Listener
	if err := guest.Do(func() error {
		listener, err = net.Listen("tcp", network.App+":80")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		c, err := listener.Accept()
		if err == nil {
			io.WriteString(c, c.RemoteAddr().(*net.TCPAddr).IP.String())
			c.Close()
		}
	}()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	conn, err := n.Dial(ctx, "tcp", network.App+":80")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if text, err := io.ReadAll(conn); err != nil || string(text) != network.Gateway {
		t.Errorf("the guest was called from %q, %v; want %s", text, err, network.Gateway)
	}
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range addresses {
		if a.(*net.IPNet).IP.String() == network.Gateway {
			t.Error("the bridge is in the host's own network")
		}
	}
}

// TestJoin reaches a guest from a bridge outside of the testbed's namespace.
func TestJoin(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("making network namespaces takes root")
	}
	// What is outside is a namespace of this test's own; its thread is not used again.
	runtime.LockOSThread()
	if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
		t.Fatal(err)
	}
	n, err := network.New()
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close()
	for range 2 { // the second time one is there already
		if err := n.Join("outside"); err != nil {
			t.Fatal(err)
		}
	}
	bridge, err := netlink.LinkByName("outside")
	if err != nil {
		t.Fatal(err)
	}
	address, err := netlink.ParseAddr("10.77.0.9/24")
	if err != nil {
		t.Fatal(err)
	}
	if err := netlink.AddrAdd(bridge, address); err != nil {
		t.Fatal(err)
	}
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_SNDTIMEO, &unix.Timeval{Sec: 5})
	// Nothing listens on the gateway: a refusal is an answer.
	if err := unix.Connect(fd, &unix.SockaddrInet4{Port: 80, Addr: [4]byte{10, 77, 0, 1}}); err != unix.ECONNREFUSED {
		t.Errorf("from outside, the gateway answers with %v", err)
	}
	if err := n.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := netlink.LinkByName("outside"); err == nil {
		t.Error("the bridge is left behind")
	}
}
