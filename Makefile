# Two commands: `make run [PORT=8501] [HOST=127.0.0.1]` and `make test [ARGS="-k name"]`. Both only call tools/bootstrap.py.
# exec: the program gets the signals itself, no shell between make and it.
PYTHON ?= python3
PORT ?= 8501
HOST ?= 127.0.0.1
ARGS ?=

.PHONY: run test

run:
	@exec $(PYTHON) tools/bootstrap.py run --host "$(HOST)" --port "$(PORT)"

test:
	@exec $(PYTHON) tools/bootstrap.py test $(ARGS)
