"""A workbook in memory, for fast tests: the promises of the .xlsx file, and hands to act as the person in the sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sheets.cells import check_value, is_same, plain
from sheets.marker import claim
from sheets.port import (
    Busy,
    CellEdit,
    Commit,
    Mark,
    Missing,
    Moved,
    ProofFailed,
    RowInsert,
    ShapeStep,
    Sheet,
    SheetSpec,
    Snapshot,
    Stamp,
    StorageError,
    Value,
)
from sheets.shaping import new_tab_steps, plan_headers
from sheets.tab import Grid, Tab


@dataclass(frozen=True)
class StaleCopy:
    """What somebody's program still holds of the workbook; see `MemoryWorkbook.restore`."""

    tabs: Mapping[str, Tab]
    stamp: Stamp | None


class MemoryWorkbook:
    """Obeys the contract suite; after it come the hands: what a person does to the same sheet."""

    def __init__(
        self, sheets: Sequence[Sheet] | None = (), *, stamp: Stamp | None = None, address: str = "memory"
    ) -> None:
        """`sheets` None: the workbook does not exist yet."""
        self._tabs: dict[str, Tab] = {}
        for sheet in sheets or ():
            self._tabs[sheet.title] = Tab.of(sheet)
        self._exists = sheets is not None
        self._stamp = stamp
        self._address = address
        self._changes = 0
        self._holder: str | None = None
        self._failures: list[StorageError] = []
        self.saved_by = ""

    @property
    def address(self) -> str:
        return self._address

    @property
    def lasting(self) -> bool:
        return False

    def claim(self, installation: str, folder: Path, *, take_over: bool = False) -> None:
        claim(self.address, installation, folder, take_over=take_over)

    def revision(self) -> str:
        self._fail()
        return f"m{self._changes}"

    def read(self, titles: Sequence[str] | None = None) -> Snapshot:
        self._fail()
        return self._snapshot(titles)

    def write(self, commit: Commit) -> Snapshot:
        self._fail()
        if self._holder is not None:
            raise Busy(self._holder)
        if commit.base != f"m{self._changes}":
            raise Moved("revision")
        tabs = {title: tab.copy() for title, tab in self._tabs.items()}
        for insert in commit.inserts:
            _insert(tabs, insert)
        for edit in commit.edits:
            _check(tabs, edit)
        for edit in commit.edits:
            tabs[edit.sheet].put(edit.row, edit.column, edit.value)
            tabs[edit.sheet].marks.pop((edit.row, edit.column), None)
        self._tabs, self._stamp = tabs, commit.stamp
        self._changes += 1
        return self._snapshot(None)

    def settle(self) -> None:
        """A write in memory happened or did not."""

    def shape(self, specs: Sequence[SheetSpec], *, dry_run: bool) -> tuple[ShapeStep, ...]:
        if self._failures:
            raise self._failures.pop(0)
        if not dry_run and self._holder is not None:
            raise Busy(self._holder)
        tabs = {title: tab.copy() for title, tab in self._tabs.items()}
        steps: list[ShapeStep] = [] if self._exists else [ShapeStep("", f"新建工作簿文件 {self._address}")]
        has_work = not self._exists
        for spec in specs:
            if spec.title not in tabs:
                steps += new_tab_steps(spec)
                tabs[spec.title] = Tab([])
            tab = tabs[spec.title]
            plan = plan_headers(tab.sheet(spec.title), spec)
            steps += plan.steps if spec.title in self._tabs else ()
            for column, header in plan.new_headers.items():
                tab.put(plan.header_row, column, header.header)
            notes = {column: each.note for column, each in plan.columns.items() if each.note}
            has_new_notes = {**tab.notes, **notes} != tab.notes
            if has_new_notes and spec.title in self._tabs:
                steps.append(ShapeStep(spec.title, "更新表头的批注"))
            tab.notes.update(notes)
            has_work = has_work or has_new_notes or bool(plan.new_headers) or spec.title not in self._tabs
        if has_work and not dry_run:
            self._tabs, self._exists = tabs, True
            self._changes += 1
        return tuple(steps)

    def close(self) -> None:
        """Nothing to give back."""

    # The hands of a person in the sheet.

    def type(self, sheet: str, row: int, column: int, value: Value) -> None:
        self._tabs[sheet].put(row, column, value)
        self._changes += 1

    def insert_row(self, sheet: str, row: int) -> None:
        self._tabs[sheet].move(row, 1)
        self._changes += 1

    def delete_row(self, sheet: str, row: int) -> None:
        self._tabs[sheet].move(row, -1)
        self._changes += 1

    def sort(self, sheet: str, first_row: int, column: int, *, descending: bool = False) -> None:
        """Sort everything from `first_row` down by one column, as text; blanks last, as spreadsheet programs do."""
        tab = self._tabs[sheet]
        tab.rows[first_row - 1 :] = sorted_rows(tab.rows[first_row - 1 :], column, descending)
        self._changes += 1

    def copy_row(self, sheet: str, row: int, to: int) -> None:
        """Copy a whole row over another one, its id included."""
        tab = self._tabs[sheet]
        copied = list(tab.rows[row - 1])
        for column in range(1, max(len(copied), len(tab.rows[to - 1]) if to <= len(tab.rows) else 0) + 1):
            tab.put(to, column, copied[column - 1] if column <= len(copied) else None)
        self._changes += 1

    def save_copy(self) -> StaleCopy:
        return StaleCopy({title: tab.copy() for title, tab in self._tabs.items()}, self._stamp)

    def restore(self, copy: StaleCopy) -> None:
        """Save what was opened earlier over what stands now; the stamp inside goes back with it."""
        self._tabs = {title: tab.copy() for title, tab in copy.tabs.items()}
        self._stamp = copy.stamp
        self._changes += 1

    def hold(self, holder: str = "王经理") -> None:
        self._holder = holder

    def release(self) -> None:
        self._holder = None

    def fail_next(self, error: StorageError) -> None:
        """The next call raises `error`; several are raised one after the other."""
        self._failures.append(error)

    def _fail(self) -> None:
        if self._failures:
            raise self._failures.pop(0)
        if not self._exists:
            raise Missing(self._address)

    def _snapshot(self, titles: Sequence[str] | None) -> Snapshot:
        wanted = self._tabs if titles is None else [title for title in self._tabs if title in titles]
        sheets = {title: self._tabs[title].sheet(title) for title in wanted}
        return Snapshot(f"m{self._changes}", sheets, tuple(self._tabs), self._stamp, self.saved_by)


def sorted_rows(rows: Sequence[Sequence[Value]], column: int, descending: bool) -> Grid:
    def key(row: Sequence[Value]) -> str:
        value = row[column - 1] if column <= len(row) else None
        return "" if value is None else str(value)

    filled = sorted((list(row) for row in rows if key(row)), key=key, reverse=descending)
    return filled + [list(row) for row in rows if not key(row)]


def _insert(tabs: Mapping[str, Tab], insert: RowInsert) -> None:
    if insert.sheet not in tabs:
        raise Moved(f"no tab {insert.sheet}")
    if insert.row < 1 or insert.count < 1:
        raise ProofFailed(f"insert {insert}")
    tabs[insert.sheet].move(insert.row, insert.count)


def _check(tabs: Mapping[str, Tab], edit: CellEdit) -> None:
    if edit.sheet not in tabs:
        raise Moved(f"no tab {edit.sheet}")
    tab = tabs[edit.sheet]
    check_value(edit.value, f"{edit.sheet} {edit.row},{edit.column}")
    if tab.marks.get((edit.row, edit.column)) in (Mark.FORMULA, Mark.COVERED):
        raise ProofFailed(f"{edit.sheet} {edit.row},{edit.column} is a formula or covered by a merge")
    stands = tab.value(edit.row, edit.column)
    if not is_same(edit.was, stands):
        raise Moved(f"{edit.sheet} {edit.row},{edit.column} is {stands!r}, not {edit.was!r}")


def sheet_of(title: str, *rows: Sequence[Value], marks: Mapping[tuple[int, int], Mark] | None = None) -> Sheet:
    """A Sheet written down in a test."""
    return replace(Sheet(title, tuple(tuple(map(plain, row)) for row in rows)), marks=dict(marks or {}))
