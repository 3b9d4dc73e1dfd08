"""Wording: whatever goes wrong, staff read Chinese."""

from __future__ import annotations

import datetime as dt
import inspect
from decimal import Decimal
from typing import Annotated, Any, get_args

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_core import core_schema

from logic import wording
from logic.kinds import Misread
from sheets import gsheets_errors, port

# What models of text, numbers, amounts, dates, truth values, tuples and None can raise, by pydantic's names.
FAMILIES = (
    "string_",
    "int_",
    "decimal_",
    "date_",
    "datetime_",
    "time_",
    "timezone_",
    "bool_",
    "float_",
    "frozen_field",
)
NAMES = {
    "missing", "none_required", "extra_forbidden", "frozen_instance", "invalid_key", "no_such_attribute",
    "get_attribute_error", "default_factory_not_called", "model_type", "model_attributes_type", "is_instance_of",
    "recursion_loop", "recursion_depth_exceeded", "greater_than", "greater_than_equal", "less_than", "less_than_equal",
    "multiple_of", "finite_number", "too_short", "too_long", "tuple_type", "iterable_type", "iteration_error",
    "literal_error", "enum", "value_error", "assertion_error",
}  # fmt: skip
DURATIONS = ("time_delta_",)
ALL = get_args(core_schema.ErrorType)
CONTEXT: dict[str, Any] = {"gt": 0, "ge": 0, "lt": 9, "le": 9, "error": ValueError("English")}


def raisable() -> list[str]:
    return [name for name in ALL if name in NAMES or (name.startswith(FAMILIES) and not name.startswith(DURATIONS))]


class Sample(BaseModel):
    """A row model of every type a kind gives."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(min_length=2, max_length=5, pattern="^[a-z]+$")] | None = None
    amount: Annotated[Decimal, Field(gt=0, max_digits=5, decimal_places=2)] | None = None
    count: Annotated[int, Field(ge=1, le=9, multiple_of=2)] | None = None
    day: dt.date | None = None
    moment: dt.datetime | None = None
    either: dt.date | dt.datetime | None = None
    flag: bool | None = None
    parts: Annotated[tuple[str, ...], Field(min_length=1, max_length=2)] | None = None
    nothing: None = None

    @field_validator("flag")
    @classmethod
    def speaks_for_itself(cls, flag: bool | None) -> bool | None:
        if flag is False:
            raise Misread("不能填否", "请填是")
        return flag


GARBAGE: tuple[Any, ...] = (
    "", "x", "abcdefgh", "12.345", "2021-13-45", "inf", -5, 3, 10**30, 1.5, float("nan"), float("inf"), True, False,
    b"\xff", object(), None, (), ("a", "b", "c"), (1,), [], {}, Decimal("1.234"), Decimal("NaN"),
    dt.date(2021, 1, 1), dt.datetime(2021, 1, 1, 10), dt.timedelta(1), "2021-01-01T10:00", "9" * 5000,
)  # fmt: skip


def check(words: wording.Words) -> None:
    assert wording.has_chinese(words.reason) and wording.has_chinese(words.remedy)
    assert "{" not in words.reason + words.remedy


def sentences() -> list[Any]:
    """Every function here that words a refusal, but model_error, which has tests of its own."""
    functions = [each for _, each in inspect.getmembers(wording, inspect.isfunction)]
    return [
        each
        for each in functions
        if inspect.signature(each).return_annotation == "Words" and each.__name__ != "model_error"
    ]


@pytest.mark.parametrize("sentence", sentences(), ids=lambda each: each.__name__)
def test_every_refusal_names_the_value_and_says_what_to_do(sentence: Any) -> None:
    samples = {"int": 4, "int | None": 3, "Sequence[str]": ("甲", "乙"), "str | None": "甲"}
    parameters = inspect.signature(sentence).parameters.values()
    given = [samples.get(each.annotation, f"样{number}") for number, each in enumerate(parameters)]
    words = sentence(*(["\x07"] if sentence is wording.control_character else given))
    check(words)
    assert not any(part.endswith(("。", ",", ";", ":")) or not part.isprintable() for part in words)
    first = next(iter(parameters), None)
    if first is not None and first.name in ("text", "shown"):
        assert "样0" in words.reason


def test_the_families_are_names_pydantic_knows() -> None:
    assert set(ALL) >= NAMES
    assert len(raisable()) > 50


@pytest.mark.parametrize("name", raisable())
def test_every_error_a_row_model_can_raise_has_its_own_words(name: str) -> None:
    assert name in wording.MODEL_ERRORS or name in ("value_error", "assertion_error")
    check(wording.model_error(name, CONTEXT))
    check(wording.model_error(name))


def test_templates_are_for_errors_pydantic_knows() -> None:
    assert set(wording.MODEL_ERRORS) <= set(ALL)


@pytest.mark.parametrize("strict", [False, True])
def test_errors_of_a_real_model_are_all_foreseen(strict: bool) -> None:
    seen: set[str] = set()
    for field in [*Sample.model_fields, "unknown"]:
        for value in GARBAGE:
            try:
                Sample.model_validate({field: value}, strict=strict)
            except ValidationError as error:
                for fault in error.errors():
                    assert fault["type"] in raisable(), fault
                    check(wording.model_error(fault["type"], fault.get("ctx")))
                    seen.add(fault["type"])
    assert len(seen) > 15


def test_facts_stand_in_the_sentence() -> None:
    assert "大于 0" in wording.model_error("greater_than", {"gt": 0}).reason
    assert "2 位" in wording.model_error("decimal_max_places", {"decimal_places": 2}).reason


def test_a_validator_of_our_own_speaks_for_itself() -> None:
    with pytest.raises(ValidationError) as caught:
        Sample(flag=False)
    fault = caught.value.errors()[0]
    assert wording.model_error(fault["type"], fault.get("ctx")) == ("不能填否", "请填是")
    check(wording.model_error("value_error", {"error": ValueError("English")}))


def test_an_unknown_error_still_speaks_chinese() -> None:
    check(wording.model_error("invented_tomorrow", {"x": 1}))


def test_labels() -> None:
    assert [wording.level_label(level) for level in ("BLOCK", "WARN", "REMIND")] == ["不能保存", "需说明", "提醒"]
    assert wording.outcome_label("Saved") == "已保存" and wording.outcome_label("Queued") == "正在写入…"
    for outcome in ("Rejected", "Denied", "Overtaken", "invented"):
        assert wording.has_chinese(wording.outcome_label(outcome))
    assert wording.has_chinese(wording.level_label("invented")) and wording.storage_label() == "表格正常"


def test_every_storage_error_has_its_own_label() -> None:
    found = (*inspect.getmembers(port, inspect.isclass), *inspect.getmembers(gsheets_errors, inspect.isclass))
    errors = {cls for _, cls in found if issubclass(cls, port.StorageError)}
    labels = {wording.storage_label(cls) for cls in errors}
    assert len(labels) == len(errors) == len(wording.STORAGE) - 1

    class Invented(port.Busy):
        pass

    assert wording.storage_label(Invented) == wording.storage_label("Busy")
    assert wording.storage_label("Invented") == wording.storage_label("StorageError")


def test_values_are_quoted_on_one_readable_line() -> None:
    assert wording.quoted("第一行\n第二行\x07\u202e") == "“第一行 第二行��”"
    assert len(wording.quoted("长" * 99)) == 33
