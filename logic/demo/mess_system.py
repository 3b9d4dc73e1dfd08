"""What is wrong with the demo's settings and roster on purpose."""

from __future__ import annotations

from collections.abc import Callable

from logic.demo.mess import Mess, Row
from logic.demo.people import HEAD


def _is(name: str, value: str) -> Callable[[Row], bool]:
    return lambda row: row[name] == value


SETTINGS: tuple[Mess, ...] = (
    Mess(
        "值写成了汉字",
        lambda s: {"value": "两个小时"},
        (("value", "DAT-01"),),
        on=_is("key", "退款维权处理时限(小时)"),
    ),
    Mess("没有批准人", lambda s: {"approver": None}, (("approver", "DAT-09"),), on=_is("key", "发货后签收时限(天)")),
    Mess("自己批准自己", lambda s: {"approver": HEAD}, (("approver", "SOD-02"),), on=_is("key", "可以放行的岗位")),
)
STAFF: tuple[Mess, ...] = (
    Mess("直接上级写的是称呼", lambda s: {"superior": "沈总"}, (("superior", "DAT-05"),), on=_is("name", "温书宁")),
)


def is_plain(row: Row) -> bool:
    return True
