"""The next record: 保存并新增 and 复制新增, the buttons of the drawer that open another one."""

from __future__ import annotations

import uuid

from logic.copying import carried, copied
from pages.parts import actor, drawer, form
from pages.parts.listing import label_of
from pages.parts.opened import drafts
from sheets.drafts import NEW


def save_and_add() -> None:
    """保存并新增: once that is accepted, an empty form, of the same shop."""
    one = drawer.current()
    texts = {field.name: one.record_form().text(field.name) for field in form.editable(one.register)}
    drawer.save()
    sent = one.outcome
    if one.record is None or sent is None or sent.state not in ("saved", "queued"):
        return
    drawer.open_record(one.register, None)
    fresh = drawer.current()
    fresh.carried = carried(one.register, texts)
    fresh.load()
    fresh.heard, fresh.outcome, fresh.message = one.heard, sent, "上一条已经登记。下面是新的一条。"


def copy() -> None:
    """复制新增: a draft of a new record from what stands in this one."""
    one = drawer.current()
    record, who = one.current(), actor.current()
    if record is None or not who:
        return
    kept = drafts(one.desk)
    if kept.get(who, one.register.key, NEW) is not None:
        one.outcome = None
        one.message = "您还有一条没有保存的新记录:请先点“新增”把它保存或放弃,再复制。"
        return
    drawer.keep_draft()
    body = {"values": copied(record), "base": {}, "key": uuid.uuid4().hex}
    kept.keep(who, one.register.key, NEW, body, one.desk.clock().isoformat(timespec="seconds"))
    drawer.open_record(one.register, None)
    fresh = drawer.current()
    fresh.message = f"已从“{label_of(record, one.register)}”复制;编号、图片、状态和各环节的签名没有复制,请核对后保存。"
