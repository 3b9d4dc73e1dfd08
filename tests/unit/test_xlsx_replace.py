"""The moment one file takes the place of another: kills, full disks, somebody saving in that very instant."""

from __future__ import annotations

import datetime as dt
import errno
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sheets import xlsx_replace
from sheets.port import Busy, CellEdit, Commit, HalfSaved, Missing, Moved, NoSpace, ReadOnlyFile, Stamp, Unavailable
from sheets.xlsx import XlsxWorkbook
from tests import ugly
from tests.conftest import Clock
from tests.hands import Hands
from tests.one_child import OneChild
from tests.ugly import SHEET

ROOT = Path(__file__).resolve().parents[2]
STEPS = ("started", "edited", "proved", "synced", "displaced", "replaced", "checked", "backed_up")
FROM_DISPLACED = STEPS[STEPS.index("displaced") :]


class Desk:
    """A folder with a workbook in it, as one installation sees it."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.folder = folder / "共享"
        self.folder.mkdir()
        self.path = self.folder / "台账.xlsx"
        self.backups = folder / "backups"
        self.clock = clock
        self.at: dict[str, Callable[[], object]] = {}
        self._made: list[XlsxWorkbook] = []
        ugly.ordinary(self.path)
        self.workbook = self.open()

    def open(self, path: Path | None = None) -> XlsxWorkbook:
        made = XlsxWorkbook(path or self.path, backups=self.backups, clock=self.clock, on_step=self._step)
        self._made.append(made)
        return made

    def write(self, value: str = "京东店", generation: int = 1) -> None:
        snapshot = self.workbook.read()
        was = snapshot.sheets[SHEET].value(2, 2)
        self.workbook.write(Commit(snapshot.revision, (CellEdit(SHEET, 2, 2, value, was),), Stamp("w", generation)))

    def value(self, row: int = 2) -> object:
        return self.workbook.read().sheets[SHEET].value(row, 2)

    def names(self) -> set[str]:
        return {path.name for path in self.folder.iterdir()}

    def saved(self) -> list[Path]:
        return sorted(self.backups.glob("*.xlsx")) if self.backups.is_dir() else []

    def close(self) -> None:
        for workbook in self._made:
            workbook.close()

    def _step(self, name: str) -> None:
        if name in self.at:
            self.at.pop(name)()


@pytest.fixture(autouse=True)
def _one_child(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sheets.xlsx.Child", OneChild)


@pytest.fixture
def desk(tmp_path: Path, clock: Clock) -> Iterator[Desk]:
    desk = Desk(tmp_path, clock)
    yield desk
    desk.close()


def fail(code: int) -> Callable[[], None]:
    def fault() -> None:
        raise OSError(code, os.strerror(code))

    return fault


def test_a_write_leaves_the_file_a_backup_and_nothing_else(desk: Desk) -> None:
    before = desk.path.read_bytes()
    desk.write()
    assert desk.value() == "京东店"
    assert desk.names() == {"台账.xlsx"}
    assert [path.read_bytes() for path in desk.saved()] == [before]
    assert desk.saved()[0].name == "台账-1-20261122-090000.xlsx"


@pytest.mark.parametrize("step", STEPS)
def test_a_full_disk_at_any_step_changes_nothing(desk: Desk, step: str) -> None:
    before = desk.path.read_bytes()
    desk.at[step] = fail(errno.ENOSPC)
    with pytest.raises(NoSpace):
        desk.write()
    assert desk.path.read_bytes() == before
    assert desk.names() == {"台账.xlsx"}
    desk.write()
    assert desk.value() == "京东店"


def test_a_full_disk_in_the_child_changes_nothing(desk: Desk) -> None:
    """The limit on file size stands for a full disk: the library meets an error while it saves."""
    resource = pytest.importorskip("resource")
    before = desk.path.read_bytes()
    desk.workbook.read()
    pid = desk.workbook.worker_pid
    usual = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (100, usual[1]))
    with pytest.raises(Unavailable):
        desk.write()
    resource.prlimit(pid, resource.RLIMIT_FSIZE, usual)
    assert desk.path.read_bytes() == before
    assert desk.names() == {"台账.xlsx"}


@pytest.mark.parametrize("step", FROM_DISPLACED)
@pytest.mark.parametrize("code", [errno.EACCES, errno.EROFS])
def test_a_folder_that_becomes_read_only_changes_nothing(desk: Desk, step: str, code: int) -> None:
    before = desk.path.read_bytes()
    desk.at[step] = fail(code)
    with pytest.raises(ReadOnlyFile):
        desk.write()
    assert desk.path.read_bytes() == before
    assert desk.names() == {"台账.xlsx"}


KILLED = """
import os, sys
from pathlib import Path
from sheets.port import CellEdit, Commit, Stamp
from sheets.xlsx import XlsxWorkbook
path, backups, fatal, sheet = sys.argv[1:]
workbook = XlsxWorkbook(path, backups=Path(backups), on_step=lambda name: os._exit(9) if name == fatal else None)
snapshot = workbook.read()
was = snapshot.sheets[sheet].value(2, 2)
workbook.write(Commit(snapshot.revision, (CellEdit(sheet, 2, 2, "京东店", was),), Stamp("w", 1)))
"""


@pytest.mark.parametrize("step", [*STEPS, "done"])
def test_killed_at_any_step_the_file_is_whole_again(desk: Desk, step: str) -> None:
    before = desk.path.read_bytes()
    arguments = [sys.executable, "-c", KILLED, str(desk.path), str(desk.backups), step, SHEET]
    assert subprocess.run(arguments, cwd=ROOT, check=False).returncode == 9
    is_in = step in ("replaced", "checked", "backed_up", "done")
    assert desk.value() == ("京东店" if is_in else "店铺0")
    assert desk.names() == {"台账.xlsx"}
    if is_in:
        assert before in [path.read_bytes() for path in desk.saved()]
    else:
        assert desk.path.read_bytes() == before
    desk.write("再写一次", 2)
    assert desk.value() == "再写一次"


def test_while_another_process_is_replacing_the_file_it_is_being_saved(desk: Desk) -> None:
    """A missing file with its old version aside, owned by a process that lives: hands off for a minute."""
    now = int(desk.clock().replace(tzinfo=xlsx_replace.SHANGHAI).timestamp())
    aside = desk.folder / f".台账.console-{os.getppid()}-{now}-0123abcd-{'0' * 16}-{'1' * 16}.old.xlsx"
    desk.path.rename(aside)
    with pytest.raises(HalfSaved):
        desk.workbook.read()
    desk.clock.advance(seconds=61)
    assert desk.value() == "店铺0"
    assert desk.names() == {"台账.xlsx"}


@pytest.mark.parametrize("step", ["started", "edited", "proved", "synced"])
def test_saved_by_somebody_before_the_replacement(desk: Desk, step: str) -> None:
    hands = Hands(desk.path)
    desk.at[step] = lambda: hands.type(SHEET, 3, 2, "王经理改的")
    with pytest.raises(Moved):
        desk.write()
    assert desk.value(3) == "王经理改的"
    assert desk.value(2) == "店铺0"
    assert desk.names() == {"台账.xlsx"}
    desk.write()
    assert (desk.value(2), desk.value(3)) == ("京东店", "王经理改的")


@pytest.mark.parametrize("step", ["displaced", "replaced"])
def test_saved_by_somebody_in_the_instant_of_the_replacement(desk: Desk, step: str) -> None:
    """Their program writes under the old name; whatever the order, theirs stands in the end and ours is tried again."""
    stale = desk.path.read_bytes()
    hands = Hands(desk.folder / "台账.xlsx")

    def save() -> None:
        beside = desk.folder / "theirs.xlsx"
        beside.write_bytes(stale)
        Hands(beside).type(SHEET, 3, 2, "王经理改的")
        hands.restore(beside.read_bytes())
        beside.unlink()
        raise OSError(errno.ENOSPC, "and the disk is full")

    desk.at[step] = save
    with pytest.raises((Moved, NoSpace)):
        desk.write()
    assert desk.value(3) == "王经理改的"
    assert desk.names() == {"台账.xlsx"}


def test_a_new_file_in_the_gap_is_not_overwritten(desk: Desk) -> None:
    before = desk.path.read_bytes()
    theirs = desk.folder / "theirs.xlsx"
    ugly.formulas(theirs)
    content = theirs.read_bytes()
    desk.at["displaced"] = lambda: theirs.rename(desk.path)
    with pytest.raises(Moved):
        desk.write()
    assert desk.path.read_bytes() == content
    assert [path.read_bytes() for path in desk.saved()] == [before]
    assert desk.names() == {"台账.xlsx"}


def test_the_displaced_file_is_theirs(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """They saved between the last look and the renaming: their file was set aside, and comes back."""
    beside = desk.folder / "theirs.xlsx"
    ugly.formulas(beside)
    content = beside.read_bytes()
    rename = os.rename

    def racing(source: str | Path, target: str | Path) -> None:
        if str(target).endswith(".old.xlsx") and beside.exists():
            os.replace(beside, desk.path)
        rename(source, target)

    monkeypatch.setattr(xlsx_replace.os, "rename", racing)
    with pytest.raises(Moved):
        desk.write()
    assert desk.path.read_bytes() == content
    assert desk.names() == {"台账.xlsx"}


def test_killed_after_their_save_was_displaced_it_comes_back(desk: Desk) -> None:
    desk.write()
    ours, theirs = desk.path.read_bytes(), desk.saved()[0].read_bytes()
    heads = f"{'0' * 16}-{xlsx_replace.file_hash(desk.path)[:16]}"
    aside = desk.folder / f".台账.console-99999999-1-0123abcd-{heads}.old.xlsx"
    aside.write_bytes(theirs)
    assert desk.value() == "店铺0"
    assert desk.path.read_bytes() == theirs != ours
    assert desk.names() == {"台账.xlsx"}


def test_file_systems_without_hard_links(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_replace.os, "link", lambda *_: fail(errno.EPERM)())
    desk.write()
    assert desk.value() == "京东店"
    theirs = desk.folder / "theirs.xlsx"
    ugly.formulas(theirs)
    content = theirs.read_bytes()
    desk.at["displaced"] = lambda: theirs.rename(desk.path)
    with pytest.raises(Moved):
        desk.write("再写一次", 2)
    assert desk.path.read_bytes() == content
    assert desk.names() == {"台账.xlsx"}


def test_through_a_link_the_file_behind_it_is_replaced(desk: Desk, tmp_path: Path) -> None:
    link = tmp_path / "链接.xlsx"
    link.symlink_to(desk.path)
    desk.workbook = desk.open(link)
    desk.write()
    assert link.is_symlink()
    assert desk.names() == {"台账.xlsx"}
    assert desk.value() == "京东店"


@pytest.mark.parametrize("mode", [0o640, 0o664, 0o600])
def test_the_mode_is_kept(desk: Desk, mode: int) -> None:
    desk.path.chmod(mode)
    desk.write()
    assert desk.path.stat().st_mode & 0o777 == mode


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may give files away")
def test_the_owner_is_kept(desk: Desk) -> None:
    os.chown(desk.path, 1234, 1234)
    desk.write()
    assert (desk.path.stat().st_uid, desk.path.stat().st_gid) == (1234, 1234)


def test_read_only_file_and_folder(desk: Desk) -> None:
    before = desk.path.read_bytes()
    for place, mode in ((desk.path, 0o444), (desk.folder, 0o555)):
        usual = place.stat().st_mode
        place.chmod(mode)
        with pytest.raises(ReadOnlyFile):
            desk.write()
        assert desk.value() == "店铺0", "reading goes on"
        place.chmod(usual)
    assert desk.path.read_bytes() == before
    desk.write()


def test_a_file_taken_away_and_brought_back(desk: Desk) -> None:
    away = desk.folder / "别处.xlsx"
    revision = desk.workbook.revision()
    desk.path.rename(away)
    for attempt in (desk.workbook.read, desk.workbook.revision, desk.write):
        with pytest.raises(Missing):
            attempt()
    away.rename(desk.path)
    assert desk.workbook.revision() == revision


def test_a_copy_with_the_same_content_is_the_same_revision(desk: Desk) -> None:
    revision = desk.workbook.revision()
    Hands(desk.path).restore(desk.path.read_bytes())
    assert desk.workbook.revision() == revision
    desk.write()


def test_other_hidden_files_are_left_alone(desk: Desk) -> None:
    others = {".台账.xlsx", "台账.console-1.new.xlsx", ".台账2.console-1-1-0123abcd.new.xlsx", ".~台账 (2).xlsx"}
    for name in others:
        (desk.folder / name).write_bytes(b"x")
    ours = desk.folder / ".台账.console-99999999-1-0123abcd.new.xlsx"
    ours.write_bytes(b"x")
    desk.write()
    assert desk.names() == {"台账.xlsx", *others}


class TestBackups:
    def test_keeps_the_newest_and_one_a_day(self, tmp_path: Path, clock: Clock) -> None:
        def name(moment: dt.datetime, stem: str = "台账") -> str:
            return f"{stem}-7-{moment:%Y%m%d-%H%M%S}.xlsx"

        start = clock()
        moments = [start - dt.timedelta(hours=6 * number) for number in range(200)]
        for moment in moments:
            (tmp_path / name(moment)).write_bytes(b"")
        (tmp_path / name(moments[-1], "台账-旧")).write_bytes(b"")
        (tmp_path / "我的.xlsx").write_bytes(b"")
        xlsx_replace.prune(tmp_path, "台账", start.replace(tzinfo=xlsx_replace.SHANGHAI).timestamp())
        newest_of_day: dict[dt.date, dt.datetime] = {}
        for moment in moments:
            newest_of_day.setdefault(moment.date(), moment)
        days = [m for m in newest_of_day.values() if m.date() >= start.date() - dt.timedelta(days=30)]
        kept = {name(moment) for moment in {*moments[:20], *days}}
        assert {path.name for path in tmp_path.glob("*.xlsx")} == {*kept, name(moments[-1], "台账-旧"), "我的.xlsx"}

    def test_two_in_the_same_second_both_stay(self, desk: Desk) -> None:
        desk.write("一", 1)
        desk.write("二", 1)
        assert len(desk.saved()) == 2


class TestLocks:
    def test_excel_says_who(self, desk: Desk) -> None:
        hands = Hands(desk.path)
        hands.hold("李小花")
        with pytest.raises(Busy) as caught:
            desk.write()
        assert caught.value.holder == "李小花"
        hands.release()
        desk.write()

    def test_libreoffice_says_who_and_where(self, desk: Desk) -> None:
        lock = desk.folder / ".~lock.台账.xlsx#"
        lock.write_text("王经理,wang,PC-01,22.11.2026 08:59,file:///x;", encoding="utf-8")
        with pytest.raises(Busy) as caught:
            desk.write()
        assert caught.value.holder == "王经理(PC-01)"
        lock.write_text(",wang,PC-01,22.11.2026 08:59,file:///x;", encoding="utf-8")
        assert desk.workbook.lock_files()[0].holder == "wang(PC-01)"

    @pytest.mark.parametrize("content", [b"", b"\x06", b"\x06Wang  ", b"\xff" * 165, b"\x00" * 165])
    def test_an_owner_file_that_says_nothing_still_counts(self, desk: Desk, content: bytes) -> None:
        (desk.folder / "~$台账.xlsx").write_bytes(content)
        with pytest.raises(Busy) as caught:
            desk.write()
        assert str(caught.value).endswith("。")

    def test_taken_between_reading_and_replacing(self, desk: Desk) -> None:
        before = desk.path.read_bytes()
        desk.at["proved"] = lambda: Hands(desk.path).hold("李小花")
        with pytest.raises(Busy):
            desk.write()
        assert desk.path.read_bytes() == before

    def test_left_over_since_yesterday_it_can_be_forgotten_but_is_not_deleted(self, desk: Desk) -> None:
        hands = Hands(desk.path)
        hands.hold("李小花")
        lock = desk.folder / "~$台账.xlsx"
        born = desk.clock().replace(tzinfo=xlsx_replace.SHANGHAI).timestamp()
        os.utime(lock, (born, born))
        assert not desk.workbook.lock_files()[0].stale
        desk.clock.advance(hours=12)
        (found,) = desk.workbook.lock_files()
        assert found.stale and found.age == dt.timedelta(hours=12) and found.path == lock
        with pytest.raises(Busy):
            desk.write()
        desk.workbook.forget_lock(found.path)
        assert desk.workbook.lock_files() == ()
        desk.write()
        assert lock.exists()
        hands.hold("李小花")
        with pytest.raises(Busy):
            desk.write("再写一次", 2)


class TestCreating:
    def test_somebody_creates_the_file_in_that_moment(self, desk: Desk) -> None:
        path = desk.folder / "新.xlsx"
        workbook = desk.open(path)
        desk.at["proved"] = lambda: path.write_bytes(b"theirs")
        with pytest.raises(Moved):
            workbook.shape([], dry_run=False)
        assert path.read_bytes() == b"theirs"
        assert desk.names() == {"台账.xlsx", "新.xlsx"}

    def test_in_a_folder_that_is_not_there(self, desk: Desk) -> None:
        workbook = desk.open(desk.folder / "没有" / "新.xlsx")
        assert workbook.shape([], dry_run=True)
        with pytest.raises(Missing):
            workbook.shape([], dry_run=False)
