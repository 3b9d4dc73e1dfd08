"""填报手册: what each register asks, in the words of its declaration. `?register=KEY` opens one, `?rule=AFS-07` a rule."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from logic.handbook import mermaid, words
from logic.handbook.entries import Entry, about, all_entries
from logic.normalise import half_width
from logic.register import Register
from pages.parts import handbook_view as view
from pages.parts import markup

Registers = Mapping[str, Register]
EVERYTHING = "all"
_REGISTER, _SEARCH, _RULE = "register", "search", "rule"  # parameters of the address


def page_for(registers: Registers) -> Callable[[], None]:
    """The handbook of these registers."""

    def page() -> None:
        draw(registers)

    return page


def draw(registers: Registers) -> None:
    st.title("填报手册", anchor=False)
    chosen, asked = _controls(registers)
    rule = st.query_params.get(_RULE, "")
    entries = _entries(tuple(registers), registers)
    if rule:
        _one_rule(rule, entries, registers)
    elif asked:
        _found(asked, chosen, entries, registers)
    elif chosen in registers:
        _register(registers[chosen], [one for one in entries if one.key == chosen], registers)
    else:
        _general(entries, registers)


@st.cache_resource(show_spinner=False)
def _entries(keys: tuple[str, ...], _registers: Registers) -> tuple[Entry, ...]:
    """Every rule with its examples judged: the same until the console is started anew."""
    return all_entries(_registers)


def _controls(registers: Registers) -> tuple[str, str]:
    """Which register, and what is searched. Whoever chooses has done with the rule a link led to."""
    titles = {EVERYTHING: "总说明", **{key: one.title for key, one in registers.items()}}
    if _REGISTER not in st.session_state:
        st.session_state[_REGISTER] = st.query_params.get(_REGISTER)
    if st.session_state[_REGISTER] not in titles:
        st.session_state[_REGISTER] = EVERYTHING
    with st.container(horizontal=True, vertical_alignment="bottom", key="handbook-filters"):
        # Not bound to the address like the search: that would write the title there, and links know the key.
        chosen = st.selectbox(
            "登记表", list(titles), format_func=titles.__getitem__, key=_REGISTER, on_change=_leave_rule, width=260
        )
        asked = st.text_input(
            "搜索规则和列",
            key=_SEARCH,
            bind="query-params",
            placeholder="例如 退款、AFS-07、快递单号…",
            on_change=_leave_rule,
            width=330,
        )
    if chosen == EVERYTHING:
        st.query_params.pop(_REGISTER, None)
    elif st.query_params.get(_REGISTER) != chosen:
        st.query_params[_REGISTER] = chosen
    return chosen, (asked or "").strip()


def _leave_rule() -> None:
    st.query_params.pop(_RULE, None)


def _one_rule(rule: str, entries: Sequence[Entry], registers: Registers) -> None:
    wanted = half_width(rule).strip().upper()
    found = [one for one in entries if wanted in (one.id, *one.also)]
    if found:
        markup.put(view.rules(found, registers, unfolded=True))
    else:
        markup.put(markup.box("warn", f"手册里没有规则 {rule}", ["请在上面搜索,或选择登记表。"]))
    st.button("看整个手册", on_click=_leave_rule)


def _found(asked: str, chosen: str, entries: Sequence[Entry], registers: Registers) -> None:
    """Rules and columns that hold all the words, of one register or of all."""
    parts = half_width(asked).casefold().split()

    def holds(*texts: str) -> bool:
        text = half_width("\n".join(texts)).casefold()
        return all(part in text for part in parts)

    within = [one for one in registers.values() if chosen in (EVERYTHING, one.key)]
    rules = [one for one in entries if chosen in (EVERYTHING, one.key) and holds(*_texts(one))]
    columns = [
        (register.title, *view.column_row(one))
        for register in within
        for one in words.own_columns(register)
        if holds(*view.column_row(one))
    ]
    markup.put(markup.quiet(f"找到 {len(rules)} 条规则、{len(columns)} 列"))
    if rules:
        markup.put(view.rules(rules, registers))
    if columns:
        markup.put(view.table(("登记表", "列", "怎么填", "依据"), columns))


def _texts(entry: Entry) -> tuple[str, ...]:
    said = (text for one in entry.bad for _, text in one.says)
    return entry.id, *entry.also, *entry.docs, *entry.grounds, *entry.columns, entry.why, *said


def _register(register: Register, entries: Sequence[Entry], registers: Registers) -> None:
    markup.put(markup.quiet(about(register)))
    names = ["填什么", f"检查什么({len(entries)})", "流程", "谁能做什么"]
    names += ["打印"] if register.prints else []
    fill, check, flow, who, *prints = st.tabs(names)
    with fill:
        markup.put(view.columns(words.own_columns(register)))
    with check:
        markup.put(view.sample(register), view.rules(entries, registers, placed=False))
    with flow:
        _workflow(register, registers)
    with who:
        markup.put(view.who(register))
    for tab in prints:
        with tab:
            markup.put(view.prints(register))


def _workflow(register: Register, registers: Registers) -> None:
    flow = register.workflow
    if flow is None:
        markup.put(markup.quiet("这个登记表没有流程,直接填写和修改。"))
        return
    if mermaid.drawn(register):
        st.mermaid_chart(mermaid.picture(flow), alt=f"{register.title}的流程图", width="content")
    markup.put(*map(markup.quiet, mermaid.notes(flow)), view.steps(register, registers))


def _general(entries: Sequence[Entry], registers: Registers) -> None:
    every = [one for one in entries if one.register is None]
    waiting = [one for one in entries if one.why]
    names = ["怎么看", f"通用规则({len(every)})", "制度参数", f"还在等的规则({len(waiting)})", "查不出的规定"]
    read, common, settings, waits, others = st.tabs(names)
    with read:
        markup.put(view.levels())
        markup.put(view.overview(registers))
    with common:
        markup.put(view.rules(every, registers, placed=False))
    with settings:
        markup.put(markup.quiet("文件里没有写死的数字和名单。改动从生效日期起算,记录按它自己那一天的参数判断。"))
        markup.put(view.settings(registers))
    with waits:
        markup.put(markup.quiet("下面的规则(或其中一部分)现在还不能检查,等的东西有了以后自动生效。"))
        markup.put(view.rules(waiting, registers))
    with others:
        markup.put(markup.quiet("这些规定照样要遵守,只是登记表里看不出来,控制台不检查。"))
        markup.put(view.uncheckable())
