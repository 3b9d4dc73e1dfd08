"""What people see of an Outcome and of the violations in it; nothing else shows that something went wrong."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Collection, Iterable

from logic import wording
from logic.changes import Outcome
from logic.judgement import Violation
from logic.rules import Level
from pages.parts import markup

log = logging.getLogger(__name__)

_HEADS = {"saved": "Saved", "queued": "Queued", "rejected": "Rejected", "overtaken": "Overtaken", "denied": "Denied"}
_TONES: dict[str, markup.Tone] = {"saved": "good", "queued": "wait", "overtaken": "warn"}


def show(outcome: Outcome, below: Collection[tuple[str, str]] = (), register: str = "") -> None:
    """The outcome in words. Findings of the columns `below` (register and field) are left out: they stand under their
    fields (see `under`). `register` is the one that is open: findings of another one say where they belong."""
    head = wording.outcome_label(_HEADS[outcome.state])
    lines = [] if outcome.state == "queued" else [outcome.reason]
    there = [one for one in outcome.violations if (one.register, one.field) in below]
    columns = list(dict.fromkeys(one.column for one in there if one.column))
    if columns:
        lines.append(f"请看下面标出的列:{'、'.join(columns)}。")
    markup.put(markup.box(_TONES.get(outcome.state, "bad"), head, lines))
    for violation in outcome.violations:
        if (violation.register, violation.field) not in below:
            markup.put(
                found(violation, with_column=True, foreign=violation.register != (register or violation.register))
            )


def under(violations: Iterable[Violation]) -> None:
    """Findings under the field they concern."""
    for violation in violations:
        markup.put(found(violation, under=True))


def refuse(head: str, *lines: str) -> None:
    """Something that cannot be done or cannot be read, and what to do about it."""
    markup.put(markup.box("bad", head, lines))


def crashed(error: Exception) -> bool:
    """A mistake of ours: staff get a number to pass on, the log gets the rest."""
    number = uuid.uuid4().hex[:8].upper()
    log.error("page failed, number %s", number, exc_info=error)
    refuse(
        "这个页面出了问题",
        f"您填写的内容已存成草稿,没有丢。请刷新页面再试;仍然这样时,请把编号 {number} 告诉管理员。",
    )
    return True


def found(violation: Violation, *, with_column: bool = False, under: bool = False, foreign: bool = False) -> str:
    """One finding: what is wrong, the value now, what to do, and the sentence it rests on. `foreign`: it belongs to
    another register than the one that is open."""
    level = "已放行" if violation.released else wording.level_label(violation.level)
    column = f"{violation.column}:" if with_column and violation.column else ""
    named = with_column and (violation.cell or foreign)
    place = f"({violation.sheet} {violation.cell})".replace(" )", ")") if named else ""
    lines = [f"现在的值:{violation.value or '(空)'}"] if violation.field else []
    lines.append(f"怎么办:{violation.remedy.rstrip('。')}。" if violation.remedy else "")
    quiet = [f"依据:{violation.source} · 规则 {violation.rule}" if violation.source else f"规则 {violation.rule}"]
    tone: markup.Tone = "bad" if violation.level is Level.BLOCK else "warn"
    head = f"{level} {column}{violation.message.rstrip('。')}。{place}"
    return markup.box(tone, head, lines, quiet=quiet, under=under)
