"""The commands of `python -m logic`: one module each, thin over the engine. What they say is Chinese."""

from __future__ import annotations

import sys


class Trouble(Exception):
    """Why a command cannot do what it is asked, as a Chinese sentence for the person at the keyboard; exit code 2."""


def say(line: str) -> None:
    """A line of what the command is for, to standard output."""
    sys.stdout.write(f"{line}\n")


def remark(line: str) -> None:
    """A line beside the matter, to standard error: never mixed into what another program reads."""
    sys.stderr.write(f"{line}\n")
