"""The stage of the person at the console: where it is kept, its verdicts, and its rows as the list draws them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from logic import wording
from logic.desk import Desk
from logic.register import Register
from logic.rules import Level
from logic.staging import stage as shelf
from logic.staging.shelf import Shelf
from logic.staging.stage import Stage, StagedRow
from logic.staging.verdicts import RowVerdict, Verdicts, in_short, judge
from pages.parts import actor, shipping
from sheets.drafts import Drafts

SHOWN = 60  # characters of a cell; the drawer of the row shows all of it
SENT = "sent"
LABELS = {"refused": "不能登记", "explain": wording.level_label("WARN"), "good": "可以登记", SENT: "已登记"}
_CHIPS = {"refused": "bad", "explain": "warn", "good": "good"}
_STATES = {"saved": ("good", "已写入"), "queued": ("wait", "正在写入")}

_judged = shipping.Judged(judge)


def stages(desk: Desk) -> Shelf[Stage]:
    return shelf.stages(Drafts(desk.journal.store), lambda: desk.clock().isoformat(timespec="seconds"))


def current(desk: Desk, register: Register) -> Stage | None:
    """The stage of this person for this register."""
    return stages(desk).load(actor.current(), register.key) if actor.current() else None


def verdicts(desk: Desk, stage: Stage) -> Verdicts:
    """What would become of the rows."""
    return _judged.of(desk, stage)


def group_of(row: StagedRow, found: Verdicts) -> str:
    """Among which rows this one is counted."""
    return SENT if row.is_sent else found.rows[row.number].tone if row.number in found.rows else "refused"


def table_of(stage: Stage, register: Register, rows: Sequence[StagedRow], found: Verdicts) -> dict[str, Any]:
    """Rows for the list: their line, the verdict in words, then the texts as they came."""
    titles = [
        {"h": register.fields[name].header if name else header, **({} if name else {"o": 1})}
        for header, name in zip(stage.headers, stage.columns, strict=True)
    ]
    return {
        "columns": [{"h": "行"}, {"h": "检查结论", "w": 1}, *titles],
        "naming": [at + 2 for at, name in enumerate(stage.columns) if name and register.fields[name].naming],
        "rows": [_row(stage, row, found.rows.get(row.number)) for row in rows],
        "empty": "没有这样的行。",
    }


def _row(stage: Stage, row: StagedRow, verdict: RowVerdict | None) -> dict[str, Any]:
    marks: dict[int, list[str]] = {}
    if row.is_sent:
        tone, label = _STATES.get(row.state, ("bad", wording.outcome_label(row.state.capitalize())))
        said = row.record if row.state in _STATES else ";".join(row.said)
    elif verdict is None:
        tone, label, said = "plain", "没有检查", ""
    else:
        tone, label, said = _CHIPS[verdict.tone], LABELS[verdict.tone], in_short(verdict)
        position = {name: at + 2 for at, name in enumerate(stage.columns) if name}
        for one in verdict.violations:
            if one.field in position:
                kind = "bad" if one.level is Level.BLOCK else "warn"
                marks.setdefault(position[one.field], [kind, one.message])
        if said:
            marks[1] = ["bad" if verdict.tone == "refused" else "warn", ""]
    texts = [f"第 {row.number} 行", said, *row.texts]
    shown = [text if at == 1 else _short(text) for at, text in enumerate(texts)]  # why not is said in full
    drawn: dict[str, Any] = {"k": str(row.number), "c": shown, "m": [[tone, label]]}
    return {**drawn, "x": marks} if marks else drawn


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"
