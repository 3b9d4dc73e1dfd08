"""`init`: makes a workbook with a tab for every register, or adapts one that is there; nothing is ever taken away."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from logic import clock
from logic.cli import Trouble, remark, remark_sync_folder, say
from logic.office import adapt, data_folder, mark_demo
from logic.register import registers
from sheets.gsheets_address import spreadsheet_id
from sheets.port import ShapeStep, SheetSpec
from sheets.store import Store
from sheets.xlsx import XlsxWorkbook

SUFFIXES = (".xlsx", ".xlsm")


def run(address: str, *, demo: bool, dry_run: bool, secrets: Path | None = None) -> int:
    specs = tuple(register.spec() for register in registers().values())
    if spreadsheet_id(address) is not None:
        if demo:
            raise Trouble("演示数据只写进新的 .xlsx 文件;要试用谷歌表格,请运行 make run-google-demo。")
        return _tell(address, _adapt(address, specs, dry_run=dry_run, secrets=secrets), dry_run=dry_run)
    book = Path(address)
    if book.is_dir():
        raise Trouble(f"{book} 是文件夹,请给出工作簿文件名,例如 台账.xlsx。")
    if book.suffix.lower() not in SUFFIXES:
        raise Trouble(f"文件名要以 .xlsx 结尾,例如 {book.stem or '台账'}.xlsx。")
    remark_sync_folder(book)
    if demo:
        return _demo(book, dry_run=dry_run)
    steps = _adapt(address, specs, dry_run=dry_run) if book.exists() else _create(book, specs, dry_run=dry_run)
    return _tell(address, steps, dry_run=dry_run)


def _tell(book: str, steps: Sequence[ShapeStep], *, dry_run: bool) -> int:
    for step in steps:
        say(f"{step.sheet}:{step.what}" if step.sheet else step.what)
    if not steps:
        say(f"{book} 已经齐全,没有需要改动的地方。")
    elif dry_run:
        remark("以上是将要做的事,文件没有改动;去掉 --dry-run 就会执行。")
    return 0


def _demo(book: Path, *, dry_run: bool) -> int:
    if book.exists():
        raise Trouble(f"{book} 已经存在,演示数据只写进新文件,请换一个文件名。")
    if dry_run:
        say(f"新建演示工作簿 {book}")
        return 0
    from logic.demo import fill_demo  # loads what only a demo needs

    _make_folder(book)
    fill_demo(book, today=clock.now().date())
    mark_demo(book)
    say(f"演示工作簿已建好:{book}")
    return 0


def _create(book: Path, specs: Sequence[SheetSpec], *, dry_run: bool) -> Sequence[ShapeStep]:
    if not dry_run:
        _make_folder(book)
    workbook = XlsxWorkbook(book, backups=data_folder() / "backups")
    try:
        return workbook.shape(specs, dry_run=dry_run)
    finally:
        workbook.close()


def _adapt(book: str, specs: Sequence[SheetSpec], *, dry_run: bool, secrets: Path | None = None) -> Sequence[ShapeStep]:
    """Adapt a workbook that people use: only as its writer, so that no commit is under way."""
    if dry_run and spreadsheet_id(book) is None:
        return _create(Path(book), specs, dry_run=True)
    store = Store(data_folder())
    try:
        return adapt(book, specs, store, dry_run=dry_run, secrets=secrets)
    finally:
        store.close()


def _make_folder(book: Path) -> None:
    try:
        book.absolute().parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Trouble(f"建不了文件夹 {book.parent}({error.strerror or error}),请检查权限。") from error
