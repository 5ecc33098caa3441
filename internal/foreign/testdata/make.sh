#!/bin/bash
# Records the files of this directory anew: JMeter from Debian's package jmeter, vegeta
# and k6 built from their modules. The numbers differ each time, and so do the goldens.
set -euo pipefail
cd "$(dirname "$0")"
VEGETA=${VEGETA:-github.com/tsenart/vegeta/v12@v12.13.0}
K6=${K6:-go.k6.io/k6@v1.2.1}
SERVER=127.0.0.1:18080
CLOSED=127.0.0.1:18081 # nothing listens there

tmp=$(mktemp -d)
trap 'kill "$server" 2>/dev/null || true; rm -rf "$tmp"' EXIT
go build -o "$tmp/server" ./server
"$tmp/server" "$SERVER" &
server=$!
sleep 1

if command -v jmeter >/dev/null; then
	cp jmeter.jmx "$tmp/"
	rm -f jmeter.csv jmeter.xml
	(cd "$tmp" && jmeter -n -t jmeter.jmx -Jhttpclient4.retrycount=0 -Jhost="${SERVER%:*}" -Jport="${SERVER#*:}" -Jclosed="${CLOSED#*:}" -Jcsv="$tmp/jmeter.csv" -Jxml="$tmp/jmeter.xml" >&2)
	cp "$tmp/jmeter.csv" "$tmp/jmeter.xml" .
fi

GOBIN=$tmp go install "$VEGETA"
printf 'GET http://%s/\nGET http://%s/\nGET http://%s/\nGET http://%s/\nGET http://%s/\nGET http://%s/\n' $SERVER $SERVER $SERVER $SERVER $SERVER $CLOSED |
	"$tmp/vegeta" attack -name mixed -rate 50 -duration 3s -timeout 300ms >vegeta.gob
"$tmp/vegeta" encode -to csv vegeta.gob >vegeta.csv
"$tmp/vegeta" encode -to json vegeta.gob >vegeta.json
"$tmp/vegeta" report -type=hdrplot vegeta.gob >vegeta.hgrm

GOBIN=$tmp go install "$K6"
SERVER=$SERVER CLOSED=$CLOSED "$tmp/k6" run -q --no-usage-report -o csv=k6.csv -o json=k6.json k6.js >&2
