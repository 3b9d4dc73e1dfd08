"""What a formula comes to: arithmetic, text, references, and a handful of functions; anything else is #NAME?."""

from __future__ import annotations

import re
from typing import Any

from tests.fake_sheets.content import Content, Sheet
from tests.fake_sheets.functions import FUNCTIONS, CellError, Plain, divided, number_of, shown, tidy
from tests.fake_sheets.ranges import Box, Json, bounds_of, unquoted

ERRORS = {
    "NAME": "#NAME?",
    "REF": "#REF!",
    "DIVIDE_BY_ZERO": "#DIV/0!",
    "VALUE": "#VALUE!",
    "ERROR": "#ERROR!",
    "N_A": "#N/A",
    "NUM": "#NUM!",
}

_TOKEN = re.compile(
    r"""\s*(?:(?P<number>\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+)
    |(?P<text>"(?:[^"]|"")*")
    |(?P<ref>(?:(?:'(?:[^']|'')*'|[^\W\d][\w.]*)!)?\$?[A-Za-z]{1,3}\$?[1-9]\d*(?::\$?[A-Za-z]{1,3}\$?[1-9]\d*)?(?![\w(]))
    |(?P<columns>(?:(?:'(?:[^']|'')*'|[^\W\d][\w.]*)!)?\$?[A-Za-z]{1,3}:\$?[A-Za-z]{1,3}(?![\w(]))
    |(?P<name>[^\W\d][\w.]*)
    |(?P<sign><=|>=|<>|[-+*/^&=<>(),%])
    |(?P<gone>\#REF!))""",
    re.VERBOSE,
)


class Calculator:
    """The values of one Content, each formula worked out once."""

    def __init__(self, content: Content) -> None:
        self._content = content
        self._known: dict[tuple[int, int, int], Json] = {}
        self._busy: set[tuple[int, int, int]] = set()

    def effective(self, sheet: Sheet, row: int, column: int) -> Json | None:
        """Google's effectiveValue of a cell: number, text, truth or error; None if it is empty."""
        entered = sheet.cell(row, column).get("userEnteredValue")
        if not entered or "formulaValue" not in entered:
            return entered
        key = (sheet.id, row, column)
        if key not in self._known:
            self._known[key] = self._worked_out(key, sheet, entered["formulaValue"])
        return self._known[key]

    def _worked_out(self, key: tuple[int, int, int], sheet: Sheet, formula: str) -> Json:
        if key in self._busy:
            return _error("REF", "Circular dependency detected.")
        self._busy.add(key)
        try:
            return extended(_Parser(self, sheet, formula[1:]).value())
        except CellError as error:
            return _error(error.kind, error.message)
        finally:
            self._busy.discard(key)

    def plain(self, sheet: Sheet, row: int, column: int) -> Plain:
        """The same as a bare value; raises CellError for an error."""
        value = self.effective(sheet, row, column)
        if not value:
            return None
        if "errorValue" in value:
            raise CellError(value["errorValue"]["type"], value["errorValue"].get("message", ""))
        return next(iter(value.values()))

    def area(self, here: Sheet, reference: str) -> tuple[Sheet, Box]:
        title, mark, cells = reference.rpartition("!")
        sheet = self._content.titled(unquoted(title)) if mark else here
        bounds = bounds_of(cells.replace("$", ""))
        if sheet is None or bounds is None or bounds.top >= len(sheet.rows) or bounds.left >= len(sheet.columns):
            raise CellError("REF", "Reference does not exist.")
        return sheet, sheet.box(bounds)

    def plains(self, sheet: Sheet, box: Box) -> list[Plain]:
        return [
            self.plain(sheet, row, column)
            for row in range(box.top, box.bottom)
            for column in sorted(sheet.rows[row].cells)
            if box.left <= column < box.right
        ]


def extended(value: Plain) -> Json:
    """A bare value as Google's ExtendedValue."""
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, str):
        return {"stringValue": value}
    return {"numberValue": tidy(value or 0.0)}


def _error(kind: str, message: str) -> Json:
    return {"errorValue": {"type": kind, "message": message}}


class _Parser:
    """Comparison, then &, then + and -, then * and /, then ^, then signs and %."""

    def __init__(self, calculator: Calculator, sheet: Sheet, text: str) -> None:
        self._calculator, self._sheet = calculator, sheet
        self._tokens: list[tuple[str, str]] = []
        position = 0
        text = text.rstrip()
        while position < len(text):
            found = _TOKEN.match(text, position)
            if not found:
                raise CellError("ERROR", "Formula parse error.")
            self._tokens.append((str(found.lastgroup), found[str(found.lastgroup)]))
            position = found.end()

    def value(self) -> Plain:
        result = self._compared()
        if self._tokens:
            raise CellError("ERROR", "Formula parse error.")
        return result

    def _sign(self, *wanted: str) -> str | None:
        if self._tokens and self._tokens[0][0] == "sign" and self._tokens[0][1] in wanted:
            return self._tokens.pop(0)[1]
        return None

    def _compared(self) -> Plain:
        left = self._joined()
        while sign := self._sign("=", "<>", "<=", ">=", "<", ">"):
            right = self._joined()
            equal = left == right
            if sign in ("=", "<>"):
                left = equal is (sign == "=")
            else:
                less = number_of(left) < number_of(right)
                left = {"<": less, "<=": less or equal, ">": not less and not equal, ">=": not less}[sign]
        return left

    def _joined(self) -> Plain:
        left = self._sum()
        while self._sign("&"):
            left = shown(left) + shown(self._sum())
        return left

    def _sum(self) -> Plain:
        left = self._product()
        while sign := self._sign("+", "-"):
            right = number_of(self._product())
            left = number_of(left) + (right if sign == "+" else -right)
        return left

    def _product(self) -> Plain:
        left = self._power()
        while sign := self._sign("*", "/"):
            right = number_of(self._power())
            left = number_of(left) * right if sign == "*" else divided(number_of(left), right)
        return left

    def _power(self) -> Plain:
        left = self._signed()
        while self._sign("^"):
            left = number_of(left) ** number_of(self._signed())
        return left

    def _signed(self) -> Plain:
        if self._sign("-"):
            return -number_of(self._signed())
        if self._sign("+"):
            return self._signed()
        value = self._one()
        while self._sign("%"):
            value = number_of(value) / 100
        return value

    def _one(self) -> Plain:
        kind, text = self._tokens.pop(0) if self._tokens else ("", "")
        if kind == "number":
            return float(text)
        if kind == "text":
            return text[1:-1].replace('""', '"')
        if kind == "ref":
            sheet, box = self._calculator.area(self._sheet, text)
            if box.height * box.width != 1:
                raise CellError("VALUE", "An array value could not be found.")
            return self._calculator.plain(sheet, box.top, box.left)
        if kind == "name":
            return self._called(text)
        if kind == "gone":
            raise CellError("REF", "Reference does not exist.")
        if (kind, text) == ("sign", "("):
            value = self._compared()
            if self._sign(")"):
                return value
        raise CellError("ERROR", "Formula parse error.")

    def _called(self, name: str) -> Plain:
        if name.upper() in ("TRUE", "FALSE"):
            return name.upper() == "TRUE"
        function = FUNCTIONS.get(name.upper())
        if function is None or not self._sign("("):
            what = "function" if self._tokens and self._tokens[0][1] == "(" else "range name"
            raise CellError("NAME", f"Unknown {what}: '{name}'.")
        values: list[Plain] = []
        while not self._sign(")"):
            if not self._tokens:
                raise CellError("ERROR", "Formula parse error.")
            values.extend(self._argument())
            self._sign(",")
        return function(values)

    def _argument(self) -> list[Plain]:
        kind, text = self._tokens[0]
        alone = len(self._tokens) == 1 or self._tokens[1][1] in (",", ")")
        if kind in ("ref", "columns") and alone:
            self._tokens.pop(0)
            return self._calculator.plains(*self._calculator.area(self._sheet, text))
        return [self._compared()]


def error_text(value: Json) -> Any:
    """How an errorValue is shown."""
    return ERRORS.get(value["errorValue"]["type"], "#ERROR!")
