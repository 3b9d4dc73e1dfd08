"""一键查 over 50,000 records of all registers: making the Books, a query, a query after an edit, and the room they take.

Run with `pytest -m bench tests/bench/bench_searching.py -s`, or `python -m tests.bench.bench_searching`.
"""

from __future__ import annotations

import sys
import tracemalloc
from collections.abc import Callable

from logic import searching
from logic.board import Board
from logic.judgement import Amendment, Judgement
from logic.register import registers
from logic.searching import Library, library_of
from logic.tracing import gather, timeline
from sheets.table import Table
from tests.bench.bench_judgement import NOW, TOGETHER, orders, recalls, roster, seconds, transfers

QUERIES = ("2601000000000000123", "YT8800000000123", "tb_123", "0123", "12301", "王先生", "没有这个人")


def world() -> Judgement:
    known = registers()
    cases, slips = recalls(known["after_sales_register"], known["recall_slips"], 5_000)
    tables: dict[str, Table | None] = {
        "bank_transfers": transfers(known["bank_transfers"], 20_000),
        "orders": orders(known["orders"], 20_000),
        "after_sales_register": cases,
        "recall_slips": slips,
        "staff": roster(known["staff"]),
    }
    return Judgement.of(known, tables, now=NOW)


def ask(library: Library, query: str) -> None:
    """All that the page does between the box and the drawing."""
    for affair in gather(library, library.find(query, lambda record: True))[:20]:
        timeline(affair.records, registers())


def measure() -> tuple[dict[str, float], float]:
    """Seconds by what was done, and megabytes."""
    judgement = world()

    def anew() -> None:
        searching._books.clear()
        library_of([judgement]).find("8888", lambda record: True)

    figures = {"Books made": seconds(anew, 3)}
    library = library_of([judgement])
    for query in QUERIES:
        asked: Callable[[], None] = lambda query=query: ask(library, query)  # noqa: E731
        figures[f"query {query}"] = seconds(asked, 7)
    keys = iter(list(judgement.records("orders"))[::50])

    def after_edit() -> None:
        edited = judgement.amended([Amendment("orders", next(keys), {"waybill_no": "SF123456"})], now=NOW)
        library_of([edited]).find("f1234", lambda record: True)

    figures["query after an edit"] = seconds(after_edit, 7)
    actor = judgement.people.actor("李强")
    assert actor is not None
    figures["board made"] = seconds(lambda: Board().of(judgement, actor, NOW), 3)
    board = Board()
    board.of(judgement, actor, NOW)

    def board_after_edit() -> None:
        edited = judgement.amended([Amendment("orders", next(keys), {"waybill_no": "SF123456"})], now=NOW)
        board.of(edited, actor, NOW)

    figures["board after an edit"] = seconds(board_after_edit, 7)
    searching._books.clear()
    tracemalloc.start()
    library_of([judgement]).find("8888", lambda record: True)
    room = tracemalloc.get_traced_memory()[0] / 1e6
    tracemalloc.stop()
    return figures, room


def report(figures: dict[str, float], room: float) -> str:
    lines = [f"{what:<32} {taken * 1000:>9.2f} ms" for what, taken in figures.items()]
    return "\n".join((TOGETHER, *lines, f"{'Books':<32} {room:>9.1f} MB"))


def test_searching_is_fast() -> None:
    figures, room = measure()
    sys.stdout.write(f"\n{report(figures, room)}\n")
    assert max(taken for what, taken in figures.items() if what.startswith("query")) < 0.05
    assert room < 100


if __name__ == "__main__":
    sys.stdout.write(f"{report(*measure())}\n")
