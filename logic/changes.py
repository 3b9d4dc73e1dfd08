"""What is asked and what comes of it: Change and Outcome, frozen as JSON because journal, pages and command line share them.

All values are canonical texts of their columns (see logic.kinds): a base of ``100.00`` and a cell of ``100`` are equal.
"""

from __future__ import annotations

import datetime as dt
import enum
import uuid
from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from logic.frozen import Frozen
from logic.violations import Violation


class Source(enum.StrEnum):
    """Where a change was made (来源)."""

    CONSOLE = "console"  # 网页登记
    COMMAND = "command"  # 命令行
    SHEET = "sheet"  # 表格直接修改
    ENGINE = "engine"  # what the console puts back after a stale save


class Edit(Frozen):
    """The cells of one record. `base` is what the person saw in the cells of `values`; absent means empty.

    `effect`: written by the button of another record of the same change (连带修改), whose permission covers it.
    """

    register: str
    record: str
    new: bool = False
    values: Mapping[str, str] = Field(default_factory=dict)
    base: Mapping[str, str] = Field(default_factory=dict)
    transition: str | None = None
    effect: bool = False


class Change(Frozen):
    """One or more records of one workbook, all or nothing. `explains`: the rules whose finding it explains (已说明); such
    a one edits no cell."""

    id: str
    workbook: str
    actor: str
    source: Source
    at: dt.datetime
    edits: tuple[Edit, ...]
    reason: str = ""
    release: tuple[str, ...] = ()
    key: str | None = None
    parent: str | None = None
    undoes: str | None = None
    explains: tuple[str, ...] = ()

    @property
    def touches(self) -> tuple[tuple[str, str], ...]:
        return tuple(dict.fromkeys((edit.register, edit.record) for edit in self.edits))


class Conflict(Frozen):
    """A cell that somebody else changed meanwhile: mine, theirs, and what it was when the form was opened."""

    register: str
    record: str
    field: str
    column: str
    mine: str
    theirs: str
    base: str


State = Literal["saved", "queued", "rejected", "overtaken", "denied"]


class Outcome(Frozen):
    """What became of a Change. `reason` is a Chinese sentence whenever the state is not plainly `saved`."""

    state: State
    change: str
    records: tuple[str, ...] = ()
    violations: tuple[Violation, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    reason: str = ""
    since: dt.datetime | None = None


def new_change_id() -> str:
    return uuid.uuid4().hex
