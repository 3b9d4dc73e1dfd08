"""Makes room at the very end of tabs before rows are inserted, where the editing library would otherwise refuse.

A format, a merge, a filter or a formula that reaches the last possible row cannot be moved down. Empty formatted rows
there are dropped, as Excel does; ranges end as many rows earlier, so that the insert moves their end back to the last row.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape

LAST_ROW = 1_048_576
_FAR_ROW = re.compile(rb'<row r="([0-9]{7})"[^>]*?(?:/>|>.*?</row>)', re.DOTALL)
_FORMULA = re.compile(rb"(<f(?:\s[^>]*)?>)([^<]*1048576[^<]*)(</f>)")
_AREA = re.compile(rb'(<(?:mergeCell|autoFilter)\s[^>]*?ref="[A-Z]+[0-9]+:[A-Z]+)1048576(")')
_QUOTE = re.compile('("|&quot;|&#34;)')
_RANGE = re.compile(r"((?:'(?:[^']|'')+'|[\w.]+)!)?(\$?[A-Z]{1,3}\$?[0-9]+:\$?[A-Z]{1,3}\$?)1048576(?![0-9])")


def with_room(xml: bytes, title: str, inserted: Mapping[str, int]) -> bytes:
    """The XML of the tab `title`, made ready for `inserted` rows by tab."""
    count = inserted.get(title, 0)
    if b"1048" not in xml:
        return xml
    if count:
        limit = LAST_ROW - count
        xml = _FAR_ROW.sub(lambda match: b"" if int(match[1]) > limit else match[0], xml)
        xml = _AREA.sub(lambda match: match[1] + str(limit).encode() + match[2], xml)
    return _FORMULA.sub(lambda match: match[1] + _shortened(match[2].decode(), title, inserted) + match[3], xml)


def _shortened(formula: str, title: str, inserted: Mapping[str, int]) -> bytes:
    def end(match: re.Match[str]) -> str:
        name = unescape(match[1] or "").rstrip("!").strip("'").replace("''", "'") or title
        return f"{match[1] or ''}{match[2]}{LAST_ROW - inserted.get(name, 0)}"

    pieces = _QUOTE.split(formula)  # code, quote, text, quote, code …
    return "".join(piece if at % 4 else _RANGE.sub(end, piece) for at, piece in enumerate(pieces)).encode()
