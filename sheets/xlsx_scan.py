"""One pass over a sheet's XML for what the value reader does not tell: formulas, errors, merges, hidden and far rows.

Works on the bytes with searches instead of a parser, because a sheet of 200,000 cells must be looked through in a tenth
of a second. XML that is not written the way Excel, WPS, LibreOffice and Google write it (a namespace prefix, other
quotes, cells without a reference) is first rewritten into that form by `_rewritten`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

from sheets.port import MAX_COLUMNS, MAX_ROWS, Mark
from sheets.table import column_letters

Cell = tuple[int, int]
LAST_ROW = 1_048_576
COVERED_BEYOND = 1000  # a merge is followed this many rows below the last content, not to the end of the sheet
_FORMULA = re.compile(rb"<f[\s>/]")
_FORMULA_TAG = re.compile(rb"<f(?:\s[^>]*)?>")
_REFERENCE = re.compile(rb'<c r="([A-Z]+)([0-9]+)"')
_FAR_COLUMN = re.compile(rb'<c r="(?:[A-Z]{3,}|[L-Z][A-Z]|K[O-Z])[0-9]+"')
_FAR_ROW = re.compile(rb'<row r="[0-9]{6,}"')
_HIDDEN_ROW = re.compile(rb'<row r="([0-9]+)"[^>]*?\shidden="(?:1|true)"')
_MERGE = re.compile(rb'<mergeCell\s[^>]*?ref="([A-Z]+)([0-9]+):([A-Z]+)([0-9]+)"')
_RANGE = re.compile(rb'ref="([A-Z]+)([0-9]+):([A-Z]+)([0-9]+)"')
_CONTENT = re.compile(rb"<v>[^<]|<f[\s>/]|<is[\s>]|<v[\s>]")


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of cells, both corners included."""

    top: int
    left: int
    bottom: int
    right: int

    def __contains__(self, cell: Cell) -> bool:
        return self.top <= cell[0] <= self.bottom and self.left <= cell[1] <= self.right


@dataclass(frozen=True, slots=True)
class Scan:
    """What one sheet's XML says. `arrays` are areas filled by one formula; `far` is a cell outside what can be read."""

    formulas: frozenset[Cell]
    errors: frozenset[Cell]
    arrays: tuple[Area, ...]
    merges: tuple[Area, ...]
    hidden: frozenset[int]
    far: str | None

    def shifted(self, row: int, count: int) -> Scan:
        """What the scan of the sheet would say after `count` rows were inserted so that the first of them is `row`."""
        move = _Shift(row, count)
        return Scan(
            frozenset((move(r), c) for r, c in self.formulas),
            frozenset((move(r), c) for r, c in self.errors),
            tuple(Area(move(a.top), a.left, move(a.bottom), a.right) for a in self.arrays),
            tuple(Area(move(a.top), a.left, move(a.bottom), a.right) for a in self.merges),
            frozenset(map(move, self.hidden)),
            self.far,
        )

    def covers(self, cell: Cell) -> bool:
        """Is the cell hidden under the top-left cell of a merge?"""
        return any(cell in area and cell != (area.top, area.left) for area in self.merges)

    def is_formula(self, cell: Cell) -> bool:
        return cell in self.formulas or any(cell in area for area in self.arrays)

    def marks(self, last_row: int) -> dict[Cell, Mark]:
        """The marks of a Sheet whose content ends at `last_row`."""
        limit = last_row + COVERED_BEYOND
        marks: dict[Cell, Mark] = {}
        for area in self.merges:
            for row in range(area.top, min(area.bottom, limit) + 1):
                for column in range(area.left, min(area.right, MAX_COLUMNS) + 1):
                    marks[row, column] = Mark.COVERED
            marks.pop((area.top, area.left), None)
        for area in self.arrays:
            for row in range(area.top, min(area.bottom, limit) + 1):
                for column in range(area.left, min(area.right, MAX_COLUMNS) + 1):
                    marks[row, column] = Mark.FORMULA
        marks.update(dict.fromkeys(self.formulas, Mark.FORMULA))
        marks.update(dict.fromkeys(self.errors, Mark.ERROR))
        return marks


@dataclass(frozen=True, slots=True)
class _Shift:
    row: int
    count: int

    def __call__(self, row: int) -> int:
        return min(row + self.count, LAST_ROW) if row >= self.row else row


def column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def scan_sheet(xml: bytes) -> Scan:
    """Look through the XML of one worksheet; raises ElementTree.ParseError where unusual XML is not well-formed."""
    data, tail = _parts(plain_form(xml))
    formulas, arrays = _formulas(data)
    return Scan(
        formulas=frozenset(formulas),
        errors=frozenset(_errors(data)),
        arrays=tuple(arrays),
        merges=tuple(_area(match) for match in _MERGE.finditer(tail)),
        hidden=frozenset(int(match[1]) for match in _HIDDEN_ROW.finditer(data)) if b'hidden="' in data else frozenset(),
        far=_far_cell(data),
    )


def plain_form(xml: bytes) -> bytes:
    """The XML itself where its rows can be searched, else its rows and merges rewritten."""
    return _rewritten(xml) if _is_unusual(_parts(xml)[0]) else xml


def is_plain(xml: bytes) -> bool:
    return not _is_unusual(_parts(xml)[0])


def _parts(xml: bytes) -> tuple[bytes, bytes]:
    """The rows, and what follows them."""
    start = xml.find(b"<sheetData")
    end = xml.find(b"</sheetData>", start)
    if start < 0:
        return (xml, b"")  # prefixed names or no rows at all: the caller finds it unusual
    if end < 0:
        return (b"<sheetData/>", xml[start:])
    return xml[start:end], xml[end:]


def _is_unusual(data: bytes) -> bool:
    """Does any row or cell start otherwise than with its reference?"""
    if not data.startswith(b"<sheetData"):
        return True
    return data.count(b"<c") != data.count(b'<c r="') or data.count(b"<row") != data.count(b'<row r="')


def _formulas(data: bytes) -> tuple[set[Cell], list[Area]]:
    cells: set[Cell] = set()
    arrays: list[Area] = []
    for match in _FORMULA.finditer(data):
        cell = _cell_at(data, data.rfind(b"<c ", 0, match.start()))
        if cell is None:
            continue
        cells.add(cell)
        if data[match.end() - 1 : match.end()] not in (b">", b"/"):
            tag = _FORMULA_TAG.match(data, match.start())
            if tag and (b't="array"' in tag[0] or b't="dataTable"' in tag[0]) and (area := _RANGE.search(tag[0])):
                arrays.append(_area(area))
    return cells, arrays


def _errors(data: bytes) -> Iterator[Cell]:
    position = data.find(b't="e"')
    while position >= 0:
        start = data.rfind(b"<", 0, position)
        if data.startswith(b"<c ", start) and (cell := _cell_at(data, start)) is not None:
            yield cell
        position = data.find(b't="e"', position + 5)


def _cell_at(data: bytes, start: int) -> Cell | None:
    match = _REFERENCE.match(data, start) if start >= 0 else None
    return (int(match[2]), column_number(match[1])) if match else None


def _area(match: re.Match[bytes]) -> Area:
    return Area(int(match[2]), column_number(match[1]), int(match[4]), column_number(match[3]))


def _far_cell(data: bytes) -> str | None:
    """The first cell with content outside the readable extent. Cells that are only formatted do no harm."""
    for match in _FAR_COLUMN.finditer(data):
        if _has_content(data, match.start()):
            return _address(data, match.start())
    for match in _FAR_ROW.finditer(data):
        if int(match[0][8:-1]) > MAX_ROWS:
            end = data.find(b"</row>", match.start())
            start = data.find(b"<c ", match.end(), end if end >= 0 else len(data))
            while start >= 0:
                if _has_content(data, start):
                    return _address(data, start)
                start = data.find(b"<c ", start + 3, end)
    return None


def _has_content(data: bytes, start: int) -> bool:
    tag_end = data.find(b">", start)
    if data[tag_end - 1 : tag_end] == b"/":
        return False
    inside = data[tag_end + 1 : data.find(b"</c>", tag_end)]
    if inside in (b"", b"<v></v>", b"<v/>"):
        return b't="str"' in data[start:tag_end]  # an empty text is a value: the reader would stretch the sheet to it
    return _CONTENT.search(inside) is not None


def _address(data: bytes, start: int) -> str:
    match = _REFERENCE.match(data, start)
    return (match[1] + match[2]).decode() if match else "?"


def _rewritten(xml: bytes) -> bytes:
    """The same rows and merges with plain names, double quotes and a reference on every row and cell."""
    root = ElementTree.fromstring(xml)
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    out = ElementTree.Element("worksheet")
    rows = ElementTree.SubElement(out, "sheetData")
    number = 0
    for row in root.iterfind("sheetData/row"):
        number = int(row.get("r") or number + 1)
        copy = ElementTree.SubElement(rows, "row", {"r": str(number), **_without_reference(row)})
        column = 0
        for cell in row.iterfind("c"):
            letters = re.match("[A-Z]+", cell.get("r") or "")
            column = column_number(letters[0].encode()) if letters else column + 1
            reference = cell.get("r") or f"{column_letters(column)}{number}"
            ElementTree.SubElement(copy, "c", {"r": reference, **_without_reference(cell)}).extend(list(cell))
    rows.tail = "\n"
    if not len(rows):
        rows.text = "\n"
    merges = root.find("mergeCells")
    if merges is not None:
        out.append(merges)
    return ElementTree.tostring(out, encoding="utf-8")


def _without_reference(element: ElementTree.Element) -> dict[str, str]:
    return {name.rpartition("}")[2]: value for name, value in element.attrib.items() if name != "r"}
