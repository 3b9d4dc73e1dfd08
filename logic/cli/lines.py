"""One line of `submit`: what it asks for, or why it cannot be meant; and the line that answers it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from logic.asking import Ask, Given
from logic.changes import Outcome
from logic.reporting import worded
from logic.violations import Violation
from logic.wording import quoted

SINGLE = ("register", "id", "values", "base", "transition")
LINE = (*SINGLE, "reason", "release", "key", "edits")
_BOM = b"\xef\xbb\xbf"
# Legal in JSON, but line ends to programs that split our answers by what Unicode calls a line.
_LINE_ENDS = re.compile("[\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which records a line is about, as its answer names them. `is_batch`: it came as `edits`."""

    ids: tuple[str | None, ...] = (None,)
    is_batch: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """A line understood as far as its own form goes; what it asks for is judged by the engine."""

    asked: Asked
    asks: tuple[Ask, ...]
    reason: str = ""
    release: tuple[str, ...] = ()
    key: str | None = None


class BadLine(Exception):
    """A line that cannot be meant, in a Chinese sentence; `asked` is what could be recognised of it."""

    def __init__(self, reason: str, asked: Asked | None = None) -> None:
        super().__init__(reason)
        self.asked = asked or Asked()


def is_blank(line: bytes) -> bool:
    return not line.removeprefix(_BOM).decode("utf-8", errors="replace").strip()


def parse(line: bytes, rules: Collection[str]) -> Request:
    """Read a line; raises BadLine. `rules` are the ids that `release` may name."""
    given = _object(line)
    asked = _asked(given)
    try:
        return _request(given, asked, rules)
    except BadLine as bad:
        raise BadLine(str(bad), asked) from None


def answer(asked: Asked, outcome: Outcome, is_known: Callable[[str, str], bool]) -> bytes:
    """The line that answers. `is_known`: does this record stand anywhere, so that its id means something?"""
    accepted = outcome.state in ("saved", "queued")
    ids = outcome.records if accepted and len(outcome.records) == len(asked.ids) else asked.ids
    named = {identity for identity in ids if identity is not None}

    def named_by(item: dict[str, object], register: str, record: str) -> dict[str, object]:
        stands = record in named or (not record.startswith("#") and is_known(register, record))
        if asked.is_batch:
            return item | {"id": record if stands else None}
        is_other = stands and record not in named  # of another record than the one asked for: say which
        return item | {"register": register, "id": record} if is_other else item

    said: dict[str, object] = {"outcome": outcome.state, "id": None if asked.is_batch else ids[0]}
    if asked.is_batch:
        said["ids"] = ids
    said["violations"] = [named_by(_violation(one), one.register, one.record) for one in outcome.violations]
    said["conflicts"] = [
        named_by(
            {"column": one.column, "mine": one.mine, "theirs": one.theirs, "base": one.base}, one.register, one.record
        )
        for one in outcome.conflicts
    ]
    said["reason"] = outcome.reason
    text = _LINE_ENDS.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(said, ensure_ascii=False))
    return f"{text}\n".encode(errors="replace")


def _violation(one: Violation) -> dict[str, object]:
    return {"rule": one.rule, "level": one.level, "column": one.column, "message": worded(one), "remedy": one.remedy}


# -- reading a line ----------------------------------------------------------------------------------------------------


def _object(line: bytes) -> dict[str, Any]:
    try:
        text = line.removeprefix(_BOM).decode("utf-8")
    except UnicodeDecodeError:
        raise BadLine("这一行不是 UTF-8 编码,请把文件另存为 UTF-8 再提交。") from None
    try:
        given = json.loads(text, object_pairs_hook=_pairs, parse_constant=_no_constant)
        json.dumps(given, ensure_ascii=False).encode("utf-8")
    except json.JSONDecodeError as error:
        raise BadLine(f"这一行不是完整的 JSON(第 {error.colno} 个字符处),请检查引号、逗号和括号。") from None
    except UnicodeEncodeError:
        raise BadLine("这一行里有半个字符(不成对的 \\ud800–\\udfff),请重新输入那段文字。") from None
    except (ValueError, RecursionError):
        raise BadLine("这一行里有读不了的数字或嵌套太深,请检查。") from None
    if not isinstance(given, dict):
        raise BadLine("每一行要是一个 JSON 对象,写成 {…} 的样子。")
    return given


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose names are unequivocal: of two values under one name one would be lost without a word."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found and found[name] != value:
            raise BadLine(f"“{name}”写了两次,而且内容不同,请只保留一个。")
        found[name] = value
    return found


def _no_constant(name: str) -> NoReturn:
    raise BadLine(f"{name} 不是 JSON 里能用的值。")


def _asked(given: Mapping[str, Any]) -> Asked:
    if "edits" not in given:
        return Asked((_identity(given),))
    edits = given["edits"]
    return Asked(tuple(_identity(one) for one in edits) if isinstance(edits, list) else (), is_batch=True)


def _identity(given: object) -> str | None:
    found = given.get("id") if isinstance(given, dict) else None
    return found if isinstance(found, str) else None


def _request(given: Mapping[str, Any], asked: Asked, rules: Collection[str]) -> Request:
    _only(given, LINE)
    release = _release(given.get("release"), rules)
    key = _text(given, "key")
    if key is not None and not key.strip():
        raise BadLine("key 不能是空的,请给每次提交一个自己的编号,或者不写 key。")
    if asked.is_batch:
        both = [name for name in SINGLE if name in given]
        if both:
            raise BadLine(f"有 edits 时不能再写 {'、'.join(both)},请把它们放进 edits 的每一项里。")
        edits = given["edits"]
        if not isinstance(edits, list) or not edits:
            raise BadLine("edits 要是一个列表,里面至少有一项修改。")
        asks = tuple(_edit(one, number) for number, one in enumerate(edits, start=1))
    else:
        asks = (_ask(given),)
    return Request(asked, asks, _text(given, "reason") or "", release, key)


def _edit(given: object, number: int) -> Ask:
    if not isinstance(given, dict):
        raise BadLine(f"edits 的第 {number} 项要是一个 JSON 对象,写成 {{…}} 的样子。")
    try:
        _only(given, SINGLE)
        return _ask(given)
    except BadLine as bad:
        raise BadLine(f"edits 的第 {number} 项:{bad}") from None


def _only(given: Mapping[str, Any], known: Sequence[str]) -> None:
    for name in given:
        if name not in known:
            raise BadLine(f"不认识“{name}”。能写的有:{'、'.join(known)}。")


def _ask(given: Mapping[str, Any]) -> Ask:
    register = _text(given, "register")
    if register is None:
        raise BadLine("没有写 register,请写明是哪个登记表,例如 bank_transfers。")
    return Ask(
        register=register,
        record=_text(given, "id"),
        values=_cells(given, "values"),
        base=_cells(given, "base"),
        transition=_text(given, "transition"),
    )


def _text(given: Mapping[str, Any], name: str) -> str | None:
    value = given.get(name)
    if value is None or isinstance(value, str):
        return value
    raise BadLine(f"{name} 要写成文字(加引号),或者 null。")


def _cells(given: Mapping[str, Any], name: str) -> dict[str, Given]:
    cells = given.get(name)
    if cells is None:
        return {}
    if not isinstance(cells, dict):
        raise BadLine(f'{name} 要是一个 JSON 对象,例如 {{"转账金额": "100.00"}}。')
    return {column: _given(column, value) for column, value in cells.items()}


def _given(column: str, value: object) -> Given:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return value
    if isinstance(value, (list, dict)):
        raise BadLine(f'“{column}”的值要写成文字;可填多个值的列可以写成一列文字,例如 ["甲", "乙"]。')
    shown = json.dumps(value)
    raise BadLine(
        f"“{column}”的值 {quoted(shown).strip('“”')} 没有加引号。数字和 true/false 可能在到达之前已经失真"
        f"(长号码会丢掉末几位),请从原处取值,加引号按文字提交。"
    )


def _release(given: object, rules: Collection[str]) -> tuple[str, ...]:
    if given is None:
        return ()
    if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
        raise BadLine('release 要是规则编号的列表,例如 ["BNK-06"]。')
    for one in given:
        if one not in rules:
            raise BadLine(f"没有编号为“{one}”的规则,请照检查结果里的规则编号填写。")
    return tuple(dict.fromkeys(given))
