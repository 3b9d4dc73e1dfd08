"""What the unit tests of the engine share."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import logic.registers
from logic.register import registers
from tests.conftest import Clock
from tests.shop import Shop


@pytest.fixture
def shop(tmp_path: Path, clock: Clock) -> Iterator[Shop]:
    """A workbook with three tickets and a spare part, met for the first time and not written yet."""
    shop = Shop(tmp_path, clock)
    yield shop
    shop.close()


@pytest.fixture
def more_registers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder whose register files are found beside those of the project."""
    monkeypatch.setattr(logic.registers, "__path__", [*logic.registers.__path__, str(tmp_path)])
    registers.cache_clear()
    known = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - known:
        if name.startswith("logic.registers."):
            del sys.modules[name]
    registers.cache_clear()
