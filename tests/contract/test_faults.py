"""Real faults: processes killed with -9 at every step between journal and replacement, a disk that is full."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import cast

import pytest

from logic import office
from logic.asking import Ask
from logic.changes import Outcome
from logic.desk import Desk
from logic.edits import outcome_of, submit
from logic.register import registers
from sheets.services import Keeper, open_xlsx
from sheets.store import Store
from tests.contract.doomed import NEW, STEPS
from tests.machine_disks import XLSX_STEPS

ROOT = Path(__file__).resolve().parents[2]
EVERY_STEP = (*STEPS, *XLSX_STEPS)


class Office:
    """A data folder and a workbook with an empty roster; programs come and go."""

    def __init__(self, book: Path, data: Path) -> None:
        self.book, self.data = book, data
        with closing(Store(data)) as store, closing(open_xlsx(store, str(book))) as workbook:
            workbook.shape([register.spec() for register in registers().values()], dry_run=False)

    def open(self) -> tuple[Keeper, Desk]:
        keeper = office.open_book(self.book, Store(self.data))
        keeper.mirror.refresh()
        return keeper, cast(Desk, keeper.planner)

    def staff(self, keeper: Keeper) -> list[dict[str, str]]:
        """The rows of the roster as they stand in the file now."""
        table = keeper.workbook.read().sheets["员工名册"].rows
        headers = [str(value) for value in table[0]]
        return [
            {headers[at]: str(value) for at, value in enumerate(row) if value is not None} for row in table[1:] if row
        ]


@pytest.fixture
def shop(tmp_path: Path, data_folder: Path) -> Office:
    return Office(tmp_path / "台账.xlsx", data_folder)


def doomed(shop: Office, mode: str, step: str, stdin: bytes = b"") -> bytes:
    """Run a program that kills itself at that step; what it had said until then."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.contract.doomed", mode, step, str(shop.book)],
        cwd=ROOT,
        env={**os.environ, "CONSOLE_DATA": str(shop.data)},
        input=stdin,
        capture_output=True,
        timeout=120,
    )
    assert done.returncode == -signal.SIGKILL, (done.returncode, done.stderr.decode())
    return done.stdout


def stands_once(shop: Office) -> None:
    """The next program finds everything in order, and the new member of staff exactly once."""
    keeper, desk = shop.open()
    try:
        for _ in range(2):
            assert keeper.tick() and keeper.mirror.trouble is None
        (row,) = shop.staff(keeper)
        assert (row["姓名"], row["工号"]) == ("李财", "00123")
        (entry,) = desk.journal.recent(desk.workbook, 9)
        assert entry.state == "saved" and entry.source != "sheet"
        assert row["记录编号"] in entry.outcome
        logged = [one.field for one in desk.journal.log_after(desk.workbook, -1)]
        assert len(logged) == len(set(logged)), "written down twice"
        assert not desk.journal.notices(desk.workbook)
        beside = {path.name for path in shop.book.parent.iterdir() if "console-" in path.name}
        assert not beside, "files left over beside the workbook"
    finally:
        keeper.stop()
        keeper.store.close()


@pytest.mark.parametrize("step", [step for step in EVERY_STEP if step != "journaled"])
def test_a_console_killed_at_any_step(shop: Office, step: str) -> None:
    said = doomed(shop, "console", step).decode()
    assert said.startswith("queued YG"), "acknowledged before it died"
    stands_once(shop)


@pytest.mark.parametrize("step", ["journaled", "prepared", "proved", "displaced", "replaced", "done"])
def test_a_command_line_killed_at_any_step(shop: Office, step: str) -> None:
    line = json.dumps({"register": "staff", "id": None, "values": NEW}, ensure_ascii=False)
    assert doomed(shop, "command", step, f"{line}\n".encode()) == b"", "nothing was answered yet"
    stands_once(shop)


def test_the_next_command_line_brings_in_what_a_killed_one_left_even_without_input(shop: Office) -> None:
    line = json.dumps({"register": "staff", "id": None, "values": NEW}, ensure_ascii=False)
    doomed(shop, "command", "displaced", f"{line}\n".encode())
    assert not shop.book.exists(), "killed while the file was set aside"
    done = subprocess.run(
        [sys.executable, "-m", "logic", "submit", str(shop.book), "--actor", "张三"],
        cwd=ROOT,
        env={**os.environ, "CONSOLE_DATA": str(shop.data)},
        input=b"",
        capture_output=True,
        timeout=120,
    )
    assert (done.returncode, done.stdout) == (0, b""), done.stderr.decode()
    stands_once(shop)


# A disk that is really full ---------------------------------------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of four megabytes: what an empty store takes, and little more."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("only root may mount a small file system")
    folder = tmp_path / "小盘"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)], capture_output=True, timeout=30
    )
    if mounted.returncode:
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.decode().strip()}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True, timeout=30)


def fill(folder: Path) -> Path:
    """Take all the room there is."""
    filler = folder / "占满"
    with filler.open("wb", buffering=0) as file:
        for size in (1 << 16, 1 << 12, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue
    assert shutil.disk_usage(folder).free == 0
    return filler


def ask(desk: Desk, name: str) -> Outcome:
    return submit(desk, "张三", [Ask("staff", None, NEW | {"姓名": name})])


def test_no_room_for_the_workbook(small_disk: Path, data_folder: Path) -> None:
    """The change waits, says why, and goes in as soon as there is room; the file is untouched until then."""
    shop = Office(small_disk / "台账.xlsx", data_folder)
    keeper, desk = shop.open()
    keeper.tick()
    before = shop.book.read_bytes()
    asked = ask(desk, "李财")
    filler = fill(small_disk)
    keeper.tick()
    entry = desk.journal.entry(asked.change)
    assert entry is not None and entry.state == "pending" and "磁盘空间已满" in entry.why
    assert shop.book.read_bytes() == before
    filler.unlink()
    keeper.tick()
    entry = desk.journal.entry(asked.change)
    assert entry is not None and outcome_of(entry).state == "saved"
    assert [row["姓名"] for row in shop.staff(keeper)] == ["李财"]
    keeper.stop()
    keeper.store.close()


def test_no_room_for_the_journal(small_disk: Path, tmp_path: Path) -> None:
    """What cannot be written down is not accepted, and says so; what was accepted before stays."""
    shop = Office(tmp_path / "台账.xlsx", small_disk / "data")
    keeper, desk = shop.open()
    keeper.tick()
    first = ask(desk, "李财")
    filler = fill(small_disk)
    refused = [ask(desk, f"张{number}") for number in range(40)][-1]
    assert refused.state == "rejected" and "磁盘已满" in refused.reason
    accepted = len(desk.journal.pending(desk.workbook))
    keeper.tick()
    filler.unlink()
    keeper.tick()
    entry = desk.journal.entry(first.change)
    assert entry is not None and entry.state == "saved"
    assert len(shop.staff(keeper)) == accepted
    keeper.stop()
    keeper.store.close()
