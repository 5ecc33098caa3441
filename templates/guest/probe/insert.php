<?php
// ?rows=N&stress=S: rows of random data, one INSERT each, into an empty table of the
// database guest, while S processes use up the CPU of this guest.
require __DIR__ . '/probe.php';
require __DIR__ . '/stressors.php';
$rows = number('rows', 1, 10000000);
$stress = number('stress', 0, 64);
$db = database();
$db->query('DROP TABLE IF EXISTS virtcmp_probe');
$db->query('CREATE TABLE virtcmp_probe (id INT AUTO_INCREMENT PRIMARY KEY, a INT, b VARCHAR(64), c DOUBLE) ENGINE=InnoDB');
stress('cpu', $stress);
$began = now();
for ($i = 0; $i < $rows; $i++)
	$db->query('INSERT INTO virtcmp_probe (a, b, c) VALUES (' . mt_rand() . ", '" . bin2hex(random_bytes(16)) . "', " . mt_rand() / 7 . ')');
$duration = now() - $began;
$running = count(running('cpu'));
stop('cpu');
if ($running !== $stress)
	throw new RuntimeException("$running of $stress stressors ran to the end");
answer([[0, $duration]]);
