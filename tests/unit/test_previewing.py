"""A setting tried before it counts: which rows it would break, by register and rule, and nothing is changed by trying."""

from __future__ import annotations

import datetime as dt

import pytest

from logic.judgement import Judgement
from logic.previewing import Unclear, preview
from logic.register import registers
from tests.tables import rows_of

NOW = dt.datetime(2021, 3, 10, 9, 0)
KNOWN = registers()
ARRIVED = {
    **KNOWN["bank_transfers"].samples[0],
    "arrived": "是",
    "arrived_at": "2021-03-02 14:00",
    "confirmed_by": "财务甲",
    "status": "已到账",
}
TRANSFERS = [
    {**ARRIVED, "record_id": "YH210302-22222"},
    {**ARRIVED, "record_id": "YH210302-22223", "order_no": "2103020000000000002", "amount_paid": "999.50"},
    {**ARRIVED, "record_id": "YH210302-22224", "order_no": "2103020000000000003", "amount_paid": "990.00"},
]
TOLERANCE = {"key": "银行转账允许差额(元)", "value": "0", "effective_from": "2021-01-01"}
DAYS = {"key": "撤回包裹跟进天数", "value": "20", "effective_from": "2021-01-01"}


def judged(*, settings: list[dict[str, str]] | None = None, cases: list[dict[str, str]] | None = None) -> Judgement:
    tables = {
        "bank_transfers": rows_of(KNOWN["bank_transfers"], TRANSFERS),
        "settings": rows_of(KNOWN["settings"], settings or []),
        "after_sales_register": rows_of(KNOWN["after_sales_register"], cases or []),
    }
    return Judgement.of(KNOWN, tables, now=NOW)


def test_a_new_row_says_what_it_would_break() -> None:
    judgement = judged()
    found = preview([judgement], None, TOLERANCE, NOW)
    assert (found.parameter.key, found.value, found.since) == ("bank_tolerance", "0.00", dt.date(2021, 1, 1))
    assert (found.before, found.after) == (1, 2)
    assert [(one.record, one.rule) for one in found.broken] == [("YH210302-22223", "BNK-07")]
    short = next(one for one in found.impacts if one.rule == "BNK-07" and one.broken)
    assert (short.register, short.before, short.after) == ("bank_transfers", 1, 2)
    assert not judgement.records("settings"), "nothing is changed by trying"
    assert judgement.settings.value("bank_tolerance", NOW) != found.value


def test_it_counts_from_its_day_on() -> None:
    later = preview([judged()], None, TOLERANCE | {"effective_from": "2021-03-09"}, NOW)
    assert (later.before, later.after, later.broken) == (1, 1, ())
    today = preview([judged()], None, {name: TOLERANCE[name] for name in ("key", "value")}, NOW)
    assert today.since == NOW.date(), "without a day as if from today"


def test_a_row_that_is_there_is_tried_with_what_is_typed() -> None:
    standing = TOLERANCE | {"record_id": "CS210301-22222", "approver": "陈静"}
    found = preview([judged(settings=[standing])], "CS210301-22222", {"value": "50元"}, NOW)
    assert (found.before, found.after) == (2, 0)
    assert found.broken == ()


def test_what_is_due_counts_too() -> None:
    """Rules of time are judged at the time of the trial."""
    open_case = {**KNOWN["after_sales_register"].samples[0], "record_id": "SH210301-22222"}
    judgement = judged(cases=[open_case | {"registered_at": "2021-03-08 09:00"}])
    assert preview([judgement], None, DAYS, NOW).after == 0
    sooner = preview([judgement], None, DAYS | {"value": "1"}, NOW)
    assert [(one.rule, str(one.level), one.before, one.after) for one in sooner.impacts if one.broken] == [
        ("AFS-18", "REMIND", 0, 1)
    ]


def test_the_registers_of_another_workbook_are_tried_as_well() -> None:
    there = Judgement.of(
        {"bank_transfers": KNOWN["bank_transfers"]},
        {"bank_transfers": rows_of(KNOWN["bank_transfers"], TRANSFERS)},
        now=NOW,
    )
    here = Judgement.of({"settings": KNOWN["settings"]}, {"settings": rows_of(KNOWN["settings"], [])}, now=NOW)
    found = preview([there, here], None, TOLERANCE, NOW)
    assert (found.before, found.after, len(found.broken)) == (1, 2, 1)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"value": "1"}, "请先选择参数名"),
        (TOLERANCE | {"value": ""}, "请先填写"),
        (TOLERANCE | {"value": "一点点"}, "值看不懂"),
        (TOLERANCE | {"effective_from": "过几天"}, "生效日期看不懂"),
    ],
)
def test_what_cannot_be_tried_says_why(values: dict[str, str], said: str) -> None:
    with pytest.raises(Unclear, match=said):
        preview([judged()], None, values, NOW)
