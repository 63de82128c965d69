# `make demo` and `make test` are all that a newcomer needs; `make help` names the rest.
.DEFAULT_GOAL := help
SHELL := /bin/bash

PREFIX ?= /usr/local
BUILD_PACKAGES := libevent-dev libexpat1-dev libmariadb-dev libssl-dev libyaml-dev pkg-config zlib1g-dev
TEST_PACKAGES := $(BUILD_PACKAGES) busybox-static curl dumb-init gcc gdb haproxy iproute2 libc6-dev mariadb-server \
	nginx-light openssl opensmtpd procps prometheus python3 python3-pip python3-prometheus-client python3-yaml \
	strace supervisor systemd tini util-linux wrk
BENCH_PACKAGES := $(BUILD_PACKAGES) gcc haproxy iproute2 libc6-dev nginx-light procps python3 runit s6 \
	strace util-linux wrk
SOURCES := Package.swift Sources Tests

# One static executable, without symbols and without what nothing calls. The scratch path is its own, because
# SwiftPM would otherwise build everything anew whenever the flags change.
RELEASE := swift build -c release --product kapo --scratch-path .build/static -Xswiftc -static-executable \
	-Xlinker --gc-sections -Xlinker -s

.PHONY: help
help: ## Say what there is to make
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: demo
demo: demo-packages build ## Build, then supervise a worker: see its document, kill it, see it come back
	@scripts/demo

.PHONY: test
test: test-packages lint release ## Run all the tests
	@scripts/test

.PHONY: fuzz
fuzz: build-packages ## Compare HTTP with and without replay on random streams for SECONDS (default 600)
	KAPO_FUZZ_SECONDS=$(or $(SECONDS),600) SWIFT_BACKTRACE=enable=no swift test --filter 'Fuzz\.'

.PHONY: bench
bench: bench-packages release ## Measure Kapo beside nginx, HAProxy and a hand-written loop (bench/README.md)
	swift build -c release --product kapo --scratch-path .build/bench
	@KAPO_DYNAMIC=.build/bench/release/kapo python3 -B bench/bench.py

.PHONY: build
build: build-packages ## Build for debugging
	swift build

.PHONY: release
release: build-packages ## Build the static executable .build/kapo
	$(RELEASE)
	install -m 755 "$$($(RELEASE) --show-bin-path)/kapo" .build/kapo

.PHONY: install
install: release ## Install the program, its completions and its manual below PREFIX; COMPAT=1: names of immortal, hacheck and superlance too
	@COMPAT="$(COMPAT)" scripts/install "$(DESTDIR)$(PREFIX)"

.PHONY: format
format: ## Format the sources
	swift format --in-place --recursive --parallel $(SOURCES)

.PHONY: lint
lint: ## Check the format of the sources
	swift format lint --strict --recursive --parallel $(SOURCES)

.PHONY: clean
clean: ## Remove what was built
	rm -rf .build

.PHONY: build-packages demo-packages test-packages bench-packages
build-packages:
	@scripts/packages $(BUILD_PACKAGES)
demo-packages:
	@scripts/packages $(BUILD_PACKAGES) curl
test-packages:
	@scripts/packages $(TEST_PACKAGES)
bench-packages:
	@scripts/packages $(BENCH_PACKAGES)
