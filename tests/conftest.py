"""What every test starts from: a data folder of its own and a clock that only moves when told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.fake_sheets import Cloud, FakeSheets, running

pytest.register_assert_rewrite("tests.e2e.steps", "tests.e2e.sound")

MARKED_FOLDERS = ("e2e", "bench")


class Clock:
    """Stands still, in Shanghai's time without a zone like every time in this project. Call it to read it."""

    def __init__(self, now: dt.datetime) -> None:
        self.now = now

    def __call__(self) -> dt.datetime:
        return self.now

    def advance(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> dt.datetime:
        self.now += dt.timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        return self.now


@pytest.fixture
def clock() -> Clock:
    """A Sunday morning."""
    return Clock(dt.datetime(2026, 11, 22, 9, 0))


@pytest.fixture
def google(clock: Clock) -> Iterator[FakeSheets]:
    """Google Sheets on this machine, on the test's clock. An exchange that Google would not know fails the test."""
    zone = ZoneInfo("Asia/Shanghai")
    cloud = Cloud(clock=lambda: clock().replace(tzinfo=zone).timestamp(), sleep=lambda s: clock.advance(seconds=s))
    with running(cloud) as server:
        yield server
    server.check()


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No test, and no process a test starts, writes the project's own data/ or the workbooks it is configured for."""
    folder = tmp_path / "data"
    monkeypatch.setenv("CONSOLE_DATA", str(folder))
    monkeypatch.setenv("CONSOLE_SECRETS", str(tmp_path / "secrets.toml"))
    return folder


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The folder is the marker, so that none is forgotten; browser tests run last, what fails fast first."""
    for item in items:
        for name in MARKED_FOLDERS:
            if name in item.path.parts:
                item.add_marker(name)
    items.sort(key=lambda item: item.get_closest_marker("e2e") is not None)
