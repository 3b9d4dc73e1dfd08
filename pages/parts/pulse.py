"""The pulse of a page: the browser asks every other second whether anything changed, and only then is a part drawn again.

A fragment drawn again every other second (`run_every`) costs the server as much as a click, for each open page; this
question costs a small fraction of it, so that many people can leave their pages open.
"""

from __future__ import annotations

import contextlib
import secrets
import zlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from streamlit.components.v2 import component

from logic.desk import NotRead
from logic.office import keeper_of
from logic.register import Register, registers
from pages.parts import waiting

PATH = "/pulse"
_BOOT = secrets.token_hex(3)  # what another process counted means nothing here

_pulse = component(
    "console_pulse",
    html='<div id="pulse"></div>',
    css=Path(__file__).with_name("pulse.css").read_text(encoding="utf-8"),
    js=Path(__file__).with_name("pulse.js").read_text(encoding="utf-8"),
)


def watch(key: str, wanted: Iterable[Register], *, minutely: bool = False) -> None:
    """Draw the fragment around this again whenever what is seen of these registers would differ; `minutely`: also as
    time goes by. To be called before anything is read, so that nothing can change unnoticed in between."""
    asked = list(wanted)
    _draw(f"pulse-{key}", asked, (), _version(asked, minutely=minutely), minutely=minutely)


def freshness(key: str, wanted: Iterable[Register], *, minutely: bool = False) -> None:
    """`watch`, with 数据时间 on the page and how much is on its way into the sheet."""
    asked = list(wanted)
    version, pending = _version(asked, minutely=minutely), _pending(asked)
    chips = [("plain", _read_at(asked)), *([("wait", f"正在写入 {pending} 处")] if pending else [])]
    _draw(f"fresh-{key}", asked, chips, version, minutely=minutely)


def _draw(
    key: str, wanted: Sequence[Register], chips: Sequence[tuple[str, str]], version: str, *, minutely: bool
) -> None:
    url = f"{PATH}?of={','.join(one.key for one in wanted)}{'&minutely=1' if minutely else ''}"
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
    return JSONResponse({"version": version, "at": _read_at(wanted)}, headers={"Cache-Control": "no-store"})


def _version(wanted: Iterable[Register], *, minutely: bool) -> str:
    """A short text that differs whenever a page about these registers would; it tells nothing else."""
    desks = waiting.desks({one.key: one for one in wanted})
    said = [f"{desk.version()} {keeper_of(next(iter(desk.registers.values()))).trouble or ''}" for desk in desks]
    if minutely and desks:
        said.append(f"{desks[0].clock():%H:%M}")
    return f"{_BOOT}{zlib.crc32('|'.join(said).encode()):08x}"


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
