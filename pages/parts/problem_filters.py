"""The filters of 数据体检. They live in the address, so that a link or a reload shows the same problems."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from logic.problems import Problem, Query, Status
from logic.register import Register
from logic.rules import Level
from pages.parts import actor, boxes

__all__ = ["PAGE", "Query", "choose", "draw"]

PAGE = "page-problems"
MINE, NOBODY, EVERY = "我的", "没有写责任人的", "全部状态"
_AGES = {"1 天以上": 1, "3 天以上": 3, "7 天以上": 7, "30 天以上": 30}
_REGISTER, _LEVEL, _RULE = "problems_register", "problems_level", "problems_rule"
_PERSON, _AGE, _STATUS = "problems_person", "problems_age", "problems_status"


def choose(register: Register, level: Level) -> None:
    """What one of the numbers above counts: everything else is let go."""
    st.session_state.update({_REGISTER: register.title, _LEVEL: level.label, _STATUS: str(Status.OPEN)})
    st.session_state.update({_RULE: None, _PERSON: None, _AGE: None, PAGE: 1})


def draw(
    registers: Mapping[str, Register], problems: Sequence[Problem], own: Callable[[Sequence[Problem]], frozenset[str]]
) -> Query:
    titles = {one.title: key for key, one in registers.items()}
    levels = {level.label: level for level in Level}
    people = sorted({one.person for one in problems if one.person})
    with st.container(horizontal=True, vertical_alignment="bottom", key="problem-filters"):
        register = boxes.one("登记表", list(titles), _REGISTER, "全部登记表", 190, _back_to_first)
        level = boxes.one("级别", list(levels), _LEVEL, "全部级别", 130, _back_to_first)
        rule = boxes.one(
            "问题编号", sorted({one.violation.rule for one in problems}), _RULE, "全部编号", 140, _back_to_first
        )
        mine = [MINE] if actor.current() else []
        person = boxes.one("责任人", [*mine, NOBODY, *people], _PERSON, "所有人", 160, _back_to_first)
        age = boxes.one("已有多久", list(_AGES), _AGE, "不限", 130, _back_to_first)
        status = boxes.always_one("状态", [*Status, EVERY], _STATUS, 130, _back_to_first)
    return Query(
        register=titles.get(register, ""),
        rule=rule,
        level=levels[level] if level else "",
        people=_people(person, own, problems),
        days=_AGES.get(age, 0),
        status="" if status == EVERY else status,
    )


def _people(
    person: str, own: Callable[[Sequence[Problem]], frozenset[str]], problems: Sequence[Problem]
) -> frozenset[str]:
    if not person:
        return frozenset()
    if person == NOBODY:
        return frozenset({""})
    return own(problems) if person == MINE else frozenset({person})


def _back_to_first() -> None:
    st.session_state[PAGE] = 1
