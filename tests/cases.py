"""Two small registers of which one's buttons write to the other, and a roster of those who may press them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from logic.fields import Row, field
from logic.kinds import Choice, Date, Identifier, Moment, Staff, Text
from logic.register import Register, registers
from logic.workflow import ACTOR, ACTOR_IF_BLANK, NEW_ID, NOW, Copy, Effect, Transition, Workflow
from sheets.port import Sheet


class Case(Row):
    """测试用:登记。"""

    goods: str | None = field("商品", Text(), naming=True)
    slip: str | None = field("单号", Identifier())
    kind: str | None = field("类型", Choice("撤回", "其他"))
    back_on: dt.date | None = field("退回日期", Date())
    taken_by: str | None = field("收回人", Staff())


class Slip(Row):
    """测试用:单子。"""

    number: str | None = field("编号", Identifier(), naming=True)
    case: str | None = field("登记", Identifier())
    goods_of: str | None = field("物品", Text())
    printed_at: dt.date | dt.datetime | None = field("打印时间", Moment())
    signer: str | None = field("签字人", Text())
    keeper: str | None = field("保管人", Staff())
    state: str | None = field("单子状态", Choice("已打印", "已签字"))


VOID = Transition(
    key="void", label="作废", source_states=("",), target="作废", roles=("售后客服",), reason_required=True
)
SLIPS = Register(
    key="slips",
    title="单子",
    prefix="DZ",
    area="system",
    model=Slip,
    samples=({"number": "1"},),
    grants={"售后客服": "CE"},
    workflow=Workflow(states=("作废",), initial="", closed_states=frozenset({"作废"}), transitions=(VOID,)),
)
CASES = Register(
    key="cases",
    title="登记",
    prefix="DJ",
    area="system",
    model=Case,
    samples=({"goods": "1"},),
    grants={"售后客服": "Ce", "打单员": "S", "部门主管": "E", "财务": "V"},
    workflow=Workflow(
        states=("已登记", "已打印", "已签字", "已作废"),
        initial="已登记",
        closed_states=frozenset({"已作废"}),
        transitions=(
            Transition(
                key="print",
                label="打印",
                source_states=("已登记",),
                target="已打印",
                roles=("售后客服",),
                only={"kind": ("撤回", "")},
                effects=(
                    Effect(
                        register="slips",
                        link="slip",
                        creates=True,
                        values={
                            "number": NEW_ID,
                            "case": Copy("record_id"),
                            "goods_of": Copy("goods"),
                            "printed_at": NOW,
                            "state": "已打印",
                        },
                    ),
                ),
            ),
            Transition(
                key="sign",
                label="签字",
                source_states=("已登记", "已打印"),
                target="已签字",
                roles=("打单员",),
                stamps={"back_on": NOW, "taken_by": ACTOR},
                effects=(
                    Effect(
                        register="slips",
                        link="slip",
                        values={"keeper": ACTOR_IF_BLANK, "state": "已签字"},
                        asks=("signer",),
                        needs=("signer",),
                    ),
                ),
            ),
            Transition(
                key="void",
                label="作废",
                source_states=("已登记",),
                target="已作废",
                roles=("售后客服",),
                reason_required=True,
            ),
        ),
    ),
)
STAFF = registers()["staff"]
KNOWN = {one.key: one for one in (CASES, SLIPS, STAFF)}
PEOPLE = (("小售", "售后客服"), ("小打", "打单员"), ("老部", "部门主管"), ("小财", "财务"), ("小二", "售后客服"))


def tab(register: Register, rows: Sequence[Mapping[str, str]] = ()) -> Sheet:
    headers = tuple(one.header for one in register.fields.values())
    return Sheet(register.title, [headers, *(tuple(row.get(name) for name in register.fields) for row in rows)])


ROSTER = [
    {"name": name, "position": position, "record_id": f"YG261101-2222{n}"}
    for n, (name, position) in enumerate(PEOPLE, start=2)
]
