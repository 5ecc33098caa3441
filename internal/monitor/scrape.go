package monitor

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// scraped are the metrics of node_exporter that are kept, or begin like them.
var scraped = []string{
	"node_vmstat_pswpin", "node_vmstat_pswpout", "node_vmstat_pgmajfault", "node_vmstat_oom_kill",
	"node_memory_MemAvailable_bytes", "node_memory_SwapFree_bytes", "node_cpu_seconds_total", "node_pressure_",
}

// Scrape reads the node_exporter at url, such as http://10.0.0.5:9100/metrics, and
// labels its metrics with host. CPU time is summed over the processors.
func Scrape(client *http.Client, url, host string) Source {
	return SourceFunc(func(ctx context.Context) ([]Reading, error) {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return nil, err
		}
		res, err := client.Do(req)
		if err != nil {
			return nil, err
		}
		defer res.Body.Close()
		if res.StatusCode != http.StatusOK {
			return nil, fmt.Errorf("%s: %s; is it node_exporter's /metrics?", url, res.Status)
		}
		parser := expfmt.NewTextParser(model.UTF8Validation)
		families, err := parser.TextToMetricFamilies(res.Body)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", url, err)
		}
		b := newBatch(host)
		for _, name := range sortedKeys(families) {
			if keep(name) {
				b.family(families[name])
			}
		}
		return b.readings, nil
	})
}

func keep(name string) bool {
	for _, s := range scraped {
		if name == s || strings.HasSuffix(s, "_") && strings.HasPrefix(name, s) {
			return true
		}
	}
	return false
}

func (b *batch) family(f *dto.MetricFamily) {
	modes := map[string]float64{}
	for _, m := range f.GetMetric() {
		mode := ""
		for _, l := range m.GetLabel() {
			if l.GetName() == "mode" {
				mode = l.GetValue()
			}
		}
		modes[mode] += m.GetCounter().GetValue() + m.GetGauge().GetValue() + m.GetUntyped().GetValue()
	}
	for _, mode := range sortedKeys(modes) {
		if mode == "" {
			b.add(f.GetName(), modes[mode])
		} else {
			b.add(f.GetName(), modes[mode], "mode", mode)
		}
	}
}
