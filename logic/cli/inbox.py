"""Lines as they come in: everything that is there can be taken at once, without waiting for more."""

from __future__ import annotations

import queue
import threading
from io import RawIOBase

from logic.cli.lines import is_blank

CHUNK = 1 << 16


class Inbox:
    """Lines as they come in, read by a thread of its own, so that everything that is there can be taken at once."""

    def __init__(self, stream: RawIOBase) -> None:
        self.ended = False
        self._lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        threading.Thread(target=self._read, args=(stream,), name="input", daemon=True).start()

    def take(self, timeout: float | None, most: int) -> list[bytes]:
        """The lines that are there, blank ones left out; waits for the first (for ever if None), never for the next."""
        taken: list[bytes] = []
        while len(taken) < most:
            try:
                line = self._lines.get(block=not taken, timeout=timeout)
            except queue.Empty:
                break
            if line is None:
                self.ended = True
                break
            if not is_blank(line):
                taken.append(line)
        return taken

    def _read(self, stream: RawIOBase) -> None:
        rest = b""
        try:
            while chunk := stream.read(CHUNK):
                *lines, rest = (rest + chunk).split(b"\n")
                for line in lines:
                    self._lines.put(line)
        finally:
            self._lines.put(rest)
            self._lines.put(None)
