"""发现时间 in a real file and in memory: it outlives the program, and what happened in the file meanwhile is seen."""

from __future__ import annotations

from pathlib import Path

import pytest

from logic import problem_list, problems
from logic.desk import Desk
from logic.problems import Problem, Query, Status
from logic.register import registers
from sheets.port import Value
from sheets.services import Keeper
from sheets.store import Store
from tests.conftest import Clock
from tests.contract.conftest import Make

BANK = registers()["bank_transfers"]
FIELDS = tuple(BANK.fields)
FIRST, SECOND = "YH260101-22222", "YH260101-22223"


def row(record: str, **more: Value) -> tuple[Value, ...]:
    texts = {**BANK.samples[0], "record_id": record, "customer_id": f"tb_{record[-1]}", "order_no": record, **more}
    return tuple(BANK.fields[name].kind.cell(str(texts[name])) if texts.get(name) else None for name in FIELDS)


def found(keeper: Keeper, clock: Clock, status: Status) -> dict[str, Problem]:
    desk = keeper.planner
    listed = problems.find(problem_list.problems_of(desk), Query(rule="DAT-01", status=status), clock())  # type: ignore[arg-type]
    return {one.violation.record: one for one in listed}


def test_a_restart_keeps_since_when_something_is_wrong(
    make: Make, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # a workbook in memory has its marker where the program runs
    headers = tuple(one.header for one in BANK.fields.values())
    subject = make(headers, row(FIRST, amount_paid="一百"), row(SECOND, amount_paid="两百"))

    def begin() -> Keeper:
        store = Store(tmp_path / "data")
        keeper = Keeper(store, subject.workbook, lambda parts: Desk(parts, {"bank_transfers": BANK}), clock)
        assert keeper.tick() and keeper.mirror.trouble is None
        return keeper

    keeper = begin()
    seen = clock()
    assert {record: one.seen_at for record, one in found(keeper, clock, Status.OPEN).items()} == {
        FIRST: seen,
        SECOND: seen,
    }
    keeper.writer.release()
    keeper.store.close()
    subject.person.type(BANK.title, 3, FIELDS.index("amount_paid") + 1, 1000.0)
    clock.advance(days=2)

    keeper = begin()
    assert {record: one.seen_at for record, one in found(keeper, clock, Status.OPEN).items()} == {FIRST: seen}
    (gone,) = found(keeper, clock, Status.GONE).values()
    assert (gone.violation.record, gone.seen_at, gone.gone_at) == (SECOND, seen, clock())
    subject.person.type(BANK.title, 3, FIELDS.index("amount_paid") + 1, "三百")
    clock.advance(hours=1)
    assert keeper.tick()
    again = found(keeper, clock, Status.OPEN)[SECOND]
    assert (again.seen_at, problems.source_label(again)) == (clock(), "表格直接修改")
    keeper.writer.release()
    keeper.store.close()
