# Two commands: `make run [PORT=8501]` and `make test [ARGS="-k name"]`. Both only call tools/bootstrap.py.
# exec: the program gets the signals itself, no shell between make and it.
PYTHON ?= python3
PORT ?= 8501
ARGS ?=

.PHONY: run test

run:
	@exec $(PYTHON) tools/bootstrap.py run --port "$(PORT)"

test:
	@exec $(PYTHON) tools/bootstrap.py test $(ARGS)
