"""`admin`: a one-time link that makes somebody an administrator, for an installation nobody can get into any more.

Who can run this can read the data folder anyway. The console may be running meanwhile.
"""

from __future__ import annotations

from logic import clock
from logic.cli import Trouble, remark, say
from logic.door import first
from logic.door.door import Door
from logic.office import data_folder
from sheets.store import Store


def run(address: str) -> int:
    folder = data_folder()
    if not (folder / "console.sqlite").is_file():
        raise Trouble(f"{folder} 里还没有控制台的数据。请先启动控制台,它会给出第一位管理员的链接。")
    store = Store(folder)
    try:
        say(first.link(Door(store, lambda: None, clock.now), folder, address.rstrip("/"), anew=True))
    finally:
        store.close()
    remark(f"请在浏览器打开上面的链接。它只能用一次,用完即失效;也写在 {folder / first.NAME}。")
    return 0
