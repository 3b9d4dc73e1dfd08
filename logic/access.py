"""Who somebody is, what they act as, and whether they may do something. Every decision carries its reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from logic.records import Record
    from logic.register import Register
    from logic.workflow import Transition

# Positions that mean the same to every rule and grant: the columns of the matrix in catalogue 5.3.
_SAME_ROLE = (
    ("运营总监", "电子商务总监", "副总", "副总经理"),
    ("部门主管", "部门经理", "电商部主管"),
    ("店铺运营", "项目运营", "运营专员"),
    ("客服主管", "客服经理", "销售主管"),
    ("售前客服", "客服"),
    ("打单员", "跟单员"),
    ("仓库主管", "物流主管"),
    ("仓库员", "入库员", "配货员", "打包员", "保管员"),
    ("推广专员", "活动专员", "直通车专员", "钻展专员"),
    ("美工主管", "策划主管"),
)
_GROUP = {position: frozenset(group) for group in _SAME_ROLE for position in group}


@dataclass(frozen=True, slots=True)
class Delegation:
    """授权代办: somebody stands in for a role from a day on, until the day `until`, None while it lasts."""

    role: str
    since: dt.date
    until: dt.date | None = None

    def holds(self, on: dt.date | None) -> bool:
        """Does it hold that day? Without a day: did it ever, for what was done long ago."""
        return on is None or (self.since <= on and (self.until is None or on < self.until))


@dataclass(frozen=True, slots=True)
class Actor:
    """A person as the roster knows them: `name` is the 姓名, `positions` are 岗位 and 兼任岗位.

    `founder`: let in while the roster was empty, when there was nobody whose position could be asked. `delegations`: the
    roles they stand in for (setting `delegates`), each from a day on.
    """

    name: str
    record: str | None = None
    positions: frozenset[str] = frozenset()
    status: str = ""
    founder: bool = False
    delegations: tuple[Delegation, ...] = ()

    @property
    def has_left(self) -> bool:
        return self.status == "离职"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Allowed or not, and why, in a Chinese sentence."""

    allowed: bool
    reason: str

    def __bool__(self) -> bool:
        return self.allowed


def acts_as(actor: Actor, role: str, on: dt.date | None = None) -> bool:
    """Does this person act as `role`, by position, 兼任岗位 or as a delegate that day (SOD-05; duty_roster waits)?"""
    same = _GROUP.get(role, frozenset((role,)))
    return not same.isdisjoint(actor.positions) or any(one.role in same and one.holds(on) for one in actor.delegations)


def permit(
    actor: Actor,
    register: Register,
    action: str,
    fields: Iterable[str] = (),
    record: Record | None = None,
    on: dt.date | None = None,
    heads: Sequence[str] = (),
) -> Verdict:
    """May `actor` do this that day? `action` is create, edit, or the key of a transition; `fields` are the columns it
    changes; `heads` are the roles that may correct what is closed.

    What a register grants (catalogue 5.3) holds for everybody who acts as one of its roles; where it grants nothing to
    anybody yet, everybody who works here may.
    """
    if actor.has_left:
        return Verdict(False, f"{actor.name}在员工名册里是离职,不能再登记或修改。")
    if actor.founder or not register.grants:
        return Verdict(True, f"“{register.title}”没有限制谁可以操作。")
    letters = {letter for role, granted in register.grants.items() if acts_as(actor, role, on) for letter in granted}
    step = register.workflow.transition(action) if register.workflow is not None else None
    if step is not None:
        return _may_press(actor, register, step, fields, "E" in letters, on)
    is_own = record is not None and actor.name == record.text("created_by")
    letter, verb = ("C", "登记") if action == "create" else ("E", "修改")
    if not (letter in letters or (action != "create" and "e" in letters and is_own)):
        roles = "、".join(role for role, granted in register.grants.items() if letter in granted)
        reason = f"{verb}“{register.title}”由{roles}来做,您的岗位是{_positions(actor)}。请找他们,或由主管处理。"
        return Verdict(False, reason)
    refusal = _closed(register, record, heads) if action != "create" else ""
    if refusal and not any(acts_as(actor, role, on) for role in heads):
        return Verdict(False, refusal)
    return Verdict(True, f"{_positions(actor)}可以{verb}“{register.title}”。")


def _may_press(
    actor: Actor, register: Register, step: Transition, fields: Iterable[str], may_edit: bool, on: dt.date | None
) -> Verdict:
    """A button is for its roles; it opens its own columns only, unless the person may edit anyway."""
    if not any(acts_as(actor, role, on) for role in step.roles):
        return Verdict(False, f"“{step.label}”由{'、'.join(step.roles)}来做,您的岗位是{_positions(actor)}。")
    made = (effect.link for effect in step.effects if effect.creates)
    others = set(fields) - {*step.asks, *step.needs, *step.stamps, *made, "status", "note"}
    if others and not may_edit:
        names = "、".join(f"“{register.fields[name].header}”" for name in sorted(others))
        return Verdict(False, f"做“{step.label}”时不能同时改{names},请由能修改“{register.title}”的人来改。")
    return Verdict(True, f"{'、'.join(step.roles)}可以做“{step.label}”。")


def _closed(register: Register, record: Record | None, heads: Sequence[str]) -> str:
    """Why a record that is closed cannot be changed; "" if it is open."""
    if record is None or register.workflow is None:
        return ""
    state = record.text("status")
    if state not in register.workflow.closed_states:
        return ""
    return f"这条记录已经是“{state}”,不能再改;确实要更正的,请{'、'.join(heads) or '主管'}来改。"


def signers(register: Register, field: str) -> tuple[str, ...]:
    """The roles whose buttons fill a column; nobody else signs for them. None where no button does, or nothing is granted."""
    if register.workflow is None or not register.grants:
        return ()
    steps = (step for step in register.workflow.transitions if field in step.stamps)
    return tuple(dict.fromkeys(role for step in steps for role in step.roles))


def _positions(actor: Actor) -> str:
    return "、".join(sorted(actor.positions)) or "(名册里没有填)"
