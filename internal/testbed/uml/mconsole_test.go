package uml

import (
	"context"
	"encoding/binary"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"virtcmp/internal/testbed/guest"
)

// console answers requests as a kernel's management console does: obeys stop, and
// refuses everything else.
func console(t *testing.T) *guest.Guest {
	t.Helper()
	g := &guest.Guest{Role: "app", Dir: t.TempDir()}
	if err := os.Mkdir(filepath.Join(g.Dir, g.Role), 0o755); err != nil {
		t.Fatal(err)
	}
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: filepath.Join(g.Dir, g.Role, "mconsole"), Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	go func() {
		for {
			request := make([]byte, 1024)
			n, from, err := conn.ReadFromUnix(request)
			if err != nil {
				return
			}
			word := func(i int) uint32 { return binary.NativeEndian.Uint32(request[4*i:]) }
			if n != 524 || word(0) != 0xcafebabe || word(1) != 2 {
				continue // the kernel drops it
			}
			reply, text, failed := make([]byte, 524), "", uint32(0)
			if string(request[12:12+word(2)]) != "stop" {
				text, failed = "Unknown command", 1
			}
			binary.NativeEndian.PutUint32(reply, failed)
			binary.NativeEndian.PutUint32(reply[8:], uint32(len(text)))
			copy(reply[12:], text)
			conn.WriteToUnix(reply, from)
		}
	}()
	return g
}

func TestManagementConsole(t *testing.T) {
	g := console(t)
	ctx := context.Background()
	if err := mconsole(ctx, g, "stop"); err != nil {
		t.Error(err)
	}
	if err := mconsole(ctx, g, "fly"); err == nil || err.Error() != "Unknown command" {
		t.Errorf("error %v", err)
	}
	g.Dir = t.TempDir()
	if err := mconsole(ctx, g, "stop"); err == nil {
		t.Error("no console, no error")
	}
}

// A kernel that does not answer is not waited for longer than the campaign lasts.
func TestManagementConsoleIsSilent(t *testing.T) {
	g := &guest.Guest{Role: "db", Dir: t.TempDir()}
	if err := os.Mkdir(filepath.Join(g.Dir, g.Role), 0o755); err != nil {
		t.Fatal(err)
	}
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: filepath.Join(g.Dir, g.Role, "mconsole"), Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if err := mconsole(ctx, g, "stop"); err == nil || !strings.Contains(err.Error(), "deadline") {
		t.Errorf("error %v", err)
	}
}
