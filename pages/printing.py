"""The printable page of a record: a route of its own that answers a one-time link of this session, for a browser to print.

Nothing in it comes from elsewhere, and no text of a record is anything but text.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from logic.clock import now
from logic.desk import NotRead
from logic.kinds.texts import photo_names, without_photos
from logic.office import desk_of, door
from logic.photos import is_photo
from logic.printing import Line, lines, printout
from logic.register import Printout, Register, registers
from logic.tickets import PRINTING, Ticket
from pages.parts import bare, gate
from pages.parts.markup import escaped
from pages.photos import Place, address
from sheets.photos import Photos

_CSS = Path(__file__).with_name("printing.css").read_text(encoding="utf-8")
_PRINT = "document.getElementById('print').addEventListener('click', () => window.print());"
_AGAIN = "请回到控制台,在记录里再点一次“打印…”。"


def respond(request: Request) -> Response:
    """The sheet the link stands for, or a page that says why there is none. A look at the headers uses nothing up."""
    if request.method != "GET":
        return Response(status_code=405)
    ticket = PRINTING.redeem(request.path_params["token"], gate.visit_in(request.scope).session)
    if ticket is None:
        return refused("这个打印链接已经用过,或者过期了,或者不是给您的", _AGAIN, 404)
    return sheet(ticket, now())


def sheet(ticket: Ticket, at: dt.datetime) -> Response:
    register = registers().get(ticket.register)
    choice = printout(register, ticket.printout) if register is not None else None
    if register is None or choice is None:
        return refused("没有这种打印单", _AGAIN, 404)
    try:
        record = desk_of(register).view().judgement.record(register.key, ticket.record)
    except NotRead as trouble:
        return refused("还没有读到表格", f"{trouble}{_AGAIN}", 503)
    if record is None:
        return refused(
            f"“{register.title}”里没有记录 {ticket.record}",
            "它可能已被删除,或还没有读到。请回到控制台,在列表里查找以后再打印。",
            404,
        )
    foot = f"编号 {record.key} · 打印时间 {at:%Y-%m-%d %H:%M} · 打印人 {ticket.actor}"
    shown = [(line.label, _content(line, register, ticket)) for line in lines(register, choice, record)]
    return page(f"{choice.title} {record.key}", body(choice, shown, foot))


def _content(line: Line, register: Register, ticket: Ticket) -> str:
    """HTML of a column: its text, or its photos."""
    names = photo_names(line.text) if is_photo(register.fields[line.name]) else []
    if not names:
        return escaped(line.text)
    place = Place(register.key, line.name, ticket.record)
    known = Photos(door().store).known(names)
    pictures = "".join(
        f'<img src="{escaped(address(ticket.session, place, name))}" alt="照片">' if name in known else "(找不到照片)"
        for name in names
    )
    return f'<div class="photos">{pictures}</div>{escaped(without_photos(line.text))}'


def body(choice: Printout, shown: Sequence[tuple[str, str]], foot: str) -> str:
    """One part for each copy, with a line between along which they are cut apart. `shown`: labels, and HTML beside them."""
    parts = [_part(choice, shown, foot, copy) for copy in choice.copies]
    cut = '<div class="cut" aria-hidden="true"><span>✂ 沿虚线剪开</span></div>'
    button = (
        '<div class="bar"><button id="print" type="button">打印</button><span>打印后关闭这个页面即可。</span></div>'
    )
    return button + cut.join(parts)


def _part(choice: Printout, shown: Sequence[tuple[str, str]], foot: str, copy: str) -> str:
    rows = "".join(f"<tr><th>{escaped(label)}</th><td>{content}</td></tr>" for label, content in shown)
    signed = "".join(f'<p class="sign"><span>{escaped(one)}</span><i></i></p>' for one in choice.signatures)
    named = f'<span class="copy">{escaped(copy)}</span>' if copy else ""
    pieces = [
        f"<header><h1>{escaped(choice.title)}</h1>{named}</header>",
        f"<table>{rows}</table>",
        f'<p class="note">{escaped(choice.note)}</p>' if choice.note else "",
        f'<div class="signed">{signed}</div>' if signed else "",
        f"<footer>{escaped(foot)}</footer>",
    ]
    return f'<section class="part">{"".join(pieces)}</section>'


def refused(head: str, remedy: str, status: int) -> Response:
    return page(head, f'<section class="refused"><h1>{escaped(head)}</h1><p>{escaped(remedy)}</p></section>', status)


def page(title: str, content: str, status: int = 200) -> Response:
    script = _PRINT if 'id="print"' in content else ""
    return bare.page(title, content, _CSS, status=status, script=script, images=True)


ROUTES = (Route("/print/{token}", respond),)
