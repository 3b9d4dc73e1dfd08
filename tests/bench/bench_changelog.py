"""How long a page of 修改记录 takes in a journal of a million cells, by filter, and what its indexes cost a save.

    python -m tests.bench.bench_changelog [changes]

Each change writes five cells; every fiftieth was refused. Beside the pages stands what counting all cells takes in the
same run.
"""

from __future__ import annotations

import datetime as dt
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from sqlalchemy import text

from sheets.journal import CellChange, Journal, NewEntry
from sheets.logged import Cursor, Filter, LogReader
from sheets.store import Store

REGISTERS = ("bank_transfers", "after_sales_register", "orders", "recall_slips", "staff")
FIELDS = ("shop", "customer_id", "amount_paid", "note", "status")
START = dt.datetime(2026, 1, 1, 9, 0)
BOOK = "w"


def fill(store: Store, count: int) -> None:
    """The journal of a busy year."""

    def changes() -> Iterator[dict[str, object]]:
        for seq in range(1, count + 1):
            register, record = place(seq)
            state = "rejected" if seq % 50 == 0 else "saved"
            edit = {"register": register, "record": record, "values": dict.fromkeys(FIELDS, f"新值{seq}"), "base": {}}
            body = {"id": str(seq), "edits": [edit], "reason": "", "explains": []}
            outcome = {"state": state, "reason": "没有保存", "violations": [{"rule": "BNK-06"}]}
            yield {
                "seq": seq,
                "id": str(seq),
                "actor": f"同事{seq % 31:02d}",
                "source": "sheet" if seq % 9 == 0 else "console",
                "at": (START + dt.timedelta(seconds=90 * seq)).isoformat(timespec="seconds"),
                "state": state,
                "body": json.dumps(body, ensure_ascii=False),
                "outcome": json.dumps(outcome, ensure_ascii=False),
                "register": register,
                "record": record,
            }

    def cells() -> Iterator[dict[str, object]]:
        for seq in range(1, count + 1):
            if seq % 50:
                register, record = place(seq)
                for name in FIELDS:
                    yield {"s": seq, "g": register, "r": record, "f": name, "a": f"新值{seq}"}

    with store.transaction() as connection:
        for rows in batches(changes()):
            connection.execute(
                text(
                    "INSERT INTO changes (seq, id, workbook, actor, source, at, state, body, outcome, generation)"
                    f" VALUES (:seq, :id, '{BOOK}', :actor, :source, :at, :state, :body, :outcome, :seq)"
                ),
                rows,
            )
            connection.execute(text(f"INSERT INTO touches VALUES (:seq, '{BOOK}', :register, :record)"), rows)
        for rows in batches(cells()):
            connection.execute(
                text(
                    "INSERT INTO cells (seq, workbook, register, record, field, before, after, fresh, generation)"
                    f" VALUES (:s, '{BOOK}', :g, :r, :f, '', :a, 0, :s)"
                ),
                rows,
            )


def place(seq: int) -> tuple[str, str]:
    """The last register is written to but once in a thousand changes."""
    at = 4 if seq % 1000 == 0 else seq % 4
    return REGISTERS[at], f"YH26{seq % 12 + 1:02d}01-{seq % 30000:05d}"


def batches(rows: Iterator[dict[str, object]]) -> Iterator[list[dict[str, object]]]:
    batch: list[dict[str, object]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == 20_000:
            yield batch
            batch = []
    if batch:
        yield batch


def measure(store: Store, count: int) -> dict[str, float]:
    reader = LogReader(store)
    register, record = place(count // 2 + 1)
    filters = {
        "newest": Filter(),
        "one person": Filter(actor="同事07"),
        "nobody": Filter(actor="没有这个人"),
        "表格直接修改": Filter(source="sheet"),
        "refused": Filter(states=("rejected", "denied", "overtaken")),
        "one register": Filter(workbook=BOOK, register="orders"),
        "a quiet register": Filter(workbook=BOOK, register="staff"),
        "a quiet register, one person": Filter(workbook=BOOK, register="staff", actor="同事07"),
        "a register without any": Filter(workbook=BOOK, register="settings"),
        "one record": Filter(workbook=BOOK, register=register, record=record),
        "one day": Filter(first="2026-03-05", last="2026-03-05"),
        "all days": Filter(first="2026-01-01", last="2027-12-31"),
        "one day, one person, refused": Filter(
            first="2026-03-05", last="2026-03-05", actor="同事07", states=("rejected",)
        ),
    }
    figures = {what: seconds(lambda one=one: reader.page(one, None, 100)) for what, one in filters.items()}  # type: ignore[misc]
    figures["far back"] = seconds(lambda: reader.page(Filter(), Cursor(count // 10), 100))
    figures["who ever asked"] = seconds(reader.actors)
    figures["one history (Journal.cells)"] = seconds(lambda: Journal(store).cells([count // 2]))
    numbers = iter(range(10**9))

    def save() -> None:
        id = f"new{next(numbers)}"
        made = tuple(CellChange("orders", "YH260101-22222", name, "", "新") for name in FIELDS)
        touched = (("orders", "YH260101-22222"),)
        entry = NewEntry(
            id, BOOK, "同事07", "console", "2027-01-01T09:00:00", "saved", "{}", touched, cells=made, generation=1
        )
        Journal(store).append(entry)

    figures["one more change, on disk"] = seconds(save, 20)
    with store.reading() as connection:
        counting = text("SELECT count(*) FROM cells WHERE after<>''")
        figures["yardstick: looking at all cells"] = seconds(lambda: connection.execute(counting).all(), 3)
    return figures


def seconds(call: Callable[[], object], times: int = 7) -> float:
    taken: list[float] = []
    for _ in range(times):
        started = time.perf_counter()
        call()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)


def run(count: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        fill(store, count)
        figures = measure(store, count)
        store.close()
    return figures


def test_a_page_of_the_log_is_fast() -> None:
    """However it is filtered, a page costs a small part of looking at all cells."""
    figures = run(200_000)
    sys.stdout.write("\n" + report(figures))
    pages = {what: taken for what, taken in figures.items() if not what.startswith("yardstick")}
    slow = {what: taken for what, taken in pages.items() if taken > 0.1}
    assert not slow


def report(figures: dict[str, float]) -> str:
    return "".join(f"{what:<34} {taken * 1000:>9.2f} ms\n" for what, taken in figures.items())


if __name__ == "__main__":
    sys.stdout.write(report(run(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000)))
