"""连接与建表: what workbooks in use lack, what another spreadsheet would get, and who may ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from logic import connecting, office
from logic.door.door import Door, Refused, Visit
from logic.register import registers
from sheets.gsheets import GoogleWorkbook
from sheets.gsheets_address import spreadsheet_url
from sheets.gsheets_errors import NotShared
from sheets.gsheets_pace import Governor
from sheets.port import AnotherWriter, Missing
from sheets.services import Keeper, Services
from sheets.xlsx import XlsxWorkbook
from tests.conftest import Clock
from tests.fake_sheets import FakeSheets, Manager, running
from tests.google_account import secrets_text

SPECS = [register.spec() for register in registers().values()]


class House:
    """The console of an installation, with nobody's threads, and its administrator."""

    def __init__(self, services: Services) -> None:
        self.services, self.door = services, office.door()
        with services.store.transaction() as connection:
            at = "2026-11-22T09:00:00"
            id = self.door.accounts.add(connection, "林佩文", "", at, "test", admin=True, demo=False)
            clerk = self.door.accounts.add(connection, "程小桃", "", at, "test", admin=False, demo=False)
        self.visit = Visit("s", id, "林佩文", "", True, False, at, at)
        self.clerk = replace(self.visit, account=clerk, name="程小桃", admin=True)  # says that it is one

    @property
    def who(self) -> tuple[Door, Visit]:
        return self.door, self.visit

    def keeper(self, name: str = "台账") -> Keeper:
        keeper = self.services.keepers[name]
        keeper.tick()
        return keeper


@pytest.fixture
def server() -> Iterator[FakeSheets]:
    with running() as server:
        server.cloud.quota.enforced = False
        yield server
        assert not server.cloud.mismatches, server.cloud.mismatches


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    """Where this test's secrets.toml is looked for."""
    return tmp_path / "secrets.toml"


Open = Callable[[], House]


@pytest.fixture
def open_house(data_folder: Path, clock: Clock) -> Iterator[Open]:
    def opened() -> House:
        governor = Governor(most=1e9, at_once=1e9, sleep=lambda seconds: None)
        return House(office.start(clock=clock, threads=False, governor=governor))

    yield opened
    office.stop()


def file(path: Path, *titles: str) -> None:
    """A workbook with these registers only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    workbook = XlsxWorkbook(path, backups=path.parent / "backups")
    workbook.shape([spec for spec in SPECS if spec.title in titles], dry_run=False)
    workbook.close()


def test_a_file_in_use_says_what_it_lacks_and_gets_it(open_house: Open, data_folder: Path, clock: Clock) -> None:
    file(data_folder / "台账.xlsx", "员工名册", "银行转账明细表")
    house = open_house()
    keeper = house.keeper()
    (book,) = connecting.books(*house.who)
    assert (book.name, book.url, book.trouble, book.read_at) == ("台账", "", None, clock())
    assert len(book.lacking) == len(SPECS) - 2 and "没有“售后登记表”工作表" in book.lacking
    planned = connecting.shape_running(*house.who, "台账", dry_run=True)
    assert {step.sheet for step in planned} == {spec.title for spec in SPECS} - {"员工名册", "银行转账明细表"}
    assert connecting.books(*house.who)[0].lacking == book.lacking, "looking changes nothing"
    assert connecting.shape_running(*house.who, "台账", dry_run=False) == planned
    keeper.tick()
    assert connecting.books(*house.who)[0].lacking == ()
    assert connecting.shape_running(*house.who, "台账", dry_run=True) == ()
    assert keeper.mirror.trouble is None


def test_only_the_writer_shapes_a_workbook_in_use(open_house: Open, data_folder: Path) -> None:
    file(data_folder / "台账.xlsx", "员工名册")
    house = open_house()
    keeper = house.keeper()
    keeper.writer.release()  # as if another process had been first
    with pytest.raises(AnotherWriter):
        connecting.shape_running(*house.who, "台账", dry_run=False)
    assert connecting.shape_running(*house.who, "台账", dry_run=True), "looking is nobody's privilege"


def test_a_workbook_that_is_gone_says_so_and_is_not_made_anew(open_house: Open, data_folder: Path) -> None:
    house = open_house()
    keeper = house.keeper()
    (book,) = connecting.books(*house.who)
    assert isinstance(book.trouble, Missing) and book.read_at is None and book.lacking == ()
    with pytest.raises(Missing):
        connecting.shape_running(*house.who, "台账", dry_run=False)
    assert not (data_folder / "台账.xlsx").exists() and keeper.mirror.snapshot is None


def test_a_new_spreadsheet_is_examined_shaped_and_put_into_the_secrets(
    open_house: Open, server: FakeSheets, secrets: Path, data_folder: Path
) -> None:
    secrets.write_text(secrets_text(server), encoding="utf-8")
    house = open_house()
    book = server.cloud.new_book("新的台账")
    person = Manager(server.cloud, book)
    address = f"https://docs.google.com/spreadsheets/d/{book.id}/edit?usp=sharing"
    assert all(one.fine for one in connecting.examine(*house.who, address))
    planned = connecting.shape_spreadsheet(*house.who, book.id, "台账", dry_run=True)
    assert {step.sheet for step in planned} == {spec.title for spec in SPECS}
    assert [sheet.title for sheet in book.content.sheets] == ["工作表1"], "looking changes nothing"
    assert connecting.shape_spreadsheet(*house.who, book.id, "台账", dry_run=False) == planned
    (header,) = person.rows("员工名册")
    assert {"姓名", "岗位", "记录编号"} <= set(header)
    assert connecting.shape_spreadsheet(*house.who, book.id, "台账", dry_run=True) == ()
    section = connecting.snippet(*house.who, book.id, "台账")
    assert section == f'[workbooks]\n"台账" = "{spreadsheet_url(book.id)}"'
    assert not connecting.must_restart(*house.who)
    secrets.write_text(f"{secrets_text(server)}\n{section}\n", encoding="utf-8")
    assert connecting.must_restart(*house.who)
    assert office.addresses(secrets, data_folder) == {"台账": spreadsheet_url(book.id)}


def test_one_area_can_have_a_spreadsheet_of_its_own(open_house: Open, server: FakeSheets, secrets: Path) -> None:
    secrets.write_text(secrets_text(server), encoding="utf-8")
    house = open_house()
    offered = {one.name: one for one in connecting.names(*house.who)}
    assert list(offered) == ["台账", "客服售后", "系统"]
    assert len(offered["台账"].registers) == len(SPECS) and offered["台账"].instead_of.endswith("台账.xlsx")
    assert set(offered["系统"].registers) == {"员工名册", "制度参数"} and offered["系统"].instead_of == ""
    book = server.cloud.new_book("系统")
    steps = connecting.shape_spreadsheet(*house.who, book.id, "系统", dry_run=False)
    assert {step.sheet for step in steps} == {"员工名册", "制度参数"}
    lines = connecting.snippet(*house.who, book.id, "系统").splitlines()
    assert [line.partition(" =")[0] for line in lines] == ["[workbooks]", '"台账"', '"系统"'], "nothing loses its place"


def test_a_spreadsheet_in_use_is_left_to_its_keeper(open_house: Open, server: FakeSheets, secrets: Path) -> None:
    book = server.cloud.new_book("台账")
    secrets.write_text(secrets_text(server, {"台账": spreadsheet_url(book.id)}), encoding="utf-8")
    house = open_house()
    keeper = house.keeper()
    assert connecting.running_as(f"http://elsewhere.example/spreadsheets/d/{book.id}/edit") == "台账"
    steps = connecting.shape_spreadsheet(*house.who, book.id, "系统", dry_run=False)
    assert {step.sheet for step in steps} == {spec.title for spec in SPECS}, "whatever name was chosen"
    keeper.tick()
    (shown,) = connecting.books(*house.who)
    assert (shown.url, shown.lacking) == (spreadsheet_url(book.id), ())
    Manager(server.cloud, book).unshare()
    with pytest.raises(NotShared):
        connecting.shape_running(*house.who, "台账", dry_run=True)


def test_whatever_is_asked_passes_one_governor(open_house: Open, server: FakeSheets, secrets: Path) -> None:
    book = server.cloud.new_book("台账")
    secrets.write_text(secrets_text(server, {"台账": spreadsheet_url(book.id)}), encoding="utf-8")
    house = open_house()
    other = office.open_book(server.cloud.new_book("另一个").id, house.services.store)
    opened = [house.services.keepers["台账"].workbook, other.workbook]
    other.stop()
    governors = [one.account.governor for one in opened if isinstance(one, GoogleWorkbook)]
    assert len(governors) == 2
    assert {id(one) for one in governors} == {id(connecting.account(*house.who).governor)}


def test_another_process_that_writes_it_is_respected(
    open_house: Open, server: FakeSheets, secrets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets.write_text(secrets_text(server), encoding="utf-8")
    monkeypatch.setattr(office, "WAIT_FOR_WRITER", 0.0)
    house = open_house()
    book = server.cloud.new_book("新的台账")
    other = office.open_book(book.id, house.services.store)
    assert other.writer.acquire()
    with pytest.raises(AnotherWriter):
        connecting.shape_spreadsheet(*house.who, book.id, "台账", dry_run=False)
    other.stop()
    assert connecting.shape_spreadsheet(*house.who, book.id, "台账", dry_run=False)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("[workbooks]\n台账 = 1", "第 2 行"),
        ('[workbooks]\n"台账" = 1', "[workbooks]"),
        ("workbooks = 3", "[workbooks]"),
        ("\ud800", "UTF-8"),
    ],
)
def test_secrets_that_nobody_can_read(open_house: Open, secrets: Path, text: str, word: str) -> None:
    house = open_house()
    assert connecting.fault_of_secrets(*house.who) == ""
    secrets.write_bytes(text.encode("utf-8", "surrogatepass"))
    assert word in connecting.fault_of_secrets(*house.who)


def test_only_administrators_are_answered(open_house: Open, server: FakeSheets, secrets: Path) -> None:
    """Whoever else says that they are one: nothing is asked of Google, nothing written."""
    secrets.write_text(secrets_text(server), encoding="utf-8")
    house = open_house()
    book = server.cloud.new_book("新的台账")
    other = house.door, house.clerk
    asked: list[Callable[[], object]] = [
        lambda: connecting.require(*other),
        lambda: connecting.books(*other),
        lambda: connecting.fault_of_secrets(*other),
        lambda: connecting.account(*other),
        lambda: connecting.must_restart(*other),
        lambda: list(connecting.examine(*other, book.id)),
        lambda: connecting.names(*other),
        lambda: connecting.snippet(*other, book.id, "台账"),
        lambda: connecting.shape_running(*other, "台账", dry_run=True),
        lambda: connecting.shape_spreadsheet(*other, book.id, "台账", dry_run=False),
    ]
    for one in asked:
        with pytest.raises(Refused, match="管理员"):
            one()
    assert not server.cloud.log
