# Every target sets up what it needs, once; `make` alone lists them.
PYTHON ?= python3
RUN = set -e; py="$$($(PYTHON) sandbox/toolchain/venv.py)"; exec "$$py"
PY  = set -e; py="$$($(PYTHON) sandbox/toolchain/venv.py)"; "$$py"
export PYTHONDONTWRITEBYTECODE = 1

.DEFAULT_GOAL := help
.PHONY: help test

help: ## list the targets
	@awk -F':.*## ' '/^[a-z0-9-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

test: ## lint, types, import contracts, unit tests, docs and coverage checks (no cluster)
	@$(PY) -m ruff check . && "$$py" -m ruff format --check . && "$$py" -m mypy \
	  && "$$py" -c 'import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())' \
	  && exec "$$py" -m pytest tests
