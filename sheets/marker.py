"""The small file beside an .xlsx that says which installation writes it, so that two offices do not fight over one file.

The random installation id decides; host and data folder are there for the people who read the refusal.
"""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path

from sheets.port import StorageError


class ForeignInstallation(StorageError):
    """Another installation writes this workbook."""

    def __init__(self, host: str, folder: str) -> None:
        self.host, self.folder = host, folder
        super().__init__(f"{host} {folder}")

    @property
    def sentence(self) -> str:  # type: ignore[override]
        return (
            f"这个工作簿由另一台电脑上的控制台管理(主机 {self.host},数据目录 {self.folder}),这里只能查看。"
            "确认那边已停用后,可用 --take-over 接管。"
        )


def marker_path(address: str) -> Path:
    path = Path(os.path.realpath(address))
    return path.with_name(f".{path.name}.console")


def claim(address: str, installation: str, folder: Path, *, take_over: bool = False) -> None:
    """Mark the workbook as ours; raises ForeignInstallation where it is marked by another and not taken over."""
    path = marker_path(address)
    mark = read_marker(address)
    if mark.get("installation") == installation:
        return
    if mark and not take_over:
        raise ForeignInstallation(mark.get("host", "?"), mark.get("folder", "?"))
    body = {"installation": installation, "host": socket.gethostname(), "folder": str(folder)}
    try:
        path.write_text(json.dumps(body, ensure_ascii=False), encoding="utf-8")
    except OSError:
        # A folder we may not write to cannot be replaced into either: the write itself will say so, in its own words.
        return


def read_marker(address: str) -> dict[str, str]:
    """The marker's content; empty where there is none, or none that can be read."""
    try:
        body = json.loads(marker_path(address).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(key): str(value) for key, value in body.items()} if isinstance(body, dict) else {}
