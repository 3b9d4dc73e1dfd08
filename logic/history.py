"""The history of a record, and taking a change back: an ordinary Change through the same door (DESIGN 6.3)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from logic.access import Actor
from logic.asking import Ask, Refused, understand
from logic.changes import Change, Edit, Outcome, Source, new_change_id
from logic.desk import Desk
from logic.edits import enter, follow, outcome_of
from sheets.journal import Entry, LoggedCell
from sheets.table import ID_FIELD

SOURCES = {
    Source.CONSOLE: "网页登记",
    Source.COMMAND: "命令行",
    Source.SHEET: "表格直接修改",
    Source.ENGINE: "控制台写回",
}
VOID = "void"
GOING_BACK = "回到版本"  # how the reason of a Change begins that brings a record back to a version


@dataclass(frozen=True, slots=True)
class Step:
    """One change in the history of a record: who, when, how, and each cell before and after by header."""

    entry: Entry
    change: Change
    outcome: Outcome
    source: str
    action: str
    cells: tuple[tuple[str, str, str], ...]
    undoable: bool


def history(desk: Desk, register: str, record: str) -> list[Step]:
    """All changes of a record, newest first; refused ones included."""
    entries = desk.journal.history(desk.workbook, register, record)
    written = desk.journal.cells(entry.seq for entry in entries)
    return [_step(desk, entry, register, record, written[entry.seq]) for entry in entries]


def undo(desk: Desk, actor: str, change_id: str) -> Outcome:
    """Take a saved change back. Where a cell was changed again since, the person chooses (overtaken)."""
    entry = desk.journal.entry(change_id)
    if entry is None or entry.state != "saved":
        return Outcome(state="rejected", change="", reason="只有已经写入表格的修改才能撤销。")
    change = Change.model_validate_json(entry.body)
    if change.explains:
        return Outcome(state="rejected", change="", reason="说明不改动表格,请在“问题”里撤回说明。")
    cells = desk.journal.cells([entry.seq])[entry.seq]
    refusal = _followed(desk, entry, change)
    if refusal:
        return Outcome(state="rejected", change="", reason=refusal)
    person = desk.view().judgement.people.actor(actor)
    if person is None:
        return Outcome(state="denied", change="", reason=f"员工名册里没有“{actor}”。")
    try:
        voided = _voids(desk, person, change)
    except Refused as why:
        return Outcome(state="rejected", change="", reason=str(why))
    taken_back = Change(
        id=new_change_id(),
        workbook=desk.workbook,
        actor=person.name,
        source=Source.CONSOLE,
        at=desk.clock(),
        edits=(*_inverse(desk, change, [cell for cell in cells if not cell.fresh]), *voided),
        reason=f"撤销 {change.at:%Y-%m-%d %H:%M} {change.actor} 的修改",
        undoes=change_id,
    )
    following = follow(taken_back, _elsewhere_inverse(desk, change))
    return enter(desk, taken_back, person, desk.view().judgement, following=following)


def _elsewhere_inverse(desk: Desk, change: Change) -> Iterator[tuple[str, Edit]]:
    """What takes back the changes of other workbooks that followed from this one; a record made there stays."""
    for entry in desk.journal.following(change.id):
        cells = [one for one in desk.journal.cells([entry.seq])[entry.seq] if not one.fresh]
        for edit in _inverse(desk, Change.model_validate_json(entry.body), cells):
            yield entry.workbook, edit


def bring_back(desk: Desk, actor: str, register: str, record: str) -> Outcome:
    """恢复到表格: a record whose row was deleted in the sheet returns as it was last seen, faults and all."""
    person = desk.view().judgement.people.actor(actor)
    if person is None:
        return Outcome(state="denied", change="", reason=f"员工名册里没有“{actor}”。")
    row = desk.ledger.baseline().get(register, {}).get(record)
    if row is None or row.texts is None or row.vanished_at is None:
        return Outcome(state="rejected", change="", reason="这条记录还在表格里,不需要恢复。")
    texts = {name: text for name, text in row.texts.items() if text and name != ID_FIELD}
    change = Change(
        id=new_change_id(),
        workbook=desk.workbook,
        actor=person.name,
        source=Source.ENGINE,  # it was a fact before it vanished: no rule may refuse it now
        at=desk.clock(),
        edits=(Edit(register=register, record=record, new=True, values=texts),),
        reason="恢复到表格",
    )
    return enter(desk, change, person, desk.view().judgement)


def _inverse(desk: Desk, change: Change, cells: Sequence[LoggedCell]) -> tuple[Edit, ...]:
    """The Edits that restore what stood before, on the condition that what was written still stands. They need the
    permission of what they take back: of the button, where it was one."""
    edits: dict[tuple[str, str], tuple[dict[str, str], dict[str, str]]] = {}
    for cell in cells:
        if desk.elsewhere.registers[cell.register].fields[cell.field].engine:
            continue
        values, base = edits.setdefault((cell.register, cell.record), ({}, {}))
        values[cell.field], base[cell.field] = cell.before, cell.after
    made = {(edit.register, edit.record): edit for edit in change.edits}
    return tuple(
        made[where].model_copy(update={"values": values, "base": base}) for where, (values, base) in edits.items()
    )


def _voids(desk: Desk, actor: Actor, change: Change) -> list[Edit]:
    """Rows are never deleted: new records are taken back by 作废."""
    judgement, voided = desk.view().judgement, list[Edit]()
    for edit in (one for one in change.edits if one.new):
        workflow = desk.registers[edit.register].workflow
        if workflow is None or workflow.transition(VOID) is None:
            raise Refused("这个登记表没有“作废”操作,不能撤销新登记的记录。")
        ask = Ask(edit.register, edit.record, transition=VOID)
        found = understand(ask, judgement, desk.registers, actor, desk.clock(), "撤销登记", desk.elsewhere)
        voided.append(found.edit.model_copy(update={"effect": edit.effect}))
    return voided


def _followed(desk: Desk, entry: Entry, change: Change) -> str:
    """Why a transition cannot be taken back any more: another one followed it."""
    for edit in change.edits:
        if "status" not in edit.values or edit.effect or not (edit.new or edit.transition):
            continue
        entries = desk.journal.history(desk.workbook, edit.register, edit.record)
        later = [
            Change.model_validate_json(one.body)
            for one in entries
            if one.seq > entry.seq and one.state in ("saved", "pending")
        ]
        undone = {one.undoes for one in later if one.undoes is not None}
        standing = [one for one in later if one.id not in undone and one.undoes is None]
        if any(other.record == edit.record and "status" in other.values for one in standing for other in one.edits):
            return "这次操作之后状态又变过,不能直接撤销,请先撤销后面的操作。"
    return ""


def _step(desk: Desk, entry: Entry, register: str, record: str, cells: Sequence[LoggedCell]) -> Step:
    change = Change.model_validate_json(entry.body)
    declared = desk.registers[register]
    edits = [edit for edit in change.edits if (edit.register, edit.record) == (register, record)]
    if cells:
        shown = [(c.field, c.before, c.after) for c in cells if (c.register, c.record) == (register, record)]
    else:
        shown = [(name, edit.base.get(name, ""), text) for edit in edits for name, text in edit.values.items()]
    workflow = declared.workflow
    labels = [
        step.label
        for edit in edits
        if edit.transition and workflow is not None and (step := workflow.transition(edit.transition)) is not None
    ]
    action = "、".join(labels) or ("新登记" if any(edit.new for edit in edits) else "修改")
    if change.undoes:
        action = "撤销" if change.reason.startswith("撤销") else "处理冲突"
    elif change.reason.startswith(GOING_BACK):
        action = "回到版本"
    if change.explains:
        action = f"{'说明' if change.reason else '撤回说明'} {'、'.join(change.explains)}"
    return Step(
        entry,
        change,
        outcome_of(entry),
        SOURCES[change.source],
        action,
        tuple(
            (declared.fields[name].header, before, after)
            for name, before, after in shown
            if name in declared.fields and name != ID_FIELD and not declared.fields[name].engine
        ),
        undoable=entry.state == "saved" and not change.explains,
    )
