# make run     a photograph through the whole stack        make run IMAGE=photo.jpg OUT=out/ PRESET=amazon,shopify
#              or with a recipe, a background               make run RECIPE=recipe.json BACKGROUND=beach.jpg
# make presets what can be made by name                    make gallery  every look side by side, in out/gallery.html
# make serve   the same stack kept running                 make serve PORT=8080 FETCH_EXCEPTIONS=127.0.0.1:9000
# make test    the tests                                   make check   formatting, types, template, Dockerfile
# make fuzz    call the API as its description allows and forbids, for longer than the tests do
# make models  fetch and prepare the network               make bench   speed and memory beside rembg
# make load    50 callers at once, then the ledger's audit; make load ARGS=--kill while processes are killed
# make chaos   everything goes wrong while 500 pictures come in, and nothing is lost: make chaos SEED=2 UPLOADS=1000
# make quality edges beside rembg's, on true mattes       make quality FOLDER=cases/ JSON=quality.json HTML=sheet/
# make admin   keys, credits, audit (docs/credits.md)     make admin ARGS="--local list"
# make redrive dead letters back into their queues        make redrive QUEUE=Compose LOCAL=1   (docs/operations.md)
# make replay  a job once more, with a new id             make replay JOB=0123... [FORCE=1] LOCAL=1
# make purge   all that is one owner's                    make purge OWNER=0123... ARGS=--keep-account LOCAL=1
PYTHON ?= python3
PORT ?= 8080
OUT ?= out
PACE ?= laptop
FETCH_EXCEPTIONS ?=
SEED ?= 1
UPLOADS ?= 500
MODEL ?= isnet-general-use
# exec: whoever ends make ends the program, not a shell around it
RUN = exec env PYTHONPATH=layers/cutout .venv/bin/python
# File names reach the shell as variables, so that it never reads them as commands.
export CUTOUT_IMAGE := $(value IMAGE)
export CUTOUT_OUT := $(value OUT)
export CUTOUT_RECIPE := $(value RECIPE)
export CUTOUT_PRESET := $(value PRESET)
export CUTOUT_BACKGROUND := $(value BACKGROUND)
CARD = models/prepared/$(MODEL).json
INSTALL = .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes

.PHONY: run presets gallery serve admin redrive replay purge dashboard test fuzz check models bench load chaos quality lock build deploy clean

run: .venv/local $(CARD)
	@$(RUN) -m local.run --out="$$CUTOUT_OUT" $(if $(value IMAGE),--image="$$CUTOUT_IMAGE") \
		$(if $(value RECIPE),--recipe="$$CUTOUT_RECIPE") $(if $(value PRESET),--preset="$$CUTOUT_PRESET") \
		$(if $(value BACKGROUND),--background="$$CUTOUT_BACKGROUND")

presets: .venv/local
	@$(RUN) -m local.presets

gallery: .venv/local $(CARD)
	@$(RUN) -m bench.gallery $(if $(FOLDER),"$(FOLDER)")

serve: .venv/local $(CARD)
	@$(RUN) -m local.serve --port $(PORT) --pace $(PACE) --fetch-exceptions="$(FETCH_EXCEPTIONS)"

admin: .venv/local
	@$(RUN) -m admin $(ARGS)

# STACK=name is a stack on AWS, LOCAL=1 the one that make serve runs.
PLACE = $(if $(LOCAL),--local,$(if $(STACK),--stack "$(STACK)"))

redrive: .venv/local
	@$(RUN) -m admin $(PLACE) redrive $(if $(QUEUE),"$(QUEUE)") $(ARGS)

replay: .venv/local
	@$(RUN) -m admin $(PLACE) replay "$(JOB)" $(if $(FORCE),--force) $(ARGS)

purge: .venv/local
	@$(RUN) -m admin $(PLACE) purge "$(OWNER)" $(ARGS)

# The template's dashboard, made anew from its queues and functions.
dashboard: .venv/local
	@$(RUN) -m local.dashboard

test: .venv/dev $(CARD)
	@.venv/bin/python -m pytest -q

check: .venv/dev
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/cfn-lint template.yaml
	.venv/bin/hadolint functions/matte/Dockerfile

fuzz: .venv/dev
	@FUZZ_EXAMPLES=100 .venv/bin/python -m pytest -q tests/flow/test_api_described.py

models: $(CARD)

bench: .venv/bench $(CARD)
	@$(RUN) -m bench.speed $(if $(JSON),--json "$(JSON)") $(if $(value IMAGE),--image="$$CUTOUT_IMAGE")
	@$(RUN) -m bench.full_size
	@$(RUN) -m bench.outputs
	@$(RUN) -m bench.calls
	@$(RUN) -m bench.throughput

load: .venv/local
	@$(RUN) -m bench.load $(ARGS)

chaos: .venv/dev
	@env PYTHONPATH=layers/cutout .venv/bin/python -m chaos --seed $(SEED) --uploads $(UPLOADS)
	@$(if $(PERMISSIONS),$(RUN) -m chaos.permissions)

quality: .venv/bench $(CARD)
	@$(RUN) -m bench.quality $(if $(FOLDER),"$(FOLDER)") --peers $(if $(JSON),--json "$(JSON)") $(if $(HTML),--html "$(HTML)")

$(CARD): .venv/local models/catalog.json models/fetch.py models/prepare.py
	@$(RUN) -m models.fetch --model $(MODEL)
	@$(RUN) -m models.prepare --model $(MODEL)
	@touch $@

# A virtual environment with exactly what the lock files say.
.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Cutout needs Python 3.11 or newer")'
	@echo "Making the virtual environment ..."
	@$(PYTHON) -m venv .venv

.venv/local .venv/dev .venv/bench: .venv/%: requirements/%.lock | .venv/bin/python
	@echo "Installing requirements/$*.lock ..."
	@$(INSTALL) -r $<
	@touch $@

# uv is needed for this one only: it writes lock files that hold for every platform and Python version.
lock:
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --all-extras pyproject.toml -o requirements/bench.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --extra local --extra dev -c requirements/bench.lock pyproject.toml -o requirements/dev.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --extra local -c requirements/bench.lock pyproject.toml -o requirements/local.lock

# These two need the AWS SAM CLI, Docker, and an account.
build: $(CARD)
	sam build

deploy: build
	sam deploy --guided

clean:
	rm -rf .local .venv out .mypy_cache .ruff_cache .pytest_cache
