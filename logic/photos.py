"""Photos in records: who may see one, and who may name one.

Whether a photo a cell names is really there is no finding: findings follow from row, settings and rules alone, and a file
may come back with a backup. It is shown as missing (找不到照片), and a name that is nobody's cannot be saved.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping

from logic.access import Actor
from logic.asking import Understood
from logic.changes import Edit
from logic.desk import Desk
from logic.judgement import Judgement
from logic.kinds import Misread
from logic.kinds.texts import Photo as PhotoKind
from logic.kinds.texts import photo_names, photo_text
from logic.records import Record
from logic.register import Field, Register
from logic.seeing import sees
from logic.violations import Violation
from sheets.photos import Photo, Photos

__all__ = ["is_photo", "may_use", "strange", "usable"]


def is_photo(declared: Field | None) -> bool:
    """Is this a column of photos?"""
    return declared is not None and isinstance(declared.kind, PhotoKind)


def may_use(photo: Photo, actor: Actor | None, name: str, registers: Mapping[str, Register], on: dt.date) -> bool:
    """May somebody of this name see a photo wherever it is named: it is their own, or of a column they may see?"""
    return photo.by == name or sees(actor, registers.get(photo.register), photo.field, None, on)


def usable(
    photos: Photos,
    names: Collection[str],
    standing: Collection[str],
    actor: Actor | None,
    name: str,
    registers: Mapping[str, Register],
    on: dt.date,
) -> Mapping[str, Photo]:
    """Those of these photos that are there and that this person may see in a column they may see: what stood in it
    (`standing`) is part of it."""
    known = photos.known(names)
    return {one: photo for one, photo in known.items() if one in standing or may_use(photo, actor, name, registers, on)}


def strange(desk: Desk, judgement: Judgement, actor: Actor, asked: Understood) -> Iterator[Violation]:
    """Photos that a change would name and this person cannot: there are none of that name, or they belong to a column
    that is not theirs to see. What stands in the records concerned already may stay and be carried along."""
    registers = desk.elsewhere.registers
    edits = [*asked.edits, *(edit for _, edit in asked.following)]
    named = [(edit, one, photo_names(edit.values[one.name])) for edit in edits for one in _columns(edit, registers)]
    wanted = {name for _, _, names in named for name in names}
    if not wanted:
        return
    today = desk.clock().date()
    records = [judgement.record(edit.register, edit.record) for edit in edits]
    standing = {name for record in records if record is not None for name in _standing(record, actor, today)}
    found = usable(Photos(desk.journal.store), wanted - standing, (), actor, actor.name, registers, today)
    for edit, one, names in named:
        for name in names:
            if name not in found and name not in standing:
                problem = Misread(f"{photo_text(name)} 不在控制台里,或者不是您能用的照片", "请在这里重新上传这张照片")
                yield judgement.misread(registers[edit.register], edit.record, one.name, edit.values[one.name], problem)
                break


def _columns(edit: Edit, registers: Mapping[str, Register]) -> Iterator[Field]:
    fields = registers[edit.register].fields
    return (fields[name] for name in edit.values if is_photo(fields.get(name)))


def _standing(record: Record, actor: Actor, on: dt.date) -> Iterator[str]:
    """The photos in the columns of a record that this person may see."""
    register = record.reader.register
    for one in register.fields.values():
        if is_photo(one) and sees(actor, register, one.name, record, on):
            yield from photo_names(record.text(one.name))
