"""Tables found again in a later Snapshot."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sheets.port import ColumnSpec, Mark, Serial, Sheet, SheetSpec, Value
from sheets.table import find_table

SPEC = SheetSpec(
    "工单",
    (ColumnSpec("name", "名称", naming=True), ColumnSpec("amount", "金额"), ColumnSpec("record_id", "记录编号")),
)
HEAD: tuple[Value, ...] = ("名称", "金额", "记录编号")
values = st.sampled_from([None, "合计", "甲", "乙", 1.0, True, Serial(1.0), "GD261122-AAAAA"])
bodies = st.lists(st.lists(values, max_size=4).map(tuple), max_size=6)
marks = st.dictionaries(st.tuples(st.integers(1, 7), st.integers(1, 3)), st.sampled_from(Mark), max_size=3)


@given(bodies, bodies, marks, marks, st.sets(st.integers(1, 7)), st.permutations(HEAD))
def test_a_table_found_with_the_help_of_an_older_one_is_the_same(
    first: list[tuple[Value, ...]],
    second: list[tuple[Value, ...]],
    marked: dict[tuple[int, int], Mark],
    marked_later: dict[tuple[int, int], Mark],
    hidden: set[int],
    head: list[Value],
) -> None:
    before = (HEAD, *first)
    later = (
        HEAD if head == [*HEAD] else tuple(head),
        *(one for pair in zip(first, second, strict=False) for one in pair),
    )
    known = find_table(Sheet("工单", before, marked), SPEC)
    for rows in (later, before[:1] + before[2:], before):
        sheet = Sheet("工单", rows, marked_later, frozenset(hidden))
        again, fresh = find_table(sheet, SPEC, known), find_table(sheet, SPEC)
        assert again == fresh
        assert [[*map(type, row.cells)] for row in again.rows] == [[*map(type, row.cells)] for row in fresh.rows]


def test_a_row_that_is_the_same_object_is_not_read_again() -> None:
    rows: tuple[tuple[Value, ...], ...] = (HEAD, ("甲", 1.0, "GD261122-AAAAA"), ("乙", 2.0, "GD261122-AAAAB"))
    known = find_table(Sheet("工单", rows), SPEC)
    again = find_table(Sheet("工单", (*rows[:2], ("乙", 3.0, "GD261122-AAAAB"))), SPEC, known)
    assert again.rows[0] is known.rows[0]
    assert again.rows[1].cells == ("乙", 3.0, "GD261122-AAAAB")
