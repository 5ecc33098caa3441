package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/viper"

	"virtcmp/internal/campaign"
	"virtcmp/internal/command"
	"virtcmp/internal/testbed"
	"virtcmp/internal/testbed/drivers"
)

// example is a piece of YAML in the documentation.
type example struct{ where, text string }

// examples returns what stands between ```yaml and ``` in a file.
func examples(t *testing.T, file string) []example {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var all []example
	var block strings.Builder
	inside, began, n := false, 0, 0
	for line := range strings.Lines(string(text)) {
		n++
		switch {
		case strings.HasPrefix(line, "```yaml"):
			inside, began = true, n
			block.Reset()
		case inside && strings.HasPrefix(line, "```"):
			inside = false
			all = append(all, example{fmt.Sprintf("%s:%d", filepath.Base(file), began), block.String()})
		case inside:
			block.WriteString(line)
		}
	}
	if inside {
		t.Fatalf("%s:%d: the example does not end", file, began)
	}
	return all
}

// help returns the configuration that -h shows.
func help() example {
	_, text, _ := strings.Cut(program.Help, "The file says otherwise:\n\n")
	text, _, _ = strings.Cut(text, "\n\n")
	return example{"collect -h", text}
}

// TestExamples takes every configuration that the documentation shows as collect
// would, and asks of the static ones whether they are whole.
func TestExamples(t *testing.T) {
	shown := map[string]int{}
	all := append(examples(t, "../../docs/testbeds.md"), examples(t, "../../README.md")...)
	for _, e := range append(all, help()) {
		t.Run(e.where, func(t *testing.T) {
			v := viper.NewWithOptions(viper.KeyDelimiter(command.KeyDelimiter))
			v.SetConfigType("yaml")
			if err := v.ReadConfig(strings.NewReader(e.text)); err != nil {
				t.Fatal(err)
			}
			if v.IsSet("apiVersion") {
				return // a cluster's, not ours
			}
			if strings.HasPrefix(e.text, "# paper.yaml") {
				return // report's, which its own tests take
			}
			config, err := campaign.Load(v)
			if err != nil {
				t.Fatal(err)
			}
			file, _, _ := strings.Cut(e.where, ":")
			shown[file]++
			if len(config.Testbeds) == 0 {
				t.Error("no testbed")
			}
			for _, spec := range config.Testbeds {
				checkExample(t, spec, config)
			}
		})
	}
	if shown["testbeds.md"] < 8 || shown["README.md"] < 2 || shown["collect -h"] != 1 {
		t.Errorf("examples found: %v", shown)
	}
}

// checkExample asks a static testbed whether it is whole, and one that is alone in its
// campaign whether all of that can be measured. Whether others can run is this machine's affair.
func checkExample(t *testing.T, spec testbed.Spec, config campaign.Config) {
	bed, err := drivers.New(spec, drivers.Machine{})
	if err != nil {
		t.Error(err)
		return
	}
	if drivers.Name(spec) != "static" {
		return
	}
	if err := bed.Check(context.Background()); err != nil {
		t.Errorf("%s: %v", spec.Name, err)
	}
	if len(config.Testbeds) > 1 {
		return
	}
	if spec.Static.Class == "" {
		t.Errorf("%s: no class", spec.Name)
	}
	if e := config.Experiments; e.Startup.Runs > 0 || e.Footprint.Runs > 0 {
		t.Errorf("%s: startup and footprint can't be measured there", spec.Name)
	}
}
