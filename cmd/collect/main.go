// Collect measures testbeds and writes observations.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/moby/sys/reexec"
	"github.com/spf13/viper"
	"golang.org/x/term"

	"virtcmp/internal/campaign"
	"virtcmp/internal/command"
	"virtcmp/internal/testbed/drivers"
)

var program = command.Program{
	Name:    "collect",
	Summary: "measure testbeds and write observations as CSV",
	Help: `
Example: measure LXC against User-Mode Linux and keep the archive
  sudo collect -config campaign.yaml -out out/mine
  analyze out/mine | report -o paper.pdf

Example: the whole pipeline on the embedded application, without root
  collect -config data/campaigns/demo/campaign.yaml | analyze | report -o demo.pdf

Example: look before measuring: what can run here, and do the testbeds have the same conditions?
  sudo collect -list
  sudo collect -check -config campaign.yaml

-check exits with 0 if the campaign can run, and with 1 and the reasons if it can't. It adds
the swap space of host_swap for as long as it looks, and changes nothing else.

Without -out the observations go to standard output, each trial's when it is done.
Without -config, -testbed names drivers and every experiment is as in the 2014 paper:
1 to 100 users over 720 s, end at 800 s. The file says otherwise:

  name: mine
  seed: 7
  baseline: native
  host_swap: 2GiB                 # added for as long as the campaign runs
  stack: apache                   # what serves WordPress: apache, or nginx-fpm
  guests:                         # limits, the same on each testbed
    app: {memory: 192MiB, swap: 512MiB, cpus: 1}
    db:  {memory: 384MiB, swap: 512MiB, cpus: 1}
  testbeds:
    - name: native                # -list names the drivers
    - name: lxc
    - name: lxc-nginx             # the same technology with another stack
      driver: lxc
      stack: nginx-fpm
    - name: xen
      driver: static              # something that you run anywhere
      static:
        url: http://10.0.0.5
        probe: http://10.0.0.5/virtcmp
        node_exporter: {app: http://10.0.0.5:9100/metrics}
        technology: Xen 4.17
  experiments:
    page:      {path: /, expect: Hello world!, timeout: 60s}
    ramp:      {runs: 5, from: 1, to: 60, over: 120s, hold: 20s}
    select:    {runs: 5, queries: 1000}
    insert:    {runs: 5, rows: 10000, stress: [0, 1, 2, 4]}
    isolation: {runs: 5, aggressors: [cpu, memory, disk, network, fork], stressors: 2}
    startup:   {runs: 5}
    footprint: {runs: 3}
    operation: {runs: 3}          # start cold and warm, stop, pause, snapshot, checkpoint

A key of the file is also read from the environment, as in VIRTCMP_EXPERIMENTS_RAMP_TO=60.
Ctrl-C ends a campaign cleanly: the trials that are done are kept, -resume goes on.`,
	Flags: func(fs *flag.FlagSet) {
		fs.String("testbed", "", "measure only these testbeds: `names` a,b of the configuration, or drivers")
		fs.String("out", "", "archive `directory`; empty: CSV on standard output")
		fs.Bool("resume", false, "go on with the campaign that -out holds")
		fs.Bool("check", false, "measure nothing: say which testbeds can run here and how their conditions differ")
		fs.Bool("list", false, "measure nothing: list the drivers, and what those that can't run here need")
		fs.Uint64("seed", 1, "`seed` of the order of trials")
		fs.String("cache", defaultCache(), "`directory` that keeps guest images")
		fs.Bool("allow-remote", false, "let the static driver load a site outside loopback and private networks")
	},
	Run: run,
}

// ownFlags are the flags that are not keys of the configuration.
var ownFlags = []string{"config", "version", "testbed", "out", "resume", "allow-remote", "check", "list"}

func main() {
	if reexec.Init() { // this process is a guest's first one
		return
	}
	command.Main(program)
}

func run(ctx context.Context, call *command.Call) (err error) {
	if len(call.Args) > 0 {
		return command.Usagef("unexpected argument %q", call.Args[0])
	}
	v := call.Config
	if v.GetBool("list") {
		return drivers.List(ctx, call.Stdout, thisMachine(v, v.GetString("cache")))
	}
	config, err := campaign.Load(v, ownFlags...)
	if err != nil {
		return command.Usagef("configuration: %w", err)
	}
	if names := v.GetString("testbed"); names != "" {
		config.Choose(strings.Split(names, ","))
	}
	if v.GetBool("check") {
		c := campaign.Campaign{Config: config, Machine: thisMachine(v, config.Cache)}
		return c.Check(ctx, call.Stdout)
	}
	var output campaign.Output
	switch dir := v.GetString("out"); {
	case dir != "":
		text, err := configText(v.ConfigFileUsed())
		if err != nil {
			return err
		}
		archive, err := campaign.OpenArchive(dir, text, v.GetBool("resume"))
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, archive.Close()) }()
		output = archive
	case v.GetBool("resume"):
		return command.Usagef("-resume needs -out")
	default:
		if output, err = campaign.NewStream(call.Stdout); err != nil {
			return err
		}
	}
	var progress campaign.Progress = campaign.Lines{W: call.Stderr}
	if f, ok := call.Stderr.(*os.File); ok {
		if width, _, err := term.GetSize(int(f.Fd())); err == nil && width > 0 { // a terminal; one without a size takes no bar
			bar := campaign.NewBar(f)
			defer bar.Close()
			progress = bar
		}
	}
	c := campaign.Campaign{
		Config: config, Output: output, Progress: progress,
		Machine: thisMachine(v, config.Cache),
	}
	return c.Run(ctx)
}

func thisMachine(v *viper.Viper, cache string) drivers.Machine {
	return drivers.Machine{Cache: cache, AllowRemote: v.GetBool("allow-remote")}
}

// configText is what the archive keeps as its configuration.
func configText(file string) ([]byte, error) {
	if file == "" {
		return []byte(fmt.Sprintf("# collect was called without -config: %s\n", strings.Join(os.Args[1:], " "))), nil
	}
	return os.ReadFile(file)
}

func defaultCache() string {
	const system = "/var/cache/virtcmp"
	if os.Geteuid() == 0 {
		return system
	}
	if dir, err := os.UserCacheDir(); err == nil {
		return filepath.Join(dir, "virtcmp")
	}
	return system
}
