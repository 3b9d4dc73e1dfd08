"""回到此版本: what a record reads afterwards is what it read after the chosen change, wherever that is permitted."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from logic.history import history
from logic.versions import go_back, version
from tests.conftest import Clock
from tests.machine_registers import TYPED
from tests.shop import FIRST, A, B, Shop
from tests.unit.test_effects import World, world  # noqa: F401  # the fixture

FIELDS = TYPED["tickets"]
WORDS = st.sampled_from(["", "甲", "乙", "丙 2", "00123"])
EDITS = st.dictionaries(st.sampled_from([name for name in FIELDS if name != "name"]), WORDS, min_size=1)


@pytest.fixture
def shop(tmp_path: Path, clock: Clock) -> Iterator[Shop]:
    one = Shop(tmp_path, clock)
    one.settle()
    yield one
    one.close()


def texts(shop: Shop, record: str = FIRST) -> dict[str, str]:
    found = shop.desk.view().judgement.record("tickets", record)
    assert found is not None
    return {name: found.text(name) for name in FIELDS}


def edit(shop: Shop, values: Mapping[str, str]) -> None:
    standing = texts(shop)
    shop.ask(A, FIRST, values, base={name: standing[name] for name in values})
    shop.tick()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.booleans(), EDITS), min_size=1, max_size=6), st.integers(0, 5))
def test_every_version_can_be_gone_back_to(edits: list[tuple[bool, dict[str, str]]], which: int) -> None:
    """Edits of the console and of a person in the sheet, in any order; then back to any of them."""
    with tempfile.TemporaryDirectory() as folder:
        shop = Shop(Path(folder), Clock(dt.datetime(2026, 11, 22, 9, 0)))
        shop.settle()
        stood: dict[str, dict[str, str]] = {}
        for is_direct, values in edits:
            if is_direct:
                for name, text in values.items():
                    shop.type(FIRST, name, text or None)
                shop.settle()
            else:
                edit(shop, values)
            steps = [one for one in history(shop.desk, "tickets", FIRST) if one.entry.state == "saved" and one.cells]
            if steps and steps[0].entry.id not in stood:
                stood[steps[0].entry.id] = texts(shop)
        if stood:
            change, wanted = list(stood.items())[which % len(stood)]
            way = version(shop.desk, B, "tickets", FIRST, change)
            if way.refusal:
                assert texts(shop) == wanted, way.refusal
            else:
                assert go_back(shop.desk, B, way).state == "queued"
                shop.tick()
                assert texts(shop) == wanted
        shop.close()


def test_what_somebody_changed_since_it_was_shown_is_not_overwritten(shop: Shop) -> None:
    edit(shop, {"code": "一"})
    first = history(shop.desk, "tickets", FIRST)[0].entry.id
    edit(shop, {"code": "二"})
    way = version(shop.desk, B, "tickets", FIRST, first)
    assert (dict(way.now), dict(way.then)) == ({"code": "二"}, {"code": "一"})
    edit(shop, {"code": "三"})
    assert go_back(shop.desk, B, way).state == "overtaken"
    assert texts(shop)["code"] == "三"


def test_the_state_is_for_buttons(shop: Shop) -> None:
    edit(shop, {"code": "一"})
    first = history(shop.desk, "tickets", FIRST)[0].entry.id
    shop.saved(A, FIRST, {}, transition="close")
    assert "状态由“待办”变成了“已办”" in version(shop.desk, B, "tickets", FIRST, first).refusal
    shop.saved(A, FIRST, {}, transition="void")
    assert version(shop.desk, B, "tickets", FIRST, first).refusal == "这条记录已作废,不能再改。"


def test_what_is_on_its_way_is_waited_for_and_said(shop: Shop) -> None:
    edit(shop, {"code": "一"})
    first = history(shop.desk, "tickets", FIRST)[0].entry.id
    shop.ask(A, FIRST, {"code": "二"}, base={"code": "一"})
    assert "正在写入" in version(shop.desk, B, "tickets", FIRST, first).refusal
    shop.tick()
    done = go_back(shop.desk, B, version(shop.desk, B, "tickets", FIRST, first))
    shop.tick()
    assert shop.outcome(done).state == "saved"
    assert history(shop.desk, "tickets", FIRST)[0].action == "回到版本"
    assert "只能回到已经写入表格的修改" in version(shop.desk, B, "tickets", FIRST, "没有这个").refusal


def test_what_others_signed_stays_and_is_told(world: World) -> None:  # noqa: F811
    """A clerk may not roll back what the printer signed; the head may."""
    case = world.case()
    first = history(world.desk, "cases", case)[0].entry.id
    world.ask("小售", case, {"goods": "新杯"})
    row = 2
    columns = list(world.desk.registers["cases"].fields)
    world.book.type("登记", row, columns.index("taken_by") + 1, "小打")
    world.keeper.tick()
    way = version(world.desk, "小售", "cases", case, first)
    assert list(way.then) == ["goods"]
    assert way.kept == {"taken_by": "由打单员签名,不会跟着改回去"}
    assert set(version(world.desk, "老部", "cases", case, first).then) == {"goods", "taken_by"}
    assert "您的岗位是财务" in version(world.desk, "小财", "cases", case, first).refusal
    assert go_back(world.desk, "小售", way).state == "queued"
    world.keeper.tick()
    assert world.texts("cases", case)["goods"] == "保温杯"
    assert world.texts("cases", case)["taken_by"] == "小打"
