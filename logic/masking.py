"""What a sensitive text looks like to somebody without need (「保护客户隐私」): enough to recognise it, not to use it."""

from __future__ import annotations

from logic.fields import Field
from logic.kinds import Digits, Phone

_HIDDEN = "****"
_HEAD, _TAIL = 3, 4


def masked(one: Field, text: str) -> str:
    """138****8000 for a telephone, **** for a few digits, the first character of anything else."""
    if isinstance(one.kind, Phone):
        return f"{text[:_HEAD]}{_HIDDEN}{text[-_TAIL:]}" if len(text) >= _HEAD + 2 * _TAIL else _HIDDEN
    if not text or isinstance(one.kind, Digits):
        return _HIDDEN if text else ""
    return f"{text[0]}**"
