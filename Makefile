# `make help` lists what can be made. Everything runs in .venv, which is built on first use by uv, else by venv and pip.

VENV ?= .venv
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { command -v "$$name"; break; }; done)
UV := $(shell command -v uv 2>/dev/null)
BIN := $(VENV)/bin
# A file at a time, in the order that tests/conftest.py gives them: the browser's last.
WORKERS := --numprocesses auto --dist loadfile --no-loadscope-reorder
CHROMIUM := chromium chromium-browser google-chrome google-chrome-stable

.DEFAULT_GOAL := help
.PHONY: help demo test check bench matrix env browser pgbouncer contrib coverage-core lint format types layers templates docs modules migrations messages clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s%s\n", $$1, $$2 }' Makefile

demo: $(VENV)/.demo  ## serve a shop's back office with some months of history (EVENTS=1000000, DEMO_PORT, DATABASE_URL)
	@DEMO_EVENTS=$(EVENTS) $(BIN)/python -m demo_project.run

test: $(VENV)/.dev browser pgbouncer contrib  ## run all tests on an embedded PostgreSQL and a real browser (ARGS="-k name")
	$(BIN)/python -m pytest $(if $(ARGS),$(ARGS),$(WORKERS) --cov)
	$(if $(ARGS),,@$(MAKE) --no-print-directory coverage-core)

check: lint types layers templates docs modules migrations  ## everything that can be said without running the tests

coverage-core: $(VENV)/.dev  ## whether the last `make test` took every branch of the core; it ends with this
	@$(BIN)/python -m coverage report --include='pghistory/*' --fail-under=100 || { \
		echo "No test takes these lines and branches of pghistory/: take them by one, or take them out."; \
		exit 1; \
	}

bench: $(VENV)/.dev  ## measure writes and reads beside other packages and SQL by hand (FULL=1: up to 10 million events)
	@$(BIN)/python -m bench $(if $(FULL),--full)

matrix: $(VENV)/.dev pgbouncer contrib  ## run the tests on other versions of Python, Django and PostgreSQL (CELLS="oldest newest")
	@$(BIN)/python -m tests.cells $(CELLS)

env: $(VENV)/.dev  ## build or refresh the environment, with what contributors need

lint: $(VENV)/.dev  ## ruff: rules and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(VENV)/.dev  ## let ruff mend what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(VENV)/.dev  ## mypy, strict, with django-stubs
	$(BIN)/mypy

layers: $(VENV)/.dev  ## import-linter: who may import whom
	$(BIN)/lint-imports

templates: $(VENV)/.dev  ## every template compiles
	$(BIN)/python -m pytest -q tests/house/test_templates.py

docs: $(VENV)/.dev  ## every link within the documents leads somewhere
	$(BIN)/python -m pytest -q tests/house/test_docs.py

modules: $(VENV)/.dev  ## the sizes and habits that hold for every file
	$(BIN)/python -m pytest -q tests/house/test_modules.py

migrations: $(VENV)/.dev  ## no model has changed without its migration
	for settings in tests.settings tests.elsewhere.settings; do \
		$(BIN)/python -m demo_project.postgres $(BIN)/python -W error -m django makemigrations --check --dry-run \
			--settings $$settings || exit 1; \
	done

messages: $(VENV)/.dev  ## take new texts of the browser into its catalogues, and compile them
	$(BIN)/python -m tests.house.messages

clean:  ## remove the environment, caches and the demo's data
	rm -rf $(VENV) .venv-matrix .demo .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .coverage htmlcov

# A stamp is newer than pyproject.toml for as long as what it installed is what pyproject.toml asks for.
$(VENV)/.demo $(VENV)/.dev: pyproject.toml | $(BIN)/python
ifneq ($(UV),)
	@echo "Installing what the project needs, by uv …"
	@$(UV) pip install --quiet --python $(BIN)/python --editable ".[$(patsubst .%,%,$(notdir $@))]"
else
	@echo "Installing what the project needs, by pip (a few minutes the first time) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[$(patsubst .%,%,$(notdir $@))]"
endif
	@touch $(VENV)/.demo $@

$(BIN)/python:
	@if [ -z "$(PYTHON)" ]; then \
		echo "Python 3.11 or newer is needed and was not found. Install it, or say where: make PYTHON=/path/to/python3"; \
		exit 1; \
	fi
ifneq ($(UV),)
	@$(UV) venv --quiet --python $(PYTHON) $(VENV)
else
	@if ! $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null; then \
		echo "$(PYTHON) cannot make environments: its venv or ensurepip is missing."; \
		echo "On Debian and Ubuntu: apt-get install python3-venv. Or install uv; it needs neither."; \
		exit 1; \
	fi
	@$(PYTHON) -m venv $(VENV)
endif

browser:
	@for name in $(CHROMIUM); do command -v "$$name" >/dev/null && exit 0; done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing Chromium for the browser tests …"; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
			apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core; \
	else \
		echo "The browser tests need Chromium or Chrome on the PATH."; \
		echo "On Debian and Ubuntu: sudo apt-get install chromium. Elsewhere: your system's package of that name."; \
		exit 1; \
	fi

# Systems put it where only root looks.
pgbouncer:
	@PATH="$$PATH:/usr/sbin:/usr/local/sbin" command -v pgbouncer >/dev/null && exit 0; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing PgBouncer for the tests of connection pooling …"; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends pgbouncer; \
	else \
		echo "The tests of connection pooling need PgBouncer."; \
		echo "On Debian and Ubuntu: sudo apt-get install pgbouncer. Elsewhere: your system's package of that name."; \
		exit 1; \
	fi

# The embedded servers come without PostgreSQL's own extensions.
contrib:
	@find /usr/lib/postgresql /usr/share/postgresql /usr/pgsql-* /opt/homebrew/opt/postgresql@* -name citext.control \
		2>/dev/null | grep -q . && exit 0; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing PostgreSQL's extensions for the tests of hstore and citext …"; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql; \
	else \
		echo "The tests of hstore and citext need a PostgreSQL of the system with its extensions."; \
		echo "On Debian and Ubuntu: sudo apt-get install postgresql. Elsewhere: your system's package of that name."; \
		exit 1; \
	fi
