"""`submit`: brings JSON lines from standard input into a workbook, through the same door and lock as the console.

Lines are journaled as they arrive and brought in together: all that are there at once share one commit. While another
process writes the workbook, it brings ours in and the journal tells the outcome; when it lets go we become the writer.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import BinaryIO, cast

from sqlalchemy.exc import DatabaseError

from logic import edits
from logic.access import Actor
from logic.changes import Outcome, Source
from logic.cli import Trouble, remark, remark_sync_folder
from logic.cli.inbox import Inbox
from logic.cli.lines import Asked, BadLine, Request, answer, parse
from logic.desk import Desk, hold_sentence
from logic.engine_rules import BY_ID
from logic.office import data_folder, open_book
from sheets.gsheets_address import spreadsheet_id
from sheets.journal import PENDING, Outrun
from sheets.port import Busy, HalfSaved, Missing, StorageError, WorkerDied
from sheets.services import Keeper
from sheets.store import Store
from sheets.xlsx import XlsxWorkbook
from sheets.xlsx_replace import check_writable, leftovers

log = logging.getLogger(__name__)

TOGETHER = 200  # lines journaled before the next commit
OUTRUN_TRIES = 20
POLL = 0.5  # between two tries of the writer to bring in what is held up
POLL_OTHER = 0.1  # between two looks at what another writer has done
TROUBLED = "内部出错,这一行没有登记,请把错误输出转给管理员,再提交一次。"
HALF_SAVED = "文件正在保存,或者没有保存完整,读不了;这一行没有登记,请等文件保存好以后再提交。"
ADOPT = "确认要以现在这个文件为准,可加 --take-over 再提交。"


def run(book: str, actor: str, wait: float, *, take_over: bool, secrets: Path | None = None) -> int:
    # The descriptor itself: a thread blocked in the buffered stream would keep the interpreter from ending.
    inbox = Inbox(FileIO(sys.stdin.fileno(), closefd=False) if sys.stdin is not None else FileIO(os.devnull))
    answers = sys.stdout.buffer
    try:
        keeper = _opened(book, wait, secrets, take_over=take_over)
    except (Trouble, StorageError) as trouble:
        return _refuse(inbox, answers, str(trouble))
    if spreadsheet_id(book) is None:
        remark_sync_folder(Path(book))
    try:
        session = Session(keeper, actor, wait, inbox, answers)
        trouble = session.begin(take_over=take_over)
        return _refuse(inbox, answers, trouble) if trouble else session.serve()
    finally:
        keeper.stop()
        keeper.store.close()


def _opened(book: str, wait: float, secrets: Path | None, *, take_over: bool) -> Keeper:
    """The keeper of a workbook that could be read; raises StorageError or Trouble."""
    path = Path(book).absolute()
    if spreadsheet_id(book) is None:
        if not path.exists() and not leftovers(path.resolve()):
            raise Missing(book)
        if path.is_dir():
            raise Trouble(f"{book} 是文件夹,请给出工作簿文件(.xlsx)。")
    store: Store | None = None
    try:
        store = Store(data_folder())
        keeper = open_book(book, store, take_over=take_over, secrets=secrets)
        _await_content(keeper, wait)
    except BaseException as error:
        if store is not None:
            store.close()
        if isinstance(error, (OSError, sqlite3.Error, DatabaseError)):
            raise Trouble(f"数据目录 {data_folder()} 不能使用({error}),请检查权限和磁盘,或从备份恢复。") from error
        raise
    return keeper


def _await_content(keeper: Keeper, wait: float) -> None:
    """Read the workbook; one that is being saved right now gets some time."""
    ends = time.monotonic() + wait
    while not keeper.mirror.refresh() and keeper.mirror.snapshot is None:
        trouble = keeper.mirror.trouble
        assert trouble is not None
        if not isinstance(trouble, (HalfSaved, WorkerDied)) or time.monotonic() >= ends:
            keeper.stop()
            raise Trouble(HALF_SAVED) if isinstance(trouble, HalfSaved) else trouble
        threading.Event().wait(POLL)


def _refuse(inbox: Inbox, answers: BinaryIO, reason: str) -> int:
    """Nothing can be brought into this workbook: every line is told so."""
    remark(reason)
    refusal = Outcome(state="rejected", change="", reason=reason)
    while not inbox.ended:
        for line in inbox.take(None, TOGETHER):
            try:
                asked = parse(line, BY_ID.keys()).asked
            except BadLine as bad:
                asked = bad.asked
            answers.write(answer(asked, refusal, lambda register, record: False))
        answers.flush()
    return 2


@dataclass(slots=True)
class Waiting:
    """A line on its way to its answer. `change` is None once nothing more can become of it."""

    asked: Asked
    outcome: Outcome
    change: str | None
    deadline: float


class Session:
    """The conversation with one caller. `timer` counts seconds."""

    def __init__(
        self,
        keeper: Keeper,
        name: str,
        wait: float,
        inbox: Inbox,
        answers: BinaryIO,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        self.keeper, self.name, self.wait = keeper, name, wait
        self.actor: Actor | None = None
        self.inbox, self.answers, self.timer = inbox, answers, timer
        self.desk = cast(Desk, keeper.planner)
        self._rules = {one.id for register in self.desk.registers.values() for one in register.rules} | BY_ID.keys()
        self._lines: deque[Waiting] = deque()
        self._left = False  # something was answered as queued and nobody has tried to bring it in since
        self._failed = False
        self._had_lines = False

    def begin(self, *, take_over: bool) -> str:
        """Bring in what is pending from earlier; why this workbook cannot be used, or an empty text."""
        self._tick()
        if self.keeper.trouble is not None:
            return str(self.keeper.trouble)
        people = self.desk.view().judgement.people
        if people.roster_empty:
            # Whoever was let in to fill an empty roster stays in for this call, or nobody could ever enter two people.
            self.actor = people.actor(self.name)
        hold = self.keeper.ledger.standing().hold
        if hold and take_over:
            self._adopt()
            hold = self.keeper.ledger.standing().hold
        self.keeper.writer.release()  # the caller may take its time over the first line
        return f"{hold_sentence(hold)}已暂停写入,请在控制台首页选择以哪个文件为准。{ADOPT}" if hold else ""

    def serve(self) -> int:
        """Answer every line; the exit code."""
        while not self.inbox.ended or self._lines:
            taken = self.inbox.take(self._pause(), TOGETHER)
            self._take(taken)
            self._bring_in()
            self._answer()
        self._last_round()
        return 1 if self._failed else 0

    def _pause(self) -> float | None:
        """How long to wait for another line before looking after those that wait."""
        if not self._lines:
            return POLL if self._left else None
        poll = POLL if self.keeper.writer.is_writer else POLL_OTHER
        return max(0.0, min(poll, self._lines[0].deadline - self.timer()))

    def _take(self, lines: list[bytes]) -> None:
        for line in lines:
            self._had_lines = True
            self._lines.append(self._submitted(line))

    def _submitted(self, line: bytes) -> Waiting:
        """Hand a line to the engine, whatever it is: no line stops the next."""
        asked = Asked()
        try:
            request = parse(line, self._rules)
            asked = request.asked
            outcome = self._asked(request)
        except BadLine as bad:
            asked, outcome = bad.asked, Outcome(state="rejected", change="", reason=str(bad))
        except Exception:
            log.exception("a line of submit")
            outcome = Outcome(state="rejected", change="", reason=TROUBLED)
        is_open = outcome.state == "queued"
        return Waiting(asked, outcome, outcome.change if is_open else None, self.timer() + self.wait)

    def _asked(self, request: Request) -> Outcome:
        """Journal what a line asks for, in sight of everything journaled before it, by whichever process."""
        for attempt in range(OUTRUN_TRIES):
            since = self.keeper.journal.version()
            self.keeper.mirror.refresh()
            try:
                return edits.submit(
                    self.desk,
                    self.actor or self.name,
                    request.asks,
                    source=Source.COMMAND,
                    reason=request.reason,
                    release=request.release,
                    key=request.key,
                    since=since if attempt < OUTRUN_TRIES - 1 else None,
                )
            except Outrun:
                continue
        raise AssertionError("the last attempt does not ask whether it was outrun")

    def _bring_in(self) -> None:
        self._collect()
        is_open = any(line.change is not None for line in self._lines)
        if (is_open and self.wait > 0) or (self._left and not self._lines):
            self._left = False
            self._tick()
            self._collect()
        if not any(line.change is not None for line in self._lines):
            self.keeper.writer.release()  # nothing to write: let others

    def _tick(self) -> None:
        """One round, if no other process is the writer. What is journaled survives any fault of it."""
        try:
            self.keeper.tick()
        except Exception:
            log.exception("writing %s", self.keeper.workbook.address)

    def _collect(self) -> None:
        """See in the journal what has become of the open lines, whoever wrote them."""
        for line in self._lines:
            if line.change is None:
                continue
            entry = self.keeper.journal.entry(line.change)
            if entry is not None:
                line.outcome = edits.outcome_of(entry)
                if entry.state != PENDING:
                    line.change = None

    def _answer(self) -> None:
        """Answer, in order, the lines that are settled or have waited long enough."""
        now = self.timer()
        while self._lines and (self._lines[0].change is None or self._lines[0].deadline <= now):
            line = self._lines.popleft()
            self._left |= line.change is not None
            if line.outcome.state == "queued" and line.outcome.reason == edits.QUEUED:
                line.outcome = line.outcome.model_copy(update={"reason": self._hindrance() or edits.QUEUED})
            self._failed |= line.outcome.state not in ("saved", "queued")
            self.answers.write(answer(line.asked, line.outcome, self._stands))
            self.answers.flush()

    def _hindrance(self) -> str:
        """What stands in the way of writing right now, and who: told without a try to those who do not wait for one."""
        trouble, workbook = self.keeper.mirror.trouble, self.keeper.workbook
        if trouble is None and isinstance(workbook, XlsxWorkbook):
            try:
                if locks := workbook.lock_files():
                    raise Busy(locks[0].holder)
                check_writable(Path(workbook.address).resolve())
            except StorageError as found:
                trouble = found
        return str(trouble) if trouble is not None else ""

    def _stands(self, register: str, record: str) -> bool:
        return self.desk.view().judgement.record(register, record) is not None

    def _last_round(self) -> None:
        """Nothing lies about that could be written: the last lines answered as queued, or what was pending before."""
        ends = self.timer() + (0 if self._had_lines else self.wait)
        while self.keeper.journal.pending(self.keeper.ledger.workbook):
            self._tick()
            if self.timer() >= ends or self.keeper.writer.is_writer:
                return
            threading.Event().wait(POLL_OTHER)

    def _adopt(self) -> None:
        """The file that stands at the address now is the workbook from here on."""
        snapshot = self.keeper.mirror.snapshot
        stamp = snapshot.stamp if snapshot is not None else None
        own = stamp is not None and stamp.workbook == self.keeper.ledger.workbook
        self.keeper.ledger.adopt(stamp.generation if stamp is not None and own else 0)
        self._tick()
