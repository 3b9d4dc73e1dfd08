"""What the door needs to know when the server starts: the address it listens on, demo mode, the first administrator."""

from __future__ import annotations

import sys

from streamlit import config

from logic.door import first
from logic.office import data_folder, door, is_demo
from pages.parts.gate import is_loopback


def prepare() -> None:
    """Let the demo accounts in where that harms nobody, else say how the first administrator comes in."""
    host = config.get_option("server.address") or ""
    door().demo = is_demo() and is_loopback(host)
    if door().demo:
        say("演示模式:控制台用自己生成的演示台账,只在这台电脑上可以打开,登录页上有不用密码的演示账号。")
        return
    link = first.link(door(), data_folder(), f"http://{shown(host)}:{config.get_option('server.port')}")
    if link:
        say(
            f"还没有管理员。请在浏览器打开下面的一次性链接,设置第一位管理员的密码(也写在 {data_folder() / first.NAME}):"
        )
        say(link)


def shown(host: str) -> str:
    """A name by which this machine reaches what listens there."""
    if host in ("", "0.0.0.0", "::"):
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def say(sentence: str) -> None:
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()
