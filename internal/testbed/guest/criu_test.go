package guest

import "testing"

func TestCRIUError(t *testing.T) {
	log := `(00.022848) Parsing vdso
(00.022851) Error (criu/vdso.c:381): vdso: Unexpected rt vDSO area bounds
(00.022894) Error (criu/kerndat.c:1615): kerndat_vdso_fill_symtable failed when initializing kerndat.
`
	if got, want := criuError([]byte(log), "exit status 1"), "vdso: Unexpected rt vDSO area bounds"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := criuError(nil, "exit status 1"); got != "exit status 1" {
		t.Errorf("without a log: %q", got)
	}
}
