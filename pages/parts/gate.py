"""The gate: a middleware that lets nobody without a session reach a script, a file or a websocket of Streamlit's.

It goes before everything else. What a session is worth is asked anew for every request and every message of a websocket;
scripts ask again (pages.parts.actor). A second way to sign in needs its own addresses in OPEN, nothing else here.
"""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import quote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from logic.door.door import Visit
from logic.office import door
from pages.parts.asked import Asked, is_by_hand

COOKIE = "console_session"
SIGN_IN = "/sign-in"
OPEN = re.compile(r"/sign-in|/sign-in/demo|/sign-out|/invite/[A-Za-z0-9_-]{1,100}")
HEALTH = "/_stcore/health"
_STREAMLIT = re.compile(r"/(_stcore|media|component|static|vendor|print|photo|pulse)(/.*)?")
_ENDED = 4401
_VISIT = "console.visit"


class Gate:
    """Pure ASGI, round st.App."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = [(name, value) for name, value in scope["headers"] if not name.startswith(b"x-console-")]
        token = token_in(headers)
        visit = await run_in_threadpool(door().visit, token)
        if visit is not None:
            # Streamlit gives a page that lost its connection back only to the same account (trustedUserHeaders).
            headers = [*headers, (b"x-console-account", visit.account.encode())]
        scope = {**scope, "headers": headers, _VISIT: visit}
        if scope["type"] == "websocket":
            await self._websocket(scope, receive, send, token)
            return
        answer = await self._refused(scope)
        await (answer or self.app)(scope, receive, send)

    async def _refused(self, scope: Scope) -> Response | None:
        """What a request gets that may not go on."""
        path, method, visit = scope["path"], scope["method"], scope[_VISIT]
        if is_foreign(scope) or (method not in ("GET", "HEAD", "OPTIONS") and not is_from_here(scope)):
            return PlainTextResponse("这个请求来自别的网站,已拒绝。", 403)
        if visit is not None:
            if method == "GET" and _wants_page(scope):
                await run_in_threadpool(door().seen, visit)
            return None
        if OPEN.fullmatch(path) or (path == HEALTH and method in ("GET", "HEAD")):
            return None
        if method in ("GET", "HEAD") and _wants_page(scope) and not _STREAMLIT.fullmatch(path):
            query = scope["query_string"].decode("latin-1")
            wanted = quote(path) + (f"?{query}" if query else "")
            return RedirectResponse(f"{SIGN_IN}?next={quote(wanted, safe='')}" if wanted != "/" else SIGN_IN, 303)
        return PlainTextResponse("请先登录。", 401)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send, token: str) -> None:
        """Passed on while the session lasts: asked with every message, so that its end closes the connection."""
        if scope[_VISIT] is None or is_foreign(scope) or not is_from_here(scope):
            await receive()  # the request to connect
            await send({"type": "websocket.close", "code": 1008})
            return
        closed = False

        asked = Asked()

        async def checked() -> Message:
            nonlocal closed
            while True:
                message = await receive()
                if message["type"] != "websocket.receive":
                    return message
                data: bytes | None = message.get("bytes")
                if not await run_in_threadpool(_stays, token, data):
                    closed = True
                    await send({"type": "websocket.close", "code": _ENDED})
                    return {"type": "websocket.disconnect", "code": _ENDED}
                if data is None:
                    return message
                data = asked.put_right(data)
                if data is not None:
                    return {**message, "bytes": data}

        async def forward(message: Message) -> None:
            if not closed:
                await send(message)

        await self.app(scope, checked, forward)


def visit_in(scope: Scope) -> Visit:
    """Who asks, on an address that is not open."""
    visit = scope[_VISIT]
    assert isinstance(visit, Visit), "the gate lets nobody else through"
    return visit


def guest_in(scope: Scope) -> Visit | None:
    """Who asks, if anybody is signed in."""
    return scope[_VISIT]


def token_in(headers: list[tuple[bytes, bytes]]) -> str:
    """The token in the cookie, if it bears our signature."""
    sent = "; ".join(value.decode("latin-1") for name, value in headers if name == b"cookie")
    return token_of(cookie_parser(sent).get(COOKIE, ""))


def token_of(cookie: str) -> str:
    return door().unsigned("session", cookie)


def is_from_here(scope: Scope) -> bool:
    """Does the browser say that one of our own pages asks, or does it say nothing?"""
    headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
    origin = headers.get(b"origin")
    if headers.get(b"sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    return origin is None or (origin != "null" and urlsplit(origin).netloc == headers.get(b"host"))


def is_foreign(scope: Scope) -> bool:
    """In demo mode, where nobody needs a password: does the browser know us by a name that somebody else gave us?"""
    if not door().demo:
        return False
    host = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"host"), "")
    return not is_loopback(urlsplit(f"//{host}").hostname or "")


def is_loopback(host: str) -> bool:
    """Does this name or address mean this machine only?"""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _wants_page(scope: Scope) -> bool:
    return any(name == b"accept" and b"text/html" in value for name, value in scope["headers"])


def _stays(token: str, data: bytes | None) -> bool:
    """Does the session last? What a person does keeps it alive, what the page does by itself does not."""
    visit = door().visit(token)
    if visit is not None and is_by_hand(data or b""):
        door().seen(visit)
    return visit is not None
