"""订单打单状态表: its columns and buttons, and who is reminded of a transfer that nobody registered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pytest

from logic.access import Actor, permit
from logic.judgement import Judgement
from logic.register import registers
from tests.tables import found, rows_of

Texts = dict[str, str]
ORDERS = registers()["orders"]
ORDER = {"order_no": "2103020000000000001", "payment_method": "银行转账", "print_status": "未打单"}
PAID = "2021-03-02 10:32"


def test_the_columns_of_the_catalogue() -> None:
    assert [one.header for one in ORDERS.fields.values()][:-8] == [
        "订单号", "店铺", "客户ID(旺旺)", "商品", "货号", "颜色", "尺码", "数量", "礼品", "收件人", "电话", "地址", "下单时间", "付款时间",
        "付款方式", "应付金额", "实付金额", "打单状态", "审核结果", "审核人", "打单人", "打单时间", "打包人", "打包时间", "快递公司",
        "快递单号", "发货时间", "签收时间", "平台最晚发货时间", "加急", "查看库存结果", "仓库确认人", "仓库确认时间", "回复客户时间",
        "承诺发货日", "插旗颜色", "备注内容", "交易状态", "评价分",
    ]  # fmt: skip
    assert {name for name, one in ORDERS.fields.items() if one.sensitive} == {"receiver", "phone", "address"}


# A transfer that nobody registered (BNK-01) -------------------------------------------------------------------------------


def due(
    orders: Sequence[Texts], now: str, transfers: Sequence[Texts] | None = (), settings: Sequence[Texts] = ()
) -> list[str]:
    known = registers()
    given = {"orders": orders, "bank_transfers": transfers, "settings": settings}
    tables = {key: rows_of(known[key], rows) for key, rows in given.items() if rows is not None}
    moment = dt.datetime.fromisoformat(now)
    return [one for one in found(Judgement.of(known, tables, now=moment).due(moment)) if "BNK-01" in one]


@pytest.mark.parametrize(
    ("paid", "in_time", "late"),
    [
        (PAID, "2021-03-02 18:00", "2021-03-02 18:01"),
        ("2021-03-02 18:30", "2021-03-03 12:00", "2021-03-03 12:01"),
        ("2021-03-05 20:00", "2021-03-08 12:00", "2021-03-08 12:01"),
        ("2021-03-06 10:00", "2021-03-08 12:00", "2021-03-08 12:01"),
        ("2021-09-30 19:00", "2021-10-08 12:00", "2021-10-08 12:01"),
        ("2021-03-02", "2021-03-03 12:00", "2021-03-03 12:01"),
    ],
)
def test_reminded_until_the_time_and_asked_to_explain_after_it(paid: str, in_time: str, late: str) -> None:
    orders = [ORDER | {"paid_at": paid}]
    assert due(orders, in_time) == ["REMIND BNK-01 付款方式"]
    assert due(orders, late) == ["WARN BNK-01 付款方式"]


@pytest.mark.parametrize(
    "change",
    [
        {"payment_method": "支付宝"},
        {"payment_method": ""},
        {"paid_at": ""},
        {"print_status": "作废"},
        {"status": "作废"},
    ],
)
def test_other_orders_need_no_transfer(change: Texts) -> None:
    assert due([ORDER | {"paid_at": PAID} | change], "2021-03-09 09:00") == []


def test_another_word_for_a_transfer_is_one() -> None:
    assert due([ORDER | {"paid_at": PAID, "payment_method": "对公转账"}], "2021-03-09 09:00")


def test_a_registered_transfer_is_enough_unless_it_is_void() -> None:
    orders = [ORDER | {"paid_at": PAID}]
    transfer = {"order_no": "2103020000000000009、2103020000000000001", "payer_name": "张三"}
    assert due(orders, "2021-03-09 09:00", [transfer]) == []
    assert due(orders, "2021-03-09 09:00", [transfer | {"status": "已作废"}]) == ["WARN BNK-01 付款方式"]
    assert due(orders, "2021-03-09 09:00", [transfer | {"order_no": "2103020000000000009"}])


def test_it_rests_where_transfers_are_not_kept() -> None:
    assert due([ORDER | {"paid_at": PAID}], "2021-03-09 09:00", transfers=None) == []


def test_an_order_is_judged_by_the_hours_of_its_own_day() -> None:
    settings = [
        {"key": "work_profile", "value": "周一至周五 09:00-20:00", "effective_from": "2021-03-03", "approver": "陈静"},
        {"key": "bank_register_deadline", "value": "10:30", "effective_from": "2021-03-03", "approver": "陈静"},
    ]
    before, after = [ORDER | {"paid_at": PAID}], [ORDER | {"paid_at": "2021-03-03 10:32"}]
    assert due(before, "2021-03-02 18:01", settings=settings) == ["WARN BNK-01 付款方式"]
    assert due(after, "2021-03-03 18:01", settings=settings) == ["REMIND BNK-01 付款方式"]
    evening = [ORDER | {"paid_at": "2021-03-03 20:01"}]
    assert due(evening, "2021-03-04 10:31", settings=settings) == ["WARN BNK-01 付款方式"]


# Buttons and rights -------------------------------------------------------------------------------------------------------


def buttons(**texts: str) -> list[str]:
    assert ORDERS.workflow is not None
    return [step.label for step in ORDERS.workflow.possible(texts.get("status"), texts)]


def test_the_buttons_follow_the_print_status() -> None:
    assert buttons(print_status="未打单") == ["承诺发货", "审核", "打单", "作废"]
    assert buttons(print_status="未打单", urgent="是") == ["承诺发货", "仓库确认", "回复客户", "审核", "打单", "作废"]
    assert buttons(print_status="已打单") == ["承诺发货", "打包贴单", "发货", "作废"]
    assert buttons(print_status="已打包贴单") == ["承诺发货", "发货", "作废"]
    assert buttons(print_status="已发货") == buttons(print_status="作废") == ["作废"]
    assert buttons(print_status="未打单", status="作废") == []


def test_the_buttons_write_status_name_and_time() -> None:
    assert ORDERS.workflow is not None
    now = dt.datetime(2021, 3, 2, 15, 30, 12)
    written = {
        key: step.writes({}, "李强", now)
        for key in ("print", "pack", "ship")
        if (step := ORDERS.workflow.transition(key)) is not None
    }
    assert written == {
        "print": {"print_status": "已打单", "printed_by": "李强", "printed_at": "2021-03-02 15:30"},
        "pack": {"print_status": "已打包贴单", "packed_by": "李强", "packed_at": "2021-03-02 15:30"},
        "ship": {"print_status": "已发货", "shipped_at": "2021-03-02 15:30"},
    }


@pytest.mark.parametrize(
    ("position", "allowed"),
    [
        ("打单员", {"create", "edit", "print", "pack", "ship", "void"}),
        ("部门主管", {"edit", "void"}),
        ("售前客服", {"promise", "reply"}),
        ("配货员", {"pack", "confirm_stock"}),
        ("财务", set[str]()),
    ],
)
def test_who_may_do_what(position: str, allowed: set[str]) -> None:
    actor = Actor("王芳", positions=frozenset({position}))
    asked = ("create", "edit", "print", "pack", "ship", "void", "promise", "reply", "confirm_stock")
    assert {action for action in asked if permit(actor, ORDERS, action)} == allowed
