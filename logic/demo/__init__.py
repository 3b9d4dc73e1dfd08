"""The demo workbook 台账: a quarter of a small shop, mostly in order, with the mess that real sheets have.

What the rows say is made here, as texts and values by field; sheets.xlsx_demo lays them out. The same seed and day give
the same cells.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from random import Random

from logic.demo.mess import Row, Spoilt, spoil
from logic.demo.people import HEAD, SHOP, customers, roster
from logic.demo.transfers import DAYS, Quarter
from logic.register import registers
from sheets.ids import ALPHABET
from sheets.port import Serial
from sheets.xlsx_demo import ChartTab, Content, DemoBook, Formula, OwnColumn, Tab, create

__all__ = ["Demo", "demo", "fill_demo"]

SEED = 20261122
CUSTOMERS = 150
_COMMISSION = "IF(ISNUMBER({amount_paid}),ROUND({amount_paid}*0.5%,2),0)"
_NOTE = "说明:每天下班前登记;到账由财务填;红色的是超时未到账或金额不符,请先跟进。提成一列是经理自用,请不要改动。"
_WIDTHS = {
    "registered_at": 16.0,
    "customer_id": 18.0,
    "address": 44.0,
    "order_no": 22.0,
    "goods": 28.0,
    "paid_at": 16.0,
}
_WIDTHS |= {"payer_name": 24.0, "receiving_account": 26.0, "proof_url": 22.0, "arrived": 9.0, "waybill_no": 18.0}
_WIDTHS |= {"arrived_at": 16.0, "last_tracked_at": 16.0, "shipped_at": 16.0, "record_id": 18.0, "created_at": 16.0}


@dataclass(frozen=True, slots=True)
class Demo:
    """The workbook to be made, and where in 银行转账明细表 which fault is."""

    book: DemoBook
    spoilt: Sequence[Spoilt]


def fill_demo(path: Path, *, today: dt.date, seed: int = SEED) -> None:
    """Make the demo workbook at a path where nothing stands yet; FileExistsError if something does."""
    create(demo(today, seed).book, path)


def demo(today: dt.date, seed: int = SEED) -> Demo:
    """What the demo workbook says on this day."""
    random = Random(seed)
    new_id = _ids(random)
    staff = roster(today, new_id)
    quarter = Quarter(random, today, customers(random, CUSTOMERS), new_id).rows()
    rows, spoilt = spoil(quarter, random)
    rows.extend(_typed_by_manager(today))
    return Demo(DemoBook((_transfers_tab(rows, spoilt, today), _staff_tab(staff)), _chart(rows, today), HEAD), spoilt)


def _ids(random: Random) -> Callable[[str, dt.date], str]:
    """Record ids as sheets.ids makes them, but the same for the same seed."""

    def new_id(prefix: str, day: dt.date) -> str:
        return f"{prefix}{day:%y%m%d}-{''.join(random.choices(ALPHABET, k=5))}"

    return new_id


def _typed_by_manager(today: dt.date) -> list[Row]:
    """The last rows, typed straight into the sheet yesterday: no id, no author, as much as was known."""
    yesterday = today - dt.timedelta(days=1)
    common: Row = {"shop": f"{SHOP}1688店", "registered_at": Serial.of(yesterday), "arrived": "否", "status": "已登记"}
    return [
        {**common, "payer_name": "义乌市云栖民宿", "amount_paid": 3560.0, "paid_at": Serial.of(yesterday)},
        {**common, "customer_id": "海边的民宿主人", "amount_paid": 1280.0, "paid_at": f"{yesterday:%Y/%m/%d}"},
        {
            **common,
            "customer_name": "邹海燕",
            "payer_name": "邹海燕",
            "amount_paid": "￥860元",
            "paid_at": Serial.of(yesterday),
        },
    ]


def _transfers_tab(rows: Sequence[Row], spoilt: Sequence[Spoilt], today: dt.date) -> Tab:
    first = today - dt.timedelta(days=DAYS)
    last = today - dt.timedelta(days=1)
    total = Formula("SUM({amount_paid:first}:INDEX({amount_paid:column},ROW()-1))", round(sum(map(_paid, rows)), 6))
    return Tab(
        spec=registers()["bank_transfers"].spec(),
        rows=rows,
        above=(f"银行转账明细表  {first:%Y年%m月%d日} 至 {last:%Y年%m月%d日}", _NOTE),
        below=(
            {"shop": "合计", "amount_paid": total},
            {"shop": "说明", "registered_at": f"{first.month}月的流水已和财务核对过"},
        ),
        own=(OwnColumn("提成(经理自用)", [Formula(_COMMISSION, _commission(row)) for row in rows]),),
        hidden=frozenset(one.index for one in spoilt if one.mess.hidden),
        merged=tuple((one.index, one.mess.merged) for one in spoilt if one.mess.merged),
        widths=_WIDTHS,
        alarms=(("status", "超时未到账"), ("status", "金额不符")),
        frozen_columns=3,
    )


def _staff_tab(rows: Sequence[Row]) -> Tab:
    return Tab(
        spec=registers()["staff"].spec(), rows=rows, widths={"email": 24.0, "sub_account": 18.0}, frozen_columns=1
    )


def _chart(rows: Sequence[Row], today: dt.date) -> ChartTab:
    """What was transferred in each month the quarter touches, counted by formulas from the sheet itself."""
    months: list[dt.date] = []
    day = (today - dt.timedelta(days=DAYS)).replace(day=1)
    while day < today:
        months.append(day)
        day = (day + dt.timedelta(days=31)).replace(day=1)
    amounts, dates = "{银行转账明细表!amount_paid:column}", "{银行转账明细表!paid_at:column}"
    lines: list[tuple[Content, ...]] = []
    for month in months:
        after = (month + dt.timedelta(days=31)).replace(day=1)
        within = f'{dates},">="&DATE({month.year},{month.month},1),{dates},"<"&DATE({after.year},{after.month},1)'
        paid = [_paid(row) for row in rows if _is_within(row, month, after)]
        lines.append(
            (
                f"{month.year}年{month.month}月",
                Formula(f"COUNTIFS({within})", float(len(paid))),
                Formula(f"SUMIFS({amounts},{within})", round(sum(paid), 6)),
            )
        )
    return ChartTab("月度图", ("月份", "笔数", "每月转账金额"), lines, charted=3)


def _paid(row: Mapping[str, Content]) -> float:
    """What a formula sees as the amount: nothing where a text stands."""
    value = row["amount_paid"]
    value = value.result if isinstance(value, Formula) else value
    return value if isinstance(value, float) else 0.0


def _commission(row: Mapping[str, Content]) -> float:
    """What the formula of the manager's own column gives: sheets round halves up."""
    return float((Decimal(str(_paid(row))) * Decimal("0.005")).quantize(Decimal("0.01"), ROUND_HALF_UP))


def _is_within(row: Mapping[str, Content], month: dt.date, after: dt.date) -> bool:
    paid_at = row["paid_at"]
    return isinstance(paid_at, Serial) and Serial.of(month) <= paid_at < Serial.of(after)
