<?php
// ?rows=N&stress=S: rows of random data, one INSERT each, into an empty table of the
// database guest, while S processes use up the CPU of this guest.
require __DIR__ . '/probe.php';
$rows = number('rows', 1, 10000000);
$stress = number('stress', 0, 64);
$db = database();
$db->query('DROP TABLE IF EXISTS virtcmp_probe');
$db->query('CREATE TABLE virtcmp_probe (id INT AUTO_INCREMENT PRIMARY KEY, a INT, b VARCHAR(64), c DOUBLE) ENGINE=InnoDB');
$stressors = stress($stress);
$began = now();
for ($i = 0; $i < $rows; $i++)
	$db->query('INSERT INTO virtcmp_probe (a, b, c) VALUES (' . mt_rand() . ", '" . bin2hex(random_bytes(16)) . "', " . mt_rand() / 7 . ')');
$duration = now() - $began;
$running = running();
stop($stressors);
if ($running !== $stress)
	throw new RuntimeException("$running of $stress stressors ran to the end");
answer([[0, $duration]]);

/** Starts CPU stressors and waits until all of them run. */
function stress(int $n)
{
	if ($n === 0)
		return null;
	$quiet = ['file', '/dev/null', 'w'];
	$process = proc_open(['stress-ng', '--cpu', (string) $n, '--cpu-method', 'matrixprod', '--temp-path', '/tmp', '--quiet'], [['file', '/dev/null', 'r'], $quiet, $quiet], $pipes);
	if ($process === false)
		throw new RuntimeException('stress-ng does not start');
	register_shutdown_function('stop', $process);
	for ($wait = 0; running() < $n; $wait++) {
		if ($wait === 600)
			throw new RuntimeException(running() . " of $n stressors run after a minute");
		usleep(100000);
	}
	return $process;
}

/** How many stressors this guest runs. */
function running(): int
{
	$n = 0;
	foreach (glob('/proc/[0-9]*/comm') as $file)
		if (str_starts_with((string) @file_get_contents($file), 'stress-ng-cpu'))
			$n++;
	return $n;
}

/** Ends the stressors; once is enough, twice does no harm. */
function stop($process): void
{
	if (!is_resource($process))
		return;
	proc_terminate($process);
	proc_close($process);
}
