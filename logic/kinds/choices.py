"""Columns with a list of answers: one of them, several of them, yes or no."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from logic import wording
from logic.kinds.kind import Kind, Misread
from logic.normalise import half_width, split_parts, without_blanks

_YES: tuple[str, ...] = ("是", "y", "yes", "true", "1", "√", "✓", "✔", "对")
_NO: tuple[str, ...] = ("否", "n", "no", "false", "0", "×", "✗", "✘", "错")
_TRUTHS: dict[str, bool] = {**dict.fromkeys(_YES, True), **dict.fromkeys(_NO, False)}


def _sameness(text: str) -> str:
    """What two spellings of one option have in common: width, blanks and capitals do not count."""
    return without_blanks(half_width(text)).casefold()


@dataclass(frozen=True, slots=True, init=False)
class Choice(Kind):
    """One of a list. A closed list admits nothing else, an open one suggests. `aliases`: other words for options."""

    _spellings: Mapping[str, str] = field(repr=False, hash=False)

    def __init__(self, *options: str, closed: bool = True, aliases: Mapping[str, str] | None = None) -> None:
        Kind.__init__(self)
        spellings: dict[str, str] = {}
        for word, option in [(option, option) for option in options] + list((aliases or {}).items()):
            if option not in options:
                raise ValueError(f"alias {word!r} leads to {option!r}, which is no option")
            if spellings.setdefault(_sameness(word), option) != option or not _sameness(word):
                raise ValueError(f"option {word!r} is blank or spelt like {spellings[_sameness(word)]!r}")
        if closed and not options:
            raise ValueError("a closed list needs options")
        self._settle("choice", "单选")
        object.__setattr__(self, "options", tuple(options))
        object.__setattr__(self, "closed", closed)
        object.__setattr__(self, "_spellings", spellings)

    def _settle(self, name: str, title: str) -> None:
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "title", title)

    def _one(self, text: str) -> Any:
        sameness = _sameness(text)
        option = self._spellings.get(sameness)
        if option is None and self.closed:
            near = difflib.get_close_matches(sameness[:100], self._spellings, n=1)
            raise Misread(*wording.not_an_option(text, self.options, self._spellings[near[0]] if near else None))
        return text if option is None else option


@dataclass(frozen=True, slots=True, init=False)
class Choices(Choice):
    """Several of a list in one cell, joined with 、 and without repeats."""

    def __init__(self, *options: str, closed: bool = True, aliases: Mapping[str, str] | None = None) -> None:
        Choice.__init__(self, *options, closed=closed, aliases=aliases)
        for option in options:
            if split_parts(option) != (option,):
                raise ValueError(f"option {option!r} contains what separates options in a cell")
        self._settle("choices", "多选")
        object.__setattr__(self, "many", True)
        object.__setattr__(self, "python_type", tuple[str, ...])


@dataclass(frozen=True, slots=True)
class YesNo(Kind):
    """是 or 否."""

    name: str = field(default="yes_no", init=False)
    title: str = field(default="是否", init=False)
    python_type: Any = field(default=bool, init=False)
    options: tuple[str, ...] = field(default=("是", "否"), init=False)
    closed: bool = field(default=True, init=False)

    def _one(self, text: str) -> Any:
        truth = _TRUTHS.get(_sameness(text))
        if truth is None:
            raise Misread(*wording.not_yes_or_no(text))
        return truth

    def _text(self, value: bool) -> str:
        return "是" if value else "否"

    def _from_truth(self, flag: bool) -> Any:
        return flag
