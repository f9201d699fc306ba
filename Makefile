# The two commands: `make run` and `make test`. Both set up what they need first; a second run takes seconds.
# A Python of your choice: make run PYTHON=python3.12

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --no-compile --constraint constraints.txt
ARGS ?=
# PARLOR_ACCEL: auto, cpu or cuda. PARLOR_PORTABLE=1: llama.cpp for other processors too. What was chosen last stays.
PARLOR_ACCEL ?= $(or $(shell cat .venv/accel 2>/dev/null),auto)
export PARLOR_ACCEL
PARLOR_PORTABLE ?= $(shell cat .venv/portable 2>/dev/null)
export PARLOR_PORTABLE
READY := .venv/.run-$(PARLOR_ACCEL)$(if $(filter-out 0,$(PARLOR_PORTABLE)),-portable)

# A Python that was upgraded under it, or a set-up that lost its power, leaves an environment without pip. What a bundle
# installed cannot be made here again.
$(shell test ! -e .venv || .venv/bin/python -c 'import pip' 2>/dev/null || grep -qs '"bundle"' .venv/parlor-install.json \
	|| { echo "The environment in .venv is broken: it is made anew." >&2; rm -rf .venv; })

LANGUAGE := en
PARTS := ears brain voice
MADE := $(if $(filter en,$(LANGUAGE)),models/starter,models/starter/$(LANGUAGE))

.PHONY: run test quick lint setup clean peers starter starter-install starter-card $(PARTS:%=starter-%)

run: $(READY)
	$(BIN)/python -m app serve $(ARGS)

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
	@$(MAKE) --no-print-directory -W pyproject.toml $(READY)

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Parlor needs Python 3.11, 3.12 or 3.13; the first of these that your system has: sudo apt install python3.13-venv, or python3.12-venv, or python3.11-venv"; exit 1; }
	@$(PYTHON) -m venv .venv || $(PYTHON) -m virtualenv .venv || { rm -rf .venv; echo \
		"No virtual environment could be made: sudo apt install $(notdir $(PYTHON))-venv, or pip install --user virtualenv"; exit 1; }

$(READY): .venv/bin/python pyproject.toml constraints.txt
	@$(BIN)/python -m app.install
	@rm -f .venv/.run-*
	@echo $(PARLOR_ACCEL) > .venv/accel
	@echo $(PARLOR_PORTABLE) > .venv/portable
	@sync
	@touch $@

# Each is wanted for one file: openai-whisper for the multilingual vocabulary, nlptoolkit-wordnet for the Turkish word net.
.venv/.test: $(READY)
	$(PIP) --editable ".[dev]"
	$(PIP) --no-deps openai-whisper nlptoolkit-wordnet
	@touch $@

# The starter models from nothing, some four hours on 2 cores; or one of them: make starter-voice. Stopped, it goes on
# where it was. LANGUAGE=tr for the Turkish ones, after the English, ARGS for the scripts' own options (see `--help` of each).
starter: $(PARTS:%=starter-%)

starter-brain starter-voice: | $(filter starter-ears,$(MAKECMDGOALS:starter=starter-ears))

$(PARTS:%=starter-%): starter-%: .venv/.starter
	$(BIN)/python -W ignore -m scripts.starter.$* --language $(LANGUAGE) $(ARGS)

# What was made takes the place of what lies in models/starter.
starter-install:
	mkdir -p $(MADE)/brain
	@for made in $(wildcard build/starter/ears/$(LANGUAGE)/ears build/starter/voice/$(LANGUAGE)/voice); do \
		echo "$$made"; cp -r $$made $(MADE)/ || exit 1; done
	@for made in $(wildcard build/starter/brain/$(LANGUAGE)/starter-brain.gguf); do \
		echo "$$made"; cp $$made $(MADE)/brain/ || exit 1; done

# Writes the figures of what lies in models/starter into the model card.
FIGURES := build/starter/figures-$(LANGUAGE).jsonl
starter-card: .venv/.starter
	@mkdir -p build/starter
	$(BIN)/parlor bench starter --json --language $(LANGUAGE) $(ARGS) > $(FIGURES) || [ $$? = 1 ]
	$(BIN)/python -m scripts.starter.card --language $(LANGUAGE) $(FIGURES)

# Parlor beside pipecat, which gets an environment of its own (scripts/peers/README.md). Needs espeak-ng and flite.
peers: $(READY)
	$(BIN)/python -m scripts.peers $(ARGS)

.venv/.starter: $(READY)
	$(PIP) --editable ".[starter]"
	$(PIP) --no-deps nlptoolkit-wordnet
	@touch $@

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache
