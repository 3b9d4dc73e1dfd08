"""A quarter of bank transfers with truthful histories: each is followed from the payment as far as time has come.

Sales register, finance confirms on the next working hours, the printer is told, the parcel leaves, the order is closed.
Some customers pay in two parts, pay several orders at once, pay too little, cancel, or never pay at all.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from logic.demo.goods import RETAIL, WHOLESALE, Line
from logic.demo.orders import BANK, DAYS, Order, Record, handled, placed
from logic.demo.people import (
    ACCOUNTS,
    FINANCE,
    HEAD,
    LEAVER,
    LEFT_BEFORE,
    PRINTERS,
    REGISTRARS,
    Customer,
)
from sheets.port import Serial, Value

SUNDAY = 6
COUNT = 300
_HOURS = (8, 9, 9, 10, 10, 10, 11, 11, 13, 14, 14, 15, 15, 16, 17, 19, 20, 20)
_AFTER_CALL = ("客户说今天转,已提醒填写备注", "已发旺旺确认户名", "已电话核对收货地址", "客户要加急,已告知到账后发货")
_CLOSING = 18
_HOUR = dt.timedelta(hours=1)


@dataclass(slots=True)
class Case:
    """One transfer on its way: what it shows so far, and until when its history is told."""

    row: Record
    now: dt.datetime
    fate: str

    def reached(self, moment: dt.datetime, status: str, by: str, progress: str = "") -> bool:
        """Has this step come? Then the row is in that state since then."""
        if moment >= self.now:
            return False
        self.row |= {"status": status, "updated_by": by, "updated_at": Serial.of(moment)}
        if progress:
            self.row["order_progress"] = progress
        return True

    def tracked(self, moment: dt.datetime, by: str, note: str) -> None:
        if moment < self.now:
            self.row |= {"track_note": note, "last_tracked_at": Serial.of(moment), "tracked_by": by}


class Quarter:
    """Makes the rows of 银行转账明细表 for the 91 days before `today`, and the orders that were paid with them."""

    def __init__(
        self,
        random: Random,
        today: dt.date,
        people: list[Customer],
        new_id: Callable[[str, dt.date], str],
        taken: set[str],
    ) -> None:
        self._random = random
        self._today = today
        self._now = dt.datetime.combine(today, dt.time())
        self._people = people
        self._new_id = new_id
        self._taken = taken
        self.orders: list[Order] = []

    def rows(self) -> list[Record]:
        """In the order in which they were registered."""
        days = sorted(self._random.choices(range(1, DAYS + 1), k=COUNT - len(_FATES)), reverse=True)
        made: list[Record] = []
        for ago in days:
            made.extend(self._transfer(ago, "parts" if ago > 20 and self._random.random() < 0.03 else ""))
        for fate, ago in _FATES:
            made.extend(self._transfer(ago, fate))
        self.orders = [order.told(self._now) for order in self.orders]
        return sorted(made, key=_registered)

    def _transfer(self, ago: int, fate: str) -> list[Record]:
        """The row of one payment, or the two rows of an order paid in parts."""
        day = self._today - dt.timedelta(days=ago)
        customer = self._customer(day)
        paid = self._moment(day)
        orders = self._ordered(customer, paid)
        self.orders += orders
        row = self._registered(paid, customer, orders)
        if fate != "parts":
            return [self._followed(row, orders, fate)]
        due = number(row["amount_due"])
        first = round(due * 0.3)
        after = day + dt.timedelta(days=3)
        customer.days.add(after)
        later = self._registered(self._moment(after), customer, orders)
        row |= {"amount_paid": float(first), "note": "定金,尾款发货前付"}
        later |= {"amount_paid": round(due - first, 2), "note": "尾款"}
        # The parcel leaves when the balance has come; the row of the deposit goes on with the same parcel.
        balance = self._followed(later, orders, "balance")
        return [self._followed(row, orders, "deposit"), balance]

    def _customer(self, day: dt.date) -> Customer:
        free = [customer for customer in self._people if day not in customer.days]
        chosen = self._random.choice(free)
        chosen.days.add(day)
        return chosen

    def _moment(self, day: dt.date) -> dt.datetime:
        return dt.datetime.combine(day, dt.time(self._random.choice(_HOURS), self._random.randint(0, 59)))

    def _ordered(self, customer: Customer, paid: dt.datetime) -> list[Order]:
        """One order, or two of a wholesaler, placed shortly before the payment."""
        random = self._random
        count = 2 if customer.wholesale and random.random() < 0.35 else 1
        made: list[Order] = []
        for item in random.sample(WHOLESALE if customer.wholesale else RETAIL, count):
            many = (20, 30, 50, 80, 100, 200) if customer.wholesale else (1, 1, 1, 2, 2, 3)
            line = Line(item, random.choice(many), random.choice(item.colours))
            ordered = paid - dt.timedelta(minutes=random.randint(9, 55))
            made.append(placed(random, self._taken, self._new_id, customer, line, ordered, BANK))
        return made

    def _registered(self, paid: dt.datetime, customer: Customer, orders: list[Order]) -> Record:
        """What sales write down on the day of the payment."""
        random = self._random
        registered = paid + dt.timedelta(minutes=random.randint(6, 75))
        if paid.hour < _CLOSING <= registered.hour:  # what was paid in working hours is registered before they end
            registered = max(paid, registered.replace(hour=_CLOSING - 1, minute=58)) + dt.timedelta(minutes=1)
        long_ago = paid.date() < self._today - dt.timedelta(days=LEFT_BEFORE)
        by = random.choice((*REGISTRARS, LEAVER) if long_ago else REGISTRARS)
        due = round(sum(order.due for order in orders), 2)
        return {
            "shop": orders[0].shop,
            "registered_at": Serial.of(registered),
            "customer_id": customer.account,
            "customer_name": customer.name,
            "phone": customer.phone,
            "address": customer.address,
            "order_no": "、".join(order.number for order in orders),
            "goods": "；".join(order.line.text for order in orders),
            "amount_due": due,
            "amount_paid": due,
            "paid_at": Serial.of(paid if random.random() < 0.7 else paid.date()),
            "payer_name": customer.payer,
            "payer_bank": customer.bank,
            "payer_last4": customer.last4,
            "receiving_account": ACCOUNTS[customer.wholesale],
            "proof_url": f"转账截图/{paid:%m%d-%H%M}.jpg" if random.random() < 0.8 else None,
            "arrived": "否",
            "order_progress": "未通知打单",
            "status": "已登记",
            "record_id": self._new_id("YH", registered.date()),
            "created_by": by,
            "created_at": Serial.of(registered),
            "updated_by": by,
            "updated_at": Serial.of(registered),
        }

    # -- what becomes of it --------------------------------------------------------------------------------------------

    def _followed(self, row: Record, orders: list[Order], fate: str) -> Record:
        registered = Serial(number(row["registered_at"])).moment()
        by = str(row["created_by"])
        case = Case(row, self._now, fate)
        if fate in ("overdue", "void"):
            self._never_paid(case, registered, by, orders)
            return row
        arrival = self._confirmed(case, registered)
        if arrival is None:
            return row
        if fate == "short":
            row["amount_paid"] = round(number(row["amount_due"]) - self._random.choice((20, 38.5, 100)), 2)
        if fate != "deposit":
            self._paid(row, orders, arrival, fate)
        if fate == "refund":
            if case.reached(arrival + 20 * _HOUR, "已退款", HEAD):
                row["note"] = "客户取消订单,货款已原路退回"
                for order in orders:
                    order.void, order.note = arrival + 20 * _HOUR, "客户取消,货款已退回"
        elif fate == "short":
            case.reached(arrival + dt.timedelta(minutes=20), "金额不符", str(row["confirmed_by"]))
            case.tracked(self._now - 15 * _HOUR, by, "少付了,已联系客户补差价")
        else:
            self._delivered(case, arrival, by, orders)
        return row

    def _never_paid(self, case: Case, registered: dt.datetime, by: str, orders: list[Order]) -> None:
        """The money does not come: reminded, marked overdue, given up after a week."""
        case.tracked(registered + 25 * _HOUR, by, "财务没有查到这笔款,已请客户核对转账账号")
        if case.reached(registered + dt.timedelta(days=3), "超时未到账", by) and case.fate == "overdue":
            case.tracked(self._now - 14 * _HOUR, by, "客户说银行退回,会重新转")
        if case.fate == "void" and case.reached(registered + dt.timedelta(days=7), "已作废", by):
            case.row["note"] = "客户一直没有付款,作废"
            for order in orders:
                order.void, order.note = registered + dt.timedelta(days=7), "客户没有付款,作废"

    def _confirmed(self, case: Case, registered: dt.datetime) -> dt.datetime | None:
        """Finance finds the money in the statement, between nine and five on every day but Sunday."""
        random = self._random
        moment = registered + dt.timedelta(minutes=random.randint(15, 120))
        # A case that every demo shows must not wait for Monday.
        while moment.hour >= 17 or (moment.weekday() == SUNDAY and not case.fate):
            moment = dt.datetime.combine(moment.date() + dt.timedelta(days=1), dt.time(9, random.randint(5, 55)))
        if moment.hour < 9:
            moment = moment.replace(hour=9, minute=random.randint(5, 55))
        by = random.choice(FINANCE)
        if case.fate == "waiting" or not case.reached(moment, "已到账", by):
            return None
        case.row |= {"arrived": "是", "arrived_at": Serial.of(moment), "confirmed_by": by}
        return moment

    def _paid(self, row: Record, orders: list[Order], arrival: dt.datetime, fate: str) -> None:
        """The orders are paid; the printer is asked for them, unless the customer is not ready yet."""
        for order in orders:
            order.paid, order.received = arrival, order.due
        if fate == "short":
            orders[0].received = number(row["amount_paid"])
        if fate in ("short", "refund", "undecided"):
            return
        first = orders[0]
        if fate == "travelling":
            first.fate = fate
        wait = dt.timedelta(days=4) if fate == "balance" else dt.timedelta()
        told = arrival + wait + dt.timedelta(minutes=self._random.randint(12, 80))
        first.asked = self._now - 6 * _HOUR if fate == "printing" else told
        handled(first, self._random)
        for order in orders[1:]:
            order.follow(first)

    def _delivered(self, case: Case, arrival: dt.datetime, by: str, orders: list[Order]) -> None:
        """Told to the printer, sent, received."""
        order = orders[0]
        case.tracked(arrival + dt.timedelta(minutes=self._random.randint(3, 12)), by, self._random.choice(_AFTER_CALL))
        if order.asked is None:
            case.tracked(self._now - 13 * _HOUR, by, "客户还在选颜色,确定后通知打单")
            return
        if not case.reached(order.asked, "已通知打单", by, "已通知打单"):
            return
        case.tracked(order.asked, by, "已通知打单")
        if order.shipped is None or not case.reached(order.shipped, "已发货", PRINTERS[0], "已发货"):
            return
        case.row |= {"waybill_no": order.waybill, "shipped_at": Serial.of(order.shipped)}
        case.tracked(order.shipped + 15 * _HOUR, by, "已把快递单号发给客户")
        if order.delivered is not None and case.reached(order.delivered, "已完成", by, "已完成"):
            case.tracked(order.delivered, by, "客户已签收")


# Cases that every demo shows, and how many days ago the customer said to have paid.
_FATES = (
    *(("void", ago) for ago in (12, 21, 34, 47, 63, 80)),
    *(("overdue", ago) for ago in (4, 5, 5)),
    *(("refund", ago) for ago in (9, 17, 26, 41, 58, 77)),
    *(("short", ago) for ago in (4, 6)),
    *(("undecided", ago) for ago in (2, 3)),
    *(("printing", ago) for ago in (2, 3)),
    *(("waiting", ago) for ago in (1, 1)),
    *(("travelling", ago) for ago in (4, 4)),
)


def number(value: Value) -> float:
    """A cell known to hold a number or a date."""
    assert isinstance(value, float)
    return value


def _registered(row: Record) -> float:
    return number(row["registered_at"])
