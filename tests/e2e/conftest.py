"""A real browser and a console of its own for each test."""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, sync_playwright

from tests.e2e import overheard
from tools import console as console_process
from tools.browser import find_browser
from tools.machine import Trouble

# Nothing but this machine can be reached, whatever a page or the browser itself asks for.
BROWSER_FLAGS = (
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

SCREENS = {"desk": (1440, 900), "phone": (390, 844)}

# Idle for a moment, because the browser sends a click a little after it was made. What was asked for and is never said to
# have finished (the console was killed) is waited for no longer than a few seconds.
IDLE = """(call) => {
    const app = document.querySelector('[data-testid=stApp]'), now = performance.now();
    const {asked, finished} = window.streamlitRuns;
    // A folded part that opens still moves under what is pressed in it. What turns for as long as it is seen is no movement.
    const moves = document.getAnimations().some(({playState, effect}) =>
        playState === 'running' && effect.getComputedTiming().iterations !== Infinity);
    const idle = !moves && app?.dataset.testScriptState === 'notRunning' && app.dataset.testConnectionState === 'CONNECTED'
        && (finished >= asked || now - asked > 5000);
    if (window.idleCall?.call !== call || !idle) window.idleCall = {call, since: now};
    return idle && now - window.idleCall.since > 150;
}"""
RUNS = Path(__file__).with_name("runs.js")
_calls = itertools.count()

SAID = 5_000  # characters of the console's log shown with a failure


def wait_idle(page: Page, *, timeout: float = 30_000) -> None:
    """Wait until Streamlit has finished what the last click or key started."""
    page.wait_for_function(IDLE, arg=next(_calls), timeout=timeout)


@dataclass(slots=True)
class Console:
    """One running console, to be stopped and started again; `workbook` is the file a manager would open."""

    data: Path
    port: int
    host: str = console_process.HOST
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return console_process.address(self.port)

    @property
    def workbook(self) -> Path:
        return self.data / "台账.xlsx"

    @property
    def log(self) -> Path:
        return self.data.parent / "console.log"

    def start(self) -> None:
        with self.log.open("a", encoding="utf-8") as log:
            self.process = console_process.start_console(Path(sys.executable), self.port, log, self.host)
        try:
            console_process.wait_until_healthy(self.process, self.port, self.host)
        except Trouble as trouble:
            self.stop()
            pytest.fail(f"{trouble}\n{self.log.read_text(encoding='utf-8', errors='replace')}")

    def stop(self) -> None:
        if self.process is not None:
            console_process.stop(self.process)

    @contextlib.contextmanager
    def halted(self) -> Iterator[None]:
        """It answers nothing meanwhile, as on a slow line."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """What a power cut does to it."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show with a failure what the person saw and what the console said: a rare one may not come again."""
    report = yield
    if call.when == "call" and call.excinfo is not None:
        for name, given in getattr(item, "funcargs", {}).items():
            if isinstance(given, Page):
                report.sections.append((f"{name}, in the end", overheard.lines(given)))
                with contextlib.suppress(Error):
                    report.sections.append((f"{name} {given.url}", given.inner_text("body", timeout=2_000)))
            elif isinstance(given, Console):
                said = given.log.read_text(encoding="utf-8", errors="replace") if given.log.exists() else ""
                report.sections.append((name, said[-SAID:]))
    return report


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=find_browser(), args=[*BROWSER_FLAGS])
        except Error as error:
            if os.environ.get("CI"):
                pytest.fail(f"no browser in CI: {error}")
            pytest.skip(f"没有可用的浏览器：{error.message.splitlines()[0]}")
        yield browser
        browser.close()


def context_on(browser: Browser, device: str = "desk", **options: Any) -> BrowserContext:
    """A person in China at a desk or with a phone; `options` are the browser's."""
    width, height = SCREENS[device]
    context = browser.new_context(
        **{
            "locale": "zh-CN",
            "timezone_id": "Asia/Shanghai",
            "viewport": {"width": width, "height": height},
            "accept_downloads": True,
            "permissions": ["clipboard-read", "clipboard-write"],
        }
        | options
    )
    context.add_init_script(path=RUNS)
    context.on("page", overheard.listen)
    return context


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A person at a desk; `context_on` makes a second one, or one with a phone."""
    context = context_on(browser)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture(params=("desk", "phone"))
def screen(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page at a desk, then on a phone."""
    context = context_on(browser, request.param)
    yield context.new_page()
    context.close()


@pytest.fixture
def console(data_folder: Path) -> Iterator[Console]:
    """A console with a fresh demo workbook in a folder of its own."""
    console_process.prepare_workbook(Path(sys.executable))
    with socket.socket() as probe:
        probe.bind((console_process.HOST, 0))
        port = probe.getsockname()[1]
    console = Console(data_folder, port)
    console.start()
    yield console
    console.stop()
