"""Parcels called back on their way, and the slips of it, told as far as time has come.

The customer changes his mind while the parcel travels; the courier is called, signs the slip, brings the parcel back and
takes his slip. An order that came back never arrived at the customer: its history is mended here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from random import Random

from logic.demo.cases import DAY, MINUTE, NewId, Story, at_work, begun, refund_of
from logic.demo.orders import Order, Record
from logic.demo.people import PRINTERS, SHOP
from sheets.port import Serial, Value

RECALL, RECEIVED = "撤回包裹", "原包裹已收到"
COUNT = 175
_SIGNERS = ("小陈", "老周", "阿强", "王师傅", "李师傅")
_REGRETS = (
    "客户拍错颜色,不想要了", "客户说在别家买到了", "家里人已经买了,要求退款", "尺寸拍错,客户要重拍", "等不及,不要了",
    "客户说装修推迟,先退掉",
)  # fmt: skip
_AUTOMATIC = ("automatic", "refunded early")
_FAILURES = ("已签收", "已派送", "快递无法拦截")


class Recalls:
    """Makes the recalls of the orders given and keeps their slips in `slips`."""

    def __init__(self, random: Random, today: dt.date, orders: Sequence[Order], new_id: NewId) -> None:
        self._random = random
        self._today = today
        self._now = dt.datetime.combine(today, dt.time())
        self._new_id = new_id
        self._free = [order for order in orders if order.shipped is not None]
        self.slips: list[Record] = []

    def rows(self) -> list[Record]:
        made = [self._recall(self._shipped(ago), fate) for fate, ago in _FATES]
        made += [self._recall(self._shipped(None), "") for _ in range(COUNT - len(_FATES))]
        return [story.row for story in made]

    def _shipped(self, ago: int | None) -> Order:
        """An order sent so many days ago, or one sent long enough ago for its recall to be over by now, mostly."""
        wanted = [order for order in self._free if ago is None or _sent(order, self._today) == ago]
        chosen = self._random.choice(wanted or self._free)
        self._free.remove(chosen)
        return chosen

    def _recall(self, order: Order, fate: str) -> Story:
        random = self._random
        assert order.shipped is not None
        morning = dt.datetime.combine(order.shipped.date() + DAY, dt.time(9))
        registered = morning + random.randint(0, 400) * MINUTE
        if registered >= self._now:  # sent yesterday: the customer called in the evening
            registered = order.shipped + random.randint(5, 60) * MINUTE
        parcel: Record = {
            "situation": random.choice(_REGRETS),
            "courier": order.courier,
            "waybill_no": order.waybill,
        }
        story = begun(order, self._now, RECALL, registered, random, self._new_id, **parcel)
        story.ends = _ENDS.get(fate, "")
        if fate == "void":
            story.reached(registered + 9 * MINUTE, "作废", note="重复登记,作废")
            return story
        order.delivered = order.rating = None
        contacted = registered + random.randint(3, 45) * MINUTE
        if fate == "next day":
            contacted += DAY
            story.row["note"] = "快递电话打不通,第二天才联系上"
        if story.reached(contacted, "已联系快递", courier_contacted_at=Serial.of(contacted)):
            self._printed(story, contacted + random.randint(4, 40) * MINUTE, fate)
        return story

    def _printed(self, story: Story, printed: dt.datetime, fate: str) -> None:
        random = self._random
        if fate in ("failed", "wanted") and random.random() < 0.5:
            self._given_up(story, printed, fate)
            return
        if fate == "printed twice" and printed < self._now:
            spoilt = self._slip(story, printed - 2 * MINUTE)
            self.slips.append(spoilt | {"slip_status": "作废", "status": "作废", "note": "打印机卡纸,重新打了一张"})
        slip = self._slip(story, printed)
        if not story.reached(printed, "退回单已打印", slip_no=slip["record_id"]):
            return
        self.slips.append(slip)
        if fate in ("failed", "wanted"):
            self._given_up(story, printed + 5 * 60 * MINUTE, fate)
            return
        signed = dt.datetime.combine(
            printed.date() + random.choice((0, 0, 1)) * DAY, dt.time(17, random.randint(5, 55))
        )
        signed = max(signed, printed + 20 * MINUTE)
        keeper = PRINTERS[0] if random.random() < 0.9 else PRINTERS[1]
        if not story.reached(signed, "快递已签字", keeper):
            return
        _written(slip, signed, keeper, slip_status="已签字", courier_signed_on=Serial.of(signed.date()))
        slip |= {"courier_signer": f"{story.order.courier[:2]}{random.choice(_SIGNERS)}", "slip_keeper": keeper}
        self._returned(story, slip, signed, keeper, fate)

    def _slip(self, story: Story, printed: dt.datetime) -> Record:
        identity = self._new_id("TD", printed.date())
        customer = story.order.customer
        return {
            "slip_no": identity,
            "case_id": story.identity,
            "courier": story.order.courier,
            "waybill_no": story.order.waybill,
            "slip_info": f"寄:{story.order.shop};收:{customer.name};退回:浙江省义乌市北苑街道 18 号 {SHOP}仓库",
            "slip_printed_at": Serial.of(printed),
            "slip_status": "已打印",
            "record_id": identity,
            "created_by": story.agent,
            "created_at": Serial.of(printed),
            "updated_by": story.agent,
            "updated_at": Serial.of(printed),
        }

    def _given_up(self, story: Story, moment: dt.datetime, fate: str) -> None:
        """The courier cannot stop the parcel, or the customer wants it after all: it arrives."""
        arrives = dt.datetime.combine(moment.date() + self._random.randint(1, 2) * DAY, dt.time(15, 20))
        if fate == "wanted":
            story.reached(moment, "客户又要了", note="客户说还是要,不退了")
        else:
            story.reached(moment, "撤回失败", recall_failed_reason=self._random.choice(_FAILURES))
            if story.row["status"] == "撤回失败" and self._random.random() < 0.4:
                story.reached(arrives + DAY, "已结案", resolution="拦不下来,客户收到后同意留下,补偿优惠券")
        story.order.delivered = arrives if arrives < self._now else None

    def _returned(self, story: Story, slip: Record, signed: dt.datetime, keeper: str, fate: str) -> None:
        random = self._random
        amount = story.order.due
        if fate in _AUTOMATIC:
            # The platform refunds by itself while the parcel travels: a fact, whatever the order of the steps.
            refund = refund_of(story, random, amount, "平台自动退款")
            story.row |= {**refund, "refund_on": Serial.of(min(signed.date() + DAY, self._today - DAY))}
        after = random.randint(5, 9) if fate == "slow" else random.randint(1, 4)
        back = dt.datetime.combine(signed.date() + after * DAY, dt.time(random.randint(10, 16), random.randint(0, 59)))
        condition = random.choice(("完好", "完好", "完好", "完好", "拆封", "破损"))
        day = Serial.of(back.date())
        receipt: Record = {"receipt_phrase": RECEIVED, "receipt_by": keeper, "receipt_on": day}
        if not story.reached(back, RECEIVED, keeper, parcel_back_on=day, parcel_condition=condition, **receipt):
            return
        if fate == "slip lost":
            _written(slip, back, keeper, signed_slip_returned="否", note="别的快递员送回,签字联没有换回")
        else:
            _written(slip, back, keeper, signed_slip_returned="是", swapped_back_on=day, slip_status="签字联已交还")
        if fate in _AUTOMATIC:
            story.reached(back + 40 * MINUTE, "退款处理中")
            story.reached(back + 50 * MINUTE, "已结案", resolution="平台已自动退款,包裹已退回")
            return
        started = at_work(back + random.randint(15, 600) * MINUTE, random)
        refund = refund_of(story, random, amount)
        if not story.reached(started, "退款处理中", refund_by=story.agent, **refund):
            return
        paid = at_work(started + random.randint(5, 400) * MINUTE, random)
        if fate == "to pay" or not story.reached(paid, "退款处理中", refund_on=Serial.of(paid.date())):
            return
        story.reached(paid + 10 * MINUTE, "已结案", resolution="包裹已撤回,货款已退")


def _sent(order: Order, today: dt.date) -> int:
    assert order.shipped is not None
    return (today - order.shipped.date()).days


def _written(slip: Record, moment: dt.datetime, by: str, **cells: Value) -> None:
    slip |= {"updated_by": by, "updated_at": Serial.of(moment), **cells}


# Recalls that every demo shows, and how many days ago the parcel left.
_FATES = (
    *(("registered", ago) for ago in (1, 2)),
    *(("contacted", ago) for ago in (2, 2)),
    *(("printed", ago) for ago in (2, 3, 3)),
    *(("signed", ago) for ago in (3, 4, 5, 8)),
    *(("overdue", ago) for ago in (10, 11, 13)),
    *(("received", ago) for ago in (6, 7)),
    *(("refunding", ago) for ago in (7, 8)),
    *(("to pay", ago) for ago in (8, 9)),
    *(("failed", ago) for ago in (6, 17, 29, 38, 46, 55, 63, 72)),
    *(("wanted", ago) for ago in (5, 20, 33, 51, 69)),
    *(("automatic", ago) for ago in (4, 16, 37, 59)),
    ("refunded early", 5),
    *(("slip lost", ago) for ago in (14, 31, 48, 66)),
    *(("slow", ago) for ago in (21, 35, 57, 74)),
    *(("next day", ago) for ago in (24, 53)),
    *(("printed twice", ago) for ago in (15, 27, 44, 61)),
    *(("void", ago) for ago in (18, 40)),
)
_ENDS = {
    "registered": "已登记",
    "contacted": "已联系快递",
    "printed": "退回单已打印",
    "signed": "快递已签字",
    "overdue": "快递已签字",
    "refunded early": "快递已签字",
    "received": RECEIVED,
    "refunding": "退款处理中",
}
