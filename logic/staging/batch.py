"""An action on many selected records (批量操作): one button for all of them, or one value for one column.

A Batch remembers what the person saw of each record when they selected it; that is the base of what is sent, so that nobody
else's edit meanwhile is overwritten. What its records are worth is judged in logic.staging.worth.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, cast

from logic.asking import Ask
from logic.desk import Desk
from logic.history import undo
from logic.judgement import Judgement
from logic.register import Field, Register
from logic.staging.shelf import ACCEPTED, SentRow, Shelf, sentences
from logic.workflow import STATUS, Transition
from sheets.drafts import Drafts

SHELF = "@batch"
MOST = 500  # records of one action


@dataclass(frozen=True, slots=True)
class BatchRow(SentRow):
    """One record. `seen` are its texts when it was selected. `undone`: the change that took it back."""

    seen: Mapping[str, str]
    undone: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """Either `transition` is the key of a button and `values` what its form holds, or `column` is to become `values`'
    only text, or empty where `empties`. `version` tells two states of one batch apart."""

    id: str
    register: str
    rows: tuple[BatchRow, ...]
    transition: str = ""
    column: str = ""
    values: Mapping[str, str] = field(default_factory=dict[str, str])
    empties: bool = False
    reason: str = ""
    version: int = 0
    sending: bool = False

    @property
    def waiting(self) -> list[BatchRow]:
        """The records that are not sent yet."""
        return [row for row in self.rows if not row.is_sent]

    @property
    def sent(self) -> list[BatchRow]:
        return [row for row in self.rows if row.is_sent]

    @property
    def is_settled(self) -> bool:
        """Is it said what is to be done with the records?"""
        return bool(self.transition) or (bool(self.column) and (self.empties or bool(self.values.get(self.column))))

    def row(self, number: int) -> BatchRow | None:
        return next((row for row in self.rows if row.number == number), None)

    def ask(self, row: BatchRow) -> Ask:
        """The request for one record; a blank field of a button's form asks for nothing."""
        if self.transition:
            values = {name: text for name, text in self.values.items() if text.strip()}
            return Ask(self.register, row.record, values, row.seen, self.transition)
        text = "" if self.empties else self.values.get(self.column, "")
        base = {self.column: row.seen.get(self.column, "")}
        return Ask(self.register, row.record, {self.column: text}, base)

    def key(self, row: BatchRow) -> str:
        """Under which key this record is sent: however often that happens, it is done once."""
        return f"batch-{self.id}-{row.number}-{row.attempt}"

    def settled(self, rows: Mapping[int, BatchRow]) -> Batch:
        """What became of records that were sent."""
        return replace(self, rows=tuple(rows.get(row.number, row) for row in self.rows))

    def begun(self, sending: bool) -> Batch:
        return replace(self, sending=sending)

    def renewed(self) -> Batch:
        return replace(self, version=self.version + 1)

    # -- what a person does to it, while nothing is sent ---------------------------------------------------------------

    def pressing(self, transition: str) -> Batch:
        return self._if_new(replace(self, transition=transition, column="", values={}, empties=False))

    def setting(self, column: str) -> Batch:
        return self._if_new(replace(self, transition="", column=column, values={}, empties=False))

    def filled(self, values: Mapping[str, str], *, empties: bool = False, reason: str = "") -> Batch:
        return self._if_new(replace(self, values=dict(values), empties=empties, reason=reason))

    def without(self, number: int) -> Batch:
        return replace(self, rows=tuple(row for row in self.rows if row.number != number or row.is_sent))

    def looked_at(self, judgement: Judgement) -> Batch:
        """The same with what stands now as what was seen, for records that are not sent: somebody changed them meanwhile."""
        fresh = {row.number: seen(judgement, self.register, row.record) for row in self.waiting}
        rows = (
            replace(row, seen=fresh[row.number] or row.seen, said=()) if row.number in fresh else row
            for row in self.rows
        )
        return replace(self, rows=tuple(rows))

    def _if_new(self, other: Batch) -> Batch:
        if self.sent:
            return self
        return replace(other, rows=tuple(replace(row, said=()) for row in other.rows))


def seen(judgement: Judgement, register: str, record: str) -> dict[str, str]:
    """What a person sees of a record now, empty cells too: one that is filled meanwhile must not be written over.
    Nothing where the record is gone."""
    found = judgement.record(register, record)
    if found is None:
        return {}
    return {name: found.text(name) for name, one in judgement.registers[register].fields.items() if not one.engine}


def made(judgement: Judgement, register: str, records: Iterable[str]) -> Batch:
    """A batch of these records as they stand; those that are not there (any more) are left out."""
    known = [one for one in dict.fromkeys(records) if judgement.record(register, one) is not None and one[:1] != "#"]
    rows = tuple(
        BatchRow(at, seen(judgement, register, one), record=one) for at, one in enumerate(known[:MOST], start=1)
    )
    return Batch(uuid.uuid4().hex, register, rows)


def settable(register: Register) -> list[Field]:
    """The columns that can get one value for many records."""
    return [one for one in register.fields.values() if not one.engine and not one.kind.derived and one.name != STATUS]


def pressable(register: Register, batch: Batch, judgement: Judgement) -> dict[str, int]:
    """The buttons that some of the records admit, and how many of them do."""
    workflow = register.workflow
    found: dict[str, int] = {}
    for row in batch.waiting if workflow is not None else ():
        record = judgement.record(register.key, row.record)
        texts = record.texts() if record is not None else {}
        for step in workflow.possible(texts.get(STATUS), texts) if workflow is not None and texts else ():
            found[step.key] = found.get(step.key, 0) + 1
    return found


def asked(register: Register, step: Transition) -> list[Field]:
    """What the form of a button asks of the records themselves, once for all of them."""
    return [one for one in settable(register) if one.name in {*step.asks, *step.needs}]


def take_back(desk: Desk, shelf: Shelf[Batch], actor: str, batch: Batch) -> Generator[int, None, None]:
    """撤销 what was written of a batch, record by record; yields how many were looked at."""
    done: dict[int, BatchRow] = {}
    try:
        for count, row in enumerate([row for row in batch.sent if row.state == "saved" and not row.undone], start=1):
            outcome = undo(desk, actor, row.change)
            if outcome.state in ACCEPTED:
                done[row.number] = replace(row, undone=outcome.change or row.change, said=())
            else:
                done[row.number] = replace(row, said=sentences(outcome))
                if outcome.change:
                    desk.journal.handle(outcome.change, desk.clock().isoformat(timespec="seconds"))
            yield count
    finally:
        shelf.change(actor, batch, lambda known: known.settled(done))


_ROW = ("number", "seen", "attempt", "change", "record", "state", "said", "undone")


def batches(drafts: Drafts, at: Callable[[], str]) -> Shelf[Batch]:
    """The batches of everybody, in the store."""
    return Shelf(drafts, at, SHELF, _to_json, _from_json)


def _to_json(batch: Batch) -> dict[str, Any]:
    body = {one.name: getattr(batch, one.name) for one in fields(Batch)}
    return {**body, "rows": [[getattr(row, name) for name in _ROW] for row in batch.rows]}


def _from_json(body: Mapping[str, Any]) -> Batch:
    rows: list[BatchRow] = []
    for values in cast(Sequence[Sequence[Any]], body["rows"]):
        row = dict(zip(_ROW, values, strict=True))
        rows.append(BatchRow(**{**row, "said": tuple(row["said"])}))
    return Batch(**{**body, "rows": tuple(rows)})
