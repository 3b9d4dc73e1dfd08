"""What a new record takes over from another one: 复制新增 much of it, 保存并新增 next to nothing."""

from __future__ import annotations

from logic.records import Record
from logic.register import Register
from logic.workflow import STATUS

_OWN = ("identifier", "waybill", "reference", "photo")  # kinds that say which thing this is, or prove it


def copied(record: Record) -> dict[str, str]:
    """The texts of a record that hold for another one of its sort: not what tells it apart (numbers, links, pictures,
    columns that usually stand in one record only), not what buttons or the console write, not its state."""
    register = record.reader.register
    flow = register.workflow
    steps = flow.transitions if flow is not None else ()
    written = {name for step in steps for name in (*step.stamps, *(effect.link for effect in step.effects))}
    texts: dict[str, str] = {}
    for one in register.fields.values():
        is_own = one.kind.name in _OWN or one.name in register.once or one.name in written or one.initial is not None
        is_ours = one.engine or one.kind.derived or one.name == STATUS
        if not is_own and not is_ours and record.mark(one.name) is None and record.text(one.name):
            texts[one.name] = record.text(one.name)
    return texts


def carried(register: Register, texts: dict[str, str]) -> dict[str, str]:
    """What the next record most likely shares with the one just registered: the shop, as a list of the settings that names
    a record."""
    names = [one.name for one in register.fields.values() if one.naming and one.options_from]
    return {name: texts[name] for name in names if texts.get(name)}
