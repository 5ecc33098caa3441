#!/bin/bash
# Records the files of this directory anew, all or those of the programs named:
#   ./make.sh [jmeter] [vegeta] [k6]
# JMeter (2.13) is Debian 12's packages jmeter and jmeter-http; vegeta (12.13.0) and k6
# (1.2.1) are built from their modules. The numbers differ each time, and so do the
# goldens that rest on them.
set -euo pipefail
cd "$(dirname "$0")"
SERVER=127.0.0.1:18080
CLOSED=127.0.0.1:18081 # nothing listens there

tmp=$(mktemp -d)
trap 'kill "$server" 2>/dev/null || true; rm -rf "$tmp"' EXIT
go build -o "$tmp/server" ./server
"$tmp/server" "$SERVER" &
server=$!
sleep 1

jmeter() {
	local home=/usr/share/jmeter
	# httpclient4.retrycount=0: what breaks off is not tried again unasked
	(cd "$tmp" && java -Djmeter.home=$home -cp "$home/bin/ApacheJMeter.jar:$home/lib/*:$home/lib/ext/*:/usr/share/java/*" \
		bsh.Interpreter "$OLDPWD/jmeter.bsh" -d $home -n -t "$OLDPWD/jmeter.jmx" -Jhttpclient4.retrycount=0 \
		-Jhost="${SERVER%:*}" -Jport="${SERVER#*:}" -Jclosed="${CLOSED#*:}" -Jcsv="$tmp/jmeter.csv" -Jxml="$tmp/jmeter.xml" >&2)
	cp "$tmp/jmeter.csv" "$tmp/jmeter.xml" .
}

vegeta() {
	GOBIN=$tmp go install github.com/tsenart/vegeta/v12@v12.13.0
	printf 'GET http://%s/\n' $SERVER $SERVER $SERVER $SERVER $SERVER $CLOSED |
		"$tmp/vegeta" attack -name mixed -rate 50 -duration 3s -timeout 300ms >vegeta.gob
	"$tmp/vegeta" encode -to csv vegeta.gob >vegeta.csv
	"$tmp/vegeta" encode -to json vegeta.gob >vegeta.json
	"$tmp/vegeta" report -type=hdrplot vegeta.gob >vegeta.hgrm
}

k6() {
	GOBIN=$tmp go install go.k6.io/k6@v1.2.1
	SERVER=$SERVER CLOSED=$CLOSED "$tmp/k6" run -q --no-usage-report -o csv=k6.csv -o json=k6.json k6.js >&2
	gzip -9nf k6.csv k6.json
}

for program in "${@:-jmeter vegeta k6}"; do
	for p in $program; do "$p"; done
done
