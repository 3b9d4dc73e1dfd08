"""Values as they come in: typed ones of `updateCells`, RAW and USER_ENTERED ones of `values`, and what a person types.

USER_ENTERED and a person typing are the same parser: it is what drops leading zeros, cuts long numbers to 15 digits and
turns 1-2 into a date (FACTS: never used by the product, only by the naive way it is measured against).
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from tests.fake_sheets.content import MAX_TEXT
from tests.fake_sheets.functions import tidy
from tests.fake_sheets.ranges import Json
from tests.fake_sheets.refusals import invalid
from tests.fake_sheets.showing import EPOCH

_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d*)?(?:[eE][+-]?\d+)?", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:\s+(\d{1,2}):(\d{2})(?::(\d{2}))?)?", re.ASCII)
_MONTH_FIRST = re.compile(r"(\d{1,2})[-/](\d{1,2})(?:[-/](\d{4}))?", re.ASCII)
_TIME = re.compile(r"(\d{1,3}):(\d{2})(?::(\d{2}))?", re.ASCII)


def checked(cell: Json) -> Json:
    """A cell given to `updateCells`: no error as a value, no text too long; an empty text is no value."""
    value = cell.get("userEnteredValue")
    if value is None:
        return cell
    if len(value) > 1:
        raise invalid("Invalid value: only one kind of value may be set in userEnteredValue.")
    if "errorValue" in value:
        raise invalid("Invalid value: errorValue may not be written.")
    for name in ("stringValue", "formulaValue"):
        if len(value.get(name, "")) > MAX_TEXT:
            raise invalid(f"Your input contains more than the maximum of {MAX_TEXT} characters in a single cell.")
    if "formulaValue" in value and not value["formulaValue"].startswith("="):
        raise invalid("Invalid formula: a formula starts with =.")
    if not value or value == {"stringValue": ""}:
        return {name: part for name, part in cell.items() if name != "userEnteredValue"}
    if "numberValue" in value:
        return {**cell, "userEnteredValue": {"numberValue": tidy(value["numberValue"])}}
    return cell


def entered(old: Json, value: Any, *, raw: bool, year: int) -> Json:
    """The cell after a value of `values.update` arrived there: None leaves it, an empty text empties it."""
    if value is None:
        return old
    if isinstance(value, bool):
        return _with(old, {"boolValue": value})
    if isinstance(value, int | float):
        return _with(old, {"numberValue": tidy(float(value))})
    if not isinstance(value, str):
        raise invalid(f"Invalid values: {value!r} is neither a number, nor a text, nor true or false.")
    if len(value) > MAX_TEXT:
        raise invalid(f"Your input contains more than the maximum of {MAX_TEXT} characters in a single cell.")
    if value == "":
        return _with(old, None)
    if raw or _is_text_column(old):
        return _with(old, {"stringValue": value})
    return _typed(old, value, year)


def _is_text_column(cell: Json) -> bool:
    return cell.get("userEnteredFormat", {}).get("numberFormat", {}).get("type") == "TEXT"


def _typed(old: Json, text: str, year: int) -> Json:
    if text.startswith("'"):
        return _with(old, {"stringValue": text[1:]})
    if text.startswith("=") and len(text) > 1:
        return _with(old, {"formulaValue": text})
    if text.upper() in ("TRUE", "FALSE"):
        return _with(old, {"boolValue": text.upper() == "TRUE"})
    bare = text.strip()
    for parse in (_number, _percent, _money, _date, _time):
        found = parse(bare, year)
        if found:
            number, form = found
            return _with(old, {"numberValue": tidy(number)}, form)
    return _with(old, {"stringValue": text})


def _number(text: str, _: int) -> tuple[float, Json | None] | None:
    if not re.search(r"[0-9]", text) or not _NUMBER.fullmatch(text):
        return None
    number = float(f"{float(text.replace(',', '')):.15g}")
    if abs(number) == float("inf"):
        return None
    form: Json | None = {"type": "NUMBER", "pattern": "#,##0"} if "," in text else None
    if re.search(r"[eE]", text):
        form = {"type": "SCIENTIFIC", "pattern": "0.00E+00"}
    return number, form


def _percent(text: str, year: int) -> tuple[float, Json | None] | None:
    found = _number(text[:-1], year) if text.endswith("%") else None
    return (found[0] / 100, {"type": "PERCENT", "pattern": "0.00%" if "." in text else "0%"}) if found else None


def _money(text: str, year: int) -> tuple[float, Json | None] | None:
    found = _number(text[1:], year) if text[:1] in ("¥", "¥", "$") else None
    return (found[0], {"type": "CURRENCY", "pattern": f"{text[0]}#,##0.00"}) if found else None


def _date(text: str, year: int) -> tuple[float, Json | None] | None:
    if found := _YEAR_FIRST.fullmatch(text):
        parts = [int(part) if part else 0 for part in found.groups()]
    elif found := _MONTH_FIRST.fullmatch(text):
        parts = [int(found[3] or year), int(found[1]), int(found[2]), 0, 0, 0]
    else:
        return None
    try:
        moment = dt.datetime(parts[0], parts[1], parts[2], parts[3], parts[4], parts[5])
    except ValueError:
        return None
    kind = (
        {"type": "DATE_TIME", "pattern": "yyyy-mm-dd h:mm:ss"}
        if ":" in text
        else {"type": "DATE", "pattern": "yyyy-mm-dd"}
    )
    return (moment - EPOCH) / dt.timedelta(days=1), kind


def _time(text: str, _: int) -> tuple[float, Json | None] | None:
    found = _TIME.fullmatch(text)
    if not found:
        return None
    seconds = int(found[1]) * 3600 + int(found[2]) * 60 + int(found[3] or 0)
    return seconds / 86_400, {"type": "TIME", "pattern": "h:mm:ss" if found[3] else "h:mm"}


def _with(old: Json, value: Json | None, number_format: Json | None = None) -> Json:
    cell = {name: part for name, part in old.items() if name != "userEnteredValue"}
    if value is not None:
        cell["userEnteredValue"] = value
    if number_format and "numberFormat" not in cell.get("userEnteredFormat", {}):
        cell["userEnteredFormat"] = {**cell.get("userEnteredFormat", {}), "numberFormat": number_format}
    return cell
