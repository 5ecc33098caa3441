package paper

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"virtcmp/internal/finding"
	"virtcmp/internal/paper/document"
	"virtcmp/internal/quantity"
	"virtcmp/internal/result"
)

// stressNames and victimNames are how sentences call what cells of the matrix hold.
var (
	stressNames = map[string]string{"cpu": "CPU", "memory": "memory", "disk": "disk", "network": "network", "fork": "fork"}
	victimNames = map[string]string{"select": "SELECTs", "insert": "INSERTs", "http": "pages"}
)

// called is the name that a table has for something, or its own.
func called(names map[string]string, id string) string {
	if name, ok := names[id]; ok {
		return name
	}
	return document.Escape(clip(id, 40))
}

// cell is a degradation and its place in the matrix.
type cell struct {
	result.Cell
	degradation finding.Finding
}

// cells returns the testbed's cells of the matrix.
func (v *view) cells(testbed string) []cell {
	var all []cell
	aggressors, victims := v.set.Matrix()
	for _, a := range aggressors {
		for _, b := range victims {
			at := result.Cell{Aggressor: a, Victim: b}
			if f, ok := v.set.Cell(testbed, "degradation", at).Absolute().Overall().First(); ok && f.Value.Present() {
				all = append(all, cell{at, f})
			}
		}
	}
	return all
}

// cellCaption says how many runs the matrix rests on: "n = 5 runs".
func (v *view) cellCaption() string {
	fewest, most, interval := 0, 0, false
	for _, t := range v.set.Testbeds() {
		for _, c := range v.cells(t) {
			if n := c.degradation.N; fewest == 0 || n < fewest {
				fewest = n
			}
			most = max(most, c.degradation.N)
			interval = interval || c.degradation.Low.Present()
		}
	}
	return runCount(fewest, most, interval)
}

// sufferings says of each testbed which of its victims suffered most from which stress,
// and how many cells show that they suffer at all. What the numbers are is said of the first.
func (v *view) sufferings() string {
	var of []string
	for _, t := range v.set.Testbeds() {
		all := v.cells(t)
		if len(all) == 0 {
			continue
		}
		shown, judged := 0, 0
		for _, c := range all {
			switch result.Judge(c.degradation) {
			case result.Unsure:
				continue
			case result.More:
				shown++
			}
			judged++
		}
		worst := slices.MaxFunc(all, func(a, b cell) int { return compareValues(a.degradation, b.degradation) })
		e := quantity.NewEstimate(worst.degradation)
		text, suffer, largest, words := fmt.Sprintf("on %s", v.name(t)), "", "", ""
		if len(of) == 0 {
			suffer, largest, words = " show that the neighbour suffers", " the largest slow-down was", confidence
		}
		if judged > 0 {
			text += fmt.Sprintf(" %d of %d cells%s, and", shown, judged, suffer)
		}
		text += fmt.Sprintf("%s that of %s beside %s stressors, %s", largest, called(victimNames, worst.Victim), called(stressNames, worst.Aggressor), e.Value)
		if judged > 0 {
			text += within(e, words)
		} else {
			text += " (" + noInterval(worst.degradation) + ")"
		}
		of = append(of, text)
	}
	if len(of) == 0 {
		return ""
	}
	return capital(strings.Join(of, "; ")) + "."
}

// neighbours says of the whole matrix in how many cells the neighbour was shown to suffer,
// and in which most.
func (v *view) neighbours() string {
	type place struct {
		testbed string
		cell
	}
	var worst *place
	shown, judged, testbeds := 0, 0, 0
	for _, t := range v.set.Testbeds() {
		before := judged
		for _, c := range v.cells(t) {
			verdict := result.Judge(c.degradation)
			if verdict == result.Unsure {
				continue
			}
			judged++
			if verdict != result.More {
				continue
			}
			shown++
			if worst == nil || c.degradation.Value > worst.degradation.Value {
				worst = &place{t, c}
			}
		}
		if judged > before {
			testbeds++
		}
	}
	on := ""
	if testbeds > 1 {
		on = " on " + numberWord(testbeds) + " testbeds"
	}
	switch {
	case judged == 0:
		return ""
	case worst == nil:
		return fmt.Sprintf("That a guest suffers from a neighbour under stress was shown in none of %d cells%s.", judged, on)
	}
	e := quantity.NewEstimate(worst.degradation)
	return fmt.Sprintf("That a guest suffers from a neighbour under stress was shown in %d of %d cells%s; %s beside %s stressors on %s suffered most, and took %s times as long%s.",
		shown, judged, on, called(victimNames, worst.Victim), called(stressNames, worst.Aggressor), v.name(worst.testbed), e.Value, within(e, confidence))
}

func compareValues(a, b finding.Finding) int {
	switch {
	case a.Value < b.Value:
		return -1
	case a.Value > b.Value:
		return 1
	}
	return 0
}

// suffersMore says in how many cells the neighbour's slow-down differs from that on
// the baseline.
func (v *view) suffersMore() string {
	var all []string
	cells := 0
	for _, t := range v.set.Others() {
		more, less, judged := 0, 0, 0
		for _, c := range v.cells(t) {
			ratio, ok := v.set.Cell(t, "degradation", c.Cell).Compared(v.set.Baseline()).Overall().First()
			if !ok {
				continue
			}
			switch result.Judge(ratio) {
			case result.Unsure:
				continue
			case result.More:
				more++
			case result.Less:
				less++
			}
			judged++
		}
		if judged == 0 {
			continue
		}
		cells = max(cells, judged)
		all = append(all, fmt.Sprintf("on %s larger in %s and smaller in %s of %d cells", v.name(t), numberOrNone(more), numberOrNone(less), judged))
	}
	if len(all) == 0 {
		return ""
	}
	text := fmt.Sprintf("Against that on %s the slow-down was shown to be %s.", v.name(v.set.Baseline()), clauses(all))
	if cells >= 10 {
		text += " Of so many comparisons at 95\u00a0% some may err by chance."
	}
	return text
}

// numberOrNone writes a count in a sentence.
func numberOrNone(n int) string {
	if n == 0 {
		return "none"
	}
	return strconv.Itoa(n)
}
