"""Sends what is staged: each row a change of its own through the one door, so that a bad row holds back no other.

Every row has a key made of its shipment, its number and its attempt. However often it is sent, after a double click, an
interruption or a restart, the journal answers the second time what it answered the first.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any

from logic.changes import Outcome
from logic.desk import Desk
from logic.edits import outcome_of, submit
from logic.staging.shelf import ACCEPTED, S, Shelf

CHUNK = 25  # rows after which what became of them is put on disk


def send(desk: Desk, shelf: Shelf[S], actor: str, shipment: S, numbers: Sequence[int]) -> Generator[int, None, None]:
    """Send these rows in order, and yield after each how many are done. What was sent is kept however this ends."""
    wanted = frozenset(numbers)
    begun = shelf.change(actor, shipment, lambda known: known.begun(True))
    if begun is None:
        return
    done: dict[int, Any] = {}

    def so_far(known: S) -> S:
        return known.settled(dict(done))

    try:
        for count, row in enumerate([row for row in begun.waiting if row.number in wanted], start=1):
            outcome = submit(desk, actor, [begun.ask(row)], key=begun.key(row), reason=begun.reason)
            done[row.number] = _after(desk, row, outcome)
            if count % CHUNK == 0:
                shelf.change(actor, shipment, so_far)
            yield count
    finally:
        shelf.change(actor, shipment, lambda known: so_far(known).begun(False))


def resumed(desk: Desk, shelf: Shelf[S], actor: str, shipment: S) -> S | None:
    """What a sending that was cut off had come to: rows that the journal knows are not sent again."""
    found: dict[int, Any] = {}
    for row in shipment.waiting:
        entry = desk.journal.by_key(desk.workbook, shipment.key(row))
        if entry is not None:
            found[row.number] = _after(desk, row, outcome_of(entry))
    return shelf.change(actor, shipment, lambda known: known.settled(found).begun(False))


def refreshed(desk: Desk, shelf: Shelf[S], actor: str, shipment: S) -> S | None:
    """The same with what has become of the rows that were on their way into the sheet."""
    found: dict[int, Any] = {}
    for row in shipment.sent:
        entry = desk.journal.entry(row.change) if row.state == "queued" else None
        if entry is not None and (outcome := outcome_of(entry)).state != "queued":
            found[row.number] = row.became(outcome)
    return shelf.change(actor, shipment, lambda known: known.settled(found)) if found else shipment


def _after(desk: Desk, row: Any, outcome: Outcome) -> Any:
    if outcome.change and outcome.state not in ACCEPTED:
        # Its author is looking at it right now, and the shelf keeps what was typed.
        desk.journal.handle(outcome.change, desk.clock().isoformat(timespec="seconds"))
    return row.after(outcome)
