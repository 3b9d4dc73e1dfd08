"""`handbook`: every register, workflow and rule that is declared, for people or as JSON for other programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from logic.cli import say
from logic.engine_rules import ENGINE_RULES
from logic.handbook import ALL_REGISTERS, registers_data
from logic.kinds import Kind
from logic.register import Register, registers
from logic.rules import Level
from logic.wording import listed


def run(*, as_json: bool) -> int:
    known = registers()
    data = registers_data(known)
    if as_json:
        say(json.dumps(data, ensure_ascii=False, indent=1))
        return 0
    for line in _summary(known, data):
        say(line)
    return 0


def _summary(known: Mapping[str, Register], data: Mapping[str, Any]) -> Iterator[str]:
    for register in known.values():
        yield f"■ {register.title}({register.key})"
        yield f"  {register.doc}"
        yield "  列:"
        yield from (f"    {one.label}:{_kind(one.kind)}" for one in register.fields.values() if not one.engine)
        if register.workflow is not None:
            yield "  操作:"
            for step in register.workflow.transitions:
                start = "、".join(state or "(空)" for state in step.source_states)
                target = step.target or "状态不变"
                yield f"    {step.label}({step.key}):{start} → {target};{'、'.join(step.roles)}可做"
        yield "  规则:"
        yield from _rules(data, register.key, {one.id: one.doc for one in register.rules})
        yield ""
    yield "■ 所有登记表都检查的规则"
    yield from _rules(data, ALL_REGISTERS, {one.id: one.doc for one in ENGINE_RULES})


def _kind(kind: Kind) -> str:
    options = f"({listed(kind.options)})" if kind.options else ""
    return f"{kind.title}{options}"


def _rules(data: Mapping[str, Any], register: str, docs: Mapping[str, str]) -> Iterator[str]:
    for one in data["rules"]:
        if one["register"] == register:
            waits = f"({one['why']})" if one["why"] else ""
            yield f"    {one['id']} {Level(one['level']).label}:{docs[one['id']]}{waits}"
