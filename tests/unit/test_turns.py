"""Runs of pages come one after another, and none of them can hold up the others for good."""

from __future__ import annotations

import ast
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pages.parts.turns import Turns, in_turn

PAGES = Path(__file__).parents[2] / "pages"
NEVER = 60.0  # seconds of patience that no test comes to see the end of


class Clock:
    """Stands still until somebody moves it."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


def start(work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def ended(thread: threading.Thread) -> bool:
    thread.join(10)
    return not thread.is_alive()


class Run:
    """A run in a thread of its own, which says that it is in and goes on when it is told to."""

    def __init__(self, turns: Turns) -> None:
        self._turns, self.came, self.may_end = turns, threading.Event(), threading.Event()
        self.thread = start(self._work)

    def _work(self) -> None:
        with self._turns.taken():
            self.came.set()
            self.may_end.wait(10)

    def is_in(self) -> bool:
        return self.came.wait(10)

    def end(self) -> None:
        self.may_end.set()
        assert ended(self.thread)


def test_never_two_at_once() -> None:
    turns, inside, most = Turns(NEVER), [], []

    def work(number: int) -> None:
        for _ in range(50):
            with turns.taken():
                inside.append(number)
                most.append(len(inside))
                inside.remove(number)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert len(most) == 400
    assert set(most) == {1}


def test_in_the_order_they_came() -> None:
    turns, order = Turns(NEVER), list[int]()
    first = Run(turns)
    assert first.is_in()

    def work(number: int) -> None:
        with turns.taken():
            order.append(number)

    threads: list[threading.Thread] = []
    for number in range(5):
        threads.append(start(lambda number=number: work(number)))
        while turns.waiting <= number:
            assert threads[-1].is_alive()
    first.end()
    assert all(map(ended, threads))
    assert order == [0, 1, 2, 3, 4]


def test_a_part_of_a_run_has_its_turn_already() -> None:
    turns = Turns(NEVER)
    with turns.taken(), turns.taken():
        other = Run(turns)
        while not turns.waiting:
            assert other.thread.is_alive()
        assert not other.came.is_set()
    assert other.is_in()
    other.end()


def test_a_run_that_fails_ends_its_turn() -> None:
    turns = Turns(NEVER)
    with pytest.raises(ZeroDivisionError), turns.taken():
        raise ZeroDivisionError
    other = Run(turns)
    assert other.is_in()
    other.end()


def test_whoever_takes_too_long_is_overtaken_and_ends_nobody_elses_turn() -> None:
    clock = Clock()
    turns = Turns(0.01, clock)
    long = Run(turns)
    assert long.is_in()
    second = Run(turns)
    assert not second.came.wait(0.1)  # by the clock of the turns no time has passed
    clock.at = 0.02
    assert second.is_in()
    third = Run(turns)
    long.end()
    assert not third.came.wait(0.1)
    second.end()
    assert third.is_in()
    third.end()


def test_the_function_stays_what_it_was() -> None:
    """Streamlit tells parts of a page apart by module and name."""

    def part(one: int, *, two: int) -> int:
        return one + two

    wrapped = in_turn(part)
    assert wrapped(1, two=2) == 3
    assert (wrapped.__module__, wrapped.__qualname__) == (part.__module__, part.__qualname__)


def test_every_part_of_a_page_that_is_drawn_alone_takes_its_turn() -> None:
    """`@st.fragment` above `@in_turn`, and `st.dialog(…)(in_turn(content))`: what forgets it slows down everybody."""
    found = 0
    for path in PAGES.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            match node:
                case ast.FunctionDef(decorator_list=[*marks]):
                    names = [ast.unparse(one).partition("(")[0] for one in marks]
                    if "st.fragment" in names:
                        found += 1
                        assert names[names.index("st.fragment") + 1 :] == ["in_turn"], f"{path.name}: {node.name}"
                case ast.Call(func=ast.Call(func=ast.Attribute(attr="dialog")), args=[content]):
                    found += 1
                    assert ast.unparse(content).startswith("in_turn("), f"{path.name}:{node.lineno}"
                case _:
                    pass
        text = path.read_text(encoding="utf-8")
        assert text.count("st.fragment") == text.count("@st.fragment"), f"{path.name}: a fragment made otherwise"
    assert found > 15
