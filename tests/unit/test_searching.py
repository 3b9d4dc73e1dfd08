"""一键查: what is found however it is typed, what only those find who may read it, and what an edit costs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logic import searching
from logic.judgement import Amendment, Judgement
from logic.masking import masked
from logic.records import Record
from logic.register import registers
from logic.searching import BEGINNING, END, EXACT, INSIDE, Book, book_of, folded, library_of
from tests.tables import rows_of

KNOWN = registers()
ORDERS, TRANSFERS = KNOWN["orders"], KNOWN["bank_transfers"]
NOW = dt.datetime(2026, 11, 22, 9, 0)
ORDER = {
    "record_id": "DD261120-22222",
    "order_no": "2611200000000001234",
    "customer_id": "tb_Mint-07",
    "receiver": "欧阳小桃",
    "phone": "13800138765",
    "waybill_no": "YT8800123456789",
    "print_status": "已发货",
}


def judged(*orders: Mapping[str, str], transfers: Sequence[Mapping[str, str]] = ()) -> Judgement:
    tables = {"orders": rows_of(ORDERS, orders), "bank_transfers": rows_of(TRANSFERS, transfers)}
    return Judgement.of(KNOWN, tables, now=NOW)


def found(judgement: Judgement, query: str, may_read: bool = True) -> list[tuple[str, int]]:
    hits = library_of([judgement]).find(query, lambda record: may_read)
    return [(hit.record.key, hit.rank) for hit in hits]


ONE = judged(ORDER)
KEY = str(ORDER["record_id"])


@pytest.mark.parametrize(
    ("query", "rank"),
    [
        ("2611200000000001234", EXACT),
        ("1234", END),
        ("2611", BEGINNING),
        ("00001", INSIDE),
        ("tb_mint07", EXACT),
        ("13800138765", EXACT),
        ("8765", END),
        ("yt8800123456789", EXACT),
        ("dd261120-22222", EXACT),
        ("欧阳小桃", EXACT),
        ("小桃", END),
    ],
)
def test_a_record_is_found_by_any_of_its_numbers_and_names(query: str, rank: int) -> None:
    assert found(ONE, query) == [(KEY, rank)]


@pytest.mark.parametrize("query", ["", "  ", "-", "234", "桃", "26112000000000012345", "杭州", "已发货", "3400"])
def test_what_is_too_short_or_stands_nowhere_finds_nothing(query: str) -> None:
    assert found(ONE, query) == []


def widened(text: str) -> str:
    return "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in text)


@given(
    value=st.sampled_from([ORDER["order_no"], ORDER["customer_id"], ORDER["phone"], ORDER["waybill_no"]]),
    breaks=st.lists(st.tuples(st.integers(0, 25), st.sampled_from([" ", "-", "\u3000", "\u200b", "–", "－", "\t"]))),
    wide=st.booleans(),
    upper=st.booleans(),
)
def test_width_blanks_hyphens_and_capitals_do_not_matter(
    value: str, breaks: list[tuple[int, str]], wide: bool, upper: bool
) -> None:
    typed = value.upper() if upper else value
    typed = widened(typed) if wide else typed
    for place, mark in breaks:
        typed = typed[:place] + mark + typed[place:]
    assert found(ONE, typed) == [(KEY, EXACT)]


@given(text=st.text(), marks=st.lists(st.sampled_from(" -　")))
def test_folding_twice_changes_nothing(text: str, marks: list[str]) -> None:
    assert folded(folded(text)) == folded(text)
    assert folded("".join(marks) + text) == folded(text)


@given(start=st.integers(0, 15), length=st.integers(4, 19))
def test_every_part_of_a_number_from_four_characters_on_finds_it(start: int, length: int) -> None:
    assert found(ONE, ORDER["order_no"][start : start + length])


def test_each_part_of_several_numbers_is_found() -> None:
    judgement = judged(
        transfers=[{"record_id": "YH261120-22222", "order_no": "2611200000000001234、2611200000000005678"}]
    )
    assert found(judgement, "2611200000000005678") == [("YH261120-22222", EXACT)]
    assert found(judgement, "1234") == [("YH261120-22222", END)]
    assert found(judgement, "12342611") == [], "parts of two numbers are no number"


def test_exact_hits_come_first_then_the_newest() -> None:
    judgement = judged(
        ORDER | {"record_id": "DD261119-22222", "order_no": "8765"},
        ORDER | {"record_id": "DD261120-22222", "order_no": "87650"},
        ORDER | {"record_id": "DD261121-22222", "order_no": "98765"},
    )
    keys = ["DD261119-22222", "DD261121-22222", "DD261120-22222"]
    assert [key for key, _ in found(judgement, "8765")] == keys


def test_a_number_that_cannot_be_read_is_found_as_it_stands() -> None:
    assert found(judged(ORDER | {"order_no": "2.61120E+18"}), "2.61120E+18") == [(KEY, EXACT)]
    assert found(judged(ORDER | {"phone": "138 0013 876"}), "0013") == [(KEY, INSIDE)]


# What is sensitive ----------------------------------------------------------------------------------------------------


@given(start=st.integers(0, 10), length=st.integers(1, 11))
def test_a_hidden_phone_is_found_whole_or_by_its_last_four_only(start: int, length: int) -> None:
    """Whoever sees 138****8765 must not find out the rest by asking for one digit after the other."""
    part = ORDER["phone"][start : start + length]
    assert bool(found(PHONE_ALONE, part, may_read=False)) == (part in (ORDER["phone"], "8765"))


PHONE_ALONE = judged({"record_id": KEY, "order_no": "a", "phone": ORDER["phone"], "receiver": "欧阳小桃"})


def test_a_hidden_name_is_found_whole_only() -> None:
    assert found(PHONE_ALONE, "欧阳小桃", may_read=False) == [(KEY, EXACT)]
    assert found(PHONE_ALONE, "欧阳", may_read=False) == []
    assert found(PHONE_ALONE, "欧阳") == [(KEY, BEGINNING)]


@pytest.mark.parametrize(
    ("field", "text", "shown"),
    [
        (ORDERS.fields["phone"], "13800138000", "138****8000"),
        (ORDERS.fields["phone"], "8000", "****"),
        (TRANSFERS.fields["payer_last4"], "0123", "****"),
        (TRANSFERS.fields["payer_last4"], "", ""),
        (ORDERS.fields["receiver"], "欧阳小桃", "欧**"),
        (ORDERS.fields["receiver"], "", ""),
    ],
)
def test_what_is_sensitive_is_masked(field: searching.Field, text: str, shown: str) -> None:
    assert masked(field, text) == shown


# After an edit --------------------------------------------------------------------------------------------------------

NUMBERS = st.sampled_from(["", "2611200000000001234", "2611200000000005678", "tb_7", "无", "13800138765"])
EDITS = st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["order_no", "customer_id", "waybill_no"]), NUMBERS))


def contents(book: Book) -> tuple[object, ...]:
    held = {value: sorted(book.holders[value]) for value in book.holders if book.holders[value]}
    return held, {key: line for key, (_, line) in book.lines.items()}


@given(edits=EDITS)
def test_after_edits_it_is_as_if_made_anew(edits: list[tuple[int, str, str]]) -> None:
    ids = [f"DD261120-2222{2 + number}" for number in range(3)]
    judgement = judged(*(ORDER | {"record_id": id} for id in ids))
    book_of(judgement, ORDERS)
    for number, name, text in edits:
        is_new = number == 3 and judgement.record("orders", "DD261122-22222") is None
        key = "DD261122-22222" if number == 3 else ids[number]
        judgement = judgement.amended([Amendment("orders", key, {name: text}, new=is_new)], now=NOW)
        grown = book_of(judgement, ORDERS)
        assert contents(grown) == contents(searching._made(ORDERS, judgement.records("orders")))


def test_after_an_edit_only_that_record_is_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    other = ORDER | {"record_id": "DD261120-22223", "order_no": "2611200000000009999"}
    before = judged(ORDER, other)
    assert found(before, "9999") == [("DD261120-22223", END)]
    read: list[str] = []
    values = searching.values

    def counting(record: Record, one: searching.Field) -> list[str]:
        read.append(record.key)
        return values(record, one)

    monkeypatch.setattr(searching, "values", counting)
    after = before.amended([Amendment("orders", "DD261120-22223", {"order_no": "2611200000000007777"})], now=NOW)
    assert found(after, "7777") == [("DD261120-22223", END)]
    assert found(after, "9999") == []
    assert set(read) == {"DD261120-22223"}


def test_a_record_that_is_gone_is_found_no_more() -> None:
    two = judged(ORDER, ORDER | {"record_id": "DD261120-22223", "order_no": "2611200000000009999"})
    assert found(two, "9999")
    one = two.advanced({"orders": rows_of(ORDERS, [ORDER]), "bank_transfers": rows_of(TRANSFERS, [])}, now=NOW)
    assert found(one, "9999") == []
    assert found(one, "1234") == [(KEY, END)]
