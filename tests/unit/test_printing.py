"""Paper: what stands on it, the one-time link that leads to it, and a page that nothing typed can turn into another."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.applications import Starlette

from logic.desk import NotRead
from logic.door.door import Visit
from logic.judgement import Judgement
from logic.printing import WHOLE, lines, printout, printouts
from logic.register import registers
from logic.tickets import LIFETIME, PRINTING, Ticket, Tickets
from pages import printing
from tests.conftest import Clock
from tests.tables import rows_of

KNOWN = registers()
SLIP, TRANSFER = "TD210302-22222", "YH210302-22222"
NASTY = '<script>alert(1)</script>"><img src=x onerror=y> & **星**'
SESSION = "这次登录"
TICKET = Ticket("recall_slips", SLIP, "slip", "闵思源<b>", SESSION)


def judged() -> Judgement:
    slip = {**KNOWN["recall_slips"].samples[0], "record_id": SLIP, "slip_info": NASTY, "courier": ""}
    transfer = {**KNOWN["bank_transfers"].samples[0], "record_id": TRANSFER, "payer_bank": ""}
    tables = {
        "recall_slips": rows_of(KNOWN["recall_slips"], [slip]),
        "bank_transfers": rows_of(KNOWN["bank_transfers"], [transfer]),
    }
    return Judgement.of(KNOWN, tables, now=dt.datetime(2021, 3, 10))


@pytest.fixture(autouse=True)
def books(monkeypatch: pytest.MonkeyPatch) -> None:
    view = SimpleNamespace(judgement=judged())
    monkeypatch.setattr(printing, "desk_of", lambda register: SimpleNamespace(view=lambda: view))


def ask(token: str, method: str = "GET", session: str = SESSION) -> tuple[int, Mapping[str, str], str]:
    """What the route answers a browser: status, headers, page."""
    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request"}

    scope = {
        "type": "http",
        "method": method,
        "path": f"/print/{token}",
        "console.visit": Visit(session, "", "闵思源", "", False, False, "", ""),
        "root_path": "",
        "query_string": b"",
        "headers": [],
        "http_version": "1.1",
        "scheme": "http",
        "server": ("127.0.0.1", 80),
    }
    asyncio.run(Starlette(routes=list(printing.ROUTES))(scope, receive, send))
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], headers, b"".join(one.get("body", b"") for one in sent[1:]).decode()


def test_two_copies_with_a_line_between_and_a_place_to_sign() -> None:
    status, _, page = ask(PRINTING.issue(TICKET))
    assert status == 200
    assert (page.count('class="part"'), page.count('class="cut"')) == (2, 1)
    choice = KNOWN["recall_slips"].prints[0]
    for text in (*choice.copies, *choice.signatures, choice.note, choice.title, f"编号 {SLIP}"):
        assert text in page
    assert page.count("快递公司人员签字") >= 2
    assert page.count("<th>快递公司</th><td></td>") == 2, "a blank column is there to be filled by hand"


def test_a_link_opens_once() -> None:
    token = PRINTING.issue(TICKET)
    assert ask(token, "HEAD")[0] == 405, "a look at the headers uses nothing up"
    assert ask(token)[0] == 200
    for again in (token, "unknown"):
        status, _, page = ask(again)
        assert status == 404
        assert "这个打印链接已经用过,或者过期了" in page
        assert 'lang="zh-CN"' in page


def test_another_session_gets_nothing_and_uses_nothing_up() -> None:
    token = PRINTING.issue(TICKET)
    assert ask(token, session="另一次登录")[0] == 404
    assert ask(token)[0] == 200


def test_no_text_becomes_anything_but_text() -> None:
    _, headers, page = ask(PRINTING.issue(TICKET))
    assert "<script>alert" not in page
    assert "<img" not in page
    assert "闵思源<b>" not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&gt;&lt;img src=x onerror=y&gt; &amp; **星**") == 2
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy
    assert "http" not in page.replace("<!doctype html>", ""), "nothing from another host"
    assert headers["cache-control"] == "no-store"
    assert headers["content-language"] == "zh-CN"


def test_a_record_that_is_gone_and_a_printout_that_is_none_say_so() -> None:
    for ticket, said in (
        (Ticket("recall_slips", "TD210302-99999", "slip", "甲", SESSION), "“快件退回单”里没有记录 TD210302-99999"),
        (Ticket("recall_slips", SLIP, "nothing", "甲", SESSION), "没有这种打印单"),
        (Ticket("nowhere", SLIP, "slip", "甲", SESSION), "没有这种打印单"),
    ):
        status, _, page = ask(PRINTING.issue(ticket))
        assert (status, said in page) == (404, True)


def test_a_workbook_that_was_never_read_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def view() -> None:
        raise NotRead("正在读取表格,请稍等。")

    monkeypatch.setattr(printing, "desk_of", lambda register: SimpleNamespace(view=view))
    status, _, page = ask(PRINTING.issue(TICKET))
    assert status == 503
    assert "正在读取表格,请稍等。" in page


def test_every_record_can_be_printed() -> None:
    """A register that declares no printout has one: its filled columns, without what the console keeps for itself."""
    register = KNOWN["bank_transfers"]
    (choice,) = printouts(register)
    assert (choice.key, choice.title) == (WHOLE, register.title)
    record = judged().record("bank_transfers", TRANSFER)
    assert record is not None
    labels = [line.label for line in lines(register, choice, record)]
    assert "付款银行" not in labels, "blank"
    assert {"店铺", "转账金额", "状态"} <= set(labels)
    assert not {"检查结果", "记录编号"} & set(labels)
    assert printout(register, WHOLE) == choice
    assert printout(KNOWN["recall_slips"], WHOLE) is None
    status, _, page = ask(PRINTING.issue(Ticket("bank_transfers", TRANSFER, WHOLE, "甲", SESSION)))
    assert (status, page.count('class="part"')) == (200, 1)


def test_a_link_lasts_five_minutes(clock: Clock) -> None:
    tickets = Tickets(clock)
    first, second = tickets.issue(TICKET), tickets.issue(TICKET)
    assert first != second
    assert len(first) >= 43, "nobody guesses 256 bits"
    clock.advance(seconds=LIFETIME.total_seconds() - 1)
    assert tickets.lasts(first)
    assert not tickets.lasts(first, dt.timedelta(minutes=1))
    assert tickets.redeem(first, SESSION) == TICKET
    assert not tickets.lasts(first)
    clock.advance(seconds=1)
    assert tickets.redeem(second, SESSION) is None
    assert tickets.redeem("", SESSION) is None
