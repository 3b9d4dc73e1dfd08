"""Makes a Stage of rows of texts or of an uploaded file: where the header stands, which column is which, which rows count.

Columns are found by header, former header or field name. What is merely near is offered, never taken silently.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from logic.register import Field, Register
from logic.staging.stage import Stage, StagedRow
from logic.staging.texts import Rows, for_kind, of_sheet
from logic.workflow import STATUS
from sheets.port import Mark, Sheet
from sheets.table import HEADER_SEARCH_ROWS, SUMMARY_WORDS

MAX_ROWS = 5000  # judged together within seconds; more are sent in several goes


class Unstageable(Exception):
    """There is nothing that could be staged; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the source: where it goes, or why it is left out, and what may have been meant."""

    header: str
    field: str
    why_not: str = ""
    nearest: tuple[str, ...] = ()


def fillable(register: Register) -> list[Field]:
    """The columns a person fills, in the order of the form."""
    return [one for one in register.fields.values() if not one.engine and not one.kind.derived and one.name != STATUS]


def columns_of(stage: Stage, register: Register) -> list[Column]:
    """Every column of the stage, for the person to see and to change."""
    found: list[Column] = []
    for header, name in zip(stage.headers, stage.columns, strict=True):
        if name:
            found.append(Column(header, name))
            continue
        declared = register.field(header) if header.strip() else None
        if declared is None:
            nearest = register.nearest(header) if header.strip() else ()
            known = [one for one in nearest if (meant := register.field(one)) is not None and _may_fill(meant)]
            found.append(Column(header, "", "不认识的列" if header.strip() else "没有列名", tuple(known)))
        elif not _may_fill(declared):
            found.append(Column(header, "", _why_not(declared)))
        else:
            found.append(Column(header, "", "没有选"))
    return found


def _may_fill(one: Field) -> bool:
    return not one.engine and not one.kind.derived and one.name != STATUS


def _why_not(one: Field) -> str:
    if one.name == STATUS:
        return "状态由操作按钮改变"
    return "由控制台填写" if one.engine else "由控制台计算"


def stage_rows(register: Register, rows: Rows, origin: str) -> Stage:
    """A stage of rows of texts; raises Unstageable."""
    return _staged(register, rows, origin, None)


def stage_sheets(register: Register, sheets: Sequence[Sheet], origin: str) -> Stage:
    """A stage of the first tab that has a header row of the register, else of the first that holds anything."""
    filled = [(sheet, rows) for sheet in sheets if (rows := of_sheet(sheet))]
    if not filled:
        raise Unstageable("文件里没有内容,请检查后再上传。")
    with_header = [pair for pair in filled if header_row(register, pair[1]) is not None]
    sheet, rows = (with_header or filled)[0]
    if len(sheets) > 1:
        origin = f"{origin} 的工作表“{sheet.title}”"
    return _staged(register, rows, origin, sheet)


def header_row(register: Register, rows: Rows) -> int | None:
    """Where the header stands: the row near the top that names most columns, at least two where it has as many cells."""
    best, best_count = None, 0
    for at, row in enumerate(rows[:HEADER_SEARCH_ROWS]):
        filled = [text for text in row if text.strip()]
        count = len({declared.name for text in filled if (declared := register.field(text)) is not None})
        if count > best_count and count >= min(2, len(filled)):
            best, best_count = at, count
    return best


def _staged(register: Register, rows: Rows, origin: str, sheet: Sheet | None) -> Stage:
    if not rows:
        raise Unstageable("没有读到内容:请先在 Excel 或 WPS 里复制要登记的行,再粘贴到这里。")
    at = header_row(register, rows)
    names = [one.name for one in fillable(register)]
    notes: list[str] = []
    if at is None:
        width = len(rows[0])
        headers = tuple(f"第 {number} 列" for number in range(1, width + 1))
        columns = tuple((*names, *[""] * width)[:width])
        notes.append("第一行不是列名,已按登记表里列的顺序对应,请核对“列的对应”。")
        first = 0
    else:
        headers, columns, first = rows[at], _mapped(register, rows[at]), at + 1
        if at:
            notes.append(f"列名在第 {at + 1} 行,上面的 {at} 行没有导入。")
    if sheet is not None:
        rows = _typed(register, rows, columns, sheet)
        notes += _file_notes(sheet, first)
    staged, left_out = _rows(rows, first, headers if at is not None else ())
    if left_out:
        notes.append(f"跳过了 {left_out} 行合计、小计或重复的列名。")
    if not staged:
        raise Unstageable("只读到列名,没有要登记的行。")
    if len(staged) > MAX_ROWS:
        raise Unstageable(f"一次最多 {MAX_ROWS} 行,这里有 {len(staged)} 行,请分几次导入。")
    return Stage(uuid.uuid4().hex, register.key, origin, headers, columns, tuple(staged), tuple(notes))


def _mapped(register: Register, headers: Sequence[str]) -> tuple[str, ...]:
    """The field of each column by its header; of two columns for one field the first has it."""
    columns: list[str] = []
    for header in headers:
        declared = register.field(header) if header.strip() else None
        free = declared is not None and _may_fill(declared) and declared.name not in columns
        columns.append(declared.name if declared is not None and free else "")
    return tuple(columns)


def _typed(register: Register, rows: Rows, columns: Sequence[str], sheet: Sheet) -> Rows:
    """Cells that are no texts, as their columns understand them."""
    made: Rows = []
    for texts, cells in zip(rows, sheet.rows, strict=False):
        line = list(texts)
        for at, (name, value) in enumerate(zip(columns, cells, strict=False)):
            if name and value is not None and not isinstance(value, str):
                line[at] = for_kind(value, line[at], register.fields[name].kind)
        made.append(tuple(line))
    return made


def _file_notes(sheet: Sheet, first: int) -> list[str]:
    """What a person cannot see in the texts of a file."""
    marks = Counter(mark for (row, _), mark in sheet.marks.items() if row > first)
    hidden = sum(1 for row in sheet.hidden if first < row <= len(sheet.rows))
    notes: list[str] = []
    if marks[Mark.COVERED]:
        notes.append(f"有 {marks[Mark.COVERED]} 个单元格被合并,内容只在左上角那一格,其余的是空的。")
    if marks[Mark.FORMULA]:
        notes.append(f"有 {marks[Mark.FORMULA]} 个公式,取的是上次计算的结果。")
    if hidden:
        notes.append(f"其中 {hidden} 行在文件里是隐藏的,也读进来了。")
    return notes


def _rows(rows: Rows, first: int, headers: Sequence[str]) -> tuple[list[StagedRow], int]:
    """The rows that may be records, and how many others were skipped; blank ones do not count."""
    staged: list[StagedRow] = []
    left_out = 0
    for number, texts in enumerate(rows[first:], start=first + 1):
        leading = next((text.strip() for text in texts if text.strip()), None)
        if leading is None:
            continue
        if leading.rstrip(":：") in SUMMARY_WORDS or tuple(texts) == tuple(headers):
            left_out += 1
        else:
            staged.append(StagedRow(number, texts))
    return staged, left_out
