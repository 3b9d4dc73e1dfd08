"""The filters of 数据体检. They live in the address, so that a link or a reload shows the same problems."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from logic.problems import Problem, Query, Status
from logic.register import Register
from logic.rules import Level
from pages.parts import actor

__all__ = ["PAGE", "Query", "choose", "draw"]

PAGE = "page-problems"
MINE, NOBODY, EVERY = "我的", "没有写责任人的", "全部状态"
_AGES = {"1 天以上": 1, "3 天以上": 3, "7 天以上": 7, "30 天以上": 30}
_REGISTER, _LEVEL, _RULE = "problems_register", "problems_level", "problems_rule"
_PERSON, _AGE, _STATUS = "problems_person", "problems_age", "problems_status"


def choose(register: Register, level: Level) -> None:
    """What one of the numbers above counts: everything else is let go."""
    st.session_state.update({_REGISTER: register.title, _LEVEL: level.label, _STATUS: str(Status.OPEN)})
    st.session_state.update({_RULE: None, _PERSON: None, _AGE: None, PAGE: 0})


def draw(
    registers: Mapping[str, Register], problems: Sequence[Problem], own: Callable[[Sequence[Problem]], frozenset[str]]
) -> Query:
    titles = {one.title: key for key, one in registers.items()}
    levels = {level.label: level for level in Level}
    people = sorted({one.person for one in problems if one.person})
    with st.container(horizontal=True, vertical_alignment="bottom", key="problem-filters"):
        register = _select("登记表", list(titles), _REGISTER, "全部登记表", 190)
        level = _select("级别", list(levels), _LEVEL, "全部级别", 130)
        rule = _select("问题编号", sorted({one.violation.rule for one in problems}), _RULE, "全部编号", 140)
        mine = [MINE] if actor.current() else []
        person = _select("责任人", [*mine, NOBODY, *people], _PERSON, "所有人", 160)
        age = _select("已有多久", list(_AGES), _AGE, "不限", 130)
        status = st.selectbox(
            "状态",
            [*Status, EVERY],
            key=_STATUS,
            bind="query-params",
            persist_state="session",
            on_change=_back_to_first,
            width=130,
        )
    return Query(
        register=titles.get(register or "", ""),
        rule=rule or "",
        level=levels[level] if level else "",
        people=_people(person, own, problems),
        days=_AGES.get(age or "", 0),
        status="" if status == EVERY else status or "",
    )


def _people(
    person: str | None, own: Callable[[Sequence[Problem]], frozenset[str]], problems: Sequence[Problem]
) -> frozenset[str]:
    if person is None:
        return frozenset()
    if person == NOBODY:
        return frozenset({""})
    return own(problems) if person == MINE else frozenset({person})


def _select(label: str, options: Sequence[str], key: str, placeholder: str, width: int) -> str | None:
    return st.selectbox(
        label,
        options,
        index=None,
        key=key,
        bind="query-params",
        persist_state="session",
        placeholder=placeholder,
        on_change=_back_to_first,
        width=width,
    )


def _back_to_first() -> None:
    st.session_state[PAGE] = 0
