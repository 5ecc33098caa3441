package finding

// Analyses. Every name below them is listed with its unit; a name with (x) is a
// series. Each scalar of a run is in the unit of the table, of n requests, queries
// or batches; over all runs it is the mean over the runs, n being their number.
//
// The interval over runs is Student's, on the logarithmic scale where every value is
// positive; the note says interval=too-few-runs or interval=not-positive where there is
// none. A testbed's only run has one of its own for latency's mean, p50 and p95 and
// select's mean and median: note interval=within-run, from the moving-block bootstrap,
// which tells nothing of what another run would give.
//
// The note of a comparison with the baseline:
//
//	p=         of the two-sided permutation test over runs, from 3 runs of both on
//	p_holm=    p corrected by Holm's method for the testbeds that are compared by the same
//	           quantity: analysis, name, x and the note's own labels
//	verdict=   better, worse or indistinguishable; none if no difference, however large,
//	           could have been significant with so few runs. Not for what is neither better
//	           nor worse, such as footprint's empty
//	reason=    of indistinguishable: not-significant (p_holm is 0.05 or more) or below-floor;
//	           of none: too-few-runs
//	floor=     how far a ratio must be from 1, in either direction, to count: 0.05 is 1.05 or
//	           1/1.05
//	floor_from=  default, or a-a where two testbeds are the same technology set up alike: then
//	           it is the far end of the interval of their ratio
const (
	// Throughput of the ramp.
	//   successful_requests  requests  2xx/3xx with the expected text, in the whole run
	//   failed_requests      requests  all others; note code=timeout etc. for one code, code=all for their sum
	//   requests_per_second  requests/second (x: seconds, middle of a window of 5 s, or more if the run has over
	//                        4,000 of them): successful requests by the time they were answered
	//   cpu_per_request      seconds   CPU of both guests for one successful request, where cgroup counters tell
	Throughput = "throughput"
	// Latency of the ramp's requests, in seconds. Failures improve none of these numbers.
	//   mean p50 p90 p95 p99 max  of the successful requests and those that timed out: a lower bound where there
	//                      are any of these; note timeouts=12, their number. Other failures are left out
	//   trend_slope        seconds/user  Theil-Sen slope of the 10 s medians against users, before any onset
	//   consistency        ratio         robust spread of the requests about the moving average, relative to it, before any onset
	//   quantile           (x: the share of requests that are as quick or quicker, 0.01 to 0.9999) of the requests that p50 is of. One that
	//                      fewer than 10 of them are slower than, or that is among those that timed out, is left out. Over runs: the
	//                      mean of the runs', where all of them have it. Note rest=unknown on the last where those beyond it are left
	//                      out because requests timed out, of any of the runs that it is the last of
	//   request            (x: seconds, when sent) successful ones, thinned; every extreme of the run is kept
	//   moving_average_30  (x: seconds, of the newest of the 30) mean of 30 successive successful requests by time sent, thinned
	//   median_10s p95_10s (x: seconds, middle of a window) by the time sent. What timed out or was in flight at the run's
	//                      end counts as slower than all that succeeded; a quantile among it is left out
	Latency = "latency"
	// SwapOnset: begin of sustained swapping. Note source=counters or source=latency says from what;
	// latency alone can only tell degradation.
	//   time   seconds  over runs: the mean of those that have an onset; note runs=5 that could have, without=1,
	//                   and unknown=1 where some ended as unknown_after
	//                   Of a run, note gap= seconds between the samples that it lies between, where they are more than 5,
	//                   and of latency p= of the test that found it
	//   users  users    likewise
	//   none   no onset in this run (value 0), or in no run at all
	//   unknown_after  seconds  no onset until then, and no samples after it; over runs, if none has an onset, the earliest
	//   users_more  users  over runs: by how many users the onset comes later than that of note against=, the baseline; its
	//                   baseline column is empty, since the value is no ratio. A run without an onset counts with the users
	//                   that it had at its end, so that the difference is a bound: note bound=least, most or unknown
	//   agreement  seconds  latency's onset less the counters'; note agree=yes or no, within= seconds. Where only one is
	//                   there, note only=counters or latency, the least distance. Over runs: of those that have both; note
	//                   agree=yes, no or in-some, runs= that have one or both, agreeing=, one_only=; interval=bound if none has both
	//   swap_used  bytes (x: seconds) of the application guest
	//   swap_rate  pages/second (x: seconds): swapped in and out, or refaulted, by the application guest
	SwapOnset = "swap_onset"
	// ErrorOnset: begin of sustained failures.
	//   time seconds, users, none, users_more: as in SwapOnset
	//   failures_per_second  requests/second (x: as of requests_per_second), by the time they ended; with note
	//                   code= those of one code, without the windows that have none
	//   goodput_before goodput_after  requests/second  successful ones, by when they were answered, before and from the onset
	//   goodput_kept    ratio    the latter to the former
	//   recovery        seconds  when the last such failures were over; over runs note runs=5 with failures, without=1
	//   no_recovery     they lasted until the end of this run (value 0), or of every run that has them
	ErrorOnset = "error_onset"
	// Capacity: the Universal Scalability Law fitted to the ramp's throughput by users before any onset, and a
	// check of the ramp itself. Over runs the parameters are those of the runs' mean delays (see stat.Delays);
	// each run's are of its own best law, and no mean of the runs' is to be expected of them.
	//   lambda           requests/second  what one user alone gets
	//   sigma kappa      ratio            contention and coherency; cut at 0
	//   peak_users       users            that get most; with fewer, or more, throughput is less. Not there if the warning
	//                                     kappa-unidentified is; note beyond=1 where throughput was not seen to fall because the law has
	//                                     the peak near the most users that were measured or beyond them. Of a run, at most twice these
	//   peak_throughput  requests/second  at the peak, by the law; likewise
	//   misfit           ratio            how far measured throughput is from the run's own law: root mean square over tenths of the
	//                                     measurements, by users
	//   throughput_by_users  requests/second (x: users): what a run measured, n successful requests
	//   usl                  requests/second (x: users): the law over runs
	//   little_ratio     ratio            requests in flight over users, median of the windows of 1 s before any onset: 1 in a closed loop
	//                                     without pauses, by Little's law
	Capacity = "capacity"
	// OpenLoop: requests that arrive whether or not earlier ones were answered. Its names are not those of a closed
	// loop's analyses, so that nothing compares the two. Times count from the intended send; where rows do not
	// tell it, from the real one, with the warning intended-unknown.
	//   successful_requests failed_requests  requests  as of Throughput
	//   mean p50 p90 p95 p99 max   seconds  of the successful requests, those that timed out and those in flight at the end that had
	//                              taken longer than the mean already: a lower bound where there are any of the latter
	//                              two; note timeouts=3;unfinished=12
	//   quantile                   seconds  (x: as of Latency) of the same requests, up to the shortest of which a lower bound is known only;
	//                              note rest=unknown likewise
	//   lateness_p99 lateness_max  seconds  of the real send after the intended one
	//   median_10s p95_10s         seconds  (x: seconds, middle of a window) by the intended send, as of Latency
	//   requests_per_second        requests/second (x: as of Throughput) successful, by the time they were answered
	//   intended_per_second        requests/second (x: likewise) that were to be sent
	OpenLoop = "open_loop"
	// Select: one SELECT from the application guest, in seconds.
	//   median mean p99
	Select = "select"
	// Isolation. Of the experiment insert: one batch of INSERTs from the application guest beside CPU stressors.
	//   unstressed   seconds
	//   stressed     seconds (x: stressors)
	//   degradation  ratio   (x: stressors) stressed over unstressed of the same testbed
	// These have x and are scalars all the same: a run's, over runs, compared with the baseline.
	//
	// Of the experiment of that name, without x, note aggressor=memory;victim=select: one guest
	// beside another under stress. Aggressors are cpu, memory, disk, network and fork, victims
	// select, insert (the median query and batch) and http (the median request).
	//   unstressed   seconds  note aggressor=none
	//   stressed     seconds
	//   degradation  ratio    stressed over what the same run measured alone right before and after
	Isolation = "isolation"
	// Startup.
	//   first_page   seconds  from stopped to the first good page
	//   image_build  seconds
	//   image_size   bytes
	Startup = "startup"
	// Footprint: host memory in use, in bytes.
	//   empty idle   without, and with the idle testbed
	//   testbed      their difference
	//   guest        the difference over its two guests: what a further one takes, or less where both
	//                share a hypervisor or daemon
	Footprint = "footprint"
	// Operation: what is done with a testbed that is not under load, with both guests at once. What a testbed
	// can't do is in the environment: operation_pause etc., value=n/a, reason=.
	//   first_page_cold   seconds  from stopped to the first good page, with nothing in the page cache
	//   first_page_warm   seconds  likewise, right after a stop
	//   written           bytes    on the guests' copy-on-write disks, at the first page
	//   teardown          seconds  from running to nothing left but the image
	//   pause             seconds  until neither guest runs
	//   resume            seconds  until the next good page is complete
	//   snapshot          seconds  to make a disk for a further application guest, of the running one's
	//   snapshot_size     bytes    that it takes beside the image
	//   checkpoint        seconds  to write the running guests to disk
	//   checkpoint_size   bytes
	//   restore           seconds  from there to the next good page
	Operation = "operation"
	// Environment: what was measured, where and how.
	//   a fact's key, such as kernel: value 1, n the runs it holds in; note host=app;value=6.1.0. A fact
	//   that each trial has its own of, such as start_time, stands once a run; note experiment=ramp too
	//   source: a file that was read, value its rows; note file=NAME;sha256=DIGEST
	Environment = "environment"
	// Validity: what to doubt.
	//   warning: value 1, n the runs, or rows, that it concerns; note warning=CODE and the
	//   labels listed with the codes, the Warnings. No testbed: about the whole campaign.
	//   a_a  ratio  of two testbeds that are the same technology set up alike, note
	//        pair=native,native2: the most that they differ by in a headline quantity, as its
	//        ratio less 1, quantity=throughput/successful_requests, of n such quantities
	Validity = "validity"
)

// Warnings of Validity, and the labels that say more. RUNS stands for experiment=, runs=
// that break the rule, of= all, run= the worst; what follows is of that one.
const (
	TooFewRuns         = "too-few-runs"        // runs= each, experiment=ramp,select: fewer than 3 have no interval
	FewRuns            = "few-runs"            // likewise: fewer than 10 have a rough one
	NotInterleaved     = "not-interleaved"     // experiment= first= then= two testbeds, share= of their pairs of runs with the first's before
	OrderUnknown       = "order-unknown"       // experiment= runs= without a recorded place in the campaign's order
	GeneratorSaturated = "generator-saturated" // RUNS share= of the generator's cpus= used over 10 s from time=
	Disturbed          = "disturbed"           // RUNS share= of this machine's CPU time that other machines on the same hardware took
	BusyHost           = "busy-host"           // RUNS share= of the CPU time of the machine that runs the guests that neither they nor the generator used
	OffSchedule        = "off-schedule"        // RUNS time= users= active then, planned= users
	IncompleteRun      = "incomplete-run"      // RUNS and of a ramp end= planned= seconds; of select queries= planned=; of insert stress=0,4, of isolation cells=cpu/http, that are missing
	LittleViolated     = "little-violated"     // RUNS ratio= of the requests in flight to the users that there should be
	TooFewLevels       = "too-few-levels"      // RUNS levels= of users before any onset: a scalability law needs six
	KappaUnidentified  = "kappa-unidentified"  // users= the most before any onset, peak_users= of the law if it has a peak: throughput was not seen to fall
	PoorFit            = "poor-fit"            // misfit= of the scalability law, as found over runs
	LostRows           = "lost-rows"           // RUNS user_seconds= that no request accounts for, share= of all; time= of the worst second
	SamplingGap        = "sampling-gap"        // RUNS gap= seconds without a sample of the generator's counters, from time=
	ClockStep          = "clock-step"          // run= experiment= of the testbed began seconds= before its predecessor, of the testbed after=, ended
	LateSends          = "late-sends"          // RUNS lateness= seconds, the 99th percentile, p99= of the request times that it is much of
	IntendedUnknown    = "intended-unknown"    // RUNS rows= of requests that don't tell when they were to be sent
	RecordedElsewhere  = "recorded-elsewhere"  // format= of another program's files, tool= its name if they tell: how the testbed was set up is not known
	CoarseTimes        = "coarse-times"        // seconds= that times are told to
	OnlyQuantiles      = "only-quantiles"      // runs= of which there are quantiles, but no requests= to tell failures from
	FailedProbes       = "failed-probes"       // experiment= rows= that failed and are in no number
	DuplicateRows      = "duplicate-rows"      // RUNS rows= that were read twice
	SoftwareEmulation  = "software-emulation"  // accelerator=tcg
	DifferentLimits    = "different-limits"    // host=app key=limit_memory_bytes value= of the testbed, baseline= its name, baseline_value=
	DifferentCgroups   = "different-cgroups"   // likewise: where in the hierarchy the guests' control groups are
	DifferentKernels   = "different-kernels"   // likewise: the guests' kernels, where class= is the same; baseline= need not be the campaign's
	DifferentVersions  = "different-versions"  // likewise: the guests' software
	DifferentStacks    = "different-stacks"    // likewise: what serves the application
	DifferentHosts     = "different-hosts"     // likewise: the machine that runs the guests
	DifferentLoad      = "different-load"      // likewise: the generator's settings
	Demonstration      = "demonstration"       // the embedded application stands in for the real one
	ClientOutside      = "client-outside"      // experiment= runs= timed from outside the guest
	NotAnalysed        = "not-analysed"        // experiment= rows= that no analysis reads
)

// Units.
const (
	Seconds           = "seconds"
	Requests          = "requests"
	Users             = "users"
	Bytes             = "bytes"
	Ratio             = "ratio"
	Rows              = "rows"
	Pages             = "pages"
	RequestsPerSecond = "requests/second"
	PagesPerSecond    = "pages/second"
	SecondsPerUser    = "seconds/user"
)
