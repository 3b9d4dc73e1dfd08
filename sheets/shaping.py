"""What a tab lacks to hold a declared table: which headers, and where; in Chinese sentences, for every Workbook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sheets.port import MAX_COLUMNS, ColumnSpec, ShapeStep, Sheet, SheetSpec
from sheets.table import column_letters, find_table


@dataclass(frozen=True, slots=True)
class HeaderPlan:
    """`columns` gives every declared column found once or about to be appended; empty where no header row was found."""

    header_row: int
    columns: Mapping[int, ColumnSpec]
    new_headers: Mapping[int, ColumnSpec]
    steps: tuple[ShapeStep, ...]


def new_tab_steps(spec: SheetSpec) -> list[ShapeStep]:
    return [ShapeStep(spec.title, f"新建工作表“{spec.title}”,写入 {len(spec.columns)} 个表头")]


def plan_headers(sheet: Sheet, spec: SheetSpec) -> HeaderPlan:
    """Missing headers go to the right of everything that stands in the header row; in an empty tab into row 1."""
    if not sheet.rows:
        fresh = dict(enumerate(spec.columns, start=1))
        step = ShapeStep(spec.title, f"工作表是空的,在第 1 行写入 {len(fresh)} 个表头")
        return HeaderPlan(1, fresh, fresh, (step,))
    table = find_table(sheet, spec)
    if table.header_row is None:
        text = "没有找到表头行,未做任何改动;请在前 30 行内写好表头,或换一张空白工作表"
        return HeaderPlan(0, {}, {}, (ShapeStep(spec.title, text),))
    columns = {table.columns[column.field]: column for column in spec.columns if column.field in table.columns}
    missing = {fault.header for fault in table.faults if fault.kind == "missing"}
    absent = [column for column in spec.columns if column.header in missing]
    end = _right_end(sheet, table.header_row)
    if end + len(absent) > MAX_COLUMNS:
        text = f"右侧放不下缺少的 {len(absent)} 个表头(最多 {MAX_COLUMNS} 列),请删除多余的列"
        return HeaderPlan(table.header_row, columns, {}, (ShapeStep(spec.title, text),))
    new = dict(enumerate(absent, start=end + 1))
    steps = tuple(
        ShapeStep(spec.title, f"在 {column_letters(at)}{table.header_row} 追加表头“{column.header}”")
        for at, column in new.items()
    )
    return HeaderPlan(table.header_row, {**columns, **new}, new, steps)


def _right_end(sheet: Sheet, header_row: int) -> int:
    """The last column used by anything from the header row down, so that a new column meets no foreign cells."""
    used = max((len(row) for row in sheet.rows[header_row - 1 :]), default=0)
    marked = max((column for row, column in sheet.marks if row >= header_row), default=0)
    return max(used, marked)
