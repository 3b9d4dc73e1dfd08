"""One line of `submit` and its answer, without any workbook."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from logic.changes import Conflict, Outcome
from logic.cli.inbox import Inbox
from logic.cli.lines import Asked, BadLine, answer, is_blank, parse
from logic.rules import Level
from logic.violations import Violation

RULES = {"BNK-06", "BNK-07"}


def line(**given: Any) -> bytes:
    return json.dumps(given, ensure_ascii=False).encode()


def test_a_line_in_full() -> None:
    request = parse(
        line(
            register="bank_transfers",
            id="YH260101-AAAAA",
            values={"订单号": ["1", "2"], "备注": None, "店铺": "甲"},
            base={"备注": "旧"},
            transition="track",
            reason="补登",
            release=["BNK-06", "BNK-06"],
            key="k",
        ),
        RULES,
    )
    (ask,) = request.asks
    assert (ask.register, ask.record, ask.transition) == ("bank_transfers", "YH260101-AAAAA", "track")
    assert ask.values == {"订单号": ["1", "2"], "备注": None, "店铺": "甲"} and ask.base == {"备注": "旧"}
    assert (request.reason, request.release, request.key) == ("补登", ("BNK-06",), "k")
    assert request.asked == Asked(("YH260101-AAAAA",))


def test_null_is_the_same_as_leaving_out() -> None:
    request = parse(
        line(register="staff", id=None, values=None, base=None, transition=None, reason=None, release=None), RULES
    )
    assert request.asks[0].record is None and request.asks[0].values == {} and request.reason == ""


def test_edits_name_all_their_records() -> None:
    request = parse(
        line(edits=[{"register": "staff", "id": "a"}, {"register": "staff", "id": None}], reason="r"), RULES
    )
    assert request.asked == Asked(("a", None), is_batch=True) and len(request.asks) == 2


@pytest.mark.parametrize(
    ("raw", "asked"),
    [
        (b"\xff\xfe", Asked()),
        (b"", Asked()),
        (b"null", Asked()),
        (b"[" * 5000, Asked()),
        (b'{"register": ' + b"9" * 5000 + b"}", Asked()),
        (line(register="staff", id=7, values={"姓名": "x"}), Asked()),
        (line(register="staff", id="a", values={"姓名": 1.5}), Asked(("a",))),
        (line(register="staff", id="a", values={"姓名": {"x": "y"}}), Asked(("a",))),
        (line(register="staff", id="a", values={"姓名": "x"}, key=" "), Asked(("a",))),
        (line(edits=[{"register": "staff", "id": "a"}, 5]), Asked(("a", None), is_batch=True)),
        (line(edits="x", key="k"), Asked((), is_batch=True)),
    ],
)
def test_a_bad_line_says_why_and_what_of_it_was_recognised(raw: bytes, asked: Asked) -> None:
    with pytest.raises(BadLine) as caught:
        parse(raw, RULES)
    assert caught.value.asked == asked
    assert any("\u4e00" <= character <= "\u9fff" for character in str(caught.value))


def test_the_index_of_a_bad_edit_is_named() -> None:
    with pytest.raises(BadLine, match=r"第 2 项.*colour"):
        parse(line(edits=[{"register": "staff"}, {"register": "staff", "colour": 1}]), RULES)


def test_blank_lines() -> None:
    assert all(map(is_blank, (b"", b" \t\r", "\u3000".encode(), b"\xef\xbb\xbf")))
    assert not is_blank(b"{}") and not is_blank(b"\xff")


def violation(record: str) -> Violation:
    return Violation(
        register="staff", record=record, sheet="员工名册", row=2, cell="A2", column="姓名", field="name", rule="DAT-05",
        level=Level.WARN, value="", message="重复", remedy="请核对", source="",
    )  # fmt: skip


def test_an_answer_names_only_records_that_stand() -> None:
    """A new record that was refused has no id; a row without an id cannot be named either."""
    outcome = Outcome(
        state="rejected",
        change="c",
        records=("a",),
        violations=(violation("a"), violation("b"), violation("neu"), violation("#7")),
        conflicts=(
            Conflict(register="staff", record="a", field="name", column="姓名", mine="1", theirs="2", base="3"),
        ),
        reason="没有保存",
    )
    said = json.loads(answer(Asked(("a", None), is_batch=True), outcome, lambda register, record: record == "b"))
    assert said["ids"] == ["a", None] and said["id"] is None
    assert [one["id"] for one in said["violations"]] == ["a", "b", None, None]
    assert said["conflicts"] == [{"column": "姓名", "mine": "1", "theirs": "2", "base": "3", "id": "a"}]
    single = json.loads(answer(Asked(("a",)), outcome, lambda register, record: True))
    assert "ids" not in single and single["id"] == "a" and "id" not in single["violations"][0]


def test_an_answer_is_one_line_for_everybody() -> None:
    outcome = Outcome(state="rejected", change="", reason="一\u2028二\x85三\n四")
    raw = answer(Asked(), outcome, lambda register, record: True)
    assert len(raw.decode().splitlines()) == 1 and json.loads(raw)["reason"] == outcome.reason


def test_an_accepted_line_gets_the_id_it_was_given() -> None:
    outcome = Outcome(state="queued", change="c", records=("YG1",), reason="等")
    assert json.loads(answer(Asked(), outcome, lambda register, record: False))["id"] == "YG1"


class Trickle(io.RawIOBase):
    """Gives what is read in the pieces it was made of, as a pipe does."""

    def __init__(self, *pieces: bytes) -> None:
        self.pieces = list(pieces)

    def read(self, size: int = -1) -> bytes:
        return self.pieces.pop(0) if self.pieces else b""


def everything(inbox: Inbox, most: int) -> list[list[bytes]]:
    taken: list[list[bytes]] = []
    while not inbox.ended:
        taken.append(inbox.take(None, most))
    return taken


def test_lines_are_put_together_and_blank_ones_left_out() -> None:
    inbox = Inbox(Trickle(b'{"a"', b":1}\n\n{}", b"\n  \nlast"))
    assert [one for group in everything(inbox, 100) for one in group] == [b'{"a":1}', b"{}", b"last"]


def test_no_more_lines_are_taken_than_asked_for() -> None:
    groups = everything(Inbox(Trickle(b"1\n2\n3\n4\n5")), 2)
    assert max(map(len, groups)) <= 2 and [one for group in groups for one in group] == [b"1", b"2", b"3", b"4", b"5"]


def test_nothing_comes_after_the_end() -> None:
    inbox = Inbox(Trickle())
    assert everything(inbox, 5) == [[]] and inbox.take(0, 5) == []
