# Each target does all its own set-up: a fresh machine needs only make and Python 3.11, 3.12 or 3.13 (or newer).
# The environment in .venv holds exactly the versions of requirements.lock and is made anew when that file changes.

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$p && break; done)
BIN := .venv/bin
READY := .venv/ready

.PHONY: help demo test lint types pytest lock clean

help:
	@echo "make demo     the whole job on the made-up region; the map is maps/demo/map.html"
	@echo "make test     lint, types and pytest, as CI runs them"
	@echo "make lint     ruff; make types: mypy; make pytest: tests and doctests"
	@echo "make lock     resolve requirements.lock anew (needs uv)"
	@echo "make clean    remove the environment and caches"

demo: $(READY)
	$(BIN)/geoaccess demo --output maps/demo

test: lint types pytest

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy

pytest: $(READY)
	$(BIN)/python -m pytest

$(READY): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "no Python 3.11 or newer found; set PYTHON=/path/to/python3"; exit 1; }
	rm -rf .venv
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $(READY)

lock:
	uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 --fork-strategy fewest \
		--generate-hashes --no-annotate --quiet --upgrade --custom-compile-command "make lock" \
		--output-file requirements.lock

clean:
	rm -rf .venv build *.egg-info .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
