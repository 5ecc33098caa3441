# virtcmp: what can be made, and how. `make` alone explains.

SHELL := /bin/bash -o pipefail
.DEFAULT_GOAL := help
.PHONY: help build report demo campaign test test-xen lint bench calibrate clean packages writers compiler

GO      ?= go
# Nothing here is in C, and a fresh machine has no compiler for it.
export CGO_ENABLED := 0
ARCHIVE ?= data/campaigns/first
CAMPAIGN ?= data/campaigns/first/campaign.yaml
OUT     ?= out/$(notdir $(patsubst %/,%,$(dir $(CAMPAIGN))))

# Debian packages: what the testbeds run on, and what tests look at a PDF and a web page with.
TESTBED_PACKAGES := mmdebstrap e2fsprogs criu lxc docker.io runsc user-mode-linux qemu-system-x86 qemu-utils busybox-static
TEST_PACKAGES    := poppler-utils qpdf chromium

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## bin/collect, bin/analyze and bin/report
	$(GO) build -o bin/ ./cmd/...

# What the paper needs: collect takes as long to build as the other two.
writers:
	$(GO) build -o bin/ ./cmd/analyze ./cmd/report

# The forms of the paper that report makes at once.
FORMATS ?= pdf,html

report: writers ## the paper and figures/ from an archived campaign (ARCHIVE=data/campaigns/first, FORMATS=pdf,html)
	@TIMEFORMAT='the paper ($(FORMATS)) and figures/ of $(ARCHIVE) in %R s'; \
	time { bin/analyze $(ARCHIVE) | bin/report -format $(FORMATS) -o paper.pdf -figures figures; }

demo: build ## the whole pipeline live in a minute, on the embedded application, as any user
	bin/collect -config data/campaigns/demo/campaign.yaml | bin/analyze | bin/report -o demo.pdf

campaign: build packages ## measure for real, as root (CAMPAIGN=FILE, OUT=DIR; RESUME=1 goes on)
	bin/collect -config $(CAMPAIGN) -out $(OUT) $(if $(RESUME),-resume)
	bin/analyze $(OUT) | bin/report -o $(OUT)/paper.pdf

test: packages ## all tests; as root they include real guests, and install what those need
	$(GO) vet ./...
	@# one package at a time: real guests beside tests of timing disturb both
	$(GO) test -p 1 -v -timeout 30m ./... 2>&1 | { grep --line-buffered -v -E '^\s*(=== (RUN|PAUSE|CONT|NAME)|--- PASS|PASS$$)' || true; }

test-xen: packages ## real guests on Xen, nested under QEMU: as root, and for about ten minutes
	REAL_TESTBEDS=xen $(GO) test -p 1 -v -count=1 -timeout 40m -run 'TestReal' ./internal/testbed/xen ./cmd/collect

lint: ## gofmt, go vet, staticcheck
	@test -z "$$(gofmt -l cmd internal templates data)" || { gofmt -d cmd internal templates data; exit 1; }
	$(GO) vet ./...
	$(GO) run honnef.co/go/tools/cmd/staticcheck@v0.8.2 ./...

# DuckDB is in C++, so that what runs it is a module of its own (internal/bench).
bench: writers compiler ## analyze beside vegeta and DuckDB, how it grows with the rows, and the speed of all parts
	cd internal/bench && CGO_ENABLED=1 $(GO) build -o ../../bin/bench/ . ./simulated ./duckquery github.com/tsenart/vegeta/v12
	bin/bench/bench
	$(GO) test -run '^$$' -bench . -benchmem ./...

calibrate: ## how often intervals, tests and onsets are right, in simulations with known truth (docs/calibration.md)
	CALIBRATE=full $(GO) test -count=1 -v -timeout 60m -run Calibrate ./internal/stat ./internal/analysis 2>&1 | \
		{ grep --line-buffered -v -E '^\s*(=== |--- PASS|PASS$$)' || true; }

compiler:
	@command -v g++ >/dev/null || { echo "DuckDB, which make bench compares with, needs a C++ compiler: apt-get install g++" >&2; exit 1; }

clean: ## remove what was built
	rm -rf bin figures paper.pdf paper.html demo.pdf

# Only root can install; without it, what is missing is named where it is missed.
packages:
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		missing=$$(for p in $(TESTBED_PACKAGES) $(TEST_PACKAGES); do dpkg -s $$p >/dev/null 2>&1 || echo $$p; done); \
		if [ -n "$$missing" ]; then \
			echo "installing" $$missing; \
			apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $$missing >/dev/null; \
		fi; \
	fi
