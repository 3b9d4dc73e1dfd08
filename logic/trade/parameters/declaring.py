"""How a setting is written down: one call, the rules that ask it last."""

from __future__ import annotations

from logic.kinds import Kind
from logic.settings import Parameter
from logic.source import Source


def setting(
    key: str, title: str, kind: Kind, default: str, help: str, *used_by: str, source: Source | None = None
) -> Parameter:
    """Declare a setting. `source` only where the documents name the number or the choice; elsewhere it is a proposal."""
    return Parameter(key=key, title=title, kind=kind, default=default, help=help, used_by=used_by, source=source)
