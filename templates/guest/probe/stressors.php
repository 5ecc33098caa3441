<?php
// Starts, counts and ends stressors in this guest, by classes after Matthews et al.,
// Quantifying the performance isolation properties of virtualization systems, ExpCS 2007.
const SENDER = '/usr/lib/virtcmp/send.php';
const LONGEST = 3600; // seconds after which stress ends by itself, should nobody end it

/** The commands that are n stressors of the class. */
function commands(string $class, int $n): array
{
	$ng = fn(string ...$options) => [['stress-ng', ...$options, '--timeout', (string) LONGEST, '--temp-path', '/var/tmp', '--quiet']];
	switch ($class) {
		case 'cpu':
			return $ng('--cpu', (string) $n, '--cpu-method', 'matrixprod');
		case 'memory': // allocates once and writes to all of it for ever
			return $ng('--vm', (string) $n, '--vm-bytes', (string) number('bytes', 1 << 20, PHP_INT_MAX), '--vm-keep', '--vm-method', 'write64');
		case 'disk': // a file each, deleted as soon as it is open; every write goes to the disk
			return $ng('--hdd', (string) $n, '--hdd-bytes', '64m', '--hdd-opts', 'fsync');
		case 'network': // stress-ng's own never leave the guest, whatever interface they are given
			return array_fill(0, $n, ['php', SENDER, $_SERVER['REMOTE_ADDR'], (string) LONGEST]);
		case 'fork': // so many at once at most, where no limit is tighter
			return $ng('--fork', (string) $n, '--fork-max', '32');
	}
	throw new InvalidArgumentException("no class '$class' of stress");
}

/** Starts n stressors of the class and returns when they run. */
function stress(string $class, int $n): void
{
	if ($n === 0)
		return;
	$quiet = ['file', '/dev/null', 'w'];
	register_shutdown_function('stop', $class);
	foreach (commands($class, $n) as $command) {
		$process = proc_open($command, [['file', '/dev/null', 'r'], $quiet, $quiet], $pipes);
		if ($process === false)
			throw new RuntimeException("$command[0] does not start");
		started($process);
	}
	await(fn() => count(running($class)) >= $n, "$n $class stressors run");
}

/** Waits until something holds. */
function await(callable $holds, string $what): void
{
	for ($wait = 0; !$holds(); $wait++) {
		if ($wait === 600)
			throw new RuntimeException("after a minute it is not so that $what");
		usleep(100000);
	}
}

/** The stressors of the class that this guest runs, by process id. */
function running(string $class): array
{
	$names = ['cpu' => 'stress-ng-cpu', 'memory' => 'stress-ng-vm', 'disk' => 'stress-ng-hdd', 'network' => SENDER, 'fork' => 'stress-ng-fork'];
	$name = $names[$class] ?? throw new InvalidArgumentException("no class '$class' of stress");
	$file = $class === 'network' ? 'cmdline' : 'comm';
	$pids = [];
	foreach (glob("/proc/[0-9]*/$file") as $path)
		if (str_contains((string) @file_get_contents($path), $name))
			$pids[] = (int) explode('/', $path)[2];
	return $pids;
}

/** The processes that this script started, with one more if there is one. */
function started($more = null): array
{
	static $all = [];
	if ($more !== null)
		$all[] = $more;
	return $all;
}

/** Ends the stressors; once is enough, twice does no harm. It kills them: one that waits
 * for memory looks at no other signal for minutes. */
function stop(string $class): void
{
	foreach (started() as $process)
		if (is_resource($process))
			proc_terminate($process, 9);
	await(function () use ($class) {
		$left = running($class);
		foreach ($left as $pid)
			posix_kill($pid, 9);
		return $left === [];
	}, "no $class stressor runs");
}
