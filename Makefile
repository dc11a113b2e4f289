# Comptoir: `make run` serves the demo shop, `make test` proves it. Everything needed is installed here, into .venv and web/node_modules.
SHELL := /bin/bash
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
PY := $(VENV)/bin/python
# A process a processor, file by file, in the order of tests/conftest.py: most tests wait more than they reckon.
PYTEST := $(PY) -m pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder
WEB_SOURCES := $(shell find web -type f -not -path '*/node_modules/*' -not -path '*/dist/*' 2>/dev/null) $(wildcard comptoir/engine/*.py)

.PHONY: run test check bench features faults build clean lock setup setup-dev

run: $(VENV)/.installed web/dist/.built
	$(PY) -m comptoir serve --demo

setup: $(VENV)/.installed
setup-dev: $(VENV)/.installed-dev
build: web/dist/.built

$(VENV)/.installed: requirements.lock tools/make_venv.sh
	tools/make_venv.sh $(PYTHON) $(VENV) requirements.lock
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	tools/make_venv.sh $(PYTHON) $(VENV) requirements-dev.lock
	@touch $@

web/node_modules/.installed: web/package-lock.json web/package.json tools/node_env.sh $(VENV)/.installed
	tools/node_env.sh npm --prefix web ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

web/dist/.built: web/node_modules/.installed $(WEB_SOURCES)
	tools/node_env.sh npm --prefix web run build
	@touch $@

# Fast: style, layers, sizes, engine on both runtimes, services on SQLite. Under two minutes.
check: $(VENV)/.installed-dev web/node_modules/.installed
	$(PY) -m ruff check comptoir tests bench tools
	$(PY) -m ruff format --check --quiet comptoir tests bench tools
	$(VENV)/bin/lint-imports
	tools/node_env.sh npm --prefix web run format:check
	tools/node_env.sh npm --prefix web run check
	$(PYTEST) -m "not slow and not browser and not postgres" tests

# Everything: the above, PostgreSQL, real browsers, faults, scenarios.
test: $(VENV)/.installed-dev web/dist/.built
	tools/test_packages.sh
	$(PY) -m ruff check comptoir tests bench tools
	$(PY) -m ruff format --check --quiet comptoir tests bench tools
	$(VENV)/bin/lint-imports
	tools/node_env.sh npm --prefix web run format:check
	tools/node_env.sh npm --prefix web run check
	$(PYTEST) tests

faults: $(VENV)/.installed-dev web/dist/.built
	tools/test_packages.sh
	COMPTOIR_FAULTS=full $(PY) -m pytest tests/faults

bench: $(VENV)/.installed-dev web/dist/.built
	tools/test_packages.sh
	$(PY) -m bench

features: $(VENV)/.installed
	@$(PY) tools/features.py

# Locks are written with `uv pip compile`; no address of an index may enter them.
lock:
	for f in requirements requirements-node requirements-dev; do \
	  uv pip compile -q --python-version 3.11 --generate-hashes --no-header --no-emit-index-url $$f.in -o $$f.lock; done

clean:
	rm -rf web/dist build
