# What can be done with a working copy. Each command sets up what it needs first; a second time that takes a moment.
.DEFAULT_GOAL := help
.PHONY: help setup demo test lint bench
PYTHON_ENV := .venv/bin
PORT ?= 8000
MAIL_PORT ?= 8025

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-6s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Set up for work on the code, tests included
	@scripts/setup test

demo: ## Run the whole product here (RESET=1 begins afresh, PORT=8000, MAIL_PORT=8025)
	@scripts/setup demo
	@exec $(PYTHON_ENV)/python -m tia_hub.cli demo --port $(PORT) --mail-port $(MAIL_PORT) $(if $(RESET),--reset)

test: ## Run all tests, one process a core (ARGS="tests/demo -k mail" runs some, in one)
	@scripts/setup test
	@$(PYTHON_ENV)/python -m pytest $(or $(ARGS),-n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder)

lint: ## Check style, types, imports and templates
	@scripts/setup code
	$(PYTHON_ENV)/ruff check .
	$(PYTHON_ENV)/ruff format --check .
	$(PYTHON_ENV)/mypy
	$(PYTHON_ENV)/lint-imports
	$(PYTHON_ENV)/djlint --lint templates tia_hub/demo/mail_catcher/templates

bench: ## Measure, as bench/README.md describes
	@scripts/setup code
	@$(PYTHON_ENV)/python -m bench
