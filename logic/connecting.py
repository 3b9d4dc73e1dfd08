"""连接与建表: which workbooks this console uses and what they lack, and the way to another one. For administrators only;
each function looks first whether the one who asks is one.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from logic.desk import Desk, NotRead
from logic.door.administration import require_administrator
from logic.door.door import Door, Refused, Visit
from logic.office import DEFAULT_WORKBOOK, adapt, addresses, data_folder, google_account, home, secrets_path
from logic.register import AREAS, Register, registers
from sheets.gsheets_account import Account
from sheets.gsheets_address import known_address, spreadsheet_id, spreadsheet_url
from sheets.gsheets_diagnosis import Finding, diagnose
from sheets.port import ShapeStep, SheetSpec, StorageError
from sheets.services import Keeper, services

log = logging.getLogger(__name__)

_ADMINISTRATORS = "连接表格和建表由管理员来做,您不是管理员。"


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook that this console uses. `url`: where people open it, "" for a file; `registers` and `lacking` are titles
    and sentences; `trouble`: why it cannot be read or written, with what to do."""

    name: str
    address: str
    url: str
    registers: tuple[str, ...]
    lacking: tuple[str, ...]
    trouble: StorageError | None
    read_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Name:
    """What a spreadsheet may be called in ``[workbooks]``; `registers`: the titles it would hold; `instead_of`: the address
    that has this name now."""

    name: str
    registers: tuple[str, ...]
    instead_of: str


def require(door: Door, by: Visit) -> None:
    """Raises Refused for everybody but administrators."""
    require_administrator(door, by, _ADMINISTRATORS)


def books(door: Door, by: Visit) -> list[Book]:
    """The workbooks in use, in the order of the menu."""
    require(door, by)
    return [_book(name, keeper) for name, keeper in services().keepers.items()]


def fault_of_secrets(door: Door, by: Visit) -> str:
    """Why nobody can read secrets.toml, "" where it can be read or there is none."""
    require(door, by)
    path = secrets_path()
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8-sig")) if path.is_file() else {}
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        where = f"第 {line[1]} 行" if line else "里有一处"
        return f"{path} {where}写法有误,请改正。文字和中文名字两边都要有英文引号。"
    except (UnicodeDecodeError, OSError):
        return f"{path} 读不出来,请确认它是 UTF-8 编码的文本文件,并且允许读取。"
    named = found.get("workbooks", {})
    if not isinstance(named, Mapping) or not all(isinstance(one, str) for one in named.values()):
        return f"{path} 的 [workbooks] 写法有误:左边写工作簿的名字,右边写一个网址或文件路径,两边都要有英文引号。"
    return ""


def account(door: Door, by: Visit) -> Account:
    """The service account as configured now."""
    require(door, by)
    return google_account()


def must_restart(door: Door, by: Visit) -> bool:
    """Do the secrets name other workbooks than those that are open?"""
    require(door, by)
    return addresses(secrets_path(), data_folder()) != _running()


def examine(door: Door, by: Visit, address: str) -> Iterator[Finding]:
    """Could this console work with the spreadsheet at a pasted address? Step by step."""
    found = account(door, by)
    yield from diagnose(address, found, services().store.installation)


def running_as(address: str) -> str:
    """The name under which this console uses the workbook at this address already; "" if it does not."""
    known = known_address(address)
    return next((name for name, one in _running().items() if known_address(one) == known), "")


def names(door: Door, by: Visit) -> list[Name]:
    """What another spreadsheet can be used for: everything, or one area."""
    require(door, by)
    configured = _entries()
    wanted = dict.fromkeys((DEFAULT_WORKBOOK, *AREAS.values(), *configured))
    found = [Name(name, tuple(one.title for one in _held(name)), configured.get(name, "")) for name in wanted]
    return [one for one in found if one.registers]


def shape_running(door: Door, by: Visit, name: str, *, dry_run: bool) -> tuple[ShapeStep, ...]:
    """What a workbook in use lacks for its registers; unless `dry_run` it is made, between two rounds of its keeper."""
    require(door, by)
    keeper = services().keepers.get(name)
    if keeper is None:
        raise Refused("控制台没有使用这个工作簿。")
    steps = keeper.shape(_specs(_desk(keeper).registers.values()), dry_run=dry_run)
    _note(by, keeper.workbook.address, steps, dry_run=dry_run)
    return steps


def shape_spreadsheet(door: Door, by: Visit, id: str, name: str, *, dry_run: bool) -> tuple[ShapeStep, ...]:
    """What a spreadsheet lacks that is to be used under this name; unless `dry_run` it is made."""
    require(door, by)
    url = spreadsheet_url(id)
    if running := running_as(url):
        return shape_running(door, by, running, dry_run=dry_run)
    steps = adapt(url, _specs(_held(name)), services().store, dry_run=dry_run)
    _note(by, url, steps, dry_run=dry_run)
    return steps


def snippet(door: Door, by: Visit, id: str, name: str) -> str:
    """The section ``[workbooks]`` of secrets.toml with which the console uses this spreadsheet under this name."""
    require(door, by)
    entries = {**_entries(), name: spreadsheet_url(id)}
    return "\n".join(["[workbooks]", *(f"{_toml(one)} = {_toml(address)}" for one, address in entries.items())])


def _toml(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _running() -> Mapping[str, str]:
    return {name: keeper.workbook.address for name, keeper in services().keepers.items()}


def _entries() -> Mapping[str, str]:
    """``[workbooks]`` as it would have to be written now."""
    return addresses(secrets_path(), data_folder())


def _held(name: str) -> list[Register]:
    """The registers in the workbook of this name, once it is among the configured ones."""
    every = {**_entries(), name: ""}
    return [register for register in registers().values() if home(register, every) == name]


def _specs(wanted: Iterable[Register]) -> tuple[SheetSpec, ...]:
    return tuple(register.spec() for register in wanted)


def _desk(keeper: Keeper) -> Desk:
    return cast(Desk, keeper.planner)


def _book(name: str, keeper: Keeper) -> Book:
    desk, address = _desk(keeper), keeper.workbook.address
    id = spreadsheet_id(address)
    return Book(
        name=name,
        address=address,
        url=spreadsheet_url(id) if id is not None else "",
        registers=tuple(register.title for register in desk.registers.values()),
        lacking=tuple(_lacking(desk)),
        trouble=keeper.mirror.trouble or keeper.trouble,
        read_at=keeper.mirror.current_at,
    )


def _lacking(desk: Desk) -> Iterator[str]:
    """From what was read last: tabs that are missing, headers that are missing or doubled."""
    try:
        judgement = desk.view().judgement
    except NotRead:
        return
    for key, register in desk.registers.items():
        if judgement.tables.get(key) is None:
            yield f"没有“{register.title}”工作表"
        for violation in judgement.header_faults(key):
            yield f"“{register.title}”:{violation.message}"


def _note(by: Visit, address: str, steps: Sequence[ShapeStep], *, dry_run: bool) -> None:
    if not dry_run:
        log.info("%s adapted by %s: %d steps", address, by.name, len(steps))
