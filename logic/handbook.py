"""What the declarations say, as data: `python -m logic handbook --json` prints it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from logic.engine_rules import ENGINE_RULES
from logic.register import Register
from logic.rules import Rule
from logic.workflow import Transition

ALL_REGISTERS = "*"


def registers_data(registers: Mapping[str, Register]) -> dict[str, Any]:
    """Registers with their columns, workflows, and every rule with what it waits for; lists and texts only.

    A rule judged at several times (as it stands, and when it is changed) is listed once.
    """
    rules = [_rule(ALL_REGISTERS, group, registers) for group in _grouped(ENGINE_RULES)]
    for register in registers.values():
        rules.extend(_rule(register.key, group, registers) for group in _grouped(register.rules))
    return {
        "registers": [_register(register) for register in registers.values()],
        "workflows": [_workflow(register) for register in registers.values() if register.workflow is not None],
        "rules": rules,
    }


def _register(register: Register) -> dict[str, Any]:
    columns = [
        {
            "field": one.name,
            "header": one.header,
            "kind": one.kind.name,
            "options": list(one.kind.options),
            "required": one.required,
        }
        for one in register.fields.values()
    ]
    return {"key": register.key, "title": register.title, "columns": columns}


def _workflow(register: Register) -> dict[str, Any]:
    flow = register.workflow
    assert flow is not None
    return {
        "register": register.key,
        "states": list(flow.states),
        "transitions": [_transition(one) for one in flow.transitions],
    }


def _transition(one: Transition) -> dict[str, Any]:
    return {
        "key": one.key,
        "label": one.label,
        "from": list(one.source_states),
        "to": one.target,
        "roles": list(one.roles),
        "needs": list(one.needs),
        "stamps": dict(one.stamps),
    }


def _grouped(rules: Iterable[Rule]) -> list[list[Rule]]:
    groups: dict[str, list[Rule]] = {}
    for one in rules:
        groups.setdefault(one.id, []).append(one)
    return list(groups.values())


def _rule(register: str, group: list[Rule], known: Collection[str]) -> dict[str, Any]:
    active = any(one.active(known) for one in group)
    return {
        "id": group[0].id,
        "register": register,
        "level": str(group[0].level),
        "state": "active" if active else "waiting",
        "why": ";".join(dict.fromkeys(why for one in group if (why := one.why_waiting(known)))),
    }
