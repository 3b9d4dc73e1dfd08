"""What a formula of the spreadsheet itself can see of a rule, so that a cell turns red while somebody types (自动标红).

A rule says in `formulas` when a cell of which column is red, in the words below; `{field}` is the cell of that column in the
row, `{field:}` the whole column. Red is only what the console finds too: a word is true of a text only where every reading of
it has that meaning (`reads` asks for the very text, so a state with a stray blank is left to the console), and nothing is
said of what a formula cannot see (roles, settings, other workbooks, earlier contents). tests/unit/test_formulas.py compares.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from logic.fields import Field, Row
from logic.kinds import Date, Identifier, Integer, Kind, Money, Percent, Time
from logic.kinds.dates import BARE_NUMBERS
from logic.rules import Rule
from sheets.port import SheetCheck
from sheets.table import ID_FIELD

# Half a second in days: readers round to the second, and a time is known from the first minute on (DAT-08).
_HALF_SECOND = "1/172800"
_MINUTE = "59.5/86400"
_DIGIT = "[0-9０-９]"
_VISIBLE = r"[\p{L}\p{N}]"


def every(first: str, *more: str) -> str:
    return f"AND({','.join((first, *more))})" if more else first


def some(first: str, *more: str) -> str:
    return f"OR({','.join((first, *more))})" if more else first


def blank(*names: str) -> str:
    """All of these cells are empty."""
    return every(*(f'{{{name}}}=""' for name in names))


def reads(name: str, *texts: str) -> str:
    """The cell holds one of these very texts; "" is an empty cell."""
    return some(*(f'{{{name}}}="{text}"' for text in texts))


def among(name: str, texts: Collection[str], without: Collection[str] = ()) -> str:
    """The cell of a state is empty, or holds one of these very texts but for some of them."""
    return reads(name, "", *(text for text in texts if text not in without))


def no_or_blank(name: str) -> str:
    return f'OR({{{name}}}="",{{{name}}}="否",{{{name}}}=FALSE)'


def written(name: str) -> str:
    """Something is written there that can be seen."""
    return f'REGEXMATCH({{{name}}}&"","{_VISIBLE}")'


def contains(name: str, letters: str) -> str:
    """All these characters stand in the cell, in this order, whatever stands between them."""
    pattern = r"[\s\S]*".join(letters)
    return f'REGEXMATCH({{{name}}}&"","{pattern}")'


def matches(name: str, pattern: str) -> str:
    """The cell holds text, all of which has this shape."""
    return f'AND(ISTEXT({{{name}}}),REGEXMATCH({{{name}}}&"","^{pattern}$"))'


def not_above_zero(name: str) -> str:
    """An amount that can be read, with two decimals, of nought or less."""
    number = f"N({{{name}}})"
    return f"AND(ISNUMBER({{{name}}}),{number}<=0,{number}>-1E12,{number}=ROUND({number},2))"


def dated(name: str) -> str:
    """A date between 1970 and 2099, whatever format its cell has; a date typed as text is left to the console."""
    low, high = BARE_NUMBERS
    return f"AND(ISNUMBER({{{name}}}),N({{{name}}})>={low:.0f},N({{{name}}})<{high:.0f})"


def other_day(one: str, other: str) -> str:
    return every(dated(one), dated(other), f"{_day(one)}<>{_day(other)}")


def after(one: str, other: str) -> str:
    """`one` is later than `other`: by date only where either has no time of day, without the seconds (DAT-08)."""
    later_day = f"{_day(one)}>{_day(other)}"
    both_timed = f"MOD(N({{{other}}})+{_HALF_SECOND},1)>{_MINUTE}"
    later_minute = f"AND(N({{{one}}})-N({{{other}}})>{_MINUTE},{both_timed})"
    return every(dated(one), dated(other), some(later_day, later_minute))


def to_come(name: str) -> str:
    """A day that has not come yet wherever the spreadsheet's clock stands: from the day after tomorrow on."""
    return every(dated(name), f"{_day(name)}>TODAY()+1")


def stands_twice(name: str, *conditions: str) -> str:
    """Another record that meets the conditions (column_reads or the like) holds the very same text. The exact comparison
    is made only where a quick count finds several: COUNTIF takes long numbers for one another and has wildcards. A record
    is what has an id, so that 合计 and the like are not counted."""
    alike = "*".join((f"EXACT({_column(name)},{{{name}}})", f"(LEN({_column(ID_FIELD)})>9)", *conditions))
    itself = f"IF(LEN({{{ID_FIELD}}})>9,1,0)"
    return f"IF(COUNTIF({_column(name)},{{{name}}})>1,SUMPRODUCT({alike})>{itself})"


def column_reads(name: str, *texts: str) -> str:
    """1 for the rows whose cell holds one of these very texts; for `stands_twice`."""
    readings = "+".join(f'({_column(name)}="{text}")' for text in texts)
    return f"({readings})"


def _column(name: str) -> str:
    return f"{{{name}:}}"


def _day(name: str) -> str:
    return f"INT(N({{{name}}})+{_HALF_SECOND})"


# What stands in the sheet ------------------------------------------------------------------------------------------------


def checks(
    fields: Mapping[str, Field],
    model: type[Row],
    rules: Collection[Rule],
    released_when: Mapping[str, tuple[str, ...]],
) -> Iterator[SheetCheck]:
    """Everything a formula sees of a register: cells that are no value of their kind, then what its rules say."""
    for declared in fields.values():
        if not declared.engine:
            yield from _of_kind(declared, model)
    for rule in rules:
        for name, formula in rule.formulas.items():
            yield SheetCheck(rule.id, (name,), every(formula, *_unreleased(rule, released_when)))


def _unreleased(rule: Rule, released_when: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """What a head let pass stands so in 检查结果; what a fact lets pass shows in the row itself (DAT-07)."""
    if rule.releasable or rule.binds:
        yield f'ISERROR(SEARCH("已放行 {rule.id} ",{{check_result}}))'
    if rule.releasable:
        yield from (f"NOT({reads(name, *texts)})" for name, texts in released_when.items())


def _of_kind(declared: Field, model: type[Row]) -> Iterator[SheetCheck]:
    """DAT-01 and DAT-06, as far as every reading of such a cell fails."""
    name, kind = declared.name, declared.kind
    cell = f"{{{name}}}"
    if isinstance(kind, Identifier):
        # A number of more than fifteen digits has lost its end, one with a fraction or a sign was never a number of ours.
        wrong = f"AND(ISNUMBER({cell}),OR(N({cell})<0,N({cell})>=1E15,N({cell})<>INT(N({cell}))))"
        yield SheetCheck("DAT-06", (name,), wrong)
        return
    conditions = list(_unreadable(kind, cell))
    if isinstance(kind, Money | Integer):
        conditions += _out_of_bounds(cell, model.model_fields[name].metadata)
    if conditions:
        yield SheetCheck("DAT-01", (name,), some(*conditions))


def _unreadable(kind: Kind, cell: str) -> Iterator[str]:
    number = f"N({cell})"
    if isinstance(kind, Date | Time | Money | Integer | Percent):
        yield f"ISLOGICAL({cell})"
    if isinstance(kind, Date):
        yield f"AND(ISNUMBER({cell}),OR({number}<61,{number}>=1E8))"
        yield _text_without(cell, rf"({_DIGIT}[\s\S]*){{6}}")  # the shortest date has six digits: 2021.1.1
    elif isinstance(kind, Time):
        yield f"AND(ISNUMBER({cell}),OR({number}<0,{number}>=1))"
        yield _text_without(cell, _DIGIT)
    elif isinstance(kind, Money):
        yield f"AND(ISNUMBER({cell}),ABS({number}-ROUND({number},2))>0.00001)"
        yield _text_without(cell, _DIGIT)
    elif isinstance(kind, Integer):
        yield f"AND(ISNUMBER({cell}),ABS({number}-ROUND({number},0))>0.00001)"
        yield _text_without(cell, _DIGIT)
    elif isinstance(kind, Percent):
        yield f"AND(ISNUMBER({cell}),ABS({number}*10000-ROUND({number}*10000,0))>0.001)"
        yield _text_without(cell, f"{_DIGIT}|百")  # 百分之三十


def _text_without(cell: str, pattern: str) -> str:
    """Text in which something can be seen, but nothing of this shape."""
    return f'AND(ISTEXT({cell}),REGEXMATCH({cell}&"","{_VISIBLE}"),NOT(REGEXMATCH({cell}&"","{pattern}")))'


def _out_of_bounds(cell: str, constraints: Collection[Any]) -> Iterator[str]:
    """What pydantic refuses of a column declared with gt, ge, lt or le."""
    for name, sign in (("gt", "<="), ("ge", "<"), ("lt", ">="), ("le", ">")):
        for one in constraints:
            bound = getattr(one, name, None)
            if bound is not None:
                yield f"AND(ISNUMBER({cell}),ROUND(N({cell}),2){sign}{bound})"
