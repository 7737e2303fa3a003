# The two commands: `make demo` and `make test`. Everything lives in .venv; nothing needs root or a server.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: help demo test test-unit test-thorough coverage test-avx2 machine chaos lint hooks migration constraints locked docs dist install install-test clean

help: ## this list
	@sed -n 's/^\([a-z0-9-]*\):.*## /make \1: /p' $(MAKEFILE_LIST)

# Two trainers, so that both cores of a small machine train; latencies are measured one at a time all the same.
demo: install ## a full-shaped sweep on scikit-learn's digits, and its page
	$(BIN)/sweep run --grid demo --per-device 2
	@home=$$($(BIN)/python -c "from prunesweep.core.settings import load_settings; print(load_settings().home)"); \
	page=$$(ls -t "$$home"/reports/*.html | head -n 1); \
	if [ "$$(uname)" = Darwin ]; then open "$$page"; \
	elif [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ] && command -v xdg-open >/dev/null; then xdg-open "$$page" >/dev/null 2>&1 & fi

# Four processes on two cores: while some wait for a server, a worker or a lease, the others compute.
PROCESSES ?= 4
# Some environments forbid byte code (`export PYTHONDONTWRITEBYTECODE`); every program that a test starts would compile.
PYTEST := env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m pytest --dist loadgroup
test: install-test ## every test
	$(PYTEST) -n $(PROCESSES)

# What needs no server and no worker: the first answer while you work.
UNIT := -m "not slow and not server" tests/plan tests/settings tests/images tests/pruning tests/ledger tests/sparse
test-unit: export TEST_QUICK := 1
test-unit: install-test ## the tests of the plan, images, pruning, ledger and sparse engine without servers, in a minute
	$(PYTEST) -n 2 $(UNIT)

# Ten times as many examples of every property, and every kind of fault.
test-thorough: export TEST_THOROUGH := 1
test-thorough: install-test ## every test, with ten times as many examples and every kind of fault
	$(PYTEST) -n $(PROCESSES)

# Which tests: make coverage TESTS=tests/plan, or what test-unit runs: make coverage TESTS='$(UNIT)'
TESTS ?= tests
coverage: install-test ## the share of lines and branches that tests reach; pages in build/coverage/html
	rm -rf build/coverage
	$(BIN)/python -m pytest -n 2 --dist loadgroup --cov --cov-report=term --cov-report=html $(TESTS)

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

hooks: install-test ## pre-commit's hooks, for each commit and push in this checkout
	$(BIN)/pre-commit install --hook-type pre-commit --hook-type pre-push

# A migration from the changed core/ledger/db/schema.py: make migration NAME="notes of a stage"
migration: install-test ## a migration for the changed schema: NAME="what changes"
	$(BIN)/python -m tests.ledger.new_revision $(NAME)
	$(BIN)/ruff format --quiet migrations/versions

COMPILE = $(BIN)/uv pip compile pyproject.toml --python-version 3.11 --no-annotate --no-header --quiet
# A worker's locked file has torch's CPU builds: the others pin CUDA libraries, which a machine without a GPU would then download.
# TORCH says where they come from if not from PyTorch's own index, e.g. TORCH="--find-links FOLDER --constraint FILE".
TORCH ?= --torch-backend cpu
CPU_ONLY = { ! grep -E '^(nvidia|cuda|triton)' $(1) || { rm $(1); echo "CUDA packages were resolved; see TORCH in the Makefile" >&2; exit 1; }; }
constraints: install-test ## constraints.txt, with the newest versions that pyproject.toml allows
	@mkdir -p build
	$(BIN)/python .ci/with_pip_sources.py $(COMPILE) --all-extras --upgrade --output-file build/constraints.txt
	grep -vE '^(nvidia|cuda|triton)' build/constraints.txt | sed 's/+cpu$$//' > constraints.txt

# pip refuses an editable install once a constraint has a hash, so the hashes have a file of their own.
locked: install-test ## build/requirements.txt: a worker's dependencies as tested, with hashes, for pip install --require-hashes
	@mkdir -p build
	$(COMPILE) $(TORCH) --extra worker --constraint constraints.txt --generate-hashes --output-file build/requirements.txt
	@$(call CPU_ONLY,build/requirements.txt)

# The site of docs/ in build/site; a broken link or anchor is an error.
docs: install-test ## the site, into build/site
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict --quiet
	@echo "open build/site/index.html"

dist: install-test ## wheel and source archive, into dist/
	rm -rf dist
	$(BIN)/uv build --quiet --out-dir dist

install: $(VENV)/.worker
install-test: $(VENV)/.test

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

# Editable, so that a changed line is used at once; reinstalled when the dependencies change.
$(VENV)/.worker: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "installing into $(VENV) (pinned by constraints.txt) ..."
	$(PIP) --editable ".[worker,report]"
	@touch $@

$(VENV)/.test: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "installing into $(VENV) (pinned by constraints.txt) ..."
	$(PIP) --editable ".[worker,test]"
	@touch $@ $(VENV)/.worker

clean: ## remove everything that make has made
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .coverage*
