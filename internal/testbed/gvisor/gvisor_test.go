package gvisor

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"

	"virtcmp/internal/testbed"
	"virtcmp/internal/testbed/guest"
)

// TestKernel asks real sandboxes; the one of a platform that doesn't exist can't answer.
func TestKernel(t *testing.T) {
	if _, err := exec.LookPath(program); err != nil || os.Geteuid() != 0 {
		t.Skip("it takes root and runsc to start a sandbox")
	}
	got, err := kernel(context.Background(), "ptrace")
	if err != nil {
		t.Fatal(err)
	}
	if host := guest.Kernel(); got == "" || got == host {
		t.Errorf("kernel %q in the sandbox, %q outside", got, host)
	}
	var unavailable *testbed.Unavailable
	if _, err := kernel(context.Background(), "abacus"); !errors.As(err, &unavailable) || !strings.Contains(unavailable.Reason, "unknown platform: abacus") {
		t.Errorf("error %v", err)
	}
}
