"""The real registers on a workbook in memory, and the stage of one person: what tests of import and export stand on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import cast

from logic.desk import Desk
from logic.register import Register, registers
from logic.staging.reading import stage_rows
from logic.staging.sending import send
from logic.staging.stage import Stage, stages
from logic.staging.texts import pasted
from logic.staging.verdicts import RowVerdict, Verdicts, judge
from sheets.drafts import Drafts
from sheets.memory import MemoryWorkbook
from sheets.port import Value, Workbook
from sheets.services import Keeper
from sheets.store import Store
from sheets.table import find_table
from tests.conftest import Clock

WHO = "程小桃"


class Office:
    """`book` is in memory unless another is given; the roster is empty, so everybody may do everything."""

    def __init__(
        self, folder: Path, clock: Clock, register: str = "bank_transfers", book: Workbook | None = None
    ) -> None:
        self.register: Register = registers()[register]
        self.clock = clock
        self.store = Store(folder / "data")
        self.book = book or MemoryWorkbook([], address=str(folder / "账"))
        self.book.shape([one.spec() for one in registers().values()], dry_run=False)
        self.keeper = Keeper(self.store, self.book, lambda parts: Desk(parts, registers()), clock)
        self.keeper.mirror.refresh()
        self.keeper.tick()
        self.desk = cast(Desk, self.keeper.planner)
        self.stages = stages(Drafts(self.store), lambda: clock().isoformat(timespec="seconds"))

    def close(self) -> None:
        self.keeper.stop()
        self.store.close()

    def paste(self, *rows: Mapping[str, str]) -> Stage:
        """Stage these records, given by field name, as a paste with a header."""
        names = list(dict.fromkeys(name for row in rows for name in row))
        lines = [[self.register.fields[name].header for name in names]]
        lines += [[row.get(name, "") for name in names] for row in rows]
        return self.stage(as_clipboard(lines))

    def stage(self, text: str) -> Stage:
        return self.stages.keep(WHO, stage_rows(self.register, pasted(text), "粘贴"))

    def current(self) -> Stage:
        stage = self.stages.load(WHO, self.register.key)
        assert stage is not None
        return stage

    def verdicts(self) -> Verdicts:
        return judge(self.current(), self.desk, self.desk.view().judgement, WHO)

    def tones(self) -> list[str]:
        return [one.tone for one in self.verdicts().rows.values()]

    def verdict(self, number: int) -> RowVerdict:
        return self.verdicts().rows[number]

    def send(self, *numbers: int) -> Stage:
        """Send these rows, or all that are good."""
        stage = self.current()
        for _ in send(self.desk, self.stages, WHO, stage, numbers or self.verdicts().having("good")):
            pass
        return self.current()

    def hire(self, name: str, position: str) -> None:
        """Somebody types a person into the roster: from now on grants count."""
        staff = registers()["staff"]
        number = len(self.book.read().sheets[staff.title].rows) + 1
        for field, text in (("name", name), ("position", position)):
            at = list(staff.fields).index(field) + 1
            self.book.type(staff.title, number, at, text)  # type: ignore[attr-defined]
        self.tick()

    def tick(self) -> None:
        self.clock.advance(seconds=11)
        assert self.keeper.tick()

    def column(self, field: str) -> list[Value]:
        """What stands in the sheet below a header."""
        table = find_table(self.book.read().sheets[self.register.title], self.register.spec())
        return [row.cells[table.index[field]] for row in table.rows]


def as_clipboard(rows: Sequence[Sequence[str]]) -> str:
    """Rows as Excel copies them."""

    def cell(text: str) -> str:
        quoted = any(one in text for one in '\t\r\n"')
        return '"' + text.replace('"', '""') + '"' if quoted else text

    return "".join("\t".join(map(cell, row)) + "\r\n" for row in rows)
