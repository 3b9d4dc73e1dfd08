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

from logic.demo import Demo, demo, fill_demo, mess_cases, mess_orders, mess_system, mess_transfers
from logic.demo.mess import Mess, Spoilt
from logic.judgement import Judgement, Record, Violation
from logic.register import registers
from logic.rules import Level
from sheets.port import CellEdit, Commit, Mark, RowInsert, Sheet, Snapshot, Stamp
from sheets.table import column_letters, find_table
from sheets.xlsx import XlsxWorkbook
from sheets.xlsx_demo import Tab

TODAY = dt.date(2026, 11, 22)
NOW = dt.datetime(2026, 11, 22, 9, 0)
TITLE, CHART = "银行转账明细表", "月度图"
TITLES = (TITLE, "订单打单状态表", "售后登记表", "快件退回单", "员工名册", "制度参数")
SECONDS = 10
ROOT = Path(__file__).resolve().parents[2]
MESSES: dict[str, tuple[Mess, ...]] = {
    "bank_transfers": mess_transfers.MESS,
    "orders": mess_orders.MESS,
    "after_sales_register": mess_cases.CASES,
    "recall_slips": mess_cases.SLIPS,
    "staff": mess_system.STAFF,
    "settings": mess_system.SETTINGS,
}
Place = tuple[str, int, str, str]  # register, row, field and rule


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

    def tab(self, register: str = "bank_transfers") -> Tab:
        return tab_of(self.demo, register)

    def row(self, index: int) -> int:
        return self.tab().row(index)

    def column(self, field: str) -> int:
        return self.tab().column(field)

    def records(self, register: str = "bank_transfers") -> dict[int, Record]:
        return {record.row_number or 0: record for record in self.judgement.records(register).values()}

    def spoilt(self, words: str, register: str = "bank_transfers") -> Spoilt:
        return next(one for one in self.demo.spoilt if one.register == register and words in one.mess.what)


def tab_of(made: Demo, register: str) -> Tab:
    return next(tab for tab in made.book.tabs if tab.spec.title == registers()[register].title)


def expected(made: Demo) -> set[Place]:
    """Everything that the lists of messes say will be found."""
    found: set[Place] = set()
    for one in made.spoilt:
        tab = tab_of(made, one.register)
        found |= {(one.register, tab.row(one.index), *find) for find in one.mess.finds}
        found |= {(one.register, tab.row(one.index - 1), *find) for find in one.mess.above}
        for other in one.mess.elsewhere:
            linked = tab_of(made, other.register)
            rows = [linked.row(at) for at, row in enumerate(linked.rows) if row.get(other.link) == one.record]
            assert len(rows) == 1, one.mess.what
            found |= {(other.register, rows[0], *find) for find in other.finds}
    return found


def of_nature(judgement: Judgement, violation: Violation) -> bool:
    """Is this a warning that belongs to a story the demo tells: too little paid, refunded by the platform, called late?"""
    record = judgement.record(violation.register, violation.record)
    if record is None or violation.level is not Level.WARN:
        return False
    if violation.rule == "BNK-07":
        return record.text("status") == "金额不符"
    if violation.released:
        return record.text("refund_mode") == "平台自动退款"
    return violation.rule == "AFS-08" and "第二天才联系上" in record.text("note")


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
    assert again.titles == made.snapshot.titles == (*TITLES, CHART, "_选项")
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
    made = demo(dt.date.fromisoformat(today))
    for register, field in (
        ("bank_transfers", "status"), ("after_sales_register", "status"), ("orders", "print_status"),
        ("recall_slips", "slip_status"),
    ):  # fmt: skip
        kind = registers()[register].fields[field].kind
        shown = {row.get(field) for row in tab_of(made, register).rows}
        assert set(kind.options) <= shown, register
    for register in ("orders", "recall_slips", "settings"):
        assert {row.get("status") for row in tab_of(made, register).rows} >= {None, "作废"}, register
    counted = {register: len(tab_of(made, register).rows) for register in MESSES}
    assert 290 <= counted["bank_transfers"] <= 330 and 900 <= counted["orders"] <= 1100
    assert 250 <= counted["after_sales_register"] <= 350 and 130 <= counted["recall_slips"] <= 200
    assert 20 <= counted["staff"] <= 30 and 10 <= counted["settings"] <= 30


def test_rows_say_only_what_is_declared(made: Made) -> None:
    for register in MESSES:
        assert {name for row in made.tab(register).rows for name in row} <= set(registers()[register].fields)


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
    assert {record.text("superior") for record in people.values()} - {"", "沈总"} <= names
    assert made.judgement.people.acts_as("殷志坚", "打单员")


def test_histories_are_told_in_order_by_the_right_people(made: Made) -> None:
    spoilt = {made.row(one.index) for one in made.demo.spoilt if one.register == "bank_transfers"}
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


def test_transfers_and_orders_tell_one_story(made: Made) -> None:
    """Every order paid by transfer is named by its transfers, with the same goods, sums and parcel."""
    orders = {record.text("order_no"): record for record in made.records("orders").values()}
    spoilt = {
        made.row(one.index - back) for one in made.demo.spoilt for back in (0, 1) if one.register == "bank_transfers"
    }
    named: dict[str, list[Record]] = {}
    for row, record in made.records().items():
        numbers = record.text("order_no").split("、") if record.text("order_no") else []
        for number in numbers:
            named.setdefault(number, []).append(record)
        if row in spoilt or record.id is None:
            continue
        due = sum(float(orders[number].text("amount_due")) for number in numbers)
        assert float(record.text("amount_due")) == pytest.approx(due), row
        for number in numbers:
            order = orders[number]
            assert order.text("payment_method") == "银行转账" and order.text("customer_id") == record.text(
                "customer_id"
            )
            assert order.text("goods") in record.text("goods"), row
            if record.text("waybill_no"):
                assert order.text("waybill_no") == record.text("waybill_no"), row
                assert order.text("shipped_at") == record.text("shipped_at"), row
    by_bank = [number for number, order in orders.items() if order.text("payment_method") == "银行转账"]
    assert sorted(number for number in by_bank if number not in named) == sorted(
        number for number in by_bank if orders[number].text("note") == "客户说已转账"
    )


def test_cases_name_delivered_or_travelling_orders_and_slips_name_their_cases(made: Made) -> None:
    orders = {record.text("order_no"): record for record in made.records("orders").values()}
    cases, slips = made.judgement.records("after_sales_register"), made.judgement.records("recall_slips")
    recalls = [case for case in cases.values() if case.text("case_type") == "撤回包裹"]
    assert len(recalls) > 150
    for case in cases.values():
        if case.id is None:
            continue
        order = orders[case.text("order_no")]
        assert order.text("print_status") == "已发货" and order.text("customer_id") == case.text("customer_id")
        if case.text("receipt_phrase"):
            assert not order.text("delivered_at"), "what came back never arrived"
        if case.text("refund_amount") and case in recalls:
            assert float(case.text("refund_amount")) == float(order.text("amount_paid"))
    mistaken = {made.spoilt("售后编号抄错", "recall_slips").record}
    mistaken |= {record.id for record in slips.values() if record.text("case_id") in _copied_wrongly(made)}
    for key, slip in slips.items():
        if key in mistaken or slip.text("status") == "作废":
            continue
        case = cases[slip.text("case_id")]
        assert case.text("slip_no") == key and case.text("courier") in ("", slip.text("courier"))


def _copied_wrongly(made: Made) -> set[str]:
    """The cases whose own number of the slip is wrong on purpose."""
    return {made.spoilt("退回单编号抄错", "after_sales_register").record}


@pytest.mark.parametrize("register", MESSES)
def test_every_mess_happens_once(made: Made, register: str) -> None:
    happened = [one.mess.what for one in made.demo.spoilt if one.register == register]
    assert sorted(happened) == sorted(mess.what for mess in MESSES[register])


def _assert_nothing_else_is_found(made: Demo, judgement: Judgement) -> None:
    wanted, known, others = expected(made), set[Place](), list[Violation]()
    for one in judgement.violations():
        place = (one.register, one.row or 0, one.field, one.rule)
        if place in wanted:
            known.add(place)
        elif not of_nature(judgement, one):
            others.append(one)
    assert [(one.register, one.row, one.field, one.rule, one.message) for one in others] == []
    assert known == wanted


def test_the_judgement_finds_exactly_the_mess(made: Made) -> None:
    _assert_nothing_else_is_found(made.demo, made.judgement)
    natural = [one for one in made.judgement.violations() if of_nature(made.judgement, one)]
    assert {one.rule for one in natural} == {"BNK-07", "AFS-07", "AFS-08"}
    assert any(one.released for one in natural) and len(natural) < 20


@pytest.mark.parametrize("today", ["2026-10-08", "2026-03-02"])
def test_nothing_else_is_found_after_holidays(today: str, tmp_path: Path) -> None:
    """国庆 and 春节: deadlines that jump over a week of days off."""
    day = dt.date.fromisoformat(today)
    fill_demo(tmp_path / "台账.xlsx", today=day)
    now = dt.datetime.combine(day, dt.time(9))
    _assert_nothing_else_is_found(demo(day), judged(read(tmp_path / "台账.xlsx"), now))


def test_about_three_rows_in_a_hundred_are_broken(made: Made) -> None:
    broken = {(one.register, one.record) for one in made.judgement.violations() if one.level is Level.BLOCK}
    records = sum(len(made.judgement.records(register)) for register in MESSES)
    assert 0.025 < len(broken) / records < 0.035
    assert {register for register, _ in broken} == set(MESSES)
    assert len({find[1] for one in made.demo.spoilt for find in one.mess.finds}) > 20


def test_what_is_due_is_little(made: Made) -> None:
    """Some of it today, some of it too late."""
    due = made.judgement.due(NOW)
    assert {(one.register, one.rule) for one in due} == {
        ("bank_transfers", "BNK-03"), ("bank_transfers", "BNK-09"), ("orders", "BNK-01"),
        ("after_sales_register", "AFS-18"),
    }  # fmt: skip
    assert {one.level for one in due} == {Level.REMIND, Level.WARN}
    assert 10 <= len(due) <= 30


def test_odd_but_clear_cells_are_understood(made: Made) -> None:
    records = made.records()

    def text(words: str, field: str) -> str:
        return records[made.row(made.spoilt(words).index)].text(field)

    amount = made.tab().rows[made.spoilt("全角").index]["amount_due"]
    assert text("全角", "amount_paid") == f"{amount:.2f}"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", text("2026.9.5", "paid_at"))
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", text("9月5日", "paid_at"))
    assert re.fullmatch(r"1\d{10}", text("存成数字", "phone"))
    assert re.fullmatch(r"\d{18,19}", text("空格", "order_no"))
    assert text("空格", "arrived") == "是"
    formula = made.spoilt("金额是公式").index
    assert text("金额是公式", "amount_paid") == f"{made.tab().rows[formula]['amount_due']:.2f}"
    assert text("只登记了付款人", "payer_name")


def test_odd_but_clear_cells_are_understood_in_the_other_registers(made: Made) -> None:
    def text(register: str, words: str, field: str) -> str:
        return made.records(register)[made.tab(register).row(made.spoilt(words, register).index)].text(field)

    assert re.fullmatch(r"\d+", text("orders", "数量和应付金额是全角", "qty"))
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", text("orders", "下单时间是文字", "ordered_at"))
    assert re.fullmatch(r"\d+\.\d\d", text("orders", "带货币符号", "amount_due"))
    assert text("orders", "前半句", "trade_status").startswith("交易成功(")
    assert text("after_sales_register", "带了引号", "receipt_phrase") == "原包裹已收到"
    assert re.fullmatch(r"\d+\.\d\d", text("after_sales_register", "全角", "refund_amount"))
    assert text("recall_slips", "写成√", "signed_slip_returned") == "是"


def test_the_last_rows_have_no_id_yet(made: Made) -> None:
    without = {row: record for row, record in made.records().items() if record.id is None}
    assert sorted(without) == sorted(made.records())[-3:]
    assert [record.text("amount_paid") for record in without.values()] == ["3560.00", "1280.00", "860.00"]
    cases = made.records("after_sales_register")
    assert [row for row in sorted(cases) if cases[row].id is None] == sorted(cases)[-2:]


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


def test_the_new_tabs_are_kept_by_hand_too(made: Made) -> None:
    """A merged title, a totals row and a column of the manager's own, whose formulas say how long a parcel took."""
    sheet, tab = made.snapshot.sheets["售后登记表"], made.tab("after_sales_register")
    assert tab.header_row == 3 and sheet.mark(1, 2) is Mark.COVERED
    last = max(made.records("after_sales_register"))
    assert sheet.value(last + 2, 1) == "合计"
    assert sheet.mark(last + 2, tab.column("refund_amount")) is Mark.FORMULA
    own = len(registers()["after_sales_register"].fields) + 1
    days = [sheet.value(row, own) for row in range(4, last + 1)]
    assert all(sheet.mark(row, own) is Mark.FORMULA for row in range(4, last + 1))
    assert max(one for one in days if isinstance(one, float)) < 15
    assert made.snapshot.sheets["快件退回单"].mark(1, 2) is Mark.COVERED
    rules = made.snapshot.sheets["制度参数"]
    assert rules.value(max(made.records("settings")) + 2, 1) == "说明"


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
    for register in ("bank_transfers", "orders", "after_sales_register"):
        hidden = {made.tab(register).row(made.spoilt("隐藏", register).index)}
        assert made.snapshot.sheets[registers()[register].title].hidden == hidden
    merged = made.tab("orders").row(made.spoilt("合并", "orders").index)
    orders = made.snapshot.sheets["订单打单状态表"]
    assert orders.mark(merged, made.tab("orders").column("address")) is Mark.COVERED
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
