package network_test

import (
	"context"
	"io"
	"net"
	"os"
	"testing"
	"time"

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
