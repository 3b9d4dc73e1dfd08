"""What pages work out before anything is drawn: lists, texts as texts, what a form sends, the words of the built-in page."""

from __future__ import annotations

import asyncio
import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from logic.desk import NotRead, View
from logic.judgement import Amendment, Judgement
from logic.register import registers
from pages import records
from pages.parts import books, linked, listing, markup, opened, photos, pulse, table
from pages.parts.chinese import ChineseWords
from pages.parts.listing import ANY, Query
from pages.parts.opened import Opened
from sheets.port import Sheet, Value
from sheets.table import find_table
from tests.tables import rows_of

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


def test_photos_are_counted_in_the_list_and_not_searched() -> None:
    register = registers()["after_sales_register"]
    photo = "照片:202611/7K3QD2M9XH4T.jpg"
    case = {"record_id": "SH210302-22222", "case_type": "质量问题", "proof_url": f"{photo}、聊天.png"}
    judgement = Judgement.of(registers(), {"after_sales_register": rows_of(register, [case])}, now=NOW)
    index = listing.index_of(judgement, register)
    assert not index.find(Query(search="7K3QD2M9XH4T")) and len(index.find(Query(search="聊天"))) == 1
    view = View(judgement, judgement, {}, {}, NOW, None, "")
    (row,) = table.rows_of(view, register, index.find(Query()), table.Layout(("proof_url",)))["rows"]
    assert "照片 1 张、聊天.png" in row["c"] and not any("7K3Q" in text for text in row["c"])
    assert photos.brief(f"{photo}、照片:202611/7K3QD2M9XH4U.jpg") == "照片 2 张"
    assert (photos.brief(""), photos.brief("聊天.png、二.png")) == ("", "聊天.png、二.png")


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


def test_a_search_keeps_its_answer_until_a_record_in_it_changes() -> None:
    before = judged({"customer_id": "tb_1"}, {"customer_id": "tb_2"}, {"customer_id": "tb_3"})
    asked = {name: Query(search=name) for name in ("tb_1", "tb_2", "新品", "")}
    first = {name: listing.index_of(before, REGISTER).find(query) for name, query in asked.items()}
    after = before.amended([Amendment("bank_transfers", "YH261122-AAA2A", {"goods": "新品"})], now=NOW)
    second = {name: listing.index_of(after, REGISTER).find(query) for name, query in asked.items()}
    assert second["tb_2"] is first["tb_2"]
    assert [item.record.text("goods") for item in second["tb_1"]] == ["新品"]
    assert [item.key for item in second["新品"]] == ["YH261122-AAA2A"]
    assert [item.key for item in second[""]] == [item.key for item in first[""]]


@given(
    st.lists(st.sampled_from(["tb_1", "tb_2", "新品", "一百"]), min_size=2, max_size=6),
    st.lists(st.tuples(st.integers(0, 5), st.sampled_from(["customer_id", "goods", "amount_paid"])), max_size=4),
    st.sampled_from([Query(), Query(search="新品"), Query(check="BLOCK"), Query(search="tb_1", oldest_first=True)]),
)
def test_an_index_made_from_the_one_before_equals_one_made_anew(
    names: list[str], changes: list[tuple[int, str]], query: Query
) -> None:
    judgement = judged(*({"customer_id": name} for name in names))
    for number, field in changes:
        listing.index_of(judgement, REGISTER).find(query)
        key = f"YH261122-AAA{min(number, len(names) - 1) + 2}A"
        judgement = judgement.amended([Amendment("bank_transfers", key, {field: "新品"})], now=NOW)
    kept = listing.index_of(judgement, REGISTER)
    seen = [(item.key, item.text, item.state, item.blocks, item.warns) for item in kept.find(query)]
    fresh = listing._make(judgement, REGISTER, None)
    assert seen == [(item.key, item.text, item.state, item.blocks, item.warns) for item in fresh.find(query)]


def test_an_index_follows_a_sheet_that_a_manager_sorted_and_edited() -> None:
    spec = REGISTER.spec()
    rows = [{"customer_id": f"tb_{n}", "order_no": f"2103000000{n}"} for n in range(4)]
    before = judged(*rows)
    listing.index_of(before, REGISTER).find(Query(search="tb_2"))
    table = before.tables["bank_transfers"]
    assert table is not None
    head, *cells = table.sheet.rows
    sorted_and_edited = (head, *reversed(cells[1:]), (*cells[0][:-1], "经理改的"))
    moved = find_table(Sheet(REGISTER.title, sorted_and_edited), spec, table)
    after = before.advanced({"bank_transfers": moved, "staff": None}, now=NOW)
    index = listing.index_of(after, REGISTER)
    assert [item.key for item in index.items] == [f"YH261122-AAA{n}A" for n in (5, 4, 3, 2)]
    assert [item.key for item in index.find(Query(search="经理改的"))] == ["YH261122-AAA2A"]
    assert [item.key for item in index.find(Query(search="tb_2"))] == ["YH261122-AAA4A"]


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
        suggested=lambda one: ["店一", "店二"] if one.name == "shop" else [],
        references=lambda register: {},
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


def case_page() -> None:
    """A page of its own for AppTest: columns that name records, lists of settings, several links."""
    import streamlit as st

    from logic.register import registers
    from pages.parts import form

    register = registers()["after_sales_register"]
    wanted = ("courier", "proof_url", "slip_no", "case_type")
    fields = [one for one in form.editable(register) if one.name in wanted]
    made = form.Form(
        register=register,
        key="f",
        record=None,
        seen={
            "courier": "早就没有的快递",
            "proof_url": "https://a.cn/1,2.png、聊天 记录.png",
            "slip_no": "TD210302-22222",
        },
        typed={},
        people=(),
        on_change=lambda: None,
        suggested=lambda one: ["顺丰速运"] if one.name == "courier" else [],
        references=lambda register: {"TD210302-22223": "TD210302-22223 · 中通"} if register == "recall_slips" else {},
    )
    form.draw(made, fields)
    st.session_state["sent"] = form.changed(made, fields)


def test_a_form_offers_what_settings_list_and_records_that_may_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos.actor, "visit", lambda: None)
    page = AppTest.from_function(case_page).run(timeout=30)
    assert not page.exception
    assert page.session_state["sent"] == {}
    assert page.selectbox(key="f-courier").options == ["顺丰速运", "早就没有的快递"]
    assert page.selectbox(key="f-slip_no").options == ["TD210302-22223 · 中通", "TD210302-22222"]
    assert page.text_area(key="f-proof_url-rest").value == "https://a.cn/1,2.png\n聊天 记录.png", "a line for each link"
    assert page.selectbox(key="f-case_type").label == "售后类型 *"
    page.selectbox(key="f-slip_no").set_value("TD210302-22223")
    page.text_area(key="f-proof_url-rest").set_value("https://a.cn/1,2.png\nhttps://a.cn/3.png")
    page.run(timeout=30)
    assert page.session_state["sent"] == {
        "slip_no": "TD210302-22223",
        "proof_url": "https://a.cn/1,2.png\nhttps://a.cn/3.png",
    }


def page_without_tab() -> None:
    from logic.register import registers
    from pages import records

    records.draw(registers()["recall_slips"])


def test_a_register_without_a_tab_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing can be added to it meanwhile, and its list is not drawn."""
    view = View(judged(), judged(), {}, {}, NOW, None, "")
    desk = SimpleNamespace(view=lambda: view)
    monkeypatch.setattr(records, "desk_of", lambda register: desk)
    monkeypatch.setattr(books, "desk_of", lambda register: desk)
    monkeypatch.setattr(records.paste, "label", lambda desk, register: "粘贴/导入")
    monkeypatch.setattr(records.pulse, "freshness", lambda key, wanted: None)
    monkeypatch.setattr(records.bulk, "label", lambda desk, register: "")
    page = AppTest.from_function(page_without_tab)
    monkeypatch.setattr(records.actor, "current", lambda: "甲")
    page.run()
    assert not page.exception
    assert page.button(key="new-recall_slips").disabled
    said = "".join(one.proto.body for one in page.get("html"))
    assert "工作簿里还没有“快件退回单”工作表" in said
    assert "连接与建表" in said


# Records that hang together -------------------------------------------------------------------------------------------

CASE, SLIP = "SH210302-22222", "TD210302-22222"


@pytest.fixture
def recall(monkeypatch: pytest.MonkeyPatch) -> Judgement:
    """A case with its slip, as all pages see them."""
    known = registers()
    case = {
        "case_type": "撤回包裹",
        "customer_id": "tb_9",
        "slip_no": SLIP,
        "status": "退回单已打印",
        "record_id": CASE,
    }
    other = {"case_type": "撤回包裹", "status": "已联系快递", "record_id": "SH210302-22223", "courier": "中通快递"}
    slip = {"slip_no": SLIP, "case_id": CASE, "courier_signer": "周师傅", "record_id": SLIP}
    listed = {"key": "快递公司名单", "value": "甲快递、乙快递", "effective_from": "2026-01-01", "approver": "陈静"}
    tables = {
        "after_sales_register": rows_of(known["after_sales_register"], [case, other]),
        "recall_slips": rows_of(known["recall_slips"], [slip]),
        "settings": rows_of(known["settings"], [listed | {"record_id": "CS260101-22222"}]),
    }
    judgement = Judgement.of(known, tables, now=NOW)
    desk = SimpleNamespace(view=lambda: SimpleNamespace(judgement=judgement))
    monkeypatch.setattr(books, "desk_of", lambda register: desk)
    monkeypatch.setattr(opened, "desk_of", lambda register: desk)
    return judgement


def test_a_case_shows_its_slip_once_and_the_slip_its_case(recall: Judgement) -> None:
    """Named by a column, or naming this one: both count, and neither twice."""
    known = registers()
    case, slip = recall.records("after_sales_register")[CASE], recall.records("recall_slips")[SLIP]
    assert [one.key for one in linked.around(known["after_sales_register"], case)] == [SLIP]
    assert [one.key for one in linked.around(known["recall_slips"], slip)] == [CASE]
    other = recall.records("after_sales_register")["SH210302-22223"]
    assert linked.around(known["after_sales_register"], other) == []


def test_an_index_names_records_newest_first_and_finds_who_names_one(recall: Judgement) -> None:
    index = listing.index_of(recall, registers()["after_sales_register"])
    assert list(index.newest().values()) == ["SH210302-22223 · 撤回包裹", f"{CASE} · tb_9 · 撤回包裹"]
    assert index.holding("slip_no", SLIP) == [CASE]
    assert index.holding("slip_no", "TD210302-22223") == []


def test_the_form_of_a_button_asks_for_both_records(recall: Judgement) -> None:
    """Own columns first, then those of the record it writes to, as it stands now; nothing where it makes a new one."""
    register = registers()["after_sales_register"]
    one = Opened(register, CASE)
    sign = one.step("courier_signed")
    assert sign is not None
    (slip,) = one.sections(sign)
    assert slip.title == f"快件退回单({SLIP})"
    assert [asked.label for asked in slip.fields] == ["快递签字人 *", "签字日期", "签字联保管人(打单员)"]
    assert slip.form.seen["courier_signer"] == "周师傅"

    new = Opened(register, "SH210302-22223")
    printing = new.step("print_slip")
    assert printing is not None
    own, made = new.sections(printing)
    assert [asked.name for asked in own.fields] == ["courier", "waybill_no"]
    assert (made.title, made.form.record, dict(made.form.seen)) == ("快件退回单(新增一条)", None, {})


def test_a_finding_stands_under_the_field_of_its_own_register(recall: Judgement) -> None:
    """Both registers have a column courier: a finding on the slip's does not stand under the case's."""
    one = Opened(registers()["after_sales_register"], CASE, transition="courier_signed")
    assert one.places_below() == {
        ("recall_slips", name) for name in ("courier_signer", "courier_signed_on", "slip_keeper")
    }
    one.transition = None
    assert ("after_sales_register", "courier") in one.places_below()
    one.transition = "撤销"
    assert one.places_below() == set()


def test_an_open_list_suggests_what_the_settings_list_today(recall: Judgement) -> None:
    register = registers()["after_sales_register"]
    offered = Opened(register, CASE).record_form().suggested(register.fields["courier"])
    assert offered == ["甲快递", "乙快递", "中通快递"]


async def _answer(app: Any, headers: list[tuple[bytes, bytes]]) -> tuple[dict[bytes, bytes], bytes]:
    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request"}

    await app({"type": "http", "headers": headers}, receive, send)
    return dict(sent[0]["headers"]), b"".join(message.get("body", b"") for message in sent[1:])


@pytest.mark.parametrize(
    ("kind", "language", "changed"),
    [(b"text/html; charset=utf-8", b"", True), (b"text/css", b"", False), (b"text/html", b"zh-CN", False)],
)
def test_only_pages_of_streamlit_get_the_chinese_words(kind: bytes, language: bytes, changed: bool) -> None:
    body = b"<html><head></head><body></body></html>"

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        assert (b"accept-encoding" in dict(scope["headers"])) is not wanted
        headers = [
            (b"content-type", kind),
            (b"content-length", str(len(body)).encode()),
            (b"content-language", language),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body[:9], "more_body": True})
        await send({"type": "http.response.body", "body": body[9:]})

    wanted = kind.startswith(b"text/html")
    asked = [(b"accept", b"text/html" if wanted else b"*/*"), (b"accept-encoding", b"gzip")]
    headers, got = asyncio.run(_answer(ChineseWords(inner), asked))
    assert int(headers[b"content-length"]) == len(got)
    assert ("离开输入框".encode() in got) is changed


def test_a_list_is_drawn_again_only_when_it_would_look_otherwise() -> None:
    shown, asked = ["张三"], list[str]()

    def shows() -> object:
        asked.append(shown[0])
        return list(shown)

    drawn = pulse._Drawn(shows, shows(), "1", "1")
    assert drawn.version_for("1") == "1" and len(asked) == 1, "nothing happened: nothing is worked out"
    assert drawn.version_for("2") == "1", "something happened elsewhere"
    assert drawn.version_for("2") == "1" and len(asked) == 2, "worked out once for each version"
    shown[0] = "李四"
    assert drawn.version_for("3") == "3"
    shown[0] = "张三"
    assert drawn.version_for("4") == "1", "the page still shows what it showed"

    def unread() -> object:
        raise NotRead("正在读取表格,请稍等。")

    assert pulse._Drawn(unread, None, "1", "1").version_for("2") == "2"
