"""视图: choose one, save what is shown now under a name, rename, delete, share."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from logic.access import Verdict
from logic.desk import Desk
from logic.lists import views
from logic.lists.views import LONGEST, ListView
from logic.office import desk_of
from logic.register import Register
from pages.parts import actor, filters, markup, outcome, viewing
from pages.parts.listing import own_columns

_SAID = "views-said"
_PUBLIC = "公用"


def all_of(desk: Desk, register: Register) -> list[ListView]:
    """What can be chosen: what everybody has, one's own, what heads have published."""
    stored = viewing.views_of(desk).of(actor.current(), register.key) if actor.current() else []
    return [*views.standard(register), *map(views.usable, stored)]


def draw(desk: Desk, register: Register) -> None:
    """The box to choose a view; it shows which one the list agrees with."""
    known = {_label(one): one for one in all_of(desk, register)}
    asked, columns = filters.address(register), viewing.asked_columns(register)
    shown = [label for label, one in known.items() if views.is_same(register, one, asked, columns)]
    key = f"view-{register.key}"
    before = st.session_state.get(key)
    if before not in shown:  # of two views that show the same, the one that was chosen stays
        st.session_state[key] = shown[0] if shown else None

    def choose() -> None:
        chosen = known.get(st.session_state[key] or "")
        if chosen is not None:
            use(desk, register, chosen)

    st.selectbox(
        "视图",
        list(known),
        index=None,
        key=key,
        placeholder="自己筛选的",
        format_func=markup.plain_label,
        on_change=choose,
        width=180,
    )


def say(lost: Sequence[str]) -> None:
    """What a link or a view asks for in vain."""
    said = st.session_state.pop(_SAID, None)
    if said:
        markup.put(markup.box("warn", said[0], said[1:]))
    for sentence in lost:
        outcome.refuse(f"{sentence}。", "请改正或清除这个筛选,现在没有按它筛选。")


def use(desk: Desk, register: Register, view: ListView) -> None:
    """Show what the view shows; what it asks for in vain is said."""
    filters.put(register, view.filters)
    viewing.show_columns(register, view.columns)
    gone = views.lost(register, view, own_columns(desk.view().judgement, register))
    if gone:
        lines = [f"{sentence}。" for sentence in gone]
        st.session_state[_SAID] = [f"视图“{view.name}”里有些内容已经不能用了,其余的照常显示。", *lines]


def _label(view: ListView) -> str:
    return f"{view.name}({_PUBLIC},{view.owner})" if view.shared and view.owner != actor.current() else view.name


# -- saving and looking after ------------------------------------------------------------------------------------------


def draw_saving(register: Register) -> None:
    """The content of the dialog 保存视图."""
    desk = desk_of(register)
    words = "把现在的搜索、筛选、顺序和列存成一个视图,下次一点就到。以后数据变了,视图里的记录跟着变。"
    markup.put(markup.quiet(words))
    name = st.text_input("名字", key="view-name", max_chars=LONGEST, placeholder="例如 等财务确认的")
    mine = [one.name for one in all_of(desk, register) if one.owner == actor.current()]
    if name.strip() in mine:
        markup.put(markup.box("wait", f"您已有“{name.strip()}”,保存后以现在的筛选为准。"))
    if st.button("保存", key="view-save", type="primary"):
        person = viewing.person_of(desk)
        if person is None:
            outcome.refuse("您的登录已结束,请重新登录。")
            return
        layout = viewing.layout_of(desk, register)
        headers = [*(register.fields[one].header for one in layout.names), *layout.own] if layout.chosen else None
        done = views.save(
            viewing.views_of(desk), person, register, name, filters.address(register), headers, _now(desk)
        )
        if not done:
            outcome.refuse("没有保存", done.reason)
            return
        viewing.show_columns(register, headers)
        viewing.close()
        st.rerun()


def draw_managing(register: Register) -> None:
    """The content of the dialog 管理视图: the link to what is shown now, and one's own and the published views."""
    desk = desk_of(register)
    person = viewing.person_of(desk)
    said = st.session_state.pop(_SAID, None)
    if said:
        outcome.refuse(*said)
    shown = ListView("", filters.address(register), viewing.asked_columns(register))
    markup.put("<b>现在这个列表的链接</b>")
    st.code(_address(register, shown), language=None, wrap_lines=True)
    markup.put(markup.quiet("同事用自己的账号打开,看到同样的筛选;“我的”“等我处理”是打开的人自己的。"))
    stored = [one for one in all_of(desk, register) if one.id]
    if not stored:
        markup.put(markup.quiet("还没有保存过视图。先筛选好,再点“保存视图”。"))
    judgement = desk.view().judgement
    heads = judgement.heads(desk.clock())
    may_share = person is not None and bool(views.may_share(person, heads, desk.clock().date()))
    for view in stored:
        with st.container(border=True, gap="small"):
            _one(register, view, may_share)


def _one(register: Register, view: ListView, may_share: bool) -> None:
    is_own = view.owner == actor.current()
    chip = markup.chip(f"{_PUBLIC},{view.owner}", "good") if view.shared else ""
    markup.put(f"<b>{markup.escaped(view.name)}</b> {chip}")
    key = f"view-new-name-{view.id}"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if is_own:
            st.text_input(
                "新的名字", key=key, max_chars=LONGEST, width=190, label_visibility="collapsed", value=view.name
            )
            st.button("改名", key=f"view-rename-{view.id}", on_click=_rename, args=(register, view.id, key))
            st.button("删除", key=f"view-drop-{view.id}", on_click=_drop, args=(register, view.id))
        if may_share:
            label = "不再公用" if view.shared else "设为公用视图"
            st.button(label, key=f"view-share-{view.id}", on_click=_share, args=(register, view))
    with st.expander("链接"):
        st.code(_address(register, view), language=None, wrap_lines=True)


def _rename(register: Register, id: str, key: str) -> None:
    desk, person = desk_of(register), viewing.person_of(desk_of(register))
    if person is not None:
        _say(views.rename(viewing.views_of(desk), person, register, id, st.session_state[key], _now(desk)))


def _drop(register: Register, id: str) -> None:
    desk, person = desk_of(register), viewing.person_of(desk_of(register))
    if person is not None:
        _say(views.drop(viewing.views_of(desk), person, id))


def _share(register: Register, view: ListView) -> None:
    desk, person = desk_of(register), viewing.person_of(desk_of(register))
    if person is not None:
        heads, now = desk.view().judgement.heads(desk.clock()), desk.clock()
        _say(views.share(viewing.views_of(desk), person, view.id, not view.shared, _now(desk), heads, now.date()))


def _say(done: Verdict) -> None:
    if not done:
        st.session_state[_SAID] = ["没有改动", done.reason]


def _address(register: Register, view: ListView) -> str:
    base = (st.context.url or "").partition("?")[0].rstrip("/")
    asked = views.link(register, view)
    return f"{base}?{asked}" if asked else base


def _now(desk: Desk) -> str:
    return desk.clock().isoformat(timespec="seconds")
