package paper

import (
	"cmp"
	"slices"
	"strings"

	"virtcmp/internal/finding"
	"virtcmp/internal/paper/document"
	"virtcmp/internal/result"
)

// factGroup is a part of the set-up table: facts about one host, or about both guests
// where they are the same for both.
type factGroup struct {
	hosts []string
	title string
	keys  []string // in their order; others follow by name
	more  bool     // also keys that are not listed
}

var guestKeys = []string{"os", "kernel", "limit_memory_bytes", "limit_swap_bytes", "limit_cpus", "cpu_shares", "limit_cpuset", "limit_pids", "cgroup_parent", "image_digest"}

var factGroups = []factGroup{
	{[]string{result.Host}, "Host", []string{"class", "accelerator", "cpu_model", "cpus", "memory_bytes", "swap_bytes", "os", "kernel", "cgroup_version"}, true},
	{[]string{result.App, result.DB}, "Both guests", guestKeys, true},
	{[]string{result.App}, "Application guest", guestKeys, true},
	{[]string{result.DB}, "Database guest", guestKeys, true},
	{[]string{result.Generator}, "Load", []string{"source_tool", "loop", "users", "ramp_timeout_seconds", "path", "select_queries", "insert_rows", "insert_stressors",
		"isolation_aggressors", "isolation_stressors", "isolation_victims", "isolation_queries", "isolation_batches", "isolation_rows", "isolation_requests"}, false},
}

// notShown are facts that other parts of the paper have, or that only the archive needs.
var notShown = []string{"driver", "technology", "start_time", "trial", "demonstration", "kernel_arguments"}

var factNames = map[string]string{
	"class": "Class", "accelerator": "Accelerator", "cpu_model": "Processor", "cpus": "Processors", "memory_bytes": "Memory",
	"swap_bytes": "Swap space", "os": "System", "kernel": "Kernel", "cgroup_version": "cgroup version",
	"limit_memory_bytes": "Memory limit", "limit_swap_bytes": "Swap limit", "limit_cpus": "Processor limit", "cpu_shares": "CPU shares", "limit_cpuset": "Processors allowed", "limit_pids": "Processes allowed",
	"isolation_aggressors": "Isolation: stress", "isolation_stressors": "Isolation: stressors", "isolation_victims": "Isolation: victims",
	"isolation_queries": "Isolation: SELECTs", "isolation_batches": "Isolation: batches", "isolation_rows": "Isolation: INSERTs a batch", "isolation_requests": "Isolation: requests",
	"cgroup_parent": "cgroup parent", "image_digest": "Image", "source_tool": "Recorded by", "loop": "Loop", "users": "Users",
	"ramp_timeout_seconds": "Time limit", "path": "Page", "select_queries": "SELECTs", "insert_rows": "INSERTs a batch",
	"insert_stressors": "CPU stressors", "stack": "Stack", "software_apache2": "Apache", "software_nginx": "nginx", "software_php": "PHP", "software_wordpress": "WordPress",
	"software_mariadb": "MariaDB", "software_mysql": "MySQL", "software_lxc": "LXC", "software_uml": "User-Mode Linux", "software_docker": "Docker",
	"software_qemu": "QEMU", "software_runsc": "runsc", "software_xen": "Xen", "software_linux": "Linux", "gvisor_platform": "platform", "nested": "nested",
	"docker_engine": "engine", "docker_image": "image in the engine", "docker_runtime": "runtime", "docker_storage_driver": "storage driver",
	"dom0_image_digest": "domain 0’s image", "dom0_kernel": "domain 0’s kernel", "dom0_kernel_arguments": "domain 0’s arguments", "dom0_memory_bytes": "domain 0’s memory",
	"emulated_cpu": "emulated processor", "guest_cpu_counters": "CPU counters", "guest_type": "guests’ type", "hotplug_scripts": "hot-plug scripts", "network": "network",
	"machine_limit_cpus": "machine’s processor limit", "machine_memory_bytes": "machine’s memory", "vcpus": "virtual processors", "xen_arguments": "Xen’s arguments",
}

// factName is what readers call a fact.
func factName(key string) string {
	if name, ok := factNames[key]; ok {
		return name
	}
	return clip(capital(strings.ReplaceAll(strings.TrimPrefix(key, "software_"), "_", " ")), 60)
}

// factLabel names a fact in a sentence: "the application guest's memory limit".
func factLabel(host, key string) string {
	name := factName(key)
	if name != "LXC" && name != "PHP" && name != "CPU shares" && name != "CPU stressors" && !strings.HasPrefix(key, "software_") {
		name = strings.ToLower(name[:1]) + name[1:]
	}
	return "the " + guestOrHost(host) + "’s " + name
}

// usersFact stands for the facts of the ramp's schedule, written as one.
const usersFact = "users"

// setFact returns a fact of a testbed as the table shows it.
func setFact(set *result.Set, testbed, host, key string) string {
	if host == result.Generator && key == usersFact {
		from, to := set.Fact(testbed, host, "ramp_from"), set.Fact(testbed, host, "ramp_to")
		over, end := set.Fact(testbed, host, "ramp_over_seconds"), set.Fact(testbed, host, "ramp_end_seconds")
		if from == "" || to == "" || over == "" {
			return ""
		}
		s := from + " to " + to + " in " + formatFact("ramp_over_seconds", over)
		if end != "" {
			s += ", end at " + formatFact("ramp_end_seconds", end)
		}
		return s
	}
	var all []string
	for _, value := range set.Facts(testbed, host, key) {
		if key == "class" {
			value = className(value)
		}
		if value = formatFact(key, value); !slices.Contains(all, value) { // what differs less than is shown is one
			all = append(all, value)
		}
	}
	return strings.Join(all, " / ")
}

// setupTables show what was recorded of the testbeds, and beside it what is known of
// 2014: one where they agree, and one where they do not.
func (v *view) setupTables() (alike, different *document.Table) {
	table := func(columns ...string) *document.Table {
		t := &document.Table{Columns: []document.Column{{Wrap: true}}}
		head := document.Row{Cells: []document.Cell{{}}}
		for _, name := range append(columns, "2014") {
			t.Columns = append(t.Columns, document.Column{Wrap: true})
			head.Cells = append(head.Cells, text(name))
		}
		t.Head = []document.Row{head}
		return t
	}
	var names []string
	for _, b := range v.set.Testbeds() {
		names = append(names, v.names[b])
	}
	alike, different = table("here"), table(names...)
	alike.Columns[0].Wrap = false // there is room for what facts are called
	different.Wide = true
	for _, g := range factGroups {
		begun := map[*document.Table]bool{}
		for _, key := range v.groupKeys(g) {
			if shared := v.sharedByGuests(key); shared != (len(g.hosts) > 1) && (g.hosts[0] == result.App || g.hosts[0] == result.DB) {
				continue
			}
			values := v.setupValues(g.hosts[0], key)
			if !slices.ContainsFunc(values, isKnown) || g.more && v.particular(g, key) {
				continue
			}
			t, cells := different, []document.Cell{text(factName(key))}
			if distinct := slices.Compact(slices.Clone(values)); len(distinct) == 1 {
				t, cells = alike, append(cells, text(distinct[0]))
			} else {
				for _, value := range values {
					cells = append(cells, text(cmp.Or(value, "–")))
				}
			}
			if !begun[t] {
				t.Body = append(t.Body, groupRow(t, g.title))
				begun[t] = true
			}
			t.Body = append(t.Body, document.Row{Cells: append(cells, text(v.published2014(g.hosts, key)))})
		}
	}
	if rows := v.particulars(); rows != nil {
		different.Body = append(different.Body, groupRow(different, "Particulars"))
		different.Body = append(different.Body, rows...)
	}
	return alike, different
}

// sharedByGuests reports whether both guests of every testbed have the same value.
func (v *view) sharedByGuests(key string) bool {
	for _, b := range v.set.Testbeds() {
		if app := setFact(v.set, b, result.App, key); app == "" || app != setFact(v.set, b, result.DB, key) {
			return false
		}
	}
	return true
}

// groupKeys returns the keys of a group, in order.
func (v *view) groupKeys(g factGroup) []string {
	keys := slices.Clone(g.keys)
	if !g.more {
		return keys
	}
	var more []string
	for _, key := range v.set.Names(finding.Environment) {
		if !slices.Contains(keys, key) && !slices.Contains(notShown, key) && !strings.HasPrefix(key, result.OperationFact) && len(v.set.CampaignFacts(g.hosts[0], key)) > 0 {
			more = append(more, key)
		}
	}
	slices.SortFunc(more, func(a, b string) int { return cmp.Compare(factName(a), factName(b)) })
	return append(keys, more...)
}

// groupRow begins a group of the table's rows.
func groupRow(t *document.Table, title string) document.Row {
	cell := italic(title)
	cell.Span = len(t.Columns)
	return document.Row{Rule: len(t.Body) > 0, Cells: []document.Cell{cell}}
}

// setupValues are what each testbed has of a fact.
func (v *view) setupValues(host, key string) []string {
	var values []string
	for _, b := range v.set.Testbeds() {
		values = append(values, setFact(v.set, b, host, key))
	}
	return values
}

func isKnown(value string) bool { return value != "" }
