# `make run` shows the app, `make check` what a few minutes can check, `make test` everything; each sets up what it needs in .venv first.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: run check test conformance lint checkpoints screenshots clean

run: $(VENV)/.app
	$(BIN)/python -m streamlit run streamlit_app.py

# Before every commit: no browser, and nothing that trains for long or starts a server (the marks in pyproject.toml).
check: $(VENV)/.test lint
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder -m "not browser and not slow"

test: $(VENV)/.test lint
	$(BIN)/python -m tests.browser.chromium
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder -p tests.line_coverage

# What holds ours against suites nobody here wrote: ONNX's and the like. `make test` runs whatever of it is installed.
conformance: $(VENV)/.conformance

lint: $(VENV)/.test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/oxlint --quiet cnnviz tests
	$(BIN)/deno check --quiet --config tests/js/deno.json cnnviz/ui tests/js/dom.d.ts

# The shipped checkpoints, as their cards say; needs MNIST and Fashion-MNIST (.venv/bin/python -m cnnviz data fetch mnist fashion-mnist)
# and, for the last one, the pictures of CIFAR-10 as JPEG in the folder cifar10/{train,test}/CLASS of CNNVIZ_DATA.
checkpoints: $(VENV)/.app
	$(BIN)/python -m checkpoints.make

screenshots: $(VENV)/.test
	PYTHONPATH=. $(BIN)/python docs/screenshots.py

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || { echo "Python 3.10 or newer is needed; $(PYTHON) is $$($(PYTHON) --version). Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip

$(VENV)/.app: requirements.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet -r requirements.txt
	@touch $@

$(VENV)/.test: $(VENV)/.app pyproject.toml
	$(BIN)/python -m pip install --quiet -e '.[test]'
	@touch $@

$(VENV)/.conformance: $(VENV)/.test
	$(BIN)/python -m pip install --quiet -e '.[conformance]'
	@touch $@

clean:
	rm -rf $(VENV)
