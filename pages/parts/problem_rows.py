"""The list of 数据体检: what the browser gets for each problem, as one person may see it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from logic.access import Actor
from logic.desk import Desk
from logic.problems import Problem, Shown, Status, names_of, shown_to, source_label
from logic.rules import Level

LONG = 160  # characters of a cell; the record shows all of it
_TONES = {Level.BLOCK: "bad", Level.WARN: "warn", Level.REMIND: "wait"}
_HEADERS = (
    "状态", "登记表", "行编号", "字段", "当前值", "提示", "怎么改", "责任人", "发现时间", "来源", "问题编号", "说明人", "说明",
)  # fmt: skip
_VALUE = _HEADERS.index("当前值")
Viewers = Mapping[str, Actor | None]  # who looks at a register, as the roster of its workbook knows them


def viewers(desks: Sequence[Desk], who: str) -> Viewers:
    found: dict[str, Actor | None] = {}
    for desk in desks:
        person = desk.view().judgement.people.actor(who) if who else None
        found.update(dict.fromkeys(desk.registers, person))
    return found


def own_names(desks: Sequence[Desk], who: str, problems: Sequence[Problem]) -> frozenset[str]:
    """The names under which this person answers for something, on any roster."""
    if not who:
        return frozenset()
    return frozenset({who}).union(*(names_of(desk.view().judgement.people, who, problems) for desk in desks))


def rows_of(problems: Sequence[Problem], seen_by: Viewers, now: dt.datetime) -> dict[str, Any]:
    return {
        "first": "级别",
        "columns": [{"h": header} for header in _HEADERS],
        "naming": [1, 2],
        "rows": [_row(one, shown_to(seen_by.get(one.register.key), one, now.date()), now) for one in problems],
        "empty": "没有符合条件的问题。",
    }


def name_of(one: Problem) -> str:
    """By what a line is known in the browser."""
    found = one.violation
    gone = one.gone_at.isoformat() if one.gone_at is not None else ""
    return "/".join((found.register, found.record, found.rule, found.field, gone))


def _row(one: Problem, shown: Shown, now: dt.datetime) -> dict[str, Any]:
    found = one.violation
    texts = [
        one.status if one.gone_at is None else f"{one.status} {one.gone_at:%m-%d %H:%M}",
        one.register.title,
        found.record if found.record else "整张表",
        f"{found.column} {found.cell}".strip(),
        shown.value or ("(空)" if found.field else ""),
        shown.message,
        shown.remedy,
        one.person or ("(没有写)" if found.record else ""),
        _since(one, now),
        source_label(one),
        found.rule,
        one.by,
        one.said,
    ]
    tone = _TONES[found.level] if one.status is Status.OPEN else "plain"
    row: dict[str, Any] = {
        "k": name_of(one),
        "c": [text if len(text) <= LONG else text[:LONG] + "…" for text in texts],
        "m": [[tone, found.level.label]],
    }
    if one.status is Status.OPEN and found.field and tone in ("bad", "warn"):
        row["x"] = {_VALUE: [tone, shown.message]}
    return row


def _since(one: Problem, now: dt.datetime) -> str:
    if one.seen_at is None:
        return "刚刚"
    days = (now.date() - one.seen_at.date()).days
    at = f"{one.seen_at:%Y-%m-%d %H:%M}"
    return f"{at}({days} 天)" if days and one.gone_at is None else at
