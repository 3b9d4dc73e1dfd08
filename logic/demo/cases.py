"""The beginnings that all after-sales cases of the demo share: who asks, about which order, and how far it is told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from logic.demo.orders import Order, Record
from logic.demo.people import AFTER_SALES
from sheets.port import Serial, Value

DAY, MINUTE = dt.timedelta(days=1), dt.timedelta(minutes=1)
NewId = Callable[[str, dt.date], str]


@dataclass(slots=True, kw_only=True)
class Story:
    """A case on its way: what the register shows so far. Nothing after `now`, or after the state `ends`, is told."""

    order: Order
    now: dt.datetime
    row: Record
    ends: str = ""

    @property
    def agent(self) -> str:
        return str(self.row["agent"])

    @property
    def identity(self) -> str:
        return str(self.row["record_id"])

    def reached(self, moment: dt.datetime, status: str, by: str = "", /, **cells: Value) -> bool:
        """Has this step come? Then the case stands there since then."""
        if moment >= self.now or self.row["status"] == self.ends:
            return False
        self.row |= {"status": status, "updated_by": by or self.agent, "updated_at": Serial.of(moment), **cells}
        return True


def begun(
    order: Order,
    now: dt.datetime,
    case_type: str,
    registered: dt.datetime,
    random: Random,
    new_id: NewId,
    **cells: Value,
) -> Story:
    """A case as it is registered."""
    agent = random.choice(AFTER_SALES)
    line = order.line
    row: Record = {
        "shop": order.shop,
        "case_type": case_type,
        "registered_at": Serial.of(registered),
        "agent": agent,
        "customer_id": order.customer.account,
        "order_no": order.number,
        "goods": f"{line.item.name} {line.colour} ×{line.pieces}",
        "platform_due_at": Serial.of(registered + 5 * DAY) if random.random() < 0.6 else None,
        "proof_url": f"售后截图/{registered:%m%d-%H%M}.jpg" if random.random() < 0.6 else None,
        "status": "已登记",
        "record_id": new_id("SH", registered.date()),
        "created_by": agent,
        "created_at": Serial.of(registered),
        "updated_by": agent,
        "updated_at": Serial.of(registered),
        **cells,
    }
    return Story(order=order, now=now, row=row)


def refund_of(story: Story, random: Random, amount: float, mode: str = "客服同意") -> Record:
    """The cells of a refund on the platform."""
    small = amount < 50 and mode == "客服同意"
    return {
        "refund_mode": mode,
        "refund_amount": amount,
        "refund_route": "平台小额打款" if small else "平台退款",
        "platform_refund_no": f"{random.randint(10**17, 10**18 - 1)}",
    }


def at_work(moment: dt.datetime, random: Random) -> dt.datetime:
    """That moment, or the next hour in which after-sales service works."""
    if moment.hour >= 18:
        moment = (moment + DAY).replace(hour=9, minute=random.randint(0, 59))
    return moment if moment.hour >= 9 else moment.replace(hour=9, minute=random.randint(0, 59))
