"""How a cell shows its value: number formats, dates, errors; and the format a cell has when nothing was set."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from tests.fake_sheets.calculating import error_text
from tests.fake_sheets.functions import tidy
from tests.fake_sheets.ranges import Json

EPOCH = dt.datetime(1899, 12, 30)
DEFAULT_FORMAT: Json = {
    "backgroundColor": {"red": 1, "green": 1, "blue": 1},
    "padding": {"top": 2, "right": 3, "bottom": 2, "left": 3},
    "verticalAlignment": "BOTTOM",
    "wrapStrategy": "OVERFLOW_CELL",
    "textFormat": {
        "foregroundColor": {},
        "fontFamily": "Arial",
        "fontSize": 10,
        "bold": False,
        "italic": False,
        "strikethrough": False,
        "underline": False,
    },
}
# What a number format without a pattern shows, in the locale of the spreadsheets made here (zh_CN).
_PATTERNS = {
    "TEXT": "@",
    "NUMBER": "0.###############",
    "PERCENT": "0.00%",
    "CURRENCY": "¥#,##0.00",
    "DATE": "yyyy-mm-dd",
    "TIME": "h:mm:ss",
    "DATE_TIME": "yyyy-mm-dd h:mm:ss",
    "SCIENTIFIC": "0.00E+00",
}
_DATE_KINDS = ("DATE", "TIME", "DATE_TIME")
_DATE_PART = re.compile(r'"([^"]*)"|\\(.)|(y{2,4}|m{1,4}|d{1,4}|h{1,2}|s{1,2}|AM/PM|\[h+\])|(.)', re.IGNORECASE)


def number_format(cell: Json) -> Json:
    return cell.get("userEnteredFormat", {}).get("numberFormat", {})


def is_date(cell: Json) -> bool:
    return number_format(cell).get("type") in _DATE_KINDS


def formatted(cell: Json, value: Json | None) -> str | None:
    """The text a person sees in the cell; None for an empty one."""
    if not value:
        return None
    if "errorValue" in value:
        return error_text(value)
    if "boolValue" in value:
        return "TRUE" if value["boolValue"] else "FALSE"
    if "stringValue" in value:
        return value["stringValue"]
    form = number_format(cell)
    pattern = form.get("pattern") or _PATTERNS.get(form.get("type", ""), "")
    return _number(float(value["numberValue"]), pattern, dated=form.get("type") in _DATE_KINDS)


def _number(number: float, pattern: str, *, dated: bool) -> str:
    if dated:
        return _moment(number, pattern)
    if not pattern or pattern in ("General", "@"):
        return general(number)
    positive = pattern.split(";")[0]
    digits = re.search(r"[#0,]*\.?[#0]*", re.sub(r'"[^"]*"', "", positive))
    core = max(re.findall(r"[#0][#0,]*(?:\.[#0]*)?", positive), key=len, default="")
    if not core or not digits:
        return general(number)
    if "E+" in positive:
        places = len(core.partition(".")[2])
        text = f"{number:.{places}E}"
    else:
        text = _decimal(number * 100 if "%" in positive else number, core)
    before, _, after = positive.partition(core)
    tail = re.sub(r"^E\+0+", "", after)
    return re.sub(r'["\\]', "", before) + text + re.sub(r'["\\]', "", tail)


def _decimal(number: float, core: str) -> str:
    whole, _, fraction = core.partition(".")
    text = f"{abs(number):{',' if ',' in whole else ''}.{len(fraction)}f}"
    head, _, tail = text.partition(".")
    needed = fraction.rstrip("#")
    while len(tail) > len(needed) and tail.endswith("0"):
        tail = tail[:-1]
    head = head.rjust(whole.replace(",", "").count("0"), "0")
    return ("-" if number < 0 else "") + head + (f".{tail}" if tail else "")


def general(number: float) -> str:
    """A number without a format: ten digits at most, large ones in scientific notation."""
    if abs(number) >= 1e15:
        mantissa, _, power = f"{number:.5E}".partition("E")
        return f"{mantissa.rstrip('0').rstrip('.')}E{power}"
    if number.is_integer():
        return str(int(number))
    return str(tidy(float(f"{number:.10g}")))


def _moment(serial: float, pattern: str) -> str:
    try:
        moment = EPOCH + dt.timedelta(seconds=round(serial * 86_400))
    except OverflowError:
        return general(serial)
    twelve = "AM/PM" in pattern.upper()
    text, hours_before = "", False
    for quoted, escaped, part, other in _DATE_PART.findall(pattern):
        text += quoted + escaped + other
        if part:
            text += _date_part(part.lower(), moment, serial, minutes=hours_before, twelve=twelve)
            hours_before = part.lower()[0] in "h[" or (hours_before and part.lower()[0] not in "ymds")
    return text


def _date_part(part: str, moment: dt.datetime, serial: float, *, minutes: bool, twelve: bool) -> str:
    wide = len(part) > 1
    if part[0] == "[":
        return str(int(serial * 24))
    if part == "am/pm":
        return "AM" if moment.hour < 12 else "PM"
    number: Any = {
        "y": moment.year if len(part) > 2 else moment.year % 100,
        "m": moment.minute if minutes else moment.month,
        "d": moment.day,
        "h": (moment.hour % 12 or 12) if twelve else moment.hour,
        "s": moment.second,
    }[part[0]]
    return f"{number:02d}" if wide else str(number)


def effective_format(cell: Json) -> Json:
    return {**DEFAULT_FORMAT, **cell.get("userEnteredFormat", {})}
