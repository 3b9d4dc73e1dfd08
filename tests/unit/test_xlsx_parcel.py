"""What the child process sends of a Snapshot, and what the console makes of it."""

from __future__ import annotations

import pickle

from hypothesis import given
from hypothesis import strategies as st

from sheets.port import Serial, Sheet, Snapshot, Value
from sheets.xlsx_parcel import Packer, Parcel, Unpacker

values = st.sampled_from([None, "", "一", "1", 1.0, True, False, 0.0, Serial(1.0), Serial(45000.5)])
rows = st.lists(st.lists(values, max_size=3).map(tuple), max_size=6)


def snapshot(number: int, sheets: dict[str, list[tuple[Value, ...]]]) -> Snapshot:
    made = {title: Sheet(title, tuple(cells)) for title, cells in sheets.items()}
    return Snapshot(str(number), made, tuple(made))


def exactly(found: Snapshot) -> object:
    cells = {title: [[(type(one), one) for one in row] for row in sheet.rows] for title, sheet in found.sheets.items()}
    return found.revision, found.titles, cells


@given(st.lists(st.dictionaries(st.sampled_from(["甲", "乙"]), rows, max_size=2), max_size=5))
def test_what_is_sent_arrives_to_the_type(books: list[dict[str, list[tuple[Value, ...]]]]) -> None:
    packer, unpacker = Packer(), Unpacker()
    for number, sheets in enumerate(books):
        sent = snapshot(number, sheets)
        parcel = pickle.loads(pickle.dumps(packer.pack(sent)))
        assert isinstance(parcel, Parcel)
        assert exactly(unpacker.unpack(parcel)) == exactly(sent)


def test_rows_that_stand_as_they_did_are_the_very_same_and_are_not_sent_again() -> None:
    packer, unpacker = Packer(), Unpacker()
    before = [("表头",), ("一", 1.0), ("二", 2.0), ("三", 3.0)]
    first = unpacker.unpack(packer.pack(snapshot(1, {"甲": before})))
    # Edited, inserted, moved: only what is new travels.
    after = [("表头",), ("三", 3.0), ("新",), ("一", 1.0), ("二", True)]
    parcel = packer.pack(snapshot(2, {"甲": after}))
    assert [row for row in parcel.rows["甲"] if not isinstance(row, int)] == [("新",), ("二", True)]
    second = unpacker.unpack(parcel)
    assert second.sheets["甲"].rows[3] is first.sheets["甲"].rows[1]
