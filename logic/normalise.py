"""Brings what Chinese users type to one shape before a typed column reads it; free text is never touched by this.

Only the width of letters, digits and punctuation is changed (U+FF01–FF5E, U+3000, ￥): NFKC would also rewrite names.
"""

from __future__ import annotations

import re

_WIDTHS = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xFFE5: 0xA5}
# Invisible characters that web pages and chat windows add to copied numbers: soft hyphen, zero-width, direction, BOM.
_INVISIBLE = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff"
_HIDDEN = re.compile(f"[{_INVISIBLE}]")
_BLANKS = re.compile(f"[\\s{_INVISIBLE}]+")
# Stripped as characters: a pattern would look at 30,000 blanks inside a text again and again, for seconds.
_OUTER = "".join(filter(str.isspace, map(chr, range(0x3001)))) + "\u200b\u2060\ufeff"
_SEPARATORS = re.compile(r"[、，,；;\s]+")
# Excel keeps line feed and tab; everything else here is lost or breaks the file (lone surrogates cannot be written).
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def half_width(text: str) -> str:
    """Full-width letters, digits, punctuation and blanks as half-width ones, e.g. '１２：３０' → '12:30'."""
    return text if text.isascii() else text.translate(_WIDTHS)


def without_hidden(text: str) -> str:
    """The text without zero-width and direction characters."""
    return text if text.isascii() else _HIDDEN.sub("", text)


def without_blanks(text: str) -> str:
    """The text without any blank, line break or invisible character."""
    return _BLANKS.sub("", text)


def trimmed(text: str) -> str:
    """The text with one kind of line break and without blanks round it; what stands inside is kept."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.strip(_OUTER)


def split_parts(text: str) -> tuple[str, ...]:
    """The parts of a cell that holds several values (between 、 ， , ； ; blanks or line breaks), without repeats."""
    return tuple(dict.fromkeys(part for part in _SEPARATORS.split(text) if _BLANKS.sub("", part)))


def control_character(text: str) -> str | None:
    """The first character no sheet can keep, or None."""
    if text.isprintable():
        return None
    found = _CONTROL.search(text.replace("\r", "\n"))
    return found[0] if found else None


def utf16_length(text: str) -> int:
    """The length as Excel counts it: most emoji and rare characters count twice."""
    return len(text) + sum(character > "\uffff" for character in text)
