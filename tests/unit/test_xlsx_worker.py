"""The child process: what it costs when it dies, hangs or prints, and when its parent goes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sheets.port import Unavailable, WorkerDied
from sheets.xlsx import Poisonous, XlsxWorkbook
from sheets.xlsx_child import Child
from tests import ugly
from tests.conftest import Clock
from tests.hands import Hands

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def workbook(tmp_path: Path, clock: Clock) -> Iterator[XlsxWorkbook]:
    path = tmp_path / "台账.xlsx"
    ugly.ordinary(path)
    workbook = XlsxWorkbook(path, backups=tmp_path / "backups", clock=clock)
    yield workbook
    workbook.close()


def kill_at_next_request(workbook: XlsxWorkbook) -> None:
    """The child dies of the request: it gets something that is no request, as if a library had aborted it."""
    dying = "import os, sys; sys.stdin.buffer.read(8); print('bang', file=sys.stderr, flush=True); os._exit(6)"
    workbook._child._command = ("-c", dying)
    workbook._child.close()


def heal(workbook: XlsxWorkbook) -> None:
    workbook._child._command = ("-m", "sheets.xlsx_worker")
    workbook._child.close()


def test_a_killed_child_is_replaced(workbook: XlsxWorkbook) -> None:
    snapshot = workbook.read()
    pid = workbook.worker_pid
    assert pid is not None
    os.kill(pid, 9)
    try:
        assert workbook.read() == snapshot
    except WorkerDied:  # the death was noticed only while asking
        assert workbook.read() == snapshot
    assert workbook.worker_pid != pid


def test_a_death_tells_its_last_words(workbook: XlsxWorkbook) -> None:
    kill_at_next_request(workbook)
    with pytest.raises(WorkerDied) as caught:
        workbook.read()
    assert "exit code 6" in caught.value.detail and "bang" in caught.value.detail


def test_after_two_deaths_of_one_content_it_is_left_alone_until_it_changes(workbook: XlsxWorkbook) -> None:
    kill_at_next_request(workbook)
    with pytest.raises(WorkerDied):
        workbook.read()
    with pytest.raises(Poisonous) as caught:
        workbook.read()
    assert str(caught.value).endswith("。")
    heal(workbook)
    with pytest.raises(Poisonous):
        workbook.read()
    assert workbook.worker_pid is None, "it is not even tried"
    Hands(Path(workbook.address)).type(ugly.SHEET, 2, 2, "改过")
    assert workbook.read().sheets[ugly.SHEET].value(2, 2) == "改过"


def test_a_success_in_between_makes_it_two_separate_deaths(workbook: XlsxWorkbook) -> None:
    for _ in range(3):
        kill_at_next_request(workbook)
        with pytest.raises(WorkerDied):
            workbook.read()
        heal(workbook)
        assert workbook.read()


def test_a_hanging_child_is_given_up() -> None:
    child = Child(0.2, ("-c", "import threading; threading.Event().wait(60)"))
    with pytest.raises(WorkerDied):
        child.ask("read", "x")
    assert child.pid is None
    child.close()


def test_a_fault_in_the_child_is_told_with_its_place(tmp_path: Path) -> None:
    code = "import sheets.xlsx_worker as worker; worker.Worker.read = lambda *_: 1 / 0; worker.main()"
    child = Child(30, ("-c", code))
    with pytest.raises(Unavailable) as caught:
        child.ask("read", "x", None)
    assert "ZeroDivisionError" in caught.value.detail
    child.close()


def test_what_libraries_print_does_not_get_into_the_answers(tmp_path: Path) -> None:
    code = (
        "import os, sheets.xlsx_worker as worker\n"
        "read = worker.Worker.read\n"
        "def noisy(self, *arguments):\n"
        "    os.write(1, b'panic!')\n"
        "    print('noise', flush=True)\n"
        "    return read(self, *arguments)\n"
        "worker.Worker.read = noisy\n"
        "worker.main()\n"
    )
    path = tmp_path / "台账.xlsx"
    ugly.ordinary(path)
    child = Child(30, ("-c", code))
    assert child.ask("read", str(path), None).titles == (ugly.SHEET,)
    child.close()


def test_the_child_ends_with_its_parent(tmp_path: Path) -> None:
    path = tmp_path / "台账.xlsx"
    ugly.ordinary(path)
    code = (
        "import os, sys\nfrom pathlib import Path\nfrom sheets.xlsx import XlsxWorkbook\n"
        "workbook = XlsxWorkbook(sys.argv[1], backups=Path(sys.argv[1]).parent)\n"
        "workbook.read()\nprint(workbook.worker_pid, flush=True)\nos.kill(os.getpid(), 9)\n"
    )
    # The child holds its own end of nothing we wait for, so that the pipe below closes only when both are gone.
    parent = subprocess.run(
        [sys.executable, "-c", code, str(path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert parent.returncode == -9
    pid = int(parent.stdout)
    for _ in range(200):
        if not _runs(pid):
            return
        subprocess.run([sys.executable, "-c", ""], check=True)  # a little time passes
    raise AssertionError("the child outlives its parent")


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state not in "ZX"
