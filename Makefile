# The two commands: `make demo` and `make test`. Everything lives in .venv; nothing needs root or a server.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: help demo test test-avx2 machine chaos lint docs install install-test clean

help: ## this list
	@sed -n 's/^\([a-z0-9-]*\):.*## /make \1: /p' $(MAKEFILE_LIST)

demo: install ## a full-shaped sweep on scikit-learn's digits
	$(BIN)/sweep run --grid demo

test: install-test ## every test
	$(BIN)/python -m pytest -n 2 --dist loadgroup

# The rooms that compute, with the kernels that a processor without AVX-512 gets.
test-avx2: export ONEDNN_MAX_CPU_ISA := AVX2
test-avx2: export ATEN_CPU_CAPABILITY := avx2
test-avx2: machine ## the rooms that compute, as on a processor without AVX-512
	$(BIN)/python -m tests.training.matrix
	$(BIN)/python -m pytest -n 2 --dist loadgroup tests/training tests/pruning tests/measure tests/worker/test_stages.py

# Which processor, and which of its instructions the libraries use.
machine: install-test ## which processor this is, and what the libraries make of it
	$(BIN)/python -m tests.machine

# Faults against a real sweep, and what they cost: make chaos FAULTS=100 SEED=1 LEDGER=sqlite
FAULTS ?= 100
SEED ?= 1
LEDGER ?= postgres
chaos: install-test ## faults against a real sweep: FAULTS=100 SEED=1 LEDGER=postgres|sqlite
	$(BIN)/python -m tests.chaos --faults $(FAULTS) --seed $(SEED) --ledger $(LEDGER)

lint: install-test ## ruff, mypy, import rules, migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m prunesweep.core.ledger.db.check

# The site of docs/ in build/site; a broken link or anchor is an error.
docs: install-test ## the site, into build/site
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict --quiet
	@echo "open build/site/index.html"

install: $(VENV)/.worker
install-test: $(VENV)/.test

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

# Editable, so that a changed line is used at once; reinstalled when the dependencies change.
$(VENV)/.worker: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "installing into $(VENV) (pinned by constraints.txt) ..."
	$(PIP) --editable ".[worker]"
	@touch $@

$(VENV)/.test: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "installing into $(VENV) (pinned by constraints.txt) ..."
	$(PIP) --editable ".[worker,test]"
	@touch $@ $(VENV)/.worker

clean: ## remove everything that make has made
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
