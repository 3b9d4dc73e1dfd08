"""A workbook in memory with a register whose photos everybody sees, one with a column of photos that few see, and a roster
of two."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from logic.asking import Ask
from logic.changes import Outcome
from logic.desk import Desk
from logic.edits import submit
from logic.fields import Row
from logic.fields import field as column
from logic.kinds import Photo, Text
from logic.kinds.texts import photo_text
from logic.people import ROSTER
from logic.register import Register, registers
from sheets.memory import MemoryWorkbook
from sheets.photos import Photos
from sheets.port import Sheet
from sheets.services import Keeper
from sheets.store import Store
from tests.conftest import Clock
from tests.pictures import picture

NOW = dt.datetime(2026, 11, 22, 9, 0)


class Case(Row):
    """售后:测试用。"""

    customer: str | None = column("客户", Text(), naming=True)
    proof: tuple[str, ...] | None = column("凭证", Photo())
    more: tuple[str, ...] | None = column("更多照片", Photo())


class Wage(Row):
    """工资:测试用。"""

    person: str | None = column("姓名", Text(), naming=True)
    slip: tuple[str, ...] | None = column("工资条", Photo(), sensitive=True)
    front: tuple[str, ...] | None = column("封面", Photo())


CASES = Register(key="cases", title="测试售后", prefix="CS", area="system", model=Case)
WAGES = Register(
    key="wages", title="测试工资", prefix="GZ", area="system", model=Wage, grants={"财务": "CE", "售后客服": "Ce"}
)
KNOWN: Mapping[str, Register] = {ROSTER: registers()[ROSTER], "cases": CASES, "wages": WAGES}
AGENT, FINANCE = "闵思源", "钱慧敏"
OWN, OTHERS = "GZ261101-22222", "GZ261101-33333"


class Office:
    """A workbook in memory with two registers and a roster of two."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        people = [
            {"name": name, "position": position, "staff_status": "在职", "record_id": f"YG261101-{number}2222"}
            for number, (name, position) in enumerate(((AGENT, "售后客服"), (FINANCE, "财务")), start=2)
        ]
        rows = {
            ROSTER: people,
            "cases": [{"customer": "tb_1", "record_id": "CS261101-22222"}],
            "wages": [
                {"person": AGENT, "record_id": OWN, "created_by": AGENT},
                {"person": FINANCE, "record_id": OTHERS, "created_by": FINANCE},
            ],
        }
        sheets = [
            Sheet(
                KNOWN[key].title,
                (
                    tuple(one.header for one in KNOWN[key].fields.values()),
                    *(tuple(texts.get(name) for name in KNOWN[key].fields) for texts in records),
                ),
            )
            for key, records in rows.items()
        ]
        self.store = Store(folder / "data")
        self.keeper = Keeper(
            self.store, MemoryWorkbook(sheets, address=str(folder / "账")), lambda parts: Desk(parts, KNOWN), clock
        )
        self.keeper.tick()
        self.photos = Photos(self.store, reserve=0)

    @property
    def desk(self) -> Desk:
        return cast(Desk, self.keeper.planner)

    def send(self, register: str, field: str, by: str, color: str = "red") -> str:
        return photo_text(self.photos.add(picture(color), register, field, by, NOW).name)

    def save(self, actor: str, register: str, record: str | None, **values: str) -> Outcome:
        named = {"customer": "tb_9"} if record is None and register == "cases" else {}
        base = {name: self.text(register, record, name) for name in values} if record is not None else {}
        outcome = submit(self.desk, actor, [Ask(register, record, named | values, base)])
        self.keeper.tick()
        return outcome

    def text(self, register: str, record: str, name: str) -> str:
        found = self.desk.view().judgement.record(register, record)
        assert found is not None
        return found.text(name)
