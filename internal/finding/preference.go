package finding

// Verdicts on a comparison, in its note's label verdict=.
const (
	Better            = "better"
	Worse             = "worse"
	Indistinguishable = "indistinguishable"
	NoVerdict         = "none"
)

// Reasons of the verdicts Indistinguishable and, TooFewRuns, NoVerdict, in the label reason=.
const (
	NotSignificant = "not-significant"
	BelowFloor     = "below-floor"
)

// Preference is which way a quantity gets better.
type Preference int

const (
	NoPreference Preference = iota
	MoreIsBetter
	LessIsBetter
)

// preferences are those of the names that differ from their analysis' others.
var preferences = map[string]map[string]Preference{
	Throughput: {"successful_requests": MoreIsBetter, "requests_per_second": MoreIsBetter},
	SwapOnset:  {"time": MoreIsBetter, "users": MoreIsBetter},
	ErrorOnset: {"time": MoreIsBetter, "users": MoreIsBetter},
	OpenLoop:   {"successful_requests": MoreIsBetter, "requests_per_second": MoreIsBetter, "intended_per_second": NoPreference},
	Capacity:   {"lambda": MoreIsBetter, "peak_users": MoreIsBetter, "peak_throughput": MoreIsBetter},
	Footprint:  {"empty": NoPreference}, // the host's, not the testbed's
}

// PreferenceFor returns which way the quantity gets better: less of what costs time,
// memory or requests, unless the table says otherwise.
func PreferenceFor(analysis, name string) Preference {
	if p, ok := preferences[analysis][name]; ok {
		return p
	}
	switch analysis {
	case Environment, Validity:
		return NoPreference
	}
	return LessIsBetter
}
