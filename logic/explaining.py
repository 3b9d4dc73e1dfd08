"""已说明: somebody in charge says why a finding that needs an explanation (需说明) is in order.

As with 主管放行, it holds while the columns that the rule reads read as they did then. It goes into the journal, edits no
cell, and never turns aside what cannot be saved (不能保存).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from logic.access import Actor, Verdict, acts_as
from logic.changes import Change, Edit, Outcome, Source, new_change_id
from logic.desk import Desk
from logic.judgement import Judgement
from logic.register import Register
from logic.rules import Level
from logic.violations import Violation
from sheets.journal import ExplanationRow, NewEntry
from sheets.port import StorageError

LENGTH = 500
SAID, TAKEN_BACK = "说明已记录。", "说明已撤回。"


class Explanations:
    """What was explained, oldest first."""

    def __init__(self, rows: Iterable[ExplanationRow] = ()) -> None:
        self._known: dict[tuple[str, ...], list[ExplanationRow]] = {}
        for one in rows:
            self._known.setdefault((one.register, one.record, one.rule, one.field), []).append(one)

    def concern(self, found: Violation) -> bool:
        """Was this finding ever explained, whether or not that still holds?"""
        return _place(found) in self._known

    def find(self, found: Violation, texts: Mapping[str, str]) -> ExplanationRow | None:
        """The latest explanation that holds for a record that reads `texts`."""
        if found.level is not Level.WARN or found.released:
            return None
        for one in reversed(self._known.get(_place(found), ())):
            if all(texts.get(name, "") == text for name, text in one.binds.items()):
                return one if one.reason else None
        return None


def may_explain(judgement: Judgement, actor: Actor | None, register: Register, on: dt.date) -> Verdict:
    """Whoever may release, or may change or approve any record of the register."""
    if actor is None:
        return Verdict(False, "请先登录。")
    if actor.has_left:
        return Verdict(False, f"{actor.name}在员工名册里是离职,不能再说明。")
    granted = [role for role, letters in register.grants.items() if {"A", "E"} & set(letters)]
    roles = tuple(dict.fromkeys((*judgement.heads(on), *granted)))
    if actor.founder or any(acts_as(actor, role, on) for role in roles):
        return Verdict(True, "可以说明。")
    return Verdict(False, f"“{register.title}”的问题由{'、'.join(roles)}来说明。")


def can_be_explained(found: Violation) -> bool:
    """Is it one that waits for an explanation, on a record that keeps its name?"""
    is_named = bool(found.record) and not found.record.startswith("#")
    return found.level is Level.WARN and not found.released and is_named and bool(found.fields)


def explain(
    desk: Desk, actor: str, register: str, record: str, rule: str, field: str, reason: str, *, take_back: bool = False
) -> Outcome:
    """Explain a finding, or take its explanation back (`take_back`, without a reason)."""
    judgement, now, reason = desk.view().judgement, desk.clock(), reason.strip()
    declared = desk.registers[register]
    person = judgement.people.actor(actor) if actor else None
    change = Change(
        id=new_change_id(),
        workbook=desk.workbook,
        actor=person.name if person is not None else actor,
        source=Source.CONSOLE,
        at=now,
        edits=(Edit(register=register, record=record),),
        reason="" if take_back else reason,
        explains=(rule,),
    )
    allowed = may_explain(judgement, person, declared, now.date())
    if not allowed:
        return _journal(
            desk, change, Outcome(state="denied", change=change.id, records=(record,), reason=allowed.reason)
        )
    there = [*judgement.violations(register, record), *judgement.due(now, register, record)]
    found = next((one for one in there if (one.rule, one.field) == (rule, field) and can_be_explained(one)), None)
    standing = judgement.record(register, record)
    refusal = _refusal(found, reason, take_back)
    if refusal or found is None or standing is None:
        return Outcome(state="rejected", change="", reason=refusal)
    at = now.isoformat(timespec="seconds")
    binds = {name: standing.text(name) for name in found.fields if name in declared.fields}
    row = ExplanationRow(register, record, rule, field, change.reason, change.actor, at, binds)
    said = TAKEN_BACK if take_back else SAID
    return _journal(desk, change, Outcome(state="saved", change=change.id, records=(record,), reason=said), (row,))


def _refusal(found: Violation | None, reason: str, take_back: bool) -> str:
    if found is None:
        return "这个问题已经不在这里,或者不是“需说明”的问题,不能说明。"
    if not take_back and not reason:
        return "请写明原因再保存说明。"
    if len(reason) > LENGTH:
        return f"说明有 {len(reason)} 个字,请缩短到 {LENGTH} 个字以内。"
    return ""


def _journal(desk: Desk, change: Change, outcome: Outcome, rows: tuple[ExplanationRow, ...] = ()) -> Outcome:
    entry = NewEntry(
        id=change.id,
        workbook=change.workbook,
        actor=change.actor,
        source=change.source,
        at=change.at.isoformat(timespec="seconds"),
        state=outcome.state,
        body=change.model_dump_json(),
        touches=change.touches,
        outcome=outcome.model_dump_json(),
        explanations=rows,
    )
    try:
        desk.journal.append(entry)
    except StorageError as full:  # no room on the disk
        return Outcome(state="rejected", change="", reason=str(full))
    return outcome


def _place(found: Violation) -> tuple[str, ...]:
    return found.register, found.record, found.rule, found.field
