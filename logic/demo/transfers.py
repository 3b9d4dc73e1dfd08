"""A quarter of bank transfers with truthful histories: each is followed from the payment as far as time has come.

Sales register, finance confirms on the next working hours, the printer is told, the parcel leaves, the order is closed.
Some customers pay in two parts, pay several orders at once, pay too little, cancel, or never pay at all.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from logic.demo.people import FINANCE, HEAD, LEAVER, LEFT_BEFORE, REGISTRARS, SHOP, Customer
from sheets.port import Serial, Value

DAYS = 91
SUNDAY = 6
COUNT = 300
_RETAIL = (
    ("亚麻四件套 1.8m床", 459.0), ("水洗棉四件套 1.5m床", 329.0), ("桑蚕丝夏被 200×230", 899.0), ("羽绒被 220×240", 1299.0),
    ("乳胶枕 一对", 268.0), ("遮光窗帘 3×2.7m 定制", 536.5), ("羊毛地毯 160×230", 780.0), ("实木床头柜", 415.8), ("落地灯 原木色", 239.9),
    ("餐椅 四把装", 1068.0), ("纯棉浴巾 六条装", 188.4), ("懒人沙发 含脚凳", 599.0),
)  # fmt: skip
_WHOLESALE = (
    ("酒店布草四件套", 128.0), ("毛巾 35×75 白色", 6.8), ("浴巾 70×140 白色", 21.5), ("民宿拖鞋", 2.35), ("荞麦枕芯", 18.9),
    ("全棉床笠 1.5m", 43.6), ("珊瑚绒毯 150×200", 32.7),
)  # fmt: skip
_SHOPS = (f"{SHOP}旗舰店", f"{SHOP}淘宝店")
_WHOLESALE_SHOP = f"{SHOP}1688店"
_ACCOUNTS = ("工商银行对公户(尾号0886)", "招商银行对公户(尾号3210)")
_WAYBILLS = (("SF", 13), ("YT", 13), ("JDVB", 11), ("", 14))
_HOURS = (8, 9, 9, 10, 10, 10, 11, 11, 13, 14, 14, 15, 15, 16, 17, 19, 20, 20)
_AFTER_CALL = ("客户说今天转,已提醒填写备注", "已发旺旺确认户名", "已电话核对收货地址", "客户要加急,已告知到账后发货")

Record = dict[str, Value]


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
    """Makes the rows of 银行转账明细表 for the 91 days before `today`, in the order in which they were registered."""

    def __init__(
        self, random: Random, today: dt.date, people: list[Customer], new_id: Callable[[str, dt.date], str]
    ) -> None:
        self._random = random
        self._today = today
        self._now = dt.datetime.combine(today, dt.time())
        self._people = people
        self._new_id = new_id
        self._orders = 0

    def rows(self) -> list[Record]:
        days = sorted(self._random.choices(range(1, DAYS + 1), k=COUNT - len(_FATES)), reverse=True)
        made: list[Record] = []
        for ago in days:
            made.extend(self._transfer(ago, "parts" if ago > 20 and self._random.random() < 0.03 else ""))
        for fate, ago in _FATES:
            made.extend(self._transfer(ago, fate))
        return sorted(made, key=_registered)

    def _transfer(self, ago: int, fate: str) -> list[Record]:
        """The row of one payment, or the two rows of an order paid in parts."""
        day = self._today - dt.timedelta(days=ago)
        customer = self._customer(day)
        row = self._registered(day, customer)
        if fate != "parts":
            return [self._followed(row, customer, fate)]
        due = number(row["amount_due"])
        first = round(due * 0.3)
        later = self._registered(day + dt.timedelta(days=3), customer)
        later |= {name: row[name] for name in ("shop", "order_no", "goods", "amount_due")}
        row |= {"amount_paid": float(first), "note": "定金,尾款发货前付"}
        later |= {"amount_paid": round(due - first, 2), "note": "尾款"}
        customer.days.add(day + dt.timedelta(days=3))
        return [self._followed(row, customer, "deposit"), self._followed(later, customer, "balance")]

    def _customer(self, day: dt.date) -> Customer:
        free = [customer for customer in self._people if day not in customer.days]
        chosen = self._random.choice(free)
        chosen.days.add(day)
        return chosen

    def _registered(self, day: dt.date, customer: Customer) -> Record:
        """What sales write down on the day of the payment."""
        random = self._random
        paid = dt.datetime.combine(day, dt.time(random.choice(_HOURS), random.randint(0, 59)))
        registered = paid + dt.timedelta(minutes=random.randint(6, 75))
        by = random.choice((*REGISTRARS, LEAVER) if day < self._today - dt.timedelta(days=LEFT_BEFORE) else REGISTRARS)
        count = 2 if customer.wholesale and random.random() < 0.35 else 1
        goods, due = self._goods(customer.wholesale, count)
        return {
            "shop": _WHOLESALE_SHOP if customer.wholesale else random.choice(_SHOPS),
            "registered_at": Serial.of(registered),
            "customer_id": customer.account,
            "customer_name": customer.name,
            "phone": customer.phone,
            "address": customer.address,
            "order_no": "、".join(self._order(paid) for _ in range(count)),
            "goods": goods,
            "amount_due": due,
            "amount_paid": due,
            "paid_at": Serial.of(paid if random.random() < 0.7 else day),
            "payer_name": customer.payer,
            "payer_bank": customer.bank,
            "payer_last4": customer.last4,
            "receiving_account": _ACCOUNTS[customer.wholesale],
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

    def _goods(self, wholesale: bool, count: int) -> tuple[str, float]:
        random = self._random
        names: list[str] = []
        due = 0.0
        for name, price in random.sample(_WHOLESALE if wholesale else _RETAIL, count):
            pieces = random.choice((20, 30, 50, 80, 100, 200)) if wholesale else random.choice((1, 1, 1, 2, 2, 3))
            names.append(f"{name} ×{pieces}")
            due += price * pieces
        return "；".join(names), round(due, 2)

    def _order(self, paid: dt.datetime) -> str:
        """18 or 19 digits as Taobao and 1688 give them, all different."""
        self._orders += 1
        tail = self._random.randint(10**9, 10**10 - 1)
        return (
            f"{paid:%y%m%d}{self._orders:03}{tail}" if self._random.random() < 0.7 else f"4{self._orders:04}{tail}862"
        )

    # -- what becomes of it --------------------------------------------------------------------------------------------

    def _followed(self, row: Record, customer: Customer, fate: str) -> Record:
        registered = Serial(number(row["registered_at"])).moment()
        by = str(row["created_by"])
        case = Case(row, self._now, fate)
        if fate in ("overdue", "void"):
            self._never_paid(case, registered, by)
            return row
        arrival = self._confirmed(case, registered)
        if arrival is None or fate == "refund":
            if arrival is not None and case.reached(arrival + dt.timedelta(hours=20), "已退款", HEAD):
                row["note"] = "客户取消订单,货款已原路退回"
            return row
        if fate == "short":
            row["amount_paid"] = round(number(row["amount_due"]) - self._random.choice((20, 38.5, 100)), 2)
            case.reached(arrival + dt.timedelta(minutes=20), "金额不符", str(row["confirmed_by"]))
            case.tracked(self._now - dt.timedelta(hours=15), by, "少付了,已联系客户补差价")
            return row
        self._delivered(case, arrival, by)
        return row

    def _never_paid(self, case: Case, registered: dt.datetime, by: str) -> None:
        """The money does not come: reminded, marked overdue, given up after a week."""
        case.tracked(registered + dt.timedelta(hours=25), by, "财务没有查到这笔款,已请客户核对转账账号")
        if case.reached(registered + dt.timedelta(days=3), "超时未到账", by) and case.fate == "overdue":
            case.tracked(self._now - dt.timedelta(hours=14), by, "客户说银行退回,会重新转")
        if case.fate == "void" and case.reached(registered + dt.timedelta(days=7), "已作废", by):
            case.row["note"] = "客户一直没有付款,作废"

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

    def _delivered(self, case: Case, arrival: dt.datetime, by: str) -> None:
        """Told to the printer, sent, received. Who pays a deposit waits for the balance."""
        random = self._random
        case.tracked(arrival + dt.timedelta(minutes=random.randint(3, 12)), by, random.choice(_AFTER_CALL))
        if case.fate == "undecided":
            case.tracked(self._now - dt.timedelta(hours=13), by, "客户还在选颜色,确定后通知打单")
            return
        wait = {"deposit": dt.timedelta(days=7), "balance": dt.timedelta(days=4)}.get(case.fate, dt.timedelta())
        told = arrival + wait + dt.timedelta(minutes=random.randint(12, 80))
        if case.fate == "printing":
            told = self._now - dt.timedelta(hours=6)
        if not case.reached(told, "已通知打单", by, "已通知打单"):
            return
        case.tracked(told, by, "已通知打单")
        leaves = told.date() if told.hour < 16 else told.date() + dt.timedelta(days=1)
        shipped = dt.datetime.combine(leaves, dt.time(random.randint(17, 19), random.randint(0, 59)))
        if not case.reached(shipped, "已发货", "翟大勇", "已发货"):
            return
        carrier, digits = random.choice(_WAYBILLS)
        waybill = f"{carrier}{random.randint(10 ** (digits - 1), 10**digits - 1)}"
        case.row |= {"waybill_no": waybill, "shipped_at": Serial.of(shipped)}
        case.tracked(shipped + dt.timedelta(hours=15), by, "已把快递单号发给客户")
        if case.fate == "travelling":
            return
        day = shipped.date() + dt.timedelta(days=random.randint(3, 7))
        received = dt.datetime.combine(day, dt.time(random.randint(9, 19), random.randint(0, 59)))
        if case.reached(received, "已完成", by, "已完成"):
            case.tracked(received, by, "客户已签收")


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
