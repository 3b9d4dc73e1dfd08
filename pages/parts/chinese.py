"""Chinese for the words Streamlit builds in: a middleware that puts our scripts into the one HTML page there is."""

from __future__ import annotations

from pathlib import Path

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_SCRIPTS = "".join(
    Path(__file__).with_name(name).read_text(encoding="utf-8") for name in ("chinese.js", "gate.js", "drawer.js")
)
_SCRIPT = f"<script>{_SCRIPTS}</script></head>".encode()


class ChineseWords:
    """Passes everything on as it is, but for an HTML page of Streamlit's, whose head gets the script."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        # A compressed page could not be added to, and it is small.
        asked = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
        wants_page = any(name == b"accept" and b"text/html" in value for name, value in asked)
        scope = {**scope, "headers": asked} if wants_page else scope
        held: list[Message] = []  # the start of an HTML page, kept until its length is known

        async def forward(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_html(message):
                held.append(message)
                return
            if not held:
                await send(message)
                return
            held.append(message)
            if message.get("more_body"):
                return
            body = b"".join(part.get("body", b"") for part in held[1:])
            page = body.replace(b"</head>", _SCRIPT, 1)
            await send({**held[0], "headers": _with_length(held[0], len(page)) if body else held[0]["headers"]})
            await send({"type": "http.response.body", "body": page})

        await self.app(scope, receive, forward)


def _is_html(start: Message) -> bool:
    headers = dict(start["headers"])
    is_ours = headers.get(b"content-language") == b"zh-CN"  # needs no translating, and lets nothing else run
    is_plain = b"content-encoding" not in headers
    return headers.get(b"content-type", b"").startswith(b"text/html") and is_plain and not is_ours


def _with_length(start: Message, length: int) -> list[tuple[bytes, bytes]]:
    """The headers with the new length; what vouches for the old content goes."""
    gone = (b"content-length", b"etag", b"last-modified")
    kept = [(name, value) for name, value in start["headers"] if name not in gone]
    return [*kept, (b"content-length", str(length).encode())]
