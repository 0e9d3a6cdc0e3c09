# Every target sets up what it needs, from nothing but make and Python 3.11 or newer.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
BENCH := .bench

.PHONY: help lab test demo check notebooks bench clean

help:
	@echo "make lab        work on the notebooks in JupyterLab (your copies are in work/)"
	@echo "make test       every test"
	@echo "make demo       a class of made-up submissions, from release to report"
	@echo "make check      style and types"
	@echo "make notebooks  run the source notebooks and the released ones"
	@echo "make bench      measure against autograd, jax and nbgrader; writes bench/results.md (QUICK=1: only try)"
	@echo "make clean      remove what was set up; work/ and classroom/ stay"

$(READY): requirements.lock
$(BENCH)/.ready: requirements-bench.lock

%/.ready: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12")'
	$(PYTHON) -m venv $*
	$*/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(filter %.lock,$^)
	$*/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

lab: $(READY)
	$(BIN)/course lab

test: $(READY)
	$(BIN)/python -m pytest -n 2 --dist loadscope
	$(BIN)/python -m pytest -n 2 --dist loadscope --nbval-lax --nbval-cell-timeout 300 notebooks

demo: $(READY)
	$(BIN)/course demo

check: $(READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

notebooks: $(READY)
	$(BIN)/python -m pytest -n 2 --dist loadscope --nbval-lax --nbval-cell-timeout 300 notebooks
	$(BIN)/python -m pytest tests/test_notebooks.py tests/test_released.py

bench: $(BENCH)/.ready
	$(BENCH)/bin/python bench/run.py $(if $(QUICK),--quick)

clean:
	rm -rf $(VENV) $(BENCH) classroom-demo *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
