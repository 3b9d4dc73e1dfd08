"""The handbook in HTML: tables that become cards on a phone, a card for each rule with its grounds and examples folded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from logic.fields import Field
from logic.handbook import words
from logic.handbook.document import LEVELS
from logic.handbook.entries import Entry, Example, about, asked_by
from logic.handbook.examples import BLANK
from logic.handbook.examples import sample as given
from logic.handbook.uncheckable import UNCHECKABLE
from logic.register import Register
from logic.rules import Level
from logic.trade.parameters import PARAMETERS
from pages.parts import markup
from pages.parts.markup import Tone, chip, escaped, quiet

Registers = Mapping[str, Register]
_TONES: Mapping[Level, Tone] = {Level.BLOCK: "bad", Level.WARN: "warn", Level.REMIND: "wait"}


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of texts, each line of a cell on its own; on a phone each row is a card that names its columns."""
    top = "".join(f"<th>{escaped(head)}</th>" for head in heads)
    body = "".join(f"<tr>{''.join(map(_cell, heads, row))}</tr>" for row in rows)
    return f'<table class="console-table hb-table"><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>'


def _cell(head: str, said: str) -> str:
    return f'<td data-label="{escaped(head)}">{escaped(said)}</td>'


def columns(several: Sequence[Field]) -> str:
    """Columns with how they are filled and why they exist, by groups."""
    pieces = []
    for group in dict.fromkeys(one.group for one in several):
        rows = [column_row(one) for one in several if one.group == group]
        pieces.append(table((group or "列", "怎么填", "依据"), rows))
    return '<div style="height:.6rem"></div>'.join(pieces)


def column_row(column: Field) -> tuple[str, str, str]:
    listed = words.options(column)
    how = (column.kind.title, column.help, f"可选:{listed}" if listed else "")
    return column.label, "\n".join(one for one in how if one), "\n".join(map(str, column.source))


def rules(several: Iterable[Entry], registers: Registers, *, placed: bool = True, unfolded: bool = False) -> str:
    """A card for each rule. `placed`: it names its register; `unfolded`: grounds and examples are in sight."""
    return "".join(_rule(one, registers, placed=placed, unfolded=unfolded) for one in several)


def _rule(entry: Entry, registers: Registers, *, placed: bool, unfolded: bool) -> str:
    chips = [chip(level.label, _TONES[level]) for level in entry.levels]
    if not entry.active:
        chips.append(chip("还在等", "plain"))
    title = entry.register.title if entry.register is not None else "所有登记表"
    where = f'<span class="console-quiet">{escaped(title)}</span>' if placed else ""
    names = " ".join((entry.id, *(f"({one})" for one in entry.also)))
    docs = "".join(f"<p>{escaped(doc)}</p>" for doc in entry.docs)
    waits = quiet(f"{'还差' if entry.active else '等什么'}:{entry.why}") if entry.why else ""
    facts = "".join(f"<dt>{escaped(name)}</dt><dd>{escaped(said)}</dd>" for name, said in _facts(entry, registers))
    cases = "".join((_cases("符合的例子", entry.good, good=True), _cases("不符合的例子", entry.bad, good=False)))
    return (
        f'<div class="hb-rule" data-rule="{escaped(entry.id)}"><p class="hb-head"><b>{escaped(names)}</b>'
        f"{''.join(chips)}{where}</p>{docs}{waits}"
        f"<details{' open' if unfolded else ''}><summary>依据{'和例子' if cases else ''}</summary>"
        f"<dl>{facts}</dl>{cases}</details></div>"
    )


def _facts(entry: Entry, registers: Registers) -> Iterator[tuple[str, str]]:
    yield "依据", " ".join(entry.grounds)
    others = words.looks(entry, registers)
    several = (
        ("看这些列", "、".join(entry.columns)),
        ("还看", ";".join(others)),
        ("制度参数", "、".join(words.setting_titles(entry))),
        ("自动标红", f"谷歌表格里打字时:{red}" if (red := words.red(entry)) else ""),
        ("什么时候", words.moments(entry)),
        ("放行", entry.release),
    )
    yield from ((name, said) for name, said in several if said)


def _cases(title: str, several: Sequence[Example], *, good: bool) -> str:
    if not several:
        return ""
    tone = "good" if good else "bad"
    return f'<p style="margin-top:.5rem">{escaped(title)}</p>' + "".join(
        f'<div class="hb-case hb-{tone}">{_told(one)}{_said(one)}</div>' for one in several
    )


def _told(one: Example) -> str:
    return escaped("\n".join(one.told))


def _said(one: Example) -> str:
    released = "(可以放行)" if one.releasable else ""
    return "".join(
        f'<div class="said">控制台:{escaped(level.label)},{escaped(said)}{released}</div>' for level, said in one.says
    )


def sample(register: Register) -> str:
    """The record that the examples start from, folded."""
    pairs = "".join(f"<dt>{escaped(header)}</dt><dd>{escaped(said)}</dd>" for header, said in given(register))
    return (
        '<div class="hb-rule"><details><summary>样例记录:例子里只写和它不同的地方</summary>'
        f"<dl>{pairs}</dl></details></div>"
    )


def steps(register: Register, registers: Registers) -> str:
    flow = register.workflow
    found = [words.step_words(register, one, registers) for one in (flow.transitions if flow is not None else ())]
    heads = ("操作", "从", "到", "谁可以做", "要填", "按钮自动写入", "另外")
    return table(
        heads, [(one.label, one.begins, one.ends, one.who, one.needs, one.writes, "\n".join(one.more)) for one in found]
    )


def who(register: Register) -> str:
    """What each role may do, and which buttons are theirs."""
    granted, pressed = words.grants(register), words.steps_by_role(register)
    released = words.released_when(register)
    return "".join(
        (
            table(("岗位", "可以"), granted)
            if granted
            else markup.box("plain", "", ["还没有规定权限:所有人都可以查看、新增和修改。"]),
            '<div style="height:.6rem"></div>',
            table(("岗位", "可以办理的操作"), pressed) if pressed else "",
            quiet(released) if released else "",
        )
    )


def prints(register: Register) -> str:
    return "".join(markup.box("plain", one.title, words.printout(register, one)) for one in register.prints)


def levels() -> str:
    return table(("级别", "意思"), [(level.label, said) for level, said in LEVELS])


def overview(registers: Registers) -> str:
    named = "、".join(one.header for one in words.engine_columns(next(iter(registers.values()))))
    return table(("登记表", "做什么用"), [(one.title, about(one)) for one in registers.values()]) + quiet(
        f"每个登记表最后几列({named})由控制台填写,请不要改动。"
    )


def settings(registers: Registers) -> str:
    rows = [
        (
            one.title,
            one.default or BLANK,
            one.kind.title,
            one.help,
            "、".join(asked_by(one, registers)),
            str(one.source) if one.source is not None else "建议值",
        )
        for one in PARAMETERS.values()
    ]
    return table(("参数", "默认值", "列型", "说明", "哪些规则用", "来自"), rows)


def uncheckable() -> str:
    rows = [("\n".join(map(str, one.sources)), one.why, one.instead) for one in UNCHECKABLE]
    return table(("规定", "为什么查不出", "在哪里管"), rows)
