"""DESIGN 7, stale saves: a file of an older generation is saved over ours, copied away and back, restored from yesterday."""

from __future__ import annotations

import shutil

import pytest

from sheets.memory import MemoryWorkbook, StaleCopy
from sheets.port import Stamp
from sheets.services import Keeper
from tests.machine_registers import column_of
from tests.shop import FIRST, SECOND, SPARE, A, B, Shop


@pytest.fixture(autouse=True)
def written(shop: Shop) -> None:
    """From here on the file carries our stamp."""
    shop.saved(A, SPARE, {"place": "乙架"})


class TestCells:
    def test_what_the_file_took_away_is_put_back_and_listed(self, shop: Shop) -> None:
        copy = shop.book.save_copy()
        shop.saved(A, FIRST, {"code": "00123"})
        shop.book.restore(copy)
        shop.tick()
        assert shop.cell(FIRST, "code") == "00123"
        assert shop.cell(FIRST, "updated_by") == A, "under the name of whoever made it"
        assert shop.notices("put_back") == [
            {"register": "tickets", "record": FIRST, "cells": [{"field": "code", "sheet": "0001", "ours": "00123"}]}
        ]
        assert not shop.entries("sheet"), "nobody typed anything"

    def test_everybody_goes_on_seeing_it_while_the_file_is_held(self, shop: Shop) -> None:
        copy = shop.book.save_copy()
        shop.saved(A, FIRST, {"code": "00123"})
        shop.book.hold()
        shop.book.restore(copy)
        shop.tick()
        record = shop.desk.view().judgement.record("tickets", FIRST)
        assert shop.cell(FIRST, "code") == "0001"
        assert record is not None and record.text("code") == "00123"

    def test_an_emptied_cell_is_emptied_again(self, shop: Shop) -> None:
        copy = shop.book.save_copy()
        shop.saved(A, FIRST, {"code": ""})
        shop.book.restore(copy)
        shop.tick()
        assert shop.cell(FIRST, "code") is None

    def test_a_third_value_stands_and_the_author_chooses(self, shop: Shop) -> None:
        copy = shop.book.save_copy()
        shop.saved(A, FIRST, {"code": "00123", "detail": "加急"})
        shop.book.restore(copy)
        shop.type(FIRST, "code", "00777")
        shop.tick()
        assert shop.cell(FIRST, "code") == "00777"
        assert shop.cell(FIRST, "detail") == "加急", "the other cell is put back all the same"
        (failed,) = shop.attention(A)
        (conflict,) = failed.conflicts
        assert (conflict.mine, conflict.theirs, conflict.base) == ("00123", "00777", "0001")
        assert ("表格直接修改", "00123", "00777") in shop.logged(FIRST, "code")

    def test_the_file_shows_ours_already(self, shop: Shop) -> None:
        copy = shop.book.save_copy()
        shop.saved(A, FIRST, {"code": "00123"})
        shop.book.restore(copy)
        shop.type(FIRST, "code", "00123")
        shop.tick()
        assert not shop.notices("put_back") and not shop.attention(A)
        assert shop.logged(FIRST, "code") == [(A, "0001", "00123")]

    def test_every_later_save_of_the_same_old_file_is_mended(self, shop: Shop) -> None:
        copy = shop.book.save_copy()
        shop.saved(A, FIRST, {"code": "00123"})
        for _ in range(3):
            shop.book.restore(copy)
            shop.tick()
            assert shop.cell(FIRST, "code") == "00123"

    def test_right_after_an_own_commit_without_a_look_in_between(self, shop: Shop) -> None:
        """The file reads as it did when it was last compared; only the Baseline has moved on."""
        shop.ask(A, FIRST, {"code": "00123"})
        copy = shop.book.save_copy()
        shop.tick()
        shop.book.restore(copy)
        shop.tick()
        assert shop.cell(FIRST, "code") == "00123"

    def test_while_another_process_was_the_writer(self, shop: Shop) -> None:
        copy = shop.book.save_copy()
        other = shop.open()
        shop.keeper.writer.release()
        shop.ask(A, FIRST, {"code": "00123"})
        assert other.tick()
        other.writer.release()
        shop.book.restore(copy)
        shop.tick()
        assert shop.cell(FIRST, "code") == "00123"

    def test_a_direct_edit_of_a_later_generation_is_put_back_too(self, shop: Shop) -> None:
        copy = shop.book.save_copy()
        shop.saved(A, SECOND, {"detail": "先记一笔"})
        shop.type(FIRST, "code", "00123")
        shop.tick()
        shop.book.restore(copy)
        shop.tick()
        assert shop.cell(FIRST, "code") == "00123"

    def test_a_direct_edit_lost_to_a_third_value_is_told_to_the_head(self, shop: Shop) -> None:
        copy = shop.book.save_copy()
        shop.saved(A, SECOND, {"detail": "先记一笔"})
        shop.type(FIRST, "code", "00123")
        shop.tick()
        shop.book.restore(copy)
        shop.type(FIRST, "code", "00777")
        shop.tick()
        assert shop.cell(FIRST, "code") == "00777"
        assert shop.notices("overwritten") == [
            {"register": "tickets", "record": FIRST, "field": "code", "was": "00123", "now": "00777"}
        ]

    def test_a_direct_edit_taken_back_in_the_same_sitting_is_only_listed(self, shop: Shop) -> None:
        copy = shop.book.save_copy()
        shop.type(FIRST, "code", "00123")
        shop.tick()
        shop.book.restore(copy)
        shop.tick()
        assert shop.cell(FIRST, "code") == "0001"
        assert shop.notices("taken_back") == [
            {"register": "tickets", "record": FIRST, "field": "code", "was": "00123", "now": "0001"}
        ]

    def test_going_on_in_a_stale_file_after_a_conflict_makes_no_second_one(self, shop: Shop) -> None:
        copy = shop.book.save_copy()
        shop.saved(A, FIRST, {"code": "00123"})
        for typed in ("00777", "00778"):
            shop.book.restore(copy)
            shop.type(FIRST, "code", typed)
            shop.tick()
        assert shop.cell(FIRST, "code") == "00778"
        assert [one.conflicts[0].theirs for one in shop.attention(A)] == ["00777"]

    def test_a_stale_file_saved_again_after_the_author_chose_is_no_news(self, shop: Shop) -> None:
        """What stood in that very file before is a value of its generation, not a third one."""
        copy = shop.book.save_copy()
        shop.saved(A, FIRST, {"code": "00123"})
        shop.book.restore(copy)
        shop.type(FIRST, "code", "00777")
        late = shop.book.save_copy()
        shop.tick()
        shop.saved(A, FIRST, {"code": "00123"}, base={"code": "00777"})
        shop.book.restore(late)
        shop.tick()
        assert shop.cell(FIRST, "code") == "00123"

    def test_what_is_on_its_way_waits_on_top_of_what_is_put_back(self, shop: Shop) -> None:
        copy = shop.book.save_copy()
        shop.saved(A, FIRST, {"code": "00123"})
        asked = shop.ask(B, FIRST, {"code": "00456"})
        shop.book.restore(copy)
        shop.tick()
        assert shop.cell(FIRST, "code") == "00456"
        assert shop.outcome(asked).state == "saved"


class TestPutBack:
    """A put-back that cannot be written at once meets a moving sheet."""

    def lose(self, shop: Shop) -> None:
        copy = shop.book.save_copy()
        shop.saved(A, FIRST, {"code": "00123", "detail": "加急"})
        shop.book.hold()
        shop.book.restore(copy)
        shop.tick()

    def test_a_third_value_meanwhile_is_a_conflict_of_the_author(self, shop: Shop) -> None:
        self.lose(shop)
        shop.type(FIRST, "code", "00777")
        shop.book.release()
        shop.tick()
        assert (shop.cell(FIRST, "code"), shop.cell(FIRST, "detail")) == ("00777", "加急")
        (failed,) = shop.attention(A)
        assert [(one.mine, one.theirs) for one in failed.conflicts] == [("00123", "00777")]

    def test_lost_direct_edits_have_no_author_so_the_head_is_told(self, shop: Shop) -> None:
        copy = shop.book.save_copy()
        shop.saved(A, SECOND, {"detail": "先记一笔"})
        shop.type(FIRST, "code", "00123")
        shop.tick()
        shop.book.hold()
        shop.book.restore(copy)
        shop.tick()
        shop.type(FIRST, "code", "00777")
        shop.book.release()
        shop.tick()
        assert [(one["was"], one["now"]) for one in shop.notices("overwritten")] == [("00123", "00777")]

    def test_a_newer_file_comes_back_first(self, shop: Shop) -> None:
        old = shop.book.save_copy()
        shop.saved(A, FIRST, {"code": "00123"})
        new = shop.book.save_copy()
        shop.book.hold()
        shop.book.restore(old)
        shop.tick()
        shop.book.restore(new)
        shop.book.release()
        shop.tick()
        assert shop.cell(FIRST, "code") == "00123"
        assert not shop.entries("sheet"), "nobody typed it"
        assert not shop.attention(A) and not shop.desk.journal.pending(shop.desk.workbook)

    def test_it_waits_for_a_missing_header(self, shop: Shop) -> None:
        self.lose(shop)
        shop.rename_header("tickets", "code", "编码")
        shop.book.release()
        shop.tick()
        (*_, entry) = shop.desk.journal.pending(shop.desk.workbook)
        assert "表头" in entry.why
        shop.rename_header("tickets", "code", "编号")
        shop.tick()
        assert (shop.cell(FIRST, "code"), shop.cell(FIRST, "detail")) == ("00123", "加急")

    def test_a_stale_file_whose_header_is_missing_is_mended_once_it_can_be_read(self, shop: Shop) -> None:
        """Meanwhile another register is written, so that the file carries a new generation."""
        copy = shop.book.save_copy()
        shop.saved(A, FIRST, {"code": "00123"})
        shop.book.restore(copy)
        shop.rename_header("tickets", "code", "编码")
        shop.saved(B, SPARE, {"place": "丙架"})
        shop.kill()
        shop.tick()
        shop.rename_header("tickets", "code", "编号")
        shop.tick()
        assert shop.cell(FIRST, "code") == "00123"


class TestRecords:
    def test_a_record_added_since_is_added_again_once(self, shop: Shop) -> None:
        copy = shop.book.save_copy()
        record = shop.saved(A, None, {"name": "新单", "code": "6225881234567890123"})
        shop.book.restore(copy)
        shop.tick()
        shop.kill()
        shop.settle()
        assert shop.cell(record, "code") == "6225881234567890123"
        assert shop.ids("tickets").count(record) == 1 and len(shop.rows("tickets")) == 4
        assert shop.notices("returned") == [{"register": "tickets", "record": record}]

    def test_a_record_deleted_in_the_file_and_unchanged_since_stays_deleted(self, shop: Shop) -> None:
        copy = shop.book.save_copy()
        shop.saved(A, FIRST, {"detail": "先记一笔"})
        shop.book.restore(copy)
        shop.delete(SECOND)
        shop.settle()
        assert SECOND not in shop.ids("tickets")
        assert shop.notices("vanished") == [{"register": "tickets", "record": SECOND}]

    def test_a_record_deleted_in_the_file_but_changed_since_returns(self, shop: Shop) -> None:
        copy = shop.book.save_copy()
        shop.saved(A, SECOND, {"detail": "先记一笔"})
        shop.book.restore(copy)
        shop.delete(SECOND)
        shop.settle()
        assert (shop.cell(SECOND, "detail"), shop.cell(SECOND, "name")) == ("先记一笔", "原2")

    def test_a_row_that_had_no_id_yet_gets_the_one_it_was_given(self, shop: Shop) -> None:
        """Not a second record: the old file simply does not know the id, nor what was changed since."""
        number = shop.append("tickets", name="手写的单", code="00042")
        copy = shop.book.save_copy()
        shop.settle()
        record = str(shop.grid("tickets")[number - 1][column_of("tickets", "record_id") - 1])
        shop.saved(A, record, {"code": "00043"})
        shop.book.restore(copy)
        shop.settle()
        assert shop.ids("tickets").count(record) == 1 and len(shop.rows("tickets")) == 4
        assert shop.cell(record, "code") == "00043", "what was changed since is put back"
        assert not shop.notices("vanished") and not shop.attention(A)

    def test_copied_rows_in_an_old_file_become_the_records_they_became(self, shop: Shop) -> None:
        shop.book.copy_row("工单", 3, 9)
        copy = shop.book.save_copy()
        shop.settle()
        ids = shop.ids("tickets")
        assert len(set(ids)) == 4
        shop.book.restore(copy)
        shop.settle()
        assert shop.ids("tickets") == ids


class TestWhichFile:
    def test_without_our_stamp_nothing_is_written_until_ours_is_back(self, shop: Shop) -> None:
        ours = shop.book.save_copy()
        shop.book.restore(MemoryWorkbook().save_copy())
        asked = shop.ask(A, FIRST, {"code": "00123"})
        shop.tick()
        assert shop.desk.ledger.standing().hold
        assert shop.outcome(asked).state == "queued" and "已暂停写入" in shop.outcome(asked).reason
        shop.book.restore(ours)
        shop.tick()
        assert shop.outcome(asked).state == "saved" and shop.cell(FIRST, "code") == "00123"
        assert not shop.desk.ledger.standing().hold and not shop.entries("sheet")

    def test_with_a_foreign_stamp_too(self, shop: Shop) -> None:
        shop.book._stamp = Stamp("another", 99)
        shop.book._changes += 1
        shop.tick()
        assert "foreign" in shop.desk.ledger.standing().hold

    def test_chosen_by_somebody_the_other_file_is_taken_as_it_is(self, shop: Shop) -> None:
        shop.saved(A, FIRST, {"code": "00123"})
        shop.book._stamp = None
        shop.type(FIRST, "code", "00777")
        shop.tick()
        assert shop.desk.ledger.standing().hold and not shop.entries("sheet")
        shop.desk.ledger.adopt(0)
        shop.tick()
        assert shop.logged(FIRST, "code")[-1] == ("表格直接修改", "00123", "00777")

    def test_a_commit_that_died_is_not_given_up_while_another_file_lies_there(self, shop: Shop) -> None:
        record, ours = die_before_finishing(shop)
        shop.book.restore(MemoryWorkbook().save_copy())
        shop.kill()
        shop.tick()
        shop.book.restore(ours)
        shop.tick()
        assert shop.ids("tickets").count(record) == 1
        assert shop.logged(record, "name") == [(A, "", "新单")], "by its author, not by the sheet, and once"

    def test_a_commit_that_died_and_was_saved_over_is_done_again(self, shop: Shop) -> None:
        copy = shop.book.save_copy()
        record, _ = die_before_finishing(shop)
        shop.book.restore(copy)
        shop.kill()
        shop.tick()
        assert shop.ids("tickets").count(record) == 1
        assert shop.logged(record, "name") == [(A, "", "新单")]

    def test_the_generation_of_a_withdrawn_commit_is_not_given_again(self, shop: Shop) -> None:
        """A copy of the file as it was for a moment must not pass for the present one."""
        before = shop.book.save_copy()
        _, moment = die_before_finishing(shop)
        shop.book.restore(before)
        shop.kill()
        shop.ask(B, FIRST, {"code": "00123"})
        shop.tick()
        assert shop.cell(FIRST, "code") == "00123"
        shop.book.restore(moment)
        shop.tick()
        assert shop.cell(FIRST, "code") == "00123"
        assert not shop.entries("sheet")

    def test_the_database_restored_from_yesterday_learns_from_the_file(self, shop: Shop) -> None:
        shop.keeper.store.backup(shop.folder / "old.sqlite")
        record = shop.saved(A, None, {"name": "新单", "code": "00123"})
        shop.saved(A, FIRST, {"code": "00456"})
        generation = shop.book.read().stamp
        restore_database(shop)
        shop.tick()
        assert (shop.cell(record, "code"), shop.cell(FIRST, "code")) == ("00123", "00456")
        assert shop.desk.ledger.standing().generation >= (generation.generation if generation else 0)
        assert shop.logged(FIRST, "code") == [("表格直接修改", "0001", "00456")]
        shop.saved(B, FIRST, {"code": "00789"})
        assert shop.ids("tickets").count(record) == 1

    def test_what_the_restored_database_believes_pending_stands_there_already(self, shop: Shop) -> None:
        asked = shop.ask(A, None, {"name": "新单", "code": "00123"})
        shop.keeper.store.backup(shop.folder / "old.sqlite")
        shop.tick()
        restore_database(shop)
        shop.settle()
        assert shop.outcome(asked).state == "saved"
        assert shop.ids("tickets").count(asked.records[0]) == 1 and len(shop.rows("tickets")) == 4


def die_before_finishing(shop: Shop) -> tuple[str, StaleCopy]:
    """A new record is in the file, and the process ended before it could write that down; the file as it is then."""
    asked = shop.ask(A, None, {"name": "新单"})
    finish = shop.keeper.ledger.finish

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    shop.keeper.ledger.finish = die  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        shop.keeper.tick()
    shop.keeper.ledger.finish = finish  # type: ignore[method-assign]
    assert asked.records[0] in shop.ids("tickets")
    return asked.records[0], shop.book.save_copy()


def restore_database(shop: Shop) -> Keeper:
    """console.sqlite as it was when it was copied to old.sqlite."""
    dead = shop.keeper
    dead.stop()
    dead.store.close()
    shop.keepers.remove(dead)
    for path in (shop.folder / "data").glob("console.sqlite*"):
        path.unlink()
    shutil.copy(shop.folder / "old.sqlite", shop.folder / "data" / "console.sqlite")
    shop.keeper = shop.open()
    return shop.keeper
