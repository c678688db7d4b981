# What one runs: `make demo`, `make test`, `make lint`. Each makes the venv first, from a bare Python.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

export PIP_CONSTRAINT := constraints.txt
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help demo test lint format score fuzz train constraints clean

help:
	@echo "make demo    applications by mail, from the first letter to the welcome, told as they happen"
	@echo "             (KEEP=1 leaves the servers running, so that you can write to the bot yourself)"
	@echo "make test    the whole test suite"
	@echo "make lint    ruff, ruff format, mypy --strict, import-linter"
	@echo "make fuzz    many mutated letters through every reader (LETTERS=100000)"
	@echo "make train   learn from bench/sentences how answers are worded (writes rules/sentences.json)"
	@echo "make score   how well letters are read, on a folder of labelled ones (CORPUS=…)"

$(INSTALLED): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "mailbot needs Python 3.11 or newer; this is " + sys.version.split()[0])'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing into $(VENV) …"
	@$(BIN)/python -m pip install --quiet --editable '.[sandbox,dev]'
	@touch $@

demo: $(INSTALLED)
	@$(BIN)/mailbot demo --folder demo $(if $(KEEP),--keep)

test: $(INSTALLED)
	@$(BIN)/python -m pytest -n auto $(ARGS)

lint: $(INSTALLED)
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(INSTALLED)
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

CORPUS ?= ../shared/corpus
score: $(INSTALLED)
	@$(BIN)/python $(CORPUS)/score.py $(CORPUS)/a $(CORPUS)/b --reader "$(BIN)/mailbot read --json" $(ARGS)

LETTERS ?= 100000
fuzz: $(INSTALLED)
	@$(BIN)/python -m bench.fuzz --letters $(LETTERS) $(ARGS)

train: $(INSTALLED)
	@$(BIN)/python -m pip install --quiet --editable '.[sandbox,dev,bench]'
	@OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m bench.train $(ARGS)

# Newest versions that pyproject.toml admits, written down by name and version alone.
constraints:
	@rm -rf build/fresh && $(PYTHON) -m venv build/fresh
	@PIP_CONSTRAINT= build/fresh/bin/python -m pip install --quiet --upgrade pip
	@PIP_CONSTRAINT= build/fresh/bin/python -m pip install --quiet --editable '.[sandbox,postgres,bench,dev]'
	@build/fresh/bin/python -m pip freeze --exclude-editable --exclude mailbot | grep -E '^[A-Za-z0-9._-]+==[^ ]+$$' > constraints.txt
	@rm -rf build/fresh

clean:
	rm -rf $(VENV) build dist demo .mypy_cache .ruff_cache .pytest_cache .hypothesis
