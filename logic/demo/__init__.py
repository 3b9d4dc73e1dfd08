"""The demo workbook 台账: a quarter of a small shop, mostly in order, with the mess that real sheets have.

What the rows say is made here, as texts and values by field; sheets.xlsx_demo lays them out. The registers tell one story:
orders paid by transfer have their transfer, recalls name shipped orders, slips name their recall. The same seed and day
give the same cells.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from logic.demo import mess_cases, mess_orders, mess_system, mess_transfers
from logic.demo.claims import Claims
from logic.demo.layout import chart, tab
from logic.demo.mess import GAP, Mess, Row, Spoilt, spoil
from logic.demo.orders import Order
from logic.demo.parameters import settings
from logic.demo.people import AFTER_SALES, HEAD, SHOPS, WHOLESALE_SHOP, customers, roster
from logic.demo.recalls import Recalls
from logic.demo.storefront import Platform
from logic.demo.transfers import Quarter
from sheets.ids import ALPHABET
from sheets.port import Serial
from sheets.xlsx_demo import DemoBook, create

__all__ = ["Demo", "demo", "fill_demo"]

SEED = 20261122
CUSTOMERS = 240
PLATFORM_ORDERS = 720


@dataclass(frozen=True, slots=True)
class Demo:
    """The workbook to be made, and where in which register which fault is."""

    book: DemoBook
    spoilt: Sequence[Spoilt]


def fill_demo(path: Path, *, today: dt.date, seed: int = SEED) -> None:
    """Make the demo workbook at a path where nothing stands yet; FileExistsError if something does."""
    create(demo(today, seed).book, path)


def demo(today: dt.date, seed: int = SEED) -> Demo:
    """What the demo workbook says on this day."""
    rows, spoilt = _sheets(Random(seed), today)
    tabs = tuple(tab(register, found, spoilt, today) for register, found in rows.items())
    return Demo(DemoBook(tabs, chart(rows["bank_transfers"], today), HEAD), spoilt)


def _sheets(random: Random, today: dt.date) -> tuple[Mapping[str, Sequence[Row]], list[Spoilt]]:
    """The rows of every register in the order of the tabs, and what is wrong with them."""
    new_id, taken = _ids(random), set[str]()
    people, staff = customers(random, CUSTOMERS), roster(today, new_id)
    quarter = Quarter(random, today, people, new_id, taken)
    transfers = quarter.rows()
    platform = Platform(random, today, people, new_id, taken).orders(PLATFORM_ORDERS)
    recalls = Recalls(random, today, platform, new_id)
    recalled = recalls.rows()
    claimed = Claims(random, today, [one for one in platform if one.number not in _named(recalled)], new_id).rows()
    cases = sorted([*recalled, *claimed], key=_created)
    slips = sorted(recalls.slips, key=_created)

    spoilt: list[Spoilt] = []

    def messy(
        register: str, rows: Sequence[Row], messes: Sequence[Mess], is_plain: Callable[[Row], bool], gap: int = GAP
    ) -> list[Row]:
        mixed, found = spoil(register, rows, messes, is_plain, random, gap)
        spoilt.extend(found)
        return mixed

    told = messy("bank_transfers", transfers, mess_transfers.MESS, mess_transfers.is_plain)
    orders = [one.record() for one in _known([*quarter.orders, *platform], told)]
    decided = settings(today, new_id)
    rows = {
        "bank_transfers": [*told, *_transfers_by_hand(today)],
        "orders": messy("orders", orders, mess_orders.MESS, mess_orders.plain_but(_named(cases))),
        "after_sales_register": messy("after_sales_register", cases, mess_cases.CASES, mess_cases.is_plain),
        "recall_slips": messy("recall_slips", slips, mess_cases.SLIPS, mess_cases.is_plain_slip),
        "staff": messy("staff", staff, mess_system.STAFF, mess_system.is_plain),
        "settings": messy("settings", decided, mess_system.SETTINGS, mess_system.is_plain, gap=1),
    }
    rows["after_sales_register"] += _cases_by_hand(today)
    return rows, spoilt


def _ids(random: Random) -> Callable[[str, dt.date], str]:
    """Record ids as sheets.ids makes them, but the same for the same seed."""

    def new_id(prefix: str, day: dt.date) -> str:
        return f"{prefix}{day:%y%m%d}-{''.join(random.choices(ALPHABET, k=5))}"

    return new_id


def _named(rows: Sequence[Row]) -> set[str]:
    """The orders that these rows name."""
    return {number for row in rows for number in str(row["order_no"]).split("、")}


def _known(orders: Sequence[Order], transfers: Sequence[Row]) -> list[Order]:
    """The orders in the order in which they came, without those whose transfer can no longer be found."""
    paid = {number.strip() for number in _named(transfers)}
    return sorted((one for one in orders if one.asked is None or one.number in paid), key=lambda one: one.ordered)


def _created(row: Row) -> float:
    value = row["created_at"]
    assert isinstance(value, float)
    return value


# -- the last rows, typed straight into the sheet yesterday: no id, no author, as much as was known ----------------------


def _transfers_by_hand(today: dt.date) -> list[Row]:
    yesterday = today - dt.timedelta(days=1)
    day = Serial.of(yesterday)
    common: Row = {"shop": WHOLESALE_SHOP, "registered_at": day, "arrived": "否", "status": "已登记"}
    return [
        {**common, "payer_name": "义乌市云栖民宿", "amount_paid": 3560.0, "paid_at": day},
        {**common, "customer_id": "海边的民宿主人", "amount_paid": 1280.0, "paid_at": f"{yesterday:%Y/%m/%d}"},
        {**common, "customer_name": "邹海燕", "payer_name": "邹海燕", "amount_paid": "￥860元", "paid_at": day},
    ]


def _cases_by_hand(today: dt.date) -> list[Row]:
    day = Serial.of(today - dt.timedelta(days=1))
    common: Row = {"shop": SHOPS[0], "registered_at": day, "agent": AFTER_SALES[0], "status": "已登记"}
    return [
        {**common, "case_type": "其他", "customer_id": "爱喝茶的阿木", "situation": "客户问怎么洗,已发说明"},
        {**common, "case_type": "补发", "customer_id": "tb90817abc", "situation": "少了收纳袋"},
    ]
