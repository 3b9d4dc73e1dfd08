"""The orders of the demo's quarter that were placed and paid on the platform, each as far as time has come."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from random import Random

from logic.demo.goods import RETAIL, WHOLESALE, Line
from logic.demo.orders import BANK, DAYS, Order, handled, placed
from logic.demo.people import Customer

_MINUTE = dt.timedelta(minutes=1)
_DAY = dt.timedelta(days=1)


class Platform:
    """Makes the orders of the 91 days before `today` that were paid on the platform, in the order in which they came."""

    def __init__(
        self,
        random: Random,
        today: dt.date,
        people: Sequence[Customer],
        new_id: Callable[[str, dt.date], str],
        taken: set[str],
    ) -> None:
        self._random = random
        self._today = today
        self._now = dt.datetime.combine(today, dt.time())
        self._people = people
        self._new_id = new_id
        self._taken = taken

    def orders(self, count: int) -> list[Order]:
        random = self._random
        made = [self._order(random.randint(2, DAYS), "") for _ in range(count - len(_FATES))]
        made += [self._order(ago, fate) for fate, ago in _FATES]
        return sorted((order.told(self._now) for order in made), key=lambda order: order.ordered)

    def _order(self, ago: int, fate: str) -> Order:
        random = self._random
        customer = random.choice(self._people)
        hour = _HOUR_OF.get(fate) or random.choice((7, 9, 10, 10, 11, 12, 13, 14, 15, 16, 18, 20, 21, 22))
        ordered = dt.datetime.combine(self._today - ago * _DAY, dt.time(hour, random.randint(0, 49)))
        item = random.choice(WHOLESALE if customer.wholesale else RETAIL)
        pieces = random.choice((10, 20, 30, 50)) if customer.wholesale else random.choice((1, 1, 1, 1, 2, 3))
        line = Line(item, pieces, random.choice(item.colours))
        method = "支付宝" if random.random() < 0.85 else "信用卡"
        order = placed(random, self._taken, self._new_id, customer, line, ordered, method)
        order.fate = fate
        if fate in ("unpaid", "closed"):
            order.void = ordered + _DAY if fate == "closed" else None
            order.note = "超时未付款,平台自动关闭" if fate == "closed" else None
            return order
        order.paid = paid = ordered + random.randint(1, 9) * _MINUTE
        order.received = order.due
        if fate == "unregistered":
            order.method, order.note = BANK, "客户说已转账"
            return order
        handled(order, random)
        if fate == "withdrawn":
            order.audited = order.printed = order.packed = order.shipped = order.delivered = None
            order.void, order.note = paid + 3 * dt.timedelta(hours=1), "客户付款后取消,打单前已作废"
        return order


# Orders that every demo shows, how many days ago they came, and at what hour where that matters.
_FATES = (
    *(("unpaid", ago) for ago in (1, 1, 1)),
    *(("closed", ago) for ago in (5, 13, 22, 37, 44, 61, 70)),
    *(("withdrawn", ago) for ago in (8, 19, 33, 52, 66)),
    *(("unprinted", ago) for ago in (1, 1, 1, 1)),
    *(("printed", ago) for ago in (1, 1)),
    *(("packed", ago) for ago in (1, 1, 1)),
    *(("stuck", ago) for ago in (2, 3)),
    *(("unregistered", ago) for ago in (1, 4)),
    *(("urgent", ago) for ago in (2, 9, 24, 43, 68)),
)
_HOUR_OF: Mapping[str, int] = {
    "unpaid": 21,
    "unprinted": 20,
    "printed": 16,
    "packed": 16,
    "stuck": 11,
    "urgent": 17,
    "unregistered": 19,
}
