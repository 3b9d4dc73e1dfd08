"""Proof before replace: is the new file the old one with exactly what was asked for, and nothing else?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sheets.cells import is_same, plain
from sheets.port import CellEdit, ProofFailed, RowInsert, Stamp, Value
from sheets.table import column_letters
from sheets.xlsx_book import Book
from sheets.xlsx_scan import Scan

Rows = list[list[Value]]
_DROPPED_PARTS = frozenset({"xl/calcchain.xml"})  # rebuilt by every spreadsheet program when it is missing


def prove(
    old: Book,
    new: Book,
    *,
    edits: Iterable[CellEdit],
    inserts: Iterable[RowInsert] = (),
    stamp: Stamp | None,
    new_tabs: Sequence[str] = (),
) -> None:
    """Raise ProofFailed unless `new` equals `old` after `inserts` and `edits`, with `new_tabs` appended."""
    _prove_frame(old, new, stamp, new_tabs)
    by_sheet: dict[str, list[CellEdit]] = {}
    for edit in edits:
        by_sheet.setdefault(edit.sheet, []).append(edit)
    moved: dict[str, list[RowInsert]] = {}
    for insert in inserts:
        moved.setdefault(insert.sheet, []).append(insert)
    for title in new.titles:
        rows: Rows = [] if title in new_tabs else [list(row) for row in old.sheet(title).rows]
        scan = None if title in new_tabs else old.scan(title)
        for insert in moved.get(title, ()):
            insert_rows(rows, insert)
            scan = scan.shifted(insert.row, insert.count) if scan else None
        written = by_sheet.get(title, [])
        for edit in written:
            put(rows, edit.row, edit.column, edit.value)
        _prove_values(title, rows, new.sheet(title).rows, {(e.row, e.column): e.value for e in written})
        if scan is not None:
            _prove_marks(title, scan, new.scan(title), {(e.row, e.column) for e in written})


def insert_rows(rows: Rows, insert: RowInsert) -> None:
    if insert.row <= len(rows):
        rows[insert.row - 1 : insert.row - 1] = [[] for _ in range(insert.count)]


def put(rows: Rows, row: int, column: int, value: Value) -> None:
    while len(rows) < row:
        rows.append([])
    cells = rows[row - 1]
    cells.extend([None] * (column - len(cells)))
    cells[column - 1] = plain(value)


def _prove_frame(old: Book, new: Book, stamp: Stamp | None, new_tabs: Sequence[str]) -> None:
    tabs = [(tab.title, bool(tab.part), tab.state) for tab in old.tabs]
    found = [(tab.title, bool(tab.part), tab.state) for tab in new.tabs]
    if found[: len(tabs)] != tabs or [title for title, _, _ in found[len(tabs) :]] != list(new_tabs):
        raise ProofFailed(f"tabs {found} instead of {tabs} + {list(new_tabs)}")
    if new.stamp != stamp:
        raise ProofFailed(f"stamp {new.stamp} instead of {stamp}")
    present = {name.lower() for name in new.parts}
    lost = [name for name in old.parts if not name.endswith("/") and name.lower() not in present | _DROPPED_PARTS]
    if lost:
        raise ProofFailed(f"parts lost: {', '.join(sorted(lost))}")
    ours = (name for name in old.properties if not name.startswith("console_"))
    if any(new.properties.get(name) != old.properties[name] for name in ours):
        raise ProofFailed("custom document properties changed")


def _prove_values(
    title: str, wanted: Rows, found: Sequence[tuple[Value, ...]], written: Mapping[tuple[int, int], Value]
) -> None:
    for number in range(1, max(len(wanted), len(found)) + 1):
        left = wanted[number - 1] if number <= len(wanted) else []
        right = found[number - 1] if number <= len(found) else ()
        if len(left) == len(right) and tuple(left) == right and [*map(type, left)] == [*map(type, right)]:
            continue
        for column in range(1, max(len(left), len(right)) + 1):
            want = left[column - 1] if column <= len(left) else None
            have = right[column - 1] if column <= len(right) else None
            intended = (number, column) in written
            if not (is_same(want, have) if intended else type(want) is type(have) and want == have):
                raise ProofFailed(f"{title}!{column_letters(column)}{number}: {have!r} instead of {want!r}")


def _prove_marks(title: str, wanted: Scan, found: Scan, written: set[tuple[int, int]]) -> None:
    errors = wanted.errors - (written - wanted.formulas)  # a constant error may be overwritten
    if found.formulas != wanted.formulas or found.errors != errors:
        odd = sorted((found.formulas ^ wanted.formulas) | (found.errors ^ errors))[0]
        raise ProofFailed(f"{title}!{column_letters(odd[1])}{odd[0]}: formula or error changed")
    if set(found.merges) != set(wanted.merges) or set(found.arrays) != set(wanted.arrays):
        raise ProofFailed(f"{title}: merged or array areas changed")
    if found.hidden != wanted.hidden:
        raise ProofFailed(f"{title}: hidden rows changed")
