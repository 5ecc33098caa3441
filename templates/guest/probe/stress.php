<?php
// ?class=C&n=N: N stressors of a class in this guest (memory: &bytes=B, together), from
// the first word of the answer, which is their number, repeated every moment, until
// nobody reads it any more. &n=0 answers when none of the class is left.
require __DIR__ . '/probe.php';
require __DIR__ . '/stressors.php';
$class = $_GET['class'] ?? '';
$n = number('n', 0, 64);
header('Content-Type: text/plain');
if ($n === 0) {
	await(fn() => running($class) === [], "no $class stressor runs");
	echo "0\n";
	exit;
}
stress($class, $n);
while (ob_get_level() > 0)
	ob_end_flush(); // what stays in PHP's buffer does not show that the reader is gone
for (;;) {
	echo count(running($class)), "\n"; // ends this script, and so the stress, when the reader is gone
	flush();
	usleep(200000);
}
