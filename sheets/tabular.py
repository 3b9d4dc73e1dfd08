"""Files that come and go: an uploaded .xlsx or CSV as tabs of cells, and rows as a file to download.

An uploaded .xlsx is read in a child process of its own, on a temporary copy: a hostile file can only hurt that. A text
is always written as a text, so that nothing a person typed becomes a formula on somebody else's machine.
"""

from __future__ import annotations

import csv
import io
import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import xlsxwriter

from sheets.port import (
    CellFormat,
    Locked,
    NotAWorkbook,
    Serial,
    Sheet,
    SheetSpec,
    Snapshot,
    StorageError,
    TooLarge,
    Unusable,
    Value,
    WorkerDied,
)
from sheets.xlsx_child import Child
from sheets.xlsx_styles import DATE, DATETIME, MONEY, PERCENT, TEXT, TIME

READ_TIMEOUT = 60.0
MAX_UNPACKED = 200 << 20  # bytes of an uploaded .xlsx once unpacked: twenty times what a full year of orders takes
_ZIP, _COMPOUND = b"PK", b"\xd0\xcf\x11\xe0"
_DELIMITERS = (",", "\t", ";")
_FORMATS = {
    CellFormat.TEXT: TEXT,
    CellFormat.NUMBER: "0",
    CellFormat.MONEY: MONEY,
    CellFormat.PERCENT: PERCENT,
    CellFormat.DATE: DATE,
    CellFormat.DATETIME: DATETIME,
    CellFormat.TIME: TIME,
}
# What spreadsheet programs take for the beginning of a formula when they open a CSV, and the mark itself.
_RISKY = ("=", "+", "-", "@", "\t", "\r", "'")
_TITLE_LENGTH = 31
_NOT_IN_TITLES = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))


class UploadRefused(Unusable):
    """An uploaded file that is no table, with what to do about it."""

    @property
    def sentence(self) -> str:  # type: ignore[override]
        return self.detail


_SENTENCES: dict[type[StorageError], str] = {
    Locked: "这个文件设了打开密码,请在 Excel 或 WPS 里去掉密码,另存后再上传。",
    NotAWorkbook: "这个文件不是 .xlsx 或 CSV,或者已经损坏。请用 Excel 或 WPS 打开,另存为 .xlsx 后再上传。",
    WorkerDied: "这个文件让读取进程意外退出,没有读到内容,其他功能不受影响。请用 Excel 或 WPS 打开,另存为 .xlsx 后再上传。",
}


def read_upload(name: str, content: bytes) -> tuple[Sheet, ...]:
    """The tabs of an uploaded file; a CSV is one tab of texts. Raises StorageError."""
    if content.startswith((_ZIP, _COMPOUND)):
        return _read_xlsx(content)
    if not content.strip(b"\0 \r\n\t"):
        raise UploadRefused("这个文件是空的,请检查后再上传。")
    if name.lower().endswith((".xlsx", ".xls", ".xlsm")):
        raise UploadRefused(_SENTENCES[NotAWorkbook])
    return (_read_csv(content),)


def _read_xlsx(content: bytes) -> tuple[Sheet, ...]:
    if content.startswith(_ZIP):
        _check_size(content)
    child = Child(READ_TIMEOUT)
    try:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            copy = Path(folder, "upload.xlsx")
            copy.write_bytes(content)
            snapshot: Snapshot = child.ask("read", str(copy), None)
    except TooLarge:
        raise  # names the cell, and that is what there is to mend
    except StorageError as error:
        raise UploadRefused(_SENTENCES.get(type(error), _SENTENCES[NotAWorkbook])) from error
    except OSError as error:
        raise UploadRefused("控制台所在的电脑写不了临时文件,请联系管理员检查磁盘空间,然后重新上传。") from error
    finally:
        child.close()
    return tuple(snapshot.sheets[title] for title in snapshot.titles)


def _check_size(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            size = sum(item.file_size for item in package.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise UploadRefused(_SENTENCES[NotAWorkbook]) from error
    if size > MAX_UNPACKED:
        raise UploadRefused("这个文件解开后太大,无法导入。请只保留要导入的工作表和行,另存后再上传。")


def _read_csv(content: bytes) -> Sheet:
    text = _decoded(content)
    first = text.split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=first.count)
    try:
        rows = [
            tuple(unprotected(cell) or None for cell in row)
            for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        ]
    except csv.Error as error:
        raise UploadRefused("这个 CSV 文件里有一个引号没有配对,或有一格长得读不下。请检查后再上传。") from error
    return Sheet("CSV", rows)


def _decoded(content: bytes) -> str:
    """UTF-8 with or without its mark, UTF-16 with it (Excel's Unicode 文本), else what Chinese Windows writes."""
    is_wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    encodings = ("utf-16",) if is_wide else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise UploadRefused("认不出这个文件的文字编码。请用 Excel 或 WPS 打开,另存为 .xlsx 或“CSV UTF-8”后再上传。")


def protected(text: str) -> str:
    """A text for a CSV cell that no program takes for a formula: an apostrophe before what could begin one.

    An apostrophe gets another one, so that `unprotected` gives every text back as it was.
    """
    return f"'{text}" if text.startswith(_RISKY) else text


def unprotected(text: str) -> str:
    return text[1:] if text.startswith("'") and text[1:].startswith(_RISKY) else text


def write_xlsx(spec: SheetSpec, rows: Iterable[Sequence[Value]]) -> bytes:
    """A workbook with one tab: the headers of `spec`, and below them the cells in the same order."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet(spec.title.translate(_NOT_IN_TITLES)[:_TITLE_LENGTH])
        head = book.add_format({"bold": True, "bg_color": "#E8EEF2", "bottom": 1, "text_wrap": True, "valign": "top"})
        formats = {one: book.add_format({"num_format": code}) for one, code in _FORMATS.items()}
        count = 0
        for at, column in enumerate(spec.columns):
            sheet.set_column(at, at, column.width, formats.get(column.format))
            sheet.write_string(0, at, column.header, head)
        kept = [formats.get(column.format) for column in spec.columns]
        dates = formats[CellFormat.DATETIME]
        for count, cells in enumerate(rows, start=1):
            for at, value in enumerate(cells):
                if isinstance(value, str):
                    # A date column may hold a text nobody could read; the format of a date does no harm to it.
                    sheet.write_string(count, at, value, kept[at])
                elif isinstance(value, bool):
                    sheet.write_boolean(count, at, value, kept[at])
                elif value is not None:
                    dated = isinstance(value, Serial) and kept[at] is None
                    sheet.write_number(count, at, value, dates if dated else kept[at])
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, count, max(0, len(spec.columns) - 1))
    return out.getvalue()


def write_csv(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """UTF-8 with its mark, which Excel and WPS need to read Chinese; texts must be `protected` already."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(headers)
    writer.writerows(rows)
    return out.getvalue().encode("utf-8-sig", errors="replace")
