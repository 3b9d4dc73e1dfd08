"""argparse that speaks Chinese: headings, usage and every complaint about the way a command is written."""

from __future__ import annotations

import argparse
import datetime as dt
import re
import sys
from collections.abc import Iterable
from typing import Any, NoReturn

from logic.clock import SHANGHAI

_COMPLAINTS = (
    (r"the following arguments are required: (.+)", "缺少参数:{0}"),
    (r"unrecognized arguments: (.+)", "不认识的参数:{0}"),
    (r"argument (.+?): invalid choice: (.+?) \(choose from .*", "{0} 不能是 {1}"),
    (r"argument (.+?): expected .*", "{0} 后面要写一个值"),
    (r"argument (.+?): ignored explicit argument (.+)", "{0} 后面不要写值:{1}"),
    (r"argument (.+?): (.*[\u4e00-\u9fff].*)", "{0}:{1}"),
    (r"argument (.+?): invalid .* value: (.+)", "{0} 的值看不懂:{1}"),
    (r"ambiguous option: (.+?) could match .*", "参数 {0} 没有写全"),
)


class Parser(argparse.ArgumentParser):
    """A parser for one command, or for all of them."""

    def __init__(self, **options: Any) -> None:
        super().__init__(add_help=False, allow_abbrev=False, formatter_class=_Help, **options)
        self._positionals.title = "参数"
        self._optionals.title = "选项"
        self.add_argument("-h", "--help", action="help", help="显示这份说明")

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(2, f"{_in_chinese(message)}。加 --help 看详细说明。\n")


class _Help(argparse.RawDescriptionHelpFormatter):
    def add_usage(
        self, usage: str | None, actions: Iterable[argparse.Action], groups: Iterable[Any], prefix: str | None = None
    ) -> None:
        super().add_usage(usage, actions, groups, "用法:" if prefix is None else prefix)


def _in_chinese(message: str) -> str:
    for pattern, said in _COMPLAINTS:
        if found := re.fullmatch(pattern, message, re.DOTALL):
            return said.format(*found.groups())
    return "命令的写法有误"


def moment(text: str) -> dt.datetime:
    """A time of day in Shanghai such as 2026-11-22T09:00; a date alone is its midnight, another zone is converted."""
    try:
        found = dt.datetime.fromisoformat(text.strip())
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}”看不懂,请写成 2026-11-22T09:00 的样子") from None
    return found.astimezone(SHANGHAI).replace(tzinfo=None) if found.tzinfo is not None else found


def seconds(text: str) -> float:
    """A waiting time."""
    try:
        found = float(text)
    except ValueError:
        found = -1.0
    if not 0 <= found < float("inf"):
        raise argparse.ArgumentTypeError(f"“{text}”看不懂,请写秒数,例如 10;0 表示不等")
    return found


def person(text: str) -> str:
    """A name that is not blank."""
    if not text.strip():
        raise argparse.ArgumentTypeError("名字不能空着")
    return text.strip()
