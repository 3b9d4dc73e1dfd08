"""What only a Google spreadsheet can do to us: rows that move under a commit, answers that are lost, quotas, refusals."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from sheets.gsheets import GoogleWorkbook
from sheets.gsheets_account import Account
from sheets.gsheets_errors import (
    CredentialRevoked,
    DriveApiOff,
    GoogleDown,
    InTheBin,
    NoNetwork,
    NoSpreadsheet,
    NotConfigured,
    NotShared,
    QuotaUsedUp,
    SharedReadOnly,
    SheetsApiOff,
)
from sheets.gsheets_pace import Governor, Kind, Pace
from sheets.gsheets_stamp import TAB as OWN_TAB
from sheets.marker import ForeignInstallation
from sheets.port import CellEdit, Commit, InDoubt, Mark, Moved, RowInsert, Snapshot, Stamp, StorageError, Value
from tests.fake_sheets import (
    EMAIL,
    Book,
    Cloud,
    Cut,
    FakeSheets,
    Manager,
    When,
    internal,
    quota_exceeded,
    running,
    unavailable,
)
from tests.google_account import AT_ONCE, account

TAB = "银行转账明细表"
HEADER = ("店铺", "金额", "记录编号")
IDS = ("YH261101-AAAAA", "YH261102-BBBBB", "YH261103-CCCCC")
ROWS = (HEADER, ("甲店", 3.0, IDS[0]), ("乙店", 2.0, IDS[1]), ("丙店", 1.0, IDS[2]))


class Seconds:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


class Shop:
    """A spreadsheet, the manager in it, and as many programs as a test opens."""

    def __init__(self, server: FakeSheets, seconds: Seconds) -> None:
        self.server, self.cloud, self.seconds = server, server.cloud, seconds
        self.book: Book = self.cloud.new_book("台账", TAB)
        self.person = Manager(self.cloud, self.book)
        self.person.fill(TAB, ROWS)
        self.opened: list[GoogleWorkbook] = []

    def open(self, pace: Pace = AT_ONCE, *, unlimited: bool = True) -> GoogleWorkbook:
        google = account(self.server, timer=self.seconds, sleep=self.seconds.sleep, unlimited=unlimited)
        self.opened.append(GoogleWorkbook(google, self.book.id, timer=self.seconds, pace=pace))
        return self.opened[-1]

    def rows(self) -> list[list[Value]]:
        return [list(row) for row in self.person.rows(TAB)]

    def calls(self, kind: str) -> int:
        return sum(entry.kind == kind for entry in self.cloud.log)


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture(params=[AT_ONCE.whole, 0], ids=["small tabs", "large tabs"])
def pace(request: pytest.FixtureRequest) -> Pace:
    """Every call asks; right before a commit tabs are read whole, or the rows concerned only."""
    return replace(AT_ONCE, whole=request.param)


@pytest.fixture
def shop(seconds: Seconds) -> Iterator[Shop]:
    with running(Cloud(clock=seconds, sleep=seconds.sleep)) as server:
        made = Shop(server, seconds)
        yield made
        for workbook in made.opened:
            workbook.close()
        assert not server.cloud.mismatches, server.cloud.mismatches


def edit(row: int, column: int, value: Value, was: Value, record: str | None) -> CellEdit:
    return CellEdit(TAB, row, column, value, was, record, 3)


def commit(base: Snapshot, *edits: CellEdit, inserts: tuple[RowInsert, ...] = (), generation: int = 1) -> Commit:
    return Commit(base.revision, edits, Stamp("w", generation), inserts)


def by_id(rows: list[list[Value]]) -> dict[Value, list[Value]]:
    return {row[2]: row[:2] for row in rows[1:] if len(row) == 3}


# -- rows that move under a commit -------------------------------------------------------------------------------------


def meanwhile(shop: Shop, act: Callable[[], object]) -> None:
    """Something the manager does between our reading and our writing."""
    shop.cloud.plans.do(lambda _: act(), on=":batchUpdate")


MOVES: Mapping[str, Callable[[Manager], object]] = {
    "sort": lambda person: person.sort(TAB, 2, 2),
    "insert": lambda person: person.insert_row(TAB, 2),
    "delete": lambda person: person.delete_row(TAB, 2),
    "cut": lambda person: (person.copy_row(TAB, 2, len(person.rows(TAB)) + 1), person.delete_row(TAB, 2)),
}


@pytest.mark.parametrize("what", MOVES)
def test_a_cell_that_landed_in_another_row_is_put_right(shop: Shop, pace: Pace, what: str) -> None:
    workbook = shop.open(pace)
    base = workbook.read()
    meanwhile(shop, lambda: MOVES[what](shop.person))
    after = workbook.write(commit(base, edit(2, 1, "新店", "甲店", IDS[0]), edit(4, 2, 9.0, 1.0, IDS[2])))
    wanted = {IDS[0]: ["新店", 3], IDS[1]: ["乙店", 2], IDS[2]: ["丙店", 9]}
    if what == "delete":
        del wanted[IDS[0]]
    assert by_id(shop.rows()) == wanted
    assert {incident.record for incident in after.incidents} <= {IDS[0], IDS[2]}
    assert after.incidents or what == "insert"
    assert all(incident.mended for incident in after.incidents) == (what != "delete")
    assert workbook.read().sheets[TAB].rows == after.sheets[TAB].rows
    assert after.stamp == Stamp("w", 1)


def test_cells_that_landed_in_each_others_rows_are_put_right(shop: Shop, pace: Pace) -> None:
    """All rows of a column are written in the moment in which somebody turns them round."""
    workbook = shop.open(pace)
    base = workbook.read()
    meanwhile(shop, lambda: shop.person.sort(TAB, 2, 2))
    edits = [edit(row, 1, f"新{row}", ROWS[row - 1][0], IDS[row - 2]) for row in (2, 3, 4)]
    after = workbook.write(commit(base, *edits))
    assert by_id(shop.rows()) == {IDS[0]: ["新2", 3], IDS[1]: ["新3", 2], IDS[2]: ["新4", 1]}
    assert {incident.record for incident in after.incidents} == {IDS[0], IDS[2]}


def test_a_blank_row_that_was_hit_is_blank_again(shop: Shop, pace: Pace) -> None:
    """And not filled with a row without an id that has nothing but what was written."""
    shop.person.fill(TAB, [("丁店",)], first_row=5)
    workbook = shop.open(pace)
    base = workbook.read()
    meanwhile(shop, lambda: shop.person.insert_row(TAB, 2))
    workbook.write(commit(base, edit(2, 1, "新店", "甲店", IDS[0])))
    assert [row[:1] for row in shop.rows()] == [["店铺"], [], ["新店"], ["乙店"], ["丙店"], ["丁店"]]


def test_an_id_that_landed_in_another_row_is_put_right(shop: Shop, pace: Pace) -> None:
    shop.person.type(TAB, 2, 3, None)
    workbook = shop.open(pace)
    base = workbook.read()
    meanwhile(shop, lambda: shop.person.sort(TAB, 2, 2))
    after = workbook.write(commit(base, edit(2, 3, "YH261122-NEWNW", None, None)))
    assert by_id(shop.rows()) == {"YH261122-NEWNW": ["甲店", 3], IDS[1]: ["乙店", 2], IDS[2]: ["丙店", 1]}
    assert after.incidents


@pytest.mark.parametrize("what", MOVES)
def test_an_id_is_for_the_row_it_was_made_for_wherever_that_went(shop: Shop, pace: Pace, what: str) -> None:
    """Ids are given after the rest of a commit; what moved meanwhile gets its id with the next one."""
    shop.person.type(TAB, 4, 3, None)
    shop.person.fill(TAB, [("丁店", 0.5), ("戊店", 5.0, "YH261105-EEEEE")], first_row=5)
    workbook = shop.open(pace)
    base = workbook.read()
    meanwhile(shop, lambda: MOVES[what](shop.person))
    given = [edit(4, 3, "YH261122-NEWAA", None, None), edit(5, 3, "YH261122-NEWBB", None, None)]
    workbook.write(commit(base, edit(6, 1, "己店", "戊店", "YH261105-EEEEE"), *given))
    wanted: dict[Value, list[Value]] = {
        IDS[0]: ["甲店", 3],
        IDS[1]: ["乙店", 2],
        "YH261105-EEEEE": ["己店", 5],
        "YH261122-NEWAA": ["丙店", 1],
        "YH261122-NEWBB": ["丁店", 0.5],
    }
    if what == "delete":
        del wanted[IDS[0]]
    found = by_id(shop.rows())
    assert {id: wanted[id] for id in found} == found
    assert wanted.keys() - found.keys() <= {"YH261122-NEWAA", "YH261122-NEWBB"}
    assert (
        [row[:2] for row in shop.rows()].count(["丙店", 1])
        == [row[:2] for row in shop.rows()].count(["丁店", 0.5])
        == 1
    )


def test_a_row_typed_where_a_new_record_goes_is_not_touched(shop: Shop, pace: Pace) -> None:
    workbook = shop.open(pace)
    base = workbook.read()
    assert base.sheets[TAB].live
    meanwhile(shop, lambda: shop.person.fill(TAB, [("经理的店", 7.0)], first_row=5))
    new = [edit(5, column, value, None, None) for column, value in enumerate(("丁店", 4.0, "YH261104-DDDDD"), 1)]
    workbook.write(commit(base, *new, inserts=(RowInsert(TAB, 5),)))
    assert shop.rows()[4:] == [["丁店", 4, "YH261104-DDDDD"], ["经理的店", 7]]


def test_a_restored_version_in_that_moment_is_told_by_its_stamp(shop: Shop, pace: Pace) -> None:
    workbook = shop.open(pace)
    first = workbook.write(commit(workbook.read(), edit(2, 1, "一", "甲店", IDS[0]), generation=1))
    old = shop.person.save_copy()
    second = workbook.write(commit(first, edit(2, 1, "二", "一", IDS[0]), generation=2))
    meanwhile(shop, lambda: shop.person.restore(old))
    with pytest.raises(Moved):
        workbook.write(commit(second, edit(3, 1, "三", "乙店", IDS[1]), generation=3))
    assert workbook.read().stamp == Stamp("w", 1)
    assert shop.rows()[2][0] == "乙店"


def test_ids_do_not_hide_a_version_restored_between_the_batches(shop: Shop, pace: Pace) -> None:
    workbook = shop.open(pace)
    shop.person.type(TAB, 4, 3, None)
    first = workbook.write(commit(workbook.read(), edit(2, 1, "一", "甲店", IDS[0]), generation=1))
    old = shop.person.save_copy()

    def rows_move_and_then_all_is_restored() -> None:
        shop.person.insert_row(TAB, 2)
        shop.cloud.plans.do(lambda _: shop.person.restore(old), on="values:batchGet")

    meanwhile(shop, rows_move_and_then_all_is_restored)
    workbook.write(
        commit(first, edit(2, 1, "二", "一", IDS[0]), edit(4, 3, "YH261122-NEWNW", None, None), generation=2)
    )
    assert workbook.read().stamp == Stamp("w", 1)
    assert shop.rows()[3] == ["丙店", 1]


@pytest.mark.parametrize("whole", [Pace().whole, 0])
def test_a_commit_is_planned_on_what_was_noticed_and_not_yet_read(shop: Shop, whole: int) -> None:
    workbook = shop.open(Pace(whole=whole), unlimited=False)
    base = workbook.read()
    shop.person.type(TAB, 4, 1, "经理改了")
    shop.seconds.now += 2.5
    assert workbook.revision() == base.revision, "looked at the version, and reading is not due yet"
    with pytest.raises(Moved):
        workbook.write(commit(base, edit(2, 1, "新店", "甲店", IDS[0])))
    assert workbook.read().sheets[TAB].value(4, 1) == "经理改了"


def used_up(workbook: GoogleWorkbook) -> GoogleWorkbook:
    """As many reads taken as leave nothing for polling."""
    while workbook.account.governor.may_poll():
        pass
    return workbook


def test_a_commit_waits_for_no_reading_where_reads_are_short(shop: Shop) -> None:
    """What was typed elsewhere meanwhile stays, and is read later."""
    workbook = used_up(shop.open(Pace(whole=0), unlimited=False))
    base = workbook.read()
    shop.person.type(TAB, 4, 1, "经理改了")
    shop.seconds.now += 2.5
    assert workbook.revision() == base.revision
    shop.cloud.log.clear()
    workbook.write(commit(base, edit(2, 1, "新店", "甲店", IDS[0])))
    assert shop.calls("read") == 1 and [row[0] for row in shop.rows()[1:]] == ["新店", "乙店", "经理改了"]
    shop.seconds.now += 20
    assert workbook.read().sheets[TAB].value(4, 1) == "经理改了"


def test_no_commit_hides_an_older_version_that_nobody_read(shop: Shop) -> None:
    workbook = used_up(shop.open(Pace(whole=0), unlimited=False))
    first = workbook.write(commit(workbook.read(), edit(2, 1, "一", "甲店", IDS[0])))
    old = shop.person.save_copy()
    second = workbook.write(commit(first, edit(2, 1, "二", "一", IDS[0]), generation=2))
    shop.person.restore(old)
    with pytest.raises(Moved):
        workbook.write(commit(second, edit(3, 1, "三", "乙店", IDS[1]), generation=3))
    assert workbook.read().stamp == Stamp("w", 1)


def test_a_new_row_goes_below_the_row_it_was_meant_for(shop: Shop) -> None:
    workbook = used_up(shop.open(Pace(whole=0), unlimited=False))
    base = workbook.read()
    shop.person.delete_row(TAB, 2)
    shop.person.delete_row(TAB, 2)
    new = [edit(5, column, value, None, None) for column, value in enumerate(("丁店", 4.0, "YH261104-DDDDD"), 1)]
    with pytest.raises(Moved):
        workbook.write(commit(base, *new, inserts=(RowInsert(TAB, 5),)))


@pytest.mark.parametrize("whole", [Pace().whole, 0])
def test_a_save_asks_for_one_look_one_reading_and_one_batch(shop: Shop, whole: int) -> None:
    workbook = shop.open(Pace(whole=whole), unlimited=False)
    first = workbook.write(commit(workbook.read(), edit(2, 1, "一", "甲店", IDS[0])))
    shop.seconds.now += 5
    shop.cloud.log.clear()
    workbook.write(commit(first, edit(2, 1, "二", "一", IDS[0]), generation=2))
    assert [entry.kind for entry in shop.cloud.log] == ["drive", "read", "write"]


# -- lost answers ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "when", "happened"),
    [
        (unavailable(), When.BEFORE, False),
        (unavailable(), When.AFTER, True),
        (internal(), When.APPLIED, True),
        (Cut(), When.BEFORE, False),
        (Cut(), When.AFTER, True),
        (Cut(halfway=True), When.AFTER, True),
    ],
)
def test_a_lost_answer_is_looked_up_and_never_repeated(
    shop: Shop, fault: Exception, when: When, happened: bool
) -> None:
    workbook = shop.open()
    base = workbook.read()
    asked = commit(base, edit(2, 1, "新店", "甲店", IDS[0]))
    shop.cloud.plans.fail(fault, when=when, on=":batchUpdate")
    if happened:
        assert workbook.write(asked).sheets[TAB].value(2, 1) == "新店"
    else:
        with pytest.raises(GoogleDown):
            workbook.write(asked)
    assert shop.rows()[1][0] == ("新店" if happened else "甲店")
    sent = [entry for entry in shop.cloud.log if entry.kind == "write"]
    assert len(sent) == (1 if happened else 2), "the second one only bars the way"


def test_a_batch_still_on_its_way_comes_too_late(shop: Shop) -> None:
    workbook = shop.open()
    base = workbook.read()
    sent: list[Callable[[], object]] = []
    asks = workbook._calls.batch

    def lose(requests: object, ranges: object = ()) -> object:
        listed = list(requests)  # type: ignore[call-overload]
        sent.append(lambda: asks(listed, ranges))  # type: ignore[arg-type]
        if len(sent) == 1:
            raise InDoubt("on its way")
        return sent[-1]()

    workbook._calls.batch = lose  # type: ignore[assignment,method-assign]
    with pytest.raises(GoogleDown):
        workbook.write(commit(base, edit(2, 1, "新店", "甲店", IDS[0])))
    with pytest.raises(StorageError):
        sent[0]()
    assert shop.rows()[1][0] == "甲店"


def test_what_cannot_be_looked_up_stays_in_doubt_until_it_can(shop: Shop) -> None:
    workbook = shop.open()
    base = workbook.read()

    shop.cloud.plans.do(
        lambda _: shop.cloud.plans.fail(unavailable(), times=None), when=When.APPLIED, on=":batchUpdate"
    )
    shop.cloud.plans.fail(Cut(), when=When.AFTER, on=":batchUpdate")
    with pytest.raises(InDoubt):
        workbook.write(commit(base, edit(2, 1, "新店", "甲店", IDS[0])))
    shop.cloud.plans.clear()
    workbook.settle()
    found = workbook.read()
    assert found.stamp == Stamp("w", 1) and found.sheets[TAB].value(2, 1) == "新店"


class Killed(BaseException):
    """kill -9."""


def write_and_die(
    workbook: GoogleWorkbook, folder: Path, what: Callable[[Snapshot], Commit], *, after: int = 1
) -> None:
    """A program that is killed `after` so many of its batches were carried out, before it sees the answer."""
    workbook.claim("a", folder)
    asks, asked = workbook._calls.batch, [0]

    def die(requests: object, ranges: object = ()) -> object:
        answer = asks(requests, ranges)  # type: ignore[arg-type]
        asked[0] += 1
        if asked[0] == after:
            raise Killed
        return answer

    workbook._calls.batch = die  # type: ignore[assignment,method-assign]
    with pytest.raises(Killed):
        workbook.write(what(workbook.read()))


@pytest.mark.parametrize("again", [False, True], ids=["as it lay", "sorted once more"])
@pytest.mark.parametrize("number", [1, 2], ids=["before the mending", "before the answer to the mending"])
def test_what_a_program_that_died_left_in_other_rows_is_put_right(
    shop: Shop, tmp_path: Path, number: int, again: bool
) -> None:
    """It dies between the batch that went astray and its mending; the next program on the data folder finishes the proof."""
    dying, heir = shop.open(), shop.open()
    meanwhile(shop, lambda: shop.person.sort(TAB, 2, 2))
    edits = edit(2, 1, "新店", "甲店", IDS[0]), edit(4, 2, 9.0, 1.0, IDS[2])
    write_and_die(dying, tmp_path, lambda base: commit(base, *edits), after=number)
    if again:
        shop.person.sort(TAB, 2, 1)
    heir.claim("a", tmp_path)
    heir.settle()
    after = heir.read()
    assert by_id(shop.rows()) == {IDS[0]: ["新店", 3], IDS[1]: ["乙店", 2], IDS[2]: ["丙店", 9]}
    assert after.stamp == Stamp("w", 1)
    assert number == 2 or {one.record for one in after.incidents} == {IDS[0], IDS[2]}
    assert not list(tmp_path.iterdir()), "nothing is in doubt any more"


def test_a_new_record_of_a_program_that_died_stays_as_it_is_wherever_it_moved(shop: Shop, tmp_path: Path) -> None:
    """A row that the batch itself inserted cannot have gone astray; blank rows are not mistaken for it."""
    dying, heir = shop.open(), shop.open()
    id = "YH261104-DDDDD"
    new = [edit(5, 1, "丁店", None, id), edit(5, 2, 4.0, None, id), edit(5, 3, id, None, None)]
    write_and_die(dying, tmp_path, lambda base: commit(base, *new, inserts=(RowInsert(TAB, 5),)))
    shop.person.insert_row(TAB, 2)
    shop.person.insert_row(TAB, 2)
    stands = shop.rows()
    heir.claim("a", tmp_path)
    heir.settle()
    assert shop.rows() == stands and stands[-1] == ["丁店", 4, id]
    assert not heir.read().incidents


@pytest.mark.parametrize("again", ["as it lay", "moved once more", "and typed in"])
def test_what_a_program_that_died_left_in_a_blank_row_is_put_right(shop: Shop, tmp_path: Path, again: str) -> None:
    dying, heir = shop.open(), shop.open()
    meanwhile(shop, lambda: shop.person.insert_row(TAB, 2))
    edits = edit(2, 1, "新店", "甲店", IDS[0]), edit(2, 2, 9.0, 3.0, IDS[0])
    write_and_die(dying, tmp_path, lambda base: commit(base, *edits))
    if again == "moved once more":
        shop.person.insert_row(TAB, 2)
    if again == "and typed in":
        shop.person.type(TAB, 2, 4, "经理写的")
    heir.claim("a", tmp_path)
    heir.settle()
    rows = [row for row in shop.rows() if row]
    if again == "and typed in":
        assert rows.pop(1) == [None, None, None, "经理写的"]
    assert rows == [[*HEADER], ["新店", 9, IDS[0]], ["乙店", 2, IDS[1]], ["丙店", 1, IDS[2]]]


@pytest.mark.parametrize("what", MOVES)
def test_an_id_that_a_program_that_died_left_in_another_row_is_put_right(shop: Shop, tmp_path: Path, what: str) -> None:
    """Also that other row's own id, which was overwritten."""
    shop.person.type(TAB, 4, 3, None)
    dying, heir = shop.open(), shop.open()
    meanwhile(shop, lambda: MOVES[what](shop.person))
    write_and_die(dying, tmp_path, lambda base: commit(base, edit(4, 3, "YH261122-NEWNW", None, None)))
    heir.claim("a", tmp_path)
    heir.settle()
    wanted = {IDS[0]: ["甲店", 3], IDS[1]: ["乙店", 2], "YH261122-NEWNW": ["丙店", 1]}
    if what == "delete":
        del wanted[IDS[0]]
    assert by_id(shop.rows()) == wanted


@pytest.mark.parametrize("late", [False, True], ids=["before its answer", "before it was sent"])
def test_a_mending_that_went_astray_itself_is_put_right(shop: Shop, tmp_path: Path, late: bool) -> None:
    """The program dies in the mending; what it was to clear is deleted in that moment, so that it clears another's cell."""
    dying, heir = shop.open(), shop.open()

    def insert_and_later_delete() -> None:
        shop.person.insert_row(TAB, 2)
        if not late:
            meanwhile(shop, lambda: shop.person.delete_row(TAB, 2))

    meanwhile(shop, insert_and_later_delete)
    edits = edit(2, 1, "新店", "甲店", IDS[0]), edit(2, 2, 9.0, 3.0, IDS[0])
    write_and_die(dying, tmp_path, lambda base: commit(base, *edits), after=1 if late else 2)
    if late:
        shop.person.delete_row(TAB, 2)
    heir.claim("a", tmp_path)
    heir.settle()
    assert by_id(shop.rows()) == {IDS[0]: ["新店", 9], IDS[1]: ["乙店", 2], IDS[2]: ["丙店", 1]}
    assert not list(tmp_path.iterdir()), "nothing is in doubt any more"


def test_a_record_whose_id_was_cleared_after_the_program_died_keeps_what_it_was_given(
    shop: Shop, tmp_path: Path
) -> None:
    """Its row shows nothing but what was written, as a blank row would in which that landed."""
    shop.person.type(TAB, 2, 2, None)
    dying, heir = shop.open(), shop.open()
    edits = edit(2, 1, "新店", "甲店", IDS[0]), edit(2, 2, 9.0, None, IDS[0])
    write_and_die(dying, tmp_path, lambda base: commit(base, *edits))
    shop.person.type(TAB, 2, 3, None)
    heir.claim("a", tmp_path)
    heir.settle()
    assert shop.rows()[1] == ["新店", 9]


@pytest.mark.parametrize("value", ["新店", None], ids=["a text", "a blank"])
def test_what_landed_in_a_row_that_is_gone_is_written_anew(shop: Shop, tmp_path: Path, value: str | None) -> None:
    dying, heir = shop.open(), shop.open()
    dying.claim("a", tmp_path)
    base = dying.read()
    meanwhile(shop, lambda: shop.person.insert_row(TAB, 2))

    def die(_: object) -> None:
        raise Cut

    shop.cloud.plans.do(die, when=When.AFTER, on=":batchUpdate")
    shop.cloud.plans.do(
        lambda _: shop.cloud.plans.fail(unavailable(), times=None), when=When.APPLIED, on=":batchUpdate"
    )
    with pytest.raises(InDoubt):
        dying.write(commit(base, edit(2, 1, value, "甲店", IDS[0])))
    shop.cloud.plans.clear()
    shop.person.delete_row(TAB, 2)
    heir.claim("a", tmp_path)
    heir.settle()
    assert shop.rows()[1][1:] == [3, IDS[0]] and shop.rows()[1][0] == value


@pytest.mark.parametrize("kept", [False, True], ids=["the same program", "another program"])
def test_a_mending_that_was_lost_is_made_up_for(shop: Shop, tmp_path: Path, kept: bool) -> None:
    """The batch went astray, its mending never arrived, and the way was barred to it."""
    workbook = shop.open()
    workbook.claim("a", tmp_path)
    base = workbook.read()
    meanwhile(shop, lambda: shop.person.sort(TAB, 2, 2))
    shop.cloud.plans.do(lambda _: shop.cloud.plans.fail(Cut(), on=":batchUpdate"), when=When.AFTER, on=":batchUpdate")
    with pytest.raises(InDoubt):
        workbook.write(commit(base, edit(2, 1, "新店", "甲店", IDS[0])))
    if kept:
        workbook = shop.open()
        workbook.claim("a", tmp_path)
    workbook.settle()
    assert by_id(shop.rows()) == {IDS[0]: ["新店", 3], IDS[1]: ["乙店", 2], IDS[2]: ["丙店", 1]}
    assert workbook.read().incidents


# -- several writers ---------------------------------------------------------------------------------------------------


def test_only_one_of_two_installations_writes(shop: Shop, tmp_path: Path) -> None:
    folders = tmp_path / "甲", tmp_path / "乙"
    for folder in folders:
        folder.mkdir()
    ours, theirs = shop.open(), shop.open()
    ours.claim("a", folders[0])
    theirs.claim("b", folders[1])
    mine, other = ours.read(), theirs.read()
    ours.write(commit(mine, edit(2, 1, "甲写", "甲店", IDS[0])))
    with pytest.raises((Moved, ForeignInstallation)):
        theirs.write(commit(other, edit(3, 1, "乙写", "乙店", IDS[1])))
    theirs.read()
    with pytest.raises(ForeignInstallation) as refused:
        theirs.claim("b", folders[1])
    assert "甲" in str(refused.value)
    theirs.claim("b", folders[1], take_over=True)
    theirs.write(commit(theirs.read(), edit(3, 1, "乙写", "乙店", IDS[1]), generation=2))
    ours.read()
    with pytest.raises(ForeignInstallation):
        ours.claim("a", folders[0])
    assert [row[0] for row in shop.rows()] == ["店铺", "甲写", "乙写", "丙店"]


def test_a_lost_token_is_made_anew(shop: Shop, pace: Pace) -> None:
    workbook = shop.open(pace)
    first = workbook.write(commit(workbook.read()))
    shop.person.delete_named_ranges()
    with suppress(Moved):  # unless the reading just before found out already
        workbook.write(commit(first, edit(2, 1, "新店", "甲店", IDS[0]), generation=2))
    now = workbook.read()
    workbook.write(commit(now, edit(2, 1, "新店", now.sheets[TAB].value(2, 1), IDS[0]), generation=3))
    assert len(shop.book.content.named) == 1 and shop.rows()[1][0] == "新店"


# -- what polling cannot see -------------------------------------------------------------------------------------------


def test_a_formula_with_the_same_result_is_found_before_it_is_written_over(shop: Shop) -> None:
    workbook = shop.open(Pace(look=1e9, again=1e9, own=1e9, always=1e9))
    base = workbook.read()
    shop.person.key_in(TAB, 2, 2, "=1+2")
    with pytest.raises(Moved):
        workbook.write(commit(base, edit(2, 2, 5.0, 3.0, IDS[0])))
    assert workbook.read().sheets[TAB].mark(2, 2) is Mark.FORMULA
    assert shop.rows()[1][1] == "=1+2"


def test_texts_never_become_formulas_and_numbers_stay_numbers(shop: Shop) -> None:
    workbook = shop.open()
    workbook.write(commit(workbook.read(), edit(2, 1, "=1+1", "甲店", IDS[0]), edit(3, 1, "00123", "乙店", IDS[1])))
    assert [shop.person.tab(TAB).cell(row, 0)["userEnteredValue"] for row in (1, 2)] == [
        {"stringValue": "=1+1"},
        {"stringValue": "00123"},
    ]
    assert shop.person.tab(TAB).cell(2, 0)["userEnteredFormat"]["numberFormat"]["type"] == "TEXT"


def test_our_own_tab_is_nobodys_business(shop: Shop) -> None:
    workbook = shop.open()
    after = workbook.write(commit(workbook.read()))
    assert after.titles == (TAB,) and OWN_TAB not in after.sheets
    tab = shop.person.tab(OWN_TAB)
    assert tab.settings["hidden"] is True


def test_a_renamed_tab_is_found_under_its_new_name(shop: Shop) -> None:
    workbook = shop.open()
    workbook.read()
    shop.person.rename_tab(TAB, "转账")
    assert workbook.read().titles == ("转账",)


# -- pace --------------------------------------------------------------------------------------------------------------


def test_polling_asks_drive_every_two_seconds_and_reads_only_what_moved(shop: Shop) -> None:
    workbook = shop.open(Pace(), unlimited=False)
    workbook.revision()
    shop.cloud.log.clear()
    for _ in range(100):  # fifty seconds, as the keeper asks
        shop.seconds.now += 0.5
        workbook.revision()
    assert shop.calls("read") == 0 and 20 <= shop.calls("drive") <= 26
    shop.person.type(TAB, 2, 1, "经理改了")
    began = shop.seconds.now
    while workbook.read().sheets[TAB].value(2, 1) != "经理改了":
        shop.seconds.now += 0.5
    assert shop.seconds.now - began <= 6
    assert shop.calls("read") <= 3


def test_a_minute_never_passes_without_a_reading(shop: Shop) -> None:
    workbook = shop.open(Pace(), unlimited=False)
    workbook.revision()
    shop.book.version_delay = 1e9  # Drive sleeps
    shop.person.type(TAB, 2, 1, "经理改了")
    shop.seconds.now += 61
    assert workbook.read().sheets[TAB].value(2, 1) == "经理改了"


def test_the_governor_lets_at_most_forty_through_in_any_minute(seconds: Seconds) -> None:
    governor = Governor(seconds, seconds.sleep)
    passed: list[float] = []
    for _ in range(400):
        governor.take(Kind.WRITE)
        passed.append(seconds.now)
    most = max(sum(start <= one < start + 60 for one in passed) for start in passed)
    assert most <= 40


def test_polling_leaves_tokens_for_what_people_save(seconds: Seconds) -> None:
    governor = Governor(seconds, seconds.sleep)
    while governor.may_poll():
        pass
    began = seconds.now
    governor.take(Kind.READ)
    assert seconds.now == began, "a save does not wait for polling"
    governor.scold()
    assert not governor.may_poll(1)


def test_polling_leaves_the_less_the_longer_it_waited(seconds: Seconds) -> None:
    governor = Governor(seconds, seconds.sleep)
    while governor.may_poll():
        pass
    polled = 0
    while governor.may_poll(0.9):
        polled += 1
    began = seconds.now
    governor.take(Kind.READ)
    assert polled >= 4 and seconds.now == began


def test_a_dozen_go_at_once_and_then_nobody_waits_long(seconds: Seconds) -> None:
    governor = Governor(seconds, seconds.sleep)
    moments: list[float] = []
    for _ in range(120):
        governor.take(Kind.READ)
        moments.append(seconds.now)
    waits = [after - before for before, after in pairwise(moments)]
    assert moments[11] == moments[0] and max(waits) <= 5


# -- refusals ----------------------------------------------------------------------------------------------------------


def off(shop: Shop, service: str) -> None:
    shop.cloud.disabled.add(f"{service}.googleapis.com")


REFUSALS: list[tuple[str, Callable[[Shop], object], type[StorageError], str]] = [
    ("not shared", lambda shop: shop.person.unshare(), NotShared, EMAIL),
    ("deleted", lambda shop: shop.person.delete_file(), NoSpreadsheet, "删除"),
    ("in the bin", lambda shop: shop.person.trash(), InTheBin, "回收站"),
    ("Sheets off", lambda shop: off(shop, "sheets"), SheetsApiOff, "Google Sheets API"),
    ("Drive off", lambda shop: off(shop, "drive"), DriveApiOff, "Google Drive API"),
    ("down", lambda shop: shop.cloud.plans.fail(unavailable(), times=None), GoogleDown, "暂时出错"),
    (
        "quota",
        lambda shop: shop.cloud.plans.fail(quota_exceeded("Read", True, 60, "1"), on="/v4/", times=None),
        QuotaUsedUp,
        "次数",
    ),
    ("cut", lambda shop: shop.cloud.plans.fail(Cut(), times=None), NoNetwork, "HTTPS_PROXY"),
]


@pytest.mark.parametrize(("act", "kind", "word"), [one[1:] for one in REFUSALS], ids=[one[0] for one in REFUSALS])
def test_every_refusal_has_its_sentence_and_ends(
    shop: Shop, act: Callable[[Shop], object], kind: type[StorageError], word: str
) -> None:
    act(shop)
    workbook = shop.open()
    with pytest.raises(kind) as refused:
        workbook.read()
    assert word in str(refused.value)
    shop.cloud.plans.clear()
    shop.cloud.disabled.clear()
    shop.person.share()
    shop.person.trash(False)
    shop.book.deleted = False
    shop.seconds.now += 100
    assert workbook.read().titles == (TAB,)


def test_a_share_for_reading_is_read_and_not_written(shop: Shop) -> None:
    shop.person.share("reader")
    workbook = shop.open()
    base = workbook.read()
    with pytest.raises(SharedReadOnly) as refused:
        workbook.write(commit(base, edit(2, 1, "新店", "甲店", IDS[0])))
    assert EMAIL in str(refused.value)


def test_a_key_that_was_deleted(shop: Shop) -> None:
    workbook = shop.open()
    shop.cloud.account().revoked = True
    with pytest.raises(CredentialRevoked) as refused:
        workbook.read()
    assert "密钥" in str(refused.value)


def test_without_any_key_the_way_there_is_told(tmp_path: Path) -> None:
    workbook = GoogleWorkbook(Account.configured(tmp_path / "secrets.toml"), "1" * 44, timer=lambda: 0.0)
    with pytest.raises(NotConfigured) as refused:
        workbook.read()
    assert "gcp_service_account" in str(refused.value)


def test_trouble_is_not_asked_about_at_every_call(shop: Shop) -> None:
    shop.cloud.plans.fail(unavailable(), times=None)
    workbook = shop.open(Pace())
    for _ in range(120):  # a minute of an outage
        shop.seconds.now += 0.5
        with pytest.raises(GoogleDown):
            workbook.revision()
    assert len(shop.cloud.log) <= 40


def test_nothing_is_asked_but_what_is_configured(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """google-auth would look up the account's regions at an address of Google's, in a thread of its own."""
    begun: list[object] = []
    looking_up = "CredentialsWithRegionalAccessBoundary._maybe_start_regional_access_boundary_refresh"
    monkeypatch.setattr(f"google.auth.credentials.{looking_up}", lambda *arguments: begun.append(arguments))
    assert shop.open().read().sheets[TAB].rows
    assert begun == []
