# What a developer or a reader of the project runs; `make help` lists it.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet
INSTALL_PROJECT := PYTHONWARNINGS=ignore $(INSTALL) --no-deps --no-build-isolation --editable .
AT_ONCE := -n auto --dist worksteal  # a file stays with one process, so that what it sets up is set up once
ROOMS := tracker kpi ingest web

RUNTIME := $(VENV)/runtime.stamp
DEV := $(VENV)/dev.stamp

SBOM := build/sbom.cdx.json

TOO_OLD := Python 3.11 or newer is needed, but $(PYTHON) is %d.%d. Name another one: make PYTHON=python3.12
NO_VENV := $(PYTHON) cannot make virtual environments. On Debian or Ubuntu: apt-get install python3-venv
COMPILE := $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
	--generate-hashes --no-annotate --no-header --no-emit-index-url --no-emit-find-links --extra build

.DEFAULT_GOAL := help
.PHONY: help demo test test-fast test-full faults check format bench audit audit-online lock clean

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(RUNTIME) ## run the product on a year of sample data
	@$(BIN)/hotline demo

test: $(DEV) ## run all tests, the fast ones first
	@$(BIN)/pytest $(AT_ONCE) -m "not slow and not browser"
	@$(BIN)/pytest $(AT_ONCE) -m "slow or browser" || [ $$? -eq 5 ]  # 5: there are none

test-fast: $(DEV) ## run the fast tests only
	@$(BIN)/pytest $(AT_ONCE) -m "not slow and not browser"

test-full: $(DEV) ## run all tests, with three times as many drawn examples
	@FULL_TESTS=1 $(BIN)/pytest $(AT_ONCE)

faults: $(DEV) ## kill importers, readers, jobs, pages and PostgreSQL at 200 random moments
	@FULL_TESTS=1 $(BIN)/pytest tests/faults tests/test_full_disk.py tests/web/test_dying_database.py tests/fuzz $(AT_ONCE)

check: $(DEV) ## lint, formatting, types, layers
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy --strict $(ROOMS)
	@$(BIN)/lint-imports --no-logo

format: $(DEV) ## format the code and sort its imports
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

bench: $(DEV) ## measure speed
	@$(BIN)/python -m tests.bench

audit: $(DEV) ## what could be attacked in the code, licences, the list of parts in build/sbom.cdx.json; offline
	@$(BIN)/bandit --quiet --recursive $(ROOMS) --configfile pyproject.toml --severity-level medium
	@$(BIN)/pip-licenses --summary
	@mkdir -p build
	@$(BIN)/cyclonedx-py requirements requirements.lock --pyproject pyproject.toml --output-reproducible \
		--output-file $(SBOM)
	@echo "The parts of the product: $(SBOM)"

audit-online: $(DEV) ## known weaknesses of what the lock names; asks the index of vulnerabilities
	@$(BIN)/pip-audit --requirement requirements.lock --require-hashes --disable-pip

lock: $(DEV) ## write the lock files anew; LOCK=--upgrade takes newer versions
	@$(INSTALL) uv
	@$(COMPILE) $(LOCK) --output-file requirements.lock
	@$(COMPILE) $(LOCK) --extra dev --constraint requirements.lock --output-file requirements-dev.lock

clean: ## remove the environment and all caches
	@rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find $(ROOMS) tests -name __pycache__ -prune -exec rm -rf {} +

$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || { echo "There is no $(PYTHON) here; Python 3.11 or newer is needed."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "$(TOO_OLD)" % sys.version_info[:2])'
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$(NO_VENV)"; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(RUNTIME): requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing what the product needs into $(VENV) ..."
	@$(INSTALL) --require-hashes --requirement requirements.lock
	@$(INSTALL_PROJECT)
	@touch $@

$(DEV): requirements-dev.lock pyproject.toml | $(BIN)/python
	@echo "Installing what the product and its tests need into $(VENV) ..."
	@$(INSTALL) --require-hashes --requirement requirements-dev.lock
	@$(INSTALL_PROJECT)
	@touch $(RUNTIME) $@
