"""A manager's browser window on the spreadsheets: a plain page to type, insert, delete, sort, undo, and to change the share.

For the demo, where no person has Google open. The page reads itself anew when the spreadsheet changed.
"""

from __future__ import annotations

import html
from urllib.parse import parse_qs, quote

from tests.fake_sheets.book import Book
from tests.fake_sheets.calculating import Calculator
from tests.fake_sheets.cloud import EMAIL, Cloud
from tests.fake_sheets.content import Sheet
from tests.fake_sheets.manager import Manager
from tests.fake_sheets.plans import Call
from tests.fake_sheets.ranges import column_letters
from tests.fake_sheets.refusals import Refusal
from tests.fake_sheets.showing import formatted

SHOWN = 200  # rows, and a few columns beyond the last one filled
_ROLES = {"writer": "可编辑", "reader": "只读", "": "未共享"}
_STYLE = """
body{font:14px sans-serif;margin:12px} table{border-collapse:collapse} td,th{border:1px solid #ccc;padding:2px 6px;
min-width:48px;white-space:pre} th{background:#f3f3f3;font-weight:normal} td:focus{outline:2px solid #1a73e8}
a.here{font-weight:bold} .bar{margin:8px 0} .hidden td{background:#eee;color:#888}
"""
_SCRIPT = """
const send = fields => fetch(location.href, {method: 'POST', body: new URLSearchParams(fields)}).then(async answer => {
  if (!answer.ok) alert(await answer.text()); else if (fields.what !== 'type') location.reload();
});
document.querySelectorAll('td').forEach(cell => {
  let before = cell.innerText;
  cell.onfocus = () => { before = cell.innerText };
  cell.onkeydown = key => { if (key.key === 'Enter') { key.preventDefault(); cell.blur() } };
  cell.onblur = () => { if (cell.innerText !== before)
    send({what: 'type', row: cell.parentNode.dataset.row, column: cell.dataset.column, text: cell.innerText}) };
});
setInterval(async () => {
  const address = new URL(location.href);
  address.searchParams.set('version', '1');
  const now = await (await fetch(address)).text();
  if (now !== seen && document.activeElement.tagName !== 'TD') location.reload();
}, 1500);
"""


def serves(call: Call) -> bool:
    return call.path == "/" or call.path.startswith("/spreadsheets/d/")


def answer(cloud: Cloud, call: Call) -> tuple[int, str]:
    """Status and page (or a plain text for the page's own script)."""
    if call.path == "/":
        return 200, _list(cloud)
    book = cloud.books.get(call.path.split("/")[3])
    if book is None or book.deleted:
        return 404, "没有这个表格"
    sheet = book.content.titled(call.query.get("tab", [""])[0]) or book.content.sheets[0]
    if call.http == "POST":
        fields = {name: values[0] for name, values in parse_qs(call.body.decode(), keep_blank_values=True).items()}
        try:
            _act(Manager(cloud, book), sheet.title, fields)
        except Refusal as refusal:
            return 400, refusal.message
        return 200, str(book.version)
    if "version" in call.query:
        return 200, str(book.version)
    return 200, _sheet(book, sheet)


def _act(person: Manager, tab: str, fields: dict[str, str]) -> None:
    row, column = int(fields.get("row") or 1), int(fields.get("column") or 1)
    match fields["what"]:
        case "type":
            person.key_in(tab, row, column, fields["text"])
        case "insert":
            person.insert_row(tab, row)
        case "delete":
            person.delete_row(tab, row)
        case "sort":
            person.sort(tab, 2, column)
        case "undo":
            numbers = [version.number for version in person.book.versions]
            person.restore(numbers[-2] if len(numbers) > 1 else numbers[0])
        case "share":
            roles = list(_ROLES)
            role = roles[(roles.index(person.book.shares.get(EMAIL, "")) + 1) % len(roles)]
            person.share(role) if role else person.unshare()


def _list(cloud: Cloud) -> str:
    items = "".join(
        f'<li><a href="/spreadsheets/d/{book.id}/edit">{html.escape(book.title)}</a></li>'
        for book in cloud.books.values()
        if not book.deleted
    )
    return _page(
        "本机表格", f"<h1>本机表格</h1><p>代替 Google 表格的演示,关闭程序后内容不保留。</p><ul>{items}</ul>", ""
    )


def _sheet(book: Book, sheet: Sheet) -> str:
    tabs = " · ".join(
        f'<a class="{"here" if each is sheet else ""}" href="?tab={quote(each.title)}">{html.escape(each.title)}</a>'
        for each in book.content.sheets
        if not each.settings.get("hidden")
    )
    buttons = "".join(
        f'<button onclick="{action}">{label}</button> '
        for label, action in (
            ("插入一行", _asked("insert", "row", "在第几行之前插入?")),
            ("删除一行", _asked("delete", "row", "删除第几行?")),
            ("按一列排序", _asked("sort", "column", "按第几列排序?(第一行是表头)")),
            ("恢复上一个版本", "send({what:'undo'})"),
            (f"控制台的权限:{_ROLES[book.shares.get(EMAIL, '')]}", "send({what:'share'})"),
        )
    )
    body = f'<p><a href="/">全部表格</a></p><h1>{html.escape(book.title)}</h1><p>{tabs}</p>'
    script = f"const seen = '{book.version}';{_SCRIPT}"
    return _page(book.title, f'{body}<div class="bar">{buttons}</div>{_table(book, sheet)}', script)


def _asked(what: str, name: str, question: str) -> str:
    return html.escape(f"const n=prompt('{question}'); n && send({{what:'{what}', {name}:n}})", quote=True)


def _table(book: Book, sheet: Sheet) -> str:
    calculator = Calculator(book.content)
    rows = range(min(len(sheet.rows), max(sheet.last_row_with_value() + 20, 20), SHOWN))
    last = max((column for number in rows for column in sheet.rows[number].cells), default=0)
    columns = range(min(len(sheet.columns), max(last + 3, 8)))
    head = "".join(f"<th>{column_letters(column)}</th>" for column in columns)
    lines = [f"<tr><th></th>{head}</tr>"]
    for number in rows:
        cells = "".join(
            f'<td contenteditable data-column="{column + 1}">'
            f"{html.escape(formatted(sheet.cell(number, column), calculator.effective(sheet, number, column)) or '')}</td>"
            for column in columns
        )
        hidden = ' class="hidden"' if sheet.rows[number].properties.get("hiddenByFilter") else ""
        lines.append(f'<tr data-row="{number + 1}"{hidden}><th>{number + 1}</th>{cells}</tr>')
    return f"<table>{''.join(lines)}</table>"


def _page(title: str, body: str, script: str) -> str:
    return (
        f'<!DOCTYPE html><html lang="zh"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{html.escape(title)}</title>'
        f"<style>{_STYLE}</style>{body}<script>{script}</script></html>"
    )
