# Needs python3 with pip, git and make, nothing else; everything it makes stays inside this folder.
UV := .tools/bin/uv
# uv does not read pip's settings: where they name an index, it is told of it.
PIP_INDEX = $$(python3 -m pip config list 2>/dev/null | sed -n "s/^.*\.index-url='\(.*\)'/\1/p" | head -n 1)
PIP = index="$${UV_DEFAULT_INDEX:-$(PIP_INDEX)}"; env $${index:+UV_DEFAULT_INDEX="$$index"} $(UV) pip
PY := .venv/bin/python
COMPILE = $(PIP) compile -q --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11
INPUTS := pyproject.toml hatch_build.py

.PHONY: help setup demo run test quick check bench mutants words icons lock
.DEFAULT_GOAL := help

help:    ## what can be made
	@grep -E '^[a-z]+: .*##' Makefile | sed -E 's/^([a-z]+):.*## */  make \1\t/' | expand -t 16

setup: .venv/.demo ## set up .venv and nothing else
	@$(PY) -m tools.words

demo: setup ## set up, fill a demo bureau and serve it on this machine
	.venv/bin/sme-tracker demo

run: setup ## serve the bureau's own data, empty at first
	.venv/bin/sme-tracker migrate
	.venv/bin/sme-tracker serve

test: .venv/.test ## every test, on SQLite, PostgreSQL and in a browser
	@$(PY) -m compileall -q sme_tracker # every command that a test starts would compile it anew
	$(PY) -m pytest -n 2

quick: .venv/.test ## the tests of the rooms that a change touches (SINCE=HEAD~3: since that commit)
	$(PY) -m tools.quick $(SINCE)

check: .venv/.test ## format, lint, types, import contracts, migrations, translations
	.venv/bin/ruff format --check
	.venv/bin/ruff check
	.venv/bin/mypy
	.venv/bin/djlint --quiet --lint templates
	.venv/bin/lint-imports
	.venv/bin/vulture
	$(PY) -m pytest -q tests/house/test_migrations.py tests/house/test_translations.py

bench: .venv/.test ## time the pages, the import and the export at full size
	$(PY) bench/run.py

mutants: .venv/.test ## change the rules in MUTANTS=40 places drawn by SEED=1, and list what no test notices
	$(PY) -m tools.mutants $(or $(MUTANTS),40) $(or $(SEED),1)

words: .venv/.demo ## compile the translations anew
	@$(PY) -m tools.words

icons: .venv/.demo ## join the icons of static/icons.txt into the sprite anew
	$(PY) -m tools.icons

lock: | $(UV) ## resolve the dependencies anew
	@$(COMPILE) pyproject.toml -o requirements.txt
	@$(COMPILE) --group test --group lint -c requirements.txt pyproject.toml -o requirements-dev.txt
	npm install --package-lock-only --ignore-scripts
	npm install --package-lock-only --ignore-scripts --prefix tests/browser

$(UV): # installs where the system's Python forbids it and has no venv module
	python3 -m pip install -q --disable-pip-version-check --root-user-action ignore --target .tools uv==0.13.9

.venv/bin/python: | $(UV)
	$(UV) venv -q --no-managed-python --python '>=3.11' .venv

.venv/.demo: requirements.txt $(INPUTS) | .venv/bin/python
	@$(PIP) install -q --compile-bytecode --python $(PY) --require-hashes -r requirements.txt
	@$(PIP) install -q --python $(PY) --no-deps -e .
	@touch $@

.venv/.test: requirements-dev.txt $(INPUTS) | .venv/bin/python
	@$(PIP) sync -q --compile-bytecode --python $(PY) --require-hashes requirements-dev.txt
	@$(PIP) install -q --python $(PY) --no-deps -e .
	@touch $@ .venv/.demo
