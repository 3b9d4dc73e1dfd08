"""The demo shop in a spreadsheet of tests/fake_sheets: python -m tests.google_demo FOLDER (see tools/google_demo.py).

Fills a spreadsheet with the demo's rows as a manager would, adapts it with the product's own `shape`, writes
FOLDER/secrets.toml with its address, prints one line of JSON and serves until standard input is closed.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from functools import cache
from pathlib import Path

from logic import clock
from logic.demo import fill_demo
from logic.register import registers
from sheets.gsheets import GoogleWorkbook
from sheets.gsheets_account import Account
from sheets.gsheets_address import spreadsheet_url
from sheets.gsheets_pace import Pace
from sheets.port import Snapshot
from sheets.xlsx import XlsxWorkbook
from tests.fake_sheets import Book, FakeSheets, Manager, running
from tests.google_account import secrets_text

TITLE = "台账"


@cache
def demo_rows() -> Snapshot:
    """The demo workbook, read back from a file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"{TITLE}.xlsx")
        fill_demo(path, today=clock.now().date())
        workbook = XlsxWorkbook(path, backups=Path(folder, "backups"))
        try:
            return workbook.read([register.title for register in registers().values()])
        finally:
            workbook.close()


def demo_book(server: FakeSheets) -> Book:
    """A spreadsheet that a manager filled with the rows of the demo."""
    rows = demo_rows()
    widest = max(len(row) for sheet in rows.sheets.values() for row in sheet.rows)
    book = server.cloud.new_book(TITLE, *rows.sheets, columns=max(widest, 26))
    person = Manager(server.cloud, book)
    for title, sheet in rows.sheets.items():
        person.fill(title, sheet.rows)
    return book


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with running() as server:
        book = demo_book(server)
        secrets = folder / "secrets.toml"
        secrets.write_text(secrets_text(server, {TITLE: spreadsheet_url(book.id)}), encoding="utf-8")
        workbook = GoogleWorkbook(Account.configured(secrets), book.id, timer=time.monotonic, pace=Pace())
        steps = workbook.shape([register.spec() for register in registers().values()], dry_run=False)
        workbook.close()
        told = {"address": server.address, "secrets": str(secrets), "spreadsheet": book.id, "steps": len(steps)}
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
