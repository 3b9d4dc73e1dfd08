"""Draws the drawer: its head and sections. What its buttons do stands in pages.parts.drawer."""

from __future__ import annotations

import datetime as dt

import streamlit as st

from logic import wording
from logic.edits import outcome_of
from logic.judgement import Record
from logic.office import keeper_of
from logic.register import Register
from logic.rules import Level
from logic.settings import SETTINGS
from logic.typed import possible
from pages.parts import (
    actor,
    adding,
    conflict,
    drawer,
    form,
    history,
    impact,
    linked,
    markup,
    operations,
    outcome,
    paper,
    problem_view,
    rights,
    unsent,
)
from pages.parts.listing import label_of
from pages.parts.opened import Opened, opened
from pages.parts.turns import in_turn

WIDTH = 820
REFRESH_SECONDS = 2


def draw(register: Register) -> None:
    """The drawer, while something of this register is open."""
    one = opened(register)
    if one is None:
        return
    title = _title(one)
    st.dialog(title, width=WIDTH, position="right", on_dismiss=drawer.close)(in_turn(_content))(one, title)


def _title(one: Opened) -> str:
    return f"{one.register.title} · {'新增' if one.record is None else '记录'}"


def _content(one: Opened, title: str) -> None:
    # A button may have opened another record, while a drawer by itself draws again what it was drawn for.
    now = opened(one.register) or one
    if now is not one and _title(now) != title:
        st.rerun()
    one = now
    record = one.current()
    unsent.mark(one)
    if one.record is not None and record is None:
        outcome.refuse("这条记录已经不在这里", "它可能刚得到记录编号、被删除,或移到了别处。请关闭后在列表里查找。")
        return
    _head(one, record)
    with st.container(key="drawer-said"):
        _said(one)
    if one.outcome is not None and one.outcome.conflicts and one.outcome.state == "overtaken":
        _conflict(one)
        return
    if record is None:
        _edit(one, record)
        return
    found = problem_view.of_record(one, record)
    around = linked.around(one.register, record)
    steps = possible(one.register, record)
    titles = ["修改", _counted("操作", len(steps)), "历史", _counted("问题", len(found))]
    titles += [_counted("关联", len(around))] if around else []
    wanted = titles[1][:2] if any(step.key == one.begin for step in steps) else one.tab
    first = next((title for title in titles if wanted and title.startswith(wanted)), None)
    edit, operate, past, problems, *others = st.tabs(titles, key=f"tabs-{one.number}", default=first)
    with edit:
        _edit(one, record)
    with operate:
        operations.draw(one, record, locked=bool(_locked(one, record)))
    with past:
        ways = (
            history.Ways(drawer.take_back, drawer.look_back, drawer.go_back, one.version) if actor.current() else None
        )
        history.draw(one.desk, one.register.key, record.key, f"history-{one.number}", ways)
    with problems:
        problem_view.draw(one, found)
    for place in others:
        with place:
            linked.draw(around)


def _counted(title: str, count: int) -> str:
    return f"{title}({count})" if count else title


def _head(one: Opened, record: Record | None) -> None:
    """Which record this is, how it stands, and why it cannot be changed here, if so."""
    if record is not None:
        label, state = label_of(record, one.register), record.text("status")
        chips = [markup.chip(state)] if state else []
        chips += [markup.chip(record.id)] if record.id and record.id not in label else []
        by = " ".join(
            f'<span class="console-whole">{markup.escaped(f"{who} {record.text(at)} {record.text(name)}".strip())}</span>'
            for who, at, name in (("登记", "created_at", "created_by"), ("最后修改", "updated_at", "updated_by"))
            if record.text(at) or record.text(name)
        )
        with st.container(horizontal=True, horizontal_alignment="distribute", key="drawer-head"):
            markup.put(
                f'<div class="console-name">{markup.escaped(label)}</div>',
                "".join(chips),
                f'<div class="console-quiet">{by}</div>' if by else "",
            )
            if actor.current() and record.id == record.key:
                paper.links(one)
    why = _locked(one, record)
    if why:
        markup.put(markup.box("wait", "暂时只能查看", [why]))


def _locked(one: Opened, record: Record | None) -> str:
    """Why nothing can be changed here right now; empty where it can."""
    if not actor.current():
        return "您的登录已结束,请重新登录再修改;填写的内容已存成草稿。"
    if record is not None and record.key.startswith("#"):
        return "这一行还没有可用的记录编号:控制台会在它稳定十几秒后自动编号,之后就能在这里修改。"
    trouble = keeper_of(one.register).trouble
    return str(trouble) if trouble is not None else ""


def _said(one: Opened) -> None:
    """What became of what was just sent; stays in sight while the form is scrolled."""
    if one.message:
        markup.put(markup.box("plain", one.message))
    if one.preview is not None:
        impact.draw(one.preview)
    if one.outcome is not None and not (one.outcome.state == "overtaken" and one.outcome.conflicts):
        if one.outcome.state in ("queued", "saved"):
            for violation in one.outcome.violations:
                markup.put(outcome.found(violation, with_column=True))
        else:
            outcome.show(one.outcome, one.places_below(), one.register.key)
            _release(one)
    _progress(one)
    if one.outcome is not None and one.outcome.state in ("queued", "saved"):
        paper.offer(one)


@st.fragment(run_every=REFRESH_SECONDS)
@in_turn
def _progress(one: Opened) -> None:
    """How far the changes of this record are on their way into the sheet. Redrawn all the time: it holds no editor."""
    if drawer.refresh_outcome(one):
        st.rerun()  # once: the head, the history and what failed are drawn anew
    _beside(one)
    sent = one.outcome
    if sent is not None and sent.state == "saved":
        markup.put(markup.box("good", sent.reason or "已写入表格。"))
    elif sent is not None and sent.state == "queued":
        markup.put(markup.box("wait", "已登记,正在写入…", [_why(sent.reason, sent.since)]))
    view = one.desk.view()
    for entry in view.waiting(one.register.key, one.record or ""):
        if sent is None or entry.id != sent.change:
            waiting = outcome_of(entry)
            markup.put(markup.box("wait", f"待写入:{entry.actor} 的修改", [_why(waiting.reason, waiting.since)]))
    changed = _changed_meanwhile(one)
    if changed and (sent is None or not sent.conflicts):
        lines = [f"改动的列:{'、'.join(changed)}。您保存时会逐格比较,不会覆盖没看到的内容。"]
        markup.put(markup.box("warn", "您打开以后,这条记录又被别人改过", lines))


def _beside(one: Opened) -> None:
    """Who else has this record open. It stops nobody: what both change is compared cell by cell."""
    for other in drawer.others(one):
        if other.edits:
            lines = ["您可以照常修改,保存时会逐格比较,不会互相覆盖。"]
            markup.put(markup.box("wait", f"{other.name}正在编辑这条记录({other.since:%H:%M} 起打开)", lines))
        else:
            markup.put(markup.quiet(f"{other.name} {other.since:%H:%M} 起也打开了这条记录。"))


def _why(reason: str, since: dt.datetime | None) -> str:
    return f"{reason}(自 {since:%H:%M:%S} 起)" if since is not None else reason


def _changed_meanwhile(one: Opened) -> list[str]:
    record = one.current()
    if record is None:
        return []
    return [one.register.fields[name].header for name, seen in one.seen.items() if record.text(name) != seen]


def _edit(one: Opened, record: Record | None) -> None:
    allowed = rights.may(one.desk, one.register, "edit" if record is not None else "create", record)
    locked = bool(_locked(one, record)) or not allowed
    if not allowed:
        markup.put(markup.box("wait", allowed.reason))
    if one.draft_at:
        columns = "、".join(one.register.fields[name].header for name in one.typed)
        lines = [f"{one.draft_at.replace('T', ' ')} 填写、还没有保存的内容:{columns}。"]
        markup.put(markup.box("wait", "已恢复您的草稿", lines))
    form.draw(one.record_form(locked=locked, on_change=drawer.keep_draft), form.editable(one.register), folds=True)
    with st.container(key="drawer-foot", horizontal=True):
        if one.register.key == SETTINGS:
            impact.button(one)
        st.button(
            "保存", key=f"save-{one.number}", type="primary", on_click=drawer.save, disabled=locked, width="stretch"
        )
        if record is None:
            st.button("保存并新增", key=f"more-{one.number}", on_click=adding.save_and_add, disabled=locked)
        elif rights.may(one.desk, one.register, "create"):
            st.button("复制新增", key=f"copy-{one.number}", on_click=adding.copy, disabled=not actor.current())
        if drawer.is_draft(one):
            st.button("放弃草稿", key=f"drop-{one.number}", on_click=drawer.drop_draft)


def _release(one: Opened) -> None:
    """主管放行 for what a head may release."""
    sent = one.outcome
    if sent is None or sent.state != "rejected":
        return
    rules = {found.rule: found for found in sent.violations if found.releasable and found.level is Level.BLOCK}
    if not rules:
        return
    with st.expander(f"主管放行({len(rules)} 项{wording.level_label('BLOCK')})"):
        lines = [f"{rule}:{found.message}" for rule, found in rules.items()]
        markup.put(markup.box("warn", "放行后按“需说明”保留,并记入历史:", lines))
        st.text_area("放行理由 *", key=f"release-{one.number}", placeholder="请写明为什么可以放行", height=80)
        st.button("放行并保存", key=f"let-{one.number}", on_click=drawer.release, disabled=not actor.current())


def _conflict(one: Opened) -> None:
    sent = one.outcome
    assert sent is not None
    markup.put(markup.box("warn", wording.outcome_label("Overtaken"), [sent.reason]))
    choices = conflict.choose(one.desk, sent.conflicts, f"conflict-{sent.change}")
    st.button(
        "按选择保存",
        key=f"settle-{sent.change}",
        type="primary",
        on_click=drawer.settle,
        args=(choices,),
        disabled=choices is None,
        width="stretch",
    )
    markup.put(markup.quiet("现在不选也可以:它会留在“需要您处理”里,您填的内容不会丢。"))
