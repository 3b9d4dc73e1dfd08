"""Lists: which columns fit whom, what an address asks for, which records that finds, views that outlive their columns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from logic.access import Actor
from logic.board import Board
from logic.judgement import Judgement
from logic.lists import query as words
from logic.lists import views
from logic.lists.columns import CREATED_AT, MOST, dates, fitting, listed, main_date, people
from logic.lists.matching import Viewer
from logic.lists.query import Query, days_of, known, read
from logic.lists.views import ListView
from logic.register import Register, registers
from pages.parts import listing
from sheets.store import Store
from sheets.views import ListViews
from tests.tables import NOW, rows_of

KNOWN = registers()
BANK, CASES, ORDERS = (KNOWN[key] for key in ("bank_transfers", "after_sales_register", "orders"))
TODAY = dt.date(2026, 11, 22)  # a Sunday
SALES = Actor("程小桃", positions=frozenset({"售前客服"}))
FINANCE = Actor("钱慧敏", positions=frozenset({"财务"}))
CLERK = Actor("翟大勇", positions=frozenset({"打单员"}))
HEAD = Actor("林佩文", positions=frozenset({"部门主管"}))
HEADS = ("部门主管", "客服主管")


# -- columns -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("register", KNOWN.values(), ids=KNOWN.keys())
@pytest.mark.parametrize(
    "actor", [None, SALES, FINANCE, CLERK, HEAD], ids=["nobody", "sales", "finance", "clerk", "head"]
)
def test_everybody_sees_what_names_a_record_and_not_too_much(register: Register, actor: Actor | None) -> None:
    names = fitting(register, actor, TODAY)
    order = [one.name for one in listed(register)]
    assert {"status", *register.naming, main_date(register)} <= set(names)
    assert 5 < len(names) <= MOST
    assert list(names) == sorted(names, key=order.index), "in the order of the sheet"


def test_a_role_sees_what_its_buttons_ask_for_and_write() -> None:
    finance, sales = fitting(BANK, FINANCE, TODAY), fitting(BANK, SALES, TODAY)
    assert {"amount_paid", "paid_at", "arrived", "arrived_at", "confirmed_by"} <= set(finance)
    assert {"order_progress", "track_note", "last_tracked_at"} <= set(sales)
    assert "last_tracked_at" not in finance
    assert {"parcel_condition", "receipt_by", "receipt_on"} <= set(fitting(CASES, CLERK, TODAY))


def test_a_record_is_dated_by_what_is_filled_by_itself() -> None:
    assert main_date(BANK) == "registered_at"
    assert main_date(ORDERS) == "ordered_at", "the first date, where none is filled by itself"
    assert dates(BANK)[0].name == "registered_at"
    assert CREATED_AT in [one.name for one in dates(ORDERS)]
    assert people(CASES)[:2] == ("agent", "created_by")
    assert "updated_by" not in people(CASES)


# -- the words of an address -------------------------------------------------------------------------------------------


def test_an_address_is_read() -> None:
    address = {
        "q": [" tb "],
        "state": ["已登记", "(空)"],
        "check": ["有问题"],
        "whose": ["我的"],
        "by": ["到账确认"],
        "c_arrived": ["否", "(空)"],
        "span": ["自选日期"],
        "day": ["到账时间"],
        "from": ["2026年11月1日"],
        "order": ["转账金额 从大到小"],
    }
    query, lost = read(BANK, address)
    assert lost == ()
    assert query == Query(
        search="tb",
        states=("已登记", ""),
        check=words.ANY,
        whose="我的",
        chosen=(("arrived", ("否", "")),),
        span="自选日期",
        day="arrived_at",
        first=dt.date(2026, 11, 1),
        order="amount_paid",
        descending=True,
    )
    assert known(BANK, address) == {**address, "q": [" tb "]}


def test_what_a_register_no_longer_has_is_left_out_and_said() -> None:
    address = {
        "by": ["没有这列", "到账确认"],
        "c_gone": ["是"],
        "c_arrived": ["是"],
        "order": ["旧列 升序"],
        "day": ["哪天"],
    }
    query, lost = read(BANK, address)
    assert query.chosen == (("arrived", ("是",)),)
    assert (query.order, query.day) == ("", "registered_at")
    assert lost == (
        "排序用的列“旧列”已经没有了",
        "筛选用的列“没有这列”已经没有了",
        "筛选日期用的列“哪天”已经没有了",
    )
    assert known(BANK, address) == {"by": ["到账确认"], "c_arrived": ["是"]}
    assert read(BANK, {"from": ["昨天上午"], "span": ["自选日期"]})[1][0].startswith("日期“昨天上午”")
    assert read(BANK, {"check": ["乱写"], "whose": ["别人的"], "span": ["明天"]}) == (Query(day="registered_at"), ())


def test_a_renamed_column_is_found_by_its_former_name(monkeypatch: pytest.MonkeyPatch) -> None:
    renamed = {**BANK.fields, "arrived": replace(BANK.fields["arrived"], header="钱到了没有", formerly=("到账确认",))}
    again = replace(BANK)
    monkeypatch.setitem(again.__dict__, "fields", renamed)
    words.answers.cache_clear()
    assert known(again, {"by": ["到账确认"], "c_arrived": ["是"], "order": ["到账确认 降序"]}) == {
        "by": ["钱到了没有"],
        "c_arrived": ["是"],
        "order": ["钱到了没有 降序"],
    }


@pytest.mark.parametrize(
    ("span", "today", "days"),
    [
        ("今天", "2026-11-22", ("2026-11-22", "2026-11-22")),
        ("本周", "2026-11-22", ("2026-11-16", "2026-11-22")),
        ("本周", "2026-11-23", ("2026-11-23", "2026-11-29")),
        ("本月", "2026-02-28", ("2026-02-01", "2026-02-28")),
        ("本月", "2026-12-31", ("2026-12-01", "2026-12-31")),
        ("上月", "2026-01-05", ("2025-12-01", "2025-12-31")),
        ("上月", "2028-03-31", ("2028-02-01", "2028-02-29")),
    ],
)
def test_spans_of_days(span: str, today: str, days: tuple[str, str]) -> None:
    found = days_of(Query(span=span), dt.date.fromisoformat(today))
    assert found == tuple(map(dt.date.fromisoformat, days))


def test_an_open_span_has_no_other_end() -> None:
    assert days_of(Query(span="自选日期"), TODAY) is None
    assert days_of(Query(span="自选日期", first=TODAY), TODAY) == (TODAY, dt.date.max)
    assert days_of(Query(span="自选日期", last=TODAY), TODAY) == (dt.date.min, TODAY)
    assert not Query(span="自选日期", day="arrived_at", order="shop").is_filtered
    assert Query(span="今天").is_filtered


# -- what is found -----------------------------------------------------------------------------------------------------

ROWS = [
    {
        "shop": "天猫店",
        "registered_at": "2026-11-22 08:30",
        "amount_paid": "9",
        "arrived": "是",
        "created_by": "程小桃",
    },
    {"shop": "阿里店", "registered_at": "2026-11-20", "amount_paid": "100", "arrived": "否", "tracked_by": "小桃"},
    {"shop": "", "registered_at": "以后再填", "amount_paid": "一百", "created_by": "钱慧敏", "status": "已到账"},
    {"shop": "1688店", "registered_at": "2026-10-31", "amount_paid": "20.5", "created_by": "钱慧敏"},
]


@pytest.fixture
def judgement() -> Judgement:
    rows = [{"status": "已登记", **row, "record_id": f"YH261122-AAA{at}A"} for at, row in enumerate(ROWS, start=2)]
    staff = [{"name": "程小桃", "alias": "小桃", "record_id": "YG210101-22222"}]
    return Judgement.of(
        KNOWN, {"bank_transfers": rows_of(BANK, rows), "staff": rows_of(KNOWN["staff"], staff)}, now=NOW
    )


def found(judgement: Judgement, query: Query, name: str = "程小桃") -> list[int]:
    """The numbers of the rows, from 1."""

    def awaited() -> frozenset[str]:
        return frozenset({"YH261122-AAA3A"})

    viewer = Viewer(name, TODAY, lambda other: judgement.people.same(other, name), awaited)
    return [int(item.key[-2]) - 1 for item in listing.index_of(judgement, BANK).find(query, viewer)]


def test_mine_are_those_that_name_me_by_any_of_my_names(judgement: Judgement) -> None:
    assert found(judgement, Query(whose="我的")) == [2, 1]
    assert found(judgement, Query(whose="我的"), "钱慧敏") == [4, 3]
    assert found(judgement, Query(whose="我的"), "没有的人") == []
    assert found(judgement, Query(whose="等我处理")) == [2]
    assert listing.index_of(judgement, BANK).find(Query(whose="我的")) == (), "nobody looks"


def test_by_the_answers_of_columns(judgement: Judgement) -> None:
    assert found(judgement, Query(chosen=(("arrived", ("是", "否")),))) == [2, 1]
    assert found(judgement, Query(chosen=(("arrived", ("",)),))) == [4, 3]
    assert found(judgement, Query(chosen=(("arrived", ("否",)), ("shop", ("天猫店",))))) == []
    assert listing.index_of(judgement, BANK).values("shop").count("") == 1


def test_by_the_day_a_record_is_dated(judgement: Judgement) -> None:
    day = "registered_at"
    assert found(judgement, Query(span="今天", day=day)) == [1]
    assert found(judgement, Query(span="本周", day=day)) == [2, 1]
    assert found(judgement, Query(span="上月", day=day)) == [4]
    assert found(judgement, Query(span="自选日期", day=day, last=dt.date(2026, 11, 20))) == [4, 2], (
        "not what is no date"
    )


def test_the_same_question_on_another_day_is_asked_again(judgement: Judgement) -> None:
    index, query = listing.index_of(judgement, BANK), Query(span="今天", day="registered_at")
    viewer = Viewer("程小桃", TODAY, lambda _: True, frozenset[str])
    assert len(index.find(query, viewer)) == 1
    assert index.find(query, replace(viewer, today=TODAY + dt.timedelta(days=1))) == []


def test_sorted_by_value_what_is_none_last(judgement: Judgement) -> None:
    assert found(judgement, Query(order="amount_paid")) == [1, 4, 2, 3]
    assert found(judgement, Query(order="amount_paid", descending=True)) == [2, 4, 1, 3]
    assert found(judgement, Query(order="shop")) == [4, 2, 1, 3], "阿 before 天, as in a dictionary"
    assert found(judgement, Query(order="shop", descending=True)) == [1, 2, 4, 3]


def test_what_waits_for_somebody_is_what_the_start_page_counts(judgement: Judgement) -> None:
    board = Board()
    asked = {"confirm_arrival"}
    waiting = board.awaiting(judgement, FINANCE, "bank_transfers", TODAY)
    mine = board.of(judgement, FINANCE, NOW)
    assert len(waiting) == sum(task.share.count for task in mine.tasks if task.step.key in asked)
    assert waiting
    assert board.awaiting(judgement, CLERK, "bank_transfers", TODAY) == frozenset()


# -- views -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ListViews]:
    made = Store(tmp_path / "data")
    yield ListViews(made)
    made.close()


def test_everybody_has_views_that_ask_for_what_there_is() -> None:
    for register in KNOWN.values():
        for view in views.standard(register):
            assert known(register, view.filters) == view.filters, (register.key, view.name)
            assert views.lost(register, view, ()) == ()
    names = [one.name for one in views.standard(BANK)]
    assert names == ["全部", "等我处理", "我的", "进行中", "有问题", "今天登记的"]
    assert [one.name for one in views.standard(ORDERS)][3] == "没有作废的"
    today = next(one for one in views.standard(ORDERS) if one.name == "今天登记的")
    assert today.filters["day"] == ["登记时间"], "not the day it was ordered"


def test_a_view_is_saved_renamed_and_dropped_by_its_owner_alone(store: ListViews) -> None:
    filters = {"state": ["已登记"], "q": ["tb"]}
    assert views.save(store, SALES, BANK, " 要催的 ", filters, ["店铺"], "t1")
    (stored,) = store.of("程小桃", "bank_transfers")
    view = views.usable(stored)
    assert (view.name, view.filters, view.columns, view.shared) == ("要催的", filters, ("店铺",), False)
    assert store.of("钱慧敏", "bank_transfers") == []
    assert store.of("程小桃", "orders") == []
    assert not views.rename(store, FINANCE, BANK, view.id, "我的了", "t2")
    assert "只能由本人删除" in views.drop(store, FINANCE, view.id).reason
    assert views.rename(store, SALES, BANK, view.id, "催款", "t2")
    assert views.save(store, SALES, BANK, "催款", {}, None, "t3")
    (again,) = store.of("程小桃", "bank_transfers")
    assert (again.id, views.usable(again).filters) == (view.id, {}), "the same name is the same view"
    assert views.save(store, SALES, BANK, "另一个", {}, None, "t4")
    assert (
        "已经有一个叫“催款”"
        in views.rename(store, SALES, BANK, store.of("程小桃", "bank_transfers")[1].id, "催款", "t5").reason
    )
    assert views.drop(store, SALES, view.id)
    assert views.drop(store, SALES, view.id), "gone already"
    assert [one.name for one in store.of("程小桃", "bank_transfers")] == ["另一个"]


@pytest.mark.parametrize("name", ["", "  ", "全部", "字" * 21])
def test_a_name_says_something_of_its_own(store: ListViews, name: str) -> None:
    assert not views.save(store, SALES, BANK, name, {}, None, "t")
    assert store.of("程小桃", "bank_transfers") == []


def test_a_head_publishes_a_view_to_everybody(store: ListViews) -> None:
    views.save(store, HEAD, BANK, "月底对账", {"state": ["已到账"]}, None, "t")
    (stored,) = store.of("林佩文", "bank_transfers")
    assert not views.share(store, SALES, stored.id, True, "t", HEADS, TODAY)
    assert store.of("程小桃", "bank_transfers") == []
    assert views.share(store, HEAD, stored.id, True, "t", HEADS, TODAY)
    assert [one.owner for one in store.of("程小桃", "bank_transfers")] == ["林佩文"]
    assert not views.drop(store, SALES, stored.id)
    other = Actor("穆清越", positions=frozenset({"客服主管"}))
    assert views.share(store, other, stored.id, False, "t", HEADS, TODAY)
    assert store.of("程小桃", "bank_transfers") == []
    assert not views.share(store, other, stored.id, True, "t", HEADS, TODAY), "what is not published is its owner's"


def test_a_view_outlives_its_columns(store: ListViews) -> None:
    filters = {"by": ["没了的列"], "c_gone": ["是"], "state": ["已登记"], "order": ["没了的列 升序"]}
    views.save(store, SALES, BANK, "旧视图", filters, ["店铺", "没了的列", "经理看法"], "t")
    view = views.usable(store.of("程小桃", "bank_transfers")[0])
    assert views.lost(BANK, view, ["经理看法"]) == (
        "排序用的列“没了的列”已经没有了",
        "筛选用的列“没了的列”已经没有了",
        "要显示的列“没了的列”已经没有了",
    )
    assert known(BANK, view.filters) == {"state": ["已登记"]}


def test_a_link_carries_the_filters_and_the_columns() -> None:
    view = ListView("", {"state": ["已登记", "(空)"], "gone": ["x"], "by": ["没了"]}, ("店铺", "备注"))
    assert parse_qs(views.link(BANK, view)) == {
        "bank_transfers_state": ["已登记", "(空)"],
        "bank_transfers_columns": ["店铺", "备注"],
    }


def test_everybody_keeps_columns_of_their_own(store: ListViews) -> None:
    assert store.columns("程小桃", "orders") is None
    store.choose("程小桃", "orders", ["订单号", "电话"], "t")
    store.choose("程小桃", "orders", ["订单号"], "t")
    assert store.columns("程小桃", "orders") == ("订单号",)
    assert store.columns("钱慧敏", "orders") is None
    store.choose("程小桃", "orders", None, "t")
    assert store.columns("程小桃", "orders") is None


def test_a_stored_view_that_makes_no_sense_asks_for_nothing(store: ListViews) -> None:
    store.save("程小桃", "orders", "坏的", {"filters": ["a"], "columns": "b"}, "t")
    store.save("程小桃", "orders", "也坏", {"filters": {"q": "tb"}}, "t")
    for stored in store.of("程小桃", "orders"):
        view = views.usable(stored)
        assert (not any(view.filters.values()), view.columns) == (True, None)
