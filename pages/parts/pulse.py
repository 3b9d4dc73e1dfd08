"""The pulse of a page: the browser asks every other second whether anything changed, and only then is a part drawn again.

A fragment drawn again every other second (`run_every`) costs the server as much as a click, for each open page; this
question costs a small fraction of it, so that many people can leave their pages open. A part that says what it shows is
drawn again only when that would be something else: a save by one of fifty people concerns few of the lists that are open.
"""

from __future__ import annotations

import contextlib
import secrets
import threading
import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from streamlit.components.v2 import component

from logic.desk import NotRead
from logic.office import keeper_of
from logic.register import Register, registers
from pages.parts import waiting
from pages.parts.turns import in_turn

PATH = "/pulse"
_BOOT = secrets.token_hex(3)  # what another process counted means nothing here
_REMEMBERED = 2000  # parts of pages whose content is compared; those asked about longest ago are drawn by version again
Shows = Callable[[], object]
Chips = Sequence[tuple[str, str]]

_pulse = component(
    "console_pulse",
    html='<div id="pulse"></div>',
    css=Path(__file__).with_name("pulse.css").read_text(encoding="utf-8"),
    js=Path(__file__).with_name("pulse.js").read_text(encoding="utf-8"),
)


@dataclass(slots=True)
class _Drawn:
    """What a part of a page in one browser shows, drawn at `version`, and the latest version at which it was the same."""

    shows: Shows
    what: object
    version: str
    same_at: str

    def version_for(self, now: str) -> str:
        """The version it was drawn at while it would still look the same, else `now`."""
        if self.same_at != now:
            with contextlib.suppress(NotRead):
                if in_turn(self.shows)() == self.what:
                    self.same_at = now
        return self.version if self.same_at == now else now


_guard = threading.Lock()
_drawn: OrderedDict[str, _Drawn] = OrderedDict()


def watch(key: str, wanted: Iterable[Register], *, minutely: bool = False) -> None:
    """Draw the fragment around this again whenever what is seen of these registers would differ; `minutely`: also as
    time goes by. To be called before anything is read, so that nothing can change unnoticed in between."""
    asked = list(wanted)
    _draw(f"pulse-{key}", _url(asked, minutely=minutely), _version(asked, minutely=minutely), ())


def freshness(key: str, wanted: Iterable[Register], *, minutely: bool = False, shows: Shows | None = None) -> None:
    """`watch`, with 数据时间 on the page and how much is on its way into the sheet.

    `shows` gives what the fragment shows as something to compare, or raises NotRead; it is called from any thread, long
    after this run. With it the fragment is drawn again only when that differs.
    """
    asked = list(wanted)
    url, version = _url(asked, minutely=minutely), _version(asked, minutely=minutely)
    if shows is not None:
        token = st.session_state.setdefault(f"pulse-token-{key}", secrets.token_urlsafe(9))
        _remember(token, _Drawn(shows, shows(), version, version))
        url += f"&part={token}"
    _draw(f"fresh-{key}", url, version, _chips(asked))


def _url(wanted: Sequence[Register], *, minutely: bool) -> str:
    return f"{PATH}?of={','.join(one.key for one in wanted)}{'&minutely=1' if minutely else ''}"


def _remember(token: str, drawn: _Drawn) -> None:
    with _guard:
        _drawn[token] = drawn
        _drawn.move_to_end(token)
        while len(_drawn) > _REMEMBERED:
            _drawn.popitem(last=False)


def _draw(key: str, url: str, version: str, chips: Chips) -> None:
    data = {"url": url, "version": version, "chips": [list(one) for one in chips]}
    _pulse(key=key, data=data, on_pulse_moved_change=_ignore)


def _ignore() -> None:
    """Streamlit wants a callback for a value that can be triggered; that the fragment runs again is all there is to it."""


def respond(request: Request) -> Response:
    """What a page asks: does it differ from what was drawn, and how fresh is it?"""
    known: Mapping[str, Register] = registers()
    names = request.query_params.get("of", "").split(",")
    wanted = [known[name] for name in names if name in known]
    version = _version(wanted, minutely="minutely" in request.query_params)
    drawn = _drawn.get(request.query_params.get("part", ""))
    if drawn is not None:
        version = drawn.version_for(version)
    return JSONResponse({"version": version, "chips": _chips(wanted)}, headers={"Cache-Control": "no-store"})


def _version(wanted: Iterable[Register], *, minutely: bool) -> str:
    """A short text that differs whenever a page about these registers would; it tells nothing else."""
    desks = waiting.desks({one.key: one for one in wanted})
    said = [f"{desk.version()} {keeper_of(next(iter(desk.registers.values()))).trouble or ''}" for desk in desks]
    if minutely and desks:
        said.append(f"{desks[0].clock():%H:%M}")
    return f"{_BOOT}{zlib.crc32('|'.join(said).encode()):08x}"


def _chips(wanted: Sequence[Register]) -> Chips:
    """数据时间 and how much is on its way."""
    pending = _pending(wanted)
    return [("plain", _read_at(wanted)), *([("wait", f"正在写入 {pending} 处")] if pending else [])]


def _read_at(wanted: Iterable[Register]) -> str:
    """数据时间: when the workbook that was read longest ago was read."""
    times = [desk.mirror.current_at for desk in waiting.desks({one.key: one for one in wanted})]
    known = [at for at in times if at is not None]
    return f"数据时间 {min(known):%H:%M:%S}" if known and len(known) == len(times) else "数据时间 还没有读到"


def _pending(wanted: Iterable[Register]) -> int:
    """How many changes are on their way; none while the workbook was not read yet."""
    count = 0
    for desk in waiting.desks({one.key: one for one in wanted}):
        with contextlib.suppress(NotRead):
            count += len(desk.view().pending)
    return count


ROUTES = (Route(PATH, respond),)
