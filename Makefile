# The commands of the project; `make` alone lists them. Works with GNU make 3.81 (macOS) and later.

PYTHON ?= python3
BIN := .venv/bin

# The quarters that `make report` runs, in order, and the page of the last one.
DEMO ?= params/demo/2025Q2.yaml params/demo/2025Q3.yaml
PAGE = $(patsubst params/%.yaml,reports/%/index.html,$(lastword $(DEMO)))

# Any pytest arguments: `make test ARGS="tests/stats -k lift"`. The coverage floor only makes sense
# for the whole set, so it is left out when a part is asked for.
ARGS ?=
COVERAGE = $(if $(strip $(ARGS)),,--cov --cov-report=term:skip-covered)

# Processes that share the tests; those on one run of a quarter stay together.
WORKERS ?= 2

# One thread per library: the same bytes on every machine, and no fight for the cores.
export OMP_NUM_THREADS := 1
export OPENBLAS_NUM_THREADS := 1
export MKL_NUM_THREADS := 1
export VECLIB_MAXIMUM_THREADS := 1
export NUMEXPR_NUM_THREADS := 1

# Without compiled bytecode every kernel starts several times slower.
unexport PYTHONDONTWRITEBYTECODE
# Packages come from .venv, whatever the shell has set for other projects.
unexport PYTHONPATH
unexport PYTHONHOME

.PHONY: help environment report test lint format docs calibrate benchmark case-studies lab lock clean
.DEFAULT_GOAL := help

help:
	@echo 'make report        run the demo, two quarters, and print where its report is'
	@echo 'make test          all checks and tests          (a part: make test ARGS="tests/stats")'
	@echo 'make lint          the checks alone: ruff and mypy'
	@echo 'make format        repair what ruff can, and clear the outputs of the notebooks'
	@echo 'make docs          write the reference pages anew'
	@echo 'make calibrate     measure the error rates anew       (a part: make calibrate ARGS="--only existence")'
	@echo 'make benchmark     measure speed, side by side with a plain loop'
	@echo 'make case-studies  run the public data sets and write them up'
	@echo 'make lab           open the notebooks in JupyterLab'
	@echo 'make lock          write requirements.lock anew  (newer versions: make lock UPGRADE=--upgrade)'
	@echo 'make clean         delete .venv and caches, never data, runs or reports'

# Quick when .venv is complete and current; a half-built one is built again.
environment:
	@command -v $(PYTHON) >/dev/null || { echo '$(PYTHON) was not found: install Python 3.11 or' \
	  'later, or name one: make test PYTHON=/path/to/python3.' >&2; exit 1; }
	@$(PYTHON) .ci/environment.py

# Exit code 3 means done and published, with the advice not to use the segments.
report: environment
	@for quarter in $(DEMO); do \
	  $(BIN)/segment run $$quarter || { code=$$?; [ $$code -eq 3 ] || exit $$code; }; \
	done
	@echo $(PAGE)

lint: environment
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test: lint
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup $(COVERAGE) $(ARGS)

format: environment
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/jupyter nbconvert --log-level=WARN --clear-output --inplace notebooks/*.ipynb

# The pages of docs/ that are written from the code.
docs: environment
	$(BIN)/python -m segmentation_lib.reference docs

# Error rates of every test and gate, on data with and without segments: docs/calibration.md.
calibrate: environment
	$(BIN)/python -m tests.calibration $(ARGS)

# Speed as a ratio, both sides measured in one run.
benchmark: environment
	$(BIN)/python -m benchmarks $(ARGS)

# The full validation on public data: docs/case_studies.md.
case-studies: environment
	$(BIN)/python -m tests.case_studies $(ARGS)

lab: environment
	$(BIN)/jupyter lab notebooks

# uv writes the lock: from the path if it is there, else from an environment thrown away afterwards.
UPGRADE ?=
lock:
	@set -e; tool=uv; \
	if ! command -v uv >/dev/null; then \
	  place=$$(mktemp -d); trap 'rm -rf "$$place"' EXIT; \
	  $(PYTHON) -m venv "$$place"; "$$place/bin/pip" install --quiet uv; tool="$$place/bin/uv"; \
	fi; \
	"$$tool" pip compile pyproject.toml --extra build --extra test --universal \
	  --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate \
	  --only-binary :all: $(UPGRADE) --quiet --output-file requirements.lock

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .coverage .coverage.* build *.egg-info
	find .ci segmentation_lib tests notebooks -name __pycache__ -prune -exec rm -rf {} + \
	  2>/dev/null || true
