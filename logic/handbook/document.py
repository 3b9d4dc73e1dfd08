"""The handbook as a Markdown document: docs/handbook.zh.md is what `text` says, and a test compares them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from logic.fields import Field
from logic.handbook import mermaid, words
from logic.handbook.entries import Entry, Example, about, all_entries, asked_by, entries
from logic.handbook.examples import BLANK, sample
from logic.handbook.uncheckable import UNCHECKABLE
from logic.register import AREAS, Register
from logic.rules import Level
from logic.trade.parameters import PARAMETERS

Registers = Mapping[str, Register]

LEVELS = (
    (Level.BLOCK, "改好才能保存;其中有些可以由主管写明理由放行。已经写在表格里的不会被退回,标出来等人改正"),
    (Level.WARN, "可以保存,请核对,确实如此就在备注里说明"),
    (Level.REMIND, "到期该做的事,做了就消失"),
)
_SPECIAL = re.compile(r"([\\`*_\[\]<>|~])")


def text(registers: Registers) -> str:
    """The whole document."""
    parts = [
        *_head(registers),
        *(line for register in registers.values() for line in _register(register, registers)),
        *_common(registers),
        *_settings(registers),
        *_waiting(registers),
        *_uncheckable(),
    ]
    return "\n".join(parts) + "\n"


def _head(registers: Registers) -> Iterator[str]:
    yield "# 填报手册"
    yield ""
    yield "<!-- 由 python -m logic handbook 生成,请不要直接修改 -->"
    yield ""
    yield "每个登记表填什么、检查什么、由谁办理。内容来自控制台自己的设置,和控制台的检查完全一致。"
    yield ""
    for area, name in AREAS.items():
        members = [one for one in registers.values() if one.area == area]
        if members:
            yield f"- {name}:{'、'.join(f'[{_plain(one.title)}](#{one.title})' for one in members)}"
    tail = ("所有登记表都检查的规则", "制度参数", "还在等的规则", "表格里查不出的规定")
    yield f"- 其他:{'、'.join(f'[{title}](#{title})' for title in tail)}"
    yield ""
    yield "检查结果分三级:"
    yield ""
    yield from _bullets(f"**{level.label}**:{said}" for level, said in LEVELS)
    first = next(iter(registers.values()))
    named = "、".join(one.header for one in words.engine_columns(first))
    yield f"每个登记表最后几列({named})由控制台填写,请不要改动。"
    yield ""


def _register(register: Register, registers: Registers) -> Iterator[str]:
    yield f"## {_plain(register.title)}"
    yield ""
    yield _plain(about(register))
    yield ""
    yield "### 填什么"
    yield ""
    columns = words.own_columns(register)
    for group in dict.fromkeys(one.group for one in columns):
        yield from _table((group or "列", "怎么填", "依据"), [_column(one) for one in columns if one.group == group])
    yield from _workflow(register, registers)
    yield from _who(register)
    yield from _prints(register)
    yield "### 检查什么"
    yield ""
    given = ";".join(f"{header}:{said}" for header, said in sample(register))
    yield f"下面的例子只写和这条样例不同的地方:{_plain(given)}"
    yield ""
    for entry in entries(registers, register.key):
        yield from _rule(entry, registers)


def _column(column: Field) -> tuple[str, str, str]:
    listed = words.options(column)
    how = [
        f"{column.kind.title}{',必填' if column.required else ''}",
        column.help,
        f"可选:{listed}" if listed else "",
    ]
    grounds = "<br>".join(_plain(str(source)) for source in column.source)
    return _plain(column.header), "<br>".join(_plain(one) for one in how if one), grounds


def _workflow(register: Register, registers: Registers) -> Iterator[str]:
    flow = register.workflow
    if flow is None:
        return
    yield "### 流程"
    yield ""
    if mermaid.drawn(register):
        yield "```mermaid"
        yield mermaid.picture(flow)
        yield "```"
        yield ""
    for note in mermaid.notes(flow):
        yield _plain(note)
        yield ""
    steps = [words.step_words(register, one, registers) for one in flow.transitions]
    yield from _table(
        ("操作", "从", "到", "谁可以做", "要填", "按钮自动写入", "另外"),
        [
            (*map(_plain, (one.label, one.begins, one.ends, one.who, one.needs, one.writes)), _lines(one.more))
            for one in steps
        ],
    )


def _who(register: Register) -> Iterator[str]:
    yield "### 谁能做什么"
    yield ""
    granted = words.grants(register)
    if granted:
        yield from _table(("岗位", "可以"), [(_plain(role), _plain(said)) for role, said in granted])
    else:
        yield "还没有规定权限:所有人都可以查看、新增和修改。"
        yield ""
    steps = words.steps_by_role(register)
    if steps:
        yield from _table(("岗位", "可以办理的操作"), [(_plain(role), _plain(said)) for role, said in steps])
    released = words.released_when(register)
    if released:
        yield _plain(released)
        yield ""


def _prints(register: Register) -> Iterator[str]:
    if register.prints:
        yield "### 打印"
        yield ""
        for one in register.prints:
            yield f"**{_plain(one.title)}**"
            yield ""
            yield from _bullets(_plain(line) for line in words.printout(register, one))


def _rule(entry: Entry, registers: Registers) -> Iterator[str]:
    also = f"({'、'.join(entry.also)})" if entry.also else ""
    waits = "" if entry.active else ",还在等"
    yield f"#### {entry.id}{also} {'/'.join(level.label for level in entry.levels)}{waits}"
    yield ""
    for doc in entry.docs:
        yield _plain(doc)
        yield ""
    yield from _bullets(_facts(entry, registers))
    yield from _examples("符合的例子", entry.good)
    yield from _examples("不符合的例子", entry.bad)


def _facts(entry: Entry, registers: Registers) -> Iterator[str]:
    if entry.why:
        yield f"{'还差' if entry.active else '等什么'}:{_plain(entry.why)}"
    yield from (f"依据:{_plain(ground)}" for ground in entry.grounds)
    if entry.columns:
        yield f"看这些列:{_plain('、'.join(entry.columns))}"
    others = words.looks(entry, registers)
    if others:
        yield f"还看:{_plain(';'.join(others))}"
    if entry.settings:
        yield f"制度参数:{_plain('、'.join(words.setting_titles(entry)))}"
    if red := words.red(entry):
        yield f"谷歌表格里打字时自动标红:{_plain(red)}"
    for said in (words.moments(entry), entry.release):
        if said:
            yield _plain(said)


def _examples(title: str, several: Sequence[Example]) -> Iterator[str]:
    if not several:
        return
    yield f"{title}:"
    yield ""
    for one in several:
        yield f"- {_lines(one.told)}"
        released = "(可以放行)" if one.releasable else ""
        yield from (f"  - 控制台:**{level.label}**,{_plain(said)}{released}" for level, said in one.says)
    yield ""


def _common(registers: Registers) -> Iterator[str]:
    yield "## 所有登记表都检查的规则"
    yield ""
    for entry in entries(registers):
        yield from _rule(entry, registers)


def _settings(registers: Registers) -> Iterator[str]:
    yield "## 制度参数"
    yield ""
    yield "文件里没有写死的数字和名单。改动从生效日期起算,记录按它自己那一天的参数判断。"
    yield ""
    yield from _table(
        ("参数", "默认值", "列型", "说明", "哪些规则用", "来自"),
        [
            (
                _plain(one.title),
                _plain(one.default or BLANK),
                one.kind.title,
                _plain(one.help),
                "、".join(asked_by(one, registers)),
                _plain(str(one.source)) if one.source is not None else "建议值",
            )
            for one in PARAMETERS.values()
        ],
    )


def _waiting(registers: Registers) -> Iterator[str]:
    yield "## 还在等的规则"
    yield ""
    yield "下面的规则(或其中一部分)现在还不能检查,等的东西有了以后自动生效。"
    yield ""
    waiting = [one for one in all_entries(registers) if one.why]
    yield from _table(
        ("规则", "登记表", "现在", "等什么"),
        [
            (
                one.id,
                _plain(one.register.title if one.register is not None else "全部"),
                "检查一部分" if one.active else "不检查",
                _plain(one.why),
            )
            for one in waiting
        ],
    )


def _uncheckable() -> Iterator[str]:
    yield "## 表格里查不出的规定"
    yield ""
    yield "这些规定照样要遵守,只是登记表里看不出来,控制台不检查。"
    yield ""
    yield from _table(
        ("规定", "为什么查不出", "在哪里管"),
        [(_lines(map(str, one.sources)), _plain(one.why), _plain(one.instead)) for one in UNCHECKABLE],
    )


def _plain(said: str) -> str:
    """A text as it is, inside Markdown and inside a table of it."""
    return _SPECIAL.sub(r"\\\1", " ".join(said.split()))


def _lines(several: Iterable[str]) -> str:
    return "<br>".join(_plain(one) for one in several)


def _bullets(lines: Iterable[str]) -> Iterator[str]:
    yield from (f"- {line}" for line in lines)
    yield ""


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    yield from (f"| {' | '.join(row)} |" for row in rows)
    yield ""
