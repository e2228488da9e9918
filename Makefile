# Luodi 落地. `make demo` and `make test` on a fresh machine need Python 3.11 or newer and nothing else; no root.
# A second run works offline: each step leaves a stamp and is repeated only when what it reads has changed.
.DEFAULT_GOAL := help
SHELL := /bin/sh
BIN := .venv/bin
PIP_QUIET := --quiet --disable-pip-version-check
# What `luodi demo` or `luodi serve` gets: make demo ARGS="--port 8080"
ARGS ?=

FRONTEND := $(shell find frontend -type f -not -path '*/node_modules/*' 2>/dev/null)
CATALOGUES := $(wildcard luodi/locale/*/LC_MESSAGES/*.po)
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	--no-emit-index-url --no-emit-find-links

.PHONY: help demo serve test lint assets messages describe screenshots lock clean

help: ## show this list
	@grep -hE '^[a-z]+:.*## ' Makefile | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

demo: .venv/.base-stamp static/dist/.stamp .venv/.messages-stamp ## the sample city on http://127.0.0.1:8000
	@$(BIN)/luodi demo $(ARGS)

serve: .venv/.base-stamp static/dist/.stamp .venv/.messages-stamp ## web server and worker on your own database
	@$(BIN)/luodi serve $(ARGS)

test: .venv/.dev-stamp static/dist/.stamp .venv/.messages-stamp ## everything a change must pass
	@$(BIN)/python scripts/check.py $(ARGS)

lint: .venv/.dev-stamp ## ruff, import contract, types
	@$(BIN)/python scripts/check.py --only lint imports types

assets: static/dist/.stamp ## styles, scripts, icons → static/dist

messages: .venv/.dev-stamp ## bring the English catalogue up to date and compile it (needs gettext)
	@$(BIN)/python scripts/check_messages.py --write
	@$(BIN)/python scripts/compile_messages.py

describe: .venv/.base-stamp ## write docs/generated
	@$(BIN)/luodi describe

screenshots: .venv/.dev-stamp static/dist/.stamp .venv/.messages-stamp ## docs/screenshots from the sample city
	@$(BIN)/python scripts/screenshots.py

lock: .venv/.dev-stamp ## requirements/*.in → hashed locks without addresses
	@for name in base dev s3 node; do $(LOCK) requirements/$$name.in -o requirements/$$name.txt || exit 1; done

clean: ## remove what was built; data in var/ stays
	rm -rf .venv .venv-node static/dist frontend/node_modules build *.egg-info
	find luodi tests scripts -name __pycache__ -type d -prune -exec rm -rf {} +
	find luodi -name '*.mo' -delete

.venv/.base-stamp: requirements/base.txt pyproject.toml
	@scripts/make_venv.sh .venv
	@echo "Installing what the product needs (requirements/base.txt) …"
	@$(BIN)/python -m pip install $(PIP_QUIET) --require-hashes -r requirements/base.txt
	@$(BIN)/python -m pip install $(PIP_QUIET) --no-deps --no-build-isolation --no-index -e .
	@touch $@

.venv/.dev-stamp: requirements/dev.txt .venv/.base-stamp
	@echo "Installing what tests and checks need (requirements/dev.txt) …"
	@$(BIN)/python -m pip install $(PIP_QUIET) --require-hashes -r requirements/dev.txt
	@touch $@

.venv/.messages-stamp: .venv/.base-stamp $(CATALOGUES) scripts/compile_messages.py
	@$(BIN)/python scripts/compile_messages.py
	@touch $@

static/dist/.stamp: $(FRONTEND) scripts/build_assets.sh
	@scripts/build_assets.sh
	@touch $@
