package paper

import (
	"math"
	"strings"

	"virtcmp/internal/csvio"
	"virtcmp/internal/finding"
	"virtcmp/internal/paper/document"
	"virtcmp/internal/quantity"
)

// upstream returns the part of a Debian version that the software's authors gave it,
// escaped.
func upstream(version string) string {
	version = withoutEpoch(version)
	if i := strings.IndexAny(version, "+-~"); i > 0 {
		version = version[:i]
	}
	return document.Escape(version)
}

// withoutEpoch returns a Debian version as its software's own number begins it.
func withoutEpoch(version string) string {
	if epoch, rest, ok := strings.Cut(version, ":"); ok && strings.Trim(epoch, "0123456789") == "" {
		return rest
	}
	return version
}

// fact returns a fact's value where every testbed has the same, and else "".
func (v *view) fact(host, key string) string {
	if !v.same(host, key) {
		return ""
	}
	return document.Escape(formatFact(key, v.set.CampaignFacts(host, key)[0]))
}

// same reports whether a fact is known and one for all testbeds.
func (v *view) same(host, key string) bool {
	if len(v.set.CampaignFacts(host, key)) != 1 {
		return false
	}
	for _, t := range v.set.Testbeds() {
		if v.set.Fact(t, host, key) == "" {
			return false
		}
	}
	return true
}

// formatFact writes a recorded value as a reader expects it, by what its key says of
// its unit.
func formatFact(key, value string) string {
	n, err := csvio.ParseFinite(value)
	switch {
	case key == "insert_stressors" || key == "limit_cpuset" || key == "isolation_aggressors" || key == "isolation_victims":
		return strings.ReplaceAll(value, ",", ", ")
	case err != nil:
		if rest, ok := strings.CutPrefix(value, "sha256:"); ok && len(rest) > 12 {
			return "sha256:" + rest[:12] + "…"
		}
		if strings.HasPrefix(key, "software_") {
			value = withoutEpoch(value)
		}
	case strings.HasSuffix(key, "_bytes"):
		return formatBytes(n)
	case strings.HasSuffix(key, "_seconds"):
		return quantity.Exact(n, finding.Seconds)
	case strings.HasSuffix(key, "_rows") || strings.HasSuffix(key, "_queries"):
		return quantity.Digits(n, 0)
	}
	return clip(value, 150)
}

// formatBytes writes round sizes as they are, binary ones in binary units, and others to
// three digits.
func formatBytes(n float64) string {
	for _, u := range []struct {
		size   float64
		symbol string
	}{{1 << 30, "GiB"}, {1 << 20, "MiB"}} {
		const aPage = 4096 // that swap space keeps for its own head
		if v := math.Round(n / u.size); v >= 1 && math.Abs(n-v*u.size) <= aPage {
			return quantity.Digits(v, 0) + nbsp + u.symbol
		}
	}
	if exact := quantity.Exact(n, finding.Bytes); !strings.Contains(exact, ".") {
		return exact
	}
	return quantity.Format(n, finding.Bytes)
}
