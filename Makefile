# Each target sets itself up: uv where it is there, else python3 and pip. Only `setup` and `lock`
# need the network.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.ready
REPLAY := .venv-replay
PYWB   := tests/archive/replay/requirements

# Hashes are asked of every package; only our own folder is installed without, as a link.
WITH_UV = { \
  uv venv --quiet --allow-existing --python '$(if $(filter python3,$(PYTHON)),>=3.11,$(PYTHON))' $(VENV) && \
  VIRTUAL_ENV=$(VENV) uv pip install --quiet --require-hashes -r requirements.lock && \
  VIRTUAL_ENV=$(VENV) uv pip install --quiet --no-deps --no-build-isolation -e .; }
WITH_PIP = { \
  $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12 ...")' && \
  $(PYTHON) -m venv $(VENV) && \
  $(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements.lock && \
  $(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .; }

.DEFAULT_GOAL := help
.PHONY: help setup demo run test replay check docs wheel lock clean

help:
	@echo 'make demo           a press site on loopback and everything running on it (ONCE=1: ends by itself)'
	@echo 'make run            the daemon, with config.toml'
	@echo 'make test           the tests (ARGS="..." goes to pytest)'
	@echo 'make replay         set up pywb beside us, so that the tests replay our captures with it'
	@echo 'make check          style, types and import directions'
	@echo 'make docs           docs/cli.md anew, from the real help'
	@echo 'make wheel          build dist/*.whl'
	@echo 'make lock           pin the newest versions (needs uv)'
	@echo 'make clean          remove the virtual environment and what tools left behind'

setup: $(STAMP)

$(STAMP): requirements.lock pyproject.toml
	@echo 'Setting up $(VENV) (half a minute the first time) ...' >&2
	@if command -v uv >/dev/null 2>&1 && $(WITH_UV); then :; else $(WITH_PIP); fi
	@touch $@

demo: $(STAMP)
	$(BIN)/syndicator demo $(if $(ONCE),--once) $(ARGS)

run: $(STAMP)
	$(BIN)/syndicator run $(ARGS)

test: $(STAMP)
	$(BIN)/python -m pytest $(ARGS)

# pywb has an environment of its own: it is another program, under the GPL, with 40 packages.
replay: $(REPLAY)/.ready

$(REPLAY)/.ready: $(PYWB).lock
	@if command -v uv >/dev/null 2>&1; then \
	  uv venv --quiet --allow-existing --python '>=3.11' $(REPLAY) && \
	  VIRTUAL_ENV=$(REPLAY) uv pip install --quiet --require-hashes -r $<; \
	else \
	  $(PYTHON) -m venv $(REPLAY) && \
	  $(REPLAY)/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r $<; \
	fi
	@touch $@

check: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python docs/make_cli.py --check

docs: $(STAMP)
	$(BIN)/python docs/make_cli.py

wheel: $(STAMP)
	$(BIN)/python -m hatchling build -t wheel

PIN = uv pip compile --universal --python-version 3.11 --upgrade --generate-hashes \
  --no-emit-index-url --custom-compile-command 'make lock' --quiet

lock:
	$(PIN) pyproject.toml --group dev --output-file requirements.lock
	$(PIN) $(PYWB).in --output-file $(PYWB).lock

clean:
	rm -rf $(VENV) $(REPLAY) dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
