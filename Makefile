# The two commands: `make run` and `make test`. Both set up what they need first; a second run takes seconds.
# A Python of your choice: make run PYTHON=python3.12

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --constraint constraints.txt
ARGS ?=
# PARLOR_ACCEL: auto, cpu or cuda. PARLOR_PORTABLE=1: llama.cpp for other processors too. What was chosen last stays.
PARLOR_ACCEL ?= $(or $(shell cat .venv/accel 2>/dev/null),auto)
export PARLOR_ACCEL
PARLOR_PORTABLE ?= $(shell cat .venv/portable 2>/dev/null)
export PARLOR_PORTABLE
READY := .venv/.run-$(PARLOR_ACCEL)$(if $(filter-out 0,$(PARLOR_PORTABLE)),-portable)

.PHONY: run test quick lint setup clean

run: $(READY)
	$(BIN)/parlor serve $(ARGS)

test: .venv/.test lint
	$(BIN)/pytest $(or $(ARGS),--cov)

# Everything but browsers and real conversations.
quick: .venv/.test
	$(BIN)/pytest -m "not browser and not slow" $(ARGS)

lint: .venv/.test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

# Always looks again: a driver or a compiler may have come since. What is done already is not done again.
setup:
	@rm -f .venv/.run-*
	@$(MAKE) --no-print-directory $(READY)

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Parlor needs Python 3.11, 3.12 or 3.13, such as: sudo apt install python3.12 python3.12-venv"; exit 1; }
	@$(PYTHON) -m venv .venv || $(PYTHON) -m virtualenv .venv || { rm -rf .venv; echo \
		"No virtual environment could be made: apt install python3-venv, or pip install --user virtualenv"; exit 1; }

$(READY): .venv/bin/python pyproject.toml constraints.txt
	@rm -f .venv/.run-*
	@$(BIN)/python -m app.install
	@echo $(PARLOR_ACCEL) > .venv/accel
	@echo $(PARLOR_PORTABLE) > .venv/portable
	@touch $@

# openai-whisper is wanted for one file, the multilingual vocabulary; its dependencies would be gigabytes.
.venv/.test: $(READY)
	$(PIP) --editable ".[dev]"
	$(PIP) --no-deps openai-whisper
	@touch $@

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache
