.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help run test quick format screenshots clean

help: ## list what make can do
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1  \t/'

run: $(VENV)/runs ## set up and start the dashboard and the checker
	@$(BIN)/python manage.py migrate --verbosity=0
	@# honcho reads .env by rules of its own, and would let it go before the environment.
	@PORT=$$($(BIN)/python -m uptime_site.environment) PATH="$(CURDIR)/$(BIN):$$PATH" \
		exec $(BIN)/honcho start --env /dev/null

test: $(VENV)/tests ## run all checks and tests, on SQLite, on PostgreSQL and in a browser
	@$(BIN)/python -m monitors.tests.everything

quick: $(VENV)/tests ## run what takes a minute: style, types, layers, and the tests on SQLite
	@$(BIN)/python -m monitors.tests.everything quick

format: $(VENV)/tests ## put the code in its one form
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .
	@$(BIN)/djade --target-version=5.2 $$(find templates -name '*.html')

screenshots: $(VENV)/tests ## take a picture of every page, desktop and phone, light and dark
	@$(BIN)/python -m benchmarks.screenshots

clean: ## remove what make has installed
	rm -rf $(VENV) staticfiles

$(VENV)/bin/python:
	@test -w . || { echo "This folder is read-only; the program needs to write into it." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; name one with PYTHON=python3.11." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/runs: requirements.txt | $(VENV)/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/tests: requirements-dev.txt requirements.txt | $(VENV)/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@ $(VENV)/runs
