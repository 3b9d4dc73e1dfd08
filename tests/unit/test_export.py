"""下载: what stands in a register, in a file another program reads, and back through our own import, bit by bit."""

from __future__ import annotations

import csv
import datetime as dt
import io
import time
from collections.abc import Mapping

import openpyxl
import pytest

from logic.exporting import as_csv, as_xlsx, file_name
from logic.judgement import Amendment, Judgement, Record
from logic.kinds import Kind
from logic.register import Register, registers
from logic.staging.reading import stage_sheets
from sheets.port import Serial, Value
from sheets.tabular import protected, read_upload, unprotected
from tests.tables import NOW, rows_of
from tests.values import CELLS, TEXTS

BANK = registers()["bank_transfers"]
GOOD = dict(BANK.samples[0])


def records(register: Register, *rows: Mapping[str, Value]) -> list[Record]:
    """Records with these cells, whatever a sheet may hold."""
    table = rows_of(register, [])
    judgement = Judgement.of(registers(), {register.key: table}, now=NOW)
    made: list[Record] = []
    for number, row in enumerate(rows):
        texts = {name: value if isinstance(value, str) else "" for name, value in row.items()}
        key = f"{register.prefix}210302-{number + 22222}"
        judgement = judgement.amended([Amendment(register.key, key, texts, new=True)], now=NOW)
        record = judgement.record(register.key, key)
        assert record is not None
        cells = tuple(row.get(name, record.cells[at]) for at, name in enumerate(register.fields))
        made.append(record.reader.record(key, key, None, cells))
    return made


def grid(content: bytes) -> list[dict[str, object]]:
    """The rows of a workbook as another library reads them, by header."""
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    head, *rows = [[cell for cell in row] for row in sheet.iter_rows()]
    return [{str(title.value): cell for title, cell in zip(head, row, strict=True)} for row in rows]


def test_ids_are_texts_dates_are_dates_amounts_are_numbers() -> None:
    (record,) = records(BANK, {**GOOD, "order_no": "00123、6222021234567890123", "paid_at": "2021-03-02 10:32"})
    (row,) = (grid(as_xlsx(BANK, [record])),)[0]
    assert row["订单号"].value == "00123、6222021234567890123"  # type: ignore[attr-defined]
    assert row["订单号"].number_format == "@"  # type: ignore[attr-defined]
    assert row["转账日期时间"].value == dt.datetime(2021, 3, 2, 10, 32)  # type: ignore[attr-defined]
    assert isinstance(row["转账金额"].value, int | float)  # type: ignore[attr-defined]
    assert list(row) == [one.header for one in BANK.fields.values()]
    assert file_name(BANK.title, dt.date(2026, 11, 22), "xlsx") == "银行转账明细表-2026-11-22.xlsx"


FIELDS = ("goods", "order_no", "amount_paid", "paid_at", "phone", "shop", "arrived", "customer_id", "payer_last4")
STORED = [
    one
    for one in CELLS
    if not isinstance(one, str) or one in TEXTS[: TEXTS.index("响铃\x07")] or one.startswith(("_x", "张", "👩", "长"))
]


@pytest.mark.parametrize("name", FIELDS)
def test_every_ugly_cell_comes_back(name: str) -> None:
    """Written by us, read by another library and by our own import: the text the register shows is the text that is there."""
    stored = [one for one in STORED if not (isinstance(one, str) and len(one) > 32_767)]
    made = records(BANK, *({**GOOD, name: cell} for cell in stored))
    header, kind = BANK.fields[name].header, BANK.fields[name].kind
    shown = [record.text(name) for record in made]
    workbook, text = as_xlsx(BANK, made), as_csv(BANK, made)
    for want, row in zip(shown, grid(workbook), strict=True):
        cell = row[header]
        assert cell.data_type != "f"  # type: ignore[attr-defined]
        _same(kind, want, cell.value)  # type: ignore[attr-defined]
    table = list(csv.reader(io.StringIO(text.decode("utf-8-sig"), newline="")))
    at = table[0].index(header)
    assert [unprotected(row[at]) for row in table[1:]] == shown
    for file, content in {"x.xlsx": workbook, "x.csv": text}.items():
        stage = stage_sheets(BANK, read_upload(file, content), file)
        back = [row.texts[stage.columns.index(name)] for row in stage.rows]
        # A cell nobody could read is downloaded as the text it showed, and stays that text.
        read = [
            one if kind.read(cell).problem else kind.read(one or None).text
            for one, cell in zip(back, stored, strict=True)
        ]
        assert read == shown


def _same(kind: Kind, want: str, found: object) -> None:
    """Does this value of a cell, as openpyxl gives it, mean the text?"""
    if found is None:
        assert want == ""
    elif isinstance(found, str):
        assert found.replace("_x000D_", "\r") == want  # which Excel reads so, and openpyxl leaves
    elif isinstance(found, dt.datetime):
        assert kind.read(Serial.of(found)).text == want
    else:
        assert kind.read(float(found)).text == want  # type: ignore[arg-type]


@pytest.mark.parametrize("text", [*TEXTS, "'", "''", "'=", "-1", "\tx", "\rx", "=", "@"])
def test_protection_keeps_every_text(text: str) -> None:
    kept = protected(text)
    assert unprotected(kept) == text
    assert not kept.startswith(("=", "+", "-", "@", "\t", "\r"))


def test_an_empty_register_gives_its_headers() -> None:
    assert grid(as_xlsx(BANK, [])) == []
    assert as_csv(BANK, []).decode("utf-8-sig").startswith("店铺,登记日期,")


@pytest.mark.parametrize("key", registers())
def test_every_register_can_be_downloaded(key: str) -> None:
    register = registers()[key]
    made = records(register, *(dict(sample) for sample in register.samples))
    assert len(grid(as_xlsx(register, made))) == len(register.samples)
    assert len(as_csv(register, made).splitlines()) > len(register.samples)


def test_ten_thousand_rows_take_seconds() -> None:
    made = records(BANK, GOOD) * 10_000
    begun = time.thread_time()
    as_xlsx(BANK, made)
    assert time.thread_time() - begun < 15
