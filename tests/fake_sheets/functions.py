"""The few functions formulas may call here, and what they count as a number."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

Plain = None | str | bool | float


class CellError(Exception):
    """The formula comes to an error of this type."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind, self.message = kind, message


def number_of(value: Plain) -> float:
    if value is None or value == "":
        return 0.0
    try:
        return float(value)
    except ValueError:
        raise CellError("VALUE", f"'{value}' is a text and cannot be coerced to a number.") from None


def _numbers(values: Sequence[Plain]) -> list[float]:
    return [float(value) for value in values if isinstance(value, int | float) and not isinstance(value, bool)]


FUNCTIONS: dict[str, Callable[[list[Plain]], Plain]] = {
    "SUM": lambda values: math.fsum(_numbers(values)),
    "COUNT": lambda values: float(len(_numbers(values))),
    "COUNTA": lambda values: float(sum(value is not None for value in values)),
    "MAX": lambda values: max(_numbers(values), default=0.0),
    "MIN": lambda values: min(_numbers(values), default=0.0),
    "AVERAGE": lambda values: divided(math.fsum(_numbers(values)), float(len(_numbers(values)))),
    "CONCATENATE": lambda values: "".join(shown(value) for value in values),
    "ROUND": lambda values: float(round(number_of(values[0]), int(number_of(values[1])) if len(values) > 1 else 0)),
    "IF": lambda values: values[1] if values[0] else (values[2] if len(values) > 2 else False),
}


def divided(top: float, bottom: float) -> float:
    if not bottom:
        raise CellError("DIVIDE_BY_ZERO", "Function DIVIDE parameter 2 cannot be zero.")
    return top / bottom


def shown(value: Plain) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return "" if value is None else str(tidy(value)) if isinstance(value, float) else str(value)


def tidy(number: float) -> float | int:
    """Whole numbers are sent without a fraction."""
    return int(number) if isinstance(number, float) and number.is_integer() and abs(number) < 2**53 else number
