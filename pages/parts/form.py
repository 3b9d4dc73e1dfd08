"""The form of a record: one widget per column by its kind, every text kept as typed, errors under their field.

No st.form: each widget reports on blur, and the draft is kept then. A stored value that is no option is shown as it is
and stays until somebody chooses another. What is sent are the texts that differ from what the person saw.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from logic.judgement import Record, Violation
from logic.kinds import Ref
from logic.kinds.kind import JOINT
from logic.normalise import split_parts
from logic.people import ROSTER, ROSTER_NAMES
from logic.register import Field, Register
from pages.parts import folding, markup, outcome, photos
from sheets.port import Mark

CHOOSE = "请选择"
_EXAMPLES = {
    "date": "例 2026-11-22",
    "datetime": "例 2026-11-22 10:32",
    "moment": "例 2026-11-22 10:32,不知道时间只填日期",
    "money": "例 1234.50",
    "integer": "例 12",
    "percent": "例 12.5%",
    "time": "例 10:32",
    "month": "例 2026-11",
    "time_band": "例 9:00-12:00,或者上午、下午、晚上、周末、工作日",
    "reference": "那条记录的编号",
    "phone": "例 13800138000",
    "email": "例 zhangsan@example.com",
    "link": "例 https://… 或文件名",
}
_LISTS = ("choice", "choices")
_LINKS = ("link", "photo")
_MARKS = {
    Mark.FORMULA: "这一格是公式,显示上次计算的结果,请在表格里修改。",
    Mark.COVERED: "这一格被合并到别的单元格里了,请先在表格里取消合并。",
    Mark.ERROR: "这一格是错误值,请在表格里改正公式。",
}


@dataclass(frozen=True, slots=True)
class Form:
    """The widgets of one opening of one record. `key` begins their keys, so that another opening starts afresh.

    `seen` is what the person saw when it was opened, `typed` what an earlier draft held, `same` what means what was seen. `suggested` is what an open list
    offers, `references` are records of another register that may be named: their ids, and how they are shown.
    """

    register: Register
    key: str
    record: Record | None
    seen: Mapping[str, str]
    typed: Mapping[str, str]
    people: Sequence[str]
    on_change: Callable[[], None]
    suggested: Callable[[Field], Sequence[str]]
    references: Callable[[str], Mapping[str, str]]
    violations: Mapping[str, Sequence[Violation]] = field(default_factory=dict[str, Sequence[Violation]])
    locked: bool = False
    same: Mapping[str, str] = field(default_factory=dict[str, str])

    def widget(self, name: str) -> str:
        return f"{self.key}-{name}"

    def is_chosen(self, one: Field) -> bool:
        """Is this column chosen from a list, rather than typed?"""
        return bool(self.options(one))

    def options(self, one: Field) -> Sequence[str]:
        """What can be chosen; an open list suggests what the settings list and what the column holds."""
        if one.kind.name == "staff":
            # The roster itself is where names come from: there they are typed.
            return () if self.register.key == ROSTER and one.name in ROSTER_NAMES else self.people
        if other := refers_to(one):
            return list(self.references(other))
        if one.kind.name in _LISTS and (one.options_from or not one.kind.options):
            return list(dict.fromkeys((*one.kind.options, *self.suggested(one))))
        return one.kind.options

    def text(self, name: str) -> str:
        """What the column holds now: in its widget, in the draft, or as it was seen."""
        held = st.session_state.get(self.widget(name), self.typed.get(name, self.seen.get(name)))
        return text_of(held)

    def shown(self, one: Field) -> Callable[[str], str]:
        """How an option reads."""
        other = refers_to(one)
        labels = self.references(other) if other else {}
        return lambda option: labels.get(option, option)


def refers_to(one: Field) -> str:
    """The register whose records this column names, "" for columns that name none."""
    return one.kind.register if isinstance(one.kind, Ref) else ""


def editable(register: Register) -> list[Field]:
    """The columns a person fills, in the order of the sheet."""
    return [one for one in register.fields.values() if not one.engine and not one.kind.derived and one.name != "status"]


def changed(form: Form, fields: Iterable[Field]) -> dict[str, str]:
    """What was typed and differs from what was seen, by field."""
    found: dict[str, str] = {}
    for one in fields:
        key = form.widget(one.name)
        if key not in st.session_state:
            if one.name in form.typed:
                found[one.name] = form.typed[one.name]
            continue
        text = text_of(st.session_state[key])
        if text not in (text_of(start(form, one, form.seen.get(one.name, ""))), form.same.get(one.name)):
            found[one.name] = text
    return found


def draw(form: Form, fields: Sequence[Field], *, grouped: bool = True, folds: bool = False) -> None:
    """The widgets, grouped as declared; a group that is named twice stands once. Where the form `folds`, what this record
    does not need comes last, folded."""
    shown = folding.first(form) if folds else frozenset(one.name for one in fields)
    places = [
        st.container() for _ in range(2)
    ]  # each at its own place, so that no fold of the sort before stays behind
    with places[0]:
        _draw_groups(form, fields, shown, grouped=grouped)
    rest = [one for one in fields if one.name not in shown]
    if rest:
        with places[1]:
            folding.draw(form, rest, _draw_groups)


def _draw_groups(
    form: Form, fields: Sequence[Field], shown: Collection[str] | None = None, *, grouped: bool = True
) -> None:
    """Those of the fields that are `shown`, by group. A group has its place whether or not anything of it is shown."""
    groups: dict[str, list[Field]] = {}
    for one in fields:
        members = groups.setdefault(one.group if grouped else "", [])
        if shown is None or one.name in shown:
            members.append(one)
    for title, members in groups.items():
        with st.container():
            if title and members:
                st.markdown(f"**{markup.plain_label(title)}**")
            _draw_group(form, members)


def _draw_group(form: Form, members: Sequence[Field]) -> None:
    """Two columns of short fields; a long one takes the whole width."""
    waiting: list[Field] = []

    def flush() -> None:
        for pair in (waiting[i : i + 2] for i in range(0, len(waiting), 2)):
            for column, one in zip(st.columns(2), pair, strict=False):
                with column:
                    _draw_field(form, one)
        waiting.clear()

    for one in members:
        if one.kind.name == "long_text" or _is_lines(one):
            flush()
            _draw_field(form, one)
        else:
            waiting.append(one)
    flush()


def _draw_field(form: Form, one: Field) -> None:
    key = form.widget(one.name)
    seen = form.seen.get(one.name, "")
    if key not in st.session_state:
        st.session_state[key] = start(form, one, form.typed.get(one.name, seen))
    mark = form.record.mark(one.name) if form.record is not None else None
    common: dict[str, Any] = {
        # A star by itself is no Markdown, and a screen reader would read the escape out.
        "label": markup.plain_label(one.header) + (" *" if one.required else ""),
        "key": key,
        "help": _help(one),
        "on_change": form.on_change,
        "disabled": form.locked or mark is not None,
    }
    _draw_widget(form, one, seen, common)
    if mark is not None:
        markup.put(markup.quiet(_MARKS[mark]))
    outcome.under(form.violations.get(one.name, ()))


def _draw_widget(form: Form, one: Field, seen: str, common: dict[str, Any]) -> None:
    if one.kind.name == "photo":
        return photos.draw(form, one, common)
    options = _options(form, one, seen)
    is_open = bool(refers_to(one)) or (not one.kind.closed and one.kind.name != "staff")
    holds: Any = st.session_state[common["key"]]
    chosen: dict[str, Any] = {
        "options": _with(options, holds if isinstance(holds, list) else [holds]),
        "format_func": form.shown(one),
        "placeholder": "请选择或直接填写" if is_open else CHOOSE,
        "accept_new_options": is_open,
    }
    if isinstance(holds, list):
        st.multiselect(**chosen, **common)
    elif one.kind.name == "yes_no" and set(options) <= {"是", "否"}:
        st.segmented_control(options=options, **common)
    elif options:
        st.selectbox(index=None, **chosen, **common)
    elif one.kind.name == "long_text" or _is_lines(one) or "\n" in seen:
        st.text_area(height=88, placeholder="一行一个" if _is_lines(one) else None, **common)
    else:
        st.text_input(placeholder=_placeholder(form, one), **common)


def _is_lines(one: Field) -> bool:
    """Links are long: where there may be several, each has a line."""
    return one.kind.many and one.kind.name in _LINKS


def _placeholder(form: Form, one: Field) -> str:
    if form.record is None and one.initial is not None:
        return "不填时自动填写现在的时间" if one.initial == "now" else f"不填时为“{one.initial}”"
    return _EXAMPLES.get(one.kind.name, "几个之间用顿号隔开" if one.kind.many else "")


def _options(form: Form, one: Field, seen: str) -> list[str]:
    """What can be chosen; a stored value that is none of it stands at the end."""
    known = form.options(one)
    if not known:
        return []
    return _with(known, split_parts(seen) if one.kind.many else [seen])


def _with(options: Sequence[str], more: Iterable[str | None]) -> list[str]:
    return list(dict.fromkeys((*options, *(one for one in more if one))))


def start(form: Form, one: Field, text: str) -> Any:
    """What a widget begins with for a text of its column."""
    if form.is_chosen(one):
        if one.kind.many:
            return list(split_parts(text))
        return text or None
    links = one.kind.read(text).value if _is_lines(one) else None
    return "\n".join(links) if links else text


def text_of(value: Any) -> str:
    """The text of what a widget holds."""
    if value is None:
        return ""
    return value if isinstance(value, str) else JOINT.join(value)


def _help(one: Field) -> str | None:
    """Help and the sentences the column rests on."""
    grounds = [f"依据:{source}" for source in one.source]
    parts = [markup.plain_label(part) for part in (one.help, *grounds) if part]
    return "\n\n".join(parts) or None
