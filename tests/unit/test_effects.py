"""A button that writes into another record too: one change, all or nothing, taken back as one; and who may press it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import cast

import pytest

from logic.access import Actor, acts_as, permit
from logic.asking import Ask
from logic.changes import Outcome
from logic.desk import Desk
from logic.edits import outcome_of, submit
from logic.elsewhere import records_of
from logic.history import undo
from logic.people import People
from sheets.memory import MemoryWorkbook
from sheets.port import Serial
from sheets.services import Keeper
from sheets.store import Store
from tests.cases import CASES, KNOWN, ROSTER, SLIPS, STAFF, tab
from tests.conftest import Clock


class World:
    """A workbook in memory with cases, slips and a roster, and the one program that keeps it."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.book = MemoryWorkbook([tab(CASES), tab(SLIPS), tab(STAFF, ROSTER)], address=str(folder / "账"))
        self.keeper = Keeper(Store(folder / "data"), self.book, lambda parts: Desk(parts, KNOWN), clock)
        self.clock = clock
        self.keeper.tick()

    @property
    def desk(self) -> Desk:
        return cast(Desk, self.keeper.planner)

    def ask(
        self, actor: str, record: str | None, values: Mapping[str, str], step: str = "", reason: str = ""
    ) -> Outcome:
        self.clock.advance(seconds=5)
        outcome = submit(self.desk, actor, [Ask("cases", record, values, transition=step or None)], reason=reason)
        self.keeper.tick()
        entry = self.desk.journal.entry(outcome.change)
        return outcome if entry is None else outcome_of(entry)

    def case(self, actor: str = "小售", **values: str) -> str:
        outcome = self.ask(actor, None, {"goods": "保温杯", **values})
        assert outcome.state == "saved", outcome
        return outcome.records[0]

    def texts(self, register: str, record: str) -> dict[str, str]:
        found = self.desk.view().standing.record(register, record)
        assert found is not None
        return found.texts()

    def slips(self) -> list[str]:
        return list(self.desk.view().standing.records("slips"))


@pytest.fixture
def world(tmp_path: Path, clock: Clock) -> Iterator[World]:
    one = World(tmp_path, clock)
    yield one
    one.keeper.stop()
    one.keeper.store.close()


def test_a_button_makes_the_other_record_and_links_both(world: World) -> None:
    case = world.case()
    outcome = world.ask("小售", case, {}, "print")
    assert outcome.state == "saved", outcome
    (slip,) = world.slips()
    assert world.texts("cases", case)["slip"] == slip
    assert outcome.records == (case, slip)
    made = world.texts("slips", slip)
    assert (made["number"], made["case"], made["goods_of"], made["state"]) == (slip, case, "保温杯", "已打印")
    assert made["printed_at"] == f"{world.clock():%Y-%m-%d %H:%M}"
    assert made["created_by"] == "小售"


def test_what_the_form_asks_for_the_other_record_lands_there(world: World) -> None:
    case = world.case()
    world.ask("小售", case, {}, "print")
    lacking = world.ask("小打", case, {}, "sign")
    assert lacking.state == "rejected"
    assert [(one.register, one.column) for one in lacking.violations] == [("slips", "签字人")]
    assert world.ask("小打", case, {"签字人": "老赵"}, "sign").state == "saved"
    slip = world.texts("slips", world.slips()[0])
    assert (slip["signer"], slip["keeper"], slip["state"]) == ("老赵", "小打", "已签字")
    sheet = world.book.read().sheets["登记"]
    position = list(CASES.fields).index("back_on")
    assert sheet.rows[1][position] == Serial.of(world.clock().date()), "the minute of a stamp is the day there"


def test_what_belongs_to_no_form_is_still_refused(world: World) -> None:
    case = world.case()
    assert "没有“签字人”这一列" in world.ask("小售", case, {"签字人": "老赵"}, "print").reason


def test_an_effect_without_a_link_is_left_out_and_a_lost_one_is_said(world: World) -> None:
    case = world.case()
    assert world.ask("小打", case, {}, "sign").state == "saved"
    other = world.case(slip="DZ261101-22222")
    assert "没有编号为 DZ261101-22222 的记录" in world.ask("小打", other, {"signer": "老赵"}, "sign").reason


def test_a_button_for_another_sort_of_record_is_not_there(world: World) -> None:
    case = world.case(kind="其他")
    refused = world.ask("小售", case, {}, "print")
    assert refused.state == "rejected" and "现在可以做的操作:sign(签字)、void(作废)" in refused.reason


def test_taking_a_button_back_takes_its_effects_back(world: World) -> None:
    case = world.case()
    world.ask("小售", case, {}, "print")
    signed = world.ask("小打", case, {"signer": "老赵"}, "sign")
    undone = undo(world.desk, "小打", signed.change)
    world.keeper.tick()
    assert undone.state == "queued", undone
    slip = world.texts("slips", world.slips()[0])
    assert "signer" not in slip and slip["state"] == "已打印"
    assert world.texts("cases", case)["status"] == "已打印" and "back_on" not in world.texts("cases", case)


def test_taking_back_a_button_that_made_a_record_voids_that(world: World) -> None:
    case = world.case()
    printed = world.ask("小售", case, {}, "print")
    assert undo(world.desk, "小售", printed.change).state == "queued"
    world.keeper.tick()
    assert world.texts("slips", world.slips()[0])["status"] == "作废"
    assert world.texts("cases", case)["status"] == "已登记" and "slip" not in world.texts("cases", case)
    assert undo(world.desk, "小售", printed.change).state != "queued", "only once"


def test_what_is_not_granted_is_denied_with_who_may(world: World) -> None:
    denied = world.ask("小财", None, {"goods": "杯"})
    assert (denied.state, denied.reason) == (
        "denied",
        "登记“登记”由售后客服来做,您的岗位是财务。请找他们,或由主管处理。",
    )
    case = world.case()
    assert world.ask("小打", case, {"goods": "壶"}).state == "denied"
    assert world.ask("小二", case, {"goods": "壶"}).state == "denied", "own records only"
    assert world.ask("小售", case, {"goods": "壶"}).state == "saved"
    assert world.ask("老部", case, {"goods": "盆"}).state == "saved"
    assert world.ask("小售", case, {}, "sign").state == "denied", "a button of another role"
    assert world.ask("小售", case, {}, "print").state == "saved"
    hidden = world.ask("小打", case, {"signer": "老赵", "goods": "偷改"}, "sign")
    assert hidden.state == "denied", "a button does not open the other columns"
    assert world.ask("小打", case, {"signer": "老赵"}, "sign").state == "saved"


def test_without_grants_and_without_a_roster_everybody_may() -> None:
    assert permit(Actor("谁"), STAFF, "create")
    assert permit(Actor("谁", founder=True), CASES, "create")
    assert not permit(Actor("谁"), CASES, "create")


def test_who_stands_in_for_a_role_acts_as_it_from_that_day_on() -> None:
    day = dt.date(2026, 11, 10)
    rows = {row["record_id"]: row for row in ROSTER}
    people = People(records_of(STAFF, rows), [(day, [("打单员", "小财")]), (dt.date(2026, 11, 20), [])])
    someone = people.find("小财")
    assert someone is not None
    assert [acts_as(someone, "打单员", dt.date(2026, 11, n)) for n in (9, 10, 19, 20)] == [False, True, True, False]
    assert acts_as(someone, "打单员"), "for what was done at a time nobody knows"
    assert permit(someone, CASES, "sign", (), None, dt.date(2026, 11, 12))
    assert not permit(someone, CASES, "sign", (), None, dt.date(2026, 11, 21))


def test_steps_are_taken_back_one_after_the_other(world: World) -> None:
    case = world.case()
    printed = world.ask("小售", case, {}, "print")
    signed = world.ask("小打", case, {"signer": "老赵"}, "sign")
    first = undo(world.desk, "小售", printed.change)
    assert first.state == "rejected" and "请先撤销后面的操作" in first.reason
    assert undo(world.desk, "小打", signed.change).state == "queued"
    world.keeper.tick()
    assert undo(world.desk, "小售", printed.change).state == "queued"
    world.keeper.tick()
    assert world.texts("cases", case)["status"] == "已登记"


def test_a_new_record_that_moved_on_is_not_taken_back_as_if_nothing_had_followed(world: World) -> None:
    outcome = world.ask("小售", None, {"goods": "壶"})
    world.ask("小售", outcome.records[0], {}, "print")
    assert "请先撤销后面的操作" in undo(world.desk, "小售", outcome.change).reason


def test_nobody_signs_for_somebody_else(world: World) -> None:
    case = world.case()
    typed_over = world.ask("小打", case, {"signer": "老赵", "taken_by": "小财"}, "sign")
    assert typed_over.state == "rejected" and "“收回人”由“签字”自动填写" in typed_over.reason
    signed = world.ask("小售", case, {"back_on": "2026-11-20"})
    assert [(one.rule, one.column, one.releasable) for one in signed.violations] == [("SOD-01", "退回日期", False)]
    assert signed.state == "rejected" and "由打单员用操作按钮填写" in signed.violations[0].message
    assert world.ask("老部", case, {"back_on": "2026-11-20"}).state == "saved"
    smuggled = world.ask("小打", case, {"signer": "老赵", "slip": "DZ261101-22222"}, "sign")
    assert smuggled.state != "saved", smuggled


def test_what_is_closed_is_corrected_by_a_head_alone(world: World) -> None:
    case = world.case()
    assert world.ask("小售", case, {}, "void", "登记错了").state == "saved"
    denied = world.ask("小售", case, {"goods": "壶"})
    assert denied.state == "denied" and "已经是“已作废”" in denied.reason
    assert world.ask("老部", case, {"goods": "壶"}).state == "saved"


def test_who_has_left_does_nothing_any_more(world: World) -> None:
    world.book.type(STAFF.title, 2, list(STAFF.fields).index("staff_status") + 1, "离职")
    world.keeper.tick()
    assert "离职" in world.ask("小售", None, {"goods": "杯"}).reason


def test_a_sheet_that_cannot_be_written_refuses_the_button_that_would_write_there(world: World) -> None:
    case = world.case()
    world.book.type(SLIPS.title, 1, list(SLIPS.fields).index("signer") + 1, "签名")
    world.keeper.tick()
    refused = world.ask("小售", case, {}, "print")
    assert refused.state == "rejected" and "“单子”目前只读" in refused.reason
