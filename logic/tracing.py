"""Everything about one order: which records belong together, and what happened when.

Both follow from the declarations. Records belong together by what their columns of numbers hold: ids of records, order
numbers, waybills. The columns of dates say what happened: under the label of the button that writes them, or else under
their header.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from logic.fields import Field
from logic.kinds import Date, DateTime, Digits, Moment, Phone, Ref, split_parts
from logic.records import Record
from logic.register import Register
from logic.searching import Hit, Library, folded, is_number, made_on, values
from logic.workflow import ACTOR, ACTOR_IF_BLANK, NOW, NOW_IF_BLANK

# What these columns hold, in whatever register: an order, and a customer, who may have several.
ORDER, CUSTOMER = "order_no", "customer_id"
LINKING = 6  # a shorter number is no number of an order or parcel
CROWD = 40  # more records than this share only a text that is no real number, such as 无无无无无无
RECORDS, BESIDE = 60, 20  # of one affair, and of its customer, at most
REGISTERED = "登记"
_STAMPS, _ACTORS = (NOW, NOW_IF_BLANK), (ACTOR, ACTOR_IF_BLANK)

Place = tuple[str, str]  # register and record


@dataclass(frozen=True, slots=True)
class Affair:
    """Records that belong together. `hits` are those that were found, `beside` those that only have the customer in
    common with them."""

    hits: tuple[Hit, ...]
    records: tuple[Record, ...]
    beside: tuple[Record, ...]

    @property
    def orders(self) -> list[str]:
        """The order numbers it is about, the one that most of its records name first."""
        columns = [record.text(ORDER) for record in self.records if ORDER in record.reader.register.fields]
        return [number for number, _ in Counter(part for text in columns for part in split_parts(text)).most_common()]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a record: when, what, and by whom, "" where no column beside it says so."""

    at: dt.date | dt.datetime
    what: str
    who: str
    record: Record


@dataclass(frozen=True, slots=True)
class Marker:
    """A column that says when something happened, what that was, and the columns that say who did it."""

    field: Field
    what: str
    by: tuple[str, ...]


# -- which records belong together -------------------------------------------------------------------------------------


def gather(library: Library, hits: Sequence[Hit]) -> list[Affair]:
    """The affairs that the hits are about, in the order of their best hits."""
    around = {_place(hit.record): {_place(one): one for one in _linked(library, hit)} for hit in hits}
    found: list[list[Hit]] = []
    places: list[set[Place]] = []
    for hit in hits:
        mine = {_place(hit.record), *around[_place(hit.record)]}
        same = [number for number, group in enumerate(places) if not group.isdisjoint(mine)]
        if not same:
            found.append([hit])
            places.append(mine)
            continue
        first, *others = same
        found[first].append(hit)
        places[first] |= mine
        for number in reversed(others):
            found[first] += found.pop(number)
            places[first] |= places.pop(number)
    return [_affair(library, group, around) for group in found]


def _affair(library: Library, hits: Sequence[Hit], around: Mapping[Place, Mapping[Place, Record]]) -> Affair:
    known = {_place(hit.record): hit.record for hit in hits}
    for hit in hits:
        for place, record in around[_place(hit.record)].items():
            known.setdefault(place, record)
    records = list(known.values())[:RECORDS]
    customers = dict.fromkeys(value for record in records for value in _customers(record))
    beside = (one for value in customers for one in library.holding(value))
    others = {_place(one): one for one in beside if _place(one) not in known}
    return Affair(tuple(hits), tuple(records), tuple(sorted(others.values(), key=made_on, reverse=True)[:BESIDE]))


def _linked(library: Library, hit: Hit) -> Iterator[Record]:
    """The records one step away. A transfer that was found by one of its orders is no way to the others."""
    record = hit.record
    for one in linking(record):
        for value in values(record, one):
            if len(value) >= LINKING and (one not in hit.columns or value in hit.values):
                yield from _holding(library, value)
    for one in record.reader.register.fields.values():
        if isinstance(one.kind, Ref):
            named = (library.record(one.kind.register, id) for id in split_parts(record.text(one.name)))
            yield from (other for other in named if other is not None)
    if record.id is not None:
        yield from library.holding(folded(record.id))


def linking(record: Record) -> Iterator[Field]:
    """The columns that lead from a record to others that belong to it."""
    for one in record.reader.register.fields.values():
        is_own = one.engine or one.name == CUSTOMER
        if is_number(one) and not is_own and not isinstance(one.kind, (Ref, Phone, Digits)):
            yield one


def _holding(library: Library, value: str) -> list[Record]:
    found = list(itertools.islice(library.holding(value), CROWD + 1))
    return found if len(found) <= CROWD else []


def _customers(record: Record) -> list[str]:
    one = record.reader.register.fields.get(CUSTOMER)
    return values(record, one) if one is not None else []


def _place(record: Record) -> Place:
    return record.register, record.key


# -- what happened when ------------------------------------------------------------------------------------------------


def timeline(records: Sequence[Record], registers: Mapping[str, Register]) -> list[Event]:
    """What happened to these records, in order of time. On a day of which no time is known, registering comes first and
    everything else after what has a time."""
    known = markers(registers)
    found = [event for record in records for event in _events(record, known[record.register])]
    return sorted(found, key=_order)


def _order(event: Event) -> tuple[dt.date, int, dt.time]:
    if isinstance(event.at, dt.datetime):
        return event.at.date(), 1, event.at.time()
    return event.at, 0 if event.what.startswith(REGISTERED) else 2, dt.time()


def _events(record: Record, known: Sequence[Marker]) -> list[Event]:
    """What happened to a record; what happened at the same time, as far as it is known, is one event."""
    found: dict[dt.date | dt.datetime, Event] = {}
    for at, what, who in (*_registering(record), *_marked(record, known)):
        before = found.get(at)
        if before is None:
            found[at] = Event(at, what, who, record)
        elif what not in before.what.split("、"):
            found[at] = Event(at, f"{before.what}、{what}", before.who or who, record)
    return list(found.values())


def _registering(record: Record) -> Iterator[tuple[dt.date | dt.datetime, str, str]]:
    fields = record.reader.register.fields
    stamped = (one.name for one in fields.values() if one.initial == "now" and _is_moment(one))
    for name in (*stamped, "created_at"):
        at = getattr(record.typed, name)
        if at is not None:
            yield at, REGISTERED, record.text("created_by")
            return


def _marked(record: Record, known: Sequence[Marker]) -> Iterator[tuple[dt.date | dt.datetime, str, str]]:
    for marker in known:
        at = getattr(record.typed, marker.field.name)
        if at is not None:
            yield at, marker.what, next((text for name in marker.by if (text := record.text(name))), "")


def markers(registers: Mapping[str, Register]) -> Mapping[str, Sequence[Marker]]:
    """By register, the columns that say when something happened, in the order of the sheet."""
    labels: dict[Place, dict[str, None]] = {}
    actors: dict[Place, dict[str, None]] = {}
    for register in registers.values():
        for step in register.workflow.transitions if register.workflow is not None else ():
            written = [(register.key, step.stamps), *((effect.register, effect.values) for effect in step.effects)]
            for key, stamps in written:
                by = dict.fromkeys(name for name, stamp in stamps.items() if stamp in _ACTORS)
                for name in (name for name, stamp in stamps.items() if stamp in _STAMPS):
                    labels.setdefault((key, name), {})[step.label] = None
                    actors.setdefault((key, name), {}).update(by)
    return {
        key: [
            Marker(
                one,
                _common(list(labels.get((key, one.name), {}))) or one.header,
                tuple(actors.get((key, one.name), {})) or _beside(register, one),
            )
            for one in register.fields.values()
            if _is_moment(one) and not one.engine and one.initial != "now"
        ]
        for key, register in registers.items()
    }


def _common(labels: Sequence[str]) -> str:
    """The label with which all of these begin, "" where there is none."""
    shortest = min(labels, key=len, default="")
    return shortest if all(label.startswith(shortest) for label in labels) else ""


def _beside(register: Register, one: Field) -> tuple[str, ...]:
    """The column of people right beside a date, in the same group."""
    names = list(register.fields)
    place = names.index(one.name)
    near = (register.fields[name] for name in names[max(0, place - 1) : place + 2])
    return tuple(other.name for other in near if other.kind.name == "staff" and other.group == one.group)


def _is_moment(one: Field) -> bool:
    return isinstance(one.kind, (Date, DateTime, Moment))
