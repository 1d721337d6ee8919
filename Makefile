# Fidelio. `make run` and `make test` are all that a newcomer needs; both say what they do.
#
#   make run         install missing system packages, build optimised, start the server, print one link
#   make test        run every test (debug build; what computes is optimised in every build), then fuzz what reads requests for a minute
#                    (FIDELIO_FUZZ_SECONDS=0 make test leaves the fuzzer out; so does ARGS)
#   make test-long   also the tests that take minutes; fuzzes every decoder, ten minutes in all; computes every model's training again with PyTorch;
#                    compares feature extractors with pytorch-fid and others where these are installed
#   make fuzz        only the fuzzer: every decoder, a minute in all (ARGS="600" for longer)
#   make sanitize    the server's tests under the thread and the address sanitizer
#   make bench       the speed of the engine on this machine
#   make compare     the same beside PyTorch, where it is installed (see Benchmarks/README.md)
#   make compare-http  the server beside Hummingbird, FlyingFox and nginx
#   make dist        a folder and a Debian package that run without a toolchain, in dist/ (Tests/long/dist.sh tries them)
#   make deps        only the system packages
#   make clean       remove what was built (never what was stored)
#
# ARGS passes options on:   make run ARGS="--port 9000 --no-browser"     make test ARGS="--filter Catalog"

SHELL := /bin/bash
SWIFT ?= swift
PYTHON ?= python3
ARGS ?=
.DEFAULT_GOAL := run
.PHONY: run build dist test test-long fuzz sanitize bench compare compare-http deps deps-test toolchain clean

run: build
	@exec .build/release/fidelio serve $(ARGS)

build: toolchain deps
	@echo "fidelio: building optimised; the first build takes a few minutes"
	@$(SWIFT) build -c release --product fidelio

dist: toolchain deps
	@Tools/dependencies dist
	@SWIFT="$(SWIFT)" Tools/dist

test: toolchain deps-test
	@SWIFT="$(SWIFT)" Tools/test $(ARGS)

test-long: toolchain deps-test
	@SWIFT="$(SWIFT)" Tools/test-long $(ARGS)

fuzz: toolchain deps-test
	@SWIFT="$(SWIFT)" Tests/Fuzz/run $(ARGS)

sanitize: toolchain
	@SWIFT="$(SWIFT)" Tests/Fuzz/sanitize $(ARGS)

bench: build
	@.build/release/fidelio bench $(ARGS)

compare: build
	@$(PYTHON) Benchmarks/compare.py $(ARGS)

compare-http: toolchain
	@Tools/dependencies compare
	@SWIFT="$(SWIFT)" $(PYTHON) Benchmarks/http/measure.py $(ARGS)

deps:
	@Tools/dependencies build

deps-test:
	@Tools/dependencies build test slurm

toolchain:
	@SWIFT="$(SWIFT)" Tools/toolchain

clean:
	rm -rf .build .build-fuzz .build-sanitize-*
