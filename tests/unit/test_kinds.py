"""Kinds of column: what staff type is understood or refused with a reason, what a sheet holds is never lost."""

from __future__ import annotations

import datetime as dt
import pickle
import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logic.kinds import (
    Choice,
    Choices,
    Date,
    DateTime,
    Derived,
    Digits,
    Email,
    Identifier,
    Integer,
    Kind,
    Link,
    LongText,
    Misread,
    Moment,
    Money,
    Month,
    Percent,
    Phone,
    Photo,
    Ref,
    Staff,
    Text,
    Time,
    TimeBand,
    Waybill,
    YesNo,
    split_parts,
)
from logic.kinds.texts import photo_names, photo_text, without_photos
from logic.wording import has_chinese
from sheets.port import MAX_TEXT, CellFormat, Serial, Value
from tests.values import CELLS, TEXTS

DAMAGED = "号码被表格改成数字了, 请按文本重新粘贴"
LINKS = (
    "https://example.com/1.jpg",
    "https://a.b/c,d;e?f=g",
    "屏幕 截图.png",
    "转账凭证.jpg",
    "HTTP://a.b",
    "x,",
    "https:",
)
STATES = ("已登记", "已到账", "错发/漏发", "公司(让利, 主管放行)")
KINDS: tuple[Kind, ...] = (
    Text(),
    LongText(),
    Identifier(),
    Identifier(many=True),
    Identifier(pattern=r"YH\d{6}-[0-9A-Z]{5}", example="YH261122-7K3QD"),
    Phone(),
    Waybill(),
    Waybill(many=True),
    Digits(4),
    Money(),
    Integer(),
    Date(),
    DateTime(),
    Moment(),
    Choice(*STATES),
    Choice(*STATES, closed=False),
    Choices("白班", "晚班", aliases={"白": "白班"}),
    Choices("白班", "晚班", closed=False),
    YesNo(),
    Staff(),
    Staff(many=True),
    Email(),
    Link(),
    Link(many=True),
    Photo(),
    Percent(),
    Time(),
    TimeBand(),
    Month(),
    Ref("recall_slips"),
    Ref("recall_slips", many=True),
    Derived(Money()),
)
PHOTOS = ("照片:202611/7K3QD2M9XH4T.jpg", "照片:202612/ABCDEFGHJKLM.png", "照片:202701/222222222222.jpg")
ids = [f"{kind.name}{'-many' if kind.many else ''}" for kind in KINDS]
every_kind = pytest.mark.parametrize("kind", KINDS, ids=ids)

moments = st.datetimes(dt.datetime(1900, 3, 1), dt.datetime(9999, 12, 31, 23, 59)).map(
    lambda moment: moment.replace(second=0, microsecond=0)
)
typed = st.one_of(
    st.text(max_size=40),
    st.sampled_from(TEXTS),
    st.text("0123456789.,-/: 年月日¥元E+、；上下午点半", max_size=20),
    st.decimals(-(10**12), 10**12, places=2).map(str),
    st.integers(-(10**16), 10**16).map(str),
    st.dates(dt.date(1890, 1, 1)).map(str),
    moments.map(lambda moment: moment.isoformat(" ", "minutes")),
    st.lists(st.sampled_from(["白班", "晚班", "白", *STATES]), max_size=3).map("，".join),
    st.times().map(lambda time: time.isoformat("minutes")),
    st.tuples(st.times(), st.times()).map(lambda ends: "~".join(f"{time:%H:%M}" for time in sorted(ends))),
    st.dates(dt.date(1899, 1, 1)).map(lambda day: f"{day.year}-{day.month:02}"),
    st.decimals(-(10**6), 10**6, places=2).map(lambda share: f"{share}%"),
    st.lists(st.from_regex(r"[a-z]{2}261122-[2-9A-HJ-NP-Z]{5}", fullmatch=True), max_size=3).map("，".join),
    st.lists(st.sampled_from(LINKS), max_size=4).map(" ".join),
    st.lists(st.sampled_from(LINKS), max_size=4).map("、".join),
    st.lists(
        st.one_of(st.sampled_from((*LINKS, *PHOTOS)), st.text(" 、,;，；:照片\n\u3000a.", max_size=4)), max_size=6
    ).map("".join),
    st.from_regex(r"1[0-9]{10}|0571-?[0-9]{8}|[a-z]{1,5}@[a-z]{2,5}\.com|https?://[a-z]{1,9}/\w?", fullmatch=True),
)
floats = st.one_of(st.floats(), st.floats(0, 80_000), st.integers(0, 10**16).map(float))
cells: st.SearchStrategy[Value] = st.one_of(st.none(), st.booleans(), typed, floats, floats.map(Serial))


def same_value(one: Any, other: Any) -> bool:
    return type(one) is type(other) and one == other


def holds_its_shape(kind: Kind, value: Any) -> None:
    """The two laws of a kind, for one of its values."""
    text = kind.show(value)
    assert same_value(kind.parse(text), value)
    reading = kind.read(kind.cell(text))
    assert reading.problem is None and same_value(reading.value, value) and reading.text == text


def refusal(kind: Kind, text: str) -> Misread:
    with pytest.raises(Misread) as caught:
        kind.parse(text)
    return caught.value


def check_sentences(misread: Misread) -> None:
    assert has_chinese(misread.reason) and has_chinese(misread.remedy)
    assert misread.rule in ("DAT-01", "DAT-06")
    assert (misread.reason + misread.remedy).isprintable()


# Laws of every kind ---------------------------------------------------------------------------------------------------


@every_kind
@given(text=typed)
@settings(max_examples=150, deadline=None, derandomize=True)
def test_what_is_typed_is_understood_or_refused_in_chinese(kind: Kind, text: str) -> None:
    try:
        value = kind.parse(text)
    except Misread as misread:
        check_sentences(misread)
        assert kind.cell(text) == text
    else:
        if value is None:
            assert kind.show(value) == "" and kind.cell("") is None
        else:
            holds_its_shape(kind, value)


@every_kind
@given(cell=cells)
@settings(max_examples=150, deadline=None, derandomize=True)
def test_a_cell_is_always_read_and_never_loses_its_text(kind: Kind, cell: Value) -> None:
    reading = kind.read(cell)
    assert kind.read(cell) is reading or kind.read(cell)[:2] == reading[:2]
    if reading.problem:
        check_sentences(reading.problem)
        assert reading.value is None and reading.text
        assert not isinstance(cell, str) or reading.text == cell
    elif reading.value is None:
        assert reading.text == ""
    else:
        holds_its_shape(kind, reading.value)
        assert reading.text == kind.show(reading.value)


@every_kind
def test_every_ugly_value_goes_through_every_kind(kind: Kind) -> None:
    for cell in CELLS:
        reading = kind.read(cell)
        if reading.problem:
            check_sentences(reading.problem)
            assert reading.problem.__traceback__ is None
            assert not isinstance(cell, str) or reading.text == cell
        if isinstance(cell, str):  # the form and the sheet agree
            try:
                assert same_value(kind.parse(cell), reading.value)
            except Misread:
                assert reading.problem is not None


@every_kind
def test_the_example_in_every_refusal_is_accepted(kind: Kind) -> None:
    for cell in (*CELLS, "、", "99:99", "18:00-24:00", "2021-1-1 25:00"):
        problem = kind.read(cell).problem
        for example in re.findall("例如 ([^,;。]+)", problem.remedy) if problem else ():
            assert kind.parse(example) is not None, (cell, example)


@given(moment=moments)
@settings(deadline=None, derandomize=True)
def test_dates_survive_the_sheet(moment: dt.datetime) -> None:
    holds_its_shape(DateTime(), moment)
    holds_its_shape(Date(), moment.date())
    holds_its_shape(Moment(), moment if moment.time() != dt.time() else moment.date())


@given(cents=st.integers(-(10**15) + 1, 10**15 - 1))
@settings(deadline=None, derandomize=True)
def test_amounts_survive_the_sheet_to_the_cent(cents: int) -> None:
    holds_its_shape(Money(), Decimal(cents) / 100 + Decimal("0.00"))


@given(shares=st.integers(-(10**15) + 1, 10**15 - 1))
@settings(deadline=None, derandomize=True)
def test_shares_survive_the_sheet_to_the_hundredth_of_a_percent(shares: int) -> None:
    holds_its_shape(Percent(), Decimal(shares) / 100 + 0)


def test_every_minute_of_the_day_survives_the_sheet() -> None:
    for minute in range(1440):
        holds_its_shape(Time(), dt.time(minute // 60, minute % 60))


@every_kind
def test_a_kind_says_what_it_is(kind: Kind) -> None:
    assert kind.name.isidentifier() and has_chinese(kind.title) and isinstance(kind.format, CellFormat)
    assert kind.many is (kind.python_type == tuple[str, ...])
    assert hash(kind) == hash(kind) and kind == kind


@every_kind
def test_too_long_and_control_characters_are_refused(kind: Kind) -> None:
    assert "32,767" in refusal(kind, "1" * (MAX_TEXT + 1)).reason
    assert "U+0007" in refusal(kind, "1\x071").reason
    assert "控制字符" in refusal(kind, "\x1c").reason


def test_long_text_is_counted_as_excel_counts() -> None:
    assert Text().parse("长" * MAX_TEXT) == "长" * MAX_TEXT
    assert "32,768" in refusal(Text(), "𠮷" * 16_384).reason


def test_the_memory_of_a_kind_is_bounded() -> None:
    kind = Integer()
    for number in range(20_000):
        kind.read(float(number))
    assert len(kind._memo) <= 8192
    Staff().read("张" * 5000)


def test_equal_numbers_of_different_type_are_told_apart() -> None:
    kind = Text()
    assert [kind.read(cell).text for cell in (True, 1.0, Serial(1), "1")] == ["TRUE", "1", "1899-12-31", "1"]


def test_a_misread_travels_between_processes() -> None:
    misread = refusal(Money(), "abc")
    again = pickle.loads(pickle.dumps(misread))
    assert (again.reason, again.remedy, again.rule, str(again)) == (*misread.args, str(misread))


# Text -----------------------------------------------------------------------------------------------------------------


def test_text_stays_as_typed() -> None:
    assert Text().parse("  （Ａ１）=1+1 \r\n第二行\r\n") == "（Ａ１）=1+1 \n第二行"
    assert Text().read(123.0).value == "123"
    assert Text().read(0.5).value == "0.5"
    assert Text().read(True).value == "TRUE"
    assert Text().read(Serial(44_197)).value == "2021-01-01"
    assert Text().read(Serial(44_197.5)).value == "2021-01-01 12:00"
    assert Text().read(Serial(0.4375)).value == "10:30"
    assert Text().read("\u3000\u200b").value is None
    assert LongText().parse("a\rb") == "a\nb"


def test_names_of_staff() -> None:
    assert Staff().parse(" 张　三 ") == "张三"
    assert Staff().parse("Ｌi   Lei") == "Li Lei"
    assert Staff(many=True).parse("张三，李四；张三\n王五") == ("张三", "李四", "王五")


def test_email_and_link() -> None:
    assert Email().parse("ＺhangSan@Example.COM ") == "zhangsan@example.com"
    assert "邮箱" in refusal(Email(), "张三@").reason
    for good in ("https://example.com/凭证.jpg", "http://a.b", "转账凭证.jpg", "C:\\凭证\\1.jpg", "凭证：一号.jpg"):
        assert Link().parse(good) == good
    for bad in (
        "javascript:alert(1)",
        "JaVa\nScript:alert(1)",
        "ｊａｖａｓｃｒｉｐｔ：x",
        "data:text/html,x",
        "\u200bfile:x",
    ):
        assert "链接" in refusal(Link(), bad).reason
    for broken in ("https://", "https://example.com/a b", "一.jpg\n二.jpg"):
        assert "不完整" in refusal(Link(), broken).reason


@pytest.mark.parametrize("kind", [Link(many=True), Photo()])
@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("https://a.b/1.jpg、https://a.b/2.jpg", ("https://a.b/1.jpg", "https://a.b/2.jpg")),
        (
            "https://a.b/1.jpg https://a.b/2.jpg\r\n转账 凭证.jpg",
            ("https://a.b/1.jpg", "https://a.b/2.jpg", "转账 凭证.jpg"),
        ),
        ("https://a.b/x?y=1,2;3", ("https://a.b/x?y=1,2;3",)),
        ("https://a.b/?to=https://c.d", ("https://a.b/?to=https://c.d",)),
        ("屏幕截图 2021-03-02 1.png　https://a.b 二.png", ("屏幕截图 2021-03-02 1.png", "https://a.b", "二.png")),
        ("\u200bhttps://a.b/1.jpg\t一.jpg、、一.jpg", ("https://a.b/1.jpg", "一.jpg")),
        ("C:\\凭证\\1.jpg、报价,最终.xlsx", ("C:\\凭证\\1.jpg", "报价,最终.xlsx")),
    ],
)
def test_several_links_in_one_cell(kind: Kind, text: str, values: tuple[str, ...]) -> None:
    assert kind.parse(text) == values and kind.read(text).value == values
    holds_its_shape(kind, values)


@pytest.mark.parametrize("between", ["、", " ", "\n", ",", "，", ";", "、 ", "　", ",\n"])
def test_photos_of_the_console_stand_out_by_themselves(between: str) -> None:
    """However cells were copied together in the sheet."""
    first, second = PHOTOS[:2]
    for parts in (
        (first, second),
        ("聊天 1.png", first),
        (first, "https://a.b/1,2.jpg"),
        (first, "聊天.png", second, "二.jpg"),
    ):
        assert Photo().parse(between.join(parts)) == parts
        holds_its_shape(Photo(), parts)
    assert Photo().parse(f"{first}{between}{first}") == (first,)
    assert Photo().parse(f"照片： {first[3:]}") == (first,)


@pytest.mark.parametrize(
    "text", ["旧照片:202611/7K3QD2M9XH4T.jpg", "照片:202611/7K3QD2M9XH4T.jpg.exe", "照片:202611/7K3Q.jpg"]
)
def test_what_only_resembles_a_photo_of_the_console_is_the_name_of_a_file(text: str) -> None:
    assert Photo().parse(text) == (text,)
    assert photo_names(text) == []


def test_a_text_of_photos_is_told_apart() -> None:
    text = f"{PHOTOS[0]}、https://a.b/1.jpg、{PHOTOS[1]}"
    assert photo_names(text) == [one[3:] for one in PHOTOS[:2]]
    assert without_photos(f"{PHOTOS[0]}\n{PHOTOS[1]}") == ""
    assert "https://a.b/1.jpg" in without_photos(text) and "照片" not in without_photos(text)
    assert photo_text(photo_names(text)[0]) == PHOTOS[0]


@pytest.mark.parametrize("kind", [Link(many=True), Photo()])
@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("https://a.b/1.jpg,https://a.b/2.jpg", "一个还是几个"),
        ("https://a.b/1.jpg；HTTP://a.b/2.jpg", "一个还是几个"),
        ("https://a.b/1.jpg, https://a.b/2.jpg", "一个还是几个"),
        ("https://a.b/1.jpg ,二.jpg", "一个还是几个"),
        ("报价, https://a.b/2.jpg", "一个还是几个"),
        ("一.jpg,二.jpg", "一个还是几个"),
        ("一.jpg ; 二.jpg", "一个还是几个"),
        ("https://、一.jpg", "不完整"),
        ("一.jpg、javascript:alert(1)", "不是网页链接"),
        ("一.jpg\njava script:x", "不是网页链接"),
        ("、\n", "分隔符"),
    ],
)
def test_no_guessing_where_a_link_ends(kind: Kind, text: str, reason: str) -> None:
    assert reason in refusal(kind, text).reason
    problem = kind.read(text).problem
    assert problem and reason in problem.reason


def test_one_link_and_photos_are_different_columns() -> None:
    assert not Link().many and Link(many=True).many and Photo().many
    assert (Photo().name, Photo().title, Link(many=True).name) == ("photo", "照片", "link")
    assert Link().parse("https://a.b/1.jpg,2.jpg") == "https://a.b/1.jpg,2.jpg"


# Identifiers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("00123", "00123"),
        ("2024E12", "2024E12"),
        ("75E1234", "75E1234"),
        ("8085807e40000000", "8085807e40000000"),
        ("1-2", "1-2"),
        ("6222021234567890123", "6222021234567890123"),
        ("\u200b２１０３ ０２１２\ufeff", "21030212"),
        ("ＴＢ：客户＿１", "TB:客户_1"),
    ],
)
def test_identifiers_are_text_from_end_to_end(text: str, value: str) -> None:
    assert Identifier().parse(text) == value == Identifier().cell(value)


@pytest.mark.parametrize("cell", ["1.23457E+18", "1E+18", "２.１e+17", 1e15, 1.23457e18, 0.5, -1.0, float("inf")])
@pytest.mark.parametrize("kind", [Identifier(), Identifier(many=True), Phone(), Waybill(), Digits(4)])
def test_a_long_number_is_reported_as_damaged(kind: Kind, cell: Value) -> None:
    problem = kind.read(cell).problem
    assert problem and problem.reason == DAMAGED and problem.rule == "DAT-06"


def test_short_whole_numbers_are_read_as_their_digits() -> None:
    assert Identifier().read(999_999_999_999_999.0).value == "999999999999999"
    assert Identifier(many=True).read(12.0).value == ("12",)
    assert Phone().read(13_800_138_000.0).value == "13800138000"
    assert Identifier().read(-0.0).value == "0"


def test_an_identifier_that_became_a_date_is_reported() -> None:
    problem = Identifier().read(Serial(44_197)).problem
    assert problem and problem.rule == "DAT-06" and "2021-01-01" in problem.reason


def test_one_identifier_is_not_two() -> None:
    for text in ("123、456", "123\n456", "123，456", "123\t456"):
        assert "一个" in refusal(Identifier(), text).reason


def test_several_identifiers_in_one_cell() -> None:
    kind = Identifier(many=True)
    assert kind.parse("001、002，003,004；005;006 007\n008\n001") == tuple(f"00{n}" for n in range(1, 9))
    assert kind.show(("001", "002")) == "001、002"
    assert refusal(kind, "001、1.2E+18").rule == "DAT-06"
    assert "分隔符" in refusal(kind, "、，").reason
    assert split_parts(" 甲　乙,甲\u200b;\u200b;") == ("甲", "乙", "甲\u200b")


def test_a_pattern_is_held() -> None:
    kind = Identifier(pattern=r"YH\d{6}-[0-9A-Z]{5}", example="YH261122-7K3QD")
    assert kind.parse("ＹＨ261122-7K3QD") == "YH261122-7K3QD"
    assert "YH261122-7K3QD" in refusal(kind, "12345").remedy


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("YH261122-7K3QD", "YH261122-7K3QD"),
        (" yh261122 - 7k3qd\u200b", "YH261122-7K3QD"),
        ("ＹＨ２６１１２２－７ｋ３ｑｄ", "YH261122-7K3QD"),
        ("YH261122–7K3QD", "YH261122-7K3QD"),
    ],
)
def test_a_reference_is_the_id_of_a_record(text: str, value: str) -> None:
    assert Ref("bank_transfers").parse(text) == value == Ref("bank_transfers").cell(text)


@pytest.mark.parametrize(
    "cell", ["12345", "YH261122", "YH261122-00001", "张三的退回单", 12.0, 1e18, True, Serial(44_197)]
)
def test_what_is_no_id_of_a_record_is_no_reference(cell: Value) -> None:
    for kind in (Ref("recall_slips"), Ref("recall_slips", many=True)):
        problem = kind.read(cell).problem
        assert problem and "不是记录编号" in problem.reason and "YH261122-7K3QD" in problem.remedy


def test_references_name_their_register() -> None:
    assert Ref("recall_slips").register == "recall_slips" and Ref("recall_slips") != Ref("orders")
    several = Ref("recall_slips", many=True)
    assert several.parse("yh261122-7k3qd,SH261122-7K3QE YH261122-7K3QD") == ("YH261122-7K3QD", "SH261122-7K3QE")
    for text in ("YH261122-7K3QD、SH261122-7K3QE", "YH261122-7K3QD，SH261122-7K3QE", "YH261122-7K3QD\nSH261122-7K3QE"):
        assert "不止一个" in refusal(Ref("recall_slips"), text).reason
    with pytest.raises(ValueError):
        Ref("")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("１３８ ００１３ ８０００", "13800138000"),
        ("+86 138-0013-8000", "13800138000"),
        ("8613800138000", "13800138000"),
        ("0086-13800138000", "13800138000"),
        ("0571-88886666", "0571-88886666"),
        ("057188886666", "0571-88886666"),
        ("（0571）88886666转801", "0571-88886666-801"),
        ("010 12345678", "010-12345678"),
        ("+86 571 88886666", "0571-88886666"),
        ("13812345678转1234", "13812345678-1234"),
    ],
)
def test_phones(text: str, value: str) -> None:
    assert Phone().parse(text) == value


@pytest.mark.parametrize("text", ["1380013800", "138001380000", "88886666", "一三八", "٣٣٣٣٣٣٣٣٣٣٣"])
def test_no_phones(text: str) -> None:
    assert "不像电话" in refusal(Phone(), text).reason


def test_a_masked_phone_is_named_so() -> None:
    assert "星号" in refusal(Phone(), "138****8000").reason


def test_a_waybill_of_another_shape_is_kept() -> None:
    assert Waybill().parse("SF 1234 5678 90123") == "SF1234567890123"
    assert Waybill().parse("顺丰123") == "顺丰123"
    assert Waybill.is_usual("JD0001-1-1-") and not Waybill.is_usual("顺丰123")


def test_digits_keep_their_zeros() -> None:
    kind = Digits(4)
    assert kind.parse(" ０１２３ ") == "0123" == kind.cell("0123")
    assert kind.read(1234.0).value == "1234"
    lost = kind.read(123.0).problem
    assert lost and "开头的 0 可能丢了" in lost.reason and "123" in lost.reason
    assert "3 位" in refusal(kind, "123").reason
    assert "别的字符" in refusal(kind, "12a4").reason
    assert kind.read(12_345.0).problem


# Amounts and counts ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("100", "100.00"),
        ("￥１，２３４．５０ 元", "1234.50"),
        ("¥ 1,234,567.8", "1234567.80"),
        ("RMB 12", "12.00"),
        ("12rmb", "12.00"),
        ("人民币12元整", "12.00"),
        ("-5", "-5.00"),
        ("−¥5", "-5.00"),
        ("¥－5", "-5.00"),
        ("+5.", "5.00"),
        (".5", "0.50"),
        ("-0", "0.00"),
        ("0009", "9.00"),
        ("9999999999999.99", "9999999999999.99"),
    ],
)
def test_money(text: str, value: str) -> None:
    found = Money().parse(text)
    assert isinstance(found, Decimal) and str(found) == value == Money().show(found)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1.005", "小数超过两位"),
        ("1.000", "小数超过两位"),
        ("1,23", "逗号"),
        ("1，0000", "逗号"),
        ("abc", "不是金额"),
        ("nan", "不是金额"),
        ("inf", "不是金额"),
        ("1e3", "不是金额"),
        ("1_000", "不是金额"),
        ("٣", "不是金额"),
        ("1万", "不是金额"),
        ("12¥3", "不是金额"),
        ("元", "不是金额"),
        ("10000000000000", "15 位"),
    ],
)
def test_no_money(text: str, reason: str) -> None:
    assert reason in refusal(Money(), text).reason


def test_money_in_cells() -> None:
    kind = Money()
    assert kind.read(0.1 + 0.2).text == "0.30"
    assert kind.read(0.30000000000000004).value == Decimal("0.30")
    assert kind.read(-0.0000001).text == "0.00"
    assert kind.read("¥1,234.5").text == "1234.50" and kind.cell("1234.50") == 1234.5
    for cell, reason in (
        (1234.505, "小数超过两位"),
        (float("nan"), "无法计算"),
        (float("inf"), "无法计算"),
        (1e13, "15 位"),
        (True, "逻辑值 TRUE"),
        (Serial(44_197), "2021-01-01"),
    ):
        problem = kind.read(cell).problem
        assert problem and reason in problem.reason
    assert kind.cell("一百") == "一百" and kind.format is CellFormat.MONEY


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("30%", "30%"),
        ("３０ ％", "30%"),
        ("12.50﹪", "12.5%"),
        ("+0.05%", "0.05%"),
        ("−5%", "-5%"),
        ("-0%", "0%"),
        ("1,200%", "1200%"),
        (".5%", "0.5%"),
        ("99999999999.99%", "99999999999.99%"),
        ("百分之30", "30%"),
        ("百分之三十", "30%"),
        ("百分之九十九点五", "99.5%"),
        ("百分之十", "10%"),
        ("百分之两", "2%"),
        ("百分之零点零五", "0.05%"),
        ("百分之百", "100%"),
        ("0", "0%"),
        ("0.00", "0%"),
    ],
)
def test_percents(text: str, shown: str) -> None:
    kind = Percent()
    found = kind.parse(text)
    assert isinstance(found, Decimal) and kind.show(found) == shown and Decimal(shown.rstrip("%")) == found
    holds_its_shape(kind, found)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("30", "分不清是 30% 还是 3000%"),
        ("0.3", "分不清是 0.3% 还是 30%"),
        ("1", "分不清是 1% 还是 100%"),
        ("-0.005", "分不清是 -0.005% 还是 -0.5%"),
        ("12.345%", "小数超过两位"),
        ("百分之三点一四一", "小数超过两位"),
        ("10000000000000000%", "15 位"),
        ("1" * 30, "15 位"),
        ("1,23%", "逗号"),
        ("%", "不是百分数"),
        ("30%%", "不是百分数"),
        ("%30", "不是百分数"),
        ("百分之30%", "不是百分数"),
        ("百分之", "不是百分数"),
        ("百分之百五十", "不是百分数"),
        ("三十%", "不是百分数"),
        ("千分之三", "不是百分数"),
        ("30‰", "不是百分数"),
        ("1e3%", "不是百分数"),
        ("三成", "不是百分数"),
    ],
)
def test_no_percents(text: str, reason: str) -> None:
    misread = refusal(Percent(), text)
    assert reason in misread.reason
    assert "%" in misread.remedy or "逗号" in reason


def test_percents_in_cells_are_fractions() -> None:
    kind = Percent()
    assert kind.format is CellFormat.PERCENT and kind.cell("30%") == 0.3 and type(kind.cell("30%")) is float
    for cell, text in (
        (0.3, "30%"),
        (0.1 + 0.2, "30%"),
        (1.0, "100%"),
        (0.0, "0%"),
        (-0.0, "0%"),
        (-0.05, "-5%"),
        (30.0, "3000%"),
    ):
        assert kind.read(cell).text == text and same_value(kind.read(cell).value, Decimal(text.rstrip("%")))
    assert kind.read("30 %").text == "30%"
    for cell, reason in (
        (0.123456, "“12.3456%”的小数超过两位"),
        (1 / 3, "小数超过两位"),
        (float("nan"), "无法计算"),
        (1e308, "15 位"),
        (True, "逻辑值 TRUE"),
        (Serial(44_197), "2021-01-01"),
        ("0.3", "分不清"),
    ):
        problem = kind.read(cell).problem
        assert problem and reason in problem.reason and "%" in problem.remedy


def test_integers() -> None:
    kind = Integer()
    assert [kind.parse(text) for text in ("１２", "1,234", "-3", "12.00", "007")] == [12, 1234, -3, 12, 7]
    assert kind.read(2.9999999999).value == 3 and kind.cell("3") == 3.0
    assert "不是整数" in refusal(kind, "12件").reason
    assert "不是整数" in refusal(kind, "1.5").reason
    assert "15 位" in refusal(kind, "1" * 16).reason
    for cell in (1.5, 1e15, float("nan"), True, Serial(3)):
        assert kind.read(cell).problem


# Dates ----------------------------------------------------------------------------------------------------------------

NEW_YEAR = dt.datetime(2021, 1, 1)


@pytest.mark.parametrize(
    "text",
    [
        "2021-01-01",
        "2021/1/1",
        "2021.1.1",
        "2021.01 .01",
        "2021年1月1日",
        "２０２１．１．１",
        "2021年 1月 1号",
        "20210101",
        " 2021-1-1\u200b",
        "2021-01-01 00:00",
    ],
)
def test_dates_as_people_write_them(text: str) -> None:
    assert Date().parse(text) == dt.date(2021, 1, 1)
    assert DateTime().parse(text) == NEW_YEAR
    assert same_value(Moment().parse(text), dt.date(2021, 1, 1))


@pytest.mark.parametrize(
    ("text", "hour", "minute"),
    [
        ("2021-01-01 10:32", 10, 32),
        ("2021-01-01 10:32:59", 10, 32),
        ("2021-01-01T10:32:05.123", 10, 32),
        ("20210101 9:05", 9, 5),
        ("２０２１年１月１日１０：３２", 10, 32),
        ("2021年1月1日下午3点", 15, 0),
        ("2021.1.1 下午 3:20", 15, 20),
        ("2021-1-1 上午10点32分", 10, 32),
        ("2021-1-1 10时5分30秒", 10, 5),
        ("2021-1-1 晚上8点半", 20, 30),
        ("2021-1-1 中午12:30", 12, 30),
        ("2021-1-1 中午1点", 13, 0),
        ("2021-1-1 凌晨12:10", 0, 10),
        ("2021-1-1 下午15:20", 15, 20),
        ("2021-1-1 3:20 PM", 15, 20),
        ("2021-1-1 12:05 am", 0, 5),
    ],
)
def test_times_as_people_write_them(text: str, hour: int, minute: int) -> None:
    expected = NEW_YEAR.replace(hour=hour, minute=minute)
    assert DateTime().parse(text) == expected == Moment().parse(text)
    assert DateTime().show(expected) == f"2021-01-01 {hour:02}:{minute:02}"
    assert Date().parse(text) == dt.date(2021, 1, 1)


@pytest.mark.parametrize("kind", [Date(), DateTime(), Moment()])
@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("3/5", "年份不清楚"),
        ("3月5日", "年份不清楚"),
        ("12.5", "年份不清楚"),
        ("1/2/2021", "年份不清楚"),
        ("21-3-5", "年份不清楚"),
        ("21年3月5日", "年份不清楚"),
        ("2021年3月", "没有写是哪一天"),
        ("44197", "日期序号"),
        ("44197.5", "日期序号"),
        ("202101", "日期序号"),
        ("2021-02-30", "不存在"),
        ("20211301", "不存在"),
        ("2021-13-01", "不存在"),
        ("1900-02-28", "早于"),
        ("10:32", "没有日期"),
        ("下午3点", "没有日期"),
        ("2021-01-01 25:00", "时间不存在"),
        ("2021-01-01 10:60", "时间不存在"),
        ("2021-01-01 晚上12点", "时间看不懂"),
        ("2021-01-01 上午13点", "时间看不懂"),
        ("2021-01-01 10:3", "时间看不懂"),
        ("2021-01-01T10:32:00Z", "时间看不懂"),
        ("2021-1-123", "不是能看懂的日期"),
        ("明天", "不是能看懂的日期"),
    ],
)
def test_no_guessing_of_dates(kind: Kind, text: str, reason: str) -> None:
    misread = refusal(kind, text)
    assert reason in misread.reason and "2021-" in misread.remedy


def test_dates_in_cells() -> None:
    assert Date().read(Serial(44_197.9)).text == "2021-01-01"
    assert DateTime().read(Serial(44_197.43894)).text == "2021-01-01 10:32"
    assert same_value(Moment().read(Serial(44_197)).value, dt.date(2021, 1, 1))
    assert Moment().read(Serial(44_197.5)).text == "2021-01-01 12:00"
    assert Date().read(44_197.0).text == "2021-01-01"
    assert DateTime().read(44_197.5).text == "2021-01-01 12:00"
    assert Date().read(20_210_101.0).text == "2021-01-01"
    assert Date().cell("2021-01-01") == 44_197 and type(Date().cell("2021-01-01")) is Serial
    assert DateTime().read(Serial(44_197.9999999)).text == "2021-01-02 00:00"
    assert Date().read(Serial(2_958_465)).text == "9999-12-31"
    for cell, reason in (
        (25_568.0, "不像日期"),
        (73_051.0, "不像日期"),
        (2021.0, "不像日期"),
        (Serial(0.4375), "没有日期"),
        (Serial(60), "早于"),
        (Serial(-5), "早于"),
        (Serial(1e300), "不像日期"),
        (Serial(float("nan")), "不像日期"),
        (Serial(2_958_465.9999999), "不像日期"),
        (True, "逻辑值"),
        ("44197", "日期序号"),
    ):
        for kind in (Date(), DateTime(), Moment()):
            problem = kind.read(cell).problem
            assert problem and reason in problem.reason, (kind.name, cell)


def test_a_moment_at_midnight_has_no_time() -> None:
    assert same_value(Moment().parse("2021-01-01 00:00"), dt.date(2021, 1, 1))


# Times of day, bands of hours, months ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("9:00", "09:00"),
        ("09：00", "09:00"),
        ("９：０５", "09:05"),
        ("9点", "09:00"),
        ("9点整", "09:00"),
        ("9点半", "09:30"),
        ("9时5分", "09:05"),
        ("下午3点", "15:00"),
        ("下午 3:20", "15:20"),
        ("中午12点", "12:00"),
        ("凌晨12:10", "00:10"),
        ("3:20 PM", "15:20"),
        ("00:00", "00:00"),
        ("23:59:59", "23:59"),
    ],
)
def test_times_of_day(text: str, shown: str) -> None:
    value = Time().parse(text)
    assert type(value) is dt.time and Time().show(value) == shown
    holds_its_shape(Time(), value)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("24:00", "第二天"),
        ("24点", "第二天"),
        ("24:30", "时间不存在"),
        ("9:60", "时间不存在"),
        ("25:00", "时间不存在"),
        ("晚上12点", "时间看不懂"),
        ("上午13点", "时间看不懂"),
        ("9", "只是一个数字"),
        ("0900", "只是一个数字"),
        ("9.30", "只是一个数字"),
        ("2021-03-02 10:32", "有日期"),
        ("2021年3月2日", "有日期"),
        ("10:3", "不是能看懂的时间"),
        ("九点", "不是能看懂的时间"),
        ("10:32Z", "不是能看懂的时间"),
    ],
)
def test_no_guessing_of_times(text: str, reason: str) -> None:
    misread = refusal(Time(), text)
    assert reason in misread.reason and "2021" not in misread.remedy


def test_times_of_day_in_cells() -> None:
    kind = Time()
    assert kind.format is CellFormat.TIME and kind.cell("9:00") == 0.375 and type(kind.cell("9:00")) is Serial
    for cell, text in ((Serial(0.375), "09:00"), (Serial(0), "00:00"), (0.375, "09:00"), (Serial(0.39999999), "09:36")):
        assert kind.read(cell).text == text
    assert kind.read(Serial(9.5083 / 24)).text == "09:30", "seconds are cut off"
    assert kind.read(Serial(0.9999999)).text == "23:59"
    for cell, reason in (
        (Serial(44_197.375), "有日期"),
        (Serial(1), "有日期"),
        (Serial(1e300), "只是一个数字"),
        (Serial(float("nan")), "只是一个数字"),
        (Serial(-0.5), "有日期"),
        (0.0, "只是一个数字"),
        (0.33, "只是一个数字"),
        (9.5, "只是一个数字"),
        (True, "不是能看懂的时间"),
    ):
        problem = kind.read(cell).problem
        assert problem and reason in problem.reason, cell


@pytest.mark.parametrize(
    ("text", "band"),
    [
        ("09:00-12:00", "09:00-12:00"),
        ("9：00－12：00", "09:00-12:00"),
        ("9:00 — 12:00", "09:00-12:00"),
        ("9:00--12:00", "09:00-12:00"),
        ("9:00～12:00", "09:00-12:00"),
        ("9点至12点", "09:00-12:00"),
        ("9点半到12点", "09:30-12:00"),
        ("9-12点", "09:00-12:00"),
        ("下午2点-5点", "14:00-17:00"),
        ("下午2-5点", "14:00-17:00"),
        ("中午11点到1点", "11:00-13:00"),
        ("上午10点到晚上8点", "10:00-20:00"),
        ("上午9点-12点", "09:00-12:00"),
        ("9:00am-5:00pm", "09:00-17:00"),
        ("上 午", "上午"),
        ("工作日", "工作日"),
    ],
)
def test_bands_of_hours(text: str, band: str) -> None:
    assert TimeBand().parse(text) == band
    holds_its_shape(TimeBand(), band)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("22:00-06:00", "结束时间"),
        ("9:00-9:00", "结束时间"),
        ("9点-5点", "结束时间"),
        ("上午9点-2点", "结束时间"),
        ("2:00-5:00pm", "看不懂"),
        ("晚上8点-12点", "看不懂"),
        ("18:00-24:00", "第二天"),
        ("18:00-25:00", "不存在"),
        ("9-12", "不是能看懂的时间段"),
        ("9:00", "不是能看懂的时间段"),
        ("9:00-10:00-11:00", "不是能看懂的时间段"),
        ("-12:00", "不是能看懂的时间段"),
        ("2021-03-02", "不是能看懂的时间段"),
        ("早饭后", "不是能看懂的时间段"),
    ],
)
def test_no_guessing_of_bands(text: str, reason: str) -> None:
    misread = refusal(TimeBand(), text)
    assert reason in misread.reason and "2021" not in misread.remedy
    assert TimeBand().read(Serial(0.4375)).problem and TimeBand().read(Serial(44_451)).problem


@pytest.mark.parametrize(
    "text",
    [
        "2021-3",
        "2021-03",
        "2021/03",
        "2021.3",
        "2021年3月",
        "２０２１年３月份",
        "2021年 3",
        "202103",
        "2021-03-01",
        "20210301",
        "2021年3月1日",
    ],
)
def test_months(text: str) -> None:
    assert Month().parse(text) == "2021-03" == Month().cell(text)
    holds_its_shape(Month(), "2021-03")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2021-03-05", "具体到了哪一天"),
        ("2021-02-30", "具体到了哪一天"),
        ("2021-03-01 10:00", "具体到了哪一天"),
        ("2021-13", "年份或月份不对"),
        ("2021-0", "年份或月份不对"),
        ("2021-13-01", "年份或月份不对"),
        ("0021-03", "年份或月份不对"),
        ("200103", "分不清哪几位"),
        ("210301", "分不清哪几位"),
        ("3月", "年份不清楚"),
        ("21-3", "年份不清楚"),
        ("21年3月", "年份不清楚"),
        ("2021", "不是能看懂的月份"),
        ("3/2021", "不是能看懂的月份"),
        ("三月", "不是能看懂的月份"),
    ],
)
def test_no_guessing_of_months(text: str, reason: str) -> None:
    misread = refusal(Month(), text)
    assert reason in misread.reason and "2021-03" in misread.remedy


def test_months_in_cells() -> None:
    kind = Month()
    assert kind.format is CellFormat.TEXT
    for cell in (Serial(44_256), 44_256.0, 202_103.0, 20_210_301.0, "2021年3月"):
        assert kind.read(cell).value == "2021-03"
    for cell, reason in (
        (Serial(44_257), "具体到了哪一天"),
        (Serial(44_256.5), "具体到了哪一天"),
        (44_257.0, "具体到了哪一天"),
        (Serial(0.5), "不是能看懂的月份"),
        (Serial(32), "年份或月份不对"),
        (Serial(1e300), "不是能看懂的月份"),
        (2021.1, "不是能看懂的月份"),
        (True, "不是能看懂的月份"),
    ):
        problem = kind.read(cell).problem
        assert problem and reason in problem.reason, cell


# Choices --------------------------------------------------------------------------------------------------------------


def test_a_closed_choice() -> None:
    kind = Choice("已登记", "A(≥80)", "公司(让利, 主管放行)", aliases={"登记": "已登记"})
    assert kind.parse(" 已 登记　") == "已登记" == kind.parse("登记")
    assert kind.parse("ａ（≥８０）") == "A(≥80)"
    assert kind.parse("公司（让利，主管放行）") == "公司(让利, 主管放行)"
    misread = refusal(kind, "已登")
    assert "“已登”" in misread.reason and "是不是“已登记”" in misread.remedy and "A(≥80)" in misread.remedy
    assert kind.closed and kind.options[0] == "已登记"
    assert Choice("1", "2").read(1.0).value == "1"
    assert "等 30 项" in refusal(Choice(*map(str, range(30))), "x").remedy


def test_an_open_choice_only_suggests() -> None:
    kind = Choice("顺丰", "中通", closed=False)
    assert kind.parse("顺 丰") == "顺丰" and kind.parse(" 极兔（新） ") == "极兔（新）" and not kind.closed


def test_several_choices() -> None:
    kind = Choices("白班", "晚班", aliases={"白": "白班"})
    assert kind.parse("晚班，白 白班") == ("晚班", "白班") and kind.show(("晚班", "白班")) == "晚班、白班"
    assert "“午班”" in refusal(kind, "白班、午班").reason


@pytest.mark.parametrize(
    "declare",
    [
        lambda: Choice(),
        lambda: Choice("甲", " 甲"),
        lambda: Choice("甲", " "),
        lambda: Choice("甲", aliases={"乙": "丙"}),
        lambda: Choice("甲", "乙", aliases={"甲": "乙"}),
        lambda: Choices("甲 乙"),
    ],
)
def test_a_wrong_list_is_refused_where_it_is_declared(declare: Any) -> None:
    with pytest.raises(ValueError):
        declare()


def test_yes_and_no() -> None:
    kind = YesNo()
    for text in ("是", "Y", "ｙｅｓ", "TRUE", "1", "√"):
        assert kind.parse(text) is True and kind.show(True) == "是"
    for text in ("否", "n", "No", "false", "０", "×", "错"):
        assert kind.parse(text) is False and kind.show(False) == "否"
    assert kind.read(True).text == "是" and kind.read(0.0).text == "否" and kind.cell("是") == "是"
    assert "看不出" in refusal(kind, "好").reason and kind.read(2.0).problem
    assert kind.options == ("是", "否") and kind.closed


def test_a_derived_column_is_like_what_it_computes() -> None:
    kind = Derived(Identifier(many=True))
    assert kind.derived and kind.many and kind.name == "identifier" and kind.parse("1、2") == ("1", "2")
    assert not Identifier().derived
