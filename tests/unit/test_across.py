"""Rules that ask other registers and settings: judged again exactly when what they look at changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

import hypothesis
import hypothesis.strategies as st
import pytest

from logic.fields import Row, field
from logic.judgement import Amendment, Judgement
from logic.kinds import Date, Identifier, Integer, Money, Staff, Text
from logic.lookups import Look
from logic.register import Register
from logic.rules import Across, Case, Fault, Level, rule
from logic.settings import SETTINGS
from logic.source import Source
from logic.trade.parameters import PARAMETERS
from sheets.port import Sheet
from sheets.table import Table, find_table

SOURCE = Source("000:L217", "并跟踪订单顺利进行")
NOW = dt.datetime(2021, 3, 10, 9, 0)
TOLERANCE = PARAMETERS["bank_tolerance"]


class Parcel(Row):
    """测试用:包裹。"""

    number: str | None = field("包裹号", Text(), naming=True)
    orders: tuple[str, ...] | None = field("订单", Identifier(many=True))
    price: Decimal | None = field("金额", Money())
    sent_on: dt.date | None = field("日期", Date())


class Order(Row):
    """测试用:订单。"""

    order: str | None = field("订单号", Identifier(), naming=True)
    count: int | None = field("件数", Integer())


class Setting(Row):
    """测试用:参数。"""

    key: str | None = field("参数名", Text(), naming=True)
    value: str | None = field("值", Text())
    effective_from: dt.date | None = field("生效日期", Date())
    approver: str | None = field("批准人", Staff())


ORDER = Across("items", here="orders", there="order")


@rule("X-01", Level.WARN, fields=("orders",), source=SOURCE, across=(ORDER,), good=Case({}), bad=Case({}))
def nothing_ordered(row: Parcel, look: Look) -> Iterator[Fault]:
    """订单的件数合计不能是 0。"""
    found = look.across(row, ORDER)
    if not look.has("items"):
        yield Fault("orders", "没有订单表")
    elif not look.uses("items"):
        yield Fault("orders", "订单表是空的")
    elif found and not sum(one.count or 0 for one in found):
        yield Fault("orders", "、".join(look.label(one) for one in found))


@rule("X-02", Level.WARN, fields=("price",), source=SOURCE, settings=("bank_tolerance",), good=Case({}), bad=Case({}))
def beyond_tolerance(row: Parcel, look: Look) -> Iterator[Fault]:
    """金额不超过允许差额。"""
    limit = look.setting("bank_tolerance", row.sent_on)
    if row.price is not None and row.price > limit:
        yield Fault("price", f"{row.price} 超过 {limit}")


@rule("X-03", Level.WARN, fields=("number",), source=SOURCE, needs=("items",), good=Case({}), bad=Case({}))
def asleep(row: Parcel, look: Look) -> Iterator[Fault]:
    """没有订单表时不检查。"""
    yield Fault("number", "醒着")


PARCELS = Register(
    key="parcels",
    title="包裹",
    prefix="BG",
    area="system",
    model=Parcel,
    rules=(nothing_ordered, beyond_tolerance, asleep),
    samples=({"number": "1"},),
)
ITEMS = Register(key="items", title="订单", prefix="DD", area="system", model=Order, samples=({"order": "1"},))
VALUES = Register(key=SETTINGS, title="参数", prefix="CS", area="system", model=Setting, samples=({"key": "1"},))
KNOWN = {one.key: one for one in (PARCELS, ITEMS, VALUES)}
Texts = Mapping[str, str]


def of(register: Register, rows: Sequence[Texts]) -> Table:
    headers = tuple(one.header for one in register.fields.values())
    ids = [f"{register.prefix}210302-2222{n}" for n in range(2, 2 + len(rows))]
    lines = [{**row, "record_id": id} for id, row in zip(ids, rows, strict=True)]
    return find_table(
        Sheet(register.title, [headers, *(tuple(row.get(name) or None for name in register.fields) for row in lines)]),
        register.spec(),
    )


def judged(**tables: Sequence[Texts]) -> Judgement:
    return Judgement.of(KNOWN, {key: of(KNOWN[key], rows) for key, rows in tables.items()}, now=NOW)


def said(judgement: Judgement) -> list[str]:
    return sorted(f"{one.rule} {one.record[-1]} {one.message}" for one in judgement.violations("parcels"))


def beyond(judgement: Judgement) -> list[str]:
    return [one for one in said(judgement) if "X-02" in one]


ONE = {"number": "甲", "orders": "A1、A2"}


def test_a_rule_finds_the_records_of_another_register_by_any_part_of_a_column_of_several() -> None:
    judgement = judged(parcels=[ONE], items=[{"order": "A2", "count": "0"}, {"order": "A3", "count": "4"}])
    assert "X-01 2 DD210302-22222" in said(judgement)
    assert not any("X-01" in one for one in said(judged(parcels=[ONE], items=[{"order": "A2", "count": "1"}])))


def test_a_register_without_a_tab_gives_nothing_and_a_rule_that_needs_it_rests() -> None:
    assert said(judged(parcels=[ONE])) == ["X-01 2 没有订单表"]
    assert said(judged(parcels=[ONE], items=[])) == ["X-01 2 订单表是空的", "X-03 2 醒着"]


def test_a_setting_counts_from_its_day_on_for_the_records_of_that_day() -> None:
    rows = [{"number": "甲", "price": "3.00", "sent_on": day} for day in ("2021-03-01", "2021-03-05", "2021-03-09")]
    steps = [
        {"key": TOLERANCE.title, "value": "5.00", "effective_from": "2021-03-05", "approver": "陈总"},
        {"key": TOLERANCE.title, "value": "2.00", "effective_from": "2021-03-09", "approver": "陈总"},
    ]
    assert beyond(judged(parcels=rows, settings=steps)) == ["X-02 2 3.00 超过 1.00", "X-02 4 3.00 超过 2.00"]


@pytest.mark.parametrize(
    "broken",
    [{"value": "五块"}, {"value": ""}, {"approver": ""}, {"effective_from": ""}, {"status": "作废"}, {"key": "别的"}],
)
def test_a_setting_that_is_not_in_order_does_not_count(broken: Texts) -> None:
    good = {"key": TOLERANCE.title, "value": "5.00", "effective_from": "2021-03-01", "approver": "陈总"}
    rows = [{"number": "甲", "price": "3.00", "sent_on": "2021-03-09"}]
    assert beyond(judged(parcels=rows, settings=[good])) == []
    assert beyond(judged(parcels=rows, settings=[{**good, **broken}])) == ["X-02 2 3.00 超过 1.00"]


def test_a_record_elsewhere_that_changes_is_told_at_once_and_nobody_else_is_judged_again() -> None:
    looked: list[str] = []

    @rule("X-04", Level.WARN, fields=("orders",), source=SOURCE, across=(ORDER,), good=Case({}), bad=Case({}))
    def watching(row: Parcel, look: Look) -> Iterator[Fault]:
        """记下看了谁。"""
        looked.append(row.number or "")
        yield from ()

    register = Register(
        key="parcels",
        title="包裹",
        prefix="BG",
        area="system",
        model=Parcel,
        rules=(watching,),
        samples=({"number": "1"},),
    )
    known = {"parcels": register, "items": ITEMS}
    parcels = [{"number": "甲", "orders": "A1"}, {"number": "乙", "orders": "A2"}, {"number": "丙"}]
    tables = {"parcels": of(register, parcels), "items": of(ITEMS, [{"order": "A1"}, {"order": "A9"}])}
    first = Judgement.of(known, tables, now=NOW)
    looked.clear()
    first.amended([Amendment("items", "DD210302-22222", {"order": "A2"})], now=NOW)
    assert sorted(looked) == ["乙", "甲"], "who named the old number and who names the new one"


texts = st.sampled_from(["", "A1", "A2", "A1、A2"])
parcel = st.fixed_dictionaries(
    {"number": st.just("甲"), "orders": texts, "price": st.sampled_from(["", "0.50", "3.00"])}
)
item = st.fixed_dictionaries({"order": st.sampled_from(["A1", "A2"]), "count": st.sampled_from(["", "0", "1"])})
step = st.fixed_dictionaries(
    {
        "key": st.just(TOLERANCE.title),
        "value": st.sampled_from(["2.00", "五"]),
        "effective_from": st.sampled_from(["", "2021-03-01"]),
        "approver": st.just("陈总"),
    }
)
state = st.fixed_dictionaries(
    {
        "parcels": st.lists(parcel, max_size=3),
        "items": st.none() | st.lists(item, max_size=3),
        "settings": st.none() | st.lists(step, max_size=2),
    }
)


@hypothesis.given(st.lists(state, min_size=2, max_size=4))
@hypothesis.settings(max_examples=150, deadline=None)
def test_judging_again_what_changed_equals_judging_everything(states: list[dict[str, list[Texts] | None]]) -> None:
    judgement: Judgement | None = None
    for one in states:
        tables = {key: of(KNOWN[key], rows) if rows is not None else None for key, rows in one.items()}
        judgement = Judgement.of(KNOWN, tables, now=NOW) if judgement is None else judgement.advanced(tables, now=NOW)
        assert said(judgement) == said(Judgement.of(KNOWN, tables, now=NOW))
