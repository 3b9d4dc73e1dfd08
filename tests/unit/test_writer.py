"""DESIGN 6.2: what is accepted is merged, written in groups, proved and settled; what cannot be, waits and says why."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import pytest

from logic.asking import Ask
from logic.changes import Source
from logic.desk import Desk
from logic.edits import submit
from sheets.port import CellEdit, Commit, NoSpace, ProofFailed, Snapshot, WorkerDied
from sheets.services import Keeper
from sheets.store import StoreFull
from tests.machine_registers import column_of, value_at
from tests.shop import FIRST, SECOND, SPARE, THIRD, A, B, Shop


class TestCommit:
    def test_many_peoples_changes_are_one_commit_of_changed_cells_only(self, shop: Shop) -> None:
        commits = spy(shop)
        shop.ask(A, FIRST, {"code": "00123"})
        shop.ask(B, SECOND, {"detail": "加急"})
        shop.ask(B, SPARE, {"place": "丙架"})
        shop.tick()
        (commit,) = commits
        written = {(edit.sheet, edit.row, edit.column): edit.value for edit in commit.edits}
        declared = {where: value for where, value in written.items() if where[2] < 7 and value != "李四"}
        assert declared[("工单", 3, 2)] == "00123" and declared[("工单", 4, 4)] == "加急"
        assert len([edit for edit in commit.edits if not is_engine(edit)]) == 3

    def test_a_new_row_goes_below_the_last_record_and_pushes_the_sum_down(self, shop: Shop) -> None:
        first = shop.saved(A, None, {"name": "新单1"})
        second = shop.saved(A, None, {"name": "新单2"})
        assert (shop.row(first)[1], shop.row(second)[1]) == (6, 7)
        assert value_at(shop.grid("tickets"), 8, 1) == "合计"

    def test_two_new_rows_at_once_and_a_blank_row_that_is_none(self, shop: Shop) -> None:
        shop.book.type("工单", 6, column_of("tickets", "note"), "这一行有人写了备注")
        one, two = shop.ask(A, None, {"name": "新单1"}), shop.ask(B, None, {"name": "新单2"})
        shop.tick()
        assert (shop.row(one.records[0])[1], shop.row(two.records[0])[1]) == (6, 7)
        assert value_at(shop.grid("tickets"), 8, column_of("tickets", "note")) == "这一行有人写了备注"
        assert value_at(shop.grid("tickets"), 9, 1) == "合计"

    def test_the_same_value_from_two_people_is_saved_for_both(self, shop: Shop) -> None:
        one = shop.ask(A, FIRST, {"code": "00123"})
        two = shop.ask(B, FIRST, {"code": "00123"}, base={"code": "0001"})
        assert two.state == "queued", "it only stands in the overlay, and may still fail"
        shop.tick()
        assert (shop.outcome(one).state, shop.outcome(two).state) == ("saved", "saved")
        assert shop.logged(FIRST, "code") == [(A, "0001", "00123")]

    def test_if_the_one_fails_the_other_is_told_as_well(self, shop: Shop) -> None:
        shop.ask(A, FIRST, {"code": "00123"})
        two = shop.ask(B, FIRST, {"code": "00123"}, base={"code": "0001"})
        shop.type(FIRST, "code", "00777")
        shop.tick()
        assert shop.outcome(two).state == "overtaken" and [one.change for one in shop.attention(B)] == [two.change]

    def test_a_change_on_top_of_a_pending_one_goes_in_with_it(self, shop: Shop) -> None:
        shop.ask(A, FIRST, {"code": "00123"})
        shop.ask(B, FIRST, {"code": "00124"})
        shop.tick()
        assert shop.logged(FIRST, "code") == [(A, "0001", "00123"), (B, "00123", "00124")]

    def test_all_or_nothing(self, shop: Shop) -> None:
        asked = submit(
            shop.desk, A, [Ask("tickets", FIRST, {"code": "00123"}), Ask("spares", SPARE, {"place": "丙架"})]
        )
        shop.type(SPARE, "place", "丁架")
        shop.tick()
        assert shop.outcome(asked).state == "overtaken"
        assert (shop.cell(FIRST, "code"), shop.cell(SPARE, "place")) == ("0001", "丁架")

    def test_somebody_saves_between_our_look_and_our_write(self, shop: Shop) -> None:
        asked = shop.ask(A, FIRST, {"code": "00123"})
        before_next_write(shop, lambda: shop.type(FIRST, "detail", "经理写的"))
        shop.tick()
        assert shop.outcome(asked).state == "saved"
        assert (shop.cell(FIRST, "code"), shop.cell(FIRST, "detail")) == ("00123", "经理写的")
        assert len(shop.logged(FIRST, "detail")) == 1

    def test_in_the_very_cell_it_is_a_conflict(self, shop: Shop) -> None:
        asked = shop.ask(A, FIRST, {"code": "00123"})
        before_next_write(shop, lambda: shop.type(FIRST, "code", "00777"))
        shop.tick()
        assert shop.outcome(asked).state == "overtaken" and shop.cell(FIRST, "code") == "00777"

    def test_rows_that_move_in_that_moment_get_their_own_cells(self, shop: Shop) -> None:
        shop.ask(A, FIRST, {"code": "00123"})
        before_next_write(shop, lambda: shop.book.sort("工单", 3, 1, descending=True))
        shop.tick()
        assert shop.cell(FIRST, "code") == "00123"
        assert (shop.cell(SECOND, "code"), shop.cell(THIRD, "code")) == ("0002", "0003")


class TestWaiting:
    @pytest.mark.parametrize("error", [NoSpace(), WorkerDied(), ProofFailed()])
    def test_a_fault_of_the_file_is_the_reason_and_the_next_round_tries_again(
        self, shop: Shop, error: Exception
    ) -> None:
        asked = shop.ask(A, FIRST, {"code": "00123"})
        fail_next_write(shop, error)
        shop.tick()
        waiting = shop.outcome(asked)
        assert waiting.state == "queued" and waiting.reason == str(error) and waiting.since == shop.clock()
        shop.tick(2)
        assert shop.outcome(asked).state == "saved"

    def test_held_open_it_says_by_whom_and_since_when(self, shop: Shop) -> None:
        asked = shop.ask(A, FIRST, {"code": "00123"})
        began = shop.clock()
        shop.book.hold("王经理")
        shop.tick(60)
        shop.tick(60)
        waiting = shop.outcome(asked)
        assert "王经理" in waiting.reason and waiting.since is not None and (waiting.since - began).seconds == 60
        shop.book.release()
        shop.tick()
        assert shop.outcome(asked).state == "saved"

    def test_what_was_asked_for_on_top_of_an_own_failed_change_waits_for_its_author(self, shop: Shop) -> None:
        failing = shop.ask(A, FIRST, {"code": "00123"})
        behind = shop.ask(A, FIRST, {"detail": "加急"})
        others = shop.ask(B, FIRST, {"note": "李四写的"})
        shop.type(FIRST, "code", "00777")
        shop.tick()
        assert shop.outcome(failing).state == "overtaken"
        assert shop.outcome(behind).state == "queued" and "需要您处理" in shop.outcome(behind).reason
        assert shop.outcome(others).state == "saved", "the merge protects what others wrote"
        after = shop.ask(A, SECOND, {"code": "00124"})
        shop.tick()
        assert shop.outcome(after).state == "saved", "another record"
        shop.desk.journal.handle(failing.change, "2026-11-22T09:05:00")
        shop.tick()
        assert shop.outcome(behind).state == "saved" and shop.cell(FIRST, "detail") == "加急"

    def test_it_goes_on_waiting_whatever_else_holds_the_file_up_and_whoever_writes(self, shop: Shop) -> None:
        shop.ask(A, FIRST, {"code": "00123"})
        behind = shop.ask(A, FIRST, {"detail": "加急"})
        shop.type(FIRST, "code", "00777")
        shop.tick()
        shop.kill()
        shop.book.fail_next(NoSpace())
        shop.keeper.tick()
        shop.tick()
        assert shop.outcome(behind).state == "queued" and shop.cell(FIRST, "detail") is None

    def test_the_choice_itself_does_not_wait(self, shop: Shop) -> None:
        failed = shop.ask(A, FIRST, {"code": "00123"})
        shop.type(FIRST, "code", "00777")
        shop.tick()
        chosen = shop.ask(A, FIRST, {"code": "00123"}, base={"code": "00777"}, undoes=failed.change)
        shop.tick()
        assert shop.outcome(chosen).state == "saved" and shop.cell(FIRST, "code") == "00123"

    def test_a_full_disk_of_the_database_refuses_in_words_and_keeps_nothing_half(self, shop: Shop) -> None:
        transaction = shop.keeper.store.transaction

        def full() -> None:
            raise StoreFull

        shop.keeper.store.transaction = full  # type: ignore[method-assign,assignment]
        refused = shop.ask(A, FIRST, {"code": "00123"})
        assert refused.state == "rejected" and "磁盘已满" in refused.reason
        shop.type(SECOND, "code", "00777")
        shop.keeper.tick()
        shop.keeper.store.transaction = transaction  # type: ignore[method-assign]
        shop.tick()
        assert shop.cell(FIRST, "code") == "0001" and len(shop.logged(SECOND, "code")) == 1


class TestDeath:
    """A process that ends at any step leaves nothing undone and nothing done twice (also tests/contract/test_faults.py)."""

    @pytest.mark.parametrize("step", ["before", "after"])
    def test_round_the_replacement(self, shop: Shop, step: str) -> None:
        record = shop.saved(A, None, {"name": "旧单"})
        new, edit = shop.ask(A, None, {"name": "新单", "code": "00042"}), shop.ask(B, record, {"code": "00123"})
        die_at_next_write(shop, step)
        with pytest.raises(KeyboardInterrupt):
            shop.keeper.tick()
        shop.kill()
        shop.settle()
        assert (shop.outcome(new).state, shop.outcome(edit).state) == ("saved", "saved")
        assert shop.ids("tickets").count(new.records[0]) == 1 and len(shop.rows("tickets")) == 5
        assert shop.logged(record, "code") == [(B, "", "00123")]
        assert shop.logged(new.records[0], "code") == [(A, "", "00042")]
        assert not shop.entries("sheet")

    def test_the_lock_of_a_dead_writer_is_free(self, shop: Shop) -> None:
        other = shop.open()
        assert not other.tick()
        asked = shop.ask(A, FIRST, {"code": "00123"})
        shop.kill()
        assert other.tick()
        assert shop.outcome(asked).state == "saved"


class TestTwoPrograms:
    def test_what_one_accepts_the_other_shows_and_the_writer_brings_in(self, shop: Shop) -> None:
        other = shop.open()
        asked = shop.ask(A, FIRST, {"code": "00123"}, desk=desk_of(other), source=Source.COMMAND)
        seen = shop.desk.view().judgement.record("tickets", FIRST)
        assert seen is not None and seen.text("code") == "00123"
        assert not other.tick(), "it is not the writer"
        shop.tick()
        assert shop.outcome(asked).state == "saved"

    def test_what_another_process_has_just_written_does_not_vanish_for_a_moment(self, shop: Shop) -> None:
        """It is no longer pending, and this one's Mirror has not read the sheet again yet."""
        shop.saved(A, SPARE, {"place": "乙架"})
        other = shop.open()
        record = shop.saved(A, None, {"name": "新单"})
        shop.saved(B, FIRST, {"code": "00123"})
        view = desk_of(other).view()
        first = view.judgement.record("tickets", FIRST)
        assert view.judgement.record("tickets", record) is not None
        assert first is not None and first.text("code") == "00123"
        assert not view.waiting("tickets", FIRST), "it is saved, and not shown as waiting"

    def test_a_key_is_a_change_whichever_program_it_goes_through(self, shop: Shop) -> None:
        other = shop.open()
        first = shop.ask(A, None, {"name": "新单"}, key="k1")
        again = shop.ask(A, None, {"name": "新单"}, key="k1", desk=desk_of(other))
        shop.tick()
        third = shop.ask(A, None, {"name": "新单"}, key="k1", desk=desk_of(other))
        assert first.change == again.change == third.change and third.state == "saved"
        assert len(shop.rows("tickets")) == 4


def desk_of(keeper: Keeper) -> Desk:
    return cast(Desk, keeper.planner)


def spy(shop: Shop) -> list[Commit]:
    commits: list[Commit] = []
    write = shop.book.write

    def written(commit: Commit) -> Snapshot:
        commits.append(commit)
        return write(commit)

    shop.book.write = written  # type: ignore[method-assign]
    return commits


def before_next_write(shop: Shop, act: Callable[[], None]) -> None:
    write = shop.book.write

    def written(commit: Commit) -> Snapshot:
        shop.book.write = write  # type: ignore[method-assign]
        act()
        return write(commit)

    shop.book.write = written  # type: ignore[method-assign]


def fail_next_write(shop: Shop, error: Exception) -> None:
    def fail() -> None:
        raise error

    before_next_write(shop, fail)


def die_at_next_write(shop: Shop, step: str) -> None:
    write = shop.book.write

    def written(commit: Commit) -> Snapshot:
        shop.book.write = write  # type: ignore[method-assign]
        if step == "after":
            write(commit)
        raise KeyboardInterrupt

    shop.book.write = written  # type: ignore[method-assign]


def is_engine(edit: CellEdit) -> bool:
    first = column_of("tickets" if edit.sheet == "工单" else "spares", "record_id")
    return edit.column >= first
