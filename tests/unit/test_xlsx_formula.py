"""Formulas under inserted rows: references move, everything else stays as it was typed."""

from __future__ import annotations

import pytest

from sheets.xlsx_formula import moved_formula, shared_formula


def down_two_from_four(row: int) -> int:
    return row + 2 if row >= 4 else row


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("A3+A4", "A3+A6"),
        ("$A$4&B$5&$C6", "$A$6&B$7&$C8"),
        ("SUM(D2:D9)", "SUM(D2:D11)"),
        ("SUM(D2:D3)", "SUM(D2:D3)"),
        ("SUM(D2:D1048576)+SUM(D:D)+SUM(4:6)+SUM($4:$6)", "SUM(D2:D1048576)+SUM(D:D)+SUM(6:8)+SUM($6:$8)"),
        ('LOOKUP(D5,{0,60,90},{"差","中","好"})', 'LOOKUP(D7,{0,60,90},{"差","中","好"})'),
        ('"A5"&A5&"say ""A5"""', '"A5"&A7&"say ""A5"""'),
        ("A4:A5 A5:B6", "A6:A7 A7:B8"),
        ("台账!A5+'台账'!A5+'汇 总'!A5+汇总!A5", "台账!A7+'台账'!A7+'汇 总'!A5+汇总!A5"),
        ("[1]台账!A5+'[1]台账'!A5+'C:\\x\\[b.xlsx]台账'!A5", "[1]台账!A5+'[1]台账'!A5+'C:\\x\\[b.xlsx]台账'!A5"),
        ("LOG10(5)*Rate2024*税率5*A5B+1E5+ABCD5", "LOG10(5)*Rate2024*税率5*A5B+1E5+ABCD5"),
        ("SUM(表1[金额],表1[[#This Row],[A5]])", "SUM(表1[金额],表1[[#This Row],[A5]])"),
        ('DISPIMG("ID_A5",1)&_xlfn.XLOOKUP(A5,A:A,B:B)', 'DISPIMG("ID_A5",1)&_xlfn.XLOOKUP(A7,A:A,B:B)'),
        (" A5 + ( B6 )%", " A7 + ( B8 )%"),
        ("#REF!+A5#", "#REF!+A7#"),
        ("Sheet1:台账!A5", "Sheet1:台账!A5"),
        ("XFD4+XFE4", "XFD6+XFE4"),
    ],
)
def test_moves_references_and_nothing_else(before: str, after: str) -> None:
    assert moved_formula(before, "台账", "台账", down_two_from_four) == after


def test_in_other_tabs_only_what_names_the_tab() -> None:
    assert moved_formula("A5+台账!A5:A9", "汇总", "台账", down_two_from_four) == "A5+台账!A7:A11"
    assert moved_formula("'It''s'!A5", "汇总", "It's", down_two_from_four) == "'It''s'!A7"


@pytest.mark.parametrize(
    ("master", "follower"),
    [
        ("D2*2", "E4*2"),
        ("$D2+D$2+$D$2", "$D4+E$2+$D$2"),
        ("SUM(D2:$D9)", "SUM(E4:$D11)"),
        ("SUM(D:D,$D:E,2:$3)", "SUM(E:E,$D:F,4:$3)"),
        ('LOG10(D2)&"D2"', 'LOG10(E4)&"D2"'),
    ],
)
def test_followers_of_a_shared_formula(master: str, follower: str) -> None:
    assert shared_formula(master, 2, 1) == follower
