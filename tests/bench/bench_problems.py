"""What keeping 发现时间 and the list of 数据体检 cost in a register of 50,000 rows, of which 3 % are broken.

    python -m tests.bench.bench_problems [rows]

Beside them stands what the judgement itself takes in the same run.
"""

from __future__ import annotations

import datetime as dt
import sys
import tempfile
import time
from pathlib import Path

from logic import problem_list, problems
from logic.discovering import Discoverer
from logic.explaining import Explanations
from logic.judgement import Amendment, Judgement
from logic.register import registers
from logic.rules import Level
from sheets.findings import FindingLog
from sheets.store import Store
from tests.bench.bench_judgement import NOW, roster, seconds, transfers

ROWS = 50_000
MINUTE = dt.timedelta(minutes=1)


def measure(rows: int = ROWS) -> dict[str, float]:
    known = registers()
    tables = {"bank_transfers": transfers(known["bank_transfers"], rows), "staff": roster(known["staff"])}
    judgement = Judgement.of(known, tables, now=NOW)
    figures = {"yardstick: full judgement": seconds(lambda: Judgement.of(known, tables, now=NOW), 1)}
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        log = FindingLog(store, "w")
        first = Discoverer(log, known)
        figures["first contact, all on record"] = seconds(lambda: first.keep(judgement, NOW), 1)
        figures["after a restart, all compared"] = seconds(lambda: Discoverer(log, known).keep(judgement, NOW), 1)
        figures["findings"] = float(len(log.standing())) / 1000
        keeper = Discoverer(log, known)
        keeper.keep(judgement, NOW)
        figures["nothing changed"] = seconds(lambda: keeper.keep(judgement, NOW), 7)
        keys = iter(list(judgement.records("bank_transfers"))[::11])
        state = judgement

        def edit(text: str) -> float:
            nonlocal state
            state = state.amended([Amendment("bank_transfers", next(keys), {"amount_paid": text})], now=NOW)
            started = time.perf_counter()
            keeper.keep(state, NOW)
            return time.perf_counter() - started

        figures["one row changed, nothing found"] = sorted(edit("500.00") for _ in range(9))[4]
        figures["one row changed, one finding"] = sorted(edit("一百") for _ in range(9))[4]
        figures["once a minute, what is due"] = seconds(lambda: keeper.keep(state, NOW + MINUTE), 1)
        listed = state.violations()
        figures["the list, once for everybody"] = seconds(lambda: _listed(state, log), 3)
        found = _listed(state, log)
        wanted = problems.Query(level=Level.BLOCK, status=problems.Status.OPEN, days=1)
        figures["one person's filter"] = seconds(lambda: problems.find(found, wanted, NOW), 3)
        assert len(listed) == len(found)
        store.close()
    return figures


def _listed(judgement: Judgement, log: FindingLog) -> list[problems.Problem]:
    known = problem_list.by_place(log.standing())
    known_registers = registers()
    again = judgement.releasing(judgement.releases)  # without what it remembers
    return [
        problem_list.problem(known_registers[one.register], again, one, Explanations(), known)
        for one in again.violations()
    ]


def report(figures: dict[str, float]) -> str:
    return "".join(f"{what:<34} {taken * 1000:>9.2f} ms\n" for what, taken in figures.items() if what != "findings")


def test_an_edit_costs_no_more_for_fifty_thousand_rows() -> None:
    figures = measure()
    sys.stdout.write(f"\n{ROWS:,} rows, {figures['findings'] * 1000:,.0f} findings\n{report(figures)}")
    assert figures["one row changed, one finding"] < figures["after a restart, all compared"] / 10
    assert figures["one person's filter"] < 0.05


if __name__ == "__main__":
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    figures = measure(rows)
    sys.stdout.write(f"{rows:,} rows, {figures['findings'] * 1000:,.0f} findings\n{report(figures)}")
