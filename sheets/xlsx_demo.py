"""Lays out a workbook the way a manager keeps one by hand: title rows, own columns, totals, a chart, a hidden row.

Only for the demo and for tests. What the cells say comes in as plain data. The editing library runs in a process of its
own (`python -m sheets.xlsx_demo_layout`): first the frame, which `XlsxWorkbook.shape` then adopts as it would adopt any sheet
that a manager already has, then the rows. The finished file takes its name without overwriting anything.
"""

from __future__ import annotations

import errno
import os
import pickle
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sheets.port import SheetSpec, Value, WorkerDied
from sheets.xlsx import XlsxWorkbook
from sheets.xlsx_replace import move_in, new_file, sync, translated

TIMEOUT = 60.0  # seconds
_ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula without its "=", and the result the file remembers ("#N/A" is an error).

    {field} stands for the cell of that column in the same row, {field:first} for that of the first record,
    {field:column} for the whole column; {title!field:column} for one of another tab.
    """

    text: str
    result: float | str


Content = Value | Formula


@dataclass(frozen=True, slots=True)
class OwnColumn:
    """A column the manager keeps right of the declared ones, a cell for each row; `code` is its number format."""

    header: str
    cells: Sequence[Content]
    code: str = "#,##0.00"


@dataclass(frozen=True, slots=True)
class Tab:
    """A declared table with what people put round it. Rows are counted from 0 in `hidden` and `merged`.

    `above`: lines over the header, the first one a merged title. `below`: lines under the last record. `merged`: a cell
    and the one above it are one. `alarms`: texts that colour their cell.
    """

    spec: SheetSpec
    rows: Sequence[Mapping[str, Content]]
    above: tuple[str, ...] = ()
    below: tuple[Mapping[str, Content], ...] = ()
    own: tuple[OwnColumn, ...] = ()
    hidden: frozenset[int] = frozenset()
    merged: tuple[tuple[int, str], ...] = ()
    widths: Mapping[str, float] = field(default_factory=dict[str, float])
    alarms: tuple[tuple[str, str], ...] = ()
    frozen_columns: int = 0

    @property
    def header_row(self) -> int:
        return len(self.above) + 1

    def row(self, index: int) -> int:
        """The sheet row of a record; `len(rows)` is the first one below."""
        return self.header_row + 1 + index

    def column(self, name: str) -> int:
        return next(at for at, column in enumerate(self.spec.columns, start=1) if column.field == name)


@dataclass(frozen=True, slots=True)
class ChartTab:
    """A tab with a small table and a column chart of it; the first column names the bars."""

    title: str
    headers: tuple[str, ...]
    rows: Sequence[tuple[Content, ...]]
    charted: int


@dataclass(frozen=True, slots=True)
class DemoBook:
    tabs: tuple[Tab, ...]
    chart: ChartTab
    saved_by: str


def create(book: DemoBook, target: Path) -> None:
    """Make the workbook at a path where nothing stands yet, whole or not at all; FileExistsError if something does."""
    if os.path.lexists(target):
        raise FileExistsError(errno.EEXIST, "exists", str(target))
    with translated(target), new_file(target, time.time()) as new, tempfile.TemporaryDirectory() as aside:
        _lay_out(book, "frame", new)
        new.chmod(0o644)
        workbook = XlsxWorkbook(new, backups=Path(aside))
        try:
            workbook.shape([tab.spec for tab in book.tabs], dry_run=False)
        finally:
            workbook.close()
        _lay_out(book, "rows", new)
        sync(new)
        move_in(new, target)


def _lay_out(book: DemoBook, step: str, path: Path) -> None:
    command = [sys.executable, "-m", "sheets.xlsx_demo_layout", step, str(path)]
    try:
        subprocess.run(command, input=pickle.dumps(book), cwd=_ROOT, capture_output=True, timeout=TIMEOUT, check=True)
    except subprocess.CalledProcessError as error:
        raise WorkerDied(error.stderr.decode(errors="replace")[-2000:]) from error
    except subprocess.TimeoutExpired as error:
        raise WorkerDied(f"no answer in {TIMEOUT} s") from error
