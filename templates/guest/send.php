<?php
// send.php ADDRESS SECONDS: sends datagrams of 60 kB, as Matthews et al. did (ExpCS 2007),
// to a port there on which nobody listens, for so long and at no more than a gigabit a
// second.
[, $address, $seconds] = $argv;
$socket = stream_socket_client("udp://$address:9");
$datagram = random_bytes(60000);
$apart = strlen($datagram) * 8 / 1e9; // seconds
$now = fn() => hrtime(true) / 1e9;
$due = $now();
for ($end = $due + $seconds; $now() < $end; $due = max($due + $apart, $now() - $apart)) {
	if (($early = $due - $now()) > 0)
		usleep((int) ($early * 1e6));
	@fwrite($socket, $datagram); // an error says that nobody listens
}
