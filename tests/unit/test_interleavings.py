"""Whatever two consoles, a command line and a person in the sheet do, and whoever dies: nothing acknowledged is lost."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from tests.machine import FIGURES, World

SMALL = st.integers(0, 11)
SITE = st.integers(0, 2)
ROW = st.integers(0, 5)
FEW = st.integers(0, 3)
RARELY = st.sampled_from((0, 0, 0, 1, 2))
FAST = Path("/dev/shm")  # saves waiting for the disk at every transaction; any folder will do


class Machine(RuleBasedStateMachine):
    """Tells the World what happens next; in the end everything comes to rest and is looked at."""

    backend = "memory"

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="machine-", dir=FAST if FAST.is_dir() else None))
        self.world = World(self.backend, self.folder)

    def teardown(self) -> None:
        try:
            self.world.settle()
            self.world.check()
        finally:
            self.world.close()
            shutil.rmtree(self.folder, ignore_errors=True)

    @rule(site=SITE)
    def tick(self, site: int) -> None:
        self.world.tick(site)

    @rule(site=SITE, step=st.integers(0, 14))
    def tick_and_die(self, site: int, step: int) -> None:
        self.world.arm_kill(step)
        self.world.tick(site)

    @rule(site=SITE, step=SMALL)
    def tick_with_fault(self, site: int, step: int) -> None:
        self.world.arm_error(step)
        self.world.tick(site)

    @rule(site=SITE, step=SMALL, copy=FEW, row=ROW, at=st.integers(0, 7))
    def tick_while_somebody_saves(self, site: int, step: int, copy: int, row: int, at: int) -> None:
        self.world.arm_person(step, copy, row, at)
        self.world.tick(site)

    @rule(site=SITE, register=st.integers(0, 1), with_key=st.booleans())
    def new_record(self, site: int, register: int, with_key: bool) -> None:
        self.world.new_record(site, register, with_key)

    @rule(
        site=SITE,
        register=st.integers(0, 1),
        row=ROW,
        cells=FEW,
        form=RARELY,
        with_key=st.booleans(),
        blank=st.booleans(),
    )
    def edit(self, site: int, register: int, row: int, cells: int, form: int, with_key: bool, blank: bool) -> None:
        self.world.edit(site, register, row, cells, form, with_key, blank)

    @rule(site=SITE, row=ROW, other=SMALL, cells=FEW, form=RARELY)
    def edit_several(self, site: int, row: int, other: int, cells: int, form: int) -> None:
        self.world.edit_several(site, row, other, cells, form)

    @rule(site=SITE, row=ROW, which=FEW)
    def transit(self, site: int, row: int, which: int) -> None:
        self.world.transit(site, row, which)

    @rule(site=SITE, which=SMALL)
    def undo(self, site: int, which: int) -> None:
        self.world.undo(site, which)

    @precondition(lambda self: self.world.keys)
    @rule(site=SITE, which=FEW)
    def repeat_key(self, site: int, which: int) -> None:
        self.world.repeat_key(site, which)

    @rule(site=SITE, register=st.integers(0, 1), row=ROW)
    def open_form(self, site: int, register: int, row: int) -> None:
        self.world.open_form(site, register, row)

    @rule(site=SITE, which=FEW, mine=st.booleans())
    def resolve(self, site: int, which: int, mine: bool) -> None:
        self.world.resolve(site, which, mine)

    @rule(site=SITE)
    def stop(self, site: int) -> None:
        self.world.stop(site)

    @rule(site=SITE)
    def die(self, site: int) -> None:
        self.world.die(site)

    @rule(seconds=st.sampled_from((1, 6, 11, 61)))
    def pass_time(self, seconds: int) -> None:
        self.world.pass_time(seconds)

    @rule(row=ROW, at=st.integers(0, 7), old=RARELY)
    def type_live(self, row: int, at: int, old: int) -> None:
        self.world.type_live(row, at, old)

    @rule(what=st.integers(0, 6), row=ROW, other=SMALL)
    def rows_live(self, what: int, row: int, other: int) -> None:
        self.world.rows_live(what, row, other)

    @rule()
    def open_copy(self) -> None:
        self.world.open_copy()

    @precondition(lambda self: self.world.opened)
    @rule(copy=FEW, row=ROW, at=st.integers(0, 7), old=RARELY)
    def type_in_copy(self, copy: int, row: int, at: int, old: int) -> None:
        self.world.type_in_copy(copy, row, at, old)

    @precondition(lambda self: self.world.opened)
    @rule(copy=FEW, what=st.integers(0, 6), row=ROW, other=SMALL)
    def rows_in_copy(self, copy: int, what: int, row: int, other: int) -> None:
        self.world.rows_in_copy(copy, what, row, other)

    @precondition(lambda self: self.world.opened)
    @rule(copy=FEW, keep=st.booleans())
    def save_copy(self, copy: int, keep: bool) -> None:
        self.world.save_copy(copy, keep)

    @rule(register=st.integers(0, 1), which=SMALL)
    def rename_header(self, register: int, which: int) -> None:
        self.world.rename_header(register, which)

    @rule()
    def hold(self) -> None:
        self.world.hold()

    @rule(impostor=st.booleans())
    def take_away(self, impostor: bool) -> None:
        self.world.take_away(impostor)


class XlsxMachine(Machine):
    backend = "xlsx"


MACHINES: dict[str, type[Machine]] = {"memory": Machine, "xlsx": XlsxMachine}


def explore(backend: str, examples: int, steps: int = 16, *, random: bool = False) -> None:
    """Play that many stories; a failing one is made as short as it gets. Figures add up in `FIGURES`."""
    run_state_machine_as_test(
        MACHINES[backend],
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=not random,
            database=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )


@pytest.mark.parametrize(("backend", "examples"), [("memory", 60), ("xlsx", 12)])
def test_nothing_acknowledged_is_lost(backend: str, examples: int) -> None:
    explore(backend, examples)
    assert FIGURES.examples >= examples
