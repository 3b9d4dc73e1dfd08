"""Starts the engine for this installation: where its data lives, which workbooks it keeps, one Desk for each of them."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import cast

from logic.clock import now
from logic.desk import Desk, NotRead
from logic.door import roster as door_roster
from logic.door.door import Door
from logic.door.roster import Roster
from logic.elsewhere import Elsewhere
from logic.judgement import Judgement
from logic.people import ROSTER
from logic.presence import Presence
from logic.register import AREAS, Register, registers
from sheets import services as running
from sheets.gsheets_account import Account
from sheets.gsheets_address import known_address, spreadsheet_id
from sheets.gsheets_pace import Governor
from sheets.mirror import Clock
from sheets.port import AnotherWriter, ShapeStep, SheetSpec, Workbook
from sheets.services import Keeper, Parts, Services
from sheets.store import Store

ROOT = Path(__file__).resolve().parent.parent
DEFAULT_WORKBOOK = "台账"
DEMO_MARK = "demo.txt"  # in the data folder: the workbook there is the demo that the console made itself

WAIT_FOR_WRITER = 10.0  # seconds

_doors: dict[str, Door] = {}
_governors: dict[str, Governor] = {}
_presences: dict[str, Presence] = {}
_rosters: list[tuple[Judgement, Roster | None]] = []  # the latest reading


def data_folder() -> Path:
    """The installation's own files: CONSOLE_DATA, else data/ under the project; never relative to the working directory."""
    chosen = os.environ.get("CONSOLE_DATA")
    return (ROOT / Path(chosen).expanduser()).resolve() if chosen else ROOT / "data"


def secrets_path() -> Path:
    return Path(os.environ.get("CONSOLE_SECRETS") or ROOT / ".streamlit" / "secrets.toml")


def addresses(secrets: Path, folder: Path) -> dict[str, str]:
    """Workbooks by name from ``[workbooks]``; the local 台账.xlsx where none is configured. Relative paths are the project's."""
    configured: Mapping[str, str] = {}
    if secrets.exists():
        configured = tomllib.loads(secrets.read_text(encoding="utf-8-sig")).get("workbooks", {})
    if not configured:
        return {DEFAULT_WORKBOOK: str(folder / f"{DEFAULT_WORKBOOK}.xlsx")}
    return {name: _placed(address) for name, address in configured.items()}


def _placed(address: str) -> str:
    """A spreadsheet's own address, or a file's whole path."""
    is_spreadsheet = spreadsheet_id(address) is not None
    return known_address(address if is_spreadsheet else str((ROOT / Path(address).expanduser()).resolve()))


def start(*, clock: Clock = now, threads: bool = True, governor: Governor | None = None) -> Services:
    """Open every configured workbook; once per process, with one governor for whatever is asked of Google."""
    folder = data_folder()
    _governors["governor"] = governor or Governor()
    books = addresses(secrets_path(), folder)
    services = running.start(
        folder,
        books,
        lambda name, store: _maker(store, books, name),
        clock,
        open=opener(secrets_path()),
        threads=threads,
    )
    _doors["door"] = Door(services.store, roster, clock)
    _presences["presence"] = Presence(clock)
    return services


def opener(secrets: Path) -> Callable[[Store, str], Workbook]:
    """Opens the workbook at an address, spreadsheets with the service account of that file."""
    wanted = [register.title for register in registers().values()]
    return running.google_opener(secrets, wanted, _governors.get("governor"))


def google_account() -> Account:
    """The service account as it stands in the secrets at this moment, under the governor of this process."""
    return Account.configured(secrets_path(), _governors.get("governor"))


def stop() -> None:
    _doors.clear()
    _governors.clear()
    _presences.clear()
    _rosters.clear()
    running.stop()


def door() -> Door:
    """The door of the running console."""
    return _doors["door"]


def presence() -> Presence:
    """Who has which record open, in this process."""
    return _presences["presence"]


def roster() -> Roster | None:
    """The roster as everybody sees it now; None while it cannot be read."""
    try:
        judgement = desk_of(registers()[ROSTER]).view().judgement
    except NotRead:
        return None
    known = _rosters[-1:]
    if not known or known[0][0] is not judgement:
        known = [(judgement, door_roster.read(judgement))]
        _rosters[:] = known
    return known[0][1]


def is_demo() -> bool:
    """Is the installation's workbook the demo that it made itself, and no other configured?"""
    folder = data_folder()
    own = {DEFAULT_WORKBOOK: str(folder / f"{DEFAULT_WORKBOOK}.xlsx")}
    return (folder / DEMO_MARK).is_file() and addresses(secrets_path(), folder) == own


def mark_demo(book: Path) -> None:
    """Remember that this workbook was made as the demo, if it is the installation's own."""
    folder = data_folder()
    if book.absolute() == (folder / f"{DEFAULT_WORKBOOK}.xlsx").absolute():
        said = "这里的台账是控制台自己生成的演示数据,不用密码就可以用演示账号登录。\n开始登记真实数据以前,请删除这个文件,或配置自己的工作簿。\n"
        (folder / DEMO_MARK).write_text(said, encoding="utf-8")


def home(register: Register, books: Collection[str]) -> str:
    """The name of the workbook that holds a register: one named like its area, else the area's usual one, else the first."""
    wanted = (AREAS[register.area], register.area, DEFAULT_WORKBOOK)
    return next((name for name in wanted if name in books), next(iter(books)))


def desk_of(register: Register) -> Desk:
    """The Desk of the workbook that holds this register."""
    return cast(Desk, keeper_of(register).planner)


def keeper_of(register: Register) -> Keeper:
    keepers = running.services().keepers
    return keepers[home(register, keepers)]


def _maker(store: Store, books: Mapping[str, str], name: str) -> Callable[[Parts], Desk]:
    """Makes the Desk of one of the installation's workbooks."""
    known = registers()
    homes = {key: home(one, books) for key, one in known.items()}
    own = {key: one for key, one in known.items() if homes[key] == name}
    elsewhere = Elsewhere(store, known, {key: books[other] for key, other in homes.items() if other != name})
    return lambda parts: Desk(parts, own, elsewhere)


def open_book(
    book: str | Path, store: Store, clock: Clock = now, *, take_over: bool = False, secrets: Path | None = None
) -> Keeper:
    """The keeper of one workbook for a command line, with the same store and lock as the console's. One that is not
    among the installation's own holds all registers."""
    address = str(book) if spreadsheet_id(str(book)) else str(Path(book).absolute())
    books = addresses(secrets_path(), store.folder)
    name = next((name for name, one in books.items() if known_address(one) == known_address(address)), "")
    if not name:
        name = spreadsheet_id(address) or Path(address).stem
        books = {name: address}
    make = _maker(store, books, name)
    workbook = opener(secrets or secrets_path())(store, address)
    return Keeper(store, workbook, make, clock, take_over=take_over)


def adapt(
    book: str, specs: Sequence[SheetSpec], store: Store, *, dry_run: bool, secrets: Path | None = None
) -> tuple[ShapeStep, ...]:
    """What the tabs of a workbook lack that this process does not keep; unless `dry_run` they get it. Only as its writer:
    another process may be in the middle of a commit."""
    keeper = open_book(book, store, secrets=secrets)
    try:
        if not dry_run and not keeper.writer.acquire(WAIT_FOR_WRITER):
            raise AnotherWriter()
        return keeper.shape(specs, dry_run=dry_run)
    finally:
        keeper.stop()
