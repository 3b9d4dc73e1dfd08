"""How long a page takes to run again, and how much it sends, while many people work in one register of 20,000 rows.

    python -m tests.bench.bench_pages [rows] [sessions ...]

Starts a console of its own and drives it over Streamlit's websocket as browsers do: every session searches for another
number every 5 seconds on average, asks every 2 seconds whether anything changed (pages.parts.pulse), and the page's own
refreshes (`run_every`) are sent as the browser would send them. Every 5 seconds somebody saves a change of a random record
in this very register, which the console brings into the .xlsx file meanwhile.
Prints the time from the click to the end of the run (median, 95th percentile), payload, and processor time of the server.
Budgets (DESIGN 10): p95 < 100 ms at 50 sessions, < 300 ms at 200, payload < 60 kB.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import websockets
from sqlalchemy import text
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from logic.changes import Change, Edit, Source, new_change_id
from logic.clock import now
from logic.door.door import Door
from sheets.journal import Journal, NewEntry
from sheets.store import Store
from tests.bench.bench_engine import ACTOR, OPEN, build, code
from tools import console

THINK = 5.0
DURATION = 25.0
PAGE, PULSE = "bank_transfers", "console_pulse"


@dataclass
class Session:
    """One browser tab, as far as the server can tell."""

    port: int
    cookie: str
    search: str = ""
    widgets: dict[str, str] = field(default_factory=dict)
    fragments: dict[str, float] = field(default_factory=dict)
    watching: str = ""  # the fragment that is drawn again when something it shows changed
    url: str = ""  # what is asked for that
    version: str = ""  # what was drawn
    sent: list[int] = field(default_factory=list)
    busy: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def open(self) -> None:
        url = f"ws://127.0.0.1:{self.port}/_stcore/stream"
        origin = websockets.Origin(f"http://127.0.0.1:{self.port}")
        self.socket = await websockets.connect(
            url,
            subprotocols=[websockets.Subprotocol("streamlit")],
            max_size=None,
            origin=origin,
            open_timeout=60,
            additional_headers={"Cookie": self.cookie},
        )
        await self.run()

    async def run(self, fragment: str = "") -> float:
        """Run the script, or one fragment of it, again; seconds until it has finished."""
        async with self.busy:
            message = BackMsg()
            message.rerun_script.page_name = PAGE
            message.rerun_script.fragment_id = fragment
            if "search" in self.widgets:
                widget = message.rerun_script.widget_states.widgets.add()
                widget.id, widget.string_value = self.widgets["search"], self.search
            started = time.perf_counter()
            await self.socket.send(message.SerializeToString())
            self.sent.append(0)
            while not self._is_last(await asyncio.wait_for(self.socket.recv(), 120)):
                pass
            return time.perf_counter() - started

    def _is_last(self, data: str | bytes) -> bool:
        assert isinstance(data, bytes)
        self.sent[-1] += len(data)
        message = ForwardMsg()
        message.ParseFromString(data)
        kind = message.WhichOneof("type")
        if kind == "auto_rerun":
            self.fragments[message.auto_rerun.fragment_id] = message.auto_rerun.interval
        if kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            element = message.delta.new_element
            if element.WhichOneof("type") == "bidi_component" and element.bidi_component.component_name == PULSE:
                said = json.loads(element.bidi_component.json)
                if said["chips"]:
                    self.watching, self.url, self.version = message.delta.fragment_id, said["url"], said["version"]
            if element.WhichOneof("type") == "text_input" and element.text_input.label == "搜索":
                self.widgets["search"] = element.text_input.id
            assert element.WhichOneof("type") != "exception", element.exception.message
        return kind == "script_finished"


async def person(session: Session, ends: float, times: list[float], sizes: list[int]) -> None:
    await asyncio.sleep(random.random() * THINK)
    while time.perf_counter() < ends:
        session.search = f"{random.randint(0, 9999):04d}"
        times.append(await session.run())
        sizes.append(session.sent[-1])
        await asyncio.sleep(random.uniform(0.5, 1.5) * THINK)


async def refresh(session: Session, ends: float) -> None:
    """What the browser does by itself, for each fragment with `run_every`."""
    await asyncio.sleep(random.random() * 2)
    while time.perf_counter() < ends:
        for fragment in list(session.fragments):
            await session.run(fragment)
        await asyncio.sleep(min(session.fragments.values(), default=2.0))


async def pulse(session: Session, ends: float) -> None:
    """The question every open page asks, and the list drawn again where the answer is another."""
    await asyncio.sleep(random.random() * 2)
    while time.perf_counter() < ends:
        head = f"Host: 127.0.0.1:{session.port}\r\nCookie: {session.cookie}\r\nConnection: close"
        reader, writer = await asyncio.open_connection("127.0.0.1", session.port)
        writer.write(f"GET {session.url} HTTP/1.1\r\n{head}\r\n\r\n".encode())
        head, _, body = (await reader.read()).decode().partition("\r\n\r\n")
        writer.close()
        assert head.startswith("HTTP/1.1 200"), head
        if json.loads(body)["version"] != session.version:
            await session.run(session.watching)
        await asyncio.sleep(2)


async def save_meanwhile(folder: Path, rows: int, ends: float) -> None:
    """Somebody else saves: a change is journaled as any other process would, and the console brings it into the file."""
    store = Store(folder)
    journal = Journal(store)
    with store.reading() as connection:
        workbook = connection.execute(text("SELECT id FROM workbooks")).scalar_one()
    with store.reading() as connection:
        saved: set[str] = {*connection.execute(text("SELECT record FROM touches")).scalars()}
    left = [one for one in (f"YH260801-{code(number)}" for number in range(0, rows, OPEN)) if one not in saved]
    random.shuffle(left)
    while time.perf_counter() < ends:
        await asyncio.sleep(THINK)
        record = left.pop()
        edit = Edit(register=PAGE, record=record, values={"note": f"{now():%H:%M:%S} 已电话核对"}, base={"note": ""})
        change = Change(
            id=new_change_id(), workbook=workbook, actor=ACTOR, source=Source.CONSOLE, at=now(), edits=(edit,)
        )
        journal.append(
            NewEntry(
                id=change.id,
                workbook=workbook,
                actor=ACTOR,
                source=change.source,
                at=change.at.isoformat(timespec="seconds"),
                state="pending",
                body=change.model_dump_json(),
                touches=change.touches,
            )
        )
    with store.reading() as connection:
        states = connection.execute(text("SELECT state, count(*) FROM changes GROUP BY state")).all()
    assert {state for state, _ in states} <= {"saved", "pending"}, states
    store.close()


async def measure(port: int, cookie: str, pid: int, count: int, folder: Path, rows: int) -> None:
    sessions = [Session(port, cookie) for _ in range(count)]
    for start in range(0, count, 10):
        await asyncio.gather(*(session.open() for session in sessions[start : start + 10]))
    times: list[float] = []
    sizes: list[int] = []
    before, ours, started = processor(pid), processor(os.getpid()), time.perf_counter()
    ends = started + DURATION
    await asyncio.gather(
        *(person(session, ends, times, sizes) for session in sessions),
        *(refresh(session, ends) for session in sessions),
        *(pulse(session, ends) for session in sessions),
        save_meanwhile(folder, rows, ends),
    )
    load, our_load = (
        (processor(one) - was) / (time.perf_counter() - started) for one, was in ((pid, before), (os.getpid(), ours))
    )
    times.sort()
    late = times[int(len(times) * 0.95)]
    print(
        f"{count:4d} sessions  {len(times):5d} clicks  median {times[len(times) // 2] * 1000:6.0f} ms  "
        f"p95 {late * 1000:6.0f} ms  payload {sum(sizes) / len(sizes) / 1000:5.1f} kB  server {load * 100:3.0f} % of a core, "
        f"this program {our_load * 100:3.0f} %",
        flush=True,
    )
    await asyncio.gather(*(session.socket.close() for session in sessions))


def signed_in(folder: Path) -> str:
    """The cookie of an administrator who stands in no roster."""
    store = Store(folder)
    door = Door(store, lambda: None, now)
    with store.transaction() as connection:
        id = door.accounts.add(connection, "压测", "", door.now(), "bench", admin=True, demo=False)
        token = door.accounts.open_session(connection, id, door.now(), "127.0.0.1")
    store.close()
    return f"console_session={door.signed('session', token)}"


def processor(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main(rows: int = 20_000, *counts: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        build(Path(folder) / "台账.xlsx", rows)
        os.environ["CONSOLE_DATA"] = folder
        cookie = signed_in(Path(folder))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        log = (Path(folder) / "log").open("w", encoding="utf-8")
        started = time.perf_counter()
        process: subprocess.Popen[bytes] = console.start_console(Path(sys.executable), port, log)
        try:
            console.wait_until_healthy(process, port)
            print(f"{rows} rows; start to health {time.perf_counter() - started:.2f} s", flush=True)
            started = time.perf_counter()
            asyncio.run(Session(port, cookie).open())
            print(f"first page {time.perf_counter() - started:.2f} s", flush=True)
            for count in counts or (1, 50, 200):
                asyncio.run(measure(port, cookie, process.pid, count, Path(folder), rows))
        finally:
            console.stop(process)
            log.close()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
