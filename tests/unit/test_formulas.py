"""自动标红: what the formulas in a sheet turn red is what the console finds, judged by a real spreadsheet beside ours."""

from __future__ import annotations

import datetime as dt
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from logic.fields import Row, field
from logic.handbook.examples import NOW, verdict
from logic.judgement import Judgement
from logic.kinds import Choice, Date, DateTime, Identifier, Integer, Kind, Money, Percent, Text, Time, YesNo
from logic.register import Register, registers
from logic.rules import Case
from sheets.port import Serial, Sheet, Value
from sheets.table import Table, find_table
from tests.spreadsheet import PROGRAM, Cells, Spreadsheet, conditional_formats

PROJECT = Path(__file__).resolve().parents[2]
REGISTERS = tuple(registers().values())
COLOURED = [(register, rule) for register in REGISTERS for rule in register.rules if rule.formulas]
needs_spreadsheet = pytest.mark.skipif(PROGRAM is None, reason="LibreOffice (soffice) is not installed")


@pytest.fixture(scope="module")
def spreadsheet(tmp_path_factory: pytest.TempPathFactory) -> Spreadsheet:
    return Spreadsheet(tmp_path_factory.mktemp("libreoffice"))


def cells_of(register: Register, texts: Mapping[str, str]) -> Cells:
    """A record as a spreadsheet keeps it: dates and amounts as numbers."""
    return {name: register.fields[name].kind.cell(text) for name, text in texts.items() if text}


def tables_of(rows: Mapping[str, list[Cells]]) -> dict[str, Table | None]:
    found: dict[str, Table | None] = {}
    for key, several in rows.items():
        register = registers()[key]
        headers = tuple(one.header for one in register.fields.values())
        lines = [tuple(cells.get(name) for name in register.fields) for cells in several]
        found[key] = find_table(Sheet(register.title, [headers, *lines]), register.spec())
    return found


# The examples -----------------------------------------------------------------------------------------------------------

# What a formula of the rule leaves to the console although it colours that column; why is in docs/google.md.
LEFT = {
    ("AFS-06", "receipt_by"), ("AFS-06", "receipt_on"), ("AFS-07", "refund_by"), ("AFS-07", "refund_on"),
    ("AFS-08", "parcel_back_on"), ("AFS-09", "refund_by"), ("BNK-07", "amount_paid"),
}  # fmt: skip


def rows_of(register: Register, case: Case) -> list[Cells]:
    base, ids = register.samples[0], (f"{register.prefix}210302-2222{n}" for n in range(2, 10))
    return [
        cells_of(register, {**base, "record_id": id, **texts})
        for id, texts in zip(ids, (case.row, *case.others), strict=False)
    ]


@needs_spreadsheet
def test_examples_are_red_where_the_rule_finds_something(spreadsheet: Spreadsheet) -> None:
    asked = [
        (register, rule, case, good)
        for register, rule in COLOURED
        for good, cases in ((True, rule.good), (False, rule.bad))
        for case in cases
    ]
    red = spreadsheet.red([(register, rows_of(register, case)) for register, _, case, _ in asked], NOW.date())
    shown: set[tuple[str, str, str]] = set()
    for number, (register, rule, case, good) in enumerate(asked):
        mine = {one.field for one in red if one[:2] == (number, rule.id) and one.row == 2}
        found = {one.field for one in verdict(register, rule, case, registers())}
        assert mine <= found, (rule.id, case)
        assert not (good and mine), (rule.id, case)
        lacking = {name for name in found & rule.formulas.keys() - mine if (rule.id, name) not in LEFT}
        assert not lacking or case.rows, (rule.id, case, lacking)
        shown |= {(register.key, rule.id, name) for name in mine}
    declared = {(register.key, rule.id, name) for register, rule in COLOURED for name in rule.formulas}
    assert declared - shown == set(), "no example shows this formula at work"


# Generated records ------------------------------------------------------------------------------------------------------

BLANKS: tuple[Value, ...] = (None, None, None, " ", "\u3000", "\u00a0", "\u200b")
DAY = dt.datetime(2021, 3, 5)
DATES: tuple[Value, ...] = (
    *(Serial.of(DAY + dt.timedelta(hours=hours)) for hours in (-60, -24, -14, 0, 9, 10, 48)),
    Serial.of(DAY + dt.timedelta(hours=9, minutes=1)), Serial.of(dt.date(2062, 3, 5)), Serial.of(dt.date(2021, 3, 11)),
    float(Serial.of(DAY)), 20210305.0, 5.0, Serial(0.5), -3.0, 2e9, True, "2021.3.5", "2021年3月5日 下午3点", "２０２１-０３-０５",
    "2021-03-02\n10:20", "3月5日", "待定", "2021-13-45", "20210306",
)  # fmt: skip
AMOUNTS: tuple[Value, ...] = (
    1000.0, 59.0, 0.0, -5.0, 0.01, 995.005, 1e14, Serial(44000.0), False, "1,000元", "¥９９", "一千", "待定", "12.345", "-5",
)  # fmt: skip
COUNTS: tuple[Value, ...] = (0.0, 1.0, 5.0, 6.0, 2.5, "３", "三", "个", True, 5.0000001)
NUMBERS: tuple[Value, ...] = (
    "tb_8801", "tb_8802", "TB_8801", " tb_8801", "ｔｂ_8801", "YT8800123456789", "103020000000000001", "103020000000000002",
    "a、b", "1.03021E+18", "138 0013 8000", 12345.0, 1.03e18, 1.5, -3.0, Serial(44260.25), True, "*", ">5", "0123", "0124",
)  # fmt: skip
TEXTS: tuple[Value, ...] = ("赵敏", "李强", " 李强", "李 强", "王五", "?", "—", 12.0, True, "合计", "=1+1", "2021")


def wild(kind: Kind, random: Random) -> Value:
    """Something people might leave in a column of this kind, sense or nonsense."""
    if random.random() < 0.25:
        return random.choice(BLANKS)
    if isinstance(kind, YesNo):
        return random.choice(("是", "否", True, False, "√", "y", "是 ", "不知道", 1.0))
    if isinstance(kind, Choice) and kind.options:
        option = random.choice(kind.options)
        spelt = random.choice(
            (option, option, option, f"{option} ", f"\u3000{option}", f"{option[0]} {option[1:]}", f"“{option}”")
        )
        return spelt if random.random() < 0.95 else "别的"
    if isinstance(kind, Date):
        return random.choice(DATES)
    if isinstance(kind, Money | Percent):
        return random.choice(AMOUNTS)
    if isinstance(kind, Integer):
        return random.choice(COUNTS)
    if isinstance(kind, Identifier):
        return random.choice(NUMBERS)
    if kind.name == "reference":
        return random.choice(("TD210302-33332", "td210302-33333", "随便写的", 5.0))
    return random.choice(TEXTS)


def generated(register: Register, count: int, random: Random) -> list[Cells]:
    """Samples and examples of the rules with some cells changed; now and then a row that is no record."""
    own = list(register.fields)[:-6]
    coloured = [rule for rule in register.rules if rule.formulas] or list(register.rules)
    rows: list[Cells] = []
    for number in range(count):
        rule = random.choice(coloured)
        cells = dict(
            cells_of(register, {**random.choice(register.samples), **random.choice((*rule.bad, *rule.good)).row})
        )
        asked = [name for name in rule.fields if name in own]
        changed = {
            *random.choices(asked, k=random.choice((0, 1, 1, 2))),
            *random.choices(own, k=random.choice((0, 0, 1))),
        }
        cells |= {name: wild(register.fields[name].kind, random) for name in sorted(changed)}
        if random.random() < 0.15:
            cells["status"] = random.choice(("作废", "作废 ", "\u3000作废", "已作废", "已 作废"))
        if random.random() < 0.7:
            cells["record_id"] = f"{register.prefix}210000-{_tail(number)}"
        elif random.random() < 0.3:
            cells[own[0]] = random.choice(("合计", "小计:", " 总计", "说明 : ", "备注"))
        elif random.random() < 0.2:
            cells.update(dict.fromkeys(register.naming, random.choice(BLANKS)))
        rows.append(cells)
    return rows


def _tail(number: int) -> str:
    letters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
    return "".join(letters[number // 32**place % 32] for place in range(5))


STAFF = (
    {"name": "赵敏", "position": "售后客服"}, {"name": "李强", "position": "打单员"}, {"name": "陈静", "position": "财务"},
)  # fmt: skip


@needs_spreadsheet
@settings(max_examples=2, deadline=None, phases=(Phase.generate,))
@given(seed=st.integers(0, 2**32))
def test_red_is_only_what_the_console_finds(spreadsheet: Spreadsheet, seed: int) -> None:
    random = Random(
        seed
    )  # hypothesis itself does not make so many rows, and every start of a spreadsheet takes seconds
    sizes = {"after_sales_register": 160, "bank_transfers": 160, "orders": 40, "recall_slips": 40, "settings": 20}
    rows = {key: generated(registers()[key], count, random) for key, count in sizes.items()}
    staff = [cells_of(registers()["staff"], texts) for texts in STAFF]
    judgement = Judgement.of(registers(), tables_of({**rows, "staff": staff}), now=NOW)
    records = {(key, one.row_number): one for key in rows for one in judgement.records(key).values()}
    keys = list(rows)
    red = spreadsheet.red([(registers()[key], rows[key]) for key in keys], NOW.date())
    assert len({(one.table, one.rule, one.field) for one in red}) > 30
    for one in red:
        record = records.get((keys[one.table], one.row))
        assert record is not None, f"red in a row that is no record: {one} {rows[keys[one.table]][one.row - 2]}"
        found = judgement.violations(record.register, record.key)
        said = one.field in record.problems or any((each.rule, each.field) == (one.rule, one.field) for each in found)
        assert said, f"red although the console accepts it: {one} {record.texts()}"


class Measured(Row):
    """测试用:没有登记表用到的列型。"""

    thing: str | None = field("物品", Text(), naming=True, required=True)
    at: dt.time | None = field("几点", Time())
    share: Decimal | None = field("占比", Percent())
    count: int | None = field("件数", Integer(), ge=1, le=5)
    price: Decimal | None = field("单价", Money(), gt=0)
    seen_at: dt.datetime | None = field("看见", DateTime())


MEASURED = Register(
    key="measured", title="测量", prefix="CL", area="system", model=Measured, samples=({"thing": "甲"},)
)


@needs_spreadsheet
def test_kinds_are_red_only_where_they_cannot_be_read(spreadsheet: Spreadsheet) -> None:
    values = (
        *DATES,
        *AMOUNTS,
        *COUNTS,
        *TEXTS,
        *BLANKS,
        0.3,
        0.12345,
        30.0,
        Serial(0.25),
        1.0,
        "30%",
        "百分之三十",
        "9点",
    )
    rows: list[Cells] = [
        {"thing": "甲", name: value} for name in MEASURED.fields if name in Measured.__annotations__ for value in values
    ]
    headers = tuple(one.header for one in MEASURED.fields.values())
    lines = [tuple(cells.get(name) for name in MEASURED.fields) for cells in rows]
    table = find_table(Sheet(MEASURED.title, [headers, *lines]), MEASURED.spec())
    judgement = Judgement.of({"measured": MEASURED}, {"measured": table}, now=NOW)
    found = {(one.row, one.field) for one in judgement.violations() if one.rule in ("DAT-01", "DAT-06")}
    red = {(one.row, one.field) for one in spreadsheet.red([(MEASURED, rows)], NOW.date())}
    assert red <= found
    assert {name for _, name in red} == {"at", "share", "count", "price", "seen_at"}
    assert len(red) > 0.5 * len(found)


# What people write ------------------------------------------------------------------------------------------------------

TRANSFER: dict[str, Value] = {
    "shop": "某某旗舰店", "customer_id": "tb_8801", "amount_paid": 1000.0, "paid_at": Serial.of(DAY), "status": "已登记",
    "order_progress": "未通知打单", "record_id": "YH210305-22222",
}  # fmt: skip
NEW: dict[str, Value] = {"record_id": None}  # typed a moment ago


@needs_spreadsheet
def test_red_at_the_moment_of_typing_and_not_for_what_is_tolerated(spreadsheet: Spreadsheet) -> None:
    cases: list[tuple[dict[str, Value], set[tuple[str, str]]]] = [
        ({}, set()),
        (NEW | {"amount_paid": None}, {("BNK-02", "amount_paid")}),
        (NEW | {"shop": "合计", "paid_at": None}, set()),
        (NEW | {"shop": "说明:", "amount_paid": -5.0}, set()),
        (NEW | {"shop": "合计有误", "paid_at": None}, {("BNK-02", "paid_at")}),
        ({**NEW, "shop": None, "customer_id": None}, set()),
        ({"paid_at": "2021.3.5", "amount_paid": "１,０００元"}, set()),
        ({"paid_at": "3月5日"}, {("DAT-01", "paid_at")}),
        ({"paid_at": "待定", "amount_paid": "待定"}, {("DAT-01", "paid_at"), ("DAT-01", "amount_paid")}),
        ({"amount_paid": 12.345}, {("DAT-01", "amount_paid")}),
        ({"amount_due": 0.0}, {("DAT-01", "amount_due")}),
        ({"order_no": 2.10302e18}, {("DAT-06", "order_no")}),
        ({"order_no": "2103020000000000001", "phone": 13800138000.0}, set()),
        ({"order_progress": "已通知打单", "arrived": "√"}, {("BNK-02", "order_no"), ("BNK-02", "customer_name")}),
        ({"status": " 已作废", "shop": None}, set()),
        ({"arrived_at": Serial.of(DAY - dt.timedelta(minutes=1))}, {("BNK-10", "arrived_at")}),
        ({"arrived_at": Serial.of(DAY), "shipped_at": "2021-03-04"}, set()),
        ({"shipped_at": Serial.of(dt.date(2026, 3, 5))}, {("BNK-10", "shipped_at")}),
    ]
    rows = [{**TRANSFER, "customer_id": f"tb_{n}", **changed} for n, (changed, _) in enumerate(cases)]
    red = spreadsheet.red([(registers()["bank_transfers"], rows)], NOW.date())
    for row, (changed, wanted) in enumerate(cases, start=2):
        assert {(one.rule, one.field) for one in red if one.row == row} == wanted, changed


@needs_spreadsheet
def test_what_was_let_pass_is_no_longer_red(spreadsheet: Spreadsheet) -> None:
    sent = TRANSFER | {"order_no": "2103020000000000001", "customer_name": "张三", "status": "已发货"}
    passed = sent | {"check_result": "已放行 BNK-06 款项还没有确认到账,不能通知打单或发货"}
    others = sent | {"check_result": "不能保存 BNK-06 款项还没有确认到账;已放行 BNK-07 已到账合计 20.00"}
    rows = [one | {"customer_id": f"tb_{n}"} for n, one in enumerate((sent, passed, others))]
    red = spreadsheet.red([(registers()["bank_transfers"], rows)], NOW.date())
    assert {(one.rule, one.row) for one in red} == {("BNK-06", 2), ("BNK-06", 4)}


# The declarations -------------------------------------------------------------------------------------------------------


def test_every_rule_with_a_formula_in_the_catalogue_has_one_or_says_why_not() -> None:
    """The catalogue's CF rules (last column of tests/catalogue_rules.txt) against the declarations and docs/google.md."""
    lines = (PROJECT / "tests" / "catalogue_rules.txt").read_text(encoding="utf-8").splitlines()
    facts = [line.split() for line in lines if line.endswith(" CF")]
    wanted = {id for id, _, about, _ in facts if {"*", *registers()} & set(about.split(","))}
    assert {"BNK-08", "AFS-17", "DAT-08"} < wanted
    document = (PROJECT / "docs" / "google.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"^\| ([A-Z]{3}-\d\d) \| (.+?) \|", document, re.MULTILINE))
    coloured = {check.rule for register in REGISTERS for check in register.spec().checks}
    assert told.keys() == wanted and coloured <= wanted
    assert {id for id, red in told.items() if red != "不标红"} == coloured


def test_formulas_do_not_depend_on_the_order_of_sets() -> None:
    """Else every start of the console would replace them."""
    code = "from logic.register import registers; print([one.spec().checks for one in registers().values()])"
    said = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=PROJECT,
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1


def test_whole_columns_are_looked_at_by_few_formulas() -> None:
    whole = [
        (check.rule, register.key)
        for register in REGISTERS
        for check in register.spec().checks
        if ":}" in check.formula
    ]
    assert whole == [("AFS-17", "after_sales_register"), ("BNK-08", "bank_transfers")]
    assert all(len(conditional_formats(register)) <= 50 for register in REGISTERS)


def test_required_and_sign_off_columns_come_from_the_declarations() -> None:
    signed = {one.key: [column.field for column in one.spec().columns if column.guarded] for one in REGISTERS}
    assert signed["bank_transfers"] == [
        "arrived", "arrived_at", "confirmed_by", "order_progress", "last_tracked_at", "tracked_by", "shipped_at", "status",
    ]  # fmt: skip
    # Written by the buttons of the after-sales register; what they only copy is nobody's signature.
    assert {"courier_signed_on", "slip_keeper", "signed_slip_returned"} <= set(signed["recall_slips"])
    assert not {"courier", "waybill_no", "case_id", "courier_signer"} & set(signed["recall_slips"])
    for register in REGISTERS:
        columns = register.spec().columns
        assert [column.required for column in columns] == [one.required for one in register.fields.values()]
        assert not any(column.guarded and column.engine for column in columns)
