"""The demo workbook: reproducible, truthful but for the mess it lists, and as good a home for edits as any sheet."""

from __future__ import annotations

import datetime as dt
import re
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from logic.demo import Demo, demo, fill_demo
from logic.demo.mess import MESS, Spoilt
from logic.judgement import Judgement, Record, Violation
from logic.register import registers
from logic.rules import Level
from sheets.port import CellEdit, Commit, Mark, RowInsert, Sheet, Snapshot, Stamp
from sheets.table import column_letters, find_table
from sheets.xlsx import XlsxWorkbook

TODAY = dt.date(2026, 11, 22)
NOW = dt.datetime(2026, 11, 22, 9, 0)
TITLE, STAFF, CHART = "银行转账明细表", "员工名册", "月度图"
SECONDS = 10
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Made:
    """The workbook of the day, read and judged once for all tests."""

    path: Path
    demo: Demo
    snapshot: Snapshot
    judgement: Judgement
    seconds: float

    @property
    def sheet(self) -> Sheet:
        return self.snapshot.sheets[TITLE]

    def row(self, index: int) -> int:
        return self.demo.book.tabs[0].row(index)

    def column(self, field: str) -> int:
        return self.demo.book.tabs[0].column(field)

    def records(self, register: str = "bank_transfers") -> dict[int, Record]:
        return {record.row_number or 0: record for record in self.judgement.records(register).values()}

    def spoilt(self, words: str) -> Spoilt:
        return next(one for one in self.demo.spoilt if words in one.mess.what)

    def expected(self) -> set[tuple[int, str, str]]:
        """Row, field and rule of everything that MESS says will be found."""
        found: set[tuple[int, str, str]] = set()
        for one in self.demo.spoilt:
            found |= {(self.row(one.index), *find) for find in one.mess.finds}
            found |= {(self.row(one.index - 1), *find) for find in one.mess.above}
        return found


def judged(snapshot: Snapshot, now: dt.datetime = NOW) -> Judgement:
    specs = {key: register.spec() for key, register in registers().items()}
    tables = {
        key: find_table(snapshot.sheets[spec.title], spec)
        for key, spec in specs.items()
        if spec.title in snapshot.sheets
    }
    return Judgement.of(registers(), tables, now=now)


def read(path: Path) -> Snapshot:
    workbook = XlsxWorkbook(path, backups=path.parent / "backups")
    try:
        return workbook.read()
    finally:
        workbook.close()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    path = tmp_path_factory.mktemp("demo") / "台账.xlsx"
    started = time.monotonic()
    fill_demo(path, today=TODAY)
    seconds = time.monotonic() - started
    snapshot = read(path)
    return Made(path, demo(TODAY), snapshot, judged(snapshot), seconds)


@pytest.fixture
def workbook(made: Made, tmp_path: Path) -> Iterator[XlsxWorkbook]:
    """A copy to edit."""
    copy = tmp_path / "台账.xlsx"
    copy.write_bytes(made.path.read_bytes())
    opened = XlsxWorkbook(copy, backups=tmp_path / "backups")
    yield opened
    opened.close()


# -- the making --------------------------------------------------------------------------------------------------------


def test_the_same_day_and_seed_give_the_same_cells(made: Made, tmp_path: Path) -> None:
    fill_demo(tmp_path / "again.xlsx", today=TODAY)
    again = read(tmp_path / "again.xlsx")
    assert again.titles == made.snapshot.titles == (TITLE, STAFF, CHART, "_选项")
    for title, sheet in made.snapshot.sheets.items():
        other = again.sheets[title]
        assert (other.rows, other.marks, other.hidden) == (sheet.rows, sheet.marks, sheet.hidden)


def test_another_seed_gives_another_quarter() -> None:
    assert demo(TODAY, 1).book.tabs[0].rows != demo(TODAY, 2).book.tabs[0].rows


def test_it_is_made_quickly(made: Made) -> None:
    assert made.seconds < SECONDS


def test_nothing_that_exists_is_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "台账.xlsx"
    path.write_bytes(b"theirs")
    with pytest.raises(FileExistsError):
        fill_demo(path, today=TODAY)
    assert path.read_bytes() == b"theirs"
    assert list(tmp_path.iterdir()) == [path]


def test_nothing_is_left_beside_it(made: Made) -> None:
    assert [file.name for file in made.path.parent.iterdir()] == ["台账.xlsx"]


def test_the_editing_library_stays_out_of_this_process() -> None:
    code = (
        "import datetime, pathlib, sys, tempfile\n"
        "from logic.demo import fill_demo\n"
        "with tempfile.TemporaryDirectory() as folder:\n"
        "    fill_demo(pathlib.Path(folder, 'a.xlsx'), today=datetime.date(2026, 11, 22))\n"
        "sys.exit('excelize' in sys.modules)\n"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0


# -- what it says ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("today", ["2026-11-22", "2026-11-23", "2026-10-08", "2027-01-04", "2028-02-29", "2026-03-31"])
def test_every_state_is_there_on_any_day(today: str) -> None:
    day = dt.date.fromisoformat(today)
    rows = demo(day).book.tabs[0].rows
    workflow = registers()["bank_transfers"].workflow
    assert workflow is not None
    assert set(workflow.states) <= {row["status"] for row in rows}
    assert 290 <= len(rows) <= 330


def test_the_roster_follows_the_head_count(made: Made) -> None:
    people = made.judgement.records("staff")
    positions = [record.text("position") for record in people.values() if record.text("staff_status") != "离职"]
    counted = {position: positions.count(position) for position in positions}
    assert (
        counted | {"售前客服": 4, "售后客服": 2, "财务": 2, "美工": 2, "店铺运营": 2, "运营总监": 1, "打单员": 1}
        == counted
    )
    assert len(people) == len(positions) + 1
    names = {record.text("name") for record in people.values()}
    assert {record.text("superior") for record in people.values()} - {""} <= names
    assert made.judgement.people.acts_as("殷志坚", "打单员")


def test_histories_are_told_in_order_by_the_right_people(made: Made) -> None:
    spoilt = {made.row(one.index) for one in made.demo.spoilt}
    for row, record in made.records().items():
        if row in spoilt or record.id is None:
            continue
        steps = [record.text(name) for name in ("created_at", "arrived_at", "shipped_at", "updated_at")]
        known = [step for step in steps if step]
        assert known == sorted(known), row
        assert max(known) < TODAY.isoformat()
        assert made.judgement.people.acts_as(record.text("created_by"), "售前客服"), row
        assert (record.text("arrived") == "是") == bool(record.text("confirmed_by")), row
        assert len(record.text("order_no").split("、")[0]) in (18, 19)


def test_the_judgement_finds_exactly_the_mess(made: Made) -> None:
    assert {one.mess.what for one in made.demo.spoilt} == {mess.what for mess in MESS}
    found = made.judgement.violations()
    assert not [one for one in found if one.register != "bank_transfers"]
    known, natural = set[tuple[int, str, str]](), list[Violation]()
    for one in found:
        place = (one.row or 0, one.field, one.rule)
        if place in made.expected():
            known.add(place)
        else:
            natural.append(one)
    assert known == made.expected()
    assert {one.level for one in natural} == {Level.WARN}
    mismatched = [record.row_number for record in made.records().values() if record.text("status") == "金额不符"]
    assert sorted(one.row or 0 for one in natural) == mismatched


def test_few_rows_are_broken(made: Made) -> None:
    broken = {one.row for one in made.judgement.violations() if one.level is Level.BLOCK}
    assert 0.02 < len(broken) / len(made.records()) < 0.06


def test_what_is_due_is_little(made: Made) -> None:
    due = made.judgement.due(NOW)
    assert {one.rule for one in due} == {"BNK-03", "BNK-09"}
    assert len(due) <= 30


def test_odd_but_clear_cells_are_understood(made: Made) -> None:
    records = made.records()

    def text(words: str, field: str) -> str:
        return records[made.row(made.spoilt(words).index)].text(field)

    assert text("全角", "amount_paid") == "123.50"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", text("2026.9.5", "paid_at"))
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", text("9月5日", "paid_at"))
    assert re.fullmatch(r"1\d{10}", text("存成数字", "phone"))
    assert re.fullmatch(r"\d{18,19}", text("空格", "order_no"))
    assert text("空格", "arrived") == "是"
    assert text("金额是公式", "amount_paid") == "294.00"
    assert text("只登记了付款人", "payer_name")


def test_the_last_rows_have_no_id_yet(made: Made) -> None:
    without = {row: record for row, record in made.records().items() if record.id is None}
    assert sorted(without) == sorted(made.records())[-3:]
    assert [record.text("amount_paid") for record in without.values()] == ["3560.00", "1280.00", "860.00"]


# -- how it is laid out ------------------------------------------------------------------------------------------------


def test_a_title_and_a_note_stand_above_the_header(made: Made) -> None:
    table = made.judgement.tables["bank_transfers"]
    assert table is not None
    assert table.header_row == 3
    assert str(made.sheet.value(1, 1)).startswith("银行转账明细表")
    assert made.sheet.mark(1, 2) is Mark.COVERED
    assert str(made.sheet.value(2, 1)).startswith("说明")
    assert table.writable
    assert table.others == {"提成(经理自用)": len(table.spec.columns) + 1}


def test_totals_and_note_below_are_no_records(made: Made) -> None:
    last = max(made.records())
    assert made.sheet.value(last + 1, 1) is None
    assert made.sheet.value(last + 2, 1) == "合计"
    assert made.sheet.value(last + 3, 1) == "说明"
    amount = made.column("amount_paid")
    assert made.sheet.mark(last + 2, amount) is Mark.FORMULA
    numbers = [made.sheet.value(row, amount) for row in range(4, last + 1)]
    assert made.sheet.value(last + 2, amount) == pytest.approx(sum(n for n in numbers if isinstance(n, float)))


def test_formulas_errors_merges_and_hidden_rows_are_there(made: Made) -> None:
    def mark(words: str, field: str) -> Mark | None:
        return made.sheet.mark(made.row(made.spoilt(words).index), made.column(field))

    assert mark("金额是公式", "amount_paid") is Mark.FORMULA
    assert mark("取不到", "tracked_by") is Mark.ERROR
    assert mark("合并", "address") is Mark.COVERED
    assert made.sheet.hidden == {made.row(made.spoilt("隐藏").index)}
    own = len(registers()["bank_transfers"].fields) + 1
    assert all(made.sheet.mark(row, own) is Mark.FORMULA for row in made.records())
    chart = made.snapshot.sheets[CHART]
    assert all(chart.mark(row, 3) is Mark.FORMULA for row in range(2, len(chart.rows) + 1))
    assert sum(float(chart.value(row, 2) or 0) for row in range(2, len(chart.rows) + 1)) > 280


def test_notes_drop_downs_formats_and_panes_are_installed(made: Made, workbook: XlsxWorkbook) -> None:
    specs = [register.spec() for register in registers().values()]
    assert workbook.shape(specs, dry_run=True) == ()
    with zipfile.ZipFile(made.path) as package:
        sheet = package.read("xl/worksheets/sheet1.xml").decode()
        notes = package.read("xl/comments1.xml").decode()
        assert any(name.startswith("xl/charts/chart") for name in package.namelist())
    assert f'ref="{column_letters(made.column("customer_id"))}3"' in notes
    assert "依据" in notes
    state = column_letters(made.column("status"))
    assert re.search(rf'<dataValidation [^>]*sqref="{state}4:{state}\d+"', sheet)
    assert "<conditionalFormatting" in sheet
    assert 'state="frozen"' in sheet


# -- as a home for edits -----------------------------------------------------------------------------------------------


def test_an_edit_and_a_new_row_keep_chart_title_and_formulas(made: Made, workbook: XlsxWorkbook) -> None:
    last = max(made.records())
    note, own = made.column("note"), len(registers()["bank_transfers"].fields) + 1
    amount = column_letters(made.column("amount_paid"))
    edits = (
        CellEdit(TITLE, 4, note, "客户要发票", was=made.sheet.value(4, note)),
        CellEdit(TITLE, last + 2, 1, "晴禾家居旗舰店"),
    )
    before = workbook.read()
    commit = Commit(before.revision, edits, Stamp("demo", 1), inserts=(RowInsert(TITLE, last + 2),))
    after = workbook.write(commit).sheets[TITLE]
    assert after.value(4, note) == "客户要发票"
    assert after.value(1, 1) == made.sheet.value(1, 1)
    assert [after.mark(row, own) for row in (4, last)] == [Mark.FORMULA, Mark.FORMULA]
    assert after.value(4, own) == made.sheet.value(4, own)
    assert after.value(last + 3, 1) == "合计"
    with zipfile.ZipFile(made.path) as old, zipfile.ZipFile(workbook.address) as new:
        charts = [name for name in old.namelist() if name.startswith("xl/charts/")]
        assert charts
        assert all(new.read(name) == old.read(name) for name in charts)
        total = re.search(
            rf'<c r="{amount}{last + 3}"[^>]*><f>([^<]*)</f>', new.read("xl/worksheets/sheet1.xml").decode()
        )
    assert total is not None
    assert total[1] == f"SUM({amount}$4:INDEX(${amount}:${amount},ROW()-1))"
