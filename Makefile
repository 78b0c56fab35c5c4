# Two commands to know: `make site` and `make test`. The rest are their parts.
# Everything real is in the `handbook` command; this file only sets it up.

PYTHON ?= python3
BIN := .venv/bin
export NO_MKDOCS_2_WARNING := 1
export DISABLE_MKDOCS_2_WARNING := true
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help site serve check figures numbers labs test unit lint bench lock clean

help: ## Show these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# The stamps hold the environment to the lock files: a changed lock installs again, an
# unchanged one costs nothing.
.venv/.site: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "error: Python 3.11 or newer is needed (fix: make PYTHON=python3.12 site)" or 0)'
	@echo "==> Setting up .venv (once)"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.test: .venv/.site requirements-test.lock
	@echo "==> Installing the test tools (once)"
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements-test.lock
	@touch $@

site: .venv/.site ## Set up, draw the figures, check, build site/
	@$(BIN)/handbook build

serve: .venv/.site ## Preview with live reload
	@$(BIN)/handbook serve

check: .venv/.site ## Check the sources; writes nothing
	@$(BIN)/handbook check

figures: .venv/.site ## Draw every figure
	@$(BIN)/handbook figures

numbers: .venv/.site ## Recompute every number in the prose
	@$(BIN)/handbook numbers

labs: .venv/.test ## Run every experiment and store what it finds
	@$(BIN)/handbook labs

test: .venv/.test ## Set up and run every test, browser tests included
	@$(BIN)/handbook doctor --browser
	@$(BIN)/handbook lint
	@$(BIN)/python -m pytest -n 2 --dist loadfile

unit: .venv/.test ## The quick tests alone
	@$(BIN)/python -m pytest -n auto -m "not build and not browser and not slow"

lint: .venv/.test ## Ruff, mypy, typos, zizmor, schema checks
	@$(BIN)/handbook lint

bench: .venv/.test ## Measure against the bars
	@$(BIN)/handbook bench

lock: .venv/.test ## Lock the dependencies again, with hashes and without addresses
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 --extra test --extra labs --extra export pyproject.toml -o requirements-test.lock

clean: ## Remove what was built (not .venv)
	rm -rf site .cache
