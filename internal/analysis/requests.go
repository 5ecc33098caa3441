package analysis

import "slices"

// requestsTogether is how many requests are stored together: few enough that a run
// wastes little, many enough that a million of them are no burden to keep.
const requestsTogether = 1024

// slab is where runs get room for their next requests. Many runs share one, so that what
// their requests leave free when they are sorted is in few large pieces, which can be had
// again for sorted ones.
type slab struct{ free []request }

// slabRequests is how many requests a slab has room for.
const slabRequests = 32 * requestsTogether

func (s *slab) room() []request {
	if len(s.free) == 0 {
		s.free = make([]request, slabRequests)
	}
	room := s.free[:0:requestsTogether]
	s.free = s.free[requestsTogether:]
	return room
}

// requests are a run's as they come. They are kept in pieces, because a slice that
// grows is copied again and again, and holds up to twice what is in it while it is.
type requests struct {
	full [][]request
	last []request
}

// next returns where the next request is to be written.
func (r *requests) next(s *slab) *request {
	n := len(r.last)
	if n == cap(r.last) {
		if r.last != nil {
			r.full = append(r.full, r.last)
		}
		r.last, n = s.room(), 0
	}
	r.last = r.last[:n+1]
	return &r.last[n]
}

// join adds those of other.
func (r *requests) join(other requests) {
	r.full = append(append(r.full, other.full...), other.last)
}

// bucketRequests is how many requests a bucket of sorted has on average.
const bucketRequests = 8

// sorted returns the requests in the order of compare, which must be first by when
// they were sent, and forgets them. They are dealt into buckets of equal time and each
// bucket is sorted: rows come in the order that requests ended in, not far from where
// they belong, so that the time is proportional to their number.
func (r *requests) sorted(compare func(a, b request) int) []request {
	pieces := append(r.full, r.last)
	*r = requests{}
	count, first, last := 0, 0.0, 0.0
	for _, piece := range pieces {
		for _, q := range piece {
			if count == 0 {
				first, last = q.sent, q.sent
			}
			first, last = min(first, q.sent), max(last, q.sent)
			count++
		}
	}
	if count == 0 {
		return nil
	}
	ends := make([]int, count/bucketRequests+1) // of the buckets in all
	scale := 0.0                                // buckets a second
	if last > first {
		scale = float64(len(ends)-1) / (last - first)
	}
	bucket := func(q request) int {
		return min(max(int((q.sent-first)*scale), 0), len(ends)-1) // the scale of times hardly apart is infinite
	}
	for _, piece := range pieces {
		for _, q := range piece {
			ends[bucket(q)]++
		}
	}
	sum := 0
	for i, n := range ends { // where each bucket begins; dealing moves that to its end
		ends[i] = sum
		sum += n
	}
	all := make([]request, count)
	for i, piece := range pieces {
		for _, q := range piece {
			b := bucket(q)
			all[ends[b]] = q
			ends[b]++
		}
		pieces[i] = nil // so that its memory can be had again
	}
	begin := 0
	for _, end := range ends {
		sortBucket(all[begin:end], compare)
		begin = end
	}
	return all
}

// sortBucket sorts a few requests, mostly without having to ask compare.
func sortBucket(few []request, compare func(a, b request) int) {
	if len(few) > 4*bucketRequests {
		slices.SortFunc(few, compare)
		return
	}
	for i := 1; i < len(few); i++ {
		q, at := few[i], i
		for ; at > 0 && (q.sent < few[at-1].sent || q.sent == few[at-1].sent && compare(q, few[at-1]) < 0); at-- {
			few[at] = few[at-1]
		}
		few[at] = q
	}
}
