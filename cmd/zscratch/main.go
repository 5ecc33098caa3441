package main

import (
	"os"

	"virtcmp/internal/csvio"
	"virtcmp/internal/finding"
	"virtcmp/internal/result/resulttest"
)

func main() {
	t := resulttest.First()
	w := func(name string, c resulttest.Campaign) {
		f, _ := os.Create("/tmp/report-scratch/variants/" + name + ".csv")
		out := csvio.NewWriter[finding.Finding](f)
		for _, r := range c.Findings() {
			out.Write(r)
		}
		out.Flush()
		f.Close()
	}
	w("three", t)
	five := t
	five.Testbeds = []resulttest.Testbed{resulttest.Native, resulttest.LXC, resulttest.UML, resulttest.Docker, resulttest.Xen}
	w("five", five)
	one := t
	one.Testbeds = t.Testbeds[1:2]
	one.Baseline = ""
	w("one", one)
	two := t
	two.Testbeds = t.Testbeds[1:3]
	two.Baseline = "uml"
	w("two-uml", two)
	swapped := t
	swapped.Baseline = "uml"
	w("swapped", swapped)
	single := t
	single.Runs = 1
	w("single", single)
	nosql := t
	nosql.Without = []string{finding.Select, finding.Isolation, finding.SwapOnset, finding.ErrorOnset}
	w("nosql", nosql)
	envonly := t
	envonly.Without = []string{finding.Select, finding.Isolation, finding.SwapOnset, finding.ErrorOnset, finding.Throughput, finding.Latency, finding.Startup, finding.Footprint}
	w("envonly", envonly)
	demo := t
	demo.Demonstration = true
	w("demo", demo)
	noenv := t
	noenv.Without = []string{finding.Environment, finding.Validity}
	w("noenv", noenv)
	seven := five
	seven.Testbeds = append(seven.Testbeds, resulttest.Testbed{Name: "kvm", Technology: "kvm", Class: "full-virtualisation", Page: .02, SwapUsers: 45, Select: .0004, Insert: .5, Degradation: 1.1, Startup: 8, Memory: 600e6, Accelerator: "kvm", Kernel: "6.1.0"},
		resulttest.Testbed{Name: "lxc-b", Technology: "lxc", Class: "container", Page: .016, SwapUsers: 45, Select: .00004, Insert: .2, Degradation: 11, Startup: 1.3, Memory: 240e6, Accelerator: "none", Kernel: "6.1.0"})
	w("seven", seven)
}
