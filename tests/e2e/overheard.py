"""What was pressed in a page and what it asked of the console, told with a failure: a rare one may not come again."""

from __future__ import annotations

import time
from collections import deque
from weakref import WeakKeyDictionary

from playwright.sync_api import ConsoleMessage, Page, WebSocket
from streamlit.proto.BackMsg_pb2 import BackMsg

LINES = 40
_heard: WeakKeyDictionary[Page, deque[str]] = WeakKeyDictionary()


def listen(page: Page) -> None:
    """From now on; tests/e2e/runs.js says what is pressed and what the console answers."""
    heard = _heard[page] = deque(maxlen=LINES)

    def note(line: str) -> None:
        heard.append(f"{time.monotonic():.3f} {line}")

    def said(message: ConsoleMessage) -> None:
        if message.type in ("debug", "error"):
            note(message.text)

    def opened(socket: WebSocket) -> None:
        socket.on("framesent", lambda payload: note(_asked(payload)))

    page.on("console", said)
    page.on("pageerror", lambda error: note(str(error)))
    page.on("websocket", opened)


def lines(page: Page) -> str:
    """The last of it, with the seconds of one clock."""
    return "\n".join(_heard.get(page, ()))


def _asked(payload: str | bytes) -> str:
    message = BackMsg()
    message.ParseFromString(payload if isinstance(payload, bytes) else payload.encode())
    asked = message.rerun_script
    if message.WhichOneof("type") != "rerun_script":
        return f"asks {message.WhichOneof('type')}"
    kinds = [(one.id, one.WhichOneof("value") or "") for one in asked.widget_states.widgets]
    pressed = [id for id, kind in kinds if kind.endswith("trigger_value")]
    return f"asks for {asked.fragment_id or 'the page'} {asked.page_name} {pressed or ''}"
