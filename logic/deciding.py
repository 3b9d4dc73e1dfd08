"""Decides one Change on one Judgement: permission, three-way merge, rules, releases. Pure; the clock is the change's own.

The same function decides at the door (on the Overlay, what everybody sees) and in the Writer (on what stands in the
sheet), so that a change accepted there can only fail here because something else happened in between.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from logic.access import Actor, acts_as, permit, signers
from logic.changes import Change, Conflict, Edit, Source
from logic.engine_rules import SOD_01
from logic.judgement import Judgement
from logic.kinds import Misread
from logic.people import ROSTER
from logic.records import Amendment, Record
from logic.register import Register
from logic.releasing import Release, release
from logic.rules import Level
from logic.settings import SETTINGS
from logic.violations import Violation
from sheets.journal import CellChange
from sheets.merge import merge
from sheets.port import Mark

TOLD = 20  # findings elsewhere that a change of the roster or the settings tells of; 数据体检 lists all
Registers = Mapping[str, Register]
Verdict = Literal["accepted", "nothing", "overtaken", "rejected", "denied"]


@dataclass(frozen=True, slots=True)
class Decision:
    """`applied` is what is to be written, by register and record; `judgement` is the one with it applied."""

    verdict: Verdict
    judgement: Judgement
    applied: Mapping[tuple[str, str], Mapping[str, str]] = field(
        default_factory=dict[tuple[str, str], Mapping[str, str]]
    )
    cells: tuple[CellChange, ...] = ()
    violations: tuple[Violation, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    reason: str = ""
    releases: tuple[Release, ...] = ()


def decide(judgement: Judgement, change: Change, actor: Actor, registers: Registers) -> Decision:
    """What becomes of `change` on `judgement`."""
    merged = _Merged()
    for edit in change.edits:
        record = judgement.record(edit.register, edit.record)
        if record is None and not edit.new:
            reason = "这条记录已经不在表格里(可能被删除或移到了别处),请在“找回记录”里恢复后再改。"
            return Decision("overtaken", judgement, conflicts=_all_lost(edit, registers), reason=reason)
        refusal = _merge_edit(merged, edit, record, registers[edit.register])
        if refusal:
            return Decision("rejected", judgement, reason=refusal)
        if change.source is not Source.ENGINE and not edit.effect:
            action = "create" if edit.new else edit.transition or "edit"
            heads = judgement.heads(change.at)
            day = change.at.date()
            allowed = permit(actor, registers[edit.register], action, tuple(edit.values), record, day, heads)
            if not allowed:
                return Decision("denied", judgement, reason=allowed.reason)
    if merged.conflicts:
        reason = "您改的单元格在打开以后被别人改过,请逐格选择以哪个为准。"
        return Decision("overtaken", judgement, conflicts=tuple(merged.conflicts), reason=reason)
    if not merged.cells:
        return Decision("nothing", judgement)
    return _judge(judgement, change, actor, merged)


@dataclass(slots=True)
class _Merged:
    amendments: list[Amendment] = field(default_factory=list[Amendment])
    applied: dict[tuple[str, str], Mapping[str, str]] = field(default_factory=dict[tuple[str, str], Mapping[str, str]])
    cells: list[CellChange] = field(default_factory=list[CellChange])
    conflicts: list[Conflict] = field(default_factory=list[Conflict])


def _merge_edit(merged: _Merged, edit: Edit, record: Record | None, register: Register) -> str:
    """Merge one record into `merged`; a Chinese sentence if a cell cannot be written at all."""
    current = {name: record.text(name) for name in edit.values} if record is not None else {}
    result = merge(edit.values, edit.base, current)
    merged.conflicts.extend(
        Conflict(
            register=edit.register,
            record=edit.record,
            field=clash.field,
            column=register.fields[clash.field].header,
            mine=clash.mine,
            theirs=clash.theirs,
            base=clash.base,
        )
        for clash in result.clashes
    )
    if not result.apply:
        return ""
    unwritable = _unwritable(result.apply, record, register)
    if unwritable:
        return unwritable
    merged.applied[edit.register, edit.record] = result.apply
    merged.amendments.append(Amendment(edit.register, edit.record, result.apply, new=record is None))
    merged.cells.extend(
        CellChange(edit.register, edit.record, name, current.get(name, ""), text, fresh=record is None)
        for name, text in result.apply.items()
    )
    return ""


def _unwritable(names: Mapping[str, str], record: Record | None, register: Register) -> str:
    if record is None:
        return ""
    for name in names:
        mark = record.mark(name)
        if mark is Mark.COVERED:
            return f"“{register.fields[name].header}”这个单元格被合并到了别的单元格里,请先在表格里取消合并,再修改。"
        if mark is not None:
            return f"“{register.fields[name].header}”这个单元格里是公式,控制台不会覆盖公式,请在表格里修改。"
    return ""


def _judge(judgement: Judgement, change: Change, actor: Actor, merged: _Merged) -> Decision:
    after = judgement.amended(merged.amendments, now=change.at)
    accepted = Decision("accepted", after, merged.applied, tuple(merged.cells))
    if change.source is Source.ENGINE:
        return accepted
    edited = {where: set(values) for where, values in merged.applied.items()}
    added = _without_echoes(after.added(judgement, edited, actor, change.at), edited.keys())
    added = [*_only_told(added, {register for register, _ in edited}), *_signed_for(after, change, actor, merged)]
    released, releases, refusal = release(added, change, actor, judgement)
    blocks = [violation for violation in released if violation.level == "BLOCK"]
    if blocks or refusal:
        reason = refusal or "有不符合规定的内容,请按提示改正后再保存。"
        return Decision("rejected", judgement, violations=tuple(released), reason=reason)
    return Decision(
        "accepted", after, merged.applied, tuple(merged.cells), violations=tuple(released), releases=tuple(releases)
    )


def _signed_for(after: Judgement, change: Change, actor: Actor, merged: _Merged) -> Iterator[Violation]:
    """Columns that others fill by their buttons, and that this change fills in their place (SOD-01). Heads may correct."""
    day, heads = change.at.date(), after.heads(change.at)
    if actor.founder or any(acts_as(actor, role, day) for role in heads):
        return
    for edit in change.edits:
        if edit.new or edit.effect or edit.transition is not None:
            continue
        register = after.registers[edit.register]
        for name, text in merged.applied.get((edit.register, edit.record), {}).items():
            roles = signers(register, name)
            if roles and not any(acts_as(actor, role, day) for role in roles):
                header = register.fields[name].header
                reason = f"“{header}”由{'、'.join(roles)}用操作按钮填写,{actor.name}不能直接改"
                problem = Misread(reason, f"请由{roles[0]}点操作按钮;登记错了的请主管更正", SOD_01.id)
                yield after.misread(register, edit.record, name, text, problem)


def _only_told(added: list[Violation], registers: Collection[str]) -> list[Violation]:
    """What a change of the roster or the settings brings to light elsewhere is told, the first of it, and refuses nothing:
    the first name of a roster makes all others unknown, and a new limit counts although some rows exceed it."""
    if not {ROSTER, SETTINGS}.issuperset(registers):
        return added
    elsewhere = [one.model_copy(update={"level": Level.WARN}) for one in added if one.register not in registers]
    return [*(one for one in added if one.register in registers), *elsewhere[:TOLD]]


def _without_echoes(added: Sequence[Violation], edited: Collection[tuple[str, str]]) -> list[Violation]:
    """What one rule says of an edited record it need not say again of the other record it was compared with.

    A finding that could be released is kept, because the release must cover every record it is needed for.
    """
    own = {(one.rule, one.level) for one in added if (one.register, one.record) in edited}
    return [
        one
        for one in added
        if (one.register, one.record) in edited or one.releasable or (one.rule, one.level) not in own
    ]


def _all_lost(edit: Edit, registers: Registers) -> tuple[Conflict, ...]:
    fields = registers[edit.register].fields
    return tuple(
        Conflict(
            register=edit.register,
            record=edit.record,
            field=name,
            column=fields[name].header,
            mine=text,
            theirs="",
            base=edit.base.get(name, ""),
        )
        for name, text in edit.values.items()
    )
