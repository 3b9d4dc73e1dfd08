"""Whatever two consoles, a command line and a person in the sheet do, and whoever dies: nothing acknowledged is lost."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import seed as with_seed
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from tests.machine import FIGURES, World
from tests.machine_disks import XlsxDisk
from tests.machine_google import GoogleDisk

FAST = Path("/dev/shm")  # saves waiting for the disk at every transaction; any folder will do
SITE, REGISTER, ROW, FEW, MANY = (st.integers(0, most) for most in (2, 1, 5, 3, 11))
PLACE, STEP, SHAPE = st.integers(0, 7), st.integers(0, 14), st.integers(0, 6)
YES, RARELY, BLANK = st.booleans(), st.sampled_from((0, 0, 0, 1, 2)), st.sampled_from((False, False, False, True))
SECONDS = st.sampled_from((1, 6, 11, 61))

# What may happen next: a method of World, how often, and its arguments.
ACTS: Mapping[str, tuple[int, tuple[st.SearchStrategy[Any], ...]]] = {
    "tick": (12, (SITE,)),
    "tick_and_die": (4, (SITE, STEP)),
    "tick_with_fault": (2, (SITE, MANY)),
    "tick_while_somebody_saves": (3, (SITE, MANY, FEW, ROW, PLACE)),
    "tick_while_rows_move": (3, (SITE, MANY, SHAPE, ROW, MANY)),
    "tick_and_die_while_rows_move": (2, (SITE, FEW, SHAPE, ROW, MANY)),
    "new_record": (4, (SITE, REGISTER, YES)),
    "edit": (8, (SITE, REGISTER, ROW, FEW, RARELY, YES, BLANK)),
    "edit_several": (3, (SITE, ROW, MANY, FEW, RARELY)),
    "transit": (2, (SITE, ROW, FEW)),
    "undo": (2, (SITE, MANY)),
    "repeat_key": (1, (SITE, FEW)),
    "open_form": (2, (SITE, REGISTER, ROW)),
    "resolve": (2, (SITE, FEW, YES)),
    "stop": (1, (SITE,)),
    "die": (2, (SITE,)),
    "pass_time": (4, (SECONDS,)),
    "type_live": (5, (ROW, PLACE, RARELY)),
    "rows_live": (5, (SHAPE, ROW, MANY)),
    "open_copy": (5, ()),
    "type_in_copy": (5, (FEW, ROW, PLACE, RARELY)),
    "rows_in_copy": (3, (FEW, SHAPE, ROW, MANY)),
    "save_copy": (7, (FEW, YES)),
    "rename_header": (1, (REGISTER, MANY)),
    "hold": (1, ()),
    "take_away": (1, (YES,)),
}
NAMES = [name for name, (often, _) in ACTS.items() for _ in range(often)]
ACT = st.sampled_from(NAMES).flatmap(lambda name: st.tuples(st.just(name), *ACTS[name][1]))


class Machine(RuleBasedStateMachine):
    """Tells the World what happens next; in the end everything comes to rest and is looked at."""

    backend = "memory"

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="machine-", dir=FAST if FAST.is_dir() else None))
        self.world = World(self.backend, self.folder)

    @rule(act=ACT)
    def then(self, act: tuple[Any, ...]) -> None:
        name, *arguments = act
        FIGURES.steps += 1
        getattr(self.world, name)(*arguments)

    def teardown(self) -> None:
        try:
            self.world.settle()
            self.world.check()
        finally:
            self.world.close()
            shutil.rmtree(self.folder, ignore_errors=True)


class XlsxMachine(Machine):
    backend = "xlsx"


class GoogleMachine(Machine):
    backend = "google"


MACHINES: Mapping[str, type[Machine]] = {"memory": Machine, "xlsx": XlsxMachine, "google": GoogleMachine}


def explore(backend: str, examples: int, steps: int, *, random: bool = False, seed: int | None = None) -> None:
    """Play that many stories; a failing one is made as short as it gets. Figures add up in `FIGURES`.

    `random`: other stories each time, or with a `seed` those of the seed."""
    machine = MACHINES[backend]
    run_state_machine_as_test(
        machine if seed is None else cast(type[Machine], with_seed(seed)(lambda: machine())),
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=not random,
            database=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=(HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large),
            print_blob=True,
        ),
    )


@pytest.fixture(autouse=True)
def _child() -> Iterator[None]:
    yield
    XlsxDisk.end_child()
    GoogleDisk.end_server()


@pytest.mark.parametrize(("backend", "examples"), [("memory", 80), ("xlsx", 16), ("google", 20)])
def test_nothing_acknowledged_is_lost(backend: str, examples: int) -> None:
    explore(backend, examples, 20)
