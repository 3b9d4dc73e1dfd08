"""The after-sales cases of the demo in which nothing comes back: faults, damage, wrong or missing goods, price gaps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from random import Random

from logic.demo.cases import MINUTE, NewId, Story, at_work, begun, refund_of
from logic.demo.orders import Order, Record
from logic.demo.people import AFTER_SALES, STOCK
from sheets.port import Serial

QUALITY = "质量问题"
_VERIFIED_ALONE = 1500.0  # above that the warehouse looks too, as the settings of the demo say

# 售后类型, 情况说明, 处理结果, 退款占货款的几成, 联系了谁, 几件
_KINDS = (
    (QUALITY, "客户说线头多、有破洞,要求补偿", "照片属实,按质量问题部分退款", 0.3, "", 22),
    (QUALITY, "客户说灯不亮,怀疑坏了", "照片和视频属实,全额退款,不用寄回", 1.0, "", 14),
    ("破损", "开箱发现边角磕坏", "快递破损,部分退款并向快递索赔", 0.2, "快递公司客服", 14),
    ("错发/漏发", "少发一件,客户发了开箱视频", "仓库核对后补发", 0.0, "仓储部", 13),
    ("错发/漏发", "颜色发错,客户愿意留下", "客户留下,退差价", 0.1, "仓储部", 6),
    ("丢件/未收到", "物流显示签收,客户说没有收到", "快递确认丢件,全额退款", 1.0, "快递公司客服", 8),
    ("改址转寄", "客户临时出差,要求改寄公司", "已请快递转寄新地址", 0.0, "快递公司客服", 8),
    ("补发", "配件缺螺丝包", "已补发配件", 0.0, "", 10),
    ("退差价/补偿", "刚买就降价,要求退差价", "按活动价退差价", 0.08, "", 14),
    ("其他", "客户要开发票抬头更正", "已转财务重开", 0.0, "财务部", 7),
)


class Claims:
    """Makes these cases for delivered orders."""

    def __init__(self, random: Random, today: dt.date, orders: Sequence[Order], new_id: NewId) -> None:
        self._random = random
        self._today = today
        self._now = dt.datetime.combine(today, dt.time())
        self._new_id = new_id
        self._free = [order for order in orders if order.delivered is not None]

    def rows(self) -> list[Record]:
        kinds = [kind for kind in _KINDS for _ in range(kind[-1])]
        made = [self._claim(kind, "", None) for kind in kinds]
        made += [self._claim(_KINDS[number], ends, ago) for number, ends, ago in _ENDS]
        return [story.row for story in made]

    def _delivered(self, ago: int | None) -> Order:
        wanted = [one for one in self._free if ago is None or _since(one, self._today) == ago]
        chosen = self._random.choice(wanted or self._free)
        self._free.remove(chosen)
        return chosen

    def _claim(self, kind: tuple[str, str, str, float, str, int], ends: str, ago: int | None) -> Story:
        case_type, situation, resolution, share, party, _ = kind
        random = self._random
        order = self._delivered(ago)
        assert order.delivered is not None
        registered = at_work(order.delivered + random.randint(20, 700) * MINUTE, random)
        if case_type == "改址转寄":  # while it travels
            assert order.shipped is not None
            registered = at_work(order.shipped + 900 * MINUTE, random)
        if registered >= self._now:
            registered = order.delivered + MINUTE
        story = begun(order, self._now, case_type, registered, random, self._new_id, situation=situation)
        story.ends = ends
        moment = registered + random.randint(10, 90) * MINUTE
        if party and story.reached(moment, "已登记", contacted_party=party, contacted_at=Serial.of(moment)):
            moment += 30 * MINUTE
        if case_type == QUALITY and not self._verified(story, moment, round(order.due * share, 2)):
            return story
        self._settled(story, moment + 26 * 60 * MINUTE, share, resolution)
        if random.random() < 0.04:
            self._handed_over(story, registered)
        return story

    def _verified(self, story: Story, moment: dt.datetime, amount: float) -> bool:
        """Photographs, then a look at them; whether the claim is good."""
        random = self._random
        if not story.reached(moment, "待核实"):
            return False
        verified = at_work(moment + random.randint(120, 900) * MINUTE, random)
        good = random.random() < 0.85 or bool(story.ends)
        people = f"{story.agent}、{STOCK}" if amount > _VERIFIED_ALONE else story.agent
        photos = f"质量照片/{story.order.number[-6:]}-1.jpg、质量照片/{story.order.number[-6:]}-2.jpg"
        result = "属实" if good else "不属实"
        facts: Record = {"photo_url": photos, "verified_by": people, "verified_at": Serial.of(verified)}
        if not story.reached(verified, "已核实", verified_result=result, **facts):
            return False
        if not good:
            story.reached(verified + 30 * MINUTE, "已结案", resolution="照片看不出问题,已向客户说明使用方法")
        return good

    def _settled(self, story: Story, moment: dt.datetime, share: float, resolution: str) -> None:
        random = self._random
        moment = at_work(moment, random)
        refund: Record = {}
        if share:
            refund = refund_of(story, random, max(5.0, round(story.order.due * share, 2)))
        if not story.reached(moment, "退款处理中", **refund):
            return
        done = at_work(moment + random.randint(20, 300) * MINUTE, random)
        if share:
            paid: Record = {"refund_by": story.agent, "refund_on": Serial.of(done.date())}
            if not story.reached(done, "退款处理中", **paid):
                return
        story.reached(done + 10 * MINUTE, "已结案", resolution=resolution)

    def _handed_over(self, story: Story, registered: dt.datetime) -> None:
        """Another agent goes on with it."""
        first = next(name for name in AFTER_SALES if name != story.agent)
        at = Serial.of(registered + 8 * MINUTE)
        story.row |= {"handed_over_by": first, "handed_over_at": at, "handover_reason": "休假", "created_by": first}


def _since(order: Order, today: dt.date) -> int:
    assert order.delivered is not None
    return (today - order.delivered.date()).days


# Open cases that every demo shows: which of the kinds, in which state, how many days after the delivery.
_ENDS = (
    (0, "已登记", 1), (0, "待核实", 2), (1, "待核实", 3), (0, "已核实", 3), (1, "已核实", 4), (2, "已登记", 1),
    (3, "已登记", 2), (2, "退款处理中", 4), (8, "退款处理中", 3), (9, "已登记", 1),
)  # fmt: skip
