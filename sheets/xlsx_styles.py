"""Cell formats of an .xlsx file: which format a cell has, and the same format with another number format.

The style table is edited as XML before the editing library opens the file, because that library cannot derive one style
from another without losing theme colours. Style ids keep their meaning: new ones are appended.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Collection, Mapping

from sheets.xlsx_scan import column_number, plain_form

GENERAL = "General"
TEXT = "@"
DATE = "yyyy-mm-dd"
DATETIME = "yyyy-mm-dd hh:mm"
TIME = "hh:mm"
MONEY = "0.00"
PERCENT = "0.00%"
STYLES_PART = "xl/styles.xml"
_BUILT_IN = {GENERAL: 0, "0": 1, MONEY: 2, PERCENT: 10, TEXT: 49}
_FIRST_CUSTOM = 164
DEFAULT_WIDTH = "9.140625"
_CELL_FORMATS = re.compile(rb"(<cellXfs[^>]*>)(.*?)</cellXfs>", re.DOTALL)
_XF = re.compile(rb"<xf\s[^>]*?/>|<xf\s.*?</xf>", re.DOTALL)
_NUMBER_FORMAT = re.compile(rb"<numFmt\s[^>]*?>")
_ATTRIBUTE = re.compile(rb'([A-Za-z0-9:]+)="([^"]*)"')
_ROW = re.compile(rb'<row r="([0-9]+)"([^>]*)>')
_CELL = re.compile(rb'<c r="([A-Z]+)[0-9]+"([^>]*)>')
_COLUMN = re.compile(rb"<col\s([^>]*?)/?>")


class Styles:
    """The style table. `table` is None where there is none that can be understood: then nothing is derived."""

    def __init__(self, xml: bytes | None) -> None:
        self._xml = xml or b""
        self._before = _CELL_FORMATS.search(self._xml)
        self._formats = _XF.findall(self._before[2]) if self._before else []
        self._codes: dict[str, int] = dict(_BUILT_IN)
        self._new_codes: list[tuple[int, str]] = []
        for tag in _NUMBER_FORMAT.findall(self._xml):
            attributes = _attributes(tag)
            self._codes.setdefault(attributes.get("formatCode", ""), int(attributes.get("numFmtId", "0")))
        self._known = len(self._formats)

    @property
    def changed(self) -> bool:
        return len(self._formats) > self._known

    def is_general(self, style: int) -> bool:
        """Has a cell of this style no number format of its own?"""
        return self._number_format(style) == _BUILT_IN[GENERAL]

    def is_text(self, style: int) -> bool:
        return self._number_format(style) == _BUILT_IN[TEXT]

    def amount_format(self, style: int) -> str | None:
        """The format this style gives to amounts or shares, as shaping does to whole columns; None if it gives another."""
        number = self._number_format(style)
        return next((code for code in (MONEY, PERCENT) if _BUILT_IN[code] == number), None)

    def _number_format(self, style: int) -> int:
        if not 0 <= style < len(self._formats):
            return 0 if style == 0 else -1
        return int(_attributes(_head(self._formats[style])).get("numFmtId", "0"))

    def with_format(self, style: int, code: str) -> int:
        """The id of the style that differs from `style` by its number format alone."""
        if not 0 <= style < len(self._formats):
            return style
        wanted = _with_number_format(self._formats[style], self._code_id(code))
        if wanted not in self._formats:
            self._formats.append(wanted)
        return self._formats.index(wanted)

    def xml(self) -> bytes:
        if self._before is None:
            return self._xml
        table = b'<cellXfs count="%d">' % len(self._formats) + b"".join(self._formats) + b"</cellXfs>"
        xml = self._xml[: self._before.start()] + table + self._xml[self._before.end() :]
        tags = b"".join(b'<numFmt numFmtId="%d" formatCode="%s"/>' % (i, code.encode()) for i, code in self._new_codes)
        if not tags:
            return xml
        if b"</numFmts>" in xml:
            xml = xml.replace(b"</numFmts>", tags + b"</numFmts>", 1)
            count = len(_NUMBER_FORMAT.findall(xml))
            return re.sub(rb"<numFmts[^>]*>", b'<numFmts count="%d">' % count, xml, count=1)
        root_end = xml.index(b">", xml.index(b"<styleSheet")) + 1
        return xml[:root_end] + b'<numFmts count="%d">' % len(self._new_codes) + tags + b"</numFmts>" + xml[root_end:]

    def _code_id(self, code: str) -> int:
        if code not in self._codes:
            number = max(_FIRST_CUSTOM, *(known + 1 for known in self._codes.values()))
            self._codes[code] = number
            self._new_codes.append((number, code))
        return self._codes[code]


class CellStyles:
    """Style ids of a few rows of one sheet, as they stand in its XML."""

    def __init__(self, xml: bytes, rows: Collection[int]) -> None:
        xml = plain_form(xml)
        start = xml.find(b"<sheetData")
        self.columns = column_styles(xml[:start])
        self._cells: dict[int, dict[int, int]] = {}
        self._rows: dict[int, int] = {}
        for row in sorted(rows):
            at = xml.find(b'<row r="%d"' % row, start)
            match = _ROW.match(xml, at) if at >= 0 else None
            if match is None:
                continue
            attributes = _attributes(match[2])
            if "s" in attributes and attributes.get("customFormat") in ("1", "true"):
                self._rows[row] = int(attributes["s"])
            if match[2].endswith(b"/"):
                continue
            inside = xml[match.end() : xml.find(b"</row>", match.end())]
            self._cells[row] = {
                column_number(cell[1]): int(_attributes(cell[2]).get("s", "0")) for cell in _CELL.finditer(inside)
            }

    def of_row(self, row: int) -> Mapping[int, int]:
        """Style ids that cells of this row carry themselves, 0 left out."""
        return {column: style for column, style in self._cells.get(row, {}).items() if style}

    def of(self, row: int, column: int) -> int:
        """The style a value written here takes: the cell's own, else the row's, else the column's."""
        own = self._cells.get(row, {}).get(column)
        return own if own is not None else self._rows.get(row, self.columns.get(column, 0))


def column_styles(head: bytes) -> dict[int, int]:
    """Columns that have a style of their own, from what stands before the rows of a sheet's XML."""
    styles: dict[int, int] = {}
    for match in _COLUMN.finditer(head):
        attributes = _attributes(match[1])
        if style := int(attributes.get("style", "0")):
            for column in range(int(attributes["min"]), min(int(attributes["max"]), 1000) + 1):
                styles[column] = style
    return styles


def with_column_styles(xml: bytes, styles: Mapping[int, int]) -> bytes:
    """The sheet XML with `styles` given to whole columns; cells that exist already keep theirs."""
    start = xml.find(b"<sheetData")
    if not styles or start < 0:
        return xml
    head = xml[:start]
    block = re.search(rb"<cols>.*?</cols>|<cols/>", head, re.DOTALL)
    spans: list[tuple[int, int, dict[str, str]]] = []
    for match in _COLUMN.finditer(block[0] if block else b""):
        attributes = _attributes(match[1])
        spans.append((int(attributes.pop("min")), int(attributes.pop("max")), attributes))
    for column, style in styles.items():
        spans = _with_column(spans, column, style)
    tags = b"".join(
        b'<col min="%d" max="%d" %s/>' % (low, high, " ".join(f'{k}="{v}"' for k, v in attributes.items()).encode())
        for low, high, attributes in sorted(spans, key=lambda span: span[0])
    )
    cols = b"<cols>" + tags + b"</cols>"
    head = head[: block.start()] + cols + head[block.end() :] if block else head + cols
    return head + xml[start:]


def _with_column(
    spans: list[tuple[int, int, dict[str, str]]], column: int, style: int
) -> list[tuple[int, int, dict[str, str]]]:
    result: list[tuple[int, int, dict[str, str]]] = []
    own = {"width": DEFAULT_WIDTH}
    for low, high, attributes in spans:
        if low <= column <= high:
            own = dict(attributes)
            pieces = ((low, column - 1, attributes), (column + 1, high, attributes))
            result += [piece for piece in pieces if piece[0] <= piece[1]]
        else:
            result.append((low, high, attributes))
    return [*result, (column, column, {**own, "style": str(style)})]


def with_parts(content: bytes, parts: Mapping[str, bytes | None]) -> bytes:
    """The same package with some parts replaced, or left out where None; not compressed, it is about to be opened."""
    if not parts:
        return content
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as target:
        for item in source.infolist():
            replaced = parts.get(item.filename, b"")
            if replaced is not None:
                target.writestr(item.filename, replaced or source.read(item))
    return out.getvalue()


def _head(xf: bytes) -> bytes:
    return xf[: xf.index(b">")]


def _attributes(tag: bytes) -> dict[str, str]:
    return {name.decode(): value.decode() for name, value in _ATTRIBUTE.findall(tag)}


def _with_number_format(xf: bytes, number: int) -> bytes:
    head, rest = _head(xf), xf[xf.index(b">") :]
    closing = b"/" if head.endswith(b"/") else b""
    head = re.sub(rb'\s(?:numFmtId|applyNumberFormat)="[^"]*"', b"", head.rstrip(b"/").rstrip())
    return b'<xf numFmtId="%d" applyNumberFormat="1"' % number + head.removeprefix(b"<xf") + closing + rest
