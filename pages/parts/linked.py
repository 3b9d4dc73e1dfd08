"""The records that hang together with one: those its columns name, and those of other registers that name it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from logic.judgement import Record
from logic.kinds import split_parts
from logic.register import Register, registers
from pages.parts import books, form, listing, markup, menu, photos

SHOWN = 20


def around(register: Register, record: Record) -> list[Record]:
    """Each once: first what the columns name, in their order, then what names this record."""
    found: dict[tuple[str, str], Record] = {}
    for one in (*_named_by(register, record), *_naming(register, record)):
        if (one.register, one.key) != (record.register, record.key):
            found.setdefault((one.register, one.key), one)
    return list(found.values())


def _named_by(register: Register, record: Record) -> Iterator[Record]:
    for one in register.fields.values():
        if other := form.refers_to(one):
            named = (books.record_of(other, id) for id in split_parts(record.text(one.name)))
            yield from (found for found in named if found is not None)


def _naming(register: Register, record: Record) -> Iterator[Record]:
    for other in registers().values():
        columns = [one.name for one in other.fields.values() if form.refers_to(one) == register.key]
        judgement = books.judgement_of(other.key) if columns else None
        for column in columns if judgement is not None else ():
            assert judgement is not None
            for key in listing.index_of(judgement, other).holding(column, record.key):
                yield judgement.records(other.key)[key]


def draw(records: Sequence[Record]) -> None:
    """Each with its state and what is filled, to be read here and changed on its own page."""
    for record in records[:SHOWN]:
        _draw_one(record.reader.register, record)
    if len(records) > SHOWN:
        markup.put(markup.quiet(f"一共 {len(records)} 条,只列出前 {SHOWN} 条。"))


def _draw_one(register: Register, record: Record) -> None:
    columns = [one for one in register.fields.values() if not one.engine and one.name != "status"]
    rows = [
        (markup.cell(one.header), photos.cell(register, record.key, one.header, text, text))
        for one in columns
        if (text := record.text(one.name))
    ]
    markup.put(
        f"<b>{markup.escaped(register.title)}</b> ",
        markup.chip(state) if (state := record.text("status")) else "",
        f"<span>{markup.escaped(listing.label_of(record, register))}</span>",
        markup.table_of(("列", "内容"), rows),
    )
    menu.link(register.key, record.key)
