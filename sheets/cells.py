"""What a cell can hold, and when two cell values are the same."""

from __future__ import annotations

import math
import re

from sheets.port import MAX_TEXT, ProofFailed, Serial, Value

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LEAP_BUG_ENDS = 61.0


def plain(value: Value) -> Value:
    """The value as a cell gives it back: whole numbers are floats, an empty text is nothing."""
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return None if value == "" else value


def check_value(value: Value, place: str) -> None:
    """Raise ProofFailed for what no cell can hold; planners never ask for it."""
    if isinstance(value, str) and (_NOT_XML.search(value) or len(value.encode("utf-16-le")) // 2 > MAX_TEXT):
        raise ProofFailed(f"{place}: text that no cell can hold")
    if isinstance(value, float) and not math.isfinite(value):
        raise ProofFailed(f"{place}: {value} is no number for a cell")
    if isinstance(value, Serial) and value < 0:  # spreadsheet programs show no dates before 1900, readers give 0
        raise ProofFailed(f"{place}: {value} is no date for a cell")


def is_same(wanted: Value, found: Value) -> bool:
    """Equal as cell values: text bit for bit, numbers to 1e-9, a date is its number."""
    wanted, found = plain(wanted), plain(found)
    if isinstance(wanted, bool) or isinstance(found, bool) or wanted is None or found is None:
        return wanted is found
    if isinstance(wanted, str) or isinstance(found, str):
        return wanted == found
    if wanted == found:
        return True
    if isinstance(found, Serial) and 0 <= wanted < _LEAP_BUG_ENDS:  # the days of 1900 that Excel counts wrongly
        return abs(wanted - found) <= 1
    # Readers round times to the millisecond (1.2e-8 days); everything else is exact.
    return math.isclose(wanted, found, rel_tol=1e-9, abs_tol=2e-8 if isinstance(found, Serial) else 0.0)
