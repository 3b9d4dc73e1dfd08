"""A console, or a command line, that kills itself at a step of its first commit: python -m tests.contract.doomed MODE STEP BOOK.

Run by test_faults.py in a process of its own. STEP is one of the Workbook's, or what stands in `STEPS`.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any, NoReturn

from logic.__main__ import main
from logic.asking import Ask
from logic.clock import now
from logic.desk import Desk
from logic.edits import submit
from logic.register import registers
from sheets import services
from sheets.journal import Journal
from sheets.ledger import Ledger
from sheets.services import Keeper
from sheets.store import Store
from sheets.xlsx import XlsxWorkbook

STEPS = ("journaled", "prepared")
NEW = {"姓名": "李财", "岗位": "财务", "工号": "00123"}


def die() -> NoReturn:
    """kill -9, by its own hand."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("still alive")


def die_after(kind: type, method: str) -> None:
    """Let the first call of a method happen, and nothing after it."""
    real = getattr(kind, method)

    def last(*arguments: Any, **options: Any) -> None:
        real(*arguments, **options)
        die()

    setattr(kind, method, last)


def opened(store: Store, address: str, step: str) -> XlsxWorkbook:
    return XlsxWorkbook(Path(address), backups=store.backups, on_step=lambda name: die() if name == step else None)


def run(mode: str, step: str, book: str) -> None:
    if step == "prepared":
        die_after(Ledger, "prepare")
    if step == "journaled":
        die_after(Journal, "append")
    if mode == "command":
        services.open_xlsx = lambda store, address: opened(store, address, step)
        raise SystemExit(main(["submit", book, "--actor", "张三"]))
    store = Store(Path(os.environ["CONSOLE_DATA"]))
    keeper = Keeper(store, opened(store, book, step), lambda parts: Desk(parts, registers()), now)
    keeper.mirror.refresh()
    asked = submit(keeper.planner, "张三", [Ask("staff", None, NEW)])  # type: ignore[arg-type]
    sys.stdout.write(f"{asked.state} {asked.records[0]}\n")
    sys.stdout.flush()
    keeper.tick()


if __name__ == "__main__":
    run(*sys.argv[1:])
