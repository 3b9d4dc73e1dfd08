"""What became of the cells of a batch: in their own rows, or, because somebody sorted in that very moment, in others'.

A row is known by the id that stands in it; a row without one by everything else that stands in it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sheets.cells import is_same
from sheets.gsheets_cells import Detail
from sheets.port import CellEdit, Incident, Sheet, Value

Row = Sequence[Value]


@dataclass(frozen=True, slots=True)
class Stray:
    """An edit that landed in another row than its own. `own`: how its row looks elsewhere than in the written columns;
    `hit`: the row as it is now, `before`: as it was before, None where that row was not known."""

    edit: CellEdit
    own: Row
    hit: Row
    before: Row | None
    columns: frozenset[int]


@dataclass(frozen=True, slots=True)
class Proof:
    """`calm`: the rows stand exactly as they were meant to."""

    calm: bool
    strays: tuple[Stray, ...] = ()


def prove(
    before: Mapping[str, Sheet],
    after: Mapping[str, Sheet],
    edits: Sequence[CellEdit],
    new: Collection[tuple[str, int]],
    found: Mapping[str, Detail],
) -> Proof:
    """Compare the rows as they stand in the answer with `after`, where they were meant to stand. `new`: the rows, by tab and
    number, that the batch itself inserted."""
    calm, strays = True, list[Stray]()
    for (title, row), group in _by_row(edits).items():
        detail = found.get(title)
        hit: Row = detail.rows[row].values if detail is not None and row in detail.rows else ()
        own = after[title].rows[row - 1] if row <= len(after[title].rows) else ()
        if alike(own, hit):
            continue
        calm = False
        columns = frozenset(edit.column for edit in group)
        # Whatever else stands in a new row was typed there afterwards.
        if (title, row) not in new and not _is_own(group[0], own, hit, columns):
            was = _as_before(before[title], hit, columns, group[0].id_column)
            strays += [Stray(edit, own, hit, was, columns) for edit in group]
    return Proof(calm, tuple(strays))


def prove_later(
    before: Mapping[str, Sheet],
    after: Mapping[str, Sheet],
    edits: Sequence[CellEdit],
    new: Collection[tuple[str, int]],
    now: Mapping[str, Sheet],
) -> tuple[Stray, ...]:
    """What went astray, when the answer was lost and rows may have moved again since: looked for in the whole tab."""
    strays: list[Stray] = []
    unseen: list[tuple[Stray, Sequence[CellEdit], int]] = []
    back: dict[tuple[str, int, int], Value] = {}  # what will stand again where something else landed
    for (title, row), group in _by_row(edits).items():
        if title not in now or (title, row) in new:
            continue
        sheet, columns = now[title], frozenset(edit.column for edit in group)
        own = after[title].rows[row - 1] if row <= len(after[title].rows) else ()
        if group[0].record is None and alike(own, (), columns):
            strays += _instead_of_blank(before[title], own, sheet, group)
            continue
        for edit in group:
            stray = Stray(edit, own, (), None, columns)
            at = _own_row(sheet, stray)
            if at is not None and is_same(sheet.value(at, edit.column), edit.value):
                continue
            found = _hit(before[title], sheet, edit, columns)
            if found is not None:
                number, known = found
                strays.append(replace(stray, hit=sheet.rows[number - 1], before=known))
                back[title, number, edit.column] = cell_of(known, edit.column)
            elif at is not None:
                unseen.append((stray, group, at))
    for stray, group, at in unseen:
        title, column = stray.edit.sheet, stray.edit.column
        is_missing = is_same(back.get((title, at, column), now[title].value(at, column)), stray.edit.was)
        hit = _blank_before(before[title], now[title], group, is_missing=is_missing)
        if hit or is_missing:  # nowhere to be seen any more: written anew all the same
            strays.append(replace(stray, hit=hit))
    return tuple(strays)


def _hit(was: Sheet, now: Sheet, edit: CellEdit, columns: frozenset[int]) -> tuple[int, Row] | None:
    """The row that shows the value of an edit since the batch, and how it was before; None where that is not certain."""
    found: dict[int, Row] = {}
    for number, row in enumerate(now.rows, start=1):
        if is_same(cell_of(row, edit.column), edit.value):
            known = _as_before(was, row, columns, edit.id_column)
            if known is not None and not is_same(cell_of(known, edit.column), edit.value):
                found[number] = known
    number = edit.row if edit.row in found else next(iter(found), 0) if len(found) == 1 else 0
    return (number, found[number]) if number else None


def _instead_of_blank(was: Sheet, own: Row, now: Sheet, group: Sequence[CellEdit]) -> Iterator[Stray]:
    """What hit the place of a row that says nothing else, so that it cannot be told where it went."""
    columns = frozenset(edit.column for edit in group)
    hit = now.rows[group[0].row - 1] if group[0].row <= len(now.rows) else ()
    known = _as_before(was, hit, columns, group[0].id_column)
    if known is None or alike(hit, own, columns):
        return
    for edit in group:
        if is_same(cell_of(hit, edit.column), edit.value) and not is_same(cell_of(known, edit.column), edit.value):
            yield Stray(edit, own, hit, known, columns)


def _blank_before(was: Sheet, now: Sheet, group: Sequence[CellEdit], *, is_missing: bool) -> Row:
    """The row, inserted blank in that moment, that shows what was written and nothing else, not even an id; also with what
    somebody has added to it, if the row that all this was meant for shows nothing of it (`is_missing`). Empty for none."""
    written = {edit.column: edit.value for edit in group if edit.value is not None}
    if not written:
        return ()
    alone: Row = [written.get(column) for column in range(1, max(written) + 1)]
    others = frozenset(range(1, max(map(len, now.rows), default=0) + 1)) - written.keys() - {group[0].id_column}
    added_to = others if is_missing and len(written) > 1 else frozenset[int]()
    found = (row for ignored in (frozenset[int](), added_to) for row in now.rows if alike(row, alone, ignored))
    return next((row for row in found if not any(alike(row, one) for one in was.rows)), ())


def _by_row(edits: Iterable[CellEdit]) -> dict[tuple[str, int], list[CellEdit]]:
    found: dict[tuple[str, int], list[CellEdit]] = {}
    for edit in edits:
        found.setdefault((edit.sheet, edit.row), []).append(edit)
    return found


def alike(one: Row, other: Row, ignored: frozenset[int] = frozenset()) -> bool:
    width = max(len(one), len(other))
    return all(
        column in ignored or is_same(cell_of(one, column), cell_of(other, column)) for column in range(1, width + 1)
    )


def cell_of(row: Row, column: int | None) -> Value:
    return row[column - 1] if column is not None and 1 <= column <= len(row) else None


def _is_own(edit: CellEdit, own: Row, hit: Row, columns: frozenset[int]) -> bool:
    if edit.record is not None:
        return is_same(cell_of(hit, edit.id_column), edit.record)
    return alike(own, hit, columns)


def _as_before(sheet: Sheet, hit: Row, columns: frozenset[int], id_column: int | None) -> Row | None:
    """The row that was hit, as it stood before the batch."""
    id = cell_of(hit, id_column) if id_column not in columns else None
    if id is not None:
        return next((row for row in sheet.rows if is_same(cell_of(row, id_column), id)), None)
    return next((row for row in sheet.rows if alike(row, hit, columns)), None)


# -- putting right -----------------------------------------------------------------------------------------------------


def mending(strays: Sequence[Stray], now: Mapping[str, Sheet]) -> tuple[list[CellEdit], list[Incident]]:
    """The cells that put right what stands in a tab now; what was found in another row than its own, for the journal."""
    known = [stray for stray in strays if stray.edit.sheet in now]
    edits: dict[tuple[str, int, int], CellEdit] = {}
    for stray in known:
        edit, sheet = stray.edit, now[stray.edit.sheet]
        hit = _row_like(sheet, stray.hit, frozenset(), edit.id_column, edit.row)
        if hit is not None and is_same(sheet.value(hit, edit.column), edit.value):
            before = _was_hit(stray, sheet)
            was, id = cell_of(before, edit.column), cell_of(before, edit.id_column)
            record = str(id) if id is not None and edit.column != edit.id_column else None
            back = replace(edit, row=hit, value=was, was=edit.value, record=record)
            edits.setdefault((edit.sheet, hit, edit.column), back)
    back_at = {place: edit.value for place, edit in edits.items()}
    incidents: list[Incident] = []
    for stray in known:
        edit, sheet = stray.edit, now[stray.edit.sheet]
        own = _own_row(sheet, stray)
        if own is not None:
            place, stands = (edit.sheet, own, edit.column), sheet.value(own, edit.column)
            if is_same(back_at.get(place, stands), edit.was):
                # What belongs here wins over what is taken back from here.
                edits[place] = replace(edit, row=own, was=stands)
        incidents.append(_incident(stray, sheet, mended=own is not None))
    return [one for one in edits.values() if not is_same(one.was, one.value)], incidents


def _was_hit(stray: Stray, now: Sheet) -> Row:
    """The row that was hit, as it was before; empty where it was blank. A row without an id that still stands somewhere was not hit."""
    before = stray.before or ()
    if cell_of(before, stray.edit.id_column) is None and any(alike(row, before) for row in now.rows):
        return ()
    return before


def _incident(stray: Stray, sheet: Sheet, *, mended: bool) -> Incident:
    edit, id = stray.edit, cell_of(stray.hit, stray.edit.id_column)
    text = "" if edit.value is None else str(edit.value)
    header = str(_header(sheet, edit.column))
    return Incident(edit.sheet, header, edit.record or "", text, str(id) if id is not None else "", mended)


def _own_row(sheet: Sheet, stray: Stray) -> int | None:
    edit = stray.edit
    if edit.record is not None:
        return next(_rows_with_id(sheet, edit.id_column, edit.record), None)
    return _row_like(sheet, stray.own, stray.columns, None, edit.row)


def _row_like(sheet: Sheet, row: Row, ignored: frozenset[int], id_column: int | None, near: int) -> int | None:
    """Where this row stands now, by its id or by all it says; the nearest of several."""
    id = cell_of(row, id_column)
    if id is not None:
        found = list(_rows_with_id(sheet, id_column, id))
        if len(found) == 1:
            return found[0]
    same = [number for number, one in enumerate(sheet.rows, start=1) if alike(one, row, ignored)]
    return min(same, key=lambda number: abs(number - near), default=None)


def _rows_with_id(sheet: Sheet, id_column: int | None, id: Value) -> Iterator[int]:
    return (number for number, row in enumerate(sheet.rows, start=1) if is_same(cell_of(row, id_column), id))


def _header(sheet: Sheet, column: int) -> Value:
    """What stands on top of a column, for people."""
    return next((row[column - 1] for row in sheet.rows if len(row) >= column and row[column - 1] is not None), "")
