# Everything is one command from a fresh clone: `make run` for a look, `make test` to work on it. CONTRIBUTING.md says more.
SWIFT ?= swift
PREFIX ?= /usr/local
DESTDIR ?=
TEST := $(SWIFT) test --disable-xctest

.PHONY: help deps run build test release install lint format check e2e faults bench bench-render conformance fuzz fuzz-json fuzz-render screenshots docs

help:
	@echo "make run          the dashboard on the embedded demo world (installs what is missing, builds, starts)"
	@echo "make test         build everything and run the tests"
	@echo "make check        lint, then test; warnings are errors"
	@echo "make e2e          the program under tmux against a real kube-apiserver and etcd"
	@echo "make release      .build/release/driftglass and driftglass-view"
	@echo "make install      copy them and the themes below PREFIX=$(PREFIX)"
	@echo "also: deps build lint format faults bench conformance fuzz screenshots docs"

deps:
	@.ci/deps build test

run:
	@.ci/deps build
	$(SWIFT) build -c release --static-swift-stdlib --product driftglass
	@LC_ALL="$${LC_ALL:-$${LANG:-C.UTF-8}}" .build/release/driftglass demo

build:
	@.ci/deps build
	$(SWIFT) build

test:
	@.ci/deps build test
	$(SWIFT) build
	$(TEST)

release:
	@.ci/deps build
	$(SWIFT) build -c release --static-swift-stdlib --product driftglass
	$(SWIFT) build -c release --static-swift-stdlib --product driftglass-view

install: release
	install -d "$(DESTDIR)$(PREFIX)/bin" "$(DESTDIR)$(PREFIX)/share/driftglass/themes"
	install -m 755 .build/release/driftglass .build/release/driftglass-view "$(DESTDIR)$(PREFIX)/bin"
	install -m 644 themes/*.yaml "$(DESTDIR)$(PREFIX)/share/driftglass/themes"

lint:
	@.ci/lint

format:
	$(SWIFT) format -i -r -p Package.swift Sources Tests

check: lint test

e2e:
	@.ci/deps build test e2e
	@.ci/kube-apiserver --with-controller-manager >/dev/null
	$(SWIFT) build
	DRIFTGLASS_E2E=1 $(TEST) --filter EndToEndTests

# The fault matrix (requirement A24) and, in real time, half-open connections. FAULT=name[,name] and SEED=number choose runs.
FAULT ?=
SEED ?=
faults:
	@.ci/deps build test
	$(SWIFT) build --build-tests
	DRIFTGLASS_FAULTS=1 FAULT="$(FAULT)" SEED="$(SEED)" $(TEST) --skip-build \
	  --filter 'FaultTests.*($(if $(FAULT)$(SEED),,HundredStreams|)A24_theWholeMatrix)'

# Figures of rendering and comparing, in a build of the tests with optimisation: the largest repository beside the checkout
# against kubectl kustomize, 10,000 plain objects, one changed file; 10,000 objects of real repositories compared.
bench-render:
	@.ci/deps build test
	$(SWIFT) build -c release -Xswiftc -enable-testing --build-tests --scratch-path .build-bench
	DRIFTGLASS_BENCH=1 $(TEST) -c release -Xswiftc -enable-testing --scratch-path .build-bench --skip-build \
	  --filter 'RenderSpeedTests|DriftSpeedTests' 2>&1 | grep -aE '^(render|drift|  )|✘'

# Figures on the real API server: 1,000 and 10,000 managed objects (time, memory, requests, processor), twenty clusters of
# which fifteen are black holes. DRIFTGLASS_OUTAGE=600 watches a dead server for that many seconds instead of 120.
bench: release bench-render
	@.ci/deps test e2e
	@.ci/kube-apiserver --with-controller-manager >/dev/null
	DRIFTGLASS_E2E=1 DRIFTGLASS_BENCH=1 DRIFTGLASS_PROGRAM=.build/release/driftglass $(TEST) --filter 'EndToEnd.(Scale|TenThousand|Latency)Tests'

# Agreement with other people's cases: CORPORA=<dir>, by default those beside the checkout. Names every disagreement.
CORPORA ?=
conformance:
	@.ci/deps build test
	$(SWIFT) build --build-tests
	@CORPORA="$(CORPORA)" $(TEST) --skip-build --filter 'RenderingTests.*(every.*(Agrees|EqualOr))' > .build/conformance.log 2>&1; \
	  status=$$?; grep -aE '^conformance: ' .build/conformance.log | sort; exit $$status

# libFuzzer on the JSON reader and on the renderer, each for SECONDS; it stops at the first crash, at 1 GiB of memory or at an
# input that takes 10 s, and keeps the input.
SECONDS ?= 60
CLANGXX ?= clang++
fuzz: fuzz-json fuzz-render

fuzz-json:
	@.ci/deps build
	@mkdir -p .build/fuzz/corpus
	$(CLANGXX) -std=c++17 -O1 -g -fsanitize=fuzzer,address -ISources/CSimdJSON/include .ci/fuzz/json/json.cpp \
	  Sources/CSimdJSON/CSimdJSON.cpp -lsimdjson -o .build/fuzz/json
	.build/fuzz/json -max_total_time=$(SECONDS) -max_len=65536 -artifact_prefix=.build/fuzz/ .build/fuzz/corpus

fuzz-render:
	@.ci/deps build
	DRIFTGLASS_FUZZ=1 $(SWIFT) build -c release --sanitize fuzzer --product fuzz-render --scratch-path .build-fuzz
	@mkdir -p .build-fuzz/corpus
	.build-fuzz/release/fuzz-render -max_total_time=$(SECONDS) -max_len=16384 -rss_limit_mb=1024 -timeout=10 \
	  -print_final_stats=1 -dict=.ci/fuzz/render/words.dict -artifact_prefix=.build-fuzz/ .build-fuzz/corpus \
	  .ci/fuzz/render/seeds

screenshots:
	@.ci/deps build test
	$(SWIFT) build --product driftglass
	.ci/screenshots .build/debug/driftglass

# docs/keys.md from the command table. Recording fails on purpose; what was recorded is then compared.
docs:
	@.ci/deps build test
	$(SWIFT) build --build-tests
	@RECORD=1 $(TEST) --skip-build --filter ReferencePageTests >/dev/null 2>&1 || true
	$(TEST) --skip-build --filter ReferencePageTests
