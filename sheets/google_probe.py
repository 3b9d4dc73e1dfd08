"""Asks a real Google account what its documentation leaves open: python -m sheets.google_probe ADDRESS [--secrets FILE]

For a person with an account and an empty spreadsheet shared with the service account. Works in a tab of its own, which it
deletes at the end, and takes about two minutes. Every line says what was found and what follows from it.
"""

from __future__ import annotations

import argparse
import secrets
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sheets.gsheets_account import Account
from sheets.gsheets_address import spreadsheet_id
from sheets.gsheets_calls import Calls
from sheets.gsheets_cells import Json, details, places, quoted
from sheets.port import StorageError

TAB = "_探测"
TEXTS = ("=1+1", "00123", "6225881234567890123", "第一行\r\n第二行", " 前后有空格 ", "长" * 32_767)
LONGEST = 90.0  # seconds to wait for Drive
ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Finding:
    """`fine`: as the console expects it, or harmless."""

    what: str
    found: str
    fine: bool

    def line(self) -> str:
        return f"{'✓' if self.fine else '✗'} {self.what}:{self.found}"


class Probe:
    """`wait` waits seconds, `timer` counts them."""

    def __init__(self, calls: Calls, timer: Callable[[], float], wait: Callable[[float], object]) -> None:
        self.calls, self.timer, self.wait = calls, timer, wait
        self.tab = secrets.randbelow(2**30) + 1
        self.token = f"console_probe_{secrets.token_hex(4)}"

    def run(self) -> Iterator[Finding]:
        grid = {"rowCount": 20, "columnCount": 5}
        self._send({"addSheet": {"properties": {"sheetId": self.tab, "title": TAB, "gridProperties": grid}}})
        try:
            yield from self._version_token()
            yield self._answer()
            yield self._strict_list()
            yield self._number_in_text_cell()
            yield from self._texts()
            yield from self._sorting()
            yield self._drive_delay()
            yield self._read_after_write()
        finally:
            self._send({"deleteSheet": {"sheetId": self.tab}})

    def _version_token(self) -> Iterator[Finding]:
        add = {"addNamedRange": {"namedRange": {"namedRangeId": self.token, "name": self.token, "range": self._cell()}}}
        took = self._takes(add)
        yield Finding("命名区域可以自定编号", "可以" if took else "不可以,控制台的写入凭证要换一种做法", took)
        again = self._takes(self._text(0, 0, "不应写入"), add)
        yield Finding("同一个编号加两次", "整批被拒绝" if not again else "被接受了,不能当作写入凭证", not again)
        stands = self._value(0, 0)
        yield Finding("被拒绝的一批", "一格都没有写" if stands is None else f"写进了“{stands}”", stands is None)
        delete = {"deleteNamedRange": {"namedRangeId": self.token}}
        gone = self._takes(delete) and not self._takes(delete)
        yield Finding("删除已经不在的编号", "整批被拒绝" if gone else "没有被拒绝,挡不住第二个写入者", gone)

    def _answer(self) -> Finding:
        answer = self.calls.batch([self._insert(1), self._text(1, 1, "回音")], [f"{quoted(TAB)}!1:3"])
        found = details(answer.get("updatedSpreadsheet", {})).get(TAB)
        row = found.rows.get(2) if found is not None else None
        fine = row is not None and row.values == (None, "回音")
        return Finding("一批写入的回音", "带回了写好以后的内容" if fine else f"不是写好以后的内容:{row}", fine)

    def _strict_list(self) -> Finding:
        rule = {"condition": {"type": "ONE_OF_LIST", "values": [{"userEnteredValue": "甲"}]}, "strict": True}
        self._send({"setDataValidation": {"range": self._cell(3), "rule": rule}})
        took = self._takes(self._text(3, 0, "乙"))
        return Finding(
            "写入严格下拉列表以外的内容", "接口照样写入" if took else "接口拒绝写入,列表以外的旧值要先放开", True
        )

    def _number_in_text_cell(self) -> Finding:
        form = {"userEnteredFormat": {"numberFormat": {"type": "TEXT", "pattern": "@"}}}
        form["userEnteredValue"] = {"numberValue": 12.5}  # type: ignore[assignment]
        fields = "userEnteredValue,userEnteredFormat.numberFormat"
        start = {"sheetId": self.tab, "rowIndex": 4, "columnIndex": 0}
        self._send({"updateCells": {"start": start, "rows": [{"values": [form]}], "fields": fields}})
        found = self._value(4, 0)
        return Finding("文本格式的格子里写数字", f"读回 {found!r}", isinstance(found, float))

    def _texts(self) -> Iterator[Finding]:
        self._send(*(self._text(5 + at, 0, text) for at, text in enumerate(TEXTS)))
        for at, text in enumerate(TEXTS):
            found = self._value(5 + at, 0)
            shown = text if len(text) < 30 else f"{len(text)} 个字"
            yield Finding(f"文字 {shown!r}", "原样" if found == text else f"变成了 {str(found)[:30]!r}", found == text)

    def _sorting(self) -> Iterator[Finding]:
        rows = [
            self._text(12 + at, column, text) for at, row in enumerate("乙甲") for column, text in ((0, row), (1, row))
        ]
        where = {"sheetId": self.tab, "dimension": "ROWS", "startIndex": 12, "endIndex": 13}
        mark = {"metadataKey": "probe", "metadataValue": "乙", "visibility": "DOCUMENT"}
        mark["location"] = {"dimensionRange": where}  # type: ignore[assignment]
        self._send(*rows, {"createDeveloperMetadata": {"developerMetadata": mark}})
        box = {"sheetId": self.tab, "startRowIndex": 12, "endRowIndex": 14, "startColumnIndex": 0, "endColumnIndex": 2}
        self._send({"sortRange": {"range": box, "sortSpecs": [{"dimensionIndex": 0, "sortOrder": "DESCENDING"}]}})
        together = self._value(12, 0) == self._value(12, 1)
        yield Finding("排序时编号跟着行走", "是" if together else "不是", together)
        moved = self._value(12, 0) != "乙"
        at = self._metadata_row()
        follows = "排序没有动行,看不出" if not moved else "跟着行走" if at == 13 else "留在原处"
        yield Finding("行上的元数据", follows, True)

    def _metadata_row(self) -> int | None:
        params = {"fields": "sheets(data(startRow,rowMetadata(developerMetadata)))", "ranges": [quoted(TAB)]}
        answer = self.calls.client.spreadsheets_get(self.calls.id, params=params)  # type: ignore[arg-type]
        for data in answer["sheets"][0].get("data", ()):
            for at, row in enumerate(data.get("rowMetadata", ()), start=data.get("startRow", 0)):
                if row.get("developerMetadata"):
                    return at
        return None

    def _drive_delay(self) -> Finding:
        before = self.calls.file()["version"]
        self._send(self._text(0, 3, "版本"))
        began = self.timer()
        while self.calls.file()["version"] == before:
            if self.timer() - began > LONGEST:
                text = f"{LONGEST:.0f} 秒以后还没有变,直接修改最迟一分钟后才看得到"
                return Finding("云端硬盘的版本号", text, False)
            self.wait(0.5)
        took = self.timer() - began
        return Finding("云端硬盘的版本号", f"{took:.1f} 秒后改变", took <= 10)

    def _read_after_write(self) -> Finding:
        late = 0
        for number in range(ROUNDS):
            self._send(self._text(0, 4, f"第{number}次"))
            late += self._value(0, 4) != f"第{number}次"
        return Finding(
            "写入后马上读取", "每次都读到新内容" if not late else f"{ROUNDS} 次里有 {late} 次读到旧内容", not late
        )

    def _send(self, *requests: Json) -> Json:
        return self.calls.batch(requests)

    def _takes(self, *requests: Json) -> bool:
        try:
            self._send(*requests)
        except StorageError:
            return False
        return True

    def _cell(self, row: int = 0) -> dict[str, int]:
        box = {"sheetId": self.tab, "startRowIndex": row, "endRowIndex": row + 1}
        return box | {"startColumnIndex": 0, "endColumnIndex": 1}

    def _insert(self, row: int) -> Json:
        span = {"sheetId": self.tab, "dimension": "ROWS", "startIndex": row, "endIndex": row + 1}
        return {"insertDimension": {"range": span, "inheritFromBefore": True}}

    def _text(self, row: int, column: int, text: str) -> Json:
        start = {"sheetId": self.tab, "rowIndex": row, "columnIndex": column}
        rows = [{"values": [{"userEnteredValue": {"stringValue": text}}]}]
        return {"updateCells": {"start": start, "rows": rows, "fields": "userEnteredValue"}}

    def _value(self, row: int, column: int) -> object:
        rows = self.calls.values([quoted(TAB)])["valueRanges"][0].get("values", [])
        found = rows[row][column] if row < len(rows) and column < len(rows[row]) else None
        return None if found == "" else float(found) if type(found) is int else found


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m sheets.google_probe", description="检查谷歌账号的实际行为")
    parser.add_argument("address", metavar="ADDRESS", help="一张空的谷歌表格的网址或编号,已共享给服务账号")
    parser.add_argument("--secrets", type=Path, default=Path(".streamlit/secrets.toml"), metavar="FILE")
    given = parser.parse_args(arguments)
    id = spreadsheet_id(given.address)
    if id is None:
        parser.error(f"“{given.address}”不是谷歌表格的网址或编号。")
    calls = Calls(Account.configured(given.secrets), id)
    try:
        if TAB in places(calls.layout()):
            raise SystemExit(f"表格里已经有工作表“{TAB}”(上一次没有做完),请删除它再试。")
        findings: list[Finding] = []
        for finding in Probe(calls, time.monotonic, time.sleep).run():
            findings.append(finding)
            sys.stdout.write(f"{finding.line()}\n")
            sys.stdout.flush()
    except StorageError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    finally:
        calls.close()
    odd = sum(not finding.fine for finding in findings)
    sys.stdout.write("全部和预期一致。\n" if not odd else f"有 {odd} 处和预期不同,请把以上内容发给开发者。\n")
    return 1 if odd else 0


if __name__ == "__main__":
    sys.exit(main())
