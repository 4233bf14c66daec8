# One command each: `make run`, `make test`, `make lint`. Needs Python 3.11 or newer, make, and nothing installed by hand.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test lint replay bench fixtures training-extra debian clean

run: $(VENV)/.run  ## serve the hotline with sample cards and the phone page
	$(BIN)/python -m ivr serve --samples

test: $(VENV)/.dev debian-note  ## run all tests, on all cores
	$(BIN)/python -m pytest -n auto --dist worksteal

lint: $(VENV)/.dev $(VENV)/.training  ## style, types, dialogues; the types of the training need PyTorch
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m ivr lint

replay: $(VENV)/.run  ## play all scripted calls
	$(BIN)/python -m ivr replay tests/calls

bench: $(VENV)/.dev
	$(BIN)/python -m ivr bench webhooks
	$(BIN)/python -m ivr bench streams

fixtures: $(VENV)/.run  ## real speech from Debian's packages into var/fixtures, see docs/fixtures.md
	$(BIN)/python -m ivr fixtures make

training-extra: $(VENV)/.training  ## what training the acoustic model needs: PyTorch and a vocoder

debian:  ## what the tests use beside Python (as root)
	apt-get install -y --no-install-recommends $(DEBIAN)

clean:
	rm -rf $(VENV) var

# -- plumbing ----------------------------------------------------------------------------------------------------------

# Each package and a program of it that the tests look for. Tests that miss one skip and say so.
DEBIAN := chromium redis-server postgresql asterisk-core-sounds-ru-wav graphviz \
  libfst-tools libfst22-plugins-base festival festvox-ru espeak-ng

debian-note:
	@for name in chromium redis-server; do command -v $$name >/dev/null \
	  || echo "NOTE: $$name is not installed, its tests are skipped. As root: make debian"; done
	@ls /usr/lib/postgresql/*/bin/pg_ctl >/dev/null 2>&1 \
	  || echo "NOTE: postgresql is not installed, its tests are skipped. As root: make debian"
	@command -v fstcompile >/dev/null \
	  || echo "NOTE: libfst-tools is not installed, tests of the word graph are skipped. As root: make debian"
	@test -d /usr/share/asterisk/sounds/ru_RU_f_IvrvoiceRU \
	  || echo "NOTE: asterisk-core-sounds-ru-wav is not installed, calls by a real voice are skipped. As root: make debian"

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed; name it: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 2; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null \
	  || { echo "Python lacks venv. As root: apt-get install python3-venv"; exit 2; }
	$(PYTHON) -m venv $(VENV)
	touch $@

$(VENV)/.run: $(VENV)/.made requirements.txt
	@echo "Installing packages into $(VENV), some 400 MB: a minute or two."
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

$(VENV)/.training: $(VENV)/.run requirements-training.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-training.txt
	touch $@

$(VENV)/.dev: $(VENV)/.run requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@
