"""数据体检 (待整改清单): every problem of every register, counted, filtered, and leading to its record."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from logic import exporting
from logic.desk import Desk, NotRead
from logic.problem_list import open_count, problems_of
from logic.problems import COLUMNS, PUT_RIGHT_DAYS, Problem, Status, cells, counts, find, settled, shown_to
from logic.register import Register
from logic.rules import Level
from pages.parts import (
    actor,
    download,
    markup,
    outcome,
    pager,
    problem_filters,
    problem_rows,
    problem_view,
    pulse,
    table,
    waiting,
)
from pages.parts.turns import in_turn

TITLE = "数据体检"
Registers = Mapping[str, Register]


def page_for(registers: Registers) -> Callable[[], None]:
    """The page over these registers."""

    def page() -> None:
        draw(registers)

    return page


def count(registers: Registers) -> int:
    """How many problems nobody has settled yet."""
    return sum(map(open_count, _read(registers)))


def everything(registers: Registers) -> list[Problem]:
    """All problems of the workbooks that were read."""
    return [one for desk in _read(registers) for one in problems_of(desk)]


def _read(registers: Registers) -> list[Desk]:
    return [desk for desk in waiting.desks(registers) if desk.mirror.snapshot is not None]


def draw(registers: Registers) -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.title(TITLE, anchor=False)
        downloading = st.container(width="content")
    problems = everything(registers)
    _counts(registers, bool(problems))
    if not problems:
        return
    query = problem_filters.draw(registers, problems, _same_person(registers))
    with downloading:
        _download(registers, query)
    _list(registers, query)
    problem_view.draw_opened(problems)


# What changes by itself stands in fragments: a run of the whole page would open the problem anew that somebody is writing in.


@st.fragment
@in_turn
def _counts(registers: Registers, had_problems: bool) -> None:
    """How many are open, by register and level; each number leads to its list."""
    pulse.freshness("problems", registers.values(), minutely=True)
    for desk in waiting.desks(registers):
        try:
            desk.view()
        except NotRead as trouble:
            outcome.refuse("还没有读到表格", str(trouble))
    problems = everything(registers)
    if bool(problems) != had_problems:
        st.rerun()  # the filters and the list come or go
    found = counts(problems)
    so_far = settled(problems)
    chips = [
        markup.chip(f"{Status.OPEN} {so_far[Status.OPEN]}", "warn" if so_far[Status.OPEN] else "good"),
        markup.chip(f"{Status.EXPLAINED} {so_far[Status.EXPLAINED]}"),
        markup.chip(f"{Status.RELEASED} {so_far[Status.RELEASED]}"),
        markup.chip(f"最近 {PUT_RIGHT_DAYS} 天{Status.GONE} {so_far[Status.GONE]}", "good"),
    ]
    markup.put("".join(chips))
    with st.container(horizontal=True, key="problem-counts"):
        for key, levels in sorted(found.items(), key=lambda one: list(registers).index(one[0])):
            with st.container(horizontal=True, vertical_alignment="center", width="content", gap="xsmall", border=True):
                markup.put(f"<b>{markup.escaped(registers[key].title)}</b>")
                for level in Level:
                    if levels[level] and st.button(
                        f"{level.label} {levels[level]}",
                        key=f"count-{key}-{level}",
                        on_click=problem_filters.choose,
                        args=(registers[key], level),
                    ):
                        st.rerun()
    if not problems:
        markup.put(markup.box("good", "没有发现问题。", ["表格每次改动后都会自动检查,有问题时会列在这里。"]))


def _same_person(registers: Registers) -> Callable[[Sequence[Problem]], frozenset[str]]:
    """Under which names the person at the console answers for something."""
    return lambda problems: problem_rows.own_names(_read(registers), actor.current(), problems)


@st.fragment
@in_turn
def _list(registers: Registers, query: problem_filters.Query) -> None:
    pulse.watch("problem-list", registers.values(), minutely=True)
    now = waiting.desks(registers)[0].clock()
    found = find(everything(registers), query, now)
    viewers = problem_rows.viewers(_read(registers), actor.current())
    place, shown = pager.paged(found, problem_filters.PAGE)
    with place:
        clicked = table.draw("list-problems", problem_rows.rows_of(shown, viewers, now))
    markup.put(markup.quiet(f"共 {len(found)} 个问题"))
    if clicked:
        problem_view.open_one(clicked)
        st.rerun()


def _download(registers: Registers, query: problem_filters.Query) -> None:
    now = waiting.desks(registers)[0].clock()
    who = actor.current()

    def rows() -> list[exporting.ViewRow]:
        viewers = problem_rows.viewers(_read(registers), who)
        found = find(everything(registers), query, now)
        return [cells(one, shown_to(viewers.get(one.register.key), one, now.date())) for one in found]

    download.choose(
        "problems",
        "待整改清单",
        now.date(),
        lambda: exporting.view_as_xlsx("待整改清单", COLUMNS, rows()),
        lambda: exporting.view_as_csv(COLUMNS, rows()),
    )
