package analysis

import (
	"slices"

	"virtcmp/internal/finding"
	"virtcmp/internal/observation"
)

const (
	hostCPU = "node_cpu_seconds_total"
	// othersShare is the share of the machine's CPU time that programs other than the
	// guests and the load generator may use. In some hundred trials in which nothing else
	// ran, the kernel's own work that no control group is charged for took up to 5 %.
	othersShare = 0.1
)

// hostMetrics tell what used the processors of the machine that runs the guests.
var hostMetrics = []string{hostCPU, containerCPU, generatorCPU}

// otherPrograms warns of runs beside which other programs kept the machine busy: they
// slow guests down, and those that share a core with them even at the lowest priority.
func otherPrograms(c *campaign, r *report) {
	for _, experiment := range []string{observation.Ramp, observation.Open, observation.Insert, observation.Isolation} {
		c.broken(r, finding.BusyHost, experiment, c.others)
	}
}

// others returns the share of the machine's CPU time that neither guests nor generator used.
func (c *campaign) others(p *run) (float64, []string) {
	cpus, known := c.facts.number(p.testbed, host, "cpus")
	guests := p.all(containerCPU)
	if whole := p.one(containerCPU, "host", host) != nil; !known || cpus <= 0 || !whole && len(guests) < 2 {
		return 0, nil // where the guests' use is not known, nobody can tell it from others'
	}
	used, seconds := 0.0, 0.0
	for _, s := range p.all(hostCPU, "host", host) {
		if slices.Contains([]string{"idle", "iowait", "steal"}, s.labels.Get("mode")) {
			continue
		}
		used += s.growth()
		seconds = max(seconds, s.points[len(s.points)-1].x-s.points[0].x)
	}
	for _, s := range slices.Concat(guests, p.all(generatorCPU, "host", generator)) {
		used -= s.growth()
	}
	if seconds <= 0 {
		return 0, nil
	}
	share := used / seconds / cpus
	if share <= othersShare {
		return 0, nil
	}
	return share, []string{"share", short(share)}
}

// growth returns by how much the counter has grown.
func (s *series) growth() float64 {
	c := grown(s, 1)
	return c[len(c)-1].y
}
