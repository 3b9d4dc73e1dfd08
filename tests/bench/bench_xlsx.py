"""Read and one-cell edit of a 10,000 × 20 workbook beside openpyxl doing the same: `python -m tests.bench.bench_xlsx`.

Budgets (DESIGN §10): read < 0.4 s, edit on disk with proof < 1.5 s. The times of one run depend on what else the machine
does; the ratios to openpyxl in the same run do not.
"""

from __future__ import annotations

import datetime as dt
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl

from sheets.port import CellEdit, Commit, RowInsert, Stamp
from sheets.xlsx import XlsxWorkbook

ROWS, COLUMNS = 10_000, 20
ROUNDS = 5
READ_BUDGET, EDIT_BUDGET = 0.4, 1.5
SHEET = "银行转账明细表"


def build(path: Path) -> None:
    """What a register looks like: ids, names, repeated words, dates, amounts."""
    book = openpyxl.Workbook(write_only=True)
    sheet: Any = book.create_sheet(SHEET)
    sheet.append([f"列{number}" for number in range(1, COLUMNS + 1)])
    start = dt.date(2026, 1, 1)
    for row in range(2, ROWS + 1):
        words = [f"词{(row * number) % 97}" for number in range(8)]
        dates = [start + dt.timedelta(days=(row + shift) % 330) for shift in (0, 3)]
        sheet.append(
            [
                f"{row:019d}",
                f"客户{row}",
                *words,
                *dates,
                row * 1.25,
                100.0,
                row,
                row % 2 == 0,
                None,
                "已完成",
                "备注",
                f"YH-{row}",
            ]
        )
    book.save(path)


def best(action: Callable[[], object]) -> float:
    times: list[float] = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return min(times)


def ours(path: Path, backups: Path) -> dict[str, float]:
    workbook = XlsxWorkbook(path, backups=backups)
    generation = 0

    def read() -> None:
        touch(path)
        workbook.read()

    def edit() -> None:
        nonlocal generation
        generation += 1
        was = snapshot().sheets[SHEET].value(5_000, 2)
        change = CellEdit(SHEET, 5_000, 2, f"客户改{generation}", was)
        state["snapshot"] = workbook.write(Commit(snapshot().revision, (change,), Stamp("bench", generation)))

    def insert() -> None:
        nonlocal generation
        generation += 1
        change = CellEdit(SHEET, 5_000, 2, "新")
        inserts = (RowInsert(SHEET, 5_000),)
        state["snapshot"] = workbook.write(Commit(snapshot().revision, (change,), Stamp("bench", generation), inserts))

    state: dict[str, Any] = {}

    def snapshot() -> Any:
        return state["snapshot"]

    times = {"read": best(read)}
    state["snapshot"] = workbook.read()
    times |= {"edit": best(edit), "insert": best(insert)}
    start = time.perf_counter()
    for _ in range(1_000):
        workbook.revision()
    times["revision"] = (time.perf_counter() - start) / 1_000
    workbook.close()
    return times


def touch(path: Path) -> None:
    """Change the comment of the archive, so that no read is answered from memory."""
    with zipfile.ZipFile(path, "a") as package:
        package.comment = str(time.perf_counter_ns()).encode()


def theirs(path: Path) -> dict[str, float]:
    def read() -> None:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        for _ in book[SHEET].iter_rows(values_only=True):
            pass
        book.close()

    def edit() -> None:
        book = openpyxl.load_workbook(path)
        book[SHEET]["B5000"] = "客户改"
        book.save(path)

    start = time.perf_counter()
    read()
    middle = time.perf_counter()
    edit()
    return {"read": middle - start, "edit": time.perf_counter() - middle}


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "台账.xlsx")
        build(path)
        mine = ours(path, Path(folder, "backups"))
        build(path)
        other = theirs(path)
    print(f"{ROWS:,} × {COLUMNS}: best of {ROUNDS}; openpyxl once")
    for name, budget in (("read", READ_BUDGET), ("edit", EDIT_BUDGET)):
        verdict = "ok" if mine[name] < budget else "OVER"
        ratio = other[name] / mine[name]
        print(
            f"{name:9}{mine[name]:6.2f} s   budget {budget} s {verdict}   openpyxl {other[name]:6.2f} s   {ratio:4.1f} times faster"
        )
    print(f"insert   {mine['insert']:6.2f} s   a row in the middle, with proof")
    print(f"revision {mine['revision'] * 1e6:6.0f} µs while nothing changes")
    return 0 if mine["read"] < READ_BUDGET and mine["edit"] < EDIT_BUDGET else 1


if __name__ == "__main__":
    sys.exit(main())
