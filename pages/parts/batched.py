"""The batch of the person at the console: where it is kept, its verdicts, and its records as the list draws them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from logic import wording
from logic.desk import Desk
from logic.judgement import Judgement
from logic.register import Register
from logic.staging.batch import Batch, BatchRow, batches
from logic.staging.shelf import Shelf
from logic.staging.together import RowVerdict, Verdicts, in_short
from logic.staging.worth import judge
from pages.parts import actor, shipping
from pages.parts.listing import telling
from sheets.drafts import Drafts

Change = Callable[[Batch], Batch]
SHOWN = 60  # characters of a cell
DONE = "done"
LABELS = {
    "good": "可以",
    "explain": wording.level_label("WARN"),
    "refused": "不能",
    "same": "不用改",
    DONE: "已办理",
}
_CHIPS = {"refused": "bad", "explain": "warn", "good": "good", "same": "plain"}
_STATES = {"saved": ("good", "已写入"), "queued": ("wait", "正在写入")}
_UNDONE = ("plain", "已撤销")

_judged = shipping.Judged(judge)


def shelf(desk: Desk) -> Shelf[Batch]:
    return batches(Drafts(desk.journal.store), lambda: desk.clock().isoformat(timespec="seconds"))


def current(desk: Desk, register: Register) -> Batch | None:
    """The batch of this person for this register."""
    return shelf(desk).load(actor.current(), register.key) if actor.current() else None


def verdicts(desk: Desk, batch: Batch) -> Verdicts:
    """What would become of the records."""
    return _judged.of(desk, batch)


def group_of(row: BatchRow, found: Verdicts) -> str:
    """Among which records this one is counted; "" while it is not said what is to be done."""
    return DONE if row.is_sent else found.rows[row.number].tone if row.number in found.rows else ""


def table_of(
    batch: Batch, register: Register, rows: Sequence[BatchRow], found: Verdicts, judgement: Judgement
) -> dict[str, Any]:
    """Records for the list: the verdict in words, what names the record, and what would change in it."""
    named = telling(register)
    status = register.fields["status"].header
    shown = [batch.column] if batch.column else []
    headers = [register.fields[name].header for name in named]
    changed = [f"现在的{register.fields[name].header}" for name in shown]
    return {
        "first": "能不能做",
        "columns": [
            {"h": status},
            {"h": "说明", "w": 1},
            *({"h": one} for one in (*changed, *headers, register.fields["record_id"].header)),
        ],
        "state": 0,
        "naming": list(range(2 + len(changed), 2 + len(changed) + len(named))),
        "rows": [_row(register.key, row, found.rows.get(row.number), (*shown, *named), judgement) for row in rows],
        "empty": "没有这样的记录。",
    }


def _row(
    register: str, row: BatchRow, verdict: RowVerdict | None, names: Sequence[str], judgement: Judgement
) -> dict[str, Any]:
    record = judgement.record(register, row.record)
    state, *texts = [record.text(name) if record is not None else row.seen.get(name, "") for name in ("status", *names)]
    tone, label, said = _said(row, verdict)
    shown = [state, said, *map(_short, texts), row.record]
    drawn: dict[str, Any] = {"k": str(row.number), "c": shown, "m": [[tone, label]] if label else []}
    return {**drawn, "x": {1: [tone, ""]}} if said and tone in ("bad", "warn") else drawn


def _said(row: BatchRow, verdict: RowVerdict | None) -> tuple[str, str, str]:
    """How a record is marked, in which words, and why."""
    if row.is_sent:
        tone, label = _STATES.get(row.state, ("bad", wording.outcome_label(row.state.capitalize())))
        if row.undone:
            tone, label = _UNDONE
        return tone, label, ";".join(row.said)
    if verdict is None:
        return "plain", "", ""
    return _CHIPS[verdict.tone], LABELS[verdict.tone], in_short(verdict)


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"
