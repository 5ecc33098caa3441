package campaign

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"virtcmp/internal/testbed"
	"virtcmp/internal/testbed/drivers"
	"virtcmp/internal/testbed/guest"
	"virtcmp/internal/testbed/hostswap"
)

// inspected is a testbed as known without starting it.
type inspected struct {
	spec    testbed.Spec
	driver  drivers.Driver
	err     error // why it can't run
	preview testbed.Preview
}

// Check writes what the campaign would do and under which conditions each testbed
// would run, beside those of the baseline. It starts nothing and makes no image; only the
// campaign's swap space is there while it looks. The error names the testbeds that the
// campaign needs and that can't run here, and what else would stop it.
func (c *Campaign) Check(ctx context.Context, w io.Writer) error {
	if len(c.Config.Testbeds) == 0 {
		return errNoTestbed
	}
	before := swapSpace()
	release, stopped := hostswap.Ensure(c.Machine.Cache, c.Config.HostSwap)
	if stopped != nil {
		release = func() error { return nil }
	}
	all, err := c.inspect(ctx)
	if err != nil {
		return errors.Join(err, release())
	}
	c.writeTestbeds(w, all)
	writeConditions(w, all, c.Config.Baseline)
	table := drivers.NewTable(w)
	fmt.Fprintf(table, "swap space\t%v%s\n", before, added(swapSpace()-before))
	stopped = errors.Join(stopped, c.writeRoom(table, all))
	var missing []string
	for _, t := range all {
		if t.err != nil && !t.spec.Optional {
			missing = append(missing, t.spec.Name)
		}
	}
	if len(missing) > 0 {
		stopped = errors.Join(stopped, fmt.Errorf("%d of %d testbeds can't run here: %s", len(missing), len(all), strings.Join(missing, ", ")))
	}
	return errors.Join(stopped, table.Flush(), release())
}

// inspect looks at all testbeds, the baseline first.
func (c *Campaign) inspect(ctx context.Context) ([]inspected, error) {
	var all []inspected
	for _, spec := range c.Config.Testbeds {
		driver, err := drivers.Of(spec)
		if err != nil {
			return nil, err
		}
		bed, err := drivers.New(spec, c.Machine)
		if err != nil {
			return nil, err
		}
		t := inspected{spec: spec, driver: driver, err: bed.Check(ctx)}
		if p, ok := bed.(testbed.Previewer); ok {
			if t.preview, err = p.Preview(); err != nil {
				t.err = cmp.Or(t.err, err)
			}
		}
		all = append(all, t)
	}
	isBaseline := func(t inspected) bool { return t.spec.Name == c.Config.Baseline }
	if i := slices.IndexFunc(all, isBaseline); i > 0 {
		baseline := all[i]
		all = slices.Insert(slices.Delete(all, i, i+1), 0, baseline)
	}
	return all, nil
}

// writeTestbeds says what would run, and what can.
func (c *Campaign) writeTestbeds(w io.Writer, all []inspected) {
	var usable []testbed.Spec
	for _, t := range all {
		if t.err == nil || !t.spec.Optional {
			usable = append(usable, t.spec)
		}
	}
	trials := Plan(c.Config.Experiments, usable, c.Config.Seed)
	fmt.Fprintf(w, "campaign %s: %d trials, about %v\n\n", c.Config.Name, len(trials), newClock(c.Config.Experiments, nil).left(trials))
	table := drivers.NewTable(w)
	fmt.Fprintln(table, "testbed\tdriver\ttechnology\truns here")
	for _, t := range all {
		answer, remedy := drivers.Answer(t.err)
		if t.err != nil && t.spec.Optional {
			answer += " (optional, left out)"
		}
		technology := cmp.Or(t.spec.Static.Technology, t.driver.Technology)
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", t.spec.Name, t.driver.Name, technology, answer)
		if remedy != "" {
			fmt.Fprintf(table, "\t\t\t%s\n", remedy)
		}
	}
	table.Flush()
	fmt.Fprintln(w)
}

// condition is what the guests of a testbed run under. One that is configured is the
// same on each testbed, unless the configuration wants it otherwise; others differ by
// the nature of the technology.
type condition struct {
	name       string
	configured bool
	of         func(inspected) string
}

// conditions are what is known before anything starts.
var conditions = append([]condition{
	{"class", false, func(t inspected) string { return cmp.Or(t.spec.Static.Class, t.driver.Class) }},
	{"kernel", false, kernel},
	{"accelerator", false, accelerator},
	{"stack", true, func(t inspected) string { return t.preview.Image.Stack }},
	{"image", false, image},
	{"cgroup parent", true, func(t inspected) string { return t.preview.CgroupParent }},
	{"network", true, func(t inspected) string { return t.preview.Subnet }},
}, append(limits("app", func(g testbed.Guests) testbed.Limits { return g.App }),
	limits("db", func(g testbed.Guests) testbed.Limits { return g.DB })...)...)

// limits are the conditions of one of the guests, where collect sets them.
func limits(role string, of func(testbed.Guests) testbed.Limits) []condition {
	limit := func(name string, text func(testbed.Limits) string) condition {
		return condition{role + " " + name, true, func(t inspected) string {
			if t.preview.CgroupParent == "" {
				return ""
			}
			return text(of(t.spec.Guests))
		}}
	}
	number := func(n float64, none string) string {
		if n == 0 {
			return none
		}
		return fmt.Sprint(n)
	}
	return []condition{
		limit("memory", func(l testbed.Limits) string { return l.Memory.String() }),
		limit("swap", func(l testbed.Limits) string { return l.Swap.String() }),
		limit("cpus", func(l testbed.Limits) string { return number(l.CPUs, "all") }),
		limit("cpu_shares", func(l testbed.Limits) string { return number(float64(l.Shares), "default") }),
	}
}

func kernel(t inspected) string {
	k := t.driver.Kernel()
	if k == "the host's" {
		return guest.Kernel() + " of the host"
	}
	return k
}

// accelerator is known where it is configured or there can be none.
func accelerator(t inspected) string {
	if k := t.driver.Kernel(); k == "the host's" {
		return "none"
	}
	return cmp.Or(t.spec.Static.Accelerator, t.spec.QEMU.Accelerator, t.spec.GVisor.Platform, "known once it runs")
}

// image names an image by the beginning of its digest.
func image(t inspected) string {
	m := t.preview.Image
	switch {
	case m.Stack == "":
		return ""
	case m.Digest == "":
		return "not built yet"
	}
	const enough = len("sha256:") + 12
	return m.Digest[:min(enough, len(m.Digest))]
}

// writeConditions writes a column for each testbed: the baseline's conditions, or the
// first one's, and of the others those that are not the same.
func writeConditions(w io.Writer, all []inspected, baseline string) {
	table := drivers.NewTable(w)
	for i, t := range all {
		fmt.Fprintf(table, "\t%s", t.spec.Name)
		if i == 0 && t.spec.Name == baseline {
			fmt.Fprint(table, " (baseline)")
		}
	}
	fmt.Fprintln(table)
	wanted := false
	for _, c := range conditions {
		fmt.Fprint(table, c.name)
		for i, t := range all {
			text, theirs := cmp.Or(c.of(t), "-"), cmp.Or(c.of(all[0]), "-")
			switch {
			case i == 0:
			case text == theirs:
				text = "="
			case c.configured && text != "-" && theirs != "-":
				text += " !"
				wanted = true
			}
			fmt.Fprintf(table, "\t%s", text)
		}
		fmt.Fprintln(table)
	}
	table.Flush()
	if len(all) > 1 {
		fmt.Fprintf(w, "= as %s's; - not set by collect", all[0].spec.Name)
		if wanted {
			fmt.Fprint(w, "; ! differs by this configuration, and the paper will warn of it")
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintln(w)
}

// imageRoom is what making one image takes on disk: the root file system, and a file
// system image of it, which is sparse.
const imageRoom testbed.Size = 2 << 30

// writeRoom says whether there is disk space for the images that are to be made and
// the swap disks of guests with a kernel of their own.
func (c *Campaign) writeRoom(w io.Writer, all []inspected) error {
	var need testbed.Size
	missing := map[string]bool{}
	for _, t := range all {
		m := t.preview.Image
		if t.err != nil || m.Stack == "" {
			continue
		}
		if m.Digest == "" {
			missing[m.Stack] = true
		}
		if t.driver.Kernel() == "its own" {
			need = max(need, t.spec.Guests.App.Swap+t.spec.Guests.DB.Swap)
		}
	}
	need += imageRoom * testbed.Size(len(missing))
	free, err := freeSpace(c.Machine.Cache)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "disk space\t%v free for %s", free, c.Machine.Cache)
	if need > 0 {
		fmt.Fprintf(w, ", %v needed", need)
	}
	if len(missing) > 0 {
		fmt.Fprintf(w, ", with images to build: %s", strings.Join(slices.Sorted(maps.Keys(missing)), ", "))
	}
	fmt.Fprintln(w)
	if free < need {
		return fmt.Errorf("%s has room for %v, and the campaign needs about %v: free some, or give another -cache", c.Machine.Cache, free, need)
	}
	return nil
}

// freeSpace is that of the file system that dir is on, or will be.
func freeSpace(dir string) (testbed.Size, error) {
	for {
		var st unix.Statfs_t
		err := unix.Statfs(dir, &st)
		if err == nil {
			return testbed.Size(st.Bavail * uint64(st.Bsize)), nil
		}
		if up := filepath.Dir(dir); errors.Is(err, fs.ErrNotExist) && up != dir {
			dir = up
			continue
		}
		return 0, fmt.Errorf("%s: %w", dir, err)
	}
}

// swapSpace is what this machine has.
func swapSpace() testbed.Size {
	var info unix.Sysinfo_t
	if unix.Sysinfo(&info) != nil {
		return 0
	}
	return testbed.Size(info.Totalswap * uint64(info.Unit))
}

func added(swap testbed.Size) string {
	if swap == 0 {
		return ""
	}
	return fmt.Sprintf(", and the campaign adds %v", swap)
}
