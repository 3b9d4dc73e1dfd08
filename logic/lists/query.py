"""What somebody asks of a list, and how that reads in the address: the same words for a link, a saved view, a widget.

An address is a mapping of short names to texts. What it names and the register no longer has is left out and said; it
never fails, because links and saved views outlive the columns they were made for.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from logic import wording
from logic.fields import Field
from logic.kinds import Date, Misread
from logic.lists.columns import answers, dates, listed, main_date
from logic.register import Register
from logic.rules import Level

Address = Mapping[str, Sequence[str]]

SEARCH, STATE, CHECK, WHOSE, ORDER, BY = "q", "state", "check", "whose", "order", "by"
SPAN, DAY, FIRST, LAST = "span", "day", "from", "to"
FIXED = (SEARCH, STATE, CHECK, WHOSE, SPAN, DAY, FIRST, LAST, ORDER, BY)
_COLUMN = "c_"  # begins the name of what a column is filtered by

ANY = "any"
TROUBLED = "有问题"
CHECKS: Mapping[str, str] = {
    TROUBLED: ANY,
    wording.level_label("BLOCK"): Level.BLOCK,
    wording.level_label("WARN"): Level.WARN,
}
MINE, AWAITED = "我的", "等我处理"
BLANK = "(空)"
TODAY, WEEK, MONTH, LAST_MONTH, CHOSEN = "今天", "本周", "本月", "上月", "自选日期"
SPANS = (TODAY, WEEK, MONTH, LAST_MONTH, CHOSEN)
NEWEST, OLDEST = "新的在前", "旧的在前"
_NUMBERS = ("money", "integer", "percent")
_DATES = ("date", "datetime", "moment", "time", "month")
_DAY = Date()


@dataclass(frozen=True, slots=True)
class Query:
    """What somebody looks for. `check` is "", a level, or ANY for every record with a finding. `whose` is MINE, AWAITED
    or "". `chosen` are the texts wanted of columns, "" for an empty cell; `span` is one of SPANS, asked of the column
    `day`. `order` is the column to sort by, "" for the order of the sheet."""

    search: str = ""
    states: tuple[str, ...] = ()
    check: str = ""
    oldest_first: bool = False
    whose: str = ""
    chosen: tuple[tuple[str, tuple[str, ...]], ...] = ()
    span: str = ""
    day: str = ""
    first: dt.date | None = None
    last: dt.date | None = None
    order: str = ""
    descending: bool = False

    @property
    def is_filtered(self) -> bool:
        """Does it leave records out?"""
        asked = (self.search, self.states, self.check, self.whose, self.chosen)
        return any(asked) or (bool(self.span) and (self.span != CHOSEN or bool(self.first or self.last)))


def days_of(query: Query, today: dt.date) -> tuple[dt.date, dt.date] | None:
    """The first and the last day asked for; None where it is any day. Weeks begin on Monday."""
    first_of_month = today.replace(day=1)
    if query.span == TODAY:
        return today, today
    if query.span == WEEK:
        monday = today - dt.timedelta(days=today.weekday())
        return monday, monday + dt.timedelta(days=6)
    if query.span == MONTH:
        return first_of_month, (first_of_month + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)
    if query.span == LAST_MONTH:
        last = first_of_month - dt.timedelta(days=1)
        return last.replace(day=1), last
    if query.span == CHOSEN and (query.first or query.last):
        return query.first or dt.date.min, query.last or dt.date.max
    return None


def column_name(field: str) -> str:
    """The name in the address of what a column is filtered by."""
    return f"{_COLUMN}{field}"


def read(register: Register, address: Address) -> tuple[Query, tuple[str, ...]]:
    """What an address asks for, and what of it cannot be asked any more, in words."""
    lost: list[str] = []
    texts = {name: [text for text in values if text] for name, values in address.items()}
    one = {name: values[0] if values else "" for name, values in texts.items()}
    order, descending = _ordered(register, one.get(ORDER, ""), lost)
    days = {name: _day(one.get(name, ""), lost) for name in (FIRST, LAST)}
    query = Query(
        search=one.get(SEARCH, "").strip(),
        states=tuple("" if text == BLANK else text for text in texts.get(STATE, ())),
        check=CHECKS.get(one.get(CHECK, ""), ""),
        oldest_first=one.get(ORDER) == OLDEST,
        whose=one[WHOSE] if one.get(WHOSE) in (MINE, AWAITED) else "",
        chosen=tuple(_chosen(register, texts, lost)),
        span=one[SPAN] if one.get(SPAN) in SPANS else "",
        day=_date_column(register, one.get(DAY, ""), lost),
        first=days[FIRST],
        last=days[LAST],
        order=order,
        descending=descending,
    )
    return query, tuple(dict.fromkeys(lost))


def known(register: Register, address: Address) -> dict[str, list[str]]:
    """The address without what the register no longer has, headers as they read now: what widgets can hold."""
    kept: dict[str, list[str]] = {}
    for name, values in address.items():
        texts = [text for text in values if text]
        if name == BY:
            texts = [one.header for text in texts if (one := _among(register, text, answers(register))) is not None]
        elif name == DAY:
            texts = [one.header for text in texts if (one := _among(register, text, dates(register))) is not None]
        elif name == ORDER and texts[:1] not in ([NEWEST], [OLDEST]):
            column, descending = _ordered(register, texts[0] if texts else "", [])
            texts = [order_words(register.fields[column])[descending]] if column else []
        if texts:
            kept[name] = list(dict.fromkeys(texts))
    wanted = {column_name(one.name) for one in answers(register) if one.header in kept.get(BY, ())}
    return {name: texts for name, texts in kept.items() if name in FIXED or name in wanted}


def order_words(one: Field) -> tuple[str, str]:
    """How sorting by a column reads, upwards and downwards."""
    if one.kind.name in _DATES:
        return f"{one.header} 从早到晚", f"{one.header} 从晚到早"
    if one.kind.name in _NUMBERS:
        return f"{one.header} 从小到大", f"{one.header} 从大到小"
    return f"{one.header} 升序", f"{one.header} 降序"


def _ordered(register: Register, text: str, lost: list[str]) -> tuple[str, bool]:
    if text in ("", NEWEST, OLDEST):
        return "", False
    header, _, word = text.rpartition(" ")
    one = _among(register, header, listed(register))
    if one is None:
        lost.append(f"排序用的列“{header or text}”已经没有了")
        return "", False
    return one.name, word in ("从晚到早", "从大到小", "降序")


def _chosen(register: Register, texts: Address, lost: list[str]) -> list[tuple[str, tuple[str, ...]]]:
    found: list[tuple[str, tuple[str, ...]]] = []
    for header in texts.get(BY, ()):
        one = _among(register, header, answers(register))
        if one is None:
            lost.append(f"筛选用的列“{header}”已经没有了")
            continue
        wanted = tuple("" if text == BLANK else text for text in texts.get(column_name(one.name), ()))
        if wanted and one.name not in dict(found):
            found.append((one.name, wanted))
    return found


def _date_column(register: Register, header: str, lost: list[str]) -> str:
    one = _among(register, header, dates(register)) if header else register.fields[main_date(register)]
    if one is None:
        lost.append(f"筛选日期用的列“{header}”已经没有了")
    return one.name if one is not None else main_date(register)


def _among(register: Register, header: str, fields: Sequence[Field]) -> Field | None:
    """The column of this header, or former header, if it is one of these."""
    one = register.field(header) if header.strip() else None
    return one if one is not None and one in fields else None


def _day(text: str, lost: list[str]) -> dt.date | None:
    try:
        return _DAY.parse(text)
    except Misread as problem:
        lost.append(f"日期{problem}".rstrip("。"))
        return None
