"""Search, filters and order of a list. They live in the address, so that a link or a reload shows the same rows.

Every filter is a widget bound to the address; what stands there is read by logic.lists.query, and a saved view puts it
back by `put`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from logic.fields import Field
from logic.lists import query as words
from logic.lists.columns import answers, dates, listed, main_date
from logic.lists.query import Address, Query, column_name
from logic.register import Register
from pages.parts import boxes
from pages.parts.listing import Index

_MANY = (words.STATE, words.BY)
_LOOSE: Mapping[str, str] = {words.SEARCH: "", words.FIRST: "", words.LAST: ""}


def name_of(register: Register, short: str) -> str:
    """The name in the address, and the key of the widget."""
    return f"{register.key}_{short}"


def page_key(register: Register) -> str:
    """Under which key the number of the page stands, from 1, in the address too."""
    return name_of(register, "page")


def names(register: Register) -> list[str]:
    """Every short name that may stand in the address of a list."""
    return [*words.FIXED, *(column_name(one.name) for one in answers(register))]


def address(register: Register) -> dict[str, list[str]]:
    """What the widgets hold now, or what the address asks for before they are drawn."""
    found: dict[str, list[str]] = {}
    for short in names(register):
        key = name_of(register, short)
        held: Any = st.session_state[key] if key in st.session_state else st.query_params.get_all(key)
        texts: list[str] = [held] if isinstance(held, str) else [*(held or ())]
        if any(texts) and texts != [words.NEWEST]:
            found[short] = texts
    return words.known(register, found)


def put(register: Register, wanted: Address) -> None:
    """Ask for exactly this, in a callback: the widgets take it over when they are drawn."""
    known = words.known(register, wanted)
    for short in names(register):
        key, texts = name_of(register, short), known.get(short, list[str]())
        if key in st.session_state:
            is_many = short in _MANY or short.startswith(column_name(""))
            st.session_state[key] = texts if is_many else texts[0] if texts else _nothing(register, short)
        elif texts:
            st.query_params[key] = texts
    st.session_state[page_key(register)] = 1


def clear(register: Register) -> None:
    """清除筛选: the order stays, it hides nothing."""
    put(register, {short: texts for short, texts in address(register).items() if short == words.ORDER})


def draw(register: Register, index: Index) -> tuple[Query, tuple[str, ...]]:
    """The widgets, in a row that somebody else opened: what is asked for with them, and what is asked in vain."""
    gone = _gone(register)
    naming = "、".join(register.fields[name].header for name in register.naming[-3:])
    _text(register, words.SEARCH, "搜索", f"{naming}…", 220)
    known = register.workflow.states if register.workflow is not None else ()
    states = [state or words.BLANK for state in dict.fromkeys((*known, *index.states))]
    _several(register, words.STATE, "状态", states, "全部状态", 190)
    _one(register, words.CHECK, "检查", list(words.CHECKS), "全部记录", 120)
    _one(register, words.WHOSE, "谁的", [words.MINE, words.AWAITED], "所有人的", 145)
    span = _one(register, words.SPAN, "日期", words.SPANS, "全部日期", 120)
    if span == words.CHOSEN:
        _text(register, words.FIRST, "从哪天", "2026-11-01", 118)
        _text(register, words.LAST, "到哪天", "2026-11-22", 118)
    _order(register)
    _more(register, index)
    query, lost = words.read(register, address(register))
    if query.is_filtered:
        st.button("清除筛选", key=name_of(register, "clear"), on_click=clear, args=(register,))
    return query, (*gone, *lost)


def _gone(register: Register) -> tuple[str, ...]:
    """What a link asks for and is no longer there: said once, then the address is put right."""
    asked = {short: st.query_params.get_all(name_of(register, short)) for short in names(register)}
    known = words.known(register, asked)
    gone = [text for short, texts in asked.items() for text in texts if text and text not in known.get(short, ())]
    return (f"这个链接里的{'、'.join(f'“{text}”' for text in gone)}现在没有了",) if gone else ()


def _order(register: Register) -> None:
    options = [words.NEWEST, words.OLDEST]
    options += [said for one in listed(register) for said in words.order_words(one)]
    back = partial(_back_to_first, register)
    boxes.always_one("顺序", options, name_of(register, words.ORDER), 170, back, kept=False)


def _more(register: Register, index: Index) -> None:
    """更多筛选: by the columns with a list of answers, and which date is meant."""
    asked = address(register)
    chosen = [one for one in answers(register) if one.header in asked.get(words.BY, ())]
    count = sum(1 for one in chosen if asked.get(column_name(one.name)))
    with st.popover(f"更多筛选({count})" if count else "更多筛选", key=name_of(register, "more")):
        by = _several(
            register, words.BY, "按哪些列筛选", [one.header for one in answers(register)], "请选择列", "stretch"
        )
        for one in answers(register):
            if one.header in by:
                _several(register, column_name(one.name), one.header, _options(register, index, one), "全部", "stretch")
        days = [one.header for one in dates(register)]
        if len(days) > 1:
            said = f"“日期”看哪一列(不选时是“{register.fields[main_date(register)].header}”)"
            _one(register, words.DAY, said, days, "请选择列", "stretch")


def _options(register: Register, index: Index, one: Field) -> list[str]:
    """What a column may hold and what it holds; what the address asks for stays even if no record has it any more."""
    asked = address(register).get(column_name(one.name), ())
    held = [text or words.BLANK for text in index.values(one.name)]
    yes_no = ("是", "否") if one.kind.name == "yes_no" else ()
    declared = one.kind.options if len(one.kind.options) <= len(held) + 12 else ()
    return list(dict.fromkeys((*yes_no, *declared, *held, *asked)))


def _text(register: Register, short: str, label: str, placeholder: str, width: int) -> None:
    back = partial(_back_to_first, register)
    boxes.text(label, name_of(register, short), placeholder, width, back, kept=False)


def _one(register: Register, short: str, label: str, options: Sequence[str], placeholder: str, width: Any) -> str:
    back = partial(_back_to_first, register)
    return boxes.one(label, options, name_of(register, short), placeholder, width, back, kept=False)


def _several(
    register: Register, short: str, label: str, options: Sequence[str], placeholder: str, width: Any
) -> Sequence[str]:
    back = partial(_back_to_first, register)
    return boxes.several(label, options, name_of(register, short), placeholder, width, back, kept=False)


def _nothing(register: Register, short: str) -> str | None:
    """What a widget holds that asks for nothing."""
    return words.NEWEST if short == words.ORDER else _LOOSE.get(short)


def _back_to_first(register: Register) -> None:
    st.session_state[page_key(register)] = 1
