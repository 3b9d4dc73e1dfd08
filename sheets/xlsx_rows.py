"""Inserts rows into a tab of an .xlsx package, as XML, before the editing library opens it.

Everything that names a row below moves along: cells, formulas in all tabs, merges, validations, conditional formats,
filters, tables, links, comments, pictures, charts, sparklines, print areas. The library's own insert leaves comments,
sparklines, charts and conditional formulas behind, and breaks array constants (measured).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from html import escape, unescape

from sheets.port import RowInsert
from sheets.xlsx_book import Book
from sheets.xlsx_formula import LAST_ROW, Move, moved_area, moved_formula, shared_formula
from sheets.xlsx_scan import column_number

CONTENT_TYPES = "[Content_Types].xml"
_WITH_FORMULAS = ("xl/charts/", "xl/chartEx", "xl/tables/")
CALC_CHAIN = "xl/calcChain.xml"
_ROW = re.compile(rb'<row r="([0-9]+)"')
_ROW_OR_CELL = re.compile(rb'(<row r="|<c r="[A-Z]+)([0-9]+)"')
_WHOLE_ROW = re.compile(rb'<row r="([0-9]+)"[^>]*?(?:/>|>.*?</row>)', re.DOTALL)
_FORMULA_CELL = re.compile(rb'<c r="([A-Z]+)([0-9]+)"[^>]*><f([^>]*?)(?:/>|>([^<]*)</f>)')
_SHARED_INDEX = re.compile(rb'si="([0-9]+)"')
_FORMULA = re.compile(
    r"(<(?:\w+:)?(?:f|formula[12]?|definedName|calculatedColumnFormula|totalsRowFormula)(?:\s[^>]*)?>)([^<]+)(?=</)"
)
_CELL_FORMULA = re.compile(rb"(<f(?:\s[^>]*)?>)([^<]+)(?=</f>)")
_AREAS = re.compile(r'(\s(?:ref|sqref)=")([A-Z0-9:$ ]+)(?=")')
_LINK = re.compile(r'(\s(?:location|fmlaLink|fmlaRange|fmlaTxbx)=")([^"]+)(?=")')
_EXTENDED_AREAS = re.compile(r"(<(?:\w+:)?sqref>)([^<]+)(?=</)")
_BREAKS = re.compile(r"<rowBreaks.*?</rowBreaks>", re.DOTALL)
_BREAK = re.compile(r'(<brk\s[^>]*?\bid=")([0-9]+)')
_ANCHOR_ROW = re.compile(r"(<(?:\w+:)?row>)([0-9]+)(?=</)")
_FIXED_ANCHOR = re.compile(r'(<(?:\w+:)?twoCellAnchor\s[^>]*editAs="absolute".*?</(?:\w+:)?twoCellAnchor>)', re.DOTALL)
_NOTE_ROW = re.compile(r"(<(?:\w+:)?Row>)([0-9]+)(?=</)")
_NOTE_ANCHOR = re.compile(r"(<(?:\w+:)?Anchor>)([^<]+)(?=</)")
_PIVOT_SOURCE = re.compile(r"<worksheetSource\s[^>]*>")


def inserted(book: Book, insert: RowInsert) -> dict[str, bytes | None]:
    """The parts of the package that change, by name; None where a part is to be left out."""
    home = next(tab for tab in book.tabs if tab.title == insert.sheet)

    def move(row: int) -> int:
        return row + insert.count if row >= insert.row else row

    parts: dict[str, bytes | None] = {}
    for tab in book.tabs:
        if tab.part:
            xml = book.part(tab.part)
            parts[tab.part] = _home(xml, insert, move) if tab is home else _other(xml, tab.title, insert, move)
    for part in sorted(book.parts):
        if part == book.workbook_part or (part.startswith(_WITH_FORMULAS) and part.endswith(".xml")):
            parts[part] = _text(book.part(part), lambda xml: _moved_formulas(xml, "", insert, move))
        elif part.startswith("xl/pivotCache/pivotCacheDefinition"):
            parts[part] = _text(book.part(part), lambda xml: _pivot_source(xml, insert.sheet, move))
    for part in _related(book, home.part):
        parts[part] = _text(
            parts.get(part) or book.part(part), lambda xml, part=part: _attached(part, xml, insert, move)
        )
    changed = {part: xml for part, xml in parts.items() if xml != book.part(part)}
    return {**changed, **without_calc_chain(book)}


def without_calc_chain(book: Book) -> dict[str, bytes | None]:
    """The list of formula cells is wrong after a move; every program makes it anew when it is missing."""
    if CALC_CHAIN not in book.parts:
        return {}
    relations = f"xl/_rels/{posixpath.basename(book.workbook_part)}.rels"
    return {
        CALC_CHAIN: None,
        relations: re.sub(rb"<Relationship\s[^>]*calcChain[^>]*?(?:/>|></Relationship>)", b"", book.part(relations)),
        CONTENT_TYPES: re.sub(
            rb"<Override\s[^>]*/calcChain.xml[^>]*?(?:/>|></Override>)", b"", book.part(CONTENT_TYPES)
        ),
    }


def _other(xml: bytes, title: str, insert: RowInsert, move: Move) -> bytes:
    """A tab whose formulas may name the one the rows go into."""
    if escape(insert.sheet, quote=False).encode() not in xml:
        return xml
    start, end = xml.find(b"<sheetData"), xml.find(b"</sheetData>")
    data, tail = xml[start:end], xml[end:]
    if b'"shared"' in data and _moved_cell_formulas(data, title, insert, move) != data:
        data = _unshared(data)
    return (
        xml[:start]
        + _moved_cell_formulas(data, title, insert, move)
        + _text(tail, lambda text: _moved_formulas(text, title, insert, move))
    )


def _home(xml: bytes, insert: RowInsert, move: Move) -> bytes:
    """The tab the rows go into."""
    start = xml.find(b"<sheetData")
    end = xml.find(b"</sheetData>", start)
    if end < 0:
        return xml  # no rows at all
    data = _unshared(xml[start:end]) if b'"shared"' in xml[start:end] else xml[start:end]
    first = next((match.start() for match in _ROW.finditer(data) if int(match[1]) >= insert.row), len(data))
    moved = _ROW_OR_CELL.sub(lambda match: b'%s%d"' % (match[1], move(int(match[2]))), data[first:])
    if b'<row r="1048' in moved or b'<row r="1049' in moved:  # only formatted: content there is refused before
        moved = _WHOLE_ROW.sub(lambda match: match[0] if int(match[1]) <= LAST_ROW else b"", moved)
    data = data[:first] + moved
    data = _moved_cell_formulas(data, insert.sheet, insert, move)
    data = re.sub(rb"<f\s[^>]*>", lambda tag: _text(tag[0], lambda text: _areas(text, move)), data)
    return xml[:start] + data + _text(xml[end:], lambda tail: _tail(tail, insert, move))


def _unshared(data: bytes) -> bytes:
    """Shared formulas written out: moved apart, followers no longer stand to their master as they did."""
    masters: dict[bytes, tuple[int, int, str]] = {}

    def written_out(match: re.Match[bytes]) -> bytes:
        index = _SHARED_INDEX.search(match[3])
        if b't="shared"' not in match[3] or index is None:
            return match[0]
        row, column = int(match[2]), column_number(match[1])
        if match[4]:
            masters[index[1]] = (row, column, unescape(match[4].decode()))
        if index[1] not in masters:
            return match[0]
        top, left, formula = masters[index[1]]
        text = escape(shared_formula(formula, row - top, column - left), quote=False).encode()
        return match[0][: match.start(3) - match.start() - 2] + b"<f>" + text + b"</f>"

    return _FORMULA_CELL.sub(written_out, data)


def _tail(tail: str, insert: RowInsert, move: Move) -> str:
    """What follows the rows of the tab: merges, validations, formats, links, filters, breaks, controls, extensions."""
    tail = _areas(tail, move)
    tail = _EXTENDED_AREAS.sub(lambda match: match[1] + moved_area(match[2], move), tail)
    tail = _LINK.sub(lambda match: match[1] + _escaped(match[2], insert.sheet, insert, move), tail)
    tail = _BREAKS.sub(lambda match: _BREAK.sub(lambda brk: brk[1] + str(move(int(brk[2]))), match[0]), tail)
    tail = _ANCHOR_ROW.sub(lambda match: match[1] + str(move(int(match[2]) + 1) - 1), tail)
    return _moved_formulas(tail, insert.sheet, insert, move)


def _attached(part: str, xml: str, insert: RowInsert, move: Move) -> str:
    """A part that belongs to the tab: drawing, comments, table, controls."""
    folder = part.split("/")[1]
    if part.endswith(".vml"):
        xml = _NOTE_ROW.sub(lambda match: match[1] + str(move(int(match[2]) + 1) - 1), xml)
        return _NOTE_ANCHOR.sub(lambda match: match[1] + _note_anchor(match[2], move), xml)
    if folder == "drawings":
        pieces = _FIXED_ANCHOR.split(xml)  # every second one is an anchor that stays where it is on the page
        for at in range(0, len(pieces), 2):
            pieces[at] = _ANCHOR_ROW.sub(lambda match: match[1] + str(move(int(match[2]) + 1) - 1), pieces[at])
        return "".join(pieces)
    if folder == "ctrlProps":
        return _LINK.sub(lambda match: match[1] + _escaped(match[2], insert.sheet, insert, move), xml)
    return _areas(xml, move)


def _note_anchor(anchor: str, move: Move) -> str:
    """Left column, offset, top row, offset, right column, offset, bottom row, offset; rows from 0."""
    numbers = [number.strip() for number in anchor.split(",")]
    if len(numbers) != 8 or not all(number.isdigit() for number in numbers):
        return anchor
    by = move(int(numbers[2]) + 1) - 1 - int(numbers[2])
    numbers[2], numbers[6] = str(int(numbers[2]) + by), str(int(numbers[6]) + by)
    return ", ".join(numbers)


def _pivot_source(xml: str, title: str, move: Move) -> str:
    def source(match: re.Match[str]) -> str:
        return _areas(match[0], move) if f'sheet="{escape(title)}"' in match[0] else match[0]

    return _PIVOT_SOURCE.sub(source, xml)


def _areas(xml: str, move: Move) -> str:
    return _AREAS.sub(lambda match: match[1] + moved_area(match[2], move), xml)


def _moved_cell_formulas(data: bytes, home: str, insert: RowInsert, move: Move) -> bytes:
    return _CELL_FORMULA.sub(lambda match: match[1] + _escaped(match[2].decode(), home, insert, move).encode(), data)


def _moved_formulas(xml: str, home: str, insert: RowInsert, move: Move) -> str:
    return _FORMULA.sub(lambda match: match[1] + _escaped(match[2], home, insert, move), xml)


def _escaped(formula: str, home: str, insert: RowInsert, move: Move) -> str:
    """A formula as it stands in XML; returned letter for letter where nothing in it moves."""
    plain = unescape(formula)
    moved = moved_formula(plain, home, insert.sheet, move)
    return formula if moved == plain else escape(moved)


def _text(xml: bytes, change: Callable[[str], str]) -> bytes:
    return change(xml.decode("utf-8")).encode("utf-8")


def _related(book: Book, part: str) -> Iterator[str]:
    """The parts a tab's relations name, as far as they lie in the package."""
    folder, name = posixpath.split(part)
    relations = f"{folder}/_rels/{name}.rels"
    if relations not in book.parts:
        return
    for match in re.finditer(rb"<Relationship\s[^>]*>", book.part(relations)):
        target = re.search(rb'Target="([^"]*)"', match[0])
        if target is None or b'TargetMode="External"' in match[0]:
            continue
        path = target[1].decode()
        path = path.lstrip("/") if path.startswith("/") else posixpath.normpath(f"{folder}/{path}")
        if path in book.parts:
            yield path
