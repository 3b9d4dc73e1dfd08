"""体检: a small table in, violations out."""

from __future__ import annotations

import dataclasses
import datetime as dt
import random
from collections.abc import Iterator

import pytest

from logic.access import Actor
from logic.judgement import Amendment, Judgement, Release, Releases, Violation
from logic.kinds import Misread
from logic.register import Register, registers
from logic.rules import Case, Fault, Level, rule
from logic.source import Source
from sheets.port import Mark, Serial, Sheet, Value
from sheets.table import Table, find_table
from tests.tables import NOW, found, judge, rows_of, table

BANK = registers()["bank_transfers"]
STAFF = registers()["staff"]
A, B, C = "YH210302-AAAAA", "YH210302-BBBBB", "YH210302-CCCCC"
GOOD = dict(BANK.samples[0])
KEY = "bank_transfers"
TWIN = {"customer_id": "c0", "order_no": "单0"}  # the customer and the order of the first record


def bank(*rows: dict[str, str], now: dt.datetime = NOW, staff: str = "") -> Judgement:
    """Records given by field, on top of the register's good sample, each of another customer unless told."""
    records = [GOOD | {"customer_id": f"c{n}", "order_no": f"单{n}"} | row for n, row in enumerate(rows)]
    tables: dict[str, Table | None] = {KEY: rows_of(BANK, records)}
    if staff:
        tables["staff"] = table(STAFF, staff)
    return Judgement.of(registers(), tables, now=now)


def change(
    judgement: Judgement, key: str, values: dict[str, str], actor: Actor | None = None, new: bool = False
) -> list[Violation]:
    after = judgement.amended([Amendment(KEY, key, values, new)], now=judgement.now)
    return after.added(judgement, {(KEY, key): set(values)}, actor, judgement.now)


# Cells ------------------------------------------------------------------------------------------------------------------


def test_findings_name_cell_value_remedy_and_sentence() -> None:
    """
    店铺   | 付款人户名 | 转账金额 | 转账日期时间
    旗舰店 | 张三       | 一千     | 3/5
    """
    judgement = judge(bank_transfers=str(test_findings_name_cell_value_remedy_and_sentence.__doc__))
    amount, paid = judgement.violations()
    assert (amount.rule, amount.cell, amount.column, amount.value) == ("DAT-01", "C2", "转账金额", "一千")
    assert (paid.rule, paid.cell, paid.record, paid.row) == ("DAT-01", "D2", "#2", 2)
    assert "年份" in paid.message and "2021-03-02" in paid.remedy and "真实、准确、完整" in paid.source
    assert judgement.record(KEY, "#2").typed.amount_paid is None  # type: ignore[union-attr]


def test_a_number_that_lost_its_digits() -> None:
    """
    店铺   | 付款人户名 | 转账金额 | 转账日期时间       | 订单号
    旗舰店 | 张三       | [1000]   | [date 2021-03-02]  | [1.23457e18]
    """
    judgement = judge(bank_transfers=str(test_a_number_that_lost_its_digits.__doc__))
    (one,) = judgement.violations()
    assert (one.rule, one.level, one.cell) == ("DAT-06", Level.BLOCK, "E2")
    assert one.message == "号码被表格改成数字了, 请按文本重新粘贴"


def test_formulas_never_block_errors_and_covered_cells_do() -> None:
    """
    店铺   | 付款人户名 | 转账金额     | 转账日期时间 | 到账确认
    旗舰店 | 张三       | [formula -5] | 2021-03-02   | 否
    旗舰店 | [covered]  | [error]      | 2021-03-02   | 否
    """
    judgement = judge(bank_transfers=str(test_formulas_never_block_errors_and_covered_cells_do.__doc__))
    assert found(judgement.violations(KEY, "#2")) == ["WARN BNK-07 转账金额"]
    assert {(one.rule, one.column, one.message) for one in judgement.violations(KEY, "#3")} == {
        ("DAT-01", "付款人户名", "单元格被合并到别的单元格里了,读不到自己的内容"),
        ("DAT-01", "转账金额", "单元格里是错误值,没有可用的内容"),
        ("BNK-02", "客户ID(旺旺)", "客户ID(旺旺)和付款人户名都没有填"),
    }


def test_another_rows_formula_grounds_no_block_here() -> None:
    paid = {"arrived": "是", "arrived_at": "2021-03-02", "confirmed_by": "陈静"}
    printed = {"status": "已通知打单", "order_progress": "已通知打单"}
    records = [GOOD | paid | printed | {"amount_paid": "300"}, GOOD | paid | {"amount_paid": "600"}]
    with_text = rows_of(BANK, records)
    position = with_text.index["amount_paid"]
    rows = (with_text.rows[0], dataclasses.replace(with_text.rows[1], marks={position: Mark.FORMULA}))
    marked = dataclasses.replace(with_text, rows=rows)
    levels = []
    for one in (with_text, marked):
        judgement = Judgement.of(registers(), {KEY: one}, now=NOW)
        levels.append({(v.rule, v.level) for v in judgement.violations(KEY, "#2") if v.rule == "BNK-07"})
    assert levels == [{("BNK-07", Level.BLOCK)}, {("BNK-07", Level.WARN)}]


def as_formulas(table: Table) -> Table:
    """Everything that is filled was calculated."""
    rows = [
        dataclasses.replace(row, marks={n: Mark.FORMULA for n, cell in enumerate(row.cells) if cell})
        for row in table.rows
    ]
    return dataclasses.replace(table, rows=rows)


def test_a_formula_in_another_register_grounds_no_block() -> None:
    cases, orders = registers()["after_sales_register"], registers()["orders"]
    levels = []
    for made in (lambda table: table, as_formulas):
        order = made(rows_of(orders, [{"order_no": "2103020000000000001", "print_status": "已打单"}]))
        judgement = Judgement.of(registers(), {cases.key: rows_of(cases, cases.samples[:1]), "orders": order}, now=NOW)
        levels.append([v.level for v in judgement.violations(cases.key, "#2") if v.rule == "AFS-01"])
    assert levels == [[Level.BLOCK], [Level.WARN]]


@pytest.mark.parametrize("register", registers().values(), ids=registers())
def test_formulas_anywhere_crash_no_rule(register: Register) -> None:
    """Every example of every rule again, as if all that stands beside the record had been calculated."""
    for example in (example for one in register.rules for example in (*one.good, *one.bad)):
        case = example if isinstance(example, Case) else Case(example)
        tables = {key: as_formulas(rows_of(registers()[key], many)) for key, many in case.rows.items()}
        records = rows_of(register, [{**register.samples[0], **row} for row in (case.row, *case.others)])
        beside = as_formulas(records).rows[1:]
        tables[register.key] = dataclasses.replace(records, rows=(records.rows[0], *beside))
        judgement = Judgement.of(registers(), tables, now=NOW)
        assert judgement.at_large(register.key) == []


def test_a_formula_that_one_record_met_weakens_nothing_of_the_next() -> None:
    """The records of all registers are judged one after the other with one Look."""
    orders = registers()["orders"]
    transfers = rows_of(BANK, [GOOD | {"order_no": "单1"}] * 2)
    broken = rows_of(orders, [dict(orders.samples[0]) | {"qty": "两件"}])
    judgement = Judgement.of(registers(), {KEY: as_formulas(transfers), "orders": broken}, now=NOW)
    assert found(judgement.violations("orders", "#2")) == ["BLOCK DAT-01 数量"]


def test_the_very_releases_that_are_given_are_kept() -> None:
    """Whoever compares two Judgements asks whether they rest on the same; an empty set of releases is one too."""
    empty = Releases()
    judgement = Judgement.of(registers(), {KEY: rows_of(BANK, [GOOD])}, now=NOW, releases=empty)
    assert judgement.releases is empty
    assert judgement.advanced({KEY: rows_of(BANK, [GOOD])}, now=NOW, releases=empty).releases is empty


def test_pydantic_constraints_speak_chinese() -> None:
    (one,) = bank({"amount_due": "-3"}).violations()
    assert (one.rule, one.column, one.message) == ("DAT-01", "应付金额(所列订单合计)", "数值要大于 0")
    assert one.value == "-3.00"


def test_texts_are_canonical_or_as_they_stand() -> None:
    record = bank({"amount_paid": "１０００元", "paid_at": "2021年3月2日", "phone": "不知道"}).record(KEY, "#2")
    assert record is not None
    assert (record.text("amount_paid"), record.text("paid_at"), record.text("phone")) == (
        "1000.00",
        "2021-03-02",
        "不知道",
    )
    assert record.text("note") == "" and "note" not in record.texts()


def test_an_account_number_is_refused_as_such() -> None:
    judgement = bank({"payer_last4": "6222021234567890123"}, {"payer_last4": "12"})
    assert found(judgement.violations()) == ["BLOCK BNK-11 付款账号后四位", "BLOCK DAT-01 付款账号后四位"]
    problem = Misread("x", "y")
    long = judgement.misread(registers()[KEY], "YH210302-NEWNW", "payer_last4", "6222021234567890123", problem)
    assert (long.rule, long.value, long.cell) == ("BNK-11", "6222021234567890123", "")
    short = judgement.misread(registers()[KEY], "#3", "payer_last4", "12x", problem)
    assert (short.rule, short.message, short.value, short.row) == ("DAT-01", "x", "12x", 3)


# Tables -----------------------------------------------------------------------------------------------------------------


def test_rows_that_are_no_records() -> None:
    """
    店铺   | 付款人户名 | 转账金额 | 转账日期时间
    旗舰店 | 张三       | 1000     | 2021-03-02
    合计   |            | 1000     |
    """
    assert len(judge(bank_transfers=str(test_rows_that_are_no_records.__doc__)).records(KEY)) == 1


def test_missing_and_doubled_headers_concern_one_register() -> None:
    text = "店铺|付款人户名|转账金额|店铺\n旗舰店|张三|-5|旗舰店"
    judgement = Judgement.of(
        registers(), {KEY: table(BANK, text, complete=False), "staff": table(STAFF, "姓名\n王芳")}, now=NOW
    )
    faults = judgement.header_faults(KEY)
    assert all((one.rule, one.level, one.record) == ("DAT-04", Level.BLOCK, "") for one in faults)
    assert faults[0].message == "表头“店铺”在 A1、D1 重复出现" and faults[0].cell == "A1"
    assert "表头“转账日期时间”不见了" in {one.message for one in faults}
    assert found(judgement.violations(KEY, "#2")) == [], "rules that read a missing column rest"
    assert judgement.header_faults("staff") == [] and not judgement.people.roster_empty


def test_no_header_at_all_is_said_once() -> None:
    judgement = Judgement.of(registers(), {KEY: table(BANK, "随便\n写写", complete=False)}, now=NOW)
    (one,) = judgement.violations()
    assert one.rule == "DAT-04" and "找不到表头行" in one.message


def test_a_register_without_a_tab_is_not_judged() -> None:
    judgement = Judgement.of(registers(), {KEY: None}, now=NOW)
    assert (judgement.violations(), dict(judgement.records(KEY)), judgement.tables) == ([], {}, {KEY: None})
    assert judgement.record(KEY, A) is None and judgement.unidentified(KEY) == []


def test_doubled_foreign_and_missing_ids() -> None:
    judgement = bank(
        {"record_id": A}, {"record_id": A, "note": "x"}, {"record_id": "8"}, {}, {"record_id": "YG210302-AAAAA"}
    )
    assert list(judgement.records(KEY)) == [A, "#3", "#4", "#5", "#6"]
    assert [one.record for one in judgement.violations() if one.rule == "DAT-02"] == [A, "#3", "#4", "#6"]
    assert judgement.is_doubled(KEY, A) and not judgement.is_doubled(KEY, B)
    assert [record.key for record in judgement.unidentified(KEY)] == ["#3", "#4", "#5", "#6"]
    owned = Judgement.of(registers(), judgement.tables, now=NOW, owners={A: 3})
    assert list(owned.records(KEY))[:2] == ["#2", A]
    settled = judgement.advanced({KEY: rows_of(BANK, [GOOD | {"record_id": A}])}, now=NOW)
    assert settled.violations() == [] and not settled.is_doubled(KEY, A)


# People -----------------------------------------------------------------------------------------------------------------

ROSTER = "姓名|花名|岗位|兼任岗位|人员状态|旺旺子账号\n王芳|芳芳|售前客服|||店:fang\n陈静||财务|||\n李强||打单员|财务||\n赵敏||售前客服||离职|"


def test_names_must_be_known() -> None:
    rows = [{"tracked_by": name} for name in ("王芳", "芳芳", "店:fang", "王 芳", "赵敏", "店:FANG", "王小二")]
    judgement = bank(*rows, staff=ROSTER)
    assert [(one.row, str(one.level), one.message) for one in judgement.violations(KEY)] == [
        (8, "BLOCK", "“跟踪人”写的“王小二”不在员工名册里"),
        (7, "WARN", "“跟踪人”写的“店:FANG”和员工名册的“店:fang”写法不同"),
    ]
    assert bank(*rows).violations() == [], "without a roster nobody is unknown"
    assert bank(*rows, staff="姓名|岗位").violations() == []


def test_a_new_colleague_clears_the_finding_and_the_first_one_raises_it() -> None:
    judgement = bank({"tracked_by": "王小二"}, {"tracked_by": "wang"}, staff=ROSTER)
    more = judgement.amended(
        [Amendment("staff", "YG210302-AAAAA", {"name": "王小二", "alias": "Wang"}, new=True)], now=NOW
    )
    assert found(more.violations()) == ["WARN DAT-05 跟踪人"]
    empty = bank({"tracked_by": "王小二"}, staff="姓名|岗位")
    first = empty.amended([Amendment("staff", "YG210302-AAAAA", {"name": "王芳"}, new=True)], now=NOW)
    assert found(first.violations()) == ["BLOCK DAT-05 跟踪人"]


def test_acting_as_finance() -> None:
    paid = {"arrived": "是", "arrived_at": "2021-03-02", "created_by": "芳芳"}
    judgement = bank(*(paid | {"confirmed_by": name} for name in ("陈静", "李强", "王芳", "赵敏")), staff=ROSTER)
    assert [(one.row, one.rule) for one in judgement.violations(KEY)] == [(4, "BNK-04"), (4, "BNK-05")]


def test_only_finance_changes_arrival() -> None:
    judgement = bank({"record_id": A, "created_by": "王芳"}, staff=ROSTER)
    values = {"arrived": "是", "arrived_at": "2021-03-03", "confirmed_by": "陈静"}
    assert found(change(judgement, A, values, judgement.people.find("李强"))) == []
    (one,) = change(judgement, A, values, judgement.people.find("王芳"))
    assert (one.rule, one.level, one.releasable) == ("BNK-05", Level.BLOCK, False)
    assert found(change(judgement, A, values, None)) == [], "nobody knows who edited the sheet"


def test_one_name_one_person() -> None:
    judgement = judge(staff="姓名|花名\n王芳|小王\n王芳|\n王强|小王")
    assert [(one.row, one.rule, str(one.level)) for one in judgement.violations()] == [
        (2, "DAT-05", "BLOCK"),
        (3, "DAT-05", "BLOCK"),
        (2, "DAT-05", "WARN"),
        (4, "DAT-05", "WARN"),
    ]


# Sums over several transfers ------------------------------------------------------------------------------------------------

PAID = {"arrived": "是", "arrived_at": "2021-03-02", "confirmed_by": "陈静"}
PRINTED = {"status": "已通知打单", "order_progress": "已通知打单"}


def part(orders: str, due: str, amount: str, customer: str, **more: str) -> dict[str, str]:
    return {"order_no": orders, "amount_due": due, "amount_paid": amount, "customer_id": customer} | more


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([part("甲1", "1000", "300", "a", **PAID), part("甲1", "1000", "700", "b", **PAID)], []),
        ([part("甲1", "1000", "300", "a", **PAID), part("甲1", "1000", "700", "b")], []),
        ([part("甲1", "1000", "300", "a"), part("甲1", "", "700", "b", **PAID | PRINTED)], ["BLOCK BNK-07"]),
        ([part("甲1", "1000", "995", "a", **PAID | PRINTED)], ["BLOCK BNK-07"]),
        ([part("甲1", "1000", "995", "a", **PAID)], ["WARN BNK-07"]),
        ([part("甲1", "1000", "995", "a")], []),
        ([part("甲1", "1000", "999", "a", **PAID | PRINTED)], []),
        ([part("甲1", "1000", "1001.01", "a", **PAID)], ["WARN BNK-07"]),
        ([part("甲1、甲2", "1500", "1500", "a", **PAID | PRINTED)], []),
        ([part("甲1", "1000", "1000", "a", **PAID), part("甲1、甲2", "1500", "500", "b", **PAID)], []),
        (
            [
                part("甲1", "1000", "1000", "a", **PAID | PRINTED),
                part("甲1、甲2", "1500", "300", "b", **PAID | PRINTED),
                part("甲2", "500", "200", "c", **PAID | PRINTED),
            ],
            [],
        ),
        ([part("甲1", "1000", "1000", "a", **PAID), part("甲1、甲2", "", "400", "b", **PAID)], []),
        (
            [part("甲1、甲2", "1500", "1500", "a", **PAID), part("甲2、甲3", "900", "400", "b", **PAID)],
            ["WARN BNK-07", "WARN BNK-07"],
        ),
        (
            [part("甲1", "1000", "600", "a", **PAID), part("甲1", "1000", "600", "b")],
            ["WARN BNK-08", "WARN BNK-08"],
        ),
        (
            [part("甲1", "1000", "1000", "a", **PAID), part("甲1", "1000", "1000", "b", status="已作废")],
            [],
        ),
        (
            [part("甲1", "900", "300", "a", **PAID), part("甲1", "1000", "700", "b", **PAID)],
            ["WARN BNK-07", "WARN BNK-07"],
        ),
        ([part("", "1000", "995", "a", **PAID | {"status": "已到账"})], ["WARN BNK-07"]),
    ],
)
def test_arrived_against_due(rows: list[dict[str, str]], expected: list[str]) -> None:
    assert sorted(f"{one.level} {one.rule}" for one in bank(*rows).violations()) == expected


def test_a_word_that_is_no_order_number_does_not_tie_everybody_together() -> None:
    rows = [part("无", "10", "10", f"c{n}", **PAID) for n in range(250)]
    assert {(one.rule, str(one.level), one.column) for one in bank(*rows).violations()} == {
        ("BNK-07", "WARN", "订单号")
    }


def test_a_transfer_that_arrives_elsewhere_clears_this_one() -> None:
    judgement = bank(
        {"record_id": A} | part("甲1", "1000", "300", "a", **PAID | PRINTED),
        {"record_id": B} | part("甲1", "1000", "700", "b"),
    )
    assert found(judgement.violations(KEY, A)) == ["BLOCK BNK-07 转账金额"]
    after = judgement.amended([Amendment(KEY, B, PAID)], now=NOW)
    assert after.violations() == []


# What a change adds -------------------------------------------------------------------------------------------------------


def test_a_broken_row_does_not_block_an_unrelated_correction_but_cannot_get_worse() -> None:
    judgement = bank({"record_id": A, "amount_paid": "-5"})
    assert found(change(judgement, A, {"note": "问过客户"})) == []
    assert found(change(judgement, A, {"amount_paid": "-7"})) == ["BLOCK BNK-07 转账金额"]
    assert found(change(judgement, A, {"order_no": "甲2"})) == ["BLOCK BNK-07 转账金额"], "the rule reads 订单号 too"
    assert found(change(judgement, A, {"amount_paid": "1000"})) == []


def test_a_change_answers_for_what_it_does_to_other_records() -> None:
    judgement = bank({"record_id": A}, {"record_id": B, "amount_paid": "700", "amount_due": "700", "customer_id": "c0"})
    added = change(judgement, B, {"amount_paid": "1000", "amount_due": "1000"})
    assert [(one.record, one.rule) for one in added] == [(A, "BNK-08"), (B, "BNK-08")]


def test_a_new_record() -> None:
    judgement = bank()
    least = {"shop": "旗舰店", "payer_name": "张三", "amount_paid": "1000", "paid_at": "2021-03-02"}
    assert change(judgement, A, least, new=True) == []
    (one,) = change(judgement, A, least | {"shop": ""}, new=True)
    assert (one.rule, one.column, one.row, one.cell, one.record) == ("BNK-02", "店铺", None, "", A)
    with pytest.raises(KeyError):
        judgement.amended([Amendment(KEY, A, least)], now=NOW)


def test_the_worked_example_of_the_catalogue() -> None:
    """Case 11: register, print without order number, print before arrival, confirm one's own, a date without a time."""
    judgement = bank({"record_id": A, "created_by": "王芳", "paid_at": "2021-03-02 10:32"}, staff=ROSTER)
    printing = {"status": "已通知打单", "order_progress": "已通知打单"}
    assert found(change(judgement, A, printing | {"order_no": ""})) == ["BLOCK BNK-02 订单号", "BLOCK BNK-06 订单进度"]
    (early,) = change(judgement, A, printing)
    assert (early.rule, early.releasable) == ("BNK-06", True)
    assert early.binds == {"order_no": "单0", "amount_due": "1000.00"}
    own = PAID | {"confirmed_by": "王芳"}
    by_registrar = change(judgement, A, own, judgement.people.find("王芳"))
    assert {(one.rule, one.releasable) for one in by_registrar} == {("BNK-04", True), ("BNK-05", False)}
    assert found(change(judgement, A, PAID, judgement.people.find("陈静"))) == []


def test_a_completed_row_is_locked_change_by_change() -> None:
    done = PAID | {"status": "已完成", "order_progress": "已完成"}
    judgement = bank({"record_id": A} | done)
    (one,) = change(judgement, A, {"goods": "保温杯 3 个"})
    assert (one.rule, one.column, one.releasable) == ("BNK-12", "商品及数量", True)
    assert one.binds["goods"] == "保温杯 3 个"
    release = Release(KEY, A, "BNK-12", "登记错了", "赵主管", NOW, one.binds)
    released = judgement.releasing(Releases([release]))
    (again,) = change(released, A, {"goods": "保温杯 3 个"})
    assert (again.level, again.released) == (Level.WARN, True)
    (other,) = change(released, A, {"goods": "保温杯 4 个"})
    assert other.level is Level.BLOCK


def test_a_release_holds_while_what_it_vouches_for_stands() -> None:
    judgement = bank({"record_id": A} | PRINTED)
    (one,) = judgement.violations()
    assert judgement.finding(judgement.records(KEY)[A]) == "不能保存 BNK-06 款项还没有确认到账,不能通知打单或发货"
    releases = Releases([Release(KEY, A, "BNK-06", "账期客户", "赵主管", NOW, one.binds)])
    released = judgement.releasing(releases)
    (now_warned,) = released.violations()
    assert (now_warned.level, now_warned.released, now_warned.releasable) == (Level.WARN, True, False)
    assert released.finding(released.records(KEY)[A]).startswith("已放行 BNK-06 ")
    shipped = released.amended([Amendment(KEY, A, {"status": "已发货", "order_progress": "已发货"})], now=NOW)
    assert [one.level for one in shipped.violations()] == [Level.WARN]
    dearer = released.amended([Amendment(KEY, A, {"amount_due": "2000"})], now=NOW)
    assert [one.level for one in dearer.violations(KEY, A) if one.rule == "BNK-06"] == [Level.BLOCK]


# Time -------------------------------------------------------------------------------------------------------------------


def test_due_is_judged_at_the_time_asked_and_never_stands_in_the_sheet() -> None:
    judgement = bank({"record_id": A, "last_tracked_at": "2021-03-03"}, {"record_id": B} | PAID | {"status": "已完成"})
    assert judgement.violations() == []
    assert judgement.due(dt.datetime(2021, 3, 4, 18)) == []
    late = judgement.due(dt.datetime(2021, 3, 5, 9))
    assert [(one.record, one.rule, one.level) for one in late] == [
        (A, "BNK-03", Level.REMIND),
        (A, "BNK-09", Level.REMIND),
    ]
    assert judgement.due(dt.datetime(2021, 3, 9, 9))[0].level is Level.WARN, "three working days are over"


def test_a_finding_that_time_heals() -> None:
    judgement = bank({"record_id": A, "paid_at": "2021-03-12"})
    (one,) = judgement.violations()
    assert (one.rule, one.until) == ("BNK-10", dt.datetime(2021, 3, 12))
    assert len(judgement.advanced(judgement.tables, now=dt.datetime(2021, 3, 11, 23)).violations()) == 1
    assert judgement.advanced(judgement.tables, now=dt.datetime(2021, 3, 12)).violations() == []


# Rules that fail ----------------------------------------------------------------------------------------------------------


def test_a_rule_that_fails_is_listed_once_and_the_others_go_on() -> None:
    @rule("X-01", Level.BLOCK, fields=("note",), source=Source("000:L217", "并跟踪订单顺利进行"))
    def broken(row: object, look: object) -> Iterator[Fault]:
        """总是出错。"""
        yield Fault("note", str(1 // 0))

    one = _with_rules(broken)
    judgement = Judgement.of({KEY: one}, {KEY: rows_of(one, [GOOD, GOOD | {"shop": ""}])}, now=NOW)
    said, failed = judgement.violations()[0], judgement.violations()[-1]
    assert (said.rule, said.record) == ("BNK-02", "#3")
    assert (failed.rule, failed.record, failed.level) == ("X-01", "", Level.WARN)
    assert "2 条记录" in failed.message and "ZeroDivisionError" in failed.message
    assert "X-01" not in judgement.finding(judgement.records(KEY)["#2"])


def _with_rules(*more: object) -> Register:
    return Register(
        key=KEY,
        title=BANK.title,
        prefix=BANK.prefix,
        area=BANK.area,
        model=BANK.model,
        rules=(*more, *BANK.rules),  # type: ignore[arg-type]
        workflow=BANK.workflow,
        samples=BANK.samples,
    )


# 检查结果 -----------------------------------------------------------------------------------------------------------------


def test_stale_findings_are_the_cells_to_write() -> None:
    judgement = bank(
        {"record_id": A, "shop": ""},
        {"record_id": B, "check_result": "不能保存 BNK-02 缺少店铺", "order_no": "乙", "customer_id": "b"},
        {"record_id": C, "check_result": "不能保存 BNK-02 缺少店铺", "shop": "", "order_no": "丙", "customer_id": "c"},
    )
    assert list(judgement.stale_findings(KEY)) == [(A, "不能保存 BNK-02 缺少店铺"), (B, "")]


def test_the_finding_names_each_rule() -> None:
    judgement = bank({"record_id": A, "shop": ""}, {"record_id": B} | TWIN)
    text = judgement.finding(judgement.records(KEY)[A])
    assert text == f"不能保存 BNK-02 缺少店铺;需说明 BNK-08 与 {B} 重复(客户、金额、日期相同);" + (
        "需说明 BNK-08 同一订单有 2 笔转账,合计 2000.00,超过应付 1000.00"
    )


# Judging again equals judging anew --------------------------------------------------------------------------------------


def _random_row(chance: random.Random) -> dict[str, Value]:
    sent = chance.random() < 0.4
    row: dict[str, Value] = {
        "shop": chance.choice(("旗舰店", "旗舰店", None)),
        "customer_id": chance.choice(("a", "b", None)),
        "customer_name": "张三",
        "order_no": chance.choice(("甲1", "甲1、甲2", "甲2", "甲3", None)),
        "amount_due": chance.choice((1000.0, 500.0, "五百", None)),
        "amount_paid": chance.choice((1000.0, 300.0, 700.0, -5.0)),
        "paid_at": chance.choice((Serial.of(dt.date(2021, 3, 2)), Serial.of(dt.date(2021, 3, 12)), "3/5")),
        "arrived": chance.choice(("是", "否")),
        "arrived_at": Serial.of(dt.date(2021, 3, 2)),
        "confirmed_by": chance.choice(("陈静", "王芳", "无名")),
        "created_by": chance.choice(("王芳", "陈静")),
        "status": "已通知打单" if sent else chance.choice(("已登记", "已作废")),
        "order_progress": "已通知打单" if sent else None,
    }
    return row


def _table(register: Register, rows: list[dict[str, Value]]) -> Table:
    headers = tuple(one.header for one in register.fields.values())
    cells = [tuple(row.get(name) for name in register.fields) for row in rows]
    return find_table(Sheet(register.title, [headers, *cells]), register.spec())


def _all(judgement: Judgement) -> list[Violation]:
    return sorted(
        judgement.violations(), key=lambda one: (one.register, one.row or 0, one.rule, one.field, one.message)
    )


@pytest.mark.parametrize("seed", range(30))
def test_judging_again_equals_judging_anew(seed: int) -> None:
    """Rows inserted, edited, sorted, deleted, doubled, colleagues come and go: `advanced` says what `of` says."""
    chance = random.Random(seed)
    ids = [f"YH210302-{letter * 5}" for letter in "ABCDEFGHJK"]
    rows = [_random_row(chance) | {"record_id": id} for id in ids[:6]]
    staff: list[dict[str, Value]] = [{"name": "陈静", "position": "财务", "record_id": "YG210302-AAAAA"}]
    judgement = Judgement.of(registers(), {KEY: _table(BANK, rows), "staff": _table(STAFF, staff)}, now=NOW)
    for _ in range(6):
        match chance.randrange(6):
            case 0:
                rows.insert(chance.randrange(len(rows) + 1), _random_row(chance) | {"record_id": chance.choice(ids)})
            case 1 if len(rows) > 2:
                del rows[chance.randrange(len(rows))]
            case 2:
                chance.shuffle(rows)
            case 3:
                staff = [*staff[:1], {"name": chance.choice(("王芳", "无名")), "position": "财务"}][
                    : chance.randrange(3)
                ]
            case _:
                rows[chance.randrange(len(rows))].update(_random_row(chance))
        tables: dict[str, Table | None] = {KEY: _table(BANK, rows), "staff": _table(STAFF, staff)}
        now = judgement.now + dt.timedelta(days=chance.randrange(2))
        judgement = judgement.advanced(tables, now=now)
        anew = Judgement.of(registers(), tables, now=judgement.now)
        assert list(judgement.records(KEY)) == list(anew.records(KEY))
        assert _all(judgement) == _all(anew)


@pytest.mark.parametrize("seed", range(30))
def test_amending_equals_a_sheet_that_reads_so(seed: int) -> None:
    chance = random.Random(seed)
    ids = [f"YH210302-{letter * 5}" for letter in "ABCDEF"]
    rows = [_random_row(chance) | {"record_id": id} for id in ids]
    judgement = Judgement.of(registers(), {KEY: _table(BANK, rows)}, now=NOW)
    for _ in range(5):
        changed: list[Amendment] = []
        for number in chance.sample(range(len(rows)), 2):
            texts = {
                "order_no": chance.choice(("甲1", "甲2、甲1", "", "甲9")),
                "amount_paid": chance.choice(("1000.00", "300.00", "七百", "")),
                "customer_id": chance.choice(("a", "b", "")),
            }
            rows[number].update({name: text or None for name, text in texts.items()})
            changed.append(Amendment(KEY, ids[number], texts))
        judgement = judgement.amended(changed, now=NOW)
        assert _all(judgement) == _all(Judgement.of(registers(), {KEY: _table(BANK, rows)}, now=NOW))


def test_unchanged_rows_are_not_read_again() -> None:
    first, second = {"record_id": A} | TWIN, {"record_id": B, "customer_id": "c1", "order_no": "单1"}
    judgement = bank(first, second)
    turned = judgement.advanced({KEY: rows_of(BANK, [GOOD | second, GOOD | first])}, now=NOW)
    assert list(turned.records(KEY)) == [B, A]
    for key in (A, B):
        assert turned.records(KEY)[key].typed is judgement.records(KEY)[key].typed
    assert turned.records(KEY)[A].row_number == 3


def test_a_cell_that_only_changed_its_type_is_read_again() -> None:
    before = _table(BANK, [{"shop": "旗舰店", "record_id": A, "order_no": 44000.0}])
    after = _table(BANK, [{"shop": "旗舰店", "record_id": A, "order_no": Serial(44000.0)}])
    judgement = Judgement.of(registers(), {KEY: before}, now=NOW).advanced({KEY: after}, now=NOW)
    assert "DAT-06" in {one.rule for one in judgement.violations()}
