"""Signing in and out and setting a password by a one-time link: plain pages that work without any script.

Every form carries a token that belongs to a cookie of its browser, and the gate has refused what comes from other sites.
Sign-in by another service would add its routes here and its button to the sign-in page.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from logic.door import first, links, passwords
from logic.door.door import LONGEST, Refused
from logic.office import data_folder, door
from pages.parts import bare
from pages.parts.gate import COOKIE, SIGN_IN, guest_in
from pages.parts.markup import escaped
from sheets.accounts import Account, new_token

FORM_COOKIE = "console_form"
_CSS = Path(__file__).with_name("entry.css").read_text(encoding="utf-8")
_LARGEST = 16_000  # characters of a form
_OUR_PATH = re.compile(r"/(?![/\\])[!-\[\]-~]{0,2000}")
_SAID = {"out": "您已退出登录。", "ended": "您的登录已结束,请重新登录。"}
_OLD_FORM = "页面放得太久了,或浏览器不接受 Cookie,请再试一次。"
_FORM = "<form-token>"  # stands where the token goes; no text of a person has a bare "<" here
_HEAD = '<h1>电商部控制台</h1><p class="quiet">台账登记、检查和流转</p>'

Fields = Mapping[str, str]


def wanted(next: str) -> str:
    """Where to go after signing in: a path of ours, whatever somebody wrote into the link."""
    return next if _OUR_PATH.fullmatch(next) and not next.startswith((SIGN_IN, "/sign-out", "/invite/")) else "/"


async def sign_in(request: Request) -> Response:
    next = wanted(request.query_params.get("next", ""))
    if request.method != "POST":
        if guest_in(request.scope) is not None:
            return RedirectResponse(next, 303)
        return await _sign_in_page(request, next, _SAID.get(request.query_params.get("said", ""), ""))
    fields = await _fields(request)
    if fields is None:
        return await _sign_in_page(request, next, _OLD_FORM, status=403)
    name, next = fields.get("name", ""), wanted(fields.get("next", ""))
    try:
        token = await run_in_threadpool(door().sign_in, name, fields.get("password", ""), _address(request))
    except Refused as why:
        return await _sign_in_page(request, next, str(why), name=name, status=401)
    return await _let_in(request, token, next)


async def sign_in_as(request: Request) -> Response:
    """One click for a demo account."""
    fields = await _fields(request)
    if fields is None:
        return await _sign_in_page(request, "/", _OLD_FORM, status=403)
    next = wanted(fields.get("next", ""))
    try:
        token = await run_in_threadpool(door().sign_in_as, fields.get("record", ""), _address(request))
    except Refused as why:
        return await _sign_in_page(request, next, str(why), status=401)
    return await _let_in(request, token, next)


async def sign_out(request: Request) -> Response:
    """By the link in the menu, which is signed for this session, else after asking."""
    visit = guest_in(request.scope)
    if visit is None:
        return _gone(RedirectResponse(SIGN_IN, 303))
    by_link = request.query_params.get("key") == door().signature("sign-out", visit.session)
    if not by_link and (request.method != "POST" or await _fields(request) is None):
        asked = f'{_HEAD}<form method="post" action="/sign-out">{_FORM}<p>要退出登录吗?</p>'
        return _page(request, "退出登录", f'{asked}<button class="main">退出登录</button></form>')
    await run_in_threadpool(door().end, visit.session)
    return _gone(RedirectResponse(f"{SIGN_IN}?said=out", 303))


async def accept(request: Request) -> Response:
    """A one-time link: look who it is for, then set the password."""
    token = request.path_params["token"]
    fields = await _fields(request) if request.method == "POST" else {}
    try:
        account = await run_in_threadpool(links.invited, door(), token)
    except Refused as why:
        content = f'{_HEAD}{_box(str(why), bad=True)}<p class="below"><a href="{SIGN_IN}">去登录</a></p>'
        return _page(request, "链接已失效", content, status=404)
    if request.method != "POST":
        return _invite_page(request, account, "")
    if fields is None:
        return _invite_page(request, account, _OLD_FORM, status=403)
    name = fields.get("name", "")
    given = fields.get("password", ""), fields.get("again", "")
    try:
        session = await run_in_threadpool(partial(links.accept, door(), token, *given, _address(request), name))
    except Refused as why:
        return _invite_page(request, account, str(why), name=name, status=400)
    if account is None:
        await run_in_threadpool(first.forget, data_folder())
    return await _let_in(request, session, "/")


async def signed_in(request: Request) -> Response:
    """Asked by a page that lost its connection; who is not signed in does not get here."""
    return Response(status_code=204)


# -- pages -------------------------------------------------------------------------------------------------------------


async def _sign_in_page(request: Request, next: str, said: str, *, name: str = "", status: int = 200) -> Response:
    offered = await run_in_threadpool(door().offered)
    goal = f'<input type="hidden" name="next" value="{escaped(next)}">'
    content = (
        f'{_HEAD}{_box(said, bad=status != 200)}<form method="post" action="{SIGN_IN}">{_FORM}{goal}'
        f'<label for="name">姓名或登录邮箱</label><input id="name" name="name" value="{escaped(name)}" '
        'autocomplete="username" autocapitalize="none" required autofocus maxlength="120">'
        '<label for="password">密码</label><input id="password" name="password" type="password" '
        f'autocomplete="current-password" required maxlength="{passwords.LONGEST}">'
        '<button class="main">登录</button></form>'
        '<p class="quiet below">还没有账号或忘了密码?请找管理员要一个设置密码的链接。</p>'
    )
    if door().demo:
        buttons = "".join(
            f'<button name="record" value="{escaped(one.record)}">{escaped(one.name)}'
            f"<small>{escaped(one.position)}</small></button>"
            for one in offered
        )
        content += (
            '<h2>演示账号</h2><p class="quiet">现在是演示模式:台账是控制台自己生成的演示数据,'
            "只能在这台电脑上打开。点一个岗位就以这个人的身份进入,不用密码。</p>"
            + (
                f'<form method="post" action="{SIGN_IN}/demo">{_FORM}{goal}<div class="demo">{buttons}</div></form>'
                if buttons
                else _box("正在读取演示台账,请过几秒刷新这个页面。", bad=False)
            )
        )
    return _page(request, "登录", content, status=status, wide=door().demo)


def _invite_page(
    request: Request, account: Account | None, said: str, *, name: str = "", status: int = 200
) -> Response:
    if account is None:
        roster = door().roster()
        names = "".join(f'<option value="{escaped(one.name)}">' for one in roster.present()) if roster else ""
        who = (
            "<p>这是第一位管理员的链接。设好密码以后,您可以在“账号管理”里给同事建账号。</p>"
            f'<label for="name">您的姓名</label><input id="name" name="name" value="{escaped(name)}" list="names" '
            f'autocomplete="username" required maxlength="40"><datalist id="names">{names}</datalist>'
            '<p class="quiet">在员工名册里的,请写名册里的姓名;不在名册里的也可以做管理员。</p>'
        )
    else:
        who = (
            f"<p><b>{escaped(account.name)}</b>,请设置您的登录密码。</p>"
            f'<input type="hidden" name="username" value="{escaped(account.name)}" autocomplete="username">'
        )
    content = (
        f'{_HEAD}{_box(said, bad=True)}<form method="post">{_FORM}{who}'
        '<label for="password">新密码</label><input id="password" name="password" type="password" '
        f'autocomplete="new-password" required maxlength="{passwords.LONGEST}">'
        '<label for="again">再输入一次</label><input id="again" name="again" type="password" '
        f'autocomplete="new-password" required maxlength="{passwords.LONGEST}">'
        f'<p class="quiet below">至少 {passwords.SHORTEST} 个字符,不要和别处的密码一样。</p>'
        '<button class="main">保存密码并进入</button></form>'
    )
    return _page(request, "设置密码", content, status=status)


def _box(said: str, *, bad: bool) -> str:
    tone, role = (" bad", "alert") if bad else ("", "status")
    return f'<p class="said{tone}" role="{role}">{escaped(said)}</p>' if said else ""


def _page(request: Request, title: str, content: str, *, status: int = 200, wide: bool = False) -> Response:
    """The page with the token of this browser in its forms."""
    known = request.cookies.get(FORM_COOKIE, "")
    cookie = known if door().unsigned("form-cookie", known) else door().signed("form-cookie", new_token())
    hidden = f'<input type="hidden" name="form" value="{door().signature("form", cookie)}">'
    wide_class = ' class="wide"' if wide else ""
    body = f"<main{wide_class}>{content.replace(_FORM, hidden)}</main>"
    response = bare.page(f"{title} · 电商部控制台", body, _CSS, status=status, posts=True)
    _put(request, response, FORM_COOKIE, cookie, age=None)
    return response


# -- forms and cookies -------------------------------------------------------------------------------------------------


async def _fields(request: Request) -> Fields | None:
    """What the form says; None if it is not one of ours, given to this very browser."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _LARGEST:
            return None
    try:
        fields = dict(parse_qsl(body.decode("ascii"), max_num_fields=20, keep_blank_values=True))
    except ValueError:
        return None
    cookie = request.cookies.get(FORM_COOKIE, "")
    known = door().unsigned("form-cookie", cookie) and fields.get("form", "") == door().signature("form", cookie)
    return fields if known else None


async def _let_in(request: Request, token: str, next: str) -> Response:
    """The way in, with a session that is new: one the browser came with ends."""
    before = guest_in(request.scope)
    if before is not None:
        await run_in_threadpool(door().end, before.session)
    response = RedirectResponse(next, 303, {"Cache-Control": "no-store"})
    _put(request, response, COOKIE, door().signed("session", token), age=int(LONGEST.total_seconds()))
    return response


def _put(request: Request, response: Response, name: str, value: str, *, age: int | None) -> None:
    secure = request.url.scheme == "https"
    response.set_cookie(name, value, max_age=age, httponly=True, samesite="lax", secure=secure)


def _gone(response: Response) -> Response:
    response.delete_cookie(COOKIE, httponly=True, samesite="lax")
    return response


def _address(request: Request) -> str:
    return request.client.host if request.client is not None else ""


ROUTES = (
    Route(SIGN_IN, sign_in, methods=["GET", "POST"]),
    Route(f"{SIGN_IN}/demo", sign_in_as, methods=["POST"]),
    Route("/sign-out", sign_out, methods=["GET", "POST"]),
    Route("/invite/{token}", accept, methods=["GET", "POST"]),
    Route("/signed-in", signed_in),
)
