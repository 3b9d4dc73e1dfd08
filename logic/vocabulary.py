"""The one import of a register file: every word a declaration is written in."""

from __future__ import annotations

from logic.access import acts_as
from logic.clock import begins, date_of, is_after
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
    Month,
    Percent,
    Phone,
    Photo,
    Ref,
    Staff,
    Text,
    Time,
    TimeBand,
    Waybill,
    YesNo,
)
from logic.lookups import Look
from logic.register import Printout, Register
from logic.rules import ALL_FIELDS, Across, Case, Fault, Level, diff_rule, rule, waiting
from logic.settings import Parameter
from logic.source import Source
from logic.trade.parameters import PARAMETERS
from logic.workflow import (
    ACTOR,
    ACTOR_IF_BLANK,
    NEW_ID,
    NOW,
    NOW_IF_BLANK,
    Copy,
    Deadline,
    Effect,
    Transition,
    Workflow,
)

BLOCK, WARN, REMIND = Level.BLOCK, Level.WARN, Level.REMIND

__all__ = [
    "ACTOR",
    "ACTOR_IF_BLANK",
    "ALL_FIELDS",
    "BLOCK",
    "NEW_ID",
    "NOW",
    "NOW_IF_BLANK",
    "PARAMETERS",
    "REMIND",
    "WARN",
    "Across",
    "Case",
    "Choice",
    "Choices",
    "Copy",
    "Date",
    "DateTime",
    "Deadline",
    "Derived",
    "Digits",
    "Effect",
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
    "Month",
    "Parameter",
    "Percent",
    "Phone",
    "Photo",
    "Printout",
    "Ref",
    "Register",
    "Row",
    "Source",
    "Staff",
    "Text",
    "Time",
    "TimeBand",
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
    "rule",
    "waiting",
]
