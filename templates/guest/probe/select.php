<?php
// ?queries=N: single SELECTs against the database guest, each timed here.
require __DIR__ . '/probe.php';
$n = number('queries', 1, 1000000);
$db = database();
$timings = [];
$began = now();
for ($i = 0; $i < $n; $i++) {
	$sent = now();
	$db->query("SELECT ID, post_title FROM wp_posts WHERE post_status = 'publish' ORDER BY ID LIMIT 10")->fetch_all();
	$timings[] = [$sent - $began, now() - $sent];
}
answer($timings);
