"""`handbook`: writes every register, workflow and rule that is declared, for people or as JSON for other programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from logic.cli import Trouble, say
from logic.handbook import document
from logic.handbook.entries import registers_data
from logic.register import registers

FILE = Path(__file__).resolve().parents[2] / "docs" / "handbook.zh.md"


def run(out: str | None, *, as_json: bool) -> int:
    """Write to the file `out`, "-" being standard output; by default the document goes to its file, JSON is printed."""
    known = registers()
    data = registers_data(known)
    written = f"{json.dumps(data, ensure_ascii=False, indent=1)}\n" if as_json else document.text(known)
    if out == "-" or (out is None and as_json):
        sys.stdout.write(written)
        return 0
    file = Path(out) if out is not None else FILE
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(written, encoding="utf-8", newline="\n")
    except OSError:
        raise Trouble(f"手册没有写成:{file}。请换一个位置,或先关闭正在打开它的程序") from None
    say(f"已写入 {file}:{_counted(data)}")
    return 0


def _counted(data: Mapping[str, Any]) -> str:
    waiting = sum(rule["state"] == "waiting" for rule in data["rules"])
    return (
        f"{len(data['registers'])} 个登记表、{len(data['workflows'])} 个流程、"
        f"{len(data['rules'])} 条规则(其中 {waiting} 条还在等)、{len(data['settings'])} 项制度参数"
    )
