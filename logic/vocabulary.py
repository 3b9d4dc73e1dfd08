"""The one import of a register file: every word a declaration is written in."""

from __future__ import annotations

from logic.access import acts_as
from logic.clock import begins, date_of, is_after, is_workday, workday_after
from logic.fields import Row, field
from logic.kinds import (
    Choice,
    Choices,
    Date,
    DateTime,
    Derived,
    Digits,
    Email,
    Identifier,
    Integer,
    Link,
    LongText,
    Moment,
    Money,
    Phone,
    Staff,
    Text,
    Waybill,
    YesNo,
)
from logic.lookups import Look
from logic.register import Register
from logic.rules import ALL_FIELDS, Case, Fault, Level, diff_rule, rule, waiting
from logic.source import Source
from logic.workflow import ACTOR, ACTOR_IF_BLANK, NOW, NOW_IF_BLANK, Transition, Workflow

BLOCK, WARN, REMIND = Level.BLOCK, Level.WARN, Level.REMIND

__all__ = [
    "ACTOR",
    "ACTOR_IF_BLANK",
    "ALL_FIELDS",
    "BLOCK",
    "NOW",
    "NOW_IF_BLANK",
    "REMIND",
    "WARN",
    "Case",
    "Choice",
    "Choices",
    "Date",
    "DateTime",
    "Derived",
    "Digits",
    "Email",
    "Fault",
    "Identifier",
    "Integer",
    "Level",
    "Link",
    "LongText",
    "Look",
    "Moment",
    "Money",
    "Phone",
    "Register",
    "Row",
    "Source",
    "Staff",
    "Text",
    "Transition",
    "Waybill",
    "Workflow",
    "YesNo",
    "acts_as",
    "begins",
    "date_of",
    "diff_rule",
    "field",
    "is_after",
    "is_workday",
    "rule",
    "waiting",
    "workday_after",
]
