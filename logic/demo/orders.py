"""An order of the demo: what the sheet says of it, and how it goes from the printer to the customer.

What the sheet says is worked out at the end, because a transfer decides when the parcel leaves and an after-sales case may
bring it back.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from logic.demo.goods import GIFTS, Line
from logic.demo.people import PACKERS, PRINTERS, SHOPS, STOCK, WHOLESALE_SHOP, Customer
from sheets.port import Serial, Value

DAYS = 91
BANK = "银行转账"
_IMPORTS = ((9, 10), (13, 40), (17, 5), (21, 30))  # when the printer fetches new orders from the platform
_CUTOFF = 16
_STEPS = ("paid", "audited", "printed", "packed", "shipped", "delivered")
COURIERS = (("顺丰速运", "SF", 13), ("圆通速递", "YT", 13), ("京东快递", "JDVB", 11), ("中通快递", "", 14))
_OPEN, _DONE = "未成功(客户未确认收货)", "交易成功(已确认收货)"
_MINUTE = dt.timedelta(minutes=1)
_DAY = dt.timedelta(days=1)

Record = dict[str, Value]


@dataclass(slots=True, kw_only=True)
class Order:
    """An order; a step that has not come has no time. `fate` is what makes it special, empty for most."""

    number: str
    record_id: str
    shop: str
    customer: Customer
    line: Line
    method: str
    ordered: dt.datetime
    fate: str = ""
    gift: str = ""
    due: float = 0.0
    received: float = 0.0  # what the customer has paid
    paid: dt.datetime | None = None
    asked: dt.datetime | None = None  # when sales told the printer, for money that came by transfer
    audited: dt.datetime | None = None
    printed: dt.datetime | None = None
    packed: dt.datetime | None = None
    shipped: dt.datetime | None = None
    delivered: dt.datetime | None = None
    void: dt.datetime | None = None
    courier: str = ""
    waybill: str = ""
    printer: str = PRINTERS[0]
    packer: str = PACKERS[0]
    confirmed: dt.datetime | None = None  # by the warehouse, for somebody in a hurry
    promised: dt.date | None = None
    stock: str = "有货"
    rating: float | None = None
    note: str | None = None

    @property
    def imported(self) -> dt.datetime:
        """The first round of the printer after the order was placed."""
        day = self.ordered.date()
        rounds = [dt.datetime.combine(day, dt.time(*at)) for at in _IMPORTS]
        rounds.append(rounds[0] + _DAY)
        return next(at for at in rounds if at > self.ordered)

    @property
    def print_status(self) -> str:
        if self.void is not None:
            return "作废"
        reached = (
            ("已发货", self.shipped),
            ("已打包贴单", self.packed),
            ("已打单", self.printed),
            ("未打单", self.paid),
        )
        return next((state for state, at in reached if at is not None), "未付款")

    def follow(self, other: Order) -> None:
        """Go in the same parcel as another order of the same customer."""
        for name in ("asked", *_STEPS, "courier", "waybill", "printer", "packer", "promised", "stock", "rating"):
            setattr(self, name, getattr(other, name))

    def told(self, now: dt.datetime) -> Order:
        """The same with the future taken away."""
        for step in (*_STEPS, "void", "confirmed"):
            moment = getattr(self, step)
            if moment is not None and moment >= now:
                setattr(self, step, None)
        if self.paid is None:
            self.received = 0.0
        if self.delivered is None:
            self.rating = None
        return self

    def record(self) -> Record:
        """What the sheet says."""
        shipped = self.shipped is not None
        known = [at for at in (getattr(self, step) for step in (*_STEPS, "void")) if at is not None]
        urgent = self.confirmed is not None
        return {
            "order_no": self.number,
            "shop": self.shop,
            "customer_id": self.customer.account,
            "goods": self.line.item.name,
            "sku": self.line.item.sku,
            "color": self.line.colour,
            "size": self.line.item.size,
            "qty": float(self.line.pieces),
            "gift": self.gift or None,
            "receiver": self.customer.name,
            "phone": self.customer.phone,
            "address": self.customer.address,
            "ordered_at": Serial.of(self.ordered),
            "paid_at": _serial(self.paid),
            "payment_method": self.method,
            "amount_due": self.due,
            "amount_paid": self.received or None,
            "print_status": self.print_status,
            "audit_result": "通过" if self.audited else None,
            "audited_by": self.printer if self.audited else None,
            "printed_by": self.printer if self.printed else None,
            "printed_at": _serial(self.printed),
            "packed_by": self.packer if self.packed else None,
            "packed_at": _serial(self.packed),
            "courier": self.courier if shipped else None,
            "waybill_no": self.waybill if shipped else None,
            "shipped_at": _serial(self.shipped),
            "delivered_at": _serial(self.delivered),
            "platform_ship_due_at": _serial(self.paid + 2 * _DAY if self.paid else None),
            "urgent": "是" if urgent else None,
            "stock_seen": self.stock if self.paid else None,
            "warehouse_confirmed_by": STOCK if urgent else None,
            "warehouse_confirmed_at": _serial(self.confirmed),
            "customer_replied_at": _serial(self.confirmed + 4 * _MINUTE if self.confirmed else None),
            "promised_ship_date": Serial.of(self.promised) if self.promised and self.paid else None,
            "flag": "红旗" if urgent else None,
            "remark": f"加急发货,{self.promised.month}月{self.promised.day}日发" if urgent and self.promised else None,
            "trade_status": None if self.paid is None else _DONE if self.rating else _OPEN,
            "rating": self.rating,
            "note": self.note,
            "record_id": self.record_id,
            "created_by": PRINTERS[0],
            "created_at": Serial.of(self.imported),
            "updated_by": PRINTERS[0],
            "updated_at": Serial.of(max([self.imported, *known])),
        }


def _serial(moment: dt.datetime | None) -> Serial | None:
    return None if moment is None else Serial.of(moment)


def placed(
    random: Random,
    taken: set[str],
    new_id: Callable[[str, dt.date], str],
    customer: Customer,
    line: Line,
    ordered: dt.datetime,
    method: str,
) -> Order:
    """An order as it comes in, with a number that none of `taken` is."""
    number = order_number(random, ordered, taken)
    taken.add(number)
    return Order(
        number=number,
        record_id=new_id("DD", ordered.date()),
        shop=WHOLESALE_SHOP if customer.wholesale else random.choice(SHOPS),
        customer=customer,
        line=line,
        method=method,
        ordered=ordered,
        gift=random.choice(GIFTS),
        due=line.amount,
    )


def handled(order: Order, random: Random) -> None:
    """Audit, print, pack, ship and deliver a paid order."""
    start = order.asked or order.paid
    assert start is not None
    order.audited = _at_work(start + random.randint(4, 40) * _MINUTE, random)
    order.printed = order.audited + random.randint(5, 50) * _MINUTE
    order.packed = order.printed + random.randint(10, 60) * _MINUTE
    late = order.packed.hour >= 18 or start.hour >= _CUTOFF
    leaves = order.packed.date() + (_DAY if late else dt.timedelta())
    if order.fate == "printed":
        order.packed = dt.datetime.combine(leaves, dt.time(9, random.randint(10, 50)))
    if order.fate == "stuck":
        leaves, order.note = leaves + 30 * _DAY, "缺货,等仓库到货"
        order.packed, order.stock = None, "无货"
    order.shipped = dt.datetime.combine(leaves, dt.time(random.randint(18, 19), random.randint(0, 59)))
    order.printer = PRINTERS[0] if random.random() < 0.9 else PRINTERS[1]
    order.packer = random.choice(PACKERS)
    order.courier, order.waybill = posted(random)
    received = order.shipped.date() + random.randint(2, 5) * _DAY
    order.delivered = dt.datetime.combine(received, dt.time(random.randint(9, 19), random.randint(0, 59)))
    if order.fate == "travelling":
        order.delivered = None
    order.rating = random.choice((5.0, 5.0, 5.0, 5.0, 5.0, 4.0, 4.0, 3.0, None, None))
    if order.fate == "urgent":
        order.confirmed = start + 12 * _MINUTE
    if random.random() < 0.6 or order.fate == "urgent":
        order.promised = leaves
    elif random.random() < 0.3:
        order.stock = "未查"


def _at_work(moment: dt.datetime, random: Random) -> dt.datetime:
    """That moment, or soon after the printer comes in."""
    if moment.hour >= 18:
        moment = moment.replace(hour=0) + _DAY
    return moment if moment.hour >= 9 else moment.replace(hour=9, minute=random.randint(0, 40))


def posted(random: Random) -> tuple[str, str]:
    """A courier and a waybill."""
    courier, letters, digits = random.choice(COURIERS)
    return courier, f"{letters}{random.randint(10 ** (digits - 1), 10**digits - 1)}"


def order_number(random: Random, moment: dt.datetime, taken: set[str]) -> str:
    """18 or 19 digits as the platforms give them; their count makes them differ."""
    count = len(taken) + 1
    tail = random.randint(10**8, 10**9 - 1)
    return f"{moment:%y%m%d}{count:04}{tail}" if random.random() < 0.7 else f"4{count:04}{tail}{moment:%m}862"
