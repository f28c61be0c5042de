# The commands people and CI use. Each sets up what it needs first: scripts/setup, quick the second time.
SHELL := /bin/bash
PYTHON := .venv/bin/python
ARGS ?=
export PYTHONUNBUFFERED := 1

.DEFAULT_GOAL := help
.PHONY: help run test check bench soak screens pictures texts format lock deb setup clean

help: ## list these commands
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 14

run: ## start the kiosk with the sample site; without a screen: a scripted visit, pictures in out/
	@scripts/setup run
	@scripts/run $(ARGS)

test: ## run every test, real windows included
	@scripts/setup dev
	@scripts/test $(ARGS)

check: ## formatting, lint, types, import rules, configuration, catalogue and translations
	@scripts/setup dev
	@scripts/check

bench: ## measure the kiosk against its bounds (ARGS=paper for one of them)
	@scripts/setup dev
	@env -u WAYLAND_DISPLAY xvfb-run -a -s "-screen 0 1920x1920x24" $(PYTHON) -m tests.bench $(ARGS)

soak: ## the long tests: random bytes, and ten thousand tickets with random faults (half an hour)
	@scripts/setup dev
	@$(PYTHON) -m pytest -n 2 -m soak $(ARGS)

screens: ## every mode on every panel as pictures, and a sheet of them for each panel (out/screens)
	@scripts/setup dev
	@env -u WAYLAND_DISPLAY xvfb-run -a -s "-screen 0 1920x1920x24" $(PYTHON) -m scripts.screens

pictures: ## the manuals' pictures, drawn anew (docs/pictures)
	@scripts/setup dev
	@env -u WAYLAND_DISPLAY xvfb-run -a -s "-screen 0 1920x1920x24" $(PYTHON) -m scripts.pictures

texts: ## collect the texts of the program into assets/locale/*.po
	@scripts/setup dev
	@$(PYTHON) -m scripts.texts

format: ## format the code and mend what ruff can mend
	@scripts/setup dev
	@$(PYTHON) -m ruff check --fix .
	@$(PYTHON) -m ruff format .

lock: ## write requirements*.txt anew from pyproject.toml (ARGS=--upgrade for newer versions)
	@scripts/setup dev
	@scripts/lock $(ARGS)

deb: ## build the Debian package of the kiosk into out/
	@scripts/setup run
	@scripts/deb

setup: ## install what the other commands need, and nothing else
	@scripts/setup dev

clean: ## remove what the commands above made
	@rm -rf .venv out .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
