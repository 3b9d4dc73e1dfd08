"""What waits for somebody (需要您处理): what failed after they left, what they never sent, what a head should know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from logic.desk import Desk
from logic.office import desk_of
from logic.register import Register
from logic.staging.batch import batches
from logic.staging.stage import stages
from pages.parts import actor
from sheets.drafts import Draft, Drafts
from sheets.journal import Entry, Notice
from sheets.store import Store

Registers = Mapping[str, Register]


def desks(registers: Registers) -> list[Desk]:
    """The desks of these registers, each workbook once."""
    return list({desk.workbook: desk for desk in map(desk_of, registers.values())}.values())


def failed(registers: Registers) -> list[tuple[Desk, Entry]]:
    """Changes of the person at the console that did not come into the sheet, newest first."""
    who = actor.current()
    if not who:
        return []
    found = [(desk, entry) for desk in desks(registers) for entry in desk.journal.attention(who)]
    return [(desk, entry) for desk, entry in found if entry.workbook == desk.workbook]


def unsent(registers: Registers) -> list[Draft]:
    """Drafts of the person at the console, newest first."""
    who = actor.current()
    if not who or not registers:
        return []
    return [draft for draft in Drafts(_store(registers)).of(who) if draft.register in registers]


def staged(registers: Registers) -> list[tuple[Register, int]]:
    """Imports of the person at the console that are not finished: the register and how many rows are left."""
    found = stages(Drafts(_store(registers)), str).all(actor.current()) if registers else []
    return [(registers[one.register], len(one.waiting)) for one in found if one.waiting and one.register in registers]


def unfinished(registers: Registers) -> list[tuple[Register, int]]:
    """Actions on many records that the person at the console sent in part: the register and how many are left."""
    found = batches(Drafts(_store(registers)), str).all(actor.current()) if registers else []
    begun = [one for one in found if one.waiting and (one.sent or one.sending)]
    return [(registers[one.register], len(one.waiting)) for one in begun if one.register in registers]


def _store(registers: Registers) -> Store:
    return desk_of(next(iter(registers.values()))).journal.store


def notices(registers: Registers) -> list[tuple[Desk, Notice]]:
    """What the engine did or found that somebody should look at, newest first."""
    return [(desk, notice) for desk in desks(registers) for notice in desk.journal.notices(desk.workbook)]


def count(registers: Registers) -> int:
    return (
        len(failed(registers))
        + len(unsent(registers))
        + len(staged(registers))
        + len(unfinished(registers))
        + len(notices(registers))
    )


def sentence(notice: Notice, registers: Registers) -> tuple[str, Sequence[tuple[str, str, str]]]:
    """A notice in words, and the cells it is about: column, in the sheet, ours."""
    body = notice.body
    register = registers.get(body.get("register", ""))
    where = f"“{register.title}”的记录 {body.get('record', '')}" if register is not None else "工作簿"
    headers = {name: one.header for name, one in register.fields.items()} if register is not None else {}
    match notice.kind:
        case "vanished":
            return f"{where} 从表格里消失了。如果不是有意删除,请点“恢复到表格”。", ()
        case "returned":
            return f"{where} 被旧文件覆盖掉了,控制台已把它加回表格。", ()
        case "put_back":
            cells = [(headers.get(c["field"], ""), c["sheet"], c["ours"]) for c in body.get("cells", ())]
            return f"{where} 被旧文件覆盖,控制台已把登记过的内容写回。如果旧内容是有意的,请重新修改。", cells
        case "taken_back":
            name = body.get("field", "")
            cells = [(headers.get(name, ""), body.get("now", ""), body.get("was", ""))]
            return f"{where} 的内容在表格里被改回了以前的样子,请核对是不是有意的。", cells
        case "overwritten":
            name = body.get("field", "")
            cells = [(headers.get(name, ""), body.get("now", ""), body.get("was", ""))]
            return f"{where} 在表格里改过的内容又被旧文件改成了别的,请核对以哪个为准。", cells
        case "misplaced":
            cells = [(body.get("header", ""), "", body.get("value", ""))]
            end = "控制台已把它写回自己的行" if body.get("mended") else "它自己的行已经不在表格里了"
            record = body.get("record") or "还没有编号的一行"
            return (
                f"写入的一刻有人在工作表“{body.get('sheet', '')}”里移动了行,记录 {record} 的内容一度落到别的行"
                f"({body.get('hit') or '没有编号的行'});那一行已恢复原样,{end}。请核对。"
            ), cells
        case "finding_left":
            return f"{where} 的检查结果两次被人改写,控制台不再覆盖,请以页面上的问题为准。", ()
        case _:
            return f"{where} 有需要核对的情况({notice.kind}),请联系管理员。", ()
