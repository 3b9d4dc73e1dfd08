"""One workbook in memory with the two registers of tests/machine_registers.py, its programs, and what people do with it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from logic.asking import Ask
from logic.changes import Outcome
from logic.desk import Desk
from logic.edits import outcome_of, submit
from sheets.journal import Entry
from sheets.memory import MemoryWorkbook
from sheets.port import Sheet, Value
from sheets.services import Keeper
from sheets.store import Store
from tests.conftest import Clock
from tests.machine_registers import HEADER_ROW, REGISTERS, column_of, record_rows, tabs, value_at

FIRST, SECOND, THIRD = "GD261101-22222", "GD261101-22223", "GD261101-22224"
SPARE = "PJ261101-22222"
A, B = "张三", "李四"


class Shop:
    """`book` has the hands of a person in the sheet. Calls without a desk go through the first program."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.folder, self.clock = folder, clock
        sheets = [Sheet(title, tuple(map(tuple, rows))) for title, rows in tabs().items()]
        self.book = MemoryWorkbook(sheets, address=str(folder / "账"))
        self.keepers: list[Keeper] = []
        self.keeper = self.open()
        self.keeper.tick()

    @property
    def desk(self) -> Desk:
        return cast(Desk, self.keeper.planner)

    def open(self) -> Keeper:
        """Another program on the same data folder and workbook."""
        keeper = Keeper(Store(self.folder / "data"), self.book, lambda parts: Desk(parts, REGISTERS), self.clock)
        keeper.mirror.refresh()
        self.keepers.append(keeper)
        return keeper

    def kill(self, keeper: Keeper | None = None) -> None:
        """End a program without a good-bye, and go on with a new one if it was the first."""
        dead = keeper or self.keeper
        dead.writer._lock.release(force=True)
        dead.store.close()
        self.keepers.remove(dead)
        if dead is self.keeper:
            self.keeper = self.open()

    def close(self) -> None:
        for keeper in self.keepers:
            keeper.stop()
            keeper.store.close()

    # -- what people do ------------------------------------------------------------------------------------------------

    def ask(
        self, actor: str, record: str | None, values: Mapping[str, str], desk: Desk | None = None, **options: Any
    ) -> Outcome:
        """Submit; options are Ask's base and transition, the others are those of `submit`."""
        key = "spares" if record is not None and record.startswith("PJ") else "tickets"
        base, transition = options.pop("base", {}), options.pop("transition", None)
        return submit(desk or self.desk, actor, [Ask(key, record, values, base, transition)], **options)

    def saved(self, actor: str, record: str | None, values: Mapping[str, str], **options: Any) -> str:
        """Submit and bring in; the id of the record."""
        outcome = self.ask(actor, record, values, **options)
        self.tick()
        assert self.outcome(outcome).state == "saved", self.outcome(outcome)
        return outcome.records[0]

    def tick(self, seconds: float = 0) -> None:
        self.clock.advance(seconds=seconds)
        assert self.keeper.tick()

    def settle(self) -> None:
        """Enough rounds for rows to get their ids."""
        for _ in range(4):
            self.tick(11)

    def type(self, record: str, field: str, value: Value) -> None:
        key, number = self.row(record)
        self.book.type(REGISTERS[key].title, number, column_of(key, field), value)

    def delete(self, record: str) -> None:
        key, number = self.row(record)
        self.book.delete_row(REGISTERS[key].title, number)

    def append(self, key: str, **values: Value) -> int:
        """Type a row below everything else; its number."""
        number = len(self.grid(key)) + 1
        for field, value in values.items():
            self.book.type(REGISTERS[key].title, number, column_of(key, field), value)
        return number

    def rename_header(self, key: str, field: str, header: str) -> None:
        self.book.type(REGISTERS[key].title, HEADER_ROW[key], column_of(key, field), header)

    # -- what there is to see ------------------------------------------------------------------------------------------

    def grid(self, key: str) -> list[tuple[Value, ...]]:
        return list(self.book.read().sheets[REGISTERS[key].title].rows)

    def rows(self, key: str) -> list[int]:
        return record_rows(key, self.grid(key))

    def ids(self, key: str) -> list[Value]:
        return [value_at(self.grid(key), number, column_of(key, "record_id")) for number in self.rows(key)]

    def row(self, record: str) -> tuple[str, int]:
        for key in REGISTERS:
            for number in self.rows(key):
                if value_at(self.grid(key), number, column_of(key, "record_id")) == record:
                    return key, number
        raise LookupError(record)

    def cell(self, record: str, field: str) -> Value:
        key, number = self.row(record)
        return value_at(self.grid(key), number, column_of(key, field))

    def outcome(self, asked: Outcome) -> Outcome:
        entry = self.desk.journal.entry(asked.change)
        assert entry is not None, asked
        return outcome_of(entry)

    def entries(self, source: str) -> list[Entry]:
        """Oldest first."""
        return [entry for entry in self.desk.journal.recent(self.desk.workbook, 999)[::-1] if entry.source == source]

    def logged(self, record: str, field: str) -> list[tuple[str, str, str]]:
        """Everything written to a cell: by whom, before and after."""
        log = self.desk.journal.log_after(self.desk.workbook, -1)
        return [(one.actor, one.before, one.after) for one in log if (one.record, one.field) == (record, field)]

    def notices(self, kind: str) -> list[Mapping[str, Any]]:
        return [one.body for one in self.desk.journal.notices(self.desk.workbook) if one.kind == kind]

    def attention(self, actor: str) -> list[Outcome]:
        return [outcome_of(entry) for entry in self.desk.journal.attention(actor)]
