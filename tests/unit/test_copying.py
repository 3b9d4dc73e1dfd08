"""复制新增 and 保存并新增: what a new record takes over, in every register."""

from __future__ import annotations

import pytest

from logic.copying import carried, copied
from logic.judgement import Judgement
from logic.records import Record
from logic.register import Register, registers
from sheets.port import Sheet
from sheets.table import find_table
from tests.tables import NOW

REGISTERS = [one for one in registers().values() if one.samples]


def record_of(register: Register, **texts: str) -> Record:
    spec = register.spec()
    said = dict(register.samples[0]) | {"record_id": f"{register.prefix}261122-AAA2A"} | texts
    cells = tuple(register.fields[column.field].kind.cell(said.get(column.field, "")) for column in spec.columns)
    table = find_table(Sheet(register.title, (tuple(column.header for column in spec.columns), cells)), spec)
    judgement = Judgement.of(registers(), {register.key: table}, now=NOW)
    (record,) = judgement.records(register.key).values()
    return record


@pytest.mark.parametrize("register", REGISTERS, ids=lambda one: one.key)
def test_nothing_that_tells_records_apart_is_copied(register: Register) -> None:
    found = copied(record_of(register))
    steps = register.workflow.transitions if register.workflow is not None else ()
    stamped = {name for step in steps for name in step.stamps}
    for name in found:
        one = register.fields[name]
        assert one.kind.name not in ("identifier", "waybill", "reference", "photo")
        assert not one.engine and name != "status" and name not in register.once and name not in stamped


def test_a_copied_transfer_keeps_the_customer_and_the_goods() -> None:
    register = registers()["bank_transfers"]
    found = copied(record_of(register, goods="保温杯", customer_name="王小明", order_no="1", arrived="是"))
    assert (found["goods"], found["customer_name"]) == ("保温杯", "王小明")
    assert not {"order_no", "arrived", "registered_at", "status", "created_by"} & found.keys()


def test_the_next_record_is_of_the_same_shop_and_nothing_else() -> None:
    register = registers()["after_sales_register"]
    assert carried(register, {"shop": "店一", "case_type": "破损", "agent": "赵敏"}) == {"shop": "店一"}
    assert carried(register, {"case_type": "破损"}) == {}
    assert carried(registers()["staff"], {"name": "赵敏"}) == {}
