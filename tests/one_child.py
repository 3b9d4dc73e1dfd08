"""One child process for many .xlsx tests: starting one costs more than what most tests do with it."""

from __future__ import annotations

import atexit
from typing import Any

from sheets.xlsx_child import Child

_child = Child(120)
atexit.register(_child.close)


class OneChild:
    """Stands in for `sheets.xlsx.Child`: the same process for everybody, and closing leaves it running."""

    def __init__(self, timeout: float) -> None:
        self.timeout = timeout

    @property
    def pid(self) -> int | None:
        return _child.pid

    def ask(self, name: str, *arguments: object) -> Any:
        return _child.ask(name, *arguments)

    def close(self) -> None:
        """The next test uses it too."""
