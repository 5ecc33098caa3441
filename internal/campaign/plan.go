package campaign

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"

	"virtcmp/internal/testbed"
)

// Trial is one experiment on one testbed, from a fresh start to the end.
type Trial struct {
	Order      int // in the plan, from 1
	Experiment string
	Testbed    string
	Run        int // repetition, from 1; also the block
}

// Name tells the trial from all others of its campaign.
func (t Trial) Name() string { return fmt.Sprintf("%s-%s-%d", t.Experiment, t.Testbed, t.Run) }

// Plan returns the trials in their order. Block b holds the b-th run of everything, in
// an order drawn from the seed: so no testbed has all its runs at one time of the day,
// nor always follows the same other (Abedi & Brecht, ICPE 2017).
func Plan(e Experiments, testbeds []testbed.Spec, seed uint64) []Trial {
	runs := e.runs()
	var trials []Trial
	if len(runs) == 0 {
		return nil
	}
	for b := 1; b <= slices.Max(slices.Collect(maps.Values(runs))); b++ {
		var block []Trial
		for _, experiment := range slices.Sorted(maps.Keys(runs)) {
			if b > runs[experiment] {
				continue
			}
			for _, t := range testbeds {
				block = append(block, Trial{Experiment: experiment, Testbed: t.Name, Run: b})
			}
		}
		rng := rand.New(rand.NewPCG(seed, uint64(b)))
		rng.Shuffle(len(block), func(i, j int) { block[i], block[j] = block[j], block[i] })
		trials = append(trials, block...)
	}
	for i := range trials {
		trials[i].Order = i + 1
	}
	return trials
}
