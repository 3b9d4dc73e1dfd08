"""What would become of each record of a batch: asked of the same engine that decides when they are sent.

Each is read and asked for permission by itself; those that may go are judged together, as they will stand beside each other.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from logic.access import Actor, permit
from logic.asking import Refused, Understood, understand
from logic.changes import Conflict, Edit
from logic.desk import Desk
from logic.edits import LACKING
from logic.judgement import Judgement
from logic.rules import Level
from logic.staging.batch import Batch, BatchRow
from logic.staging.together import RowVerdict, Together, Verdicts, verdict
from logic.violations import Violation

UNSETTLED = "请先选择要做的操作,或者要改的列和内容。"
SAME = "内容已经是这样,不用改"


def judge(batch: Batch, desk: Desk, judgement: Judgement, actor: str) -> Verdicts:
    """The verdict on every record that is not sent yet, on what everybody sees."""
    person = judgement.people.actor(actor)
    if person is None:
        return Verdicts(refusal=f"员工名册里没有“{actor}”,请主管先在员工名册登记。")
    if not batch.is_settled:
        return Verdicts(refusal=UNSETTLED)
    now = desk.clock()
    found: dict[int, RowVerdict] = {}
    read: dict[int, Understood] = {}
    for row in batch.waiting:
        try:
            understood = understand(
                batch.ask(row), judgement, desk.registers, person, now, batch.reason, desk.elsewhere
            )
        except Refused as refusal:
            found[row.number] = RowVerdict("refused", said=(str(refusal),))
            continue
        denied = _denied(understood.edit, desk, judgement, person, now)
        if denied:
            found[row.number] = RowVerdict("refused", said=(denied,))
        elif understood.violations:
            found[row.number] = RowVerdict("refused", tuple(understood.violations))
        elif _is_same(understood, judgement):
            found[row.number] = RowVerdict("same", said=(SAME,))
        else:
            read[row.number] = understood
    found |= _together(batch, desk, judgement, person, now, read)
    return Verdicts({row.number: _with_said(row, found[row.number]) for row in batch.waiting})


def _denied(edit: Edit, desk: Desk, judgement: Judgement, person: Actor, now: dt.datetime) -> str:
    """Why this person may not do that to this record, "" if they may."""
    record = judgement.record(edit.register, edit.record)
    register, heads = desk.registers[edit.register], judgement.heads(now)
    allowed = permit(person, register, edit.transition or "edit", tuple(edit.values), record, now.date(), heads)
    return "" if allowed else allowed.reason


def _is_same(understood: Understood, judgement: Judgement) -> bool:
    """Would nothing change? What a button stamps always does."""
    edit = understood.edit
    record = judgement.record(edit.register, edit.record)
    same = record is not None and all(record.text(name) == text for name, text in edit.values.items())
    return same and edit.transition is None


def _together(
    batch: Batch,
    desk: Desk,
    judgement: Judgement,
    person: Actor,
    now: dt.datetime,
    read: Mapping[int, Understood],
) -> dict[int, RowVerdict]:
    """Those that may go, judged as one; a conflict or a formula is looked for record by record and stays out."""
    found: dict[int, RowVerdict] = {}
    edits = {number: tuple(one.edits) for number, one in read.items()}
    while edits:
        judged = Together(batch.register, desk.registers, judgement, person, now, edits, batch.reason)
        if judged.decision.verdict in ("accepted", "nothing") or judged.decision.violations:
            by_row = judged.violations()
            return found | {number: _judged(by_row[number], read[number]) for number in edits}
        alone = {number: judged.decide(one) for number, one in edits.items()}
        out = {number: one for number, one in alone.items() if one.verdict not in ("accepted", "nothing")}
        for number, one in out.items():
            said = [_conflict(clash) for clash in one.conflicts] or ([] if one.violations else [one.reason])
            found[number] = RowVerdict("refused", one.violations, tuple(said))
        if not out:  # only side by side they cannot be: nobody knows which of them is to stay out
            return found | dict.fromkeys(edits, RowVerdict("refused", said=(judged.decision.reason,)))
        edits = {number: one for number, one in edits.items() if number not in out}
    return found


def _judged(violations: Sequence[Violation], understood: Understood) -> RowVerdict:
    """What the rules say, and what the button lacks where no rule says it better."""
    said = {(one.register, one.record, one.field) for one in violations if one.level is Level.BLOCK}
    lacking = [one for one in understood.missing if (one.register, one.record, one.field) not in said]
    return verdict([*violations, *lacking], [LACKING] if lacking else [])


def _conflict(clash: Conflict) -> str:
    now, then = clash.theirs or "(空)", clash.base or "(空)"
    return f"“{clash.column}”在您选中以后被别人从“{then}”改成了“{now}”,没有覆盖;要按现在的内容再做,请点“按现在的内容重新检查”"


def _with_said(row: BatchRow, known: RowVerdict) -> RowVerdict:
    """A record that was refused when it was sent stays so until somebody changes something."""
    if not row.said:
        return known
    return RowVerdict("refused", known.violations, tuple(dict.fromkeys((*row.said, *known.said))))
