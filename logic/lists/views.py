"""Views of a list (视图): filters, order and columns under a name. Some everybody has, others people save and share.

A view holds the words of an address and the headers of columns. What a register no longer has is left out when the view is
used, and said; the rest of it goes on working.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from logic.access import Actor, Verdict, acts_as
from logic.lists import query as words
from logic.lists.columns import CREATED_AT, listed, main_date
from logic.lists.query import Address, known, read
from logic.register import Register
from logic.workflow import VOID
from sheets.views import ListViews, StoredView

LONGEST = 20  # characters of a name
COLUMNS = "columns"
_ALLOWED = Verdict(True, "")
Roles = Sequence[str]


@dataclass(frozen=True, slots=True)
class ListView:
    """`columns` None: those that fit the person. `id` "" for one that everybody has."""

    name: str
    filters: Address = field(default_factory=dict[str, Sequence[str]])
    columns: tuple[str, ...] | None = None
    id: str = ""
    owner: str = ""
    shared: bool = False


def standard(register: Register) -> list[ListView]:
    """The views that everybody has, as the declaration tells."""
    dated = register.fields[main_date(register)]
    registered = dated if dated.initial == "now" else register.fields[CREATED_AT]
    today = {words.SPAN: [words.TODAY], words.DAY: [registered.header]}
    found = [
        ListView("全部"),
        ListView(words.AWAITED, {words.WHOSE: [words.AWAITED]}),
        ListView(words.MINE, {words.WHOSE: [words.MINE]}),
    ]
    workflow = register.workflow
    if workflow is not None and workflow.closed_states:
        is_blank = not workflow.initial
        states = [state for state in workflow.states if state not in workflow.closed_states]
        name = f"没有{VOID}的" if is_blank and not states else "进行中"
        found.append(ListView(name, {words.STATE: [*([words.BLANK] if is_blank else []), *states]}))
    return [*found, ListView(words.TROUBLED, {words.CHECK: [words.TROUBLED]}), ListView("今天登记的", today)]


def usable(stored: StoredView) -> ListView:
    """A stored view as a list uses it; what cannot be understood of it counts as not asked."""
    filters, columns = stored.body.get("filters"), stored.body.get(COLUMNS)
    asked: dict[str, list[str]] = {}
    for name, texts in filters.items() if isinstance(filters, dict) else ():
        asked[str(name)] = [str(text) for text in texts] if isinstance(texts, list) else []
    chosen = tuple(map(str, columns)) if isinstance(columns, list) else None
    return ListView(stored.name, asked, chosen, stored.id, stored.owner, stored.shared)


def lost(register: Register, view: ListView, own: Collection[str]) -> tuple[str, ...]:
    """What the view asks for and the register no longer has, in words. `own`: the headers managers added."""
    sentences = list(read(register, view.filters)[1])
    gone = [header for header in view.columns or () if header not in own and not is_listed(register, header)]
    if gone:
        sentences.append(f"要显示的列{'、'.join(f'“{header}”' for header in gone)}已经没有了")
    return tuple(sentences)


def is_listed(register: Register, header: str) -> bool:
    """Is this, or was it once, the header of a column a list can show?"""
    one = register.field(header) if header.strip() else None
    return one is not None and one in listed(register)


def is_same(register: Register, one: ListView, filters: Address, columns: tuple[str, ...] | None) -> bool:
    """Does the view show just this?"""
    return _sets(known(register, one.filters)) == _sets(known(register, filters)) and one.columns == columns


def link(register: Register, view: ListView) -> str:
    """The part of an address behind the question mark that shows what the view shows."""
    texts = {f"{register.key}_{name}": list(values) for name, values in known(register, view.filters).items()}
    if view.columns is not None:
        texts[f"{register.key}_{COLUMNS}"] = list(view.columns)
    return urlencode(texts, doseq=True)


# -- what a person may do ----------------------------------------------------------------------------------------------


def save(
    views: ListViews,
    actor: Actor,
    register: Register,
    name: str,
    filters: Address,
    columns: Sequence[str] | None,
    at: str,
) -> Verdict:
    """Keep a view of one's own; one of the same name is replaced."""
    refusal = _bad_name(register, name)
    if refusal:
        return Verdict(False, refusal)
    body: Mapping[str, Any] = {
        "filters": {short: list(texts) for short, texts in filters.items()},
        COLUMNS: list(columns) if columns is not None else None,
    }
    views.save(actor.name, register.key, name.strip(), body, at)
    return _ALLOWED


def rename(views: ListViews, actor: Actor, register: Register, id: str, name: str, at: str) -> Verdict:
    allowed = _own(views.get(id), actor, "改名")
    if not allowed:
        return allowed
    refusal = _bad_name(register, name)
    if not refusal and not views.rename(id, name.strip(), at):
        refusal = f"您已经有一个叫“{name.strip()}”的视图,请换一个名字。"
    return Verdict(not refusal, refusal)


def share(views: ListViews, actor: Actor, id: str, shared: bool, at: str, heads: Roles, on: dt.date) -> Verdict:
    """公用视图: a head lets everybody use a view, or takes it back."""
    allowed = may_share(actor, heads, on)
    stored = views.get(id)
    if not allowed:
        return allowed
    if stored is None or not (stored.shared or stored.owner == actor.name):
        return Verdict(False, "这个视图已经被删除了,请刷新后再看。")
    views.share(id, shared, at)
    return _ALLOWED


def drop(views: ListViews, actor: Actor, id: str) -> Verdict:
    stored = views.get(id)
    allowed = _own(stored, actor, "删除") if stored is not None else _ALLOWED
    if allowed:
        views.drop(id)
    return allowed


def may_share(actor: Actor, heads: Roles, on: dt.date) -> Verdict:
    """Who decides what everybody sees in the list of views."""
    if actor.founder or any(acts_as(actor, role, on) for role in heads):
        return _ALLOWED
    return Verdict(False, f"公用视图由{'、'.join(heads) or '主管'}设置。")


def _own(stored: StoredView | None, actor: Actor, verb: str) -> Verdict:
    if stored is None:
        return Verdict(False, "这个视图已经被删除了,请刷新后再看。")
    if stored.owner != actor.name:
        return Verdict(False, f"“{stored.name}”是{stored.owner}的视图,只能由本人{verb}。")
    return _ALLOWED


def _bad_name(register: Register, name: str) -> str:
    text = name.strip()
    if not text:
        return "请给视图起个名字。"
    if len(text) > LONGEST:
        return f"名字最多 {LONGEST} 个字。"
    if any(text == one.name for one in standard(register)):
        return f"“{text}”是每个人都有的视图,请换一个名字。"
    return ""


def _sets(filters: Address) -> dict[str, frozenset[str]]:
    return {name: frozenset(texts) for name, texts in filters.items()}
