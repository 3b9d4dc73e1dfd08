"""修改记录: who changed what, from where, newest first; what is refused with its rules, what is private masked."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import event, text

from logic.asking import Ask
from logic.changelog import COLUMNS, ChangeLog, Line, Query, cells
from logic.edits import submit
from logic.explaining import explain
from logic.exporting import view_as_csv, view_as_xlsx
from logic.seeing import MASK
from sheets.journal import SHEET_ACTOR
from sheets.logged import Cursor, Filter, LogReader
from sheets.store import Store
from tests.bench.bench_changelog import BOOK, fill, place
from tests.conftest import Clock
from tests.counter import CASHIER, CLERK, DRILL, HEAD, KNOWN, LADDER, SAW, Counter


@pytest.fixture
def counter(tmp_path: Path, clock: Clock) -> Iterator[Counter]:
    """A week of work: a direct edit, a save, a refusal, a denial, an explanation, an edit that waits."""
    counter = Counter(tmp_path, clock)
    counter.type(SAW, "thing", "大锯子")
    counter.tick(days=1)
    submit(counter.desk, HEAD, [Ask("loans", DRILL, {"thing": "冲击钻", "phone": "13900139000"})])
    counter.tick(seconds=1)
    counter.tick(days=1)
    submit(counter.desk, HEAD, [Ask("loans", SAW, {"count": "0", "phone": "13700137000"})])
    submit(counter.desk, CASHIER, [Ask("loans", SAW, {"thing": "小锯子"})])
    explain(counter.desk, HEAD, "loans", DRILL, "LN-02", "days", "客户改约")
    submit(counter.desk, HEAD, [Ask("loans", LADDER, {"thing": "长梯子"})])
    yield counter
    counter.close()


def log(counter: Counter, viewer: str = HEAD) -> ChangeLog:
    return ChangeLog(counter.keeper.store, KNOWN, dict.fromkeys(KNOWN, counter.desk), viewer)


def lines(counter: Counter, viewer: str = HEAD, **wanted: object) -> list[Line]:
    return list(log(counter, viewer).lines(Query(**wanted)))  # type: ignore[arg-type]


def short(found: list[Line]) -> list[tuple[str, ...]]:
    return [(one.actor, one.source, one.record, one.column, one.before, one.after, one.outcome) for one in found]


def test_everything_is_there_the_newest_first(counter: Counter) -> None:
    assert short(lines(counter)) == [
        (HEAD, "网页登记", LADDER, "物品", "梯子", "长梯子", "正在写入…"),
        (HEAD, "网页登记", DRILL, "说明 LN-02", "", "客户改约", "已保存"),
        (CASHIER, "网页登记", SAW, "物品", "大锯子", "小锯子", "没有权限"),
        (HEAD, "网页登记", SAW, "数量", "", "0", "没有保存"),
        (HEAD, "网页登记", DRILL, "物品", "电钻", "冲击钻", "已保存"),
        (HEAD, "网页登记", DRILL, "电话", "", "13900139000", "已保存"),
        (SHEET_ACTOR, "表格直接修改", SAW, "物品", "锯子", "大锯子", "已保存"),
    ]


def test_what_was_refused_names_its_rules_and_why(counter: Counter) -> None:
    refused = lines(counter, outcome="没有保存")
    assert [(one.rules, one.said[:4]) for one in refused] == [("", "修改“借"), ("LN-01", "有不符合")]
    assert [one.column for one in lines(counter) if one.rules == "LN-02"] == ["说明 LN-02"]


def test_a_direct_edit_never_bears_a_name(counter: Counter) -> None:
    assert log(counter).people() == sorted([HEAD, CASHIER])
    assert {one.actor for one in lines(counter, source="sheet")} == {SHEET_ACTOR}


def test_filters(counter: Counter) -> None:
    assert {one.actor for one in lines(counter, person=CASHIER)} == {CASHIER}
    assert {one.record for one in lines(counter, record=SAW.lower())} == {SAW}
    assert lines(counter, register="staff") == []
    assert lines(counter, register="staff", record=SAW) == [], "the record is of another register"
    assert lines(counter, record="没有这个编号") == []
    assert lines(counter, record="YH260101-22222") == [], "a register nobody knows here"
    assert [one.record for one in lines(counter, outcome="待写入")] == [LADDER]
    assert len(lines(counter, person=HEAD, record=DRILL, source="console")) == 3


def test_days_count_whole(counter: Counter) -> None:
    first, second, third = (dt.date(2026, 11, day) for day in (22, 23, 24))
    assert [one.record for one in lines(counter, last=first)] == [SAW]
    assert {one.record for one in lines(counter, first=second, last=second)} == {DRILL}
    assert len(lines(counter, first=third)) == 4
    assert lines(counter, first=dt.date(2026, 12, 1)) == []


@pytest.mark.parametrize(
    ("viewer", "phone"), [(HEAD, "13900139000"), (CASHIER, MASK), (CLERK, "13900139000"), ("", MASK)]
)
def test_what_is_private_is_for_those_who_may_edit_it(counter: Counter, viewer: str, phone: str) -> None:
    """The clerk may, because she registered the record herself."""
    (found,) = [one for one in lines(counter, viewer) if one.column == "电话"]
    assert (found.before, found.after) == ("", phone)


def test_a_register_that_is_declared_no_longer_is_masked(counter: Counter) -> None:
    known = {"staff": KNOWN["staff"]}
    gone = ChangeLog(counter.keeper.store, known, dict.fromkeys(known, counter.desk), HEAD)
    found = [one for one in gone.lines(Query()) if one.field]
    assert found and {one.after for one in found} == {MASK}


def test_pages_join_without_a_gap_even_within_one_change(counter: Counter) -> None:
    whole, again = lines(counter), log(counter)
    for size in (1, 2, 3, 100):
        start, joined = None, list[Line]()
        while True:
            page, start = again.page(Query(), start, size)
            assert len(page) <= size
            joined += page
            if start is None:
                break
        assert joined == whole


def test_a_page_stays_while_others_go_on(counter: Counter) -> None:
    again = log(counter)
    _, start = again.page(Query(), None, 3)
    before, _ = again.page(Query(), start, 3)
    submit(counter.desk, HEAD, [Ask("loans", DRILL, {"thing": "电锤"})])
    assert again.page(Query(), start, 3)[0] == before


def test_a_download_ends_somewhere(counter: Counter) -> None:
    assert len(list(log(counter).lines(Query(), limit=2))) == 2


def test_the_files_hold_texts_as_texts_and_times_as_times(counter: Counter) -> None:
    counter.type(SAW, "thing", "=1+1")
    found = [cells(one) for one in lines(counter)]
    sheet = openpyxl.load_workbook(io.BytesIO(view_as_xlsx("修改记录", COLUMNS, found))).active
    assert sheet is not None
    head, newest, *_ = sheet.iter_rows(values_only=True)
    assert list(head) == list(COLUMNS)
    row = dict(zip(COLUMNS, newest, strict=True))
    assert (row["时间"], row["新值"]) == (counter.clock(), "=1+1")
    assert sheet.cell(2, list(COLUMNS).index("新值") + 1).data_type == "s"
    rows = list(csv.DictReader(io.StringIO(view_as_csv(COLUMNS, found).decode("utf-8-sig"))))
    assert rows[0]["新值"] == "'=1+1"
    assert rows[0]["时间"] == f"{counter.clock():%Y-%m-%d %H:%M:%S}"


# A long journal -------------------------------------------------------------------------------------------------------

FILTERS = {
    "newest": Filter(),
    "actor": Filter(actor="同事07"),
    "source": Filter(source="sheet"),
    "record": Filter(workbook=BOOK, register="orders", record=place(1002)[1]),
    "register": Filter(workbook=BOOK, register="orders"),
    "day": Filter(first="2026-01-02", last="2026-01-02"),
    "state": Filter(states=("rejected",)),
}


@pytest.fixture(scope="module")
def long_journal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = Store(tmp_path_factory.mktemp("log"))
    fill(store, 3000)
    yield store
    store.close()


@pytest.mark.parametrize("name", FILTERS)
def test_no_filter_walks_through_a_whole_table(long_journal: Store, name: str) -> None:
    """However long the journal is: every statement of a page goes by an index, or by the number of the change."""
    asked: dict[str, Any] = {}

    def note(connection: object, cursor: object, statement: str, parameters: object, *_: object) -> None:
        asked[statement] = parameters

    event.listen(long_journal._engine, "before_cursor_execute", note)
    page, _ = LogReader(long_journal).page(FILTERS[name], None, 100)
    event.remove(long_journal._engine, "before_cursor_execute", note)
    assert page
    with long_journal.reading() as connection:
        for statement, parameters in asked.items():
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
            steps = [str(row[3]) for row in plan]
            scans = [
                step for step in steps if step in {f"SCAN {table}" for table in ("c", "changes", "cells", "touches")}
            ]
            # Without a filter the changes themselves are read from their end, as many as the page needs.
            assert scans == (["SCAN c"] if name == "newest" and " c WHERE" in statement else []), (statement, steps)


def test_a_page_far_back_begins_where_it_says(long_journal: Store) -> None:
    page, following = LogReader(long_journal).page(Filter(), Cursor(77, 2), 5)
    assert [(one.seq, one.field) for one in page] == [
        (77, "amount_paid"), (77, "note"), (77, "status"), (76, "shop"), (76, "customer_id"),
    ]  # fmt: skip
    assert following == Cursor(76, 2)


def test_the_history_of_a_record_goes_by_an_index(long_journal: Store) -> None:
    with long_journal.reading() as connection:
        plan = connection.execute(text("EXPLAIN QUERY PLAN SELECT n FROM cells WHERE seq IN (1, 2)")).all()
    assert ["cells_seq" in row[3] for row in plan] == [True]
