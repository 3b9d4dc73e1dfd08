"""A workbook in memory whose register has one rule of each sort, a sensitive column and people in charge of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import cast

from logic.desk import Desk
from logic.fields import Row
from logic.fields import field as column
from logic.kinds import Date, Integer, Phone, Staff, Text
from logic.lookups import Look
from logic.register import Register, registers
from logic.rules import Fault, Level, rule
from logic.source import Source
from sheets.memory import MemoryWorkbook
from sheets.port import Serial, Sheet, Value, Workbook
from sheets.services import Keeper
from sheets.store import Store
from tests.conftest import Clock

SOURCE = Source("000:L217", "并跟踪订单顺利进行")


class Loan(Row):
    """借用登记:测试用。"""

    thing: str | None = column("物品", Text(), naming=True)
    count: int | None = column("数量", Integer())
    days: int | None = column("天数", Integer())
    due_on: dt.date | None = column("应还日期", Date())
    agent: str | None = column("经办人", Staff())
    phone: str | None = column("电话", Phone(), sensitive=True)


@rule("LN-01", Level.BLOCK, fields=("count",), source=SOURCE)
def at_least_one(row: Loan, look: Look) -> Iterator[Fault]:
    """至少借一件。"""
    if row.count is not None and row.count < 1:
        yield Fault("count", f"数量是 {row.count}", "请填写 1 或更大的数")


@rule("LN-02", Level.WARN, fields=("days", "thing"), source=SOURCE)
def not_long(row: Loan, look: Look) -> Iterator[Fault]:
    """借得久的要说明。"""
    if row.days is not None and row.days > 30:
        yield Fault("days", f"借了 {row.days} 天", "请说明原因")


@rule("LN-03", Level.REMIND, fields=("due_on",), source=SOURCE, timed=True)
def comes_back(row: Loan, look: Look) -> Iterator[Fault]:
    """到期要还。"""
    if row.due_on is not None and look.now.date() > row.due_on:
        yield Fault("due_on", f"过期 {(look.now.date() - row.due_on).days} 天", "请催还")


LOANS = Register(
    key="loans",
    title="借用登记",
    prefix="JY",
    area="system",
    model=Loan,
    rules=(at_least_one, not_long, comes_back),
    grants={"综合部": "Ce", "部门主管": "E", "财务": "V"},
    answerable=("agent", "created_by"),
)
KNOWN = {"loans": LOANS, "staff": registers()["staff"]}
HEAD, CLERK, CASHIER = "林佩文", "程小桃", "钱慧敏"
ROSTER = (
    {"name": HEAD, "position": "部门主管", "record_id": "YG260101-AAAAA"},
    {"name": CLERK, "alias": "小桃", "position": "综合部", "record_id": "YG260101-BBBBB"},
    {"name": CASHIER, "position": "财务", "record_id": "YG260101-CCCCC"},
)
LADDER, DRILL, SAW = "JY260101-22222", "JY260101-22223", "JY260101-22224"
ROWS: tuple[dict[str, Value], ...] = (
    {"thing": "梯子", "count": 0.0, "agent": "小桃", "phone": "13800138000", "record_id": LADDER},
    {"thing": "电钻", "count": 1.0, "days": 40.0, "created_by": CLERK, "record_id": DRILL},
    {"thing": "锯子", "due_on": Serial.of(dt.date(2026, 11, 20)), "record_id": SAW},
)
FIELDS = tuple(LOANS.fields)


def tabs() -> dict[str, Sequence[Sequence[Value]]]:
    return {
        one.title: [
            tuple(declared.header for declared in one.fields.values()),
            *(tuple(row.get(name) for name in one.fields) for row in rows),
        ]
        for one, rows in ((LOANS, ROWS), (KNOWN["staff"], ROSTER))
    }


class Counter:
    """The workbook and the program that keeps it. `book` has the hands of a person in the sheet."""

    def __init__(self, folder: Path, clock: Clock, book: Workbook | None = None) -> None:
        self.folder, self.clock = folder, clock
        sheets = [Sheet(title, tuple(map(tuple, rows))) for title, rows in tabs().items()]
        self.book: Workbook = book or MemoryWorkbook(sheets, address=str(folder / "借用"))
        self.keeper = self._open()
        self.tick()

    @property
    def desk(self) -> Desk:
        return cast(Desk, self.keeper.planner)

    def _open(self) -> Keeper:
        return Keeper(Store(self.folder / "data"), self.book, lambda parts: Desk(parts, KNOWN), self.clock)

    def tick(self, **later: float) -> None:
        self.clock.advance(**later)
        assert self.keeper.tick() and self.keeper.mirror.trouble is None

    def restart(self, **later: float) -> None:
        """The program dies, and another one begins."""
        self.keeper.writer._lock.release(force=True)
        self.keeper.store.close()
        self.clock.advance(**later)
        self.keeper = self._open()
        self.keeper.tick()

    def type(self, record: str, field: str, value: Value) -> None:
        """A person types into the sheet, and the program sees it."""
        rows = self.book.read().sheets[LOANS.title].rows
        at = FIELDS.index("record_id")
        number = next(n for n, row in enumerate(rows, start=1) if len(row) > at and row[at] == record)
        self.book.type(LOANS.title, number, FIELDS.index(field) + 1, value)  # type: ignore[attr-defined]
        self.tick(seconds=1)

    def close(self) -> None:
        self.keeper.stop()
        self.keeper.store.close()
