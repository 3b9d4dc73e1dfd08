"""A Chromium and Chinese letters for the browser tests: what the machine has, else what it can get."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from tools.machine import WINDOWS, apt_install, call, capture, is_root, say

BROWSER_COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BROWSER_PLACES = {
    "darwin": (
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
    ),
    "win32": (
        r"%ProgramFiles%\Google\Chrome\Application\chrome.exe",
        r"%ProgramFiles(x86)%\Google\Chrome\Application\chrome.exe",
        r"%LocalAppData%\Google\Chrome\Application\chrome.exe",
        r"%ProgramFiles(x86)%\Microsoft\Edge\Application\msedge.exe",
    ),
}


def provide_browser(python: Path) -> bool:
    """Find or get a Chromium for the browser tests: the system's, else Debian's package, else Playwright's own."""
    if find_browser() or (apt_install("chromium") and find_browser()):
        return True
    say("正在下载 Playwright 自带的浏览器……")
    dependencies = ["--with-deps"] if is_root() and shutil.which("apt-get") else []
    return call([python, "-m", "playwright", "install", *dependencies, "chromium"]) == 0


def find_browser() -> str | None:
    """A Chromium or Chrome of this machine that runs; `CONSOLE_BROWSER` names one that goes before all."""
    return choose_browser(browser_candidates(os.environ, sys.platform, shutil.which), _runs)


def browser_candidates(
    environ: Mapping[str, str], platform: str, which: Callable[[str], str | None]
) -> tuple[str, ...]:
    named = [environ.get("CONSOLE_BROWSER")]
    commands = [which(name) for name in BROWSER_COMMANDS]
    places = [_expand(place, environ) for place in BROWSER_PLACES.get(platform, ())]
    return tuple(dict.fromkeys(place for place in (*named, *commands, *places) if place))


def choose_browser(candidates: Iterable[str], runs: Callable[[str], bool]) -> str | None:
    return next((candidate for candidate in candidates if runs(candidate)), None)


def _expand(place: str, environ: Mapping[str, str]) -> str:
    for name in ("ProgramFiles(x86)", "ProgramFiles", "LocalAppData"):
        place = place.replace(f"%{name}%", environ.get(name) or environ.get(name.upper(), ""))
    return place


def _runs(browser: str) -> bool:
    # On Windows `chrome.exe --version` opens a window; elsewhere the file may be a stub that only points to a snap.
    return Path(browser).is_file() and (WINDOWS or bool(capture([browser, "--version"])))


def provide_chinese_font() -> None:
    if not sys.platform.startswith("linux") or capture(["fc-list", ":lang=zh"]):
        return
    if not apt_install("fonts-noto-cjk", "fontconfig"):
        say("没有中文字体，截图里的汉字会显示成方框。请安装：sudo apt-get install fonts-noto-cjk")
