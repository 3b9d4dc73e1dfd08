"""`check`: judges any workbook and lists what is wrong, without writing anything: no marker, no lock, no folder."""

from __future__ import annotations

import datetime as dt
import json
import os
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Connection, create_engine
from sqlalchemy.exc import DatabaseError

from logic import clock
from logic.cli import Trouble, remark, say
from logic.judgement import Judgement
from logic.office import data_folder, secrets_path
from logic.register import Register, registers
from logic.releasing import releases_of
from logic.reporting import worded
from logic.rules import Level
from logic.violations import Releases, Violation
from logic.wording import quoted
from sheets import ledger
from sheets.gsheets import GoogleWorkbook
from sheets.gsheets_account import Account
from sheets.gsheets_address import known_address, spreadsheet_id
from sheets.journal import Journal
from sheets.port import Missing, Snapshot
from sheets.store import Store
from sheets.table import Table, find_table
from sheets.xlsx_child import Child
from sheets.xlsx_replace import leftovers

READ_TIMEOUT = 120.0
SWAP_TRIES = 20
KEYS = ("register", "sheet", "row", "cell", "column", "rule", "level", "value", "message", "remedy", "source")


def run(
    book: str, register: str | None, as_of: dt.datetime | None, *, as_json: bool, secrets: Path | None = None
) -> int:
    known = registers()
    if register is not None and register not in known:
        names = "、".join(f"{one.key}({one.title})" for one in known.values())
        raise Trouble(f"没有名为“{register}”的登记表。现有:{names}。")
    wanted = [register] if register is not None else list(known)
    snapshot = read(book, secrets or secrets_path())
    found = findings(snapshot, known, as_of or clock.now(), releases(data_folder(), snapshot, book))
    found = [one for one in found if one.register in wanted]
    for one in found:
        say(json.dumps(as_object(one), ensure_ascii=False) if as_json else as_line(one))
    absent = [known[key] for key in wanted if known[key].title not in snapshot.sheets]
    for missing in absent:
        remark(f"没有找到工作表“{missing.title}”({missing.key}),未检查。")
    if len(absent) == len(wanted):
        remark(_nothing_checked(snapshot))
    elif not as_json:
        remark(_summary(found, len(wanted) - len(absent)))
    return 1 if any(one.level == "BLOCK" for one in found) else 0


def findings(
    snapshot: Snapshot, known: Mapping[str, Register], now: dt.datetime, released: Releases
) -> list[Violation]:
    """Everything wrong or due in a workbook, register by register and from top to bottom."""
    tables: dict[str, Table | None] = {}
    for key, register in known.items():
        sheet = snapshot.sheets.get(register.title)
        tables[key] = find_table(sheet, register.spec()) if sheet is not None else None
    judgement = Judgement.of(known, tables, now=now, releases=released)
    order = list(known)
    found = [*judgement.violations(), *judgement.due(now)]
    return sorted(found, key=lambda one: (order.index(one.register), one.row or 0, one.field == "", one.rule))


def as_object(violation: Violation) -> dict[str, object]:
    return {key: worded(violation) if key == "message" else getattr(violation, key) for key in KEYS}


def as_line(violation: Violation) -> str:
    """The finding for people, its parts between bars, on one line whatever the cell holds."""
    level = "已放行" if violation.released else violation.level.label
    place = " ".join(part for part in (violation.cell, violation.column) if part)
    parts = (
        violation.sheet,
        f"第{violation.row}行" if violation.row else "",
        place,
        violation.rule,
        f"{level}({violation.level})",
        quoted(violation.value) if violation.value else "(空)",
        violation.message,
        violation.remedy,
        violation.source,
    )
    return " | ".join(" ".join(part.split()) or "-" for part in parts)


def _nothing_checked(snapshot: Snapshot) -> str:
    tabs = "、".join(f"“{title}”" for title in snapshot.titles)
    return (
        f"没有检查任何内容:这个文件里没有要检查的登记表,只有工作表{tabs}。"
        "请确认没有给错文件;工作表改过名的,请改回登记表的名字;新的工作簿请先运行 python -m logic init。"
    )


def _summary(found: Sequence[Violation], checked: int) -> str:
    if not found:
        return f"检查了 {checked} 个登记表,没有发现问题。"
    counted = Counter(one.level for one in found)
    levels = "、".join(f"{level.label} {counted[level]}" for level in Level if counted[level])
    return f"检查了 {checked} 个登记表,共 {len(found)} 处问题:{levels}。"


# -- reading without leaving a trace -----------------------------------------------------------------------------------


def read(address: str, secrets: Path) -> Snapshot:
    """The workbook as it stands; what an interrupted replacement left beside it is not touched."""
    if (id := spreadsheet_id(address)) is not None:
        titles = [register.title for register in registers().values()]
        with closing(GoogleWorkbook(Account.configured(secrets), id, timer=time.monotonic, wanted=titles)) as sheet:
            return sheet.read()
    book = Path(address)
    if book.is_dir():
        raise Trouble(f"{book} 是文件夹,请给出工作簿文件(.xlsx)。")
    child = Child(READ_TIMEOUT)
    try:
        for _ in range(SWAP_TRIES):
            try:
                return child.ask("read", os.path.realpath(book), None)
            except Missing:
                if not leftovers(Path(os.path.realpath(book))):
                    raise
                time.sleep(0.05)  # a console is exchanging the file this very moment
        raise Missing(str(book))
    except PermissionError as error:
        raise Trouble(f"没有权限读取 {book},请检查文件权限。") from error
    except OSError as error:
        raise Trouble(f"读不了 {book}({error.strerror or error}),请检查文件和磁盘。") from error
    finally:
        child.close()


def releases(folder: Path, snapshot: Snapshot, book: str) -> Releases:
    """主管放行 on record for this workbook, where this installation knows it by its stamp or its address."""
    if not (folder / "console.sqlite").is_file():
        return Releases()
    store = _Glimpse(folder)
    try:
        standing = ledger.workbook_named(store, snapshot.stamp.workbook) if snapshot.stamp is not None else None
        standing = standing or ledger.workbook_at(
            store, known_address(os.path.abspath(book) if spreadsheet_id(book) is None else book)
        )
        return releases_of(Journal(store).releases(standing.id)) if standing is not None else Releases()
    except DatabaseError as error:
        remark(f"修改记录读不了,主管放行没有计入({error.orig})。")
        return Releases()
    finally:
        store.close()


class _Glimpse(Store):
    """The store as it stands, for reading only: no file is made, no migration is run."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.path = folder, folder / "console.sqlite"
        # Without its log nobody has the file open, and only "immutable" keeps SQLite from making one.
        idle = not self.path.with_name("console.sqlite-wal").exists()
        uri = f"{self.path.absolute().as_uri()}?mode=ro{'&immutable=1' if idle else ''}"
        self._engine = create_engine("sqlite://", creator=lambda: sqlite3.connect(uri, uri=True))
        self._look_over(sqlite3.connect(uri, uri=True, check_same_thread=False))

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with self._engine.connect() as connection:
            yield connection
