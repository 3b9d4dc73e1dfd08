"""粘贴/导入: texts in, a verdict for each row, one change for each row, nothing damaged, doubled or lost."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logic.kinds import Misread
from logic.register import registers
from logic.staging.reading import MAX_ROWS, Unstageable, columns_of, stage_rows, stage_sheets
from logic.staging.sending import refreshed, resumed, send
from logic.staging.stage import Stage
from logic.staging.texts import ERROR, of_sheet, pasted, shown, trimmed_rows
from logic.staging.verdicts import in_short
from sheets.port import Mark, Serial, Sheet, TooLarge
from sheets.tabular import MAX_UNPACKED, UploadRefused, read_upload
from sheets.xlsx import XlsxWorkbook
from tests import ugly
from tests.conftest import Clock
from tests.hands import Hands
from tests.staged import WHO, Office, as_clipboard
from tests.values import TEXTS

BANK = registers()["bank_transfers"]
GOOD = {
    "shop": "晴禾家居旗舰店",
    "customer_id": "tb_1",
    "order_no": "2611220000000012345",
    "amount_due": "100",
    "amount_paid": "100",
    "paid_at": "2026-11-21",
}
HEADERS = "店铺\t客户ID(旺旺)\t订单号\t应付金额(所列订单合计)\t转账金额\t转账日期时间\n"


def rows(count: int, **more: str) -> list[dict[str, str]]:
    """Good rows of different customers and orders."""
    return [
        GOOD | {"customer_id": f"tb_{n}", "order_no": f"26112200000{n:08d}", "goods": f"保温杯 {n}"} | more
        for n in range(count)
    ]


@pytest.fixture
def office(tmp_path: Path, clock: Clock) -> Iterator[Office]:
    made = Office(tmp_path, clock)
    yield made
    made.close()


# -- reading what was pasted -------------------------------------------------------------------------------------------


def as_careful_program(table: list[list[str]]) -> str:
    """Rows as programs copy them that quote only what they must."""

    def cell(text: str) -> str:
        quoted = text.startswith('"') or any(one in text for one in "\t\r\n")
        return '"' + text.replace('"', '""') + '"' if quoted else text

    return "\n".join("\t".join(map(cell, row)) for row in table)


CELLS = st.text(st.sampled_from("ab\"'\t\n\r ,;=1é💧"), max_size=8)


@given(st.lists(st.lists(CELLS, min_size=2, max_size=5), max_size=6))
def test_what_is_copied_comes_back_as_it_was(table: list[list[str]]) -> None:
    width = max(map(len, table), default=0)
    padded = [[*row, *[""] * (width - len(row))] for row in table]
    wanted = trimmed_rows([tuple(row) for row in padded])
    assert pasted(as_clipboard(padded)) == wanted
    assert pasted(as_careful_program(padded)) == wanted


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('a\t"第一行\n第二行"\r\n', [("a", "第一行\n第二行")]),
        ('a\t"他说""好"""\tb', [("a", '他说"好"', "b")]),
        ('a\t5" 管\t"没有完', [("a", '5" 管', '"没有完')]),
        ('a\t"原样"', [("a", '"原样"')]),
        ("a\tb\t\t\n\t\t\t\n\n", [("a", "b")]),
        ("\ufeffa\tb", [("a", "b")]),
        ("店铺,备注\n甲,乙\n", [("店铺", "备注"), ("甲", "乙")]),
        ('店铺,备注\n甲,"乙,丙"', [("店铺", "备注"), ("甲", "乙,丙")]),
        ("浙江省,杭州市\n北京市\n", [("浙江省,杭州市",), ("北京市",)]),
        ("", []),
    ],
)
def test_pasted_text(text: str, found: list[tuple[str, ...]]) -> None:
    assert pasted(text) == found


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (Serial.of(dt.datetime(2021, 3, 2, 10, 32)), "2021-03-02 10:32"),
        (Serial(44_257), "2021-03-02"),
        (Serial(0.4375), "10:30"),
        (0.1 + 0.2, "0.3"),
        (123.0, "123"),
        (1234.505, "1234.505"),
        (999_999_999_999_999.0, "999999999999999"),
        (1e15, "1E+15"),
        (6222021234567890123.0, "6.22202123456789E+18"),
        (True, "TRUE"),
        (None, ""),
        ("00123", "00123"),
    ],
)
def test_a_cell_is_shown_as_the_sheet_shows_it(cell: object, text: str) -> None:
    assert shown(cell) == text  # type: ignore[arg-type]


def test_columns_are_found_by_header_and_the_rest_is_named_with_a_reason() -> None:
    text = "店铺\t 转账 金额*\tcustomer_id\t转账时间\t状态\t登记人\t\t店铺\n甲\t1\tc\t2021\t已登记\t我\tx\t乙\n"
    stage = stage_rows(BANK, pasted(text), "粘贴")
    assert stage.columns == ("shop", "amount_paid", "customer_id", "", "", "", "", "")
    reasons = {at: one.why_not for at, one in enumerate(columns_of(stage, BANK)) if not one.field}
    assert reasons == {
        3: "不认识的列",
        4: "状态由操作按钮改变",
        5: "由控制台填写",
        6: "没有列名",
        7: "没有选",
    }
    assert "转账日期时间" in columns_of(stage, BANK)[3].nearest
    assert stage.remapped(3, "paid_at").columns[3] == "paid_at"
    assert stage.remapped(7, "shop").columns == ("", "amount_paid", "customer_id", "", "", "", "", "shop")


def test_former_headers_are_known() -> None:
    old = next((one for one in registers().values() for field in one.fields.values() if field.formerly), None)
    if old is not None:
        field = next(field for field in old.fields.values() if field.formerly)
        assert field.name in stage_rows(old, [(field.formerly[0],), ("x",)], "粘贴").columns


def test_without_a_header_the_columns_are_those_of_the_form_and_that_is_said() -> None:
    stage = stage_rows(BANK, pasted("甲店\t2021-03-02\ttb_1\n"), "粘贴")
    assert stage.columns == ("shop", "registered_at", "customer_id")
    assert "第一行不是列名" in stage.notes[0]
    assert len(stage.rows) == 1


def test_what_is_no_row_is_left_out_and_said() -> None:
    text = f"转账明细\n\n{HEADERS}甲\tc\n\n{HEADERS}乙\td\n合计\t\t\t\t200\n"
    stage = stage_rows(BANK, pasted(text), "粘贴")
    assert [(row.number, row.texts[0]) for row in stage.rows] == [(4, "甲"), (7, "乙")]
    assert stage.notes == ("列名在第 3 行,上面的 2 行没有导入。", "跳过了 2 行合计、小计或重复的列名。")


@pytest.mark.parametrize(
    ("text", "why"), [("", "没有读到内容"), (HEADERS, "只读到列名"), ("甲\tx\n" * (MAX_ROWS + 1), "分几次")]
)
def test_nothing_to_stage(text: str, why: str) -> None:
    with pytest.raises(Unstageable, match=why):
        stage_rows(BANK, pasted(text), "粘贴")


# -- reading files -----------------------------------------------------------------------------------------------------


def test_the_tab_with_the_header_is_read_and_its_cells_are_texts() -> None:
    head = ("店铺", "转账日期时间", "转账金额", "订单号", "客户ID(旺旺)")
    body = ("甲", 44_257.0, 0.1 + 0.2, 6222021234567890123.0, Serial(44_257))
    sheets = [Sheet("说明", [("请先看这里",)]), Sheet("十一月", [("标题",), head, body, (None, None, None)])]
    stage = stage_sheets(BANK, sheets, "a.xlsx")
    assert stage.origin == "a.xlsx 的工作表“十一月”"
    assert stage.rows[0].texts == ("甲", "2021-03-02", "0.30", "6.22202123456789E+18", "#格式变了:2021-03-02")


def test_cells_nobody_can_use_are_refused_and_not_taken_for_texts(office: Office) -> None:
    head = ("店铺", "客户ID(旺旺)", "转账金额", "转账日期时间", "订单号", "商品及数量")
    cells = ("甲", Serial(44_257), 100.0, "2026-11-21", 6222021234567890123.0, None)
    sheet = Sheet("表", [head, cells], {(2, 6): Mark.ERROR, (2, 3): Mark.FORMULA}, frozenset({2}))
    assert of_sheet(sheet)[1][5] == ERROR
    stage = office.stages.keep(WHO, stage_sheets(BANK, [sheet], "表.xlsx"))
    assert stage.notes == ("有 1 个公式,取的是上次计算的结果。", "其中 1 行在文件里是隐藏的,也读进来了。")
    verdict = office.verdict(2)
    assert {(one.field, one.rule) for one in verdict.violations} == {
        ("customer_id", "DAT-06"), ("order_no", "DAT-06"), ("goods", "DAT-01"),
    }  # fmt: skip
    assert "变成了 “2021-03-02”" in in_short(verdict)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_in_every_encoding_of_a_chinese_office(encoding: str) -> None:
    text = "店铺,备注,订单号\r\n晴禾,\"多行\r\n第二行,𠮷\",00123\r\n'=1+1,''x,'00123\r\n"
    (sheet,) = read_upload("订单.csv", text.encode(encoding))
    assert of_sheet(sheet) == [
        ("店铺", "备注", "订单号"),
        ("晴禾", "多行\r\n第二行,𠮷", "00123"),
        ("=1+1", "'x", "'00123"),
    ]


@pytest.mark.parametrize("name", ugly.BROKEN)
def test_hostile_files_hurt_nobody(name: str, tmp_path: Path) -> None:
    build, _ = ugly.BROKEN[name]
    path = tmp_path / "x.xlsx"
    build(path)
    with pytest.raises((UploadRefused, TooLarge)) as refused:
        read_upload("x.xlsx", path.read_bytes())
    assert "请" in str(refused.value)


def test_files_that_are_no_tables() -> None:
    for name, content in {
        "a.csv": b"",
        "b.csv": b"\0\x01\x02\xff" * 9,
        "c.xlsx": "店铺".encode(),
        "d.csv": b'"' + b"x" * 200_000,
    }.items():
        with pytest.raises(UploadRefused, match="请"):
            read_upload(name, content)


def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sheets.tabular.MAX_UNPACKED", 100)
    assert MAX_UNPACKED > 100
    ugly.ordinary(tmp_path / "x.xlsx")
    with pytest.raises(UploadRefused, match="太大"):
        read_upload("x.xlsx", (tmp_path / "x.xlsx").read_bytes())


@pytest.mark.parametrize("name", ugly.UGLY)
def test_ugly_workbooks_can_be_staged(name: str, tmp_path: Path) -> None:
    ugly.UGLY[name](tmp_path / "x.xlsx")
    stage = stage_sheets(BANK, read_upload("x.xlsx", (tmp_path / "x.xlsx").read_bytes()), "x.xlsx")
    assert stage.rows
    assert all(len(row.texts) == len(stage.columns) for row in stage.rows)


# -- verdicts ----------------------------------------------------------------------------------------------------------


def test_each_row_gets_its_verdict(office: Office) -> None:
    first, second, third = rows(3)
    office.paste(first, second | {"amount_paid": "一百"}, third | {"shop": ""})
    assert office.tones() == ["good", "refused", "refused"]
    assert "“一百”不是金额" in in_short(office.verdict(3))
    assert office.verdict(4).violations[0].field == "shop"


def test_rows_of_one_paste_see_each_other(office: Office) -> None:
    first, second = rows(2)
    twin = first | {"goods": "另一批"}
    office.paste(first, second, twin, first)
    assert office.tones() == ["explain", "good", "explain", "explain"]
    assert "与 本次第 " in office.verdict(2).violations[0].message
    assert office.verdict(5).said == ("和本次第 2 行内容完全相同",)


def test_a_second_paste_of_the_same_rows_is_noticed(office: Office) -> None:
    office.paste(*rows(2))
    office.send()
    office.tick()
    office.paste(*rows(2))
    assert office.tones() == ["explain", "explain"]
    assert "内容相同,可能已经登记过" in in_short(office.verdict(2))


def test_columns_can_be_added_cells_corrected_and_rows_dropped(office: Office) -> None:
    first, second, third = ({**row, "shop": ""} for row in rows(3))
    stage = office.paste(first, second, third)
    assert office.tones() == ["refused"] * 3
    stage = office.stages.keep(WHO, stage.with_column(BANK.fields["shop"], "晴禾家居旗舰店"))
    assert office.tones() == ["good"] * 3
    stage = office.stages.keep(WHO, stage.corrected(3, stage.columns.index("amount_paid"), "一百").without(4))
    assert office.tones() == ["good", "refused"]


def test_nothing_can_be_sent_where_nobody_may(office: Office) -> None:
    office.paste(*rows(2))
    table = office.book.read().sheets[BANK.title]
    office.book.type(BANK.title, 1, table.rows[0].index("转账金额") + 1, "改了名")  # type: ignore[attr-defined]
    office.tick()
    assert "只读" in office.verdicts().refusal


def test_what_somebody_may_not_do_is_said_before_they_try(tmp_path: Path, clock: Clock) -> None:
    office = Office(tmp_path, clock, "orders")
    try:
        office.paste({"order_no": "00123", "shop": "晴禾家居旗舰店"})
        office.hire("柏秋实", "财务")
        assert "员工名册里没有" in office.verdicts().refusal
        office.hire(WHO, "财务")
        assert "登记“订单打单状态表”由" in office.verdicts().refusal
    finally:
        office.close()


# -- sending -----------------------------------------------------------------------------------------------------------


def test_good_rows_go_in_and_bad_ones_stay_with_what_is_wrong(office: Office) -> None:
    first, second, third = rows(3)
    office.paste(first, second | {"amount_paid": "一百"}, third)
    stage = office.send()
    assert [row.state for row in stage.rows] == ["queued", "", "queued"]
    office.tick()
    stage = refreshed(office.desk, office.stages, WHO, office.current())
    assert stage is not None
    assert [row.state for row in stage.rows] == ["saved", "", "saved"]
    office.stages.change(WHO, stage, lambda known: known.corrected(3, known.columns.index("amount_paid"), "100"))
    office.send()
    office.tick()
    assert office.column("customer_id") == ["tb_0", "tb_2", "tb_1"]
    assert office.column("created_by") == [WHO] * 3


def test_what_the_door_refuses_comes_back_ready_for_another_attempt(office: Office) -> None:
    """Sent although the verdict says no: the journal keeps it, the person is not reminded of what they look at."""
    (row,) = rows(1)
    office.paste(row | {"amount_paid": "一百"})
    stage = office.send(2)
    assert stage.rows[0].attempt == 1
    assert stage.rows[0].said == ("转账金额:“一百”不是金额",)
    assert office.desk.journal.attention(WHO) == []
    stage = office.stages.keep(WHO, stage.corrected(2, stage.columns.index("amount_paid"), "100"))
    assert office.tones() == ["good"]
    office.send()
    office.tick()
    assert office.column("amount_paid") == [100.0]


def test_sending_twice_doubles_nothing(office: Office) -> None:
    """Two clicks with the same stage in hand, and another from a tab that still shows it."""
    stage = office.paste(*rows(3))
    for _ in range(2):
        office.stages.keep(WHO, replace(stage, version=office.current().version))
        office.send(2, 3, 4)
    office.tick()
    assert office.column("customer_id") == ["tb_0", "tb_1", "tb_2"]


def test_a_sending_that_was_cut_off_goes_on_where_it_stopped(office: Office) -> None:
    stage = office.paste(*rows(4))
    sending = send(office.desk, office.stages, WHO, stage, [2, 3, 4, 5])
    assert [next(sending), next(sending)] == [1, 2]
    # The process dies here: nothing of the generator runs any more, and the stage on disk knows of no row.
    left = office.current()
    assert left.sending
    assert not left.sent
    found = resumed(office.desk, office.stages, WHO, left)
    assert found is not None
    assert [row.is_sent for row in found.rows] == [True, True, False, False]
    assert not found.sending
    office.send()
    office.tick()
    assert office.column("customer_id") == ["tb_0", "tb_1", "tb_2", "tb_3"]
    sending.close()


def test_a_stage_survives_and_belongs_to_one_person(office: Office) -> None:
    stage = office.paste(*rows(2))
    assert office.stages.load(WHO, "bank_transfers") == stage
    assert office.stages.load("柏秋实", "bank_transfers") is None
    another = office.paste(*rows(1))
    assert office.stages.change(WHO, stage, Stage.without_sent) is None  # that stage has gone
    office.stages.drop(WHO, another.register)
    assert office.stages.load(WHO, "bank_transfers") is None


def test_two_thousand_rows_are_judged_within_two_seconds(office: Office) -> None:
    office.paste(*rows(2000))
    begun = time.thread_time()  # what this thread worked, however busy the machine is
    verdicts = office.verdicts()
    took = time.thread_time() - begun
    assert len(verdicts.having("good")) == 2000
    assert took < 2


# -- every register, every ugly value ----------------------------------------------------------------------------------


@pytest.mark.parametrize("key", registers())
def test_every_register_takes_its_own_samples(key: str, tmp_path: Path, clock: Clock) -> None:
    office = Office(tmp_path, clock, key)
    try:
        sample = {name: text for name, text in office.register.samples[0].items() if text and name != "status"}
        filled = {name: text for name, text in sample.items() if not office.register.fields[name].engine}
        office.paste(filled)
        verdicts = office.verdicts()
        assert not verdicts.refusal
        assert not [one for one in verdicts.rows[2].violations if one.rule == "DAT-01"]
    finally:
        office.close()


def test_ugly_values_arrive_bit_by_bit(tmp_path: Path, clock: Clock) -> None:
    """From the clipboard into a real file: what a kind can read is its canonical text, told by the kind itself."""
    book = XlsxWorkbook(tmp_path / "账.xlsx", backups=tmp_path / "backups", clock=clock)
    office = Office(tmp_path, clock, book=book)
    try:
        columns = ("goods", "order_no", "amount_paid", "paid_at", "phone", "proof_url")
        wanted: dict[int, dict[str, str]] = {}
        made: list[dict[str, str]] = []
        for number, text in enumerate(TEXTS, start=2):
            row = rows(1)[0] | {"customer_id": f"c{number}"} | dict.fromkeys(columns, "")
            row |= {"order_no": f"9{number}", "amount_paid": "100", "paid_at": "2026-11-21"}
            expected: dict[str, str] = {}
            for name in columns:
                kind = BANK.fields[name].kind
                try:
                    canonical = kind.show(kind.parse(text))
                except Misread:
                    continue
                if canonical:
                    row[name], expected[name] = text, canonical
            made.append(row)
            wanted[number] = expected
        office.paste(*made)
        verdicts = office.verdicts()
        unread = {
            n: in_short(one)
            for n, one in verdicts.rows.items()
            if any(v.rule in ("DAT-01", "DAT-06") for v in one.violations)
        }
        assert unread == {}
        going = verdicts.having("good", "explain")
        office.send(*going)
        office.tick()
        view = office.desk.view().judgement
        records = {record.text("customer_id"): record for record in view.records(BANK.key).values()}
        assert len(going) > len(TEXTS) * 0.8
        assert records.keys() == {f"c{number}" for number in going}
        sheet = openpyxl.load_workbook(tmp_path / "账.xlsx")[BANK.title]
        assert sheet.max_row == len(going) + 1
        for number in going:
            record = records[f"c{number}"]
            assert {name: record.text(name) for name in wanted[number]} == wanted[number]
    finally:
        office.close()
        book.close()


def test_a_file_somebody_keeps_by_hand_is_staged(tmp_path: Path, office: Office) -> None:
    path = tmp_path / "手工.xlsx"
    ugly.write(path, [[BANK.fields[name].header for name in GOOD]])
    values = ["晴禾家居旗舰店", "tb_9", "00123", 100.5, 100.5, Serial(44_257.4375)]
    for at, value in enumerate(values, start=1):
        Hands(path).type(ugly.SHEET, 2, at, value)
    stage = stage_sheets(BANK, read_upload("手工.xlsx", path.read_bytes()), "手工.xlsx")
    assert stage.rows[0].texts == ("晴禾家居旗舰店", "tb_9", "00123", "100.50", "100.50", "2021-03-02 10:30")


def test_an_order_that_stands_already_is_asked_about_before_it_stands_twice(tmp_path: Path, clock: Clock) -> None:
    office = Office(tmp_path, clock, "orders")
    order = {"order_no": "2611220000000000001", "shop": "旗舰店", "print_status": "未打单"}
    office.paste(order)
    office.send()
    office.keeper.tick()
    again = order | {"print_status": "已发货"}
    office.paste(again, again | {"order_no": "2611220000000000002"}, again | {"order_no": "2611220000000000002"})
    assert office.tones() == ["explain", "good", "explain"]
    first, third = (list(office.verdicts().rows.values())[n] for n in (0, 2))
    assert "2611220000000000001 和已登记的 DD" in in_short(first) and "本次第" in in_short(third)
    office.close()
