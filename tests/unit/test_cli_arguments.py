"""The command line explains itself in Chinese, and reads times and seconds the way people write them."""

from __future__ import annotations

import argparse
import datetime as dt

import pytest

from logic.__main__ import main
from logic.cli.arguments import moment, person, seconds


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2026-11-22T09:00", dt.datetime(2026, 11, 22, 9)),
        ("2026-11-22 09:00:30", dt.datetime(2026, 11, 22, 9, 0, 30)),
        ("2026-11-22", dt.datetime(2026, 11, 22)),
        ("2026-11-22T01:00:00+00:00", dt.datetime(2026, 11, 22, 9)),
    ],
)
def test_a_time_is_shanghai_time(text: str, found: dt.datetime) -> None:
    assert moment(text) == found


@pytest.mark.parametrize(
    ("read", "text"), [(moment, "明天"), (seconds, "-1"), (seconds, "nan"), (seconds, "inf"), (person, " ")]
)
def test_what_cannot_be_read_is_refused_in_chinese(read: object, text: str) -> None:
    assert callable(read)
    with pytest.raises(argparse.ArgumentTypeError, match=r"[\u4e00-\u9fff]"):
        read(text)


@pytest.mark.parametrize("command", [[], ["check"], ["submit"], ["init"], ["handbook"], ["backup"], ["restore"]])
def test_help_is_chinese(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main([*command, "--help"])
    shown = capsys.readouterr().out
    assert caught.value.code == 0 and shown.startswith("用法:")
    assert not any(word in shown for word in ("usage", "options:", "positional", "show this"))
