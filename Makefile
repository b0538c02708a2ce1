# Everything runs in .venv, which the first target that needs it makes with the interpreter that `.ci/python` finds;
# `make run PYTHON=...` names another one.
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help run test check bench clean
.DELETE_ON_ERROR:

help:
	@echo 'make run     answer an example: awards and duties of an enterprise in Chengde'
	@echo 'make test    run every test'
	@echo 'make check   ruff, mypy, import contracts, evaluator check, evaluator fmt'
	@echo 'make bench   measure speed against its bounds'
	@echo 'make clean   remove .venv and caches'

run: $(VENV)/installed
	@$(BIN)/evaluator decide examples/chengde-enterprise.yaml --as-of 2025-06-30

test: $(VENV)/installed-dev
	@$(BIN)/python -m pytest

check: $(VENV)/installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/evaluator check
	$(BIN)/evaluator fmt --check rules

bench: $(VENV)/installed-dev
	@$(BIN)/python -m bench

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage build dist

$(VENV)/installed: pyproject.toml evaluator/_version.py
	@$(MAKE) --no-print-directory venv
	@echo 'installing evaluator into $(VENV) ...'
	@$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/installed-dev: pyproject.toml evaluator/_version.py
	@$(MAKE) --no-print-directory venv
	@echo 'installing evaluator and what its tests need into $(VENV) ...'
	@$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@ $(VENV)/installed

.PHONY: venv
venv:
	@$(BIN)/python -m pip --version > /dev/null 2>&1 \
	    || { python=$$(sh .ci/python) && echo "making $(VENV) ..." && "$$python" -m venv $(VENV); }
