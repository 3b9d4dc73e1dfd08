"""Two small registers for tests/machine.py: free text without rules, so that no rule hides a loss."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from logic.fields import Row
from logic.fields import field as column
from logic.kinds import LongText, Text
from logic.register import Register
from logic.workflow import Transition, Workflow
from sheets.port import Value

Grid = list[list[Value]]


class Ticket(Row):
    """工单:测试用。"""

    name: str | None = column("名称", Text(), naming=True)
    code: str | None = column("编号", Text())
    detail: str | None = column("说明", LongText())


class Spare(Row):
    """配件:测试用。"""

    name: str | None = column("配件名", Text(), naming=True)
    place: str | None = column("位置", Text())


FLOW = Workflow(
    states=("待办", "已办", "作废"),
    initial="待办",
    closed_states=frozenset({"已办", "作废"}),
    transitions=(
        Transition(key="close", label="办完", source_states=("待办",), target="已办", roles=()),
        Transition(key="void", label="作废", source_states=("待办", "已办"), target="作废", roles=()),
    ),
)
REGISTERS: Mapping[str, Register] = {
    "tickets": Register(key="tickets", title="工单", prefix="GD", area="system", model=Ticket, workflow=FLOW),
    "spares": Register(key="spares", title="配件", prefix="PJ", area="system", model=Spare),
}
KEYS = tuple(REGISTERS)
NOTES = "经理的表"
_ENGINE = ("记录编号", "登记人", "登记时间", "最后修改人", "最后修改时间", "检查结果")
HEADERS: Mapping[str, Sequence[str]] = {
    "tickets": ("名称", "编号", "经理批注", "说明", "状态", "备注", *_ENGINE),
    "spares": ("配件名", "位置", "状态", "备注", *_ENGINE),
}
OWN_COLUMN = 3  # 经理批注, which the console does not know
HEADER_ROW = {"tickets": 2, "spares": 1}
TYPED = {"tickets": ("name", "code", "detail", "note"), "spares": ("name", "place")}  # what is typed into, by field


def column_of(key: str, field: str) -> int:
    return HEADERS[key].index(REGISTERS[key].fields[field].header) + 1


def value_at(grid: Sequence[Sequence[Value]], row: int, column: int) -> Value:
    inside = 1 <= row <= len(grid) and 1 <= column <= len(grid[row - 1])
    return grid[row - 1][column - 1] if inside else None


def record_rows(key: str, grid: Sequence[Sequence[Value]]) -> list[int]:
    """Numbers of the rows that are records: named, and no sum below the table."""
    naming = column_of(key, "name")
    return [
        number
        for number in range(HEADER_ROW[key] + 1, len(grid) + 1)
        if value_at(grid, number, naming) not in (None, "合计")
        or value_at(grid, number, column_of(key, "record_id")) is not None
    ]


def tabs() -> dict[str, Grid]:
    """The workbook at the beginning: a title above the headers, an own column, a sum below a blank row, another tab."""
    tickets: Grid = [["工单登记(请勿删除)"], list(HEADERS["tickets"])]
    for n in range(1, 4):
        tickets.append([f"原{n}", f"{n:04d}", f"原批{n}", None, "待办", None, f"GD261101-2222{n + 1}", "张三"])
    tickets += [[None], ["合计", None, "三张"]]
    spares: Grid = [list(HEADERS["spares"]), ["原件1", "甲架", None, None, "PJ261101-22222", "李四"]]
    notes: Grid = [["注1", 1.5], ["注2", "00123"], ["", ""], ["末", 2.0]]
    return {"工单": tickets, "配件": spares, NOTES: notes}
