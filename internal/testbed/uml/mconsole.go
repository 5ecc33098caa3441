package uml

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"

	"virtcmp/internal/testbed"
	"virtcmp/internal/testbed/guest"
)

// Operations implements testbed.Operator, by the kernels' management consoles.
func (t *Testbed) Operations() testbed.Operations {
	o := t.Pair.Operations(t.stop, t.resume)
	o.Why["checkpoint"] = "User-Mode Linux can't save a running kernel"
	return o
}

func (t *Testbed) stop(ctx context.Context) error { return t.manage(ctx, "stop") }

func (t *Testbed) resume(ctx context.Context) error { return t.manage(ctx, "go") }

// manage has both kernels obey a command of the management console.
func (t *Testbed) manage(ctx context.Context, command string) error {
	for _, g := range t.Guests() {
		if err := t.Net.Do(func() error { return mconsole(ctx, g, command) }); err != nil { // it answers to an address of its own network's
			return fmt.Errorf("management console of the %s guest: %s: %w", g.Role, command, err)
		}
	}
	return nil
}

// Requests and replies of the management console, as in arch/um/drivers/mconsole.h:
// numbers of four bytes, and text of a fixed size.
const (
	mconsoleMagic   = 0xcafebabe
	mconsoleVersion = 2
	mconsoleText    = 512
)

// mconsole sends one command and waits until the kernel has obeyed.
func mconsole(ctx context.Context, g *guest.Guest, command string) error {
	const limit = 20 * time.Second // a swapping guest takes its time
	socket := filepath.Join(g.Dir, g.Role, "mconsole")
	own := fmt.Sprintf("@virtcmp-%d-%s", os.Getpid(), g.Role)
	conn, err := net.DialUnix("unixgram", &net.UnixAddr{Name: own, Net: "unixgram"}, &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		return err
	}
	defer conn.Close()
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	defer context.AfterFunc(ctx, func() { conn.SetDeadline(time.Now()) })()
	request := make([]byte, 12+mconsoleText)
	for i, n := range []uint32{mconsoleMagic, mconsoleVersion, uint32(len(command))} {
		binary.NativeEndian.PutUint32(request[4*i:], n)
	}
	copy(request[12:], command)
	if _, err := conn.Write(request); err != nil {
		return err
	}
	reply := make([]byte, len(request))
	n, err := conn.Read(reply)
	if err != nil {
		return errors.Join(err, context.Cause(ctx))
	}
	if n < 12 {
		return fmt.Errorf("a reply of %d bytes", n)
	}
	if failed, size := binary.NativeEndian.Uint32(reply), binary.NativeEndian.Uint32(reply[8:]); failed != 0 {
		return errors.New(string(reply[12:min(n, 12+int(size))]))
	}
	return nil
}
