"""Adapts an .xlsx file to the declared tables: tabs, headers, header notes, drop-downs and column formats.

First a plan is drawn from the file as it stands (that is the dry run), then it is carried out on a copy and proved: no
value of any existing cell may differ. What people put there themselves (their comments, validations, formats) stays.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import excelize

from sheets.port import CellEdit, CellFormat, ShapeStep, SheetSpec
from sheets.shaping import HeaderPlan, new_tab_steps, plan_headers
from sheets.table import column_letters
from sheets.xlsx_book import Book
from sheets.xlsx_dropdowns import OPTIONS_SHEET, DropDowns, without_validations
from sheets.xlsx_edit import opened, save, set_cell
from sheets.xlsx_proof import prove
from sheets.xlsx_scan import is_plain
from sheets.xlsx_styles import (
    DATE,
    DATETIME,
    MONEY,
    PERCENT,
    STYLES_PART,
    TEXT,
    TIME,
    CellStyles,
    Styles,
    column_styles,
    with_column_styles,
    with_parts,
)

AUTHOR = "控制台"
NOTE_WIDTH = 320
_NOTES = re.compile(rb"<Relationship\s[^>]*relationships/(?:comments|vmlDrawing)\"[^>]*>")
_USUAL_NOTES = re.compile(rb'Target="\.\./(?:comments|drawings/vmlDrawing)[0-9]+\.(?:xml|vml)"')
_CODES = {CellFormat.TEXT: TEXT, CellFormat.MONEY: MONEY, CellFormat.DATE: DATE, CellFormat.DATETIME: DATETIME}
_CODES |= {CellFormat.TIME: TIME, CellFormat.PERCENT: PERCENT}


@dataclass
class TabPlan:
    """What is to be done to one tab. `notes` replaces notes of ours; `formats` gives style ids of whole columns."""

    title: str
    header: HeaderPlan
    is_new: bool
    is_empty: bool
    notes: dict[int, str] = field(default_factory=dict[int, str])
    outdated_notes: set[int] = field(default_factory=set[int])
    formats: dict[int, int] = field(default_factory=dict[int, int])
    neighbour_style: int = 0


def blank(title: str) -> bytes:
    """A workbook with one empty tab."""
    file = excelize.new_file()
    try:
        file.set_sheet_name("Sheet1", title)
        with tempfile.TemporaryDirectory() as folder:
            target = Path(folder, "blank.xlsx")
            save(file, target)
            return target.read_bytes()
    finally:
        file.close()


def shape(old: Book, specs: Sequence[SheetSpec], target: Path | None, *, is_new: bool) -> tuple[ShapeStep, ...]:
    """The steps for `old`; carried out into `target` unless that is None or there is nothing to do."""
    styles = Styles(old.part(STYLES_PART) if STYLES_PART in old.parts else None)
    steps: list[ShapeStep] = []
    plans: list[TabPlan] = []
    with opened(old.content) as file:
        drop_downs = DropDowns(old, file)
        for spec in specs:
            plan = _plan(old, file, spec, styles)
            plans.append(plan)
            if plan.is_new or (is_new and plan.is_empty):
                steps += new_tab_steps(spec)
                drop_downs.plan(spec.title, plan.header, is_new=True)
            else:
                steps += _sentences(plan)
                steps += drop_downs.plan(spec.title, plan.header, is_new=False)
    if target is not None and (is_new or _has_work(plans) or drop_downs.has_work):
        content = with_parts(old.content, _patched_parts(old, plans, drop_downs, styles))
        edits, new_tabs = _carry_out(content, plans, drop_downs, target)
        prove(old, Book(target.read_bytes()), edits=edits, stamp=old.stamp, new_tabs=new_tabs)
    return tuple(steps)


def _plan(old: Book, file: Any, spec: SheetSpec, styles: Styles) -> TabPlan:
    if spec.title not in old.titles:
        header = HeaderPlan(1, dict(enumerate(spec.columns, 1)), dict(enumerate(spec.columns, 1)), ())
        plan = TabPlan(spec.title, header, is_new=True, is_empty=True)
    else:
        sheet = old.sheet(spec.title)
        plan = TabPlan(spec.title, plan_headers(sheet, spec), is_new=False, is_empty=not sheet.rows)
    if plan.is_new or takes_notes(old, spec.title):
        _plan_notes(plan, {} if plan.is_new else _comments(file, spec.title))
    _plan_formats(old, plan, styles)
    return plan


def _plan_notes(plan: TabPlan, existing: Mapping[str, tuple[str, str]]) -> None:
    for column, each in plan.header.columns.items():
        author, text = existing.get(f"{column_letters(column)}{plan.header.header_row}", ("", ""))
        wanted = each.note.replace("\r\n", "\n")
        if not wanted or text == wanted or author not in ("", AUTHOR):
            continue
        plan.notes[column] = wanted
        if author:
            plan.outdated_notes.add(column)


def takes_notes(book: Book, title: str) -> bool:
    """Can the editing library add a comment here? Where a script put existing ones under other names than Excel, WPS and
    LibreOffice do, it would write a second set of parts that Excel calls damaged; after a save by a person it can."""
    part = next(tab.part for tab in book.tabs if tab.title == title)
    relations = part.replace("worksheets/", "worksheets/_rels/") + ".rels"
    xml = book.part(relations) if relations in book.parts else b""
    return all(_USUAL_NOTES.search(tag) for tag in _NOTES.findall(xml))


def _comments(file: Any, title: str) -> dict[str, tuple[str, str]]:
    """Author and text by cell."""
    found: dict[str, tuple[str, str]] = {}
    for comment in file.get_comments(title):
        text = comment.text + "".join(run.text for run in comment.paragraph or ())
        found[comment.cell] = (comment.author or "?", text.replace("\r\n", "\n"))
    return found


def _plan_formats(old: Book, plan: TabPlan, styles: Styles) -> None:
    """A column gets a format where neither it nor the cells under its header have one."""
    header_row = plan.header.header_row
    xml = old.xml(plan.title) if not plan.is_new else b""
    if xml and not is_plain(xml):
        return  # the edit below writes it the usual way; the next shaping finds it so
    cells = CellStyles(xml, {header_row, header_row + 1, header_row + 2}) if xml else None
    columns = column_styles(xml[: xml.find(b"<sheetData")]) if xml else {}
    for column, each in plan.header.columns.items():
        code = _CODES.get(each.format)
        base = columns.get(column, 0)
        samples = [cells.of(header_row + below, column) for below in (1, 2)] if cells else []
        if code and all(styles.is_general(style) for style in (base, *samples)):
            style = styles.with_format(base, code)
            if style != base:
                plan.formats[column] = style
    if cells and plan.header.new_headers:
        plan.neighbour_style = cells.of(header_row, min(plan.header.new_headers) - 1)


def _sentences(plan: TabPlan) -> list[ShapeStep]:
    steps = list(plan.header.steps)
    headers = {column: plan.header.columns[column].header for column in plan.notes}
    added = [header for column, header in headers.items() if column not in plan.outdated_notes]
    renewed = [header for column, header in headers.items() if column in plan.outdated_notes]
    if added:
        steps.append(ShapeStep(plan.title, f"给 {len(added)} 个表头加上批注:{'、'.join(added)}"))
    if renewed:
        steps.append(ShapeStep(plan.title, f"更新 {len(renewed)} 个表头的批注:{'、'.join(renewed)}"))
    if plan.formats:
        names = "、".join(plan.header.columns[column].header for column in plan.formats)
        steps.append(ShapeStep(plan.title, f"给 {len(plan.formats)} 列设置单元格格式:{names}"))
    return steps


def _has_work(plans: Sequence[TabPlan]) -> bool:
    return any(plan.is_new or plan.header.new_headers or plan.notes or plan.formats for plan in plans)


def _patched_parts(old: Book, plans: Sequence[TabPlan], drop_downs: DropDowns, styles: Styles) -> dict[str, bytes]:
    """What is changed in the XML before the editing library opens it, because its own setters would do harm."""
    parts: dict[str, bytes] = {}
    if styles.changed:
        parts[STYLES_PART] = styles.xml()
    for plan in plans:
        outdated = drop_downs.outdated.get(plan.title, ())
        if plan.is_new or not (plan.formats or outdated):
            continue
        part = next(tab.part for tab in old.tabs if tab.title == plan.title)
        parts[part] = without_validations(with_column_styles(old.part(part), plan.formats), outdated)
    return parts


def _carry_out(
    content: bytes, plans: Sequence[TabPlan], drop_downs: DropDowns, target: Path
) -> tuple[list[CellEdit], list[str]]:
    edits: list[CellEdit] = []
    new_tabs: list[str] = []
    with opened(content) as file:
        header_style = _header_style(file)
        for plan in plans:
            if plan.is_new:
                file.new_sheet(plan.title)
                new_tabs.append(plan.title)
                for column, style in plan.formats.items():
                    file.set_col_style(plan.title, column_letters(column), style)
            style = header_style if plan.is_empty or not plan.neighbour_style else plan.neighbour_style
            edits += _write_headers(file, plan, style)
            _write_notes(file, plan)
            if plan.is_empty:
                _freeze(file, plan)
        if drop_downs.needs_options_sheet:
            file.new_sheet(OPTIONS_SHEET)
            file.set_sheet_visible(OPTIONS_SHEET, False)
            new_tabs.append(OPTIONS_SHEET)
        edits += drop_downs.carry_out(file)
        save(file, target)
    return edits, new_tabs


def _write_headers(file: Any, plan: TabPlan, style: int) -> list[CellEdit]:
    edits: list[CellEdit] = []
    row = plan.header.header_row
    for column, each in plan.header.new_headers.items():
        letters = column_letters(column)
        file.set_col_width(plan.title, letters, letters, each.width)
        file.set_cell_style(plan.title, f"{letters}{row}", f"{letters}{row}", style)
        set_cell(file, plan.title, row, column, each.header)
        edits.append(CellEdit(plan.title, row, column, each.header))
    return edits


def _write_notes(file: Any, plan: TabPlan) -> None:
    for column, text in plan.notes.items():
        cell = f"{column_letters(column)}{plan.header.header_row}"
        if column in plan.outdated_notes:
            file.delete_comment(plan.title, cell)
        lines = sum(1 + len(line) // 24 for line in text.split("\n"))
        run = excelize.RichTextRun(text=text)
        note = excelize.Comment(cell=cell, author=AUTHOR, paragraph=[run], width=NOTE_WIDTH, height=30 + 18 * lines)
        file.add_comment(plan.title, note)


def _freeze(file: Any, plan: TabPlan) -> None:
    row = plan.header.header_row
    panes = excelize.Panes(freeze=True, y_split=row, top_left_cell=f"A{row + 1}", active_pane="bottomLeft")
    file.set_panes(plan.title, panes)


def _header_style(file: Any) -> int:
    edge = [excelize.Border(type=side, color="BFBFBF", style=1) for side in ("left", "right", "top", "bottom")]
    return file.new_style(
        excelize.Style(
            font=excelize.Font(bold=True),
            fill=excelize.Fill(type="pattern", color=["DDEBF7"], pattern=1),
            border=edge,
            alignment=excelize.Alignment(horizontal="center", vertical="center", wrap_text=True),
        )
    )
