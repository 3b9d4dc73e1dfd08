"""The local counterpart as a program of its own, for trying the production road without an account::

    python -m tests.fake_sheets --port 8601 --data FOLDER [--latency 0.3] [--books 台账 绩效人事]

Writes `FOLDER/service_account.json` (the credential's key file, its token_uri pointing here) and `FOLDER/secrets.toml` (the
same in the form `.streamlit/secrets.toml` has). Prints one line of JSON on standard output as soon as it answers::

    {"address": "http://127.0.0.1:8601", "credentials": "…", "secrets": "…", "email": "…", "spreadsheets": {"台账": "1Fake…"}}

Whoever opens the address in a browser sees the spreadsheets and can edit them as a manager would. Everything lives in memory
and is gone with the program, which ends on SIGINT, SIGTERM or when its standard input is closed (`--until-eof`).
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from tests.fake_sheets.cloud import Cloud
from tests.fake_sheets.server import FakeSheets, running


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.fake_sheets")
    parser.add_argument("--port", type=int, default=0, help="0: any free port")
    parser.add_argument("--data", type=Path, required=True, help="folder for the credential")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds every request takes")
    parser.add_argument("--books", nargs="+", default=["台账", "绩效人事"], help="titles of the spreadsheets")
    parser.add_argument("--until-eof", action="store_true", help="end when standard input is closed")
    options = parser.parse_args(arguments)
    cloud = Cloud()
    cloud.latency = options.latency
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: ended.set())
    if options.until_eof:
        threading.Thread(target=_wait_for_eof, args=(ended,), daemon=True).start()
    with running(cloud, port=options.port) as server:
        print(json.dumps(prepared(server, options.data, options.books), ensure_ascii=False), flush=True)
        while not ended.wait(0.5):  # a wait without end would not let Windows deliver Ctrl+C
            pass


def prepared(server: FakeSheets, folder: Path, titles: Sequence[str]) -> dict[str, object]:
    """Makes the shared, empty spreadsheets and writes the credential; what is printed."""
    folder.mkdir(parents=True, exist_ok=True)
    info = server.cloud.credentials()
    books = {title: server.cloud.new_book(title).id for title in titles}
    key_file, secrets = folder / "service_account.json", folder / "secrets.toml"
    key_file.write_text(json.dumps(info, indent=2), encoding="utf-8")
    lines = ["[google]", f"api_base_url = {json.dumps(server.address)}", "", "[gcp_service_account]"]
    lines += [f"{name} = {json.dumps(value)}" for name, value in info.items()]
    secrets.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return {
        "address": server.address,
        "credentials": str(key_file),
        "secrets": str(secrets),
        "email": info["client_email"],
        "spreadsheets": books,
    }


def _wait_for_eof(ended: threading.Event) -> None:
    """Past Python's own buffer: a thread that waits inside it would bring the interpreter down at the end."""
    with contextlib.suppress(OSError):
        while os.read(sys.stdin.fileno(), 4096):
            pass
    ended.set()


if __name__ == "__main__":
    main()
