"""The filters of 修改记录. They live in the address, so that a link or a reload shows the same changes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import streamlit as st

from logic.changelog import STATES, Query
from logic.changes import Source
from logic.history import SOURCES
from logic.kinds import Date, Misread
from logic.register import Register
from pages.parts import boxes, outcome

PAGES = "pages-changes"  # where the pages turned so far begin
_DAY = Date()


def draw(registers: Mapping[str, Register], people: Sequence[str]) -> Query | None:
    """What is asked for; None where a day cannot be read, which is said."""
    titles = {one.title: key for key, one in registers.items()}
    sources = {SOURCES[one]: one for one in Source}
    with st.container(horizontal=True, vertical_alignment="bottom", key="change-filters"):
        person = boxes.one("操作者", people, "changes_person", "所有人", 120, _back_to_first)
        register = boxes.one("登记表", list(titles), "changes_register", "全部登记表", 165, _back_to_first)
        record = boxes.text("行编号", "changes_record", "例如 YH261122-7K3QD", 180, _back_to_first)
        first = boxes.text("从哪天", "changes_from", "2026-11-01", 118, _back_to_first)
        last = boxes.text("到哪天", "changes_to", "2026-11-22", 118, _back_to_first)
        source = boxes.one("来源", list(sources), "changes_source", "全部来源", 135, _back_to_first)
        result = boxes.one("结果", list(STATES), "changes_outcome", "全部结果", 110, _back_to_first)
    days = [_day(text, label) for text, label in ((first, "从哪天"), (last, "到哪天"))]
    if any(isinstance(day, Misread) for day in days):
        return None
    return Query(
        person=person,
        register=titles.get(register, ""),
        record=record,
        source=sources[source] if source else "",
        outcome=result,
        first=days[0] if isinstance(days[0], dt.date) else None,
        last=days[1] if isinstance(days[1], dt.date) else None,
    )


def _day(text: str, label: str) -> dt.date | Misread | None:
    """The day typed; where it cannot be read, that is said."""
    reading = _DAY.read(text or None)
    if reading.problem is not None:
        outcome.refuse(f"{label}:{reading.problem.reason}", reading.problem.remedy)
        return reading.problem
    return reading.value


def _back_to_first() -> None:
    st.session_state[PAGES] = [None]
