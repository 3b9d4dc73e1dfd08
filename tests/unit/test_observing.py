"""DESIGN 5: what people do in the sheet is found, told from what we did, and journaled once; rows get and keep their ids."""

from __future__ import annotations

from dataclasses import replace

import pytest

from logic.asking import Ask
from logic.edits import submit
from sheets.ids import is_id
from sheets.journal import SHEET_ACTOR
from sheets.port import Commit, Snapshot
from tests.machine_registers import OWN_COLUMN, column_of, value_at
from tests.shop import FIRST, SECOND, SPARE, THIRD, A, B, Shop


class TestDirectEdits:
    def test_first_contact_is_taken_as_it_is(self, shop: Shop) -> None:
        assert not shop.entries("sheet")
        assert sorted(shop.desk.ledger.baseline()["tickets"]) == [FIRST, SECOND, THIRD]

    def test_a_register_met_later_is_taken_as_it_is_too(self, shop: Shop) -> None:
        """Its tab was not there, or its headers were not, when the workbook was first met."""
        shop.rename_header("spares", "place", "放哪")
        new = Shop(shop.folder / "other", shop.clock)
        new.book.restore(shop.book.save_copy())
        new.kill()
        new.tick()
        new.rename_header("spares", "place", "位置")
        new.tick()
        assert not new.entries("sheet")
        new.type(SPARE, "place", "丁架")
        new.tick()
        assert new.logged(SPARE, "place") == [(SHEET_ACTOR, "甲架", "丁架")]
        new.close()

    def test_an_edit_is_journaled_once(self, shop: Shop) -> None:
        shop.type(FIRST, "code", "00123")
        for _ in range(3):
            shop.tick(11)
        shop.kill()
        shop.tick()
        assert shop.logged(FIRST, "code") == [(SHEET_ACTOR, "0001", "00123")]

    def test_by_two_consoles_once_as_well(self, shop: Shop) -> None:
        other = shop.open()
        shop.type(FIRST, "code", "00123")
        shop.tick()
        shop.keeper.writer.release()
        assert other.tick()
        other.writer.release()
        shop.tick()
        assert shop.logged(FIRST, "code") == [(SHEET_ACTOR, "0001", "00123")]

    def test_an_edit_made_while_nothing_was_running_is_found(self, shop: Shop) -> None:
        shop.kill()
        shop.type(FIRST, "code", "00123")
        shop.tick()
        assert shop.logged(FIRST, "code") == [(SHEET_ACTOR, "0001", "00123")]

    def test_killed_before_it_is_journaled_it_is_journaled_by_the_next(self, shop: Shop) -> None:
        shop.type(FIRST, "code", "00123")

        def die(*_: object) -> None:
            raise KeyboardInterrupt

        shop.keeper.ledger.observe = die  # type: ignore[method-assign]
        with pytest.raises(KeyboardInterrupt):
            shop.keeper.tick()
        shop.kill()
        shop.tick()
        assert shop.logged(FIRST, "code") == [(SHEET_ACTOR, "0001", "00123")]

    def test_own_commits_are_no_direct_edits(self, shop: Shop) -> None:
        shop.saved(A, FIRST, {"code": "６", "detail": "第一行\n第二行"})
        shop.saved(A, None, {"name": "=1+1", "code": "6225881234567890123"})
        shop.settle()
        assert not shop.entries("sheet")

    def test_columns_and_tabs_of_the_manager_are_nobody_elses_business(self, shop: Shop) -> None:
        before = shop.desk.journal.version()
        shop.book.type("工单", 3, OWN_COLUMN, "经理写的")
        shop.book.type("经理的表", 1, 1, "改了")
        shop.tick()
        assert not shop.entries("sheet")
        assert shop.desk.journal.version() == before

    def test_sorting_and_moving_rows_changes_no_record(self, shop: Shop) -> None:
        shop.book.sort("工单", 3, 1, descending=True)
        shop.tick()
        shop.book.copy_row("工单", shop.row(FIRST)[1], 12)
        shop.book.delete_row("工单", shop.row(FIRST)[1])
        shop.tick()
        assert not shop.entries("sheet") and not shop.notices("vanished")

    def test_an_edit_in_the_cell_of_a_pending_change_is_a_conflict_with_both_kept(self, shop: Shop) -> None:
        asked = shop.ask(A, FIRST, {"code": "00123"})
        shop.type(FIRST, "code", "00777")
        shop.tick()
        assert shop.cell(FIRST, "code") == "00777"
        (conflict,) = shop.outcome(asked).conflicts
        assert (conflict.mine, conflict.theirs, conflict.base) == ("00123", "00777", "0001")

    def test_in_another_cell_of_the_row_both_stand(self, shop: Shop) -> None:
        asked = shop.ask(A, FIRST, {"code": "00123"})
        shop.type(FIRST, "detail", "经理写的")
        shop.tick()
        assert shop.outcome(asked).state == "saved"
        assert (shop.cell(FIRST, "code"), shop.cell(FIRST, "detail")) == ("00123", "经理写的")


class TestHeaders:
    def test_a_header_renamed_and_back_loses_nothing(self, shop: Shop) -> None:
        asked = shop.ask(A, FIRST, {"code": "00123"})
        shop.rename_header("tickets", "code", "编码")
        shop.tick()
        assert shop.outcome(asked).state == "queued" and "编号" in shop.outcome(asked).reason
        shop.type(SECOND, "detail", "经理写的")
        shop.tick()
        assert not shop.entries("sheet"), "a lost column must not look like deleted cells"
        shop.rename_header("tickets", "code", "编号")
        shop.tick()
        assert shop.outcome(asked).state == "saved" and shop.cell(FIRST, "code") == "00123"
        assert shop.logged(SECOND, "detail") == [(SHEET_ACTOR, "", "经理写的")]

    def test_the_id_column_too(self, shop: Shop) -> None:
        shop.rename_header("tickets", "record_id", "号")
        shop.settle()
        shop.rename_header("tickets", "record_id", "记录编号")
        shop.settle()
        assert shop.ids("tickets") == [FIRST, SECOND, THIRD]
        assert not shop.notices("vanished") and not shop.entries("sheet")

    def test_an_edit_made_meanwhile_is_found_afterwards(self, shop: Shop) -> None:
        """Nobody compared the row while the header was wrong, though it was looked at."""
        shop.rename_header("tickets", "updated_at", "改动时间")
        shop.type(FIRST, "code", "00123")
        shop.tick()
        shop.rename_header("tickets", "updated_at", "最后修改时间")
        shop.tick()
        assert shop.logged(FIRST, "code") == [(SHEET_ACTOR, "0001", "00123")]

    def test_without_its_tab_a_register_waits_and_the_others_go_on(self, shop: Shop) -> None:
        asked = shop.ask(A, FIRST, {"code": "00123"})
        tab = shop.book._tabs.pop("工单")
        shop.book._changes += 1
        shop.saved(B, SPARE, {"place": "丙架"})
        assert shop.outcome(asked).state == "queued" and "工作表" in shop.outcome(asked).reason
        assert shop.desk.view().judgement.records("tickets") == {}
        shop.book._tabs["工单"] = tab
        shop.book._changes += 1
        shop.tick()
        assert shop.cell(FIRST, "code") == "00123" and not shop.notices("vanished")


class TestIds:
    def test_a_row_gets_its_id_once_it_stood_still_for_ten_seconds(self, shop: Shop) -> None:
        number = shop.append("tickets", name="手写的单")
        shop.tick()
        shop.tick(9)
        column = column_of("tickets", "record_id")
        assert value_at(shop.grid("tickets"), number, column) is None
        shop.book.type("工单", number, column_of("tickets", "code"), "00042")
        shop.tick(2)
        assert value_at(shop.grid("tickets"), number, column) is None, "it changed meanwhile"
        shop.tick(11)
        given = value_at(shop.grid("tickets"), number, column)
        assert isinstance(given, str) and is_id(given) and given.startswith("GD261122-")
        shop.tick()
        assert shop.logged(given, "code") == [(SHEET_ACTOR, "", "00042")]

    def test_of_two_rows_with_one_id_the_known_one_keeps_it(self, shop: Shop) -> None:
        """The copy stands above, and was edited already."""
        shop.book.insert_row("工单", 3)
        shop.book.copy_row("工单", 4, 3)
        shop.book.type("工单", 3, column_of("tickets", "code"), "00042")
        shop.settle()
        assert shop.ids("tickets").count(FIRST) == 1
        assert shop.row(FIRST)[1] == 4 and shop.cell(FIRST, "code") == "0001"
        assert not shop.notices("vanished")

    def test_a_row_copied_in_the_moment_of_a_commit_does_not_become_the_record(
        self, shop: Shop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The copy says what the Baseline said before the commit; the answer to the commit shows both rows."""
        writes = shop.keeper.workbook.write

        def write(commit: Commit) -> Snapshot:
            shop.book.copy_row("工单", 3, 12)
            try:
                return writes(replace(commit, base=shop.book.revision()))
            finally:
                monkeypatch.undo()

        asked = shop.ask(A, FIRST, {"code": "00123"})
        monkeypatch.setattr(shop.keeper.workbook, "write", write)
        shop.tick()
        shop.settle()
        assert shop.outcome(asked).state == "saved"
        assert shop.row(FIRST)[1] == 3 and shop.cell(FIRST, "code") == "00123"
        assert not shop.logged(FIRST, "code")[1:], "nobody edited it directly"

    def test_changes_to_a_doubled_id_wait_and_then_go_to_the_right_row(self, shop: Shop) -> None:
        shop.book.copy_row("工单", 3, 12)
        asked = shop.ask(A, FIRST, {"code": "00123"})
        shop.tick()
        assert shop.outcome(asked).state == "queued" and "同一个记录编号" in shop.outcome(asked).reason
        shop.settle()
        assert shop.outcome(asked).state == "saved" and shop.row(FIRST)[1] == 3
        assert value_at(shop.grid("tickets"), 12, column_of("tickets", "code")) == "0001"

    def test_a_change_of_several_records_waits_as_a_whole_and_what_rests_on_it_too(self, shop: Shop) -> None:
        shop.book.copy_row("工单", 3, 12)
        shop.tick()
        both = [Ask("tickets", FIRST, {"code": "00123"}), Ask("tickets", SECOND, {"code": "00124"})]
        first = submit(shop.desk, A, both)
        later = shop.ask(B, SECOND, {"code": "00125"})
        shop.tick()
        assert (shop.cell(FIRST, "code"), shop.cell(SECOND, "code")) == ("0001", "0002")
        shop.settle()
        assert (shop.outcome(first).state, shop.outcome(later).state) == ("saved", "saved")
        assert (shop.cell(FIRST, "code"), shop.cell(SECOND, "code")) == ("00123", "00125")

    def test_a_row_that_lost_its_id_gets_it_back(self, shop: Shop) -> None:
        shop.type(FIRST, "record_id", None)
        asked = shop.desk.view().judgement.record("tickets", FIRST)
        shop.settle()
        assert asked is not None and shop.ids("tickets") == [FIRST, SECOND, THIRD]
        assert not shop.notices("vanished") and not shop.entries("sheet"), "it was there all the time"

    def test_a_change_waits_for_the_id_to_come_back(self, shop: Shop) -> None:
        asked = shop.ask(A, FIRST, {"code": "00123"})
        shop.type(FIRST, "record_id", None)
        shop.tick()
        assert shop.outcome(asked).state == "queued" and "补回" in shop.outcome(asked).reason
        shop.settle()
        assert shop.cell(FIRST, "code") == "00123"

    def test_a_deleted_row_is_kept_and_listed_and_comes_back_with_its_id(self, shop: Shop) -> None:
        copied = list(shop.grid("tickets")[2])
        shop.delete(FIRST)
        shop.settle()
        assert shop.notices("vanished") == [{"register": "tickets", "record": FIRST}]
        for column, value in enumerate(copied[:6], start=1):
            shop.book.type("工单", 15, column, value)
        shop.settle()
        assert FIRST in shop.ids("tickets") and shop.row(FIRST)[1] == 15

    def test_a_change_of_a_deleted_row_goes_back_to_its_author(self, shop: Shop) -> None:
        asked = shop.ask(A, FIRST, {"code": "00123"})
        shop.delete(FIRST)
        shop.tick()
        (failed,) = shop.attention(A)
        assert failed.change == asked.change and failed.conflicts[0].mine == "00123"

    def test_sums_and_blank_rows_get_none(self, shop: Shop) -> None:
        shop.settle()
        column = column_of("tickets", "record_id")
        assert [value_at(shop.grid("tickets"), number, column) for number in (6, 7)] == [None, None]

    def test_what_is_no_id_of_ours_is_replaced(self, shop: Shop) -> None:
        shop.type(FIRST, "record_id", "自己编的1号")
        shop.settle()
        assert all(is_id(str(one)) for one in shop.ids("tickets")) and len(set(shop.ids("tickets"))) == 3
