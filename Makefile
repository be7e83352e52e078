# The commands of a working day. `make serve` and `make test` need nothing but a Python of 3.11 or newer.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

VENV ?= .venv
BIN := $(VENV)/bin
SUITABLE := import ensurepip, sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c '$(SUITABLE)' 2>/dev/null && echo $$python && break; done)
# The lock says which files are good by their hashes; where they come from is pip's own configuration.
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
UV ?= uv
COMPILE := $(UV) pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--custom-compile-command 'make lock' --quiet --group build

.PHONY: help serve test coverage mutation fuzz bench soak check format lock container clean

help: ## What each target does
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /make \1\t/' | expand -t 16

serve: $(VENV)/runtime ## Start the service on this machine, on an embedded store
	@exec $(BIN)/cds-service serve

# Files, not single tests, are shared out: what a file starts – a browser, a database – starts once. One process more
# than processors, because many tests wait for what they started.
PROCESSES := $(shell count=$$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2); echo $$((count < 4 ? count + 1 : 4)))
SPREAD := --numprocesses $(PROCESSES) --dist loadfile --no-loadscope-reorder
test: $(VENV)/development ## Run the tests, on all processors (PYTEST_FLAGS=...)
	@$(BIN)/python -m pytest $(SPREAD) $(PYTEST_FLAGS)

coverage: $(VENV)/development ## Run the tests, and see that every package that decides takes 95 % of its branches
	@rm -f .coverage .coverage.*
	@$(BIN)/python -m coverage run -m pytest $(SPREAD) $(PYTEST_FLAGS)
	@$(BIN)/python -m coverage combine --quiet
	@$(BIN)/python -m tests.support.branches

mutation: $(VENV)/development ## Break the code in a sample of places and see that tests notice (MUTATION_FLAGS="--sample 40")
	@nice $(BIN)/python -m tests.mutation $(MUTATION_FLAGS)

fuzz: $(VENV)/development ## Fuzz the request decoder and the text reader (SECONDS=60 of each)
	@nice $(BIN)/python -m tests.fuzz --seconds $(or $(SECONDS),60) $(FUZZ_FLAGS)

bench: $(VENV)/development ## Measure speed, cost and memory next to a bare Flask view (BENCH_FLAGS=--quick)
	@$(BIN)/python -m benchmarks $(BENCH_FLAGS)

soak: $(VENV)/development ## Half load for ten minutes: no error, no growth (SOAK_FLAGS=--seconds=60)
	@$(BIN)/python -m benchmarks.soak $(SOAK_FLAGS)

check: $(VENV)/development ## Format, lint, types, knowledge
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/cds-service lint knowledge

format: $(VENV)/development ## Format the code and mend what the linter can mend
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lock: ## Renew both lock files from pyproject.toml (needs uv)
	@$(COMPILE) --upgrade --output-file requirements.lock
	@$(COMPILE) --group dev --constraint requirements.lock --output-file requirements-dev.lock

container: ## Build the container image (ENGINE=docker or podman)
	@engine=$${ENGINE:-$$(command -v docker || command -v podman)}; \
	$$engine build $(BUILD_FLAGS) --tag cds-service .

clean: ## Remove the virtual environment and caches
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(BIN)/python:
	@if [ -z "$(PYTHON)" ]; then \
		echo "No suitable Python found: this service needs Python 3.11 or newer with the venv module" >&2; \
		echo "(Debian, Ubuntu: apt install python3 python3-venv), or name one with PYTHON=..." >&2; \
		exit 1; fi
	@echo "Making $(VENV) with $$($(PYTHON) --version) ..."
	@$(PYTHON) -m venv $(VENV)

$(VENV)/runtime: requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing what the service needs, from requirements.lock ..."
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/development: requirements-dev.lock $(VENV)/runtime
	@echo "Installing what tests and checks need, from requirements-dev.lock ..."
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@
