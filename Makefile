# Targets of the project. `make help` lists them.
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(not (3,11) <= sys.version_info[:2] < (3,14))' 2>/dev/null && { echo $$p; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
AUDIT := $(VENV)/audit
# Make itself has an AS, the assembler, which `?=` would leave.
ifneq ($(filter default undefined,$(origin AS)),)
AS := ana
endif
CRM ?= none
KILLS ?= 1000
ACTIVITIES ?= 100000
ROUNDS ?= 5
ROWS ?= all
TURNS ?= 120000

.DEFAULT_GOAL := help
.PHONY: help setup run serve package test check lint e2e unit drill fuzz bench soak train eval lock audit clean

help: ## List these targets
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

$(VENV)/.installed: requirements.lock
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed and was not found."; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	@touch $@

dev/node_modules/.installed: dev/package.json
	npm install --prefix dev --no-package-lock --no-audit --no-fund --loglevel=error
	@touch $@

setup: $(VENV)/.installed dev/node_modules/.installed ## Install everything into .venv and dev/node_modules, nothing else

run: setup ## Start the bot and the Agents Playground (AS=fernanda: as someone else; CRM=fake: with a Salesforce)
	@exec $(BIN)/python -m dev.run --as "$(AS)" --crm "$(CRM)"

serve: $(VENV)/.installed ## Start the bot alone (PORT, DATABASE_URL from the environment)
	@exec $(BIN)/python app.py serve

package: $(VENV)/.installed ## Build the Teams app to upload, var/retencao-teams.zip (docs/implantacao.md)
	@$(BIN)/python -m manifest.package

lint: $(VENV)/.installed ## ruff, mypy --strict, import-linter
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy .
	$(BIN)/lint-imports

unit: $(VENV)/.installed ## Every test that needs no browser
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not e2e and not drill"

e2e: setup ## The browser tests: the official Playground in headless Chromium
	$(BIN)/python -m pytest -m e2e

drill: $(VENV)/.installed ## Kill the real bot 1,000 times per database, prove nothing is lost (three hours; KILLS=100 for less)
	$(BIN)/python -m tests.drill --kills $(KILLS)

test: setup lint ## Every check: lint, types, layers, unit, scenario, browser, a drill of 20 kills per database
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not drill"
	$(BIN)/python -m pytest -m drill

fuzz: $(VENV)/.installed ## Throw mutated payloads at the whole bot (ACTIVITIES=100000)
	$(BIN)/python -m tests.fuzz --activities $(ACTIVITIES)

bench: $(VENV)/.installed ## Measure the bot beside a bare botbuilder bot and the floor (ROUNDS=1 ROWS=help,register; root for auth)
	@$(BIN)/python -m bench --rounds $(ROUNDS) --rows $(ROWS)

soak: $(VENV)/.installed ## Take 120,000 turns on one process: does it grow, does anything get stuck? (TURNS=20000 for less)
	@$(BIN)/python -m bench.soak --turns $(TURNS)

train: $(VENV)/.installed ## Learn the classifier's weights anew from the labelled utterances
	@$(BIN)/python -m dev.train

eval: $(VENV)/.installed ## Measure the classifier on utterances it has not learnt from
	@$(BIN)/python -m dev.evaluate

# The runtime lock is what the image installs: the same versions, without what only tests and checks need.
lock: ## Pin every dependency with its hash (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		--extra dev pyproject.toml -o requirements.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		--no-annotate --constraint requirements.lock pyproject.toml -o requirements-runtime.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		--group audit -o requirements-audit.lock

$(AUDIT)/.installed: requirements-audit.lock
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed and was not found."; exit 1; }
	$(PYTHON) -m venv $(AUDIT)
	$(AUDIT)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-audit.lock
	@touch $@

audit: $(AUDIT)/.installed ## Look every pinned package up among the known vulnerabilities (needs the network)
	@found="$$($(AUDIT)/bin/pip-audit --strict --disable-pip --require-hashes --progress-spinner off \
		-r requirements.lock -r requirements-audit.lock 2>/dev/null)" \
	&& echo "Nothing that is pinned has a known vulnerability." \
	|| { echo "$${found:-make audit: nothing was audited, for PyPI could not be asked about every package; run it where it can.}" >&2; exit 1; }

clean: ## Remove what was installed and the local database
	rm -rf $(VENV) dev/node_modules var
