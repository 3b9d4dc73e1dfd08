"""What the unit tests of the engine share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Clock
from tests.shop import Shop


@pytest.fixture
def shop(tmp_path: Path, clock: Clock) -> Iterator[Shop]:
    """A workbook with three tickets and a spare part, met for the first time and not written yet."""
    shop = Shop(tmp_path, clock)
    yield shop
    shop.close()
