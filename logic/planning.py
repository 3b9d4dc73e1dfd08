"""Turns pending changes into the cells of one commit: each decided in order on what stands in the sheet by then.

Nothing is located by a remembered row number: rows come from the Judgement of the very Snapshot the commit is based on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from logic.access import Actor
from logic.changes import Change, Edit, Outcome, Source
from logic.deciding import Decision, Registers, decide
from logic.judgement import Judgement
from logic.mending import overwritten
from logic.naming import IdWrite
from logic.records import CHECK_FIELD, Amendment
from sheets.journal import SHEET_ACTOR, Entry, Settled
from sheets.ledger import BaselineRow, NoticeBody
from sheets.port import CellEdit, RowInsert, Serial, Value
from sheets.table import ID_FIELD, Table
from sheets.writer import Plan

Where = tuple[str, str]  # register, record
ActorFinder = Callable[[Judgement, str], Actor]  # the person of a name, on the roster of that Judgement


FOLLOWS = "同一条记录的前一处修改还没有处理,请先在“需要您处理”里处理它。"
NAMELESS = "这条记录的编号在表格里不见了,控制台正在补回,之后会自动写入。"
DOUBLED = "表格里有两行用了同一个记录编号,控制台正在分开它们,之后会自动写入。"
PARENT_WAITS = "等另一个工作簿里的那一步写好以后,会自动写入。"
PARENT_FAILED = "另一个工作簿里的那一步没有写入,所以这里也没有改。请先处理那一步,再重做一次。"
NO_TAB = "工作簿里找不到这个登记表的工作表,请在表格里恢复它,之后会自动写入。"


@dataclass(slots=True)
class _State:
    """The commit as it grows. `stuck`: why changes of a record wait for the sheet; `failed`: whose own change failed."""

    judgement: Judgement
    nameless: frozenset[Where]
    texts: dict[Where, dict[str, str]] = field(default_factory=dict[Where, dict[str, str]])
    fresh: list[Where] = field(default_factory=list[Where])
    last: dict[Where, Change] = field(default_factory=dict[Where, Change])
    settled: list[Settled] = field(default_factory=list[Settled])
    refused: list[Settled] = field(default_factory=list[Settled])
    notices: list[NoticeBody] = field(default_factory=list[NoticeBody])
    waiting: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    stuck: dict[Where, str] = field(default_factory=dict[Where, str])
    failed: dict[tuple[str, str, str], str] = field(default_factory=dict[tuple[str, str, str], str])


def plan(
    standing: Judgement,
    pending: Sequence[Entry],
    id_writes: Sequence[IdWrite],
    nameless: frozenset[Where],
    registers: Registers,
    find_actor: ActorFinder,
    leave_findings: frozenset[Where],
    parent_state: Callable[[str], str],
) -> Plan:
    """The commit that these come to. `nameless`: records whose row lacks its id; `leave_findings`: 检查结果 that people
    keep rewriting; `parent_state`: what became of a change that one of these follows from."""
    state = _State(standing, nameless)
    for entry in sorted(pending, key=_turn):
        _take(state, entry, registers, find_actor, parent_state)
    edits, inserts = _cells(state, registers)
    for write in id_writes:
        edits.extend(_id_cell(state, write))
    urgent = bool(edits or inserts)
    edits.extend(_findings(state, leave_findings))
    return Plan(
        edits=tuple(edits),
        inserts=tuple(inserts),
        settled=tuple(state.settled),
        refused=tuple(state.refused),
        notices=tuple(state.notices),
        waiting=tuple(state.waiting),
        baseline=tuple(_baseline_row(state, where) for where in state.texts),
        urgent=urgent,
    )


def _turn(entry: Entry) -> tuple[bool, int]:
    """What is put back goes first, the latest of it before what was put back in vain earlier; the others in order."""
    is_engine = entry.source == Source.ENGINE
    return not is_engine, -entry.seq if is_engine else entry.seq


def _take(
    state: _State,
    entry: Entry,
    registers: Registers,
    find_actor: ActorFinder,
    parent_state: Callable[[str], str],
) -> None:
    change = Change.model_validate_json(entry.body)
    parent = parent_state(entry.parent) if entry.parent is not None else "saved"
    if parent == "pending":
        state.waiting.append((change.id, PARENT_WAITS))
        return
    if parent != "saved":
        failed = Decision("rejected", state.judgement, reason=PARENT_FAILED)
        state.refused.append(Settled(change.id, "rejected", outcome(change, failed).model_dump_json()))
        return
    why = _waits_for_sheet(state, change) or _waits_for_author(state, entry, change)
    if why:
        state.waiting.append((change.id, why))
        return
    decision = decide(state.judgement, change, find_actor(state.judgement, change.actor), registers)
    if decision.verdict in ("accepted", "nothing"):
        _apply(state, change, decision)
        state.settled.append(Settled(change.id, "saved", outcome(change, decision).model_dump_json(), decision.cells))
        return
    state.refused.append(Settled(change.id, decision.verdict, outcome(change, decision).model_dump_json()))
    for where in change.touches:
        state.failed[*where, change.actor] = change.id
    if change.actor == SHEET_ACTOR:
        state.notices.extend(_overwritten(state, change))


def _waits_for_sheet(state: _State, change: Change) -> str:
    """Why this change cannot be taken before something is put right in the sheet; empty if it can.

    Whatever was asked for after it on one of its records waits too, because it may rest on it.
    """
    why = next(filter(None, (_hindrance(state, edit) for edit in change.edits)), "")
    if why:
        state.stuck.update(dict.fromkeys(change.touches, why))
    return why


def _hindrance(state: _State, edit: Edit) -> str:
    where = (edit.register, edit.record)
    table = state.judgement.tables.get(edit.register)
    if table is None:
        return NO_TAB
    if table.faults:
        names = "、".join(f"“{fault.header}”" for fault in table.faults)
        return f"表头有问题({names} 缺失或重复),请在表格里改正表头,之后会自动写入。"
    if state.judgement.is_doubled(*where):
        return DOUBLED
    return NAMELESS if where in state.nameless else state.stuck.get(where, "")


def _waits_for_author(state: _State, entry: Entry, change: Change) -> str:
    """Why this change waits for its author; empty if it does not.

    What somebody asked for on top of an own change that failed waits for them. What was asked for afterwards, in sight of
    what really stands, does not, nor does anybody else's: the merge protects it.
    """
    if change.source is Source.ENGINE:
        return ""
    failures = [state.failed.get((*where, change.actor)) for where in change.touches]
    failed = entry.behind or next((one for one in failures if one not in (None, change.parent, change.undoes)), None)
    if failed is None:
        return ""
    for where in change.touches:
        state.failed[*where, change.actor] = failed
    return FOLLOWS


def _overwritten(state: _State, change: Change) -> Iterator[NoticeBody]:
    """A direct edit that could not be put back has no author who would look after it: the head is told."""
    for edit in change.edits:
        record = state.judgement.record(edit.register, edit.record)
        for name, text in edit.values.items():
            now = record.text(name) if record is not None else ""
            if text and now != text and name != ID_FIELD:
                yield "overwritten", overwritten((edit.register, edit.record), name, text, now)


def _apply(state: _State, change: Change, decision: Decision) -> None:
    state.judgement = decision.judgement
    for where, values in decision.applied.items():
        if where not in state.texts and any(
            cell.fresh for cell in decision.cells if (cell.register, cell.record) == where
        ):
            state.fresh.append(where)
        state.texts.setdefault(where, {}).update(values)
        state.last[where] = change


def outcome(change: Change, decision: Decision) -> Outcome:
    """The Outcome of a decision that was reached in the Writer."""
    states = {"accepted": "saved", "nothing": "saved"}
    return Outcome(
        state=states.get(decision.verdict, decision.verdict),  # type: ignore[arg-type]
        change=change.id,
        records=tuple(dict.fromkeys(edit.record for edit in change.edits)),
        violations=decision.violations,
        conflicts=decision.conflicts,
        reason=decision.reason,
    )


# -- from records to cells ---------------------------------------------------------------------------------------------


def _cells(state: _State, registers: Registers) -> tuple[list[CellEdit], list[RowInsert]]:
    _stamp_engine_columns(state, registers)
    places, inserts = _places(state)
    edits: list[CellEdit] = []
    for where, texts in state.texts.items():
        table = _table(state, where[0])
        row, occupied = places[where]
        for name, text in texts.items():
            column = table.columns.get(name)
            if column is None:
                continue
            value = registers[where[0]].fields[name].kind.cell(text)
            was = table.sheet.value(row, column) if occupied else None
            if not same_value(was, value):
                edits.append(_edit(table, row, column, value, was, where[1], naming=name == ID_FIELD and not occupied))
    return edits, inserts


def _edit(table: Table, row: int, column: int, value: Value, was: Value, record: str, *, naming: bool) -> CellEdit:
    return CellEdit(table.sheet.title, row, column, value, was, None if naming else record, table.columns.get(ID_FIELD))


def _stamp_engine_columns(state: _State, registers: Registers) -> None:
    for where, texts in state.texts.items():
        change = state.last[where]
        now = change.at.strftime("%Y-%m-%d %H:%M")
        engine = {"updated_by": change.actor, "updated_at": now}
        if where in state.fresh:
            engine = {ID_FIELD: where[1], "created_by": change.actor, "created_at": now} | engine
            engine |= {name: texts[name] for name in engine if name in texts}
        texts.update(engine)
        state.judgement = state.judgement.amended([Amendment(*where, engine, new=False)], now=change.at)


def _places(state: _State) -> tuple[dict[Where, tuple[int, bool]], list[RowInsert]]:
    """Row of each record in the finished sheet, and whether it stands there already; rows to insert for new ones."""
    places: dict[Where, tuple[int, bool]] = {}
    inserts: list[RowInsert] = []
    added: dict[str, tuple[int, int]] = {}  # register → rows used so far, rows inserted so far
    for where in state.texts:
        if where not in state.fresh:
            record = state.judgement.record(*where)
            assert record is not None and record.row_number is not None
            places[where] = (record.row_number, True)
            continue
        table = _table(state, where[0])
        used, inserted = added.get(where[0], (0, 0))
        row = table.last_row + 1 + used
        if table.sheet.live or not _is_free(table, row - inserted):
            inserts.append(RowInsert(table.sheet.title, row))
            inserted += 1
        added[where[0]] = (used + 1, inserted)
        places[where] = (row, False)
    return places, inserts


def _is_free(table: Table, row: int) -> bool:
    """Whether nothing at all stands in the declared columns of this row, not even a merge."""
    return all(
        table.sheet.value(row, column) is None and table.sheet.mark(row, column) is None
        for column in table.columns.values()
    )


def _id_cell(state: _State, write: IdWrite) -> list[CellEdit]:
    record = state.judgement.record(write.register, write.key)
    table = _table(state, write.register)
    column = table.columns.get(ID_FIELD)
    if record is None or record.row_number is None or column is None:
        return []
    was = table.sheet.value(record.row_number, column)
    return [CellEdit(table.sheet.title, record.row_number, column, write.id, was, None, column)]


def _findings(state: _State, leave: frozenset[Where]) -> list[CellEdit]:
    """检查结果 cells that no longer say what the Judgement says."""
    edits: list[CellEdit] = []
    places, _ = _places(state)
    for key, table in state.judgement.tables.items():
        column = table.columns.get(CHECK_FIELD) if table is not None and table.writable else None
        if table is None or column is None:
            continue
        for record_key, finding in state.judgement.stale_findings(key):
            where = (key, record_key)
            if where in leave:
                continue
            row, occupied = places[where] if where in places else _standing_row(state, where)
            was = table.sheet.value(row, column) if occupied else None
            if was != (finding or None) and table.sheet.mark(row, column) is None:
                record_id = record_key if not record_key.startswith("#") else None
                edits.append(
                    CellEdit(
                        table.sheet.title, row, column, finding or None, was, record_id, table.columns.get(ID_FIELD)
                    )
                )
    return edits


def _standing_row(state: _State, where: Where) -> tuple[int, bool]:
    record = state.judgement.record(*where)
    assert record is not None and record.row_number is not None
    return record.row_number, True


def _baseline_row(state: _State, where: Where) -> BaselineRow:
    record = state.judgement.record(*where)
    assert record is not None
    return BaselineRow(where[0], where[1], record.texts())


def _table(state: _State, register: str) -> Table:
    table = state.judgement.tables[register]
    assert table is not None
    return table


def same_value(one: Value, other: Value) -> bool:
    """Whether writing `other` over `one` changes nothing: same type, same value (dates to the second)."""
    if isinstance(one, float) and isinstance(other, float) and not isinstance(one, bool):
        return abs(one - other) < 5e-6 if isinstance(other, Serial) else one == other
    return type(one) is type(other) and one == other
