# The front door. `make help` lists the targets; every target makes .venv first where it must.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# `test` is unit first, then fleet; with -j too.
.NOTPARALLEL:

# The Python to make .venv from, and where to make it.
PYTHON ?= python3
VENV ?= .venv
# The folder is part of the stamp: a virtual environment does not survive being moved.
STAMP := $(VENV)/made-at-$(shell printf %s "$(CURDIR)" | cksum | cut -d' ' -f1)
# Targets with a $(STAMP) dependency may count on these.
BIN := $(VENV)/bin

# What `make bench` compares with and draws with lives apart, so that it weighs on nothing else.
BENCH_VENV ?= .venv-bench
BENCH_STAMP := $(BENCH_VENV)/$(notdir $(STAMP))
# Real clients, which the fleet tests have talk to a gateway; apart for the same reason.
CLIENTS_VENV := .venv-clients
CLIENTS_STAMP := $(CLIENTS_VENV)/$(notdir $(STAMP))
# More words for the benchmark, as in: make bench BENCH="--hosts 1,2 --runs 1"
BENCH ?=
# And for the part of it about the gateway: make bench-gateway BENCH_GATEWAY="--pairs 20 --rounds 1"
BENCH_GATEWAY ?=
# And for the part about being observed: make bench-metrics BENCH_METRICS="--scrapes 2 --rounds 1"
BENCH_METRICS ?=
# And for the dashboard's picture: make dashboard-picture PICTURE="--minutes 5"
PICTURE ?=

# Passed on to the lab: how many hosts, of which Debian (bookworm or trixie), under which name.
HOSTS ?= 3
SUITE ?=
LAB ?= default
# Test processes of test-fleet, each with a lab of its own (0: one, in make's own terminal).
WORKERS ?= 3
# Which moments of torture, as in 17 or 1-50 or 3,5,8-12.
SEEDS ?= 1-112
# More words for pytest, as in: make test-unit PYTEST="-k settings -x"
PYTEST ?=

.PHONY: setup clients demo test test-unit test-fleet torture bench bench-gateway bench-metrics dashboard-picture lint format lock docs lab-up lab-down clean help

setup: $(STAMP) ## make .venv from the lock and install this package (costs nothing when current)

clients: $(CLIENTS_STAMP) ## install the clients that the fleet tests have talk to a gateway

$(STAMP): requirements-dev.lock pyproject.toml .ci/venv
	PYTHON="$(PYTHON)" .ci/venv "$(VENV)"
	@touch "$@"

demo: $(STAMP) ## a bare disposable host becomes a verified Ollama server (root, Linux; KEEP=1 leaves it up)
	$(BIN)/python -m lab.demo

test: test-unit test-fleet ## everything: pure logic, then real hosts with the real server

test-unit: $(STAMP) ## pure logic: no root, no network, seconds
	$(BIN)/python -m pytest tests/unit $(PYTEST)

test-fleet: $(STAMP) $(CLIENTS_STAMP) ## real hosts with the real server (root, Linux)
	$(BIN)/python -m pytest tests/fleet -n $(WORKERS) $(PYTEST)

torture: $(STAMP) ## strike 112 deployments at random moments (SEEDS=17 repeats one); root, Linux, half an hour
	$(BIN)/python -m tests.fleet.torture "$(SEEDS)"

bench: $(STAMP) $(BENCH_STAMP) ## time runs against plain pyinfra and Ansible, then the gateway, on lab hosts (root, Linux)
	@$(BIN)/python -m bench --ansible-playbook "$(BENCH_VENV)/bin/ansible-playbook" --json build/bench.json $(BENCH)
	@$(BENCH_VENV)/bin/python -m bench.chart build/bench.json build/bench.svg
	@$(BIN)/python -m bench.gateway --json build/bench-gateway.json $(BENCH_GATEWAY)
	@# Together, since figures from a checkout with changes are not taken.
	@$(BIN)/python -m bench.publish build/bench.json
	@$(BIN)/python -m bench.gateway.publish build/bench-gateway.json

bench-gateway: $(STAMP) ## what the gateway adds and what several backends bring, four minutes (root, Linux)
	@$(BIN)/python -m bench.gateway --json build/bench-gateway.json $(BENCH_GATEWAY)
	@$(BIN)/python -m bench.gateway.publish build/bench-gateway.json

dashboard-picture: $(STAMP) $(BENCH_STAMP) ## draw the dashboard from a lab's own Prometheus, twenty minutes (root, Linux)
	@$(BIN)/python -m picture --json build/dashboard.json $(PICTURE)
	@$(BENCH_VENV)/bin/python -m picture.drawing build/dashboard.json docs/dashboard.png

bench-metrics: $(STAMP) ## what being observed costs a host and its requests, five minutes (root, Linux)
	@$(BIN)/python -m bench.metrics --json build/bench-metrics.json $(BENCH_METRICS)
	@$(BIN)/python -m bench.metrics.publish build/bench-metrics.json

$(BENCH_STAMP): requirements-bench.lock .ci/venv
	PYTHON="$(PYTHON)" .ci/venv "$(BENCH_VENV)" requirements-bench.lock
	@touch "$@"

$(CLIENTS_STAMP): requirements-clients.lock .ci/venv
	PYTHON="$(PYTHON)" .ci/venv "$(CLIENTS_VENV)" requirements-clients.lock
	@touch "$@"

lint: $(STAMP) ## ruff, its formatter, mypy (strict) and shellcheck; changes nothing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/shellcheck .ci/*
	find pyinfra_ollama -name "*.sh" -exec $(BIN)/shellcheck --shell=sh {} +
	@# What is sent to hosts is shell, Python and JSON; a program is known by its first line.
	find files -type f '(' -name "*.sh" -o -exec grep -qm1 "^#!/bin/sh" {} ';' ')' \
		-exec $(BIN)/shellcheck --external-sources --shell=sh {} +

format: $(STAMP) ## let ruff mend and format the Python files
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: $(STAMP) ## rewrite the lock files from pyproject.toml (UPGRADE=1 takes newer versions)
	.ci/lock "$(VENV)"

docs: $(STAMP) ## regenerate docs/settings.md from the settings models
	$(BIN)/python -m pyinfra_ollama.settings.reference docs/settings.md

lab-up: $(STAMP) ## boot disposable hosts: make lab-up HOSTS=3 SUITE=trixie LAB=mine
	$(BIN)/python -m lab up --hosts "$(HOSTS)" --name "$(LAB)" $(if $(SUITE),--suite "$(SUITE)")

lab-down: $(STAMP) ## remove them and all they brought: make lab-down LAB=mine
	$(BIN)/python -m lab down --name "$(LAB)"

clean: ## remove what `make` made here (not the lab's cache, which is outside)
	rm -rf "$(VENV)" "$(BENCH_VENV)" "$(CLIENTS_VENV)" build dist .mypy_cache .pytest_cache .ruff_cache ./*.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-17s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
