"""The commands of `python -m logic`: one module each, thin over the engine. What they say is Chinese."""

from __future__ import annotations

import sys
from pathlib import Path

from sheets.sync_folders import HEAD, REMEDY, RISK, sync_client


class Trouble(Exception):
    """Why a command cannot do what it is asked, as a Chinese sentence for the person at the keyboard; exit code 2."""


def say(line: str) -> None:
    """A line of what the command is for, to standard output."""
    sys.stdout.write(f"{line}\n")


def remark(line: str) -> None:
    """A line beside the matter, to standard error: never mixed into what another program reads."""
    sys.stderr.write(f"{line}\n")


def remark_sync_folder(book: Path) -> None:
    """Say it where the workbook lies in the folder of a cloud drive; work goes on."""
    if (client := sync_client(book)) is not None:
        remark(f"提醒:{HEAD.format(client=client)}。{RISK}{REMEDY}")
