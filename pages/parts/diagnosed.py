"""What was found about a spreadsheet's address, step by step, and what the person can do about it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.parts import markup, outcome
from sheets.gsheets_diagnosis import STEPS, Finding


def listed(findings: Sequence[Finding], *, ended: bool) -> str:
    """All steps: passed, failed, and those that were not come to."""
    known = {one.step: one for one in findings}
    return f'<ul class="console-steps">{"".join(_step(name, known.get(name), ended=ended) for name in STEPS)}</ul>'


def _step(name: str, found: Finding | None, *, ended: bool) -> str:
    if found is None:
        chip, said = markup.chip("还没有检查" if ended else "等待检查"), ""
    else:
        chip = markup.chip("通过", "good") if found.fine else markup.chip("没有通过", "bad")
        said = f"<span>{markup.escaped(found.said)}</span>" if found.fine else ""
    return f"<li>{chip}<b>{markup.escaped(name)}</b>{said}</li>"


def remedies(findings: Sequence[Finding]) -> None:
    """What is to be done about each step that failed."""
    for one in findings:
        if one.fine:
            continue
        outcome.refuse(one.said, *one.todo)
        if one.share:
            markup.put(markup.quiet("要共享给的电子邮件:"))
            st.code(one.share, language=None, wrap_lines=True)
        if one.link:
            markup.put(markup.link(one.link, f"打开谷歌云控制台,启用 {one.step}"))


def is_fine(findings: Sequence[Finding]) -> bool:
    """Did every step pass?"""
    return len(findings) == len(STEPS) and all(one.fine for one in findings)
