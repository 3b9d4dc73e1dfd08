# `make run [PORT=8501] [HOST=127.0.0.1]`, `make run-google-demo` and `make test [ARGS="-k name"]`. They only call tools/.
# exec: the program gets the signals itself, no shell between make and it.
PYTHON ?= python3
PORT ?= 8501
HOST ?= 127.0.0.1
ARGS ?=

.PHONY: run test run-google-demo

run:
	@exec $(PYTHON) tools/bootstrap.py run --host "$(HOST)" --port "$(PORT)"

test:
	@exec $(PYTHON) tools/bootstrap.py test $(ARGS)

# The production road without an account: a local counterpart of Google Sheets, and the console on it.
run-google-demo:
	@exec $(PYTHON) tools/google_demo.py --host "$(HOST)" --port "$(PORT)"
