"""主管放行 (DAT-07): a BLOCK on order of steps, role or amount may be released by a head who is not the author, with a reason.

The rule then counts as WARN for that record, stays listed as 已放行, and the release is on record.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from logic.access import Actor, acts_as
from logic.changes import Change
from logic.judgement import Judgement
from logic.rules import Level
from logic.violations import Release, Releases, Violation
from sheets.journal import ReleaseRow


def release(
    added: Sequence[Violation], change: Change, actor: Actor, before: Judgement
) -> tuple[list[Violation], list[Release], str]:
    """The violations with the released ones turned into WARN, the releases made, and why a wanted release is refused."""
    releases: list[Release] = []
    left: list[Violation] = []
    for violation in added:
        if violation.level != "BLOCK" or violation.rule not in change.release or not violation.releasable:
            left.append(violation)
            continue
        refusal = may_release(change, actor, (violation.register, violation.record), before)
        if refusal:
            return list(added), [], refusal
        releases.append(
            Release(
                violation.register,
                violation.record,
                violation.rule,
                change.reason,
                actor.name,
                change.at,
                dict(violation.binds),
            )
        )
        left.append(violation.model_copy(update={"level": Level.WARN, "released": True}))
    return left, releases, ""


def may_release(change: Change, actor: Actor, where: tuple[str, str], before: Judgement) -> str:
    """Why this actor may not release a rule on a record, as a Chinese sentence; empty if they may.

    Nobody knows who typed a row straight into the sheet, so nobody is kept from releasing it for that.
    """
    if not change.reason.strip():
        return "主管放行需要写明理由。"
    roles = before.heads(change.at)
    if not before.people.roster_empty and not any(acts_as(actor, role, change.at.date()) for role in roles):
        return f"只有{'、'.join(roles)}可以放行。"
    author = before.author(*where) if before.record(*where) is not None else actor.name
    if before.people.same(author, actor.name):
        return "不能放行自己登记的记录,请由另一位主管放行。"
    return ""


def releases_of(rows: Iterable[ReleaseRow]) -> Releases:
    """Releases on record, as the judgement uses them."""
    return Releases(
        Release(
            row.register, row.record, row.rule, row.reason, row.by, dt.datetime.fromisoformat(row.at), dict(row.binds)
        )
        for row in rows
    )
