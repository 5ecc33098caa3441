package hostswap_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"virtcmp/internal/testbed"
	"virtcmp/internal/testbed/hostswap"
)

func TestEnsure(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("adding swap space takes root")
	}
	var info unix.Sysinfo_t
	if err := unix.Sysinfo(&info); err != nil {
		t.Fatal(err)
	}
	have := testbed.Size(info.Totalswap * uint64(info.Unit))
	dir := t.TempDir()
	path := filepath.Join(dir, "swap")
	release, err := hostswap.Ensure(dir, have+16<<20)
	if err != nil {
		t.Skipf("this machine takes no swap file in %s: %v", dir, err)
	}
	if !inUse(t, path) {
		t.Error("the swap file is not in use")
	}
	if other, err := hostswap.Ensure(dir, have+16<<20); err != nil || other() != nil || !inUse(t, path) {
		t.Errorf("a second collect, which has enough: %v; the first one's swap file in use: %v", err, inUse(t, path))
	}
	if _, err := hostswap.Ensure(dir, have+64<<20); err == nil {
		t.Error("a second collect replaced the swap file of the first")
	}
	if err := release(); err != nil {
		t.Fatal(err)
	}
	if inUse(t, path) {
		t.Error("the swap file is still in use")
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("the swap file is still there")
	}
	release, err = hostswap.Ensure(dir, have)
	if err != nil || release() != nil {
		t.Errorf("enough swap space: %v", err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("a swap file was made though there was enough")
	}
}

func inUse(t *testing.T, path string) bool {
	t.Helper()
	text, err := os.ReadFile("/proc/swaps")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Contains(string(text), path)
}

// TestKilled leaves a swap file as a killed process does: in use, and locked by nobody.
func TestKilled(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("adding swap space takes root")
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "swap")
	if out, err := exec.Command("sh", "-c", "fallocate -l 16M "+path+" && chmod 600 "+path+" && mkswap "+path+" && swapon "+path).CombinedOutput(); err != nil {
		t.Skipf("this machine takes no swap file in %s: %s", dir, out)
	}
	release, err := hostswap.Ensure(dir, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	if err := release(); err != nil {
		t.Error(err)
	}
	if inUse(t, path) {
		t.Error("the swap file is still in use")
		exec.Command("swapoff", path).Run()
	}
}
