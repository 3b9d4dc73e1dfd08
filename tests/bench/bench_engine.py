"""How long a save takes: acknowledged durably, and in the sheet and proved, in a workbook of 10,000 transfers.

    python -m tests.bench.bench_engine [rows] [saves]

Prints median and 95th percentile; budgets (DESIGN 10): 50 ms and 2 s at the 95th percentile. Beside them stands what
openpyxl needs to load and save the same file, in the same run.
"""

from __future__ import annotations

import datetime as dt
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

import openpyxl

from logic import office
from logic.asking import Ask
from logic.desk import Desk
from logic.edits import outcome_of, submit
from logic.register import Register, registers
from sheets.port import CellEdit, Commit, Stamp, Value
from sheets.store import Store
from sheets.table import find_table
from sheets.xlsx import XlsxWorkbook

ACTOR = "钱慧敏"


def main(rows: int = 10_000, saves: int = 25) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "台账.xlsx"
        build(path, rows)
        print(f"{rows} rows, {path.stat().st_size / 1e6:.1f} MB")
        started = time.perf_counter()
        keeper = office.open_book(path, Store(Path(folder) / "data"))
        keeper.tick()
        desk = keeper.planner
        assert isinstance(desk, Desk)
        print(f"open, judge, first contact      {time.perf_counter() - started:6.2f} s")
        acknowledged, written = [], []
        keys = list(desk.view().judgement.records("bank_transfers"))[::OPEN]
        for number in range(saves):
            key = random.Random(number).choice(keys)
            started = time.perf_counter()
            outcome = submit(desk, ACTOR, [Ask("bank_transfers", key, {"备注": f"第 {number} 次"})])
            acknowledged.append(time.perf_counter() - started)
            assert outcome.state == "queued", outcome
            keeper.tick()
            written.append(time.perf_counter() - started)
            entry = desk.journal.entry(outcome.change)
            assert entry is not None and outcome_of(entry).state == "saved"
        report("acknowledged", acknowledged, 0.05)
        report("in the sheet and proved", written, 2.0)
        started = time.perf_counter()
        keeper.tick()
        print(f"idle cycle                      {(time.perf_counter() - started) * 1000:6.1f} ms")
        keeper.stop()
        started = time.perf_counter()
        book = openpyxl.load_workbook(path)
        book.save(path)
        beside = time.perf_counter() - started
        print(f"openpyxl load + save            {beside:6.2f} s  = {beside / statistics.median(written):.1f} of ours")


def report(what: str, times: list[float], budget: float) -> None:
    ranked = sorted(times)
    late = ranked[int(len(ranked) * 0.95)]
    print(f"{what:30s}  median {statistics.median(ranked):6.3f} s   p95 {late:6.3f} s   budget {budget} s")


WITH_A_FAULT, OPEN = 20, 60  # every so many rows


def build(path: Path, rows: int) -> None:
    """A workbook of transfers as a register of years looks: most of them done, every 60th still open (and late by now),
    every 20th with something wrong."""
    known = registers()
    book = XlsxWorkbook(path, backups=path.parent / "backups")
    book.shape([register.spec() for register in known.values()], dry_run=False)
    snapshot = book.read()
    edits: list[CellEdit] = []
    transfers = known["bank_transfers"]
    table = find_table(snapshot.sheets[transfers.title], transfers.spec())
    day = dt.date(2026, 8, 1)
    for number in range(rows):
        paid = day + dt.timedelta(days=number % 90)
        texts = {
            "shop": "旗舰店",
            "customer_id": f"tb{number:06d}",
            "customer_name": f"客户{number}",
            "phone": f"138{number:08d}",
            "order_no": f"21030{number:014d}",
            "goods": "四件套 1 件",
            "amount_due": f"{100 + number % 900}.00",
            "amount_paid": f"{100 + number % 900}.00",
            "paid_at": paid.isoformat(),
            "payer_name": f"户名{number}",
            "payer_bank": "招商银行",
            "payer_last4": f"{number % 10000:04d}" if number % WITH_A_FAULT else "末尾",
            "order_progress": "未通知打单",
            "status": "已登记",
            "record_id": f"YH260801-{code(number)}",
            "created_by": "程小桃",
        }
        if number % OPEN:
            texts |= {
                "arrived": "是",
                "arrived_at": paid.isoformat(),
                "confirmed_by": "钱慧敏",
                "order_progress": "已完成",
                "waybill_no": f"75{number:013d}",
                "shipped_at": (paid + dt.timedelta(days=1)).isoformat(),
                "status": "已完成",
            }
        edits.extend(cells(transfers, table.columns, texts, number + 2))
    book.write(Commit(snapshot.revision, tuple(edits), Stamp("bench", 1)))
    book.close()


def cells(register: Register, columns: dict[str, int] | object, texts: dict[str, str], row: int) -> list[CellEdit]:
    assert isinstance(columns, dict)
    made: list[CellEdit] = []
    for name, text in texts.items():
        value: Value = register.fields[name].kind.cell(text)
        made.append(CellEdit(register.title, row, columns[name], value))
    return made


def code(number: int) -> str:
    letters = ""
    for _ in range(5):
        number, rest = divmod(number, 31)
        letters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"[rest] + letters
    return letters


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
