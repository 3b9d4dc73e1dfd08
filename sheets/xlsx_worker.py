"""The child process in which all reading and writing of .xlsx files happens: `python -m sheets.xlsx_worker`.

The native libraries can abort a process or mix up files; here that costs one child and no data. Requests come in over
standard input, answers leave over what was standard output; both are pickles behind their length. Ends at end of file,
so it never outlives its parent.
"""

from __future__ import annotations

import os
import pickle
import signal
import struct
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from sheets.port import Commit, Missing, SheetSpec, StorageError, Unavailable
from sheets.xlsx_book import Book
from sheets.xlsx_parcel import Packer, Parcel

LENGTH = struct.Struct(">Q")
POLITE = 5  # whoever clicks in a page goes before what is being written behind it


def send(pipe: BinaryIO, message: object) -> None:
    data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    pipe.write(LENGTH.pack(len(data)) + data)
    pipe.flush()


def receive(pipe: BinaryIO) -> Any:
    """The next message; EOFError where the other side has gone."""
    return pickle.loads(_exactly(pipe, LENGTH.unpack(_exactly(pipe, LENGTH.size))[0]))


def _exactly(pipe: BinaryIO, size: int) -> bytes:
    data = pipe.read(size)
    if len(data) < size:
        raise EOFError
    return data


class Worker:
    """Answers requests; keeps the last file it understood, known by the hash of its bytes."""

    def __init__(self) -> None:
        self._last: Book | None = None
        self._packer = Packer()

    def read(self, path: str, titles: Sequence[str] | None) -> Parcel:
        return self._packer.pack(self._book(path).snapshot(titles))

    def write(self, path: str, target: str, commit: Commit) -> Parcel:
        """Write the committed file to `target` and prove it."""
        from sheets.xlsx_edit import carry_out  # loads the editing library, which readers never need
        from sheets.xlsx_proof import prove

        old = self._book(path)
        old.snapshot()
        carry_out(old, commit, Path(target))
        new = Book(Path(target).read_bytes())
        prove(old, new, edits=commit.edits, inserts=commit.inserts, stamp=commit.stamp)
        snapshot = new.snapshot()
        self._last = new
        return self._packer.pack(snapshot)

    def shape(self, path: str | None, target: str | None, specs: Sequence[SheetSpec]) -> Any:
        """Adapt the file (None: a new one) into `target` (None: only say how); steps and the revision under them."""
        from sheets.xlsx_shape import blank, shape

        old = self._book(path) if path else Book(blank(specs[0].title if specs else "Sheet1"))
        old.snapshot()
        steps = shape(old, specs, Path(target) if target else None, is_new=path is None)
        return steps, old.revision

    def _book(self, path: str) -> Book:
        try:
            content = Path(path).read_bytes()
        except FileNotFoundError as error:
            raise Missing(path) from error
        if self._last is None or self._last.content != content:
            self._last = None
            self._last = Book(content)
        return self._last


def main() -> None:
    """Serve until the parent closes the pipe."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):  # not on Windows
        os.nice(POLITE)
    requests = sys.stdin.buffer
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever the libraries print must not get into the pipe
    worker = Worker()
    doors: Mapping[str, Callable[..., object]] = {"read": worker.read, "write": worker.write, "shape": worker.shape}
    while True:
        try:
            name, arguments = receive(requests)
        except EOFError:
            return
        try:
            answer = (True, doors[name](*arguments))
        except StorageError as error:
            answer = (False, (type(error), dict(vars(error))))
        except OSError as error:
            answer = (False, (OSError, {"errno": error.errno, "text": str(error)}))
        except Exception:  # a fault of ours or of a library: the file is untouched, the log must show where
            answer = (False, (Unavailable, {"detail": traceback.format_exc()}))
        try:
            send(answers, answer)
        except BrokenPipeError:
            return


if __name__ == "__main__":
    main()
