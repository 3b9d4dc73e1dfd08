"""What every Workbook promises, whoever holds the cells."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest

from sheets.cells import is_same
from sheets.port import (
    Busy,
    CellEdit,
    CellFormat,
    ColumnSpec,
    Commit,
    Missing,
    Moved,
    ProofFailed,
    RowInsert,
    Serial,
    SheetSpec,
    Snapshot,
    Stamp,
    Value,
)
from tests.contract.conftest import TAB, Make
from tests.values import OTHERS, TEXTS

HEADER = ("日期", "店铺", "订单编号", "金额", "记录编号")
ROWS = (
    HEADER,
    (Serial(46_327), "天猫店", "00123", 100.5, "YH261101-AAAAA"),
    (Serial(46_328), "淘宝店", "2024E12", 0.1, "YH261102-BBBBB"),
    (Serial(46_329.4375), "1688", "6225881234567890123", -5.0, "YH261103-CCCCC"),
)
STAMP = Stamp("w-1", 1)
UGLY_TEXTS = (
    "00123", "2024E12", "75E1234", "6225881234567890123", "+8613800138000", "１２３", "nan", "=1+1", "-1", "@SUM(A1)",
    "'00123", "_x0041_", "_x005F_x0041_", "_x005F_", "_x4E2D_", "_xd800_", "_x000d_", "第一行\r\n第二行",
    "第一行\n第二行", " 前后有空格 ", " ", "\n", "\t", "👩‍👩‍👧 𠮷", "#N/A", "TRUE", "<b>&amp;</b>", "\u200b1\ufeff",
    "长" * 32_767, "𠮷" * 16_383,
)  # fmt: skip
REFUSED_TEXTS = ("响铃\x07", "空\x00字节", "半个\ud83d代理", "无此字符\uffff", "长" * 32_768, "𠮷" * 16_384)


def commit(snapshot: Snapshot, *edits: CellEdit, inserts: Sequence[RowInsert] = (), stamp: Stamp = STAMP) -> Commit:
    return Commit(snapshot.revision, edits, stamp, tuple(inserts))


def edit(snapshot: Snapshot, row: int, column: int, value: Value) -> CellEdit:
    """An edit that has seen what stands there."""
    return CellEdit(TAB, row, column, value, snapshot.sheets[TAB].value(row, column))


def changed(before: Snapshot, after: Snapshot) -> dict[tuple[int, int], Value]:
    """The cells of the tab that differ, with what stands there now."""
    old, new = before.sheets[TAB], after.sheets[TAB]
    height = max(len(old.rows), len(new.rows))
    width = max((len(row) for sheet in (old, new) for row in sheet.rows), default=0)
    cells = [(row, column) for row in range(1, height + 1) for column in range(1, width + 1)]
    return {cell: new.value(*cell) for cell in cells if old.value(*cell) != new.value(*cell)}


class TestRead:
    def test_gives_values_as_they_stand(self, make: Make) -> None:
        snapshot = make(*ROWS).read()
        assert snapshot.titles == (TAB,)
        assert tuple(snapshot.sheets[TAB].rows) == ROWS
        assert type(snapshot.sheets[TAB].value(2, 1)) is Serial
        assert type(snapshot.sheets[TAB].value(2, 4)) is float

    def test_keeps_leading_blank_rows_and_columns_and_drops_trailing_ones(self, make: Make) -> None:
        rows = make((), (None, None, "丙", None, ""), (None,)).rows()
        assert tuple(rows) == ((), (None, None, "丙"))

    def test_an_empty_tab_has_no_rows(self, make: Make) -> None:
        assert tuple(make().rows()) == ()

    def test_reads_only_the_tabs_asked_for_and_names_all(self, make: Make) -> None:
        subject = make(*ROWS)
        subject.workbook.shape([SheetSpec("员工名册", (ColumnSpec("name", "姓名"),))], dry_run=False)
        snapshot = subject.workbook.read(["员工名册", "没有这张"])
        assert list(snapshot.sheets) == ["员工名册"]
        assert snapshot.titles == (TAB, "员工名册")

    def test_a_missing_workbook_is_missing(self, make: Make) -> None:
        workbook = make(exists=False).workbook
        with pytest.raises(Missing):
            workbook.read()


class TestRevision:
    def test_stands_still_while_nothing_changes(self, make: Make) -> None:
        subject = make(*ROWS)
        assert subject.workbook.revision() == subject.read().revision == subject.workbook.revision()

    def test_moves_with_every_direct_edit(self, make: Make) -> None:
        subject = make(*ROWS)
        seen = {subject.workbook.revision()}
        subject.person.type(TAB, 2, 2, "京东店")
        seen.add(subject.workbook.revision())
        subject.person.delete_row(TAB, 2)
        seen.add(subject.workbook.revision())
        assert len(seen) == 3

    def test_of_a_commit_is_that_of_its_snapshot(self, make: Make) -> None:
        subject = make(*ROWS)
        before = subject.read()
        after = subject.workbook.write(commit(before, edit(before, 2, 2, "京东店")))
        assert after.revision == subject.workbook.revision() != before.revision


class TestWrite:
    def test_changes_exactly_the_cells_asked_for(self, make: Make) -> None:
        subject = make(*ROWS)
        before = subject.read()
        edits = (edit(before, 2, 2, "京东店"), edit(before, 3, 4, 88.88), edit(before, 4, 3, None))
        after = subject.workbook.write(commit(before, *edits))
        assert changed(before, after) == {(2, 2): "京东店", (3, 4): 88.88, (4, 3): None}
        assert subject.read() == after

    def test_writes_a_new_row_below_the_last(self, make: Make) -> None:
        subject = make(*ROWS)
        before = subject.read()
        new = (Serial(46_330), "新店", "00456", 7.0, "YH261104-DDDDD")
        edits = [CellEdit(TAB, 5, column, value, None, None, 5) for column, value in enumerate(new, start=1)]
        after = subject.workbook.write(commit(before, *edits))
        assert after.sheets[TAB].rows[4] == new
        assert after.sheets[TAB].rows[:4] == before.sheets[TAB].rows

    def test_inserts_first_and_then_edits_final_rows(self, make: Make) -> None:
        subject = make(*ROWS)
        before = subject.read()
        stands = before.sheets[TAB].value(3, 2)
        edits = (CellEdit(TAB, 3, 1, "新"), CellEdit(TAB, 5, 2, "京东店", stands))
        after = subject.workbook.write(commit(before, *edits, inserts=[RowInsert(TAB, 3, 2)]))
        rows = after.sheets[TAB].rows
        assert rows[:2] == before.sheets[TAB].rows[:2]
        assert rows[2:4] == (("新",), ())
        assert rows[4] == (ROWS[2][0], "京东店", *ROWS[2][2:])
        assert rows[5] == ROWS[3]

    def test_several_inserts_are_carried_out_in_order(self, make: Make) -> None:
        subject = make(*ROWS)
        before = subject.read()
        inserts = [RowInsert(TAB, 4, 1), RowInsert(TAB, 2, 1), RowInsert(TAB, 6, 1)]
        after = subject.workbook.write(commit(before, CellEdit(TAB, 6, 1, "末"), inserts=inserts))
        assert after.sheets[TAB].rows == (HEADER, (), ROWS[1], ROWS[2], (), ("末",), ROWS[3])

    def test_an_insert_below_everything_changes_nothing(self, make: Make) -> None:
        subject = make(*ROWS)
        before = subject.read()
        after = subject.workbook.write(commit(before, inserts=[RowInsert(TAB, 9, 3)]))
        assert after.sheets[TAB].rows == before.sheets[TAB].rows

    def test_a_commit_without_edits_renews_the_stamp(self, make: Make) -> None:
        subject = make(*ROWS)
        before = subject.read()
        assert before.stamp is None
        after = subject.workbook.write(commit(before, stamp=Stamp("w-1", 7)))
        assert after.stamp == Stamp("w-1", 7) == subject.read().stamp
        assert changed(before, after) == {}
        again = subject.workbook.write(commit(after, stamp=Stamp("w-1", 8)))
        assert again.stamp == Stamp("w-1", 8)

    def test_many_commits_in_a_row(self, make: Make) -> None:
        subject = make(*ROWS)
        snapshot = subject.read()
        for turn in range(5):
            change = edit(snapshot, 2, 2, f"店铺{turn}")
            snapshot = subject.workbook.write(commit(snapshot, change, stamp=Stamp("w", turn)))
        assert snapshot.sheets[TAB].rows[1] == (*ROWS[1][:1], "店铺4", *ROWS[1][2:])

    def test_emptying_the_last_row_shortens_the_tab(self, make: Make) -> None:
        subject = make(*ROWS)
        before = subject.read()
        after = subject.workbook.write(commit(before, *(edit(before, 4, column, None) for column in range(1, 6))))
        assert len(after.sheets[TAB].rows) == 3


class TestRefusals:
    def test_a_base_that_is_not_current_has_moved(self, make: Make) -> None:
        subject = make(*ROWS)
        before = subject.read()
        subject.person.type(TAB, 4, 2, "有人改了")
        with pytest.raises(Moved):
            subject.workbook.write(commit(before, edit(before, 2, 2, "京东店")))
        assert subject.read().sheets[TAB].value(2, 2) == "天猫店"
        assert subject.read().sheets[TAB].value(4, 2) == "有人改了"

    def test_something_else_than_was_seen_has_moved(self, make: Make) -> None:
        subject = make(*ROWS)
        before = subject.read()
        for was in ("天猫", None, "", 1.0, True):
            with pytest.raises(Moved):
                subject.workbook.write(commit(before, CellEdit(TAB, 2, 2, "京东店", was)))
        with pytest.raises(Moved):
            subject.workbook.write(commit(before, CellEdit(TAB, 2, 2, "京东店", "天猫店"), inserts=[RowInsert(TAB, 2)]))
        assert subject.read() == before

    def test_a_tab_that_is_gone_has_moved(self, make: Make) -> None:
        subject = make(*ROWS)
        before = subject.read()
        with pytest.raises(Moved):
            subject.workbook.write(commit(before, CellEdit("没有这张", 2, 2, "x")))
        with pytest.raises(Moved):
            subject.workbook.write(commit(before, inserts=[RowInsert("没有这张", 2)]))
        assert subject.read() == before

    def test_one_bad_edit_stops_the_whole_commit(self, make: Make) -> None:
        subject = make(*ROWS)
        before = subject.read()
        with pytest.raises(Moved):
            subject.workbook.write(commit(before, edit(before, 2, 2, "京东店"), CellEdit(TAB, 3, 2, "x", "not seen")))
        assert subject.read() == before

    @pytest.mark.parametrize("value", [*REFUSED_TEXTS, math.inf, -math.inf, math.nan, Serial(-1), Serial(math.inf)])
    def test_what_no_cell_can_hold(self, make: Make, value: Value) -> None:
        subject = make(*ROWS)
        before = subject.read()
        with pytest.raises(ProofFailed):
            subject.workbook.write(commit(before, edit(before, 2, 2, value)))
        assert subject.read() == before

    def test_held_open_by_somebody(self, make: Make) -> None:
        subject = make(*ROWS)
        before = subject.read()
        subject.person.hold("王经理")
        assert subject.read() == before, "reading goes on"
        with pytest.raises(Busy) as caught:
            subject.workbook.write(commit(before, edit(before, 2, 2, "京东店")))
        assert caught.value.holder == "王经理"
        assert "王经理" in str(caught.value)
        with pytest.raises(Busy):
            subject.workbook.shape(SPECS, dry_run=False)
        assert subject.workbook.shape(SPECS, dry_run=True)
        subject.person.release()
        assert subject.workbook.write(commit(before, edit(before, 2, 2, "京东店"))).stamp == STAMP


class TestUglyValues:
    def test_texts_come_back_bit_for_bit(self, make: Make) -> None:
        subject = make(*ROWS)
        before = subject.read()
        texts = dict.fromkeys([*UGLY_TEXTS, *(t for t in TEXTS if t and not _is_refused(t))])
        edits = [CellEdit(TAB, row, 2, text) for row, text in enumerate(texts, start=10)]
        after = subject.workbook.write(commit(before, *edits))
        for row, text in enumerate(texts, start=10):
            assert after.sheets[TAB].value(row, 2) == text
        again = subject.workbook.write(commit(after, edit(after, 2, 2, "再存一次")))
        assert changed(after, again) == {(2, 2): "再存一次"}

    def test_texts_typed_by_a_person_are_seen_and_kept(self, make: Make) -> None:
        texts = [text for text in UGLY_TEXTS if len(text) < 100]
        subject = make(*ROWS, *([text] for text in texts))
        before = subject.read()
        assert [row[0] for row in before.sheets[TAB].rows[4:]] == texts
        after = subject.workbook.write(commit(before, edit(before, 2, 2, "京东店")))
        assert changed(before, after) == {(2, 2): "京东店"}

    def test_numbers_dates_and_truth_come_back(self, make: Make) -> None:
        subject = make(*ROWS)
        before = subject.read()
        values = [value for value in OTHERS if value is not None and not _is_no_number(value)]
        edits = [CellEdit(TAB, row, 2, value) for row, value in enumerate(values, start=10)]
        after = subject.workbook.write(commit(before, *edits))
        for row, value in enumerate(values, start=10):
            found = after.sheets[TAB].value(row, 2)
            assert is_same(value, found), (value, found)
        assert subject.read() == after

    def test_a_value_of_another_type_replaces_the_old_one(self, make: Make) -> None:
        subject = make(*ROWS)
        snapshot = subject.read()
        for value in ("文字", 12.5, True, Serial(46_327.5), False, "00123", 0.0, None, "=1+1"):
            snapshot = subject.workbook.write(commit(snapshot, edit(snapshot, 2, 2, value)))
            found = snapshot.sheets[TAB].value(2, 2)
            assert is_same(value, found)
            assert isinstance(found, float) if isinstance(value, float) else type(found) is type(value)

    def test_dates_keep_their_second(self, make: Make) -> None:
        subject = make(*ROWS)
        before = subject.read()
        moments = [Serial(46_327 + second / 86_400) for second in (1, 59, 3_599, 43_200, 86_399)]
        edits = [CellEdit(TAB, row, 1, moment) for row, moment in enumerate(moments, start=10)]
        after = subject.workbook.write(commit(before, *edits))
        for row, moment in enumerate(moments, start=10):
            found = after.sheets[TAB].value(row, 1)
            assert isinstance(found, Serial) and found.moment() == moment.moment()


def _is_no_number(value: Value) -> bool:
    return isinstance(value, float) and (not math.isfinite(value) or (isinstance(value, Serial) and value < 0))


def _is_refused(text: str) -> bool:
    return any(sign in text for sign in "\x07\x00\ud83d\uffff") or len(text.encode("utf-16-le")) // 2 > 32_767


SPECS = (
    SheetSpec(
        TAB,
        (
            ColumnSpec("day", "日期", CellFormat.DATE, note="填写转账日期\n依据:财务制度第3条"),
            ColumnSpec("shop", "店铺", options=("天猫店", "淘宝店"), naming=True),
            ColumnSpec("amount", "金额", CellFormat.MONEY),
            ColumnSpec("paid_at", "到账时间", CellFormat.DATETIME),
            ColumnSpec("record_id", "记录编号", note="请勿改动"),
        ),
    ),
    SheetSpec(
        "员工名册", (ColumnSpec("name", "姓名", naming=True), ColumnSpec("post", "岗位", options=("客服,早班", "主管")))
    ),
)


class TestShape:
    def test_says_first_what_it_would_do_and_does_nothing(self, make: Make) -> None:
        subject = make(*ROWS)
        before = subject.read()
        steps = subject.workbook.shape(SPECS, dry_run=True)
        assert any("到账时间" in step.what for step in steps)
        assert any(step.sheet == "员工名册" for step in steps)
        assert subject.read() == before

    def test_appends_what_is_missing_at_the_right_end(self, make: Make) -> None:
        subject = make(*ROWS)
        before = subject.read()
        said = subject.workbook.shape(SPECS, dry_run=True)
        assert subject.workbook.shape(SPECS, dry_run=False) == said
        after = subject.read()
        assert changed(before, after) == {(1, 6): "到账时间"}
        assert after.titles[:2] == (TAB, "员工名册")
        assert after.sheets["员工名册"].rows == (("姓名", "岗位"),)

    def test_done_twice_there_is_nothing_left_to_do(self, make: Make) -> None:
        subject = make(*ROWS)
        subject.workbook.shape(SPECS, dry_run=False)
        revision = subject.workbook.revision()
        assert subject.workbook.shape(SPECS, dry_run=True) == ()
        assert subject.workbook.shape(SPECS, dry_run=False) == ()
        assert subject.workbook.revision() == revision

    def test_creates_the_workbook(self, make: Make) -> None:
        workbook = make(exists=False).workbook
        if workbook.lasting:
            with pytest.raises(Missing):
                workbook.shape(SPECS, dry_run=False)
            pytest.skip("a spreadsheet gets its address from Google, when a person makes it")
        steps = workbook.shape(SPECS, dry_run=True)
        assert "新建" in steps[0].what
        with pytest.raises(Missing):
            workbook.read()
        assert workbook.shape(SPECS, dry_run=False) == steps
        snapshot = workbook.read()
        assert snapshot.titles[:2] == (TAB, "员工名册")
        assert snapshot.sheets[TAB].rows == (("日期", "店铺", "金额", "到账时间", "记录编号"),)
        assert workbook.shape(SPECS, dry_run=True) == ()

    def test_fills_an_empty_tab_from_the_first_row(self, make: Make) -> None:
        subject = make()
        subject.workbook.shape(SPECS[:1], dry_run=False)
        assert subject.rows() == (("日期", "店铺", "金额", "到账时间", "记录编号"),)

    def test_leaves_a_tab_alone_in_which_no_header_row_is_found(self, make: Make) -> None:
        subject = make(("随便", "写的"), ("东西",))
        before = subject.read()
        steps = subject.workbook.shape(SPECS[:1], dry_run=False)
        assert len(steps) == 1 and "表头" in steps[0].what
        assert subject.read() == before

    def test_knows_a_header_by_its_former_name_and_does_not_rename_it(self, make: Make) -> None:
        subject = make(("时间", "店铺"))
        spec = SheetSpec(TAB, (ColumnSpec("day", "日期", formerly=("时间",)), ColumnSpec("shop", "店铺")))
        assert all("追加" not in step.what for step in subject.workbook.shape([spec], dry_run=False))
        assert subject.rows() == (("时间", "店铺"),)

    def test_finds_the_header_row_below_a_preamble(self, make: Make) -> None:
        subject = make(("2026年11月",), (), *ROWS)
        before = subject.read()
        subject.workbook.shape(SPECS[:1], dry_run=False)
        assert changed(before, subject.read()) == {(3, 6): "到账时间"}

    def test_appends_beyond_notes_that_stand_to_the_right_of_the_table(self, make: Make) -> None:
        subject = make(HEADER, (*ROWS[1], None, "旁边的话"))
        before = subject.read()
        subject.workbook.shape(SPECS[:1], dry_run=False)
        assert changed(before, subject.read()) == {(1, 8): "到账时间"}

    def test_keeps_the_stamp(self, make: Make) -> None:
        subject = make(*ROWS)
        subject.workbook.write(commit(subject.read()))
        subject.workbook.shape(SPECS, dry_run=False)
        assert subject.read().stamp == STAMP


class TestPeople:
    """The hands do to both workbooks what a person does; the state machines rest on that."""

    def test_type_insert_delete_copy(self, make: Make) -> None:
        subject = make(*ROWS)
        subject.person.type(TAB, 2, 2, "_x0041_\r\n=1")
        subject.person.insert_row(TAB, 3)
        subject.person.copy_row(TAB, 2, 6)
        subject.person.delete_row(TAB, 1)
        typed = (ROWS[1][0], "_x0041_\r\n=1", *ROWS[1][2:])
        assert tuple(subject.rows()) == (typed, (), ROWS[2], ROWS[3], typed)

    def test_sort(self, make: Make) -> None:
        subject = make(*ROWS, (None, None, "0", 1.0))
        subject.person.sort(TAB, 2, 2, descending=True)
        assert [row[1] for row in subject.rows()] == ["店铺", "淘宝店", "天猫店", "1688", None]

    def test_a_stale_copy_saved_over_ours_brings_its_generation_back(self, make: Make) -> None:
        subject = make(*ROWS)
        snapshot = subject.workbook.write(commit(subject.read(), stamp=Stamp("w-1", 1)))
        stale = subject.person.save_copy()
        subject.workbook.write(commit(snapshot, edit(snapshot, 2, 2, "京东店"), stamp=Stamp("w-1", 2)))
        subject.person.restore(stale)
        found = subject.read()
        assert found.stamp == Stamp("w-1", 1)
        assert found.sheets[TAB].value(2, 2) == "天猫店"

    def test_the_stamp_survives_a_person_s_edit(self, make: Make) -> None:
        subject = make(*ROWS)
        subject.workbook.write(commit(subject.read(), stamp=Stamp("w-1", 3)))
        subject.person.type(TAB, 2, 2, "有人改了")
        assert subject.read().stamp == Stamp("w-1", 3)
