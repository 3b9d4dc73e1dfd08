"""The port between the engine and whatever holds the cells.

A Workbook is read whole (`read` gives a Snapshot), changed cell by cell (`write` takes a Commit and proves it) and
given its headers, notes and drop-downs (`shape`). Rows and columns are counted from 1, as people see them. Nothing here
knows what a register is: a column is a ColumnSpec, a row is a row.

Values crossing the port are ``None | str | bool | float``. A date is a `Serial`: the number Excel and Google Sheets keep
(days since 1899-12-30), marked so that a column nobody declared can still be shown as a date. Whole numbers are floats too.

Errors, each writing its own Chinese sentence that ends with what to do::

    StorageError
    ├── Unavailable        try again later, the change stays queued
    │   ├── Busy           somebody holds the file open
    │   ├── HalfSaved      the file is being saved right now
    │   ├── Missing        there is no file at this address (any more)
    │   ├── NoSpace        the disk is full
    │   ├── ReadOnlyFile   the file or its folder may not be written
    │   ├── Moved          the workbook changed since it was read: read again and merge
    │   ├── ProofFailed    what was written is not what was meant: thrown away
    │   ├── InDoubt        whether it was written is not known: `settle` says
    │   └── WorkerDied     the child process that holds the file ended unexpectedly
    └── Unusable           no retry helps until a person does something
        ├── NotAWorkbook   not an .xlsx file, damaged or truncated
        ├── Locked         protected by a password
        └── TooLarge       a cell far outside stretches the sheet beyond what can be read
"""

from __future__ import annotations

import datetime as dt
import enum
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

EPOCH = dt.datetime(1899, 12, 30)
MAX_ROWS = 200_000
MAX_COLUMNS = 300
MAX_TEXT = 32_767
_FIELD = re.compile(r"\{([a-z]\w*)(:?)\}")  # regular expressions inside a formula have {6} and \p{L}


class Serial(float):
    """A number the workbook shows as a date: days since 1899-12-30, compared as a number."""

    __slots__ = ()

    @classmethod
    def of(cls, moment: dt.date | dt.datetime) -> Serial:
        """The serial of a calendar date or a naive local date with time, cut to the second."""
        if not isinstance(moment, dt.datetime):
            moment = dt.datetime(moment.year, moment.month, moment.day)
        delta = moment - EPOCH
        # Nothing is rounded away: LibreOffice shows 9:30 as 9:29 when the fraction is cut to nine decimals (measured).
        return cls(delta.days + delta.seconds / 86_400)

    def moment(self) -> dt.datetime:
        """The date and time, rounded to the second; raises ValueError outside the calendar (year 1 to 9999)."""
        try:
            return EPOCH + dt.timedelta(seconds=round(float(self) * 86_400))
        except OverflowError as error:
            raise ValueError(str(float(self))) from error


Value = None | str | bool | float


class Mark(enum.StrEnum):
    """What makes a cell more than its value."""

    FORMULA = "formula"
    ERROR = "error"
    COVERED = "covered"  # hidden under the top-left cell of a merge


@dataclass(frozen=True, slots=True)
class Sheet:
    """One tab as it stood: `rows[0]` is row 1; rows may be of different length (nothing follows).

    `marks` names the few cells that are formulas, errors or covered by a merge, by (row, column) from 1. The value of a
    formula cell is the result stored in the file. `live`: people may type into it while a commit is on its way, so that new
    rows are inserted and never written into a row that looks empty.
    """

    title: str
    rows: Sequence[tuple[Value, ...]]
    marks: Mapping[tuple[int, int], Mark] = field(default_factory=dict[tuple[int, int], Mark])
    hidden: frozenset[int] = frozenset()
    live: bool = False

    def value(self, row: int, column: int) -> Value:
        if 1 <= row <= len(self.rows):
            cells = self.rows[row - 1]
            if 1 <= column <= len(cells):
                return cells[column - 1]
        return None

    def mark(self, row: int, column: int) -> Mark | None:
        return self.marks.get((row, column))


@dataclass(frozen=True, slots=True)
class Stamp:
    """What every commit leaves inside the workbook: whose it is and how many commits it has seen (版次)."""

    workbook: str
    generation: int


@dataclass(frozen=True, slots=True)
class Incident:
    """A cell that somebody's sorting or deleting in the very moment of a commit put into another record's row.

    `value` was written to `record`; it landed where `hit` stands (an id, or the place of a row without one) and was taken
    back there. `mended`: it stands in its own row now; else that row was gone.
    """

    sheet: str
    header: str
    record: str
    value: str
    hit: str
    mended: bool


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Some tabs of a workbook at one revision. `incidents`: what the commit that gave this Snapshot had to put right."""

    revision: str
    sheets: Mapping[str, Sheet]
    titles: tuple[str, ...]
    stamp: Stamp | None = None
    saved_by: str = ""  # 文件最后保存者, shown only, never the ground of a rule
    incidents: tuple[Incident, ...] = ()


@dataclass(frozen=True, slots=True)
class CellEdit:
    """One cell to write. `was` is what the planner saw there; the Workbook refuses (Moved) if something else stands there.

    `record` is the id that stands in `id_column` of the same row (after the commit), so that a Workbook that cannot fence
    the sheet can prove that the cell landed in its record's row; None while the row gets its id in this very commit.
    """

    sheet: str
    row: int
    column: int
    value: Value
    was: Value = None
    record: str | None = None
    id_column: int | None = None


@dataclass(frozen=True, slots=True)
class RowInsert:
    """`count` empty rows to insert so that the first of them is `row`; what stood there moves down."""

    sheet: str
    row: int
    count: int = 1


@dataclass(frozen=True, slots=True)
class Commit:
    """Everything written in one atomic step. Inserts are carried out first, in order; rows of `edits` are final rows.

    `base` is the revision the edits were planned on. A Commit without edits is legal: it only renews the stamp.
    """

    base: str
    edits: tuple[CellEdit, ...]
    stamp: Stamp
    inserts: tuple[RowInsert, ...] = ()


class CellFormat(enum.StrEnum):
    """How a column of the sheet is formatted where its cells have no format of their own."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    DATETIME = "datetime"
    TIME = "time"  # a part of a day: a Serial from 0 up to 1
    PERCENT = "percent"  # the cell holds a fraction: 0.3 is shown as 30.00%
    GENERAL = "general"


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """A declared column in the words of a sheet.

    `naming`: a row in which such a column is filled is a record. `engine`: written by the console alone. `options`: the
    drop-down; `closed` lists admit nothing else. `required`: a blank cell of a record is a fault. `guarded`: people sign
    there with a button of the console.
    """

    field: str
    header: str
    format: CellFormat = CellFormat.TEXT
    note: str = ""
    options: tuple[str, ...] = ()
    closed: bool = False
    naming: bool = False
    engine: bool = False
    formerly: tuple[str, ...] = ()
    width: float = 14.0
    required: bool = False
    guarded: bool = False


@dataclass(frozen=True, slots=True)
class SheetCheck:
    """What a formula of the spreadsheet itself can see: `formula` is true where `rule` is broken, `{field}` stands for the
    cell of that column in the row, `{field:}` for the whole column below the header. `marks` are the columns to colour."""

    rule: str
    marks: tuple[str, ...]
    formula: str

    @property
    def asked(self) -> frozenset[str]:
        """The columns the formula speaks of."""
        return frozenset(found[1] for found in _FIELD.finditer(self.formula))

    def filled(self, cell: Callable[[str, bool], str]) -> str:
        """The formula with addresses: `cell` gives that of a column, in the row or (True) all of it."""
        return _FIELD.sub(lambda found: cell(found[1], bool(found[2])), self.formula)


@dataclass(frozen=True, slots=True)
class SheetSpec:
    """A declared tab. The column whose field is `record_id` holds the ids."""

    title: str
    columns: tuple[ColumnSpec, ...]
    checks: tuple[SheetCheck, ...] = ()


@dataclass(frozen=True, slots=True)
class ShapeStep:
    """One thing `shape` did or would do, as a Chinese sentence."""

    sheet: str
    what: str


class Workbook(Protocol):
    """Where cells live. All methods may raise StorageError; none may be called from two threads at once."""

    @property
    def address(self) -> str: ...

    @property
    def lasting(self) -> bool:
        """Can no other workbook ever lie at this address? Then a missing stamp is merely renewed."""
        ...

    def claim(self, installation: str, folder: Path, *, take_over: bool = False) -> None:
        """Say which installation writes this workbook; raises where another one does."""
        ...

    def revision(self) -> str:
        """A cheap token that differs whenever the content may have changed."""
        ...

    def read(self, titles: Sequence[str] | None = None) -> Snapshot:
        """The named tabs (those that exist; all if None) at one revision."""
        ...

    def write(self, commit: Commit) -> Snapshot:
        """Carry out a Commit, prove it, and return all tabs as they stand now. Nothing at all happens on an error, but for
        InDoubt: then `settle` is to be called before anything else."""
        ...

    def settle(self) -> None:
        """After a commit whose end is not known: what did not happen until now cannot happen any more."""
        ...

    def shape(self, specs: Sequence[SheetSpec], *, dry_run: bool) -> tuple[ShapeStep, ...]:
        """Create the workbook or tabs that are missing, append missing columns at the right end, install header notes,
        drop-downs and formats. Never reorders, renames or deletes anything. Idempotent."""
        ...

    def close(self) -> None: ...


class StorageError(Exception):
    """Something about the workbook; `sentence` is what staff read and always ends with what to do."""

    sentence = "表格暂时无法使用,请稍后再试。"

    def __init__(self, detail: str = "") -> None:
        self.detail = detail
        super().__init__(detail or self.sentence)

    def __str__(self) -> str:
        return self.sentence


class Unavailable(StorageError):
    sentence = "表格文件暂时打不开,修改已保存在队列里,恢复后会自动写入。"


class Busy(Unavailable):
    def __init__(self, holder: str = "", detail: str = "") -> None:
        self.holder = holder
        super().__init__(detail)

    @property
    def sentence(self) -> str:  # type: ignore[override]
        who = f"“{self.holder}”正打开着这个文件" if self.holder else "文件正被 Excel、WPS 或 LibreOffice 打开"
        return f"{who},关闭后修改会自动写入。"


class HalfSaved(Unavailable):
    sentence = "文件正在保存,保存完成后会自动继续,请稍等。"


class Missing(Unavailable):
    def __init__(self, address: str = "", detail: str = "") -> None:
        self.address = address
        super().__init__(detail)

    @property
    def sentence(self) -> str:  # type: ignore[override]
        return f"找不到工作簿文件 {self.address},请把它放回原处,或用 python -m logic init 新建一个。"


class AnotherWriter(Unavailable):
    """Another process holds the lock of this workbook."""

    sentence = "控制台或另一个命令正在使用这个工作簿,请先停止它再执行。"


class NoSpace(Unavailable):
    sentence = "磁盘空间已满,修改还在队列里,请清理磁盘,之后会自动写入。"


class ReadOnlyFile(Unavailable):
    sentence = "工作簿文件或它所在的文件夹不允许写入,请去掉“只读”属性或检查文件夹权限,之后会自动写入。"


class Moved(Unavailable):
    sentence = "保存的一刻有人改了表格,正在合并,请稍等。"


class ProofFailed(Unavailable):
    sentence = "写入后的核对没有通过,原文件没有改动,修改还在队列里,请联系管理员查看日志。"


class InDoubt(Unavailable):
    sentence = "刚才的写入有没有成功还不知道,正在和表格核对,核对清楚之前不会重复写入,请稍等。"


class WorkerDied(Unavailable):
    sentence = "读写表格的进程意外退出,原文件没有改动,正在自动重试;多次出现时请联系管理员。"


class Unusable(StorageError):
    sentence = "这个文件不能当作工作簿使用,请检查文件。"


class NotAWorkbook(Unusable):
    sentence = "这个文件不是 .xlsx 工作簿,或者已经损坏,请用 Excel 或 WPS 打开检查,另存为 .xlsx,或从 data/backups 恢复。"


class Locked(Unusable):
    sentence = "这个工作簿设了打开密码,请在 Excel 或 WPS 里去掉密码再保存。"


class TooLarge(Unusable):
    def __init__(self, sheet: str = "", cell: str = "", detail: str = "") -> None:
        self.sheet, self.cell = sheet, cell
        super().__init__(detail)

    @property
    def sentence(self) -> str:  # type: ignore[override]
        return (
            f"工作表“{self.sheet}”在 {self.cell} 有内容,超出了可读的范围({MAX_ROWS:,} 行、{MAX_COLUMNS} 列),"
            f"请清除这个单元格再保存。"
        )
