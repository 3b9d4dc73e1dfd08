"""Which columns a form shows first: what this sort of record needs at this point, told by the buttons alone."""

from __future__ import annotations

import pytest

from logic.needed import deciding, needed
from logic.register import Register, registers

CASES = registers()["after_sales_register"]


def case(kind: str = "", state: str = "", **texts: str) -> frozenset[str]:
    return needed(CASES, {"case_type": kind, "status": state, **texts})


def test_the_sort_of_a_record_decides_what_is_asked_for() -> None:
    recall, claim = case("撤回包裹"), case("质量问题")
    assert {"courier", "waybill_no", "situation"} <= recall
    assert "photo_url" not in recall
    assert "photo_url" in claim
    assert "courier" not in claim
    assert {"shop", "case_type", "customer_id", "order_no", "agent", "goods", "note"} <= recall & claim


def test_the_state_decides_too() -> None:
    assert "resolution" not in case("撤回包裹")
    assert {"resolution", "platform_refund_no"} <= case("撤回包裹", "退款处理中")
    assert {"parcel_condition", "parcel_back_on"} <= case("撤回包裹", "快递已签字")


def test_what_is_filled_is_needed() -> None:
    assert "contacted_party" not in case("质量问题")
    assert "contacted_party" in case("质量问题", contacted_party="仓库")


@pytest.mark.parametrize("register", registers().values(), ids=lambda one: one.key)
def test_what_names_a_record_or_must_be_filled_always_stands_first(register: Register) -> None:
    found = needed(register, {})
    assert {one.name for one in register.fields.values() if one.naming or one.required} <= found
    assert all(name in register.fields for name in (*found, *deciding(register)))


def test_what_decides_is_found_in_the_workflow() -> None:
    assert deciding(CASES) == ("status", "case_type")
    assert deciding(registers()["orders"]) == ("status", "print_status", "urgent")
    assert deciding(registers()["staff"]) == ("status",)
