"""自动标红: what the formulas in a sheet turn red is what the console finds, judged by a real spreadsheet beside ours."""

from __future__ import annotations

import datetime as dt
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from logic.formulas import every
from logic.handbook.examples import NOW, verdict
from logic.judgement import Judgement
from logic.kinds import Choice, Date, Identifier, Integer, Kind, Money, Percent, YesNo
from logic.register import Register, registers
from logic.rules import Case, Rule
from sheets.port import Serial, Sheet, SheetCheck, Value
from sheets.table import Table, find_table
from tests.spreadsheet import PROGRAM, Cells, Red, Spreadsheet, conditional_formats

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
    ("AFS-06", "receipt_by"): "staff",
    ("AFS-06", "receipt_on"): "now",
    ("AFS-07", "refund_by"): "staff",
    ("AFS-07", "refund_on"): "平台自动退款",
    ("AFS-08", "parcel_back_on"): "slip_no",
    ("AFS-09", "refund_by"): "staff",
    ("BNK-07", "amount_paid"): "amount_paid",
}


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
    for number, (register, rule, case, good) in enumerate(asked):
        mine = {one.field for one in red if one[:2] == (number, rule.id) and one.row == 2}
        found = {one.field for one in verdict(register, rule, case, registers())}
        assert mine <= found, (rule.id, case)
        lacking = {name for name in found & rule.formulas.keys() - mine if (rule.id, name) not in LEFT}
        assert not lacking or case.rows, (rule.id, case, lacking)
        assert not (good and mine)


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
        spelt = random.choice((option, option, option, f"{option} ", f"\u3000{option}", f"{option[0]} {option[1:]}", f"“{option}”"))
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
    examples = [case.row for rule in register.rules for case in (*rule.good, *rule.bad)]
    asked = sorted({name for rule in register.rules if rule.formulas for name in rule.fields} - {"created_by"})
    rows: list[Cells] = []
    for number in range(count):
        texts = {**random.choice(register.samples), **random.choice(examples)}
        cells = dict(cells_of(register, texts))
        for name in random.sample(asked or list(register.fields)[:-6], k=random.choice((0, 1, 1, 2, 3))):
            cells[name] = wild(register.fields[name].kind, random)
        for name in random.sample(list(register.fields)[:-6], k=random.choice((0, 0, 1))):
            cells[name] = wild(register.fields[name].kind, random)
        if random.random() < 0.7:
            cells["record_id"] = f"{register.prefix}21{number // 900 % 10:04}-{_tail(number)}"
        elif random.random() < 0.3:
            first = next(iter(register.fields))
            cells[first] = random.choice(("合计", "小计:", " 总计", "说明 : ", "备注"))
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
@settings(max_examples=2, deadline=None, phases=(Phase.generate,), suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32))
def test_red_is_only_what_the_console_finds(spreadsheet: Spreadsheet, seed: int) -> None:
    random = Random(seed)  # hypothesis itself cannot generate this many rows, and one start of a spreadsheet takes seconds
    rows = {register.key: generated(register, 250 if register.workflow else 60, random) for register in REGISTERS if any(one.formulas for one in register.rules)}
    rows |= {key: generated(registers()[key], 60, random) for key in ("orders", "recall_slips")}
    staff = [cells_of(registers()["staff"], texts) for texts in STAFF]
    judgement = Judgement.of(registers(), tables_of({**rows, "staff": staff}), now=NOW)
    keys = list(rows)
    red = spreadsheet.red([(registers()[key], rows[key]) for key in keys], NOW.date())
    assert len({(one.table, one.rule, one.field) for one in red}) > 40
    untrue: list[object] = []
    for one in sorted(red):
        record = next((r for r in judgement.records(keys[one.table]).values() if r.row_number == one.row), None)
        if record is None:
            untrue.append((one, rows[keys[one.table]][one.row - 2]))
            continue
        found = judgement.violations(keys[one.table], record.key)
        if one.field not in record.problems and not any((v.rule, v.field) == (one.rule, one.field) for v in found):
            untrue.append((one, record.texts()))
    assert untrue == []
