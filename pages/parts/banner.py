"""What stands in the way of a whole workbook, and what to do about it."""

from __future__ import annotations

import os
from collections.abc import Iterator

import streamlit as st

from logic import wording
from logic.desk import Desk, View, hold_sentence
from logic.judgement import Judgement
from logic.office import keeper_of
from logic.register import Register
from pages.parts import listing, markup, outcome
from sheets.sync_folders import HEAD, REMEDY, RISK, sync_client

_SHOWN = 20


def troubles(view: View, register: Register) -> None:
    """Why the register cannot be read or written right now, each with what to do."""
    storage(view, register)
    layout(view, register)


def storage(view: View, register: Register) -> None:
    """What is wrong with the workbook that holds the register."""
    keeper = keeper_of(register)
    if view.trouble is not None:
        outcome.refuse(wording.storage_label(type(view.trouble)), str(view.trouble))
    if keeper.trouble is not None:
        outcome.refuse("这里暂时只能查看", str(keeper.trouble))


def layout(view: View, register: Register) -> None:
    """What is wrong with the tab of the register."""
    table = view.judgement.tables.get(register.key)
    if table is None:
        remedy = "请管理员在“连接与建表”页面补上;其他登记表照常使用。"
        outcome.refuse(f"工作簿里没有“{register.title}”工作表", remedy)
    for violation in view.judgement.header_faults(register.key):
        outcome.refuse(f"“{register.title}”暂时只读", violation.message, violation.remedy)


def left_over(register: Register) -> None:
    """A sign that the file is open which is older than a working day was probably left by a program that crashed."""
    keeper = keeper_of(register)
    for lock in keeper.stale_locks():
        who = f"“{lock.holder}”" if lock.holder else "有人"
        hours = int(lock.age.total_seconds() // 3600)
        outcome.refuse(
            f"{who}打开文件已经超过 {hours} 小时",
            "可能是 Excel、WPS 或 LibreOffice 异常退出留下的占用标记。确认没有人开着这个文件以后,可以忽略它继续写入。",
        )
        key = f"left-over-{register.key}-{lock.path.name}"
        st.button("没有人开着,继续写入", key=key, on_click=keeper.forget_lock, args=(lock.path,))


def place(address: str) -> None:
    """A file in the folder of a cloud drive is replaced behind our back: said calmly, work goes on."""
    client = sync_client(address) if os.path.isabs(address) else None
    if client is not None:
        markup.put(markup.box("wait", HEAD.format(client=client), (RISK, REMEDY)))


def hold(view: View, desk: Desk, register: Register) -> None:
    """What concerns the workbook as a whole: where it lies; and where the file there is another one, nothing is written
    until somebody chooses."""
    keeper = keeper_of(register)
    place(keeper.workbook.address)
    if not view.hold:
        return
    outcome.refuse(
        "已暂停写入",
        hold_sentence(view.hold),
        "如果换错了文件:把原来的文件放回原处,会自动恢复。如果就是要用这个文件:先看差别,再选“以这个文件为准”。",
    )
    with st.expander("现在的文件和控制台最后看到的差别"):
        differences = list(_differences(desk, view.standing))
        if differences:
            markup.put(markup.table(("登记表", "记录", "差别"), differences[:_SHOWN]))
        if len(differences) > _SHOWN:
            markup.put(markup.quiet(f"一共 {len(differences)} 条,只列出前 {_SHOWN} 条。"))
        if not differences:
            markup.put(markup.quiet("内容没有差别。"))

    def adopt() -> None:
        stamp = keeper.mirror.snapshot.stamp if keeper.mirror.snapshot is not None else None
        keeper.ledger.adopt(stamp.generation if stamp is not None else 0)
        keeper.nudge()

    with st.container(horizontal=True):
        st.button("以这个文件为准", key=f"adopt-{register.key}", on_click=adopt)
        st.button("重新检查", key=f"again-{register.key}", on_click=keeper.nudge)


def _differences(desk: Desk, standing: Judgement) -> Iterator[tuple[str, str, str]]:
    """Records that differ between the file and the Baseline."""
    baseline = desk.ledger.baseline()
    for key, register in desk.registers.items():
        records = standing.records(key)
        rows = {record: row for record, row in baseline.get(key, {}).items() if row.vanished_at is None}
        for record in records.keys() - rows.keys():
            yield register.title, _with_id(record, listing.named(register, records[record].text)), "只在这个文件里"
        for record, row in rows.items():
            found, texts = records.get(record), row.texts or {}
            named = _with_id(record, listing.named(register, lambda name, texts=texts: texts.get(name, "")))
            if found is None:
                yield register.title, named, "这个文件里没有"
                continue
            columns = [
                one.header
                for name, one in register.fields.items()
                if not one.engine and found.text(name) != texts.get(name, "")
            ]
            if columns:
                yield register.title, named, f"内容不同:{'、'.join(columns)}"


def _with_id(record: str, named: str) -> str:
    return named if record in named else f"{record} {named}"
