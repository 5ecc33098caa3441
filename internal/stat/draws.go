package stat

import (
	"math/rand/v2"
	"sync"
)

// Draws returns random ways to part n+m runs in two: of each way the n runs of one part,
// one way after the other.
type Draws func(n, m int) []int32

// DrawAnew draws other ways every time.
func DrawAnew(rng *rand.Rand) Draws {
	return func(n, m int) []int32 {
		order := make([]int32, n+m)
		for i := range order {
			order[i] = int32(i)
		}
		all := make([]int32, 0, drawn*n)
		for range drawn {
			for i := range n {
				j := i + rng.IntN(n+m-i)
				order[i], order[j] = order[j], order[i]
			}
			all = append(all, order[:n]...)
		}
		return all
	}
}

// DrawOnce draws the same ways every time, those of the first random numbers. To draw
// takes longer than to test, so that they are kept for the next quantity of as many
// runs. It may be called by several goroutines at once.
func DrawOnce(start func() *rand.Rand) Draws {
	type parts struct{ n, m int }
	var mu sync.Mutex
	kept := map[parts]func() []int32{}
	return func(n, m int) []int32 {
		mu.Lock()
		draw, ok := kept[parts{n, m}]
		if !ok {
			draw = sync.OnceValue(func() []int32 { return DrawAnew(start())(n, m) })
			kept[parts{n, m}] = draw
		}
		mu.Unlock()
		return draw()
	}
}
