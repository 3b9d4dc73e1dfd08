"""The rows of a list as they are now: redrawn when anything changes, with what can be done in them and below."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from functools import partial

import streamlit as st

from logic.desk import Desk, View
from logic.lists import query as words
from logic.lists.query import Query, order_words
from logic.office import keeper_of
from logic.register import Register
from logic.staging.batch import MOST
from pages.parts import actor, banner, drawer, filters, listing, markup, pulse, table, viewing
from pages.parts.listing import Item
from pages.parts.table import Layout
from pages.parts.turns import in_turn

_ACT = "selected-to-act"


@st.fragment
@in_turn
def draw(desk: Desk, register: Register, query: Query, layout: Layout, hold: str) -> None:
    """What changes by itself: data time, troubles, the rows. Drawn again at any moment, so it holds no editor."""
    name, number = actor.current(), st.session_state.get(filters.page_key(register), 1) - 1
    shows = partial(_shown, desk, register, query, name, number)
    pulse.freshness(register.key, [register], minutely=bool(query.span), shows=shows)
    view = desk.view()
    if view.hold != hold:
        st.rerun()  # what to choose between stands above the list
    banner.troubles(view, register)
    found = _found(desk, view, register, query, name)
    total = len(view.judgement.records(register.key))
    place = st.container()
    number = _pages(register, len(found))
    shown = _page(found, number)
    drawn = table.rows_of(view, register, shown, layout, query)
    drawn |= {"select": _select(register, len(found)), "empty": _empty(query, total)}
    with place:
        clicked = table.clicks(f"list-{register.key}", drawn)
        markup.put(markup.quiet(_count(len(found), total, number, drawn["left_out"] if shown else 0)))
    if clicked.open:
        viewing.close()
        drawer.open_record(register, clicked.open)
        st.rerun()
    if clicked.act and actor.current():
        st.session_state[_ACT] = register.key, clicked.act
        st.rerun()
    if clicked.sort:
        _sort(register, query, clicked.sort)
    if clicked.every:
        _tell(register, [item.key for item in found if _can_select(item)][:MOST])
        st.rerun(scope="fragment")


def _found(desk: Desk, view: View, register: Register, query: Query, name: str) -> Sequence[Item]:
    """The records that match, for the person of this name."""
    return listing.index_of(view.judgement, register).find(query, viewing.viewer_named(desk, register, name))


def _page(found: Sequence[Item], number: int) -> Sequence[Item]:
    return found[number * listing.PAGE_ROWS : (number + 1) * listing.PAGE_ROWS]


def _shown(desk: Desk, register: Register, query: Query, name: str, number: int) -> object:
    """All that the list shows which may change by itself, to be compared."""
    view, judgement = desk.view(), desk.view().judgement
    found = _found(desk, view, register, query, name)
    shown = _page(found, min(number, _last(len(found))))
    waiting = [bool(view.waiting(register.key, item.key)) for item in shown]
    total, own = len(judgement.records(register.key)), list(listing.own_columns(judgement, register))
    troubles = view.hold, *map(str, (view.trouble, keeper_of(register).trouble)), judgement.header_faults(register.key)
    return len(found), total, shown, waiting, own, judgement.tables.get(register.key) is None, troubles


def _last(count: int) -> int:
    """The number of the last page, from 0."""
    return max(0, (count - 1) // listing.PAGE_ROWS)


def _pages(register: Register, count: int) -> int:
    """The number of the page shown, from 0."""
    last = _last(count)
    if not last:
        return 0
    key = filters.page_key(register)
    if st.session_state.get(key, 1) > last + 1:
        st.session_state[key] = last + 1
    return st.pagination(last + 1, key=key, bind="query-params") - 1


def _count(count: int, total: int, number: int, left_out: int) -> str:
    said = f"共 {count} 条"
    if count != total:
        said += f"(全部 {total} 条)"
    last = _last(count)
    if last:
        said += f",第 {number + 1}/{last + 1} 页"
    if left_out:
        said += f";另有 {left_out} 列没有列出,点上面的“列”选择"
    return said


def _empty(query: Query, total: int) -> str:
    if query.is_filtered and total:
        return "没有符合条件的记录。请点上面的“清除筛选”看全部记录,或者换一个条件。"
    return "还没有记录。请点右上角的“新增”登记第一条,或者用“粘贴/导入”一次登记很多条。"


def _sort(register: Register, query: Query, column: str) -> None:
    """A click on a header: upwards, then downwards, then as the sheet stands."""
    up, down = order_words(register.fields[column])
    back = words.NEWEST if query.descending else down
    wanted = back if query.order == column else up
    st.session_state[_slot(register)] = wanted
    st.rerun()


def take_sort(register: Register) -> None:
    """What was clicked in the list, before the widget that shows it is drawn."""
    wanted = st.session_state.pop(_slot(register), None)
    if wanted is not None:
        st.session_state[filters.name_of(register, words.ORDER)] = wanted
        st.session_state[filters.page_key(register)] = 1


def _slot(register: Register) -> str:
    return f"sort-{register.key}"


# -- what is selected --------------------------------------------------------------------------------------------------


def _can_select(item: Item) -> bool:
    return item.record.id is not None and not item.key.startswith("#")


def _select(register: Register, count: int) -> dict[str, object]:
    """Under which name the browser keeps what is selected, and what it is told to select, once."""
    told = st.session_state.get(_told(register))
    found: dict[str, object] = {"key": register.key, "most": MOST, "total": count}
    return found | {"told": told[0], "keys": told[1]} if told is not None else found


def _tell(register: Register, keys: list[str]) -> None:
    st.session_state[_told(register)] = uuid.uuid4().hex, keys


def take_selected(register: Register) -> tuple[str, ...]:
    """The records that were just asked to be acted on, once."""
    key, records = st.session_state.pop(_ACT, ("", ()))
    return records if key == register.key else ()


def forget_selection(register: Register) -> None:
    """What was selected is done with."""
    _tell(register, [])


def _told(register: Register) -> str:
    return f"told-{register.key}"
