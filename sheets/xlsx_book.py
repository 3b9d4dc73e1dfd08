"""An .xlsx file understood: its tabs with values and marks, whose it is and how many commits it has seen.

Everything is taken from one copy of the bytes in memory, so that revision, values and marks belong together.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from xml.etree import ElementTree

import python_calamine as calamine

from sheets.port import Locked, NotAWorkbook, Serial, Sheet, Snapshot, Stamp, TooLarge, Value
from sheets.xlsx_scan import Scan, scan_sheet

STAMP_WORKBOOK = "console_workbook"
STAMP_GENERATION = "console_generation"
MAX_UNPACKED = 1 << 30
_COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")  # without it, a compound file is a workbook of Excel 97
_RELATION_ID = (
    "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id",
    "{http://purl.oclc.org/ooxml/officeDocument/relationships}id",
)
_LEAP_BUG_ENDS = dt.date(1900, 3, 1)  # before it, Excel's serials are one less than the days since 1899-12-30
_ODD = frozenset((dt.date, dt.datetime, dt.time, dt.timedelta, int))
_BROKEN = (zipfile.BadZipFile, KeyError, ElementTree.ParseError, zlib.error, EOFError, NotImplementedError, ValueError)


@dataclass(frozen=True, slots=True)
class Tab:
    """One entry of the workbook's list of tabs; `part` is empty for what is not a worksheet (a chart tab)."""

    title: str
    part: str
    state: str


class Book:
    """One .xlsx file held in memory; tabs are read when they are asked for and kept."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.revision = hashlib.sha256(content).hexdigest()
        if content.startswith(_COMPOUND_FILE) and _ENCRYPTED in content:
            raise Locked("encrypted package")
        try:
            self.zip = zipfile.ZipFile(io.BytesIO(content))
            self.parts = frozenset(name.replace("\\", "/").lstrip("/") for name in self.zip.namelist())
            if sum(item.file_size for item in self.zip.infolist()) > MAX_UNPACKED:
                raise NotAWorkbook("unpacked size")
            self.tabs = self._read_tabs()
        except _BROKEN as error:
            raise NotAWorkbook(f"{type(error).__name__}: {error}") from error
        self._scans: dict[str, Scan] = {}
        self._sheets: dict[str, Sheet] = {}

    @property
    def titles(self) -> tuple[str, ...]:
        return tuple(tab.title for tab in self.tabs if tab.part)

    def snapshot(self, titles: Iterable[str] | None = None) -> Snapshot:
        wanted = self.titles if titles is None else tuple(title for title in self.titles if title in set(titles))
        for title in wanted:  # extents first: one absurd cell would abort the reader and this process with it
            self.scan(title)
        sheets = {title: self.sheet(title) for title in wanted}
        return Snapshot(self.revision, sheets, self.titles, self.stamp, self.saved_by)

    def xml(self, title: str) -> bytes:
        part = next(tab.part for tab in self.tabs if tab.title == title)
        return self.part(part)

    def part(self, name: str) -> bytes:
        try:
            return self.zip.read(name)
        except _BROKEN as error:
            raise NotAWorkbook(f"{name}: {error}") from error

    def scan(self, title: str) -> Scan:
        found = self._scans.get(title)
        if found is None:
            try:
                found = scan_sheet(self.xml(title))
            except ElementTree.ParseError as error:
                raise NotAWorkbook(f"{title}: {error}") from error
            if found.far:
                raise TooLarge(title, found.far)
            self._scans[title] = found
        return found

    def sheet(self, title: str) -> Sheet:
        sheet = self._sheets.get(title)
        if sheet is None:
            for each in self.titles:
                self.scan(each)
            scan = self.scan(title)
            rows = self._values(title)
            sheet = Sheet(title, rows, scan.marks(len(rows)), scan.hidden)
            self._sheets[title] = sheet
        return sheet

    @cached_property
    def has_formulas(self) -> bool:
        return any(self.scan(title).formulas for title in self.titles)

    @cached_property
    def has_1904_dates(self) -> bool:
        properties = _children(self._workbook, "workbookPr")
        return bool(properties) and properties[0].get("date1904") in ("1", "true")

    @cached_property
    def _reader(self) -> calamine.CalamineWorkbook:
        return calamine.CalamineWorkbook.from_filelike(io.BytesIO(self.content))

    @cached_property
    def saved_by(self) -> str:
        root = self._document("docProps/core.xml")
        found = _descendants(root, "lastModifiedBy") if root is not None else ()
        return (found[0].text or "").strip() if found else ""

    @cached_property
    def properties(self) -> dict[str, str]:
        """The custom document properties as text."""
        root = self._document("docProps/custom.xml")
        if root is None:
            return {}
        return {item.get("name", ""): "".join(item.itertext()) for item in _children(root, "property")}

    @property
    def stamp(self) -> Stamp | None:
        workbook, generation = self.properties.get(STAMP_WORKBOOK), self.properties.get(STAMP_GENERATION)
        if not workbook or generation is None:
            return None
        try:
            return Stamp(workbook, int(float(generation)))
        except (ValueError, OverflowError):
            return None

    @cached_property
    def _workbook(self) -> ElementTree.Element:
        return ElementTree.fromstring(self.zip.read(self.workbook_part))

    @cached_property
    def workbook_part(self) -> str:
        if "xl/workbook.xml" in self.parts:
            return "xl/workbook.xml"
        for relation in _children(ElementTree.fromstring(self.zip.read("_rels/.rels")), "Relationship"):
            if relation.get("Type", "").endswith("/officeDocument"):
                return relation.get("Target", "").lstrip("/")
        raise KeyError("xl/workbook.xml")

    def _read_tabs(self) -> tuple[Tab, ...]:
        folder, name = posixpath.split(self.workbook_part)
        relations = ElementTree.fromstring(self.zip.read(f"{folder}/_rels/{name}.rels"))
        targets: dict[str, str] = {}
        for relation in _children(relations, "Relationship"):
            if relation.get("Type", "").endswith("/worksheet"):
                target = relation.get("Target", "")
                path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"{folder}/{target}")
                targets[relation.get("Id", "")] = path
        sheets = [sheet for group in _children(self._workbook, "sheets") for sheet in _children(group, "sheet")]
        tabs: list[Tab] = []
        for sheet in sheets:
            relation_id = next((value for key in _RELATION_ID if (value := sheet.get(key))), "")
            tabs.append(Tab(sheet.get("name", ""), targets.get(relation_id, ""), sheet.get("state", "visible")))
        return tuple(tabs)

    def _document(self, part: str) -> ElementTree.Element | None:
        if part not in self.parts:
            return None
        try:
            return ElementTree.fromstring(self.part(part))
        except ElementTree.ParseError:
            return None  # properties nobody can read are as good as none

    def _values(self, title: str) -> Sequence[tuple[Value, ...]]:
        try:
            raw = self._reader.get_sheet_by_name(title).to_python(skip_empty_area=False)
        except calamine.PasswordError as error:
            raise Locked(str(error)) from error
        except (calamine.CalamineError, OSError) as error:
            raise NotAWorkbook(str(error)) from error
        return _plain_rows(raw, self.has_1904_dates)


def _plain_rows(raw: Sequence[Sequence[object]], has_1904_dates: bool) -> tuple[tuple[Value, ...], ...]:
    """Values as the port knows them: no empty text, no whole numbers, dates as Serial; nothing empty at the end."""
    memo: dict[object, Value] = {}
    rows: list[tuple[Value, ...]] = []
    for cells in raw:
        width = len(cells)
        while width and cells[width - 1] == "":
            width -= 1
        kept = cells[:width]
        if not _ODD.isdisjoint(map(type, kept)):
            kept = [_serial(cell, memo, has_1904_dates) if type(cell) in _ODD else cell for cell in kept]
        rows.append(tuple([None if cell == "" else cell for cell in kept]))  # type: ignore[misc]
    while rows and not rows[-1]:
        rows.pop()
    return tuple(rows)


def _serial(cell: object, memo: dict[object, Value], has_1904_dates: bool) -> Value:
    key = (type(cell), cell)
    if key not in memo:
        memo[key] = _converted(cell, has_1904_dates)
    return memo[key]


def _converted(cell: object, has_1904_dates: bool) -> Value:
    if isinstance(cell, int):
        return float(cell)
    if isinstance(cell, dt.timedelta):
        return Serial(round(cell.total_seconds() / 86_400, 9))
    if isinstance(cell, dt.time):
        seconds = cell.hour * 3600 + cell.minute * 60 + cell.second + cell.microsecond / 1e6
        return Serial(round(seconds / 86_400, 9))
    assert isinstance(cell, dt.date)
    serial = Serial.of(cell)
    day = cell.date() if isinstance(cell, dt.datetime) else cell
    return Serial(serial - 1) if day < _LEAP_BUG_ENDS and not has_1904_dates else serial


def _children(element: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return [child for child in element if child.tag.rpartition("}")[2] == name]


def _descendants(element: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return [child for child in element.iter() if child.tag.rpartition("}")[2] == name]
