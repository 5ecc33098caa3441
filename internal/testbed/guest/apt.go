package guest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"virtcmp/internal/testbed"
)

// release is the distribution that this machine runs, and so its guests.
type release struct{ id, name, codename string }

// hostRelease reads os-release(5).
func hostRelease() (release, error) {
	const file = "/etc/os-release"
	f, err := os.Open(file)
	if err != nil {
		return release{}, err
	}
	defer f.Close()
	values := map[string]string{}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		key, value, _ := strings.Cut(lines.Text(), "=")
		if plain, err := strconv.Unquote(value); err == nil {
			value = plain
		}
		values[key] = value
	}
	r := release{id: values["ID"], name: values["PRETTY_NAME"], codename: values["VERSION_CODENAME"]}
	if r.id != "debian" && r.id != "ubuntu" || r.codename == "" {
		return release{}, &testbed.Unavailable{
			Reason: fmt.Sprintf("the guests are made from this machine's packages, and %s says %q %q", file, r.id, r.codename),
			Remedy: "use a Debian or Ubuntu host, or the static driver with guests of your own",
		}
	}
	return r, lines.Err()
}

// aptSources returns sources.list(5) lines of the distribution's own repositories, as
// this machine uses them; what else it has is left out of the guests.
func aptSources(ctx context.Context, rel release) (string, error) {
	out, err := exec.CommandContext(ctx, "apt-get", "indextargets", "--format", "$(ORIGIN)|$(REPO_URI)|$(RELEASE)|$(COMPONENT)", "Created-By: Packages").Output()
	if err != nil {
		return "", fmt.Errorf("apt-get indextargets: %w", err)
	}
	var sources []string
	for line := range strings.Lines(string(out)) {
		f := strings.Split(strings.TrimSpace(line), "|")
		if len(f) == 4 && strings.EqualFold(f[0], rel.id) && strings.HasPrefix(f[2], rel.codename) {
			sources = append(sources, fmt.Sprintf("deb %s %s %s", f[1], f[2], f[3]))
		}
	}
	if len(sources) == 0 {
		return "", &testbed.Unavailable{Reason: "apt knows no repository of " + rel.name, Remedy: "apt-get update"}
	}
	slices.Sort(sources)
	return strings.Join(slices.Compact(sources), "\n") + "\n", nil
}

// Unpack downloads the packages, as this machine's apt knows them, and unpacks them in a
// directory of their own. Nothing is installed.
func Unpack(ctx context.Context, dir string, packages ...string) (err error) {
	downloads := filepath.Join(dir, "packages")
	if err := errors.Join(os.RemoveAll(dir), os.MkdirAll(downloads, 0o755)); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(dir))
		}
	}()
	get := exec.CommandContext(ctx, "apt-get", append([]string{"download", "-q", "-o", "APT::Sandbox::User=root"}, packages...)...)
	get.Dir = downloads
	if out, err := get.CombinedOutput(); err != nil {
		return fmt.Errorf("apt-get download %s: %w (perhaps apt-get update helps): %s", strings.Join(packages, " "), err, out)
	}
	debs, err := filepath.Glob(filepath.Join(downloads, "*.deb"))
	if err != nil {
		return err
	}
	for _, deb := range debs {
		if out, err := exec.CommandContext(ctx, "dpkg-deb", "-x", deb, dir).CombinedOutput(); err != nil {
			return fmt.Errorf("dpkg-deb -x %s: %w: %s", filepath.Base(deb), err, out)
		}
	}
	return os.RemoveAll(downloads)
}
