"""回到此版本: what it takes to bring a record back to how it stood after a change, as an ordinary Change (DESIGN 6.3).

It is worked out first and shown; what is sent then has as its base what was shown, so that nothing unseen is overwritten.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from logic.access import Actor, acts_as, permit, signers
from logic.asking import Ask
from logic.changes import Outcome
from logic.desk import Desk
from logic.edits import submit
from logic.history import GOING_BACK
from logic.records import Record
from logic.workflow import STATUS, VOID


@dataclass(frozen=True, slots=True)
class Version:
    """How a record would go back to what it was after `change`. `now` and `then` are texts by column, of those that
    differ; `kept` are columns that differ and stay as they are, by name, with why; `refusal` says why there is no way."""

    change: str
    register: str
    record: str
    label: str
    now: Mapping[str, str]
    then: Mapping[str, str]
    kept: Mapping[str, str]
    refusal: str = ""


def version(desk: Desk, actor: str, register: str, record: str, change: str) -> Version:
    """Work out the way back to how the record stood after `change`, for this person."""
    standing = desk.view().judgement.record(register, record)
    entry = desk.journal.entry(change)
    label = f"{entry.at.replace('T', ' ')[:16]} {entry.actor}" if entry is not None else ""
    none = Version(change, register, record, label, {}, {}, {})
    refusal = _refusal(desk, register, standing, change)
    if refusal or standing is None:
        return _with(none, refusal)
    person = desk.view().judgement.people.actor(actor)
    if person is None:
        return _with(none, f"员工名册里没有“{actor}”。")
    heads, today = desk.view().judgement.heads(desk.clock()), desk.clock().date()
    allowed = permit(person, desk.registers[register], "edit", (), standing, today, heads)
    if not allowed:
        return _with(none, allowed.reason)
    texts = texts_after(desk, register, record, change)
    declared = desk.registers[register]
    if STATUS in declared.fields and texts.get(STATUS, standing.text(STATUS)) != standing.text(STATUS):
        was, is_now = texts[STATUS] or "(空)", standing.text(STATUS) or "(空)"
        return _with(
            none, f"那以后状态由“{was}”变成了“{is_now}”,状态只能由操作按钮改变:请先撤销后面的操作,再回到这个版本。"
        )
    is_head = person.founder or any(acts_as(person, role, today) for role in heads)
    signed = {} if is_head else _signed_by_others(desk, person, register)
    now: dict[str, str] = {}
    then: dict[str, str] = {}
    kept: dict[str, str] = {}
    for name, text in texts.items():
        one = declared.fields[name]
        if one.engine or one.kind.derived or name == STATUS or standing.text(name) == text:
            continue
        if name in signed:
            kept[name] = signed[name]
        elif standing.mark(name) is not None:
            kept[name] = "这一格现在是公式、错误值或合并单元格,请在表格里改"
        else:
            now[name], then[name] = standing.text(name), text
    made = Version(change, register, record, label, now, then, kept)
    if then:
        return made
    return _with(made, "按您的权限没有可以改回的内容。" if kept else "现在的内容和这个版本一样。")


def go_back(desk: Desk, actor: str, wanted: Version) -> Outcome:
    """Send what was shown; where a cell was changed again since, the person chooses (overtaken)."""
    if wanted.refusal:
        return Outcome(state="rejected", change="", reason=wanted.refusal)
    ask = Ask(wanted.register, wanted.record, wanted.then, wanted.now)
    return submit(desk, actor, [ask], reason=f"{GOING_BACK}:{wanted.label} 之后的样子")


def texts_after(desk: Desk, register: str, record: str, change: str) -> dict[str, str]:
    """What the columns that were ever written read after `change`, by field; what the journal never saw written before it
    read what the first change after it found."""
    entries = desk.journal.history(desk.workbook, register, record)
    written = desk.journal.cells(entry.seq for entry in entries)
    cells = [
        cell
        for entry in entries
        if entry.state == "saved"
        for cell in written[entry.seq]
        if (cell.register, cell.record) == (register, record)
    ]
    cells.sort(key=lambda cell: (cell.generation, cell.seq))
    seq = next(entry.seq for entry in entries if entry.id == change)
    at = max((place for place, cell in enumerate(cells) if cell.seq == seq), default=-1)
    texts: dict[str, str] = {}
    for place, cell in enumerate(cells):
        if place <= at:
            texts[cell.field] = cell.after
        else:
            texts.setdefault(cell.field, cell.before)
    known = desk.registers[register].fields
    return {name: text for name, text in texts.items() if name in known}


def _refusal(desk: Desk, register: str, standing: Record | None, change: str) -> str:
    """Why there is no going back at all; "" if there may be."""
    entry = desk.journal.entry(change)
    if standing is None:
        return "这条记录已经不在表格里,请先恢复。"
    if entry is None or entry.state != "saved" or not desk.journal.cells([entry.seq])[entry.seq]:
        return "只能回到已经写入表格的修改之后的样子。"
    if standing.text(STATUS) == VOID:
        return "这条记录已作废,不能再改。"
    if desk.view().waiting(register, standing.key):
        return "这条记录还有修改正在写入,请等写入以后再回到以前的版本。"
    return ""


def _signed_by_others(desk: Desk, person: Actor, register: str) -> dict[str, str]:
    """The columns that buttons of others fill, with who they are: what somebody signed for is not rolled back for them."""
    declared, today = desk.registers[register], desk.clock().date()
    found: dict[str, str] = {}
    for name in declared.fields:
        roles = signers(declared, name)
        if roles and not any(acts_as(person, role, today) for role in roles):
            found[name] = f"由{'、'.join(roles)}签名,不会跟着改回去"
    return found


def _with(made: Version, refusal: str) -> Version:
    return replace(made, refusal=refusal)
