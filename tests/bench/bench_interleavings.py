"""The proof at length: thousands of stories of tests/unit/test_interleavings.py, and what happened in them.

python -m tests.bench.bench_interleavings --backend memory --examples 10000
python -m tests.bench.bench_interleavings --backend xlsx --examples 1000
python -m tests.bench.bench_interleavings --backend google --examples 10000
"""

from __future__ import annotations

import argparse
import dataclasses
import logging
import sys
import time
from collections.abc import Sequence

import pytest

from tests.machine import FIGURES
from tests.machine_disks import XlsxDisk
from tests.machine_google import GoogleDisk
from tests.unit.test_interleavings import explore

LABELS = {
    "examples": "interleavings",
    "steps": "steps",
    "kills": "kills",
    "stale_saves": "stale saves",
    "conflicts": "conflicts",
    "put_back": "put back",
    "direct": "direct edits",
    "commits": "generations",
    "changes": "acknowledged changes",
    "misplaced": "cells put right",
}


def run(backend: str, examples: int, steps: int, seed: int | None = None) -> str:
    """Play until that many stories are told or one fails; the figures, in one line. `seed`: which stories."""
    logging.disable(logging.WARNING)  # every injected fault is logged, as it should be
    began = time.perf_counter()
    try:
        explore(backend, examples, steps, random=True, seed=seed)
    finally:
        logging.disable(logging.NOTSET)
        XlsxDisk.end_child()
        GoogleDisk.end_server()
    figures = ", ".join(f"{label} {getattr(FIGURES, name):,}" for name, label in LABELS.items())
    return f"{backend}: {figures}, {time.perf_counter() - began:.0f} s"


@pytest.mark.parametrize(("backend", "examples"), [("memory", 10_000), ("xlsx", 1_000), ("google", 10_000)])
def test_interleavings(backend: str, examples: int, capsys: pytest.CaptureFixture[str]) -> None:
    for name in (one.name for one in dataclasses.fields(FIGURES)):
        setattr(FIGURES, name, 0)
    line = run(backend, examples, 18)
    with capsys.disabled():
        sys.stdout.write(f"\n{line}\n")
    assert FIGURES.examples >= examples


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--backend", choices=("memory", "xlsx", "google"), default="memory")
    parser.add_argument("--examples", type=int, default=1000)
    parser.add_argument("--steps", type=int, default=18)
    parser.add_argument("--seed", type=int, help="which stories; for several processes beside each other")
    given = parser.parse_args(arguments)
    sys.stdout.write(run(given.backend, given.examples, given.steps, given.seed) + "\n")


if __name__ == "__main__":
    main()
