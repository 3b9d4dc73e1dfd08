"""银行转账明细表: what the settings and the orders beside it change in the judgement of a transfer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pytest

from logic.judgement import Amendment, Judgement
from logic.register import registers
from tests.tables import NOW, rows_of

Texts = dict[str, str]
ID = "YH210302-22222"
TRANSFER: Texts = {**registers()["bank_transfers"].samples[0], "record_id": ID}
ARRIVED = {"arrived": "是", "arrived_at": "2021-03-05", "confirmed_by": "陈静", "status": "已到账"}
PRINTED = {"status": "已通知打单", "order_progress": "已通知打单"}
ORDER = {"order_no": "2103020000000000001", "print_status": "未打单"}
OTHER_ORDER = {"order_no": "2103020000000000009", "print_status": "未打单"}


def judged(
    transfer: Texts, *, orders: Sequence[Texts] | None = None, settings: Sequence[Texts] = (), now: dt.datetime = NOW
) -> Judgement:
    known = registers()
    given = {"bank_transfers": [TRANSFER | transfer], "orders": orders, "settings": settings}
    return Judgement.of(
        known, {key: rows_of(known[key], rows) for key, rows in given.items() if rows is not None}, now=now
    )


def said(judgement: Judgement, rule: str) -> list[str]:
    return [f"{one.level} {one.field}" for one in judgement.violations("bank_transfers") if one.rule == rule]


def setting(key: str, value: str, day: str) -> Texts:
    return {"key": key, "value": value, "effective_from": day, "approver": "陈静"}


# Settings of the transfer's own day (DAT-09) ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("paid", "expected"), [("2021-03-04 23:00", ["WARN amount_paid"]), ("2021-03-05 09:00", []), ("2021-03-05", [])]
)
def test_the_tolerance_is_that_of_the_day_of_the_transfer(paid: str, expected: list[str]) -> None:
    transfer = ARRIVED | {"paid_at": paid, "registered_at": "2021-03-05", "amount_paid": "997.00"}
    settings = [setting("bank_tolerance", "5.00", "2021-03-05")]
    assert said(judged(transfer, settings=settings), "BNK-07") == expected
    assert said(judged(transfer), "BNK-07") == ["WARN amount_paid"]


def test_a_tolerance_that_cannot_be_read_leaves_the_old_one() -> None:
    transfer = ARRIVED | {"paid_at": "2021-03-05", "amount_paid": "997.00"}
    judgement = judged(transfer, settings=[setting("bank_tolerance", "五元", "2021-03-01")])
    assert said(judgement, "BNK-07") == ["WARN amount_paid"]
    assert [(one.rule, one.field) for one in judgement.violations("settings")] == [("DAT-01", "value")]


def test_a_changed_tolerance_is_judged_again_at_once() -> None:
    transfer = ARRIVED | {"paid_at": "2021-03-05", "amount_paid": "997.00"}
    row = setting("bank_tolerance", "2.00", "2021-03-01") | {"record_id": "CS210302-22222"}
    judgement = judged(transfer, settings=[row])
    assert said(judgement, "BNK-07")
    after = judgement.amended([Amendment("settings", "CS210302-22222", {"value": "3.00"})], now=NOW)
    assert not said(after, "BNK-07")


@pytest.mark.parametrize(("days", "reminded"), [("2", True), ("8", True), ("9", False)])
def test_how_long_a_transfer_may_take(days: str, reminded: bool) -> None:
    judgement = judged({}, settings=[setting("bank_arrival_days", days, "2021-03-01")], now=dt.datetime(2021, 3, 11, 9))
    rules = {one.rule for one in judgement.due(dt.datetime(2021, 3, 11, 9))}
    assert ("BNK-09" in rules) is reminded


@pytest.mark.parametrize(
    ("interval", "day", "level"),
    [
        ("1", 3, None),
        ("1", 4, "REMIND"),
        ("1", 8, "WARN"),
        ("3", 5, None),
        ("3", 8, "WARN"),
        ("5", 9, None),
        ("5", 10, "WARN"),
    ],
)
def test_how_often_a_transfer_is_tracked(interval: str, day: int, level: str | None) -> None:
    now = dt.datetime(2021, 3, day, 9)
    judgement = judged({}, settings=[setting("bank_track_days", interval, "2021-03-01")], now=now)
    found = [str(one.level) for one in judgement.due(now) if one.rule == "BNK-03"]
    assert found == ([level] if level else [])


# Registered in time (BNK-01) ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("paid", "registered", "late"),
    [
        ("2021-03-02 10:32", "2021-03-02", False),
        ("2021-03-02 10:32", "2021-03-02 18:00", False),
        ("2021-03-02 10:32", "2021-03-02 20:00", True),
        ("2021-03-02 10:32", "2021-03-03", True),
        ("2021-03-02 19:00", "2021-03-03 12:00", False),
        ("2021-03-02 19:00", "2021-03-03 12:01", True),
        ("2021-03-06 10:00", "2021-03-08 11:00", False),
        ("2021-09-30 19:00", "2021-10-08 12:00", False),
        ("2021-03-02", "2021-03-03 12:00", False),
        ("2021-03-02", "2021-03-03 12:01", True),
        ("", "2021-03-09", False),
    ],
)
def test_a_transfer_is_registered_by_its_time(paid: str, registered: str, late: bool) -> None:
    now = dt.datetime(2021, 12, 1, 9)
    judgement = judged({"paid_at": paid, "registered_at": registered}, now=now)
    assert said(judgement, "BNK-01") == (["WARN registered_at"] if late else [])


@pytest.mark.parametrize(
    ("paid_on_platform", "late"),
    [("2021-03-02 10:00", True), ("2021-03-02 19:00", False), ("2021-03-01 10:00", False), ("", False)],
)
def test_the_order_knows_when_of_the_day_it_was_paid(paid_on_platform: str, late: bool) -> None:
    orders = [ORDER | {"paid_at": paid_on_platform}]
    judgement = judged({"paid_at": "2021-03-02", "registered_at": "2021-03-03 09:00"}, orders=orders)
    assert bool(said(judgement, "BNK-01")) is late


def test_a_void_transfer_is_not_late() -> None:
    row = {"paid_at": "2021-03-02 10:32", "registered_at": "2021-03-04"}
    assert said(judged(row), "BNK-01") and not said(judged(row | {"status": "已作废"}), "BNK-01")


# Where the goods go (BNK-02) ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("orders", "expected"),
    [
        (None, []),
        ([], []),
        ([ORDER], []),
        ([OTHER_ORDER], ["BLOCK phone", "BLOCK address"]),
        ([OTHER_ORDER, ORDER], []),
    ],
)
def test_phone_and_address_are_asked_where_there_is_no_order(
    orders: Sequence[Texts] | None, expected: list[str]
) -> None:
    assert said(judged(ARRIVED | PRINTED, orders=orders), "BNK-02") == expected
    assert said(judged(ARRIVED, orders=orders), "BNK-02") == [], "not before the printer is told"


def test_one_known_order_of_several_is_enough() -> None:
    several = ARRIVED | PRINTED | {"order_no": "2103020000000000001、2103020000000000007"}
    assert said(judged(several, orders=[ORDER]), "BNK-02") == []


def test_with_phone_and_address_no_order_is_needed() -> None:
    reachable = ARRIVED | PRINTED | {"phone": "13800138000", "address": "浙江省杭州市某某路 1 号"}
    assert said(judged(reachable, orders=[OTHER_ORDER]), "BNK-02") == []


def test_an_order_that_arrives_settles_it() -> None:
    judgement = judged(ARRIVED | PRINTED, orders=[OTHER_ORDER | {"record_id": "DD210302-22222"}])
    assert said(judgement, "BNK-02")
    after = judgement.amended([Amendment("orders", "DD210302-22222", {"order_no": ORDER["order_no"]})], now=NOW)
    assert not said(after, "BNK-02")


def test_what_the_drop_downs_offer_comes_from_the_settings() -> None:
    fields = registers()["bank_transfers"].fields
    assert {name: one.options_from for name, one in fields.items() if one.options_from} == {
        "shop": "shops",
        "receiving_account": "receiving_accounts",
    }
