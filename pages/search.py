"""一键查: one search box over all registers, and everything about the order that is found on one page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence

import streamlit as st
from streamlit.navigation.page import Page

from logic.access import permit
from logic.judgement import Judgement
from logic.office import desk_of
from logic.records import Record
from logic.register import Register
from logic.searching import NAME_PART, PART, MayRead, library_of
from logic.tracing import Affair, gather
from pages.parts import actor, books, markup, menu, pulse, timeline
from pages.parts.turns import in_turn

SHOWN = 20  # affairs to choose from
QUERY = "q"  # in the address too
_WANTED, _CHOSEN = "search-wanted", "search-chosen"
_PLACEHOLDER = "订单号、客户ID(旺旺)、快递单号、电话、平台退款编号、姓名…"
_HINT = f"号码记得一部分也可以:至少连续 {PART} 位,例如订单号或电话的后四位;姓名至少 {NAME_PART} 个字。"


def page_for(registers: Mapping[str, Register]) -> Callable[[], None]:
    """The page, as a function without arguments for st.Page."""

    def page() -> None:
        st.title("一键查", anchor=False)
        st.text_input("查什么", key=QUERY, bind="query-params", placeholder=_PLACEHOLDER, type="search")
        _live((st.session_state[QUERY] or "").strip(), registers)

    return page


def box(find: Page) -> None:
    """The search box on another page; Enter leads to this one."""

    def go() -> None:
        st.session_state[_WANTED] = (st.session_state["search-box"] or "").strip()

    wanted = st.session_state.pop(_WANTED, "")
    if wanted:
        st.switch_page(find, query_params={QUERY: wanted})
    st.text_input("一键查", key="search-box", placeholder=_PLACEHOLDER, type="search", on_change=go, help=_HINT)


@st.fragment
@in_turn
def _live(query: str, registers: Mapping[str, Register]) -> None:
    """What is found, as everybody sees it now."""
    pulse.watch("search", registers.values())
    if st.session_state.pop(_CHOSEN, False):
        st.rerun()  # the box stands outside and shows what was chosen
    judgements = books.judgements()
    if not query:
        markup.put(
            markup.box("plain", "输入号码或姓名,按回车", [_HINT, "订单、转账、售后、退回单上的事,按时间列在一页。"])
        )
        return
    now = desk_of(next(iter(registers.values()))).clock()
    may_read = _reader(judgements, now)
    library = library_of(judgements)
    affairs = gather(library, library.find(query, may_read))
    if not affairs:
        _nothing(query, bool(judgements))
    elif len(affairs) == 1:
        timeline.draw(affairs[0], registers, may_read, now)
    else:
        _choose(affairs, may_read)


def _nothing(query: str, is_read: bool) -> None:
    lines = ["请核对有没有输错;" + _HINT, "刚在表格里登记的,几秒后会自动出现在这里。"]
    head = f"没有找到“{query}”" if is_read else "还没有读到表格,请稍等"
    markup.put(markup.box("wait", head, lines if is_read else []))


def _choose(affairs: Sequence[Affair], may_read: MayRead) -> None:
    """Several were found: what each is about, and a button that looks for it alone."""
    said = f"找到 {len(affairs)} 件事" + (f",先列出 {SHOWN} 件;多输入几位可以缩小范围" if len(affairs) > SHOWN else "")
    markup.put(markup.quiet(f"{said}。"))
    for number, affair in enumerate(affairs[:SHOWN]):
        with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"affair-{number}"):
            markup.put(timeline.head(affair, may_read))
            alone, record = _alone(affair), affair.records[0]
            if alone:
                st.button("查看", key=f"look-{number}", on_click=_look, args=(alone,))
            else:
                menu.link(record.register, record.key, label="打开记录")


def _alone(affair: Affair) -> str:
    """What finds this affair alone, "" for a row without an id. Never anything sensitive: it stands in the address."""
    record = affair.records[0]
    return affair.orders[0] if affair.orders else record.key if record.id == record.key else ""


def _look(query: str) -> None:
    st.session_state[QUERY] = query
    st.session_state[_CHOSEN] = True


def _reader(judgements: Sequence[Judgement], now: dt.datetime) -> MayRead:
    """Whoever may change the records of a register, or this one, reads what is sensitive in it; also when it is closed."""
    people = {key: judgement.people for judgement in judgements for key in judgement.registers}
    who = actor.current()

    def may_read(record: Record) -> bool:
        register = record.reader.register
        person = people[register.key].actor(who) if who else None
        if person is None:
            return False
        is_own = permit(person, register, "edit", record=record, on=now.date())
        return bool(is_own or permit(person, register, "edit", on=now.date()))

    return may_read
