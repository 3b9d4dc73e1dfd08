"""The parent's end of the child process: starts it, asks it, gives up on it after a time, tells how it died."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

from sheets.port import StorageError, WorkerDied
from sheets.xlsx_parcel import Parcel, Unpacker
from sheets.xlsx_worker import receive, send

# The editing library collects garbage four times too often for a short burst of work: an edit takes half as long so.
GO_GARBAGE = "400"
_ROOT = Path(__file__).resolve().parent.parent


class Child:
    """One child process, started when it is first needed and again after a death."""

    def __init__(self, timeout: float, command: tuple[str, ...] = ("-m", "sheets.xlsx_worker")) -> None:
        self._timeout = timeout
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None
        self._complaints: Any = None
        self._unpacker = Unpacker()

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def ask(self, name: str, *arguments: object) -> Any:
        """The child's answer, or the exception it met; WorkerDied where it ended or took too long."""
        process = self._started()
        timer = threading.Timer(self._timeout, process.kill)
        timer.daemon = True
        timer.start()
        try:
            assert process.stdin is not None and process.stdout is not None
            send(process.stdin, (name, arguments))  # type: ignore[arg-type]
            is_fine, answer = receive(process.stdout)  # type: ignore[arg-type]
        except (EOFError, OSError) as error:
            raise WorkerDied(self._obituary(process)) from error
        finally:
            timer.cancel()
        if is_fine:
            return self._unpacker.unpack(answer) if isinstance(answer, Parcel) else answer
        raise _rebuilt(*answer)

    def close(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        self._complaints.close()

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is not None:
            self.close()
        if self._process is None:
            self._unpacker = Unpacker()  # a new child has sent nothing yet
            self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the child
            self._process = subprocess.Popen(
                [sys.executable, *self._command],
                cwd=_ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._complaints,
                env={**os.environ, "GOGC": GO_GARBAGE},
            )
        return self._process

    def _obituary(self, process: subprocess.Popen[bytes]) -> str:
        process.kill()
        code = process.wait()
        self._complaints.seek(0)
        last_words = self._complaints.read().decode(errors="replace")[-2000:]
        self.close()
        return f"exit code {code}: {last_words}"


def _rebuilt(kind: type[StorageError] | type[OSError], details: dict[str, Any]) -> Exception:
    return OSError(details["errno"], details["text"]) if issubclass(kind, OSError) else kind(**details)
