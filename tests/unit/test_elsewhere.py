"""Two workbooks of one installation: the roster counts in both, and a button of one writes into the other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from logic import office
from logic.asking import Ask
from logic.changes import Outcome
from logic.desk import Desk
from logic.edits import outcome_of, submit
from logic.elsewhere import Elsewhere
from logic.history import undo
from logic.register import registers
from sheets.memory import MemoryWorkbook
from sheets.services import Keeper
from sheets.store import Store
from tests.cases import CASES, KNOWN, ROSTER, SLIPS, STAFF, tab
from tests.conftest import Clock


class Office:
    """Cases stand in one workbook, slips and the roster in another, all on one data folder."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.clock, self.store = clock, Store(folder / "data")
        here, there = str(folder / "here"), str(folder / "there")
        self.there = MemoryWorkbook([tab(SLIPS), tab(STAFF, ROSTER)], address=there)
        self.here = MemoryWorkbook([tab(CASES)], address=here)
        other = Elsewhere(self.store, KNOWN, {"cases": here})
        own = Elsewhere(self.store, KNOWN, {"slips": there, "staff": there})
        slips = {"slips": SLIPS, "staff": STAFF}
        self.second = Keeper(self.store, self.there, lambda parts: Desk(parts, slips, other), clock)
        self.second.tick()
        self.first = Keeper(self.store, self.here, lambda parts: Desk(parts, {"cases": CASES}, own), clock)
        self.first.tick()

    def ask(self, actor: str, record: str | None, step: str | None = None, **values: str) -> Outcome:
        self.clock.advance(seconds=5)
        return submit(self.desk, actor, [Ask("cases", record, values, transition=step)], reason="试")

    def tick(self) -> None:
        self.first.tick()
        self.second.tick()

    @property
    def desk(self) -> Desk:
        return cast(Desk, self.first.planner)

    def state(self, outcome: Outcome) -> str:
        entry = self.desk.journal.entry(outcome.change)
        return outcome.state if entry is None else outcome_of(entry).state

    def slips(self) -> list[dict[str, str]]:
        view = cast(Desk, self.second.planner).view()
        return [record.texts() for record in view.standing.records("slips").values()]

    def follower(self, outcome: Outcome) -> Outcome:
        (entry,) = self.desk.journal.following(outcome.change)
        return outcome_of(entry)


@pytest.fixture
def both(tmp_path: Path, clock: Clock) -> Iterator[Office]:
    one = Office(tmp_path, clock)
    yield one
    for keeper in (one.first, one.second):
        keeper.stop()
    one.store.close()


def new_case(both: Office) -> str:
    outcome = both.ask("小售", None, goods="保温杯")
    both.tick()
    assert both.state(outcome) == "saved"
    return outcome.records[0]


def test_the_roster_of_the_other_workbook_says_who_may_do_what(both: Office) -> None:
    assert both.ask("没有这人", None, goods="杯").state == "denied"
    assert both.ask("小财", None, goods="杯").state == "denied"
    assert both.ask("小售", None, goods="杯").state == "queued"
    both.there.type(STAFF.title, 2, list(STAFF.fields).index("position") + 1, "财务")
    both.tick()
    both.tick()
    assert both.ask("小售", None, goods="杯").state == "denied", "as soon as the roster says so"


def test_the_other_workbook_is_written_once_its_parent_is(both: Office) -> None:
    case = new_case(both)
    pressed = both.ask("小售", case, "print")
    both.second.tick()
    assert both.slips() == [] and "等另一个工作簿" in both.follower(pressed).reason
    both.tick()
    (slip,) = both.slips()
    assert (slip["case"], slip["goods_of"], slip["created_by"]) == (case, "保温杯", "小售")
    found = both.desk.view().standing.record("cases", case)
    assert found is not None and found.text("slip") == slip["record_id"]
    both.tick()
    assert len(both.slips()) == 1 and both.follower(pressed).state == "saved"


def test_what_did_not_become_of_its_parent_does_not_become_of_it(both: Office) -> None:
    case = new_case(both)
    pressed = both.ask("小售", case, "print")
    status = list(CASES.fields).index("status") + 1
    both.here.type(CASES.title, 2, status, "已签字")  # a manager was quicker
    both.tick()
    assert both.state(pressed) == "overtaken" and both.slips() == []
    assert both.follower(pressed).state == "rejected"


def test_a_record_there_is_found_changed_and_taken_back(both: Office) -> None:
    case = new_case(both)
    both.ask("小售", case, "print")
    both.tick()
    lacking = both.ask("小打", case, "sign")
    assert [one.column for one in lacking.violations] == ["签字人"]
    signed = both.ask("小打", case, "sign", signer="老赵")
    both.tick()
    assert (both.slips()[0]["signer"], both.slips()[0]["state"]) == ("老赵", "已签字")
    assert undo(both.desk, "小打", signed.change).state == "queued"
    both.tick()
    assert "signer" not in both.slips()[0] and both.slips()[0]["state"] == "已打印"


def test_a_register_lives_in_the_workbook_named_like_its_area() -> None:
    staff, transfers = registers()["staff"], registers()["bank_transfers"]
    assert office.home(staff, ["台账"]) == office.home(transfers, ["台账"]) == "台账"
    assert office.home(staff, ["客服售后", "系统"]) == "系统"
    assert office.home(transfers, ["台账", "system"]) == "台账"
    assert office.home(staff, ["台账", "system"]) == "system"
    assert office.home(staff, ["随便"]) == "随便"
