"""Sends the rows of a stage: each a change of its own through the one door, so that a bad row holds back no other.

Every row has a key made of stage, row and attempt. However often it is sent, after a double click, an interruption or a
restart, the journal answers the second time what it answered the first.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace
from functools import partial

from logic.changes import Outcome
from logic.desk import Desk
from logic.edits import outcome_of, submit
from logic.staging.stage import ACCEPTED, Stage, StagedRow, Stages

CHUNK = 25  # rows after which what became of them is put on disk


def send(desk: Desk, stages: Stages, actor: str, stage: Stage, numbers: Sequence[int]) -> Generator[int, None, None]:
    """Send these rows in order, and yield after each how many are done. What was sent is kept however this ends."""
    wanted = frozenset(numbers)
    begun = stages.change(actor, stage, lambda known: replace(known, sending=True))
    if begun is None:
        return
    done: dict[int, StagedRow] = {}
    try:
        for count, row in enumerate([row for row in begun.waiting if row.number in wanted], start=1):
            outcome = submit(desk, actor, [begun.ask(row)], key=begun.key(row))
            done[row.number] = _after(desk, row, outcome)
            if count % CHUNK == 0:
                stages.change(actor, stage, partial(Stage.settled, rows=dict(done)))
            yield count
    finally:
        stages.change(actor, stage, lambda known: replace(known.settled(done), sending=False))


def resumed(desk: Desk, stages: Stages, actor: str, stage: Stage) -> Stage | None:
    """The stage of a sending that was cut off: rows that the journal knows are not sent again."""
    found: dict[int, StagedRow] = {}
    for row in stage.waiting:
        entry = desk.journal.by_key(desk.workbook, stage.key(row))
        if entry is not None:
            found[row.number] = _after(desk, row, outcome_of(entry))
    return stages.change(actor, stage, lambda known: replace(known.settled(found), sending=False))


def refreshed(desk: Desk, stages: Stages, actor: str, stage: Stage) -> Stage | None:
    """The stage with what has become of the rows that were on their way into the sheet."""
    found: dict[int, StagedRow] = {}
    for row in stage.sent:
        entry = desk.journal.entry(row.change) if row.state == "queued" else None
        if entry is not None and (outcome := outcome_of(entry)).state != "queued":
            found[row.number] = replace(row, state=outcome.state, said=_sentences(outcome))
    return stages.change(actor, stage, partial(Stage.settled, rows=found)) if found else stage


def _after(desk: Desk, row: StagedRow, outcome: Outcome) -> StagedRow:
    """A row after it was sent: out of the way once accepted, else back with the reason and ready for another attempt."""
    if outcome.state in ACCEPTED:
        record = outcome.records[0] if outcome.records else ""
        return replace(row, change=outcome.change, record=record, state=outcome.state, said=())
    if outcome.change:
        # Its author is looking at it right now, and the stage keeps what was typed.
        desk.journal.handle(outcome.change, desk.clock().isoformat(timespec="seconds"))
    return replace(row, attempt=row.attempt + 1, said=_sentences(outcome))


def _sentences(outcome: Outcome) -> tuple[str, ...]:
    if outcome.state == "saved":
        return ()
    found = [f"{one.column}:{one.message}" if one.column else one.message for one in outcome.violations]
    return tuple(found or [outcome.reason])
