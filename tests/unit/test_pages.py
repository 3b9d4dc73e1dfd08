"""What pages work out before anything is drawn: lists, texts as texts, what a form sends, the words of the built-in page."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from logic.judgement import Amendment, Judgement
from logic.register import registers
from pages.parts import listing, markup
from pages.parts.chinese import ChineseWords
from pages.parts.listing import ANY, Query
from sheets.port import Sheet, Value
from sheets.table import find_table

NOW = dt.datetime(2026, 11, 22, 9, 0)
REGISTER = registers()["bank_transfers"]


def judged(*records: dict[str, str]) -> Judgement:
    """A sheet with these records and a manager's own column."""
    spec = REGISTER.spec()
    rows: list[tuple[Value, ...]] = [(*(column.header for column in spec.columns), "经理看法")]
    for number, texts in enumerate(records):
        said = dict(REGISTER.samples[0]) | {"record_id": f"YH261122-AAA{number + 2}A"} | texts
        own = said.pop("own", None)
        kinds = [REGISTER.fields[column.field].kind.cell(said.get(column.field, "")) for column in spec.columns]
        rows.append((*kinds, own))
    table = find_table(Sheet(REGISTER.title, tuple(rows)), spec)
    return Judgement.of(registers(), {"bank_transfers": table, "staff": None}, now=NOW)


def found(judgement: Judgement, query: Query) -> list[str]:
    return [item.record.text("customer_id") for item in listing.index_of(judgement, REGISTER).find(query)]


def test_search_finds_any_column_whatever_the_width_or_case() -> None:
    judgement = judged(
        {"customer_id": "tb_1", "goods": "保温杯 A12"},
        {"customer_id": "tb_2", "own": "重点客户"},
        {"customer_id": "TB_3"},
    )
    assert found(judgement, Query(search="ａ12 保温")) == ["tb_1"]
    assert found(judgement, Query(search="重点")) == ["tb_2"]
    assert found(judgement, Query(search="tb_")) == ["TB_3", "tb_2", "tb_1"]
    assert found(judgement, Query(oldest_first=True)) == ["tb_1", "tb_2", "TB_3"]
    assert found(judgement, Query(search="没有这个")) == []


def test_filters_by_state_and_by_findings() -> None:
    judgement = judged({"customer_id": "good"}, {"customer_id": "wrong", "amount_paid": "一百"})
    assert "wrong" in found(judgement, Query(check=ANY))
    assert found(judgement, Query(check="BLOCK")) == ["wrong"]
    assert found(judgement, Query(states=("已登记",))) == ["wrong", "good"]
    assert found(judgement, Query(states=("已到账",))) == []


def test_after_an_edit_only_that_record_is_read_again() -> None:
    before = judged({"customer_id": "tb_1"}, {"customer_id": "tb_2"})
    first = listing.index_of(before, REGISTER)
    after = before.amended([Amendment("bank_transfers", "YH261122-AAA2A", {"goods": "新品"})], now=NOW)
    second = listing.index_of(after, REGISTER)
    assert found(after, Query(search="新品")) == ["tb_1"]
    assert second.known["YH261122-AAA3A"] is first.known["YH261122-AAA3A"]
    assert second.known["YH261122-AAA2A"] is not first.known["YH261122-AAA2A"]


def test_a_record_is_named_by_what_is_filled() -> None:
    judgement = judged({"shop": "", "customer_id": "tb_9", "customer_name": "张\n三"})
    record = judgement.record("bank_transfers", "YH261122-AAA2A")
    assert record is not None
    assert listing.label_of(record, REGISTER) == "tb_9 · 张 三"


@pytest.mark.parametrize("nasty", ["<script>alert(1)</script>", '"><img src=x onerror=y>', "**星** :smile: $x$ --"])
def test_texts_are_never_html(nasty: str) -> None:
    for made in (markup.box("bad", nasty, [nasty]), markup.table([nasty], [[nasty]]), markup.chip(nasty)):
        assert "<script" not in made
        assert "<img" not in made
        assert markup.escaped(nasty) in made


def form_page() -> None:
    """A page of its own for AppTest: the form of one record, and what it would send."""
    import streamlit as st

    from logic.register import registers
    from pages.parts import form

    register = registers()["bank_transfers"]
    fields = [
        one for one in form.editable(register) if one.name in ("shop", "amount_paid", "order_progress", "arrived")
    ]
    made = form.Form(
        register=register,
        key="f",
        record=None,
        seen={"shop": "店一", "amount_paid": "一百", "order_progress": "早就没有的进度", "arrived": "是"},
        typed={"amount_paid": "120"},
        people=(),
        on_change=lambda: None,
        used=lambda column: ["店一", "店二"] if column == "shop" else [],
    )
    form.draw(made, fields)
    st.session_state["sent"] = form.changed(made, fields)


def test_a_form_sends_only_what_differs_from_what_was_seen() -> None:
    """A draft comes back, a stored value that is no option stays, nothing is chosen beforehand."""
    page = AppTest.from_function(form_page).run()
    assert not page.exception
    assert page.text_input(key="f-amount_paid").value == "120"
    assert page.selectbox(key="f-order_progress").value == "早就没有的进度"
    assert page.session_state["sent"] == {"amount_paid": "120"}
    page.selectbox(key="f-shop").set_value("店二")
    page.text_input(key="f-amount_paid").set_value("一百")
    page.run()
    assert page.session_state["sent"] == {"shop": "店二"}


async def _answer(app: Any, headers: list[tuple[bytes, bytes]]) -> tuple[dict[bytes, bytes], bytes]:
    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request"}

    await app({"type": "http", "headers": headers}, receive, send)
    return dict(sent[0]["headers"]), b"".join(message.get("body", b"") for message in sent[1:])


@pytest.mark.parametrize(("kind", "changed"), [(b"text/html; charset=utf-8", True), (b"text/css", False)])
def test_only_pages_get_the_chinese_words(kind: bytes, changed: bool) -> None:
    body = b"<html><head></head><body></body></html>"

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        assert (b"accept-encoding" in dict(scope["headers"])) is not changed
        headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body[:9], "more_body": True})
        await send({"type": "http.response.body", "body": body[9:]})

    asked = [(b"accept", b"text/html" if changed else b"*/*"), (b"accept-encoding", b"gzip")]
    headers, got = asyncio.run(_answer(ChineseWords(inner), asked))
    assert int(headers[b"content-length"]) == len(got)
    assert ("离开输入框".encode() in got) is changed
