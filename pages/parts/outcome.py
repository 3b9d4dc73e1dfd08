"""What people see of an Outcome and of the violations in it; nothing else shows that something went wrong."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable, Sequence

from logic import wording
from logic.changes import Outcome
from logic.judgement import Violation
from logic.rules import Level
from pages.parts import markup

log = logging.getLogger(__name__)

_HEADS = {"saved": "Saved", "queued": "Queued", "rejected": "Rejected", "overtaken": "Overtaken", "denied": "Denied"}
_TONES: dict[str, markup.Tone] = {"saved": "good", "queued": "wait", "overtaken": "warn"}


def show(outcome: Outcome, under_fields: Sequence[str] = ()) -> None:
    """The outcome in words. Findings of `under_fields` are left out: they stand under their fields (see `under`)."""
    head = wording.outcome_label(_HEADS[outcome.state])
    lines = [] if outcome.state == "queued" else [outcome.reason]
    here = [one for one in outcome.violations if one.field not in under_fields]
    below = list(dict.fromkeys(one.column for one in outcome.violations if one.field in under_fields and one.column))
    if below:
        lines.append(f"请看下面标出的列:{'、'.join(below)}。")
    markup.put(markup.box(_TONES.get(outcome.state, "bad"), head, lines))
    for violation in here:
        markup.put(found(violation, with_column=True))


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


def found(violation: Violation, *, with_column: bool = False, under: bool = False) -> str:
    """One finding: what is wrong, the value now, what to do, and the sentence it rests on."""
    level = "已放行" if violation.released else wording.level_label(violation.level)
    column = f"{violation.column}:" if with_column and violation.column else ""
    place = f"({violation.sheet} {violation.cell})" if with_column and violation.cell else ""
    lines = [f"现在的值:{violation.value or '(空)'}"] if violation.field else []
    lines.append(f"怎么办:{violation.remedy.rstrip('。')}。" if violation.remedy else "")
    quiet = [f"依据:{violation.source} · 规则 {violation.rule}" if violation.source else f"规则 {violation.rule}"]
    tone: markup.Tone = "bad" if violation.level is Level.BLOCK else "warn"
    head = f"{level} {column}{violation.message.rstrip('。')}。{place}"
    return markup.box(tone, head, lines, quiet=quiet, under=under)
