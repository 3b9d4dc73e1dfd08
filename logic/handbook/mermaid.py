"""A workflow as a Mermaid picture: every state, and an arrow for every way from one to another."""

from __future__ import annotations

from collections.abc import Mapping

from logic.register import Register
from logic.workflow import Workflow

# What Mermaid reads as its own signs becomes its full-width twin, which looks the same to a reader.
_SIGNS = "\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
_LITERAL = {ord(sign): chr(ord(sign) + 0xFEE0) for sign in _SIGNS if sign not in "-./+"} | {ord("\n"): " "}
NO_STATE = "无状态"
SEVERAL = "多个状态"
_SEPARATE = 4  # a button that starts from more states than this would cover the picture with its arrows


def label(text: str) -> str:
    """A text as a label of the picture, free of Mermaid's own signs."""
    return " ".join(text.translate(_LITERAL).split())


def picture(flow: Workflow) -> str:
    """The stateDiagram-v2 of a workflow. Buttons between the same two states share an arrow; one that starts from very
    many states starts from a box of its own; those that keep the state are not drawn (`notes` names them)."""
    arrows = _arrows(flow)
    several = [SEVERAL] if any(one == SEVERAL for one, _ in arrows) else []
    ids = {state: f"s{number}" for number, state in enumerate([*_states(flow), *several])}
    lines = ["stateDiagram-v2"]
    lines += [f'    state "{label(state or NO_STATE)}" as {id}' for state, id in ids.items()]
    lines += [f"    [*] --> {ids[flow.initial]}"]
    lines += [f"    {ids[one]} --> {ids[other]}: {' / '.join(said)}" for (one, other), said in arrows.items()]
    lines += [f"    {ids[state]} --> [*]" for state in ids if state in flow.closed_states]
    return "\n".join(lines)


def notes(flow: Workflow) -> tuple[str, ...]:
    """What the picture leaves out, in sentences."""
    kept = [step.label for step in flow.transitions if step.target is None]
    said = [f"图中没有画状态不变的操作:{'、'.join(kept)}。"] if kept else []
    if any(one == SEVERAL for one, _ in _arrows(flow)):
        said.append(f"“{SEVERAL}”是哪些,见下面的表。")
    return tuple(said)


def drawn(register: Register) -> bool:
    """Is there anything to draw?"""
    return register.workflow is not None and bool(_arrows(register.workflow))


def _states(flow: Workflow) -> list[str]:
    return list(dict.fromkeys((flow.initial, *flow.states)))


def _arrows(flow: Workflow) -> Mapping[tuple[str, str], list[str]]:
    arrows: dict[tuple[str, str], list[str]] = {}
    for step in flow.transitions:
        for state in step.source_states if len(step.source_states) <= _SEPARATE else (SEVERAL,):
            if step.target is not None:
                arrows.setdefault((state, step.target), []).append(label(step.label))
    return arrows
