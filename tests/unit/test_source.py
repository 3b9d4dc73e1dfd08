"""Citations: every sentence stands word for word in the lines it names, and staff see which document that is."""

from __future__ import annotations

from pathlib import Path

import pytest

from logic import source
from logic.source import Source, spans, verify

BANK = "⑦银行转账客户要及时在银行转账明细表里登记好客户信息,并跟踪订单顺利进行。"
CORE_TITLE = "电商部岗位职责及工作流程"


@pytest.mark.parametrize(
    ("place", "sentence", "where"),
    [
        ("000:L217", BANK, "《电商部岗位职责及工作流程》第217行"),
        ("000:L1,L171", CORE_TITLE, "《电商运营专员的工作职责》第1、171行"),
        ("002:L194", "确保客户支付的款项及时到账", "《电商部规章制度》第194行"),
        ("002:L235", "报表以及统计数据资料必须真实、准确、完整", "《电商部工作职责和考核标准》第235行"),
        ("001:L107,L133,L155", "✓直接上级:", "《电商企业运营中心组织架构及岗位职责表》第107、133、155行"),
        ("001:L437", "财务部中心业务流程", "《财务部中心业务流程》第437行"),
    ],
)
def test_a_sentence_is_found_and_named(place: str, sentence: str, where: str) -> None:
    cited = Source(place, sentence)
    assert verify(cited) is None
    assert cited.where == where and sentence in str(cited) and "推定" not in str(cited)


def test_several_lines_are_read_as_one() -> None:
    lines = (Path(source.__file__).with_name("sources") / "000.txt").read_text(encoding="utf-8").split("\n")
    joined = lines[215] + lines[216]
    cited = Source("000:L216-217", joined[-80:], inferred=True)
    assert verify(cited) is None
    assert cited.where.endswith("第216-217行") and "推定" in str(cited)
    assert verify(Source("000:L216,L217", joined[-80:])) is not None


def test_what_is_not_there_is_said() -> None:
    assert "第217行" in (verify(Source("000:L217", "没有这句话")) or "")
    assert "233" in (verify(Source("000:L999", "x")) or "")
    assert verify(Source("000:L216", BANK)) is not None


@pytest.mark.parametrize("place", ["", "000", "000:217", "009:L1", "000:L0", "000:L9-3", "000:L1,", "0:L1"])
def test_a_place_written_otherwise_is_refused(place: str) -> None:
    with pytest.raises(ValueError):
        Source(place, "x")


def test_a_source_needs_its_sentence() -> None:
    with pytest.raises(ValueError):
        Source("000:L1", "")


def test_places() -> None:
    assert spans("000:L182-184") == ((182, 184),) == spans("000:L182-L184")
    assert spans("000:L212,L216") == ((212, 212), (216, 216))


@pytest.mark.parametrize(("document", "lines"), [("000", 233), ("001", 756), ("002", 286), ("003", 100), ("004", 692)])
def test_every_line_of_every_document_has_a_title(document: str, lines: int) -> None:
    for line in range(1, lines + 1):
        assert Source(f"{document}:L{line}", "x").where.endswith(f"第{line}行")
    assert verify(Source(f"{document}:L{lines + 1}", "x")) is not None
