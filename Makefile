# `make` alone says what there is.
.DEFAULT_GOAL := help
SHELL := /bin/sh
# dockerd is there, which is not in everybody's path.
export PATH := $(PATH):/usr/sbin:/sbin
# Some images set it: then each of some thousand processes would compile the program anew.
unexport PYTHONDONTWRITEBYTECODE
VENV := .venv
BIN := $(VENV)/bin
PYTEST := $(BIN)/python -m pytest --durations=5 --durations-min=1
# Parts side by side, where it takes an engine each with one of its own. They wait more than they compute.
SPLIT := -n 2
FINER := -n 4

.PHONY: help run demo test lint unit ui engine terminal faults fresh fuzz bench docs site clean dist zipapp sbom image notes

help:  ## say what there is
	@sed -n 's/^\([a-z]*\):.*  ## /\1|/p' $(MAKEFILE_LIST) | while IFS='|' read -r target does; do \
		printf '  make %-10s %s\n' "$$target" "$$does"; done

# What stands in .venv follows from pyproject.toml alone: while it has not changed, nothing is installed again.
$(VENV)/run.stamp: pyproject.toml scripts/environment
	@scripts/environment $(VENV) . $@

$(VENV)/test.stamp: pyproject.toml scripts/environment
	@scripts/environment $(VENV) '.[test,lint]' $@

$(VENV)/docs.stamp: pyproject.toml scripts/environment
	@scripts/environment $(VENV) '.[docs]' $@

$(VENV)/dist.stamp: pyproject.toml scripts/environment
	@scripts/environment $(VENV) '.[test,dist]' $@

$(VENV)/bench.stamp: pyproject.toml scripts/environment
	@scripts/environment $(VENV) '.[test,bench]' $@

run: $(VENV)/run.stamp  ## open the dashboard on this machine's engine
	@$(BIN)/holdfast

demo: $(VENV)/run.stamp  ## open it on a simulated engine: nothing is real
	@$(BIN)/holdfast --demo

test: $(VENV)/test.stamp  ## everything: sets up what is missing, lint, all suites
	@MAKE='$(MAKE)' scripts/test

lint: $(VENV)/test.stamp  ## style, types, layers
	@MAKE='$(MAKE)' scripts/lint $(BIN)

unit: $(VENV)/test.stamp  ## rules, parsers, layers: no engine, no screen
	@scripts/provision
	$(PYTEST) $(FINER) tests/unit tests/architecture

ui: $(VENV)/test.stamp  ## the screen, driven by keys, on the simulated engine
	@scripts/provision
	$(PYTEST) $(FINER) tests/ui

engine: $(VENV)/test.stamp  ## against a real Docker Engine of the tests' own
	@scripts/provision engine
	$(PYTEST) $(SPLIT) tests/engine

terminal: $(VENV)/test.stamp  ## the installed command in a real pseudo-terminal
	@scripts/provision engine
	$(PYTEST) $(SPLIT) tests/terminal

faults: $(VENV)/test.stamp  ## broken connections, hostile input, restarted engines
	@scripts/provision engine
	$(PYTEST) $(FINER) tests/faults

fresh:  ## all of that on a Debian that has nothing else, without a network
	@scripts/fresh

fuzz: $(VENV)/test.stamp  ## try the properties with new examples (SEED=, EXAMPLES=)
	@scripts/provision
	@scripts/fuzz $(BIN)

bench: $(VENV)/bench.stamp  ## speed, side by side with lazydocker
	@scripts/provision engine
	$(BIN)/python -m tests.bench

docs: $(VENV)/test.stamp  ## write what follows from the program: keys, manual, settings, verbs, messages, pictures
	$(BIN)/python scripts/keys_page.py
	$(BIN)/python scripts/man_page.py
	$(BIN)/python scripts/settings_page.py
	$(BIN)/python scripts/verbs_pages.py
	$(BIN)/python scripts/troubleshooting_pages.py
	$(BIN)/python scripts/pictures.py

site: $(VENV)/docs.stamp  ## the documents as a site that needs no network, in build/site
	@NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --quiet
	@echo build/site/index.html

dist: $(VENV)/dist.stamp  ## sdist and wheel, looked at as an index would
	@scripts/dist $(BIN) packages

zipapp: $(VENV)/dist.stamp  ## one file that needs nothing but this version of Python, dist/holdfast.pyz
	@scripts/dist $(BIN) wheels
	@scripts/dist $(BIN) zipapp

sbom: $(VENV)/dist.stamp  ## what it is made of, as CycloneDX, dist/holdfast.cdx.json
	@scripts/dist $(BIN) sbom

image: $(VENV)/dist.stamp  ## Holdfast as an image (PYTHON_IMAGE=, IMAGE=)
	@scripts/dist $(BIN) image

notes:  ## what is not released yet, from the changelog
	@$(BIN)/python scripts/release_notes.py

clean:  ## remove what was made here
	rm -rf $(VENV) build dist .cache .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find tui tests scripts -name __pycache__ -type d -prune -exec rm -rf {} +
