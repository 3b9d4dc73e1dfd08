"""Where a rule or a column comes from: the documents of the company, cited by file, line and verbatim sentence.

A place is a file and its lines as `sed -n` counts them: ``000:L217`` one line, ``000:L182-184`` lines read as one
without breaks and blank lines, ``000:L212,L216`` a sentence that stands in each of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

_FOLDER = Path(__file__).with_name("sources")
_PLACE = re.compile(r"(\d{3}):(L\d+(?:-L?\d+)?(?:,L\d+(?:-L?\d+)?)*)")

# Each file is a paste-up of several documents; a title holds from its first line to the line before the next.
_TITLES: Final[dict[str, tuple[tuple[int, str], ...]]] = {
    "000": (
        (1, "电商运营专员的工作职责"),
        (13, "电商部门规章制度(总则)"),
        (42, "淘宝天猫京东电商组织架构岗位职责及业务流程"),
        (52, "电商岗位职责"),
        (63, "电商部部门工作流程"),
        (106, "电商部岗位流程及职责"),
        (138, "电商部门规章制度"),
        (168, "电商部岗位职责及工作流程"),
    ),
    "001": (
        (1, "电商企业运营中心组织架构及岗位职责表"),
        (437, "财务部中心业务流程"),
        (746, "电商企业运营中心组织架构及岗位职责表"),
    ),
    "002": (
        (1, "电商部管理制度"),
        (54, "电商部安全管理制度"),
        (80, "电商部门管理制度(考勤)"),
        (97, "电商运营管理制度"),
        (161, "电子商务公司的管理制度(仓库)"),
        (179, "电商部规章制度"),
        (197, "电商部门管理制度(部门职责)"),
        (216, "电商部工作职责和考核标准"),
    ),
    "003": ((1, "电商人员的工作职责"),),
    "004": (
        (1, "淘宝天猫人员架构与岗位职责"),
        (359, "淘宝天猫店铺各岗位工作职责及绩效考核制度"),
        (412, "大型淘宝店铺各岗位职责描述细分表"),
    ),
}


@dataclass(frozen=True, slots=True)
class Source:
    """One sentence of the documents. `inferred`: the sentence does not say it, but it cannot be kept without it."""

    place: str
    sentence: str
    inferred: bool = False

    def __post_init__(self) -> None:
        spans(self.place)
        if not self.sentence:
            raise ValueError(f"{self.place}: a source needs its sentence")

    @property
    def where(self) -> str:
        """The place as staff read it, e.g. 《电商部岗位职责及工作流程》第217行."""
        lines = spans(self.place)
        name = "、".join(str(first) if first == last else f"{first}-{last}" for first, last in lines)
        return f"《{_title(self.place[:3], lines[0][0])}》第{name}行"

    def __str__(self) -> str:
        return f"「{self.sentence}」({self.where}{',推定' if self.inferred else ''})"


def spans(place: str) -> tuple[tuple[int, int], ...]:
    """First and last line of each part of a place; raises ValueError where it is not written like one."""
    found = _PLACE.fullmatch(place)
    if found is None or found[1] not in _TITLES:
        raise ValueError(f"{place!r} is no place; write 000:L217, 000:L182-184 or 000:L212,L216")
    parts = (part.replace("L", "").split("-") for part in found[2].split(","))
    lines = tuple((int(part[0]), int(part[-1])) for part in parts)
    if any(not 1 <= first <= last for first, last in lines):
        raise ValueError(f"{place!r}: the lines run backwards")
    return lines


def verify(source: Source) -> str | None:
    """Why the sentence is not found word for word in each of the lines named, or None."""
    document = _lines(source.place[:3])
    for first, last in spans(source.place):
        if last > len(document):
            return f"{source.place}:文件只有 {len(document)} 行"
        if source.sentence not in "".join(document[first - 1 : last]):
            return f"{source.place}:第{first}行起没有「{source.sentence}」"
    return None


def _title(document: str, line: int) -> str:
    return next(title for first, title in reversed(_TITLES[document]) if first <= line)


@cache
def _lines(document: str) -> tuple[str, ...]:
    """The lines of a document, split at line feeds only, as the citations count them."""
    return tuple((_FOLDER / f"{document}.txt").read_text(encoding="utf-8").split("\n"))
