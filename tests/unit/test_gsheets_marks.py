"""Colours and warnings in a Google spreadsheet: what is ours is renewed when it changed, what people made stays."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator

import pytest

from logic.register import registers
from sheets.gsheets import GoogleWorkbook
from sheets.gsheets_cells import Json
from sheets.gsheets_marks import NAME, PROTECTED
from sheets.port import SheetCheck, SheetSpec
from tests.fake_sheets import Book, Cloud, Manager, running
from tests.fake_sheets.content import Sheet
from tests.google_account import AT_ONCE, account

SPECS = [one.spec() for one in registers().values()]
TRANSFERS = next(one for one in SPECS if one.title == "银行转账明细表")
MINE: Json = {
    "ranges": [{"startRowIndex": 1, "startColumnIndex": 0, "endColumnIndex": 3}],
    "booleanRule": {
        "condition": {"type": "CUSTOM_FORMULA", "values": [{"userEnteredValue": '=$A2="大客户"'}]},
        "format": {"backgroundColor": {"green": 1.0}},
    },
}


class Office:
    """A spreadsheet of the manager's and the console's hand on it."""

    def __init__(self, cloud: Cloud, workbook: GoogleWorkbook, book: Book) -> None:
        self.workbook, self.book = workbook, book
        self.person = Manager(cloud, book)

    def tab(self, spec: SheetSpec) -> Sheet:
        found = self.book.content.titled(spec.title)
        assert found is not None
        return found

    def formulas(self, spec: SheetSpec) -> list[str]:
        rules = self.tab(spec).conditional
        return [rule["booleanRule"]["condition"]["values"][0]["userEnteredValue"] for rule in rules]


@pytest.fixture
def office() -> Iterator[Office]:
    cloud = Cloud()
    with running(cloud) as server:
        book = cloud.new_book("台账", "工作表1")
        google = account(server, unlimited=True)
        workbook = GoogleWorkbook(google, book.id, timer=time.monotonic, pace=AT_ONCE)
        yield Office(cloud, workbook, book)
        workbook.close()
        assert not cloud.mismatches, cloud.mismatches


def test_every_register_is_dressed_once(office: Office) -> None:
    office.workbook.shape(SPECS, dry_run=False)
    assert office.workbook.shape(SPECS, dry_run=True) == ()
    for spec in SPECS:
        formulas = office.formulas(spec)
        assert all(NAME in one for one in formulas)
        assert not any("{" + column.field in one for one in formulas for column in spec.columns)
        assert len(formulas) == len(spec.checks) + sum(one.required for one in spec.columns) + 1


def test_peoples_own_colours_and_protections_stay(office: Office) -> None:
    office.workbook.shape([TRANSFERS], dry_run=False)
    tab = office.tab(TRANSFERS)
    mine = {**MINE, "ranges": [{**MINE["ranges"][0], "sheetId": tab.id}]}
    tab.conditional.insert(3, mine)
    office.person.protect(TRANSFERS.title, 1, 1, 1, 3)
    theirs = [one for one in office.tab(TRANSFERS).protected if one.get("description") != PROTECTED]
    assert office.workbook.shape([TRANSFERS], dry_run=True) == ()
    other = dataclasses.replace(TRANSFERS, checks=(SheetCheck("BNK-02", ("shop",), '{shop}=""'),))
    (step,) = office.workbook.shape([other], dry_run=False)
    assert "自动标红" in step.what
    tab = office.tab(TRANSFERS)
    assert len(theirs) == 1
    assert tab.conditional[0] == mine and len(office.formulas(TRANSFERS)) == 3
    assert [one for one in tab.protected if one.get("description") != PROTECTED] == theirs
    assert office.workbook.shape([other], dry_run=True) == ()


def test_what_the_console_writes_and_people_sign_is_protected_as_a_warning(office: Office) -> None:
    office.workbook.shape([TRANSFERS], dry_run=False)
    ours = [one for one in office.tab(TRANSFERS).protected if one["description"] == PROTECTED]
    columns = [
        TRANSFERS.columns[at].header
        for one in ours
        for at in range(one["range"]["startColumnIndex"], one["range"]["endColumnIndex"])
    ]
    assert all(one["warningOnly"] for one in ours)
    assert columns == [
        "到账确认", "到账时间", "确认人", "订单进度", "最近跟踪时间", "跟踪人", "发货时间", "状态",
        "记录编号", "登记人", "登记时间", "最后修改人", "最后修改时间", "检查结果",
    ]  # fmt: skip
