<?php
// Shared by the probes: parameters, connection and answer.
mysqli_report(MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT);
set_time_limit(0);
set_exception_handler(function (Throwable $e) {
	http_response_code(500);
	header('Content-Type: text/plain');
	echo get_class($e), ': ', $e->getMessage(), "\n";
});

/** A whole-number parameter within bounds. */
function number(string $name, int $least, int $most): int
{
	$n = filter_var($_GET[$name] ?? null, FILTER_VALIDATE_INT, ['options' => ['min_range' => $least, 'max_range' => $most]]);
	if ($n === false || $n === null)
		throw new InvalidArgumentException("$name must be a whole number from $least to $most");
	return $n;
}

/** A connection to the database guest. */
function database(): mysqli
{
	return new mysqli(getenv('VIRTCMP_DB') ?: 'db', 'wordpress', 'wordpress', 'wordpress');
}

/** Seconds on a clock that never steps. */
function now(): float
{
	return hrtime(true) / 1e9;
}

/** Answers with [start, duration] pairs in seconds, start since the probe began. */
function answer(array $timings): void
{
	header('Content-Type: application/json');
	ini_set('serialize_precision', '9');
	echo json_encode(['timings' => $timings, 'php' => PHP_VERSION]), "\n";
}
