"""A shipment on a page (new rows of an import, actions on selected records): judged, sent with its progress shown, followed
into the sheet."""

from __future__ import annotations

import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Generator, Mapping
from typing import Any, Generic, TypeVar

import streamlit as st

from logic.desk import Desk
from logic.edits import outcome_of
from logic.judgement import Judgement
from logic.office import desk_of, keeper_of
from logic.register import Register
from logic.staging.sending import refreshed
from logic.staging.shelf import Shelf, Shipment
from logic.staging.together import Verdicts
from pages.parts import actor, markup
from pages.parts.turns import in_turn

NUDGE_EVERY = 50  # rows after which the Writer is told, so that it works while the rest is sent
REFRESH_SECONDS = 2
_KEPT = 8
_ALL = "all"
ShipmentT = TypeVar("ShipmentT", bound=Shipment)


class Judged(Generic[ShipmentT]):
    """The verdicts of the shipments people look at, worked out anew only when a shipment or what everybody sees has changed."""

    def __init__(self, judge: Callable[[ShipmentT, Desk, Judgement, str], Verdicts]) -> None:
        self._judge = judge
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[str, str], tuple[tuple[str, int], Judgement, Verdicts]] = OrderedDict()

    def of(self, desk: Desk, shipment: ShipmentT) -> Verdicts:
        place, state = (actor.current(), shipment.register), (shipment.id, shipment.version)
        judgement = desk.view().judgement
        with self._lock:
            known = self._known.get(place)
        if known is not None and known[0] == state and known[1] is judgement:
            return known[2]
        found = self._judge(shipment, desk, judgement, actor.current())
        with self._lock:
            self._known[place] = (state, judgement, found)
            self._known.move_to_end(place)
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
        return found


def chosen_rows(shipment: Shipment, group_of: Callable[[Any], str], labels: Mapping[str, str]) -> list[Any]:
    """The rows to show: all, or those of the group that was chosen, each offered with how many it has. `labels` names the
    groups in the order of their weight."""
    rows = sorted([*shipment.waiting, *shipment.sent], key=lambda row: row.number)
    groups = {row.number: group_of(row) for row in rows}
    count = Counter(groups.values()) | Counter({_ALL: len(rows)})
    names = {_ALL: "全部"} | {one: label for one, label in labels.items() if count[one]}
    chosen = st.segmented_control(
        "显示",
        list(names),
        default=_ALL,
        required=True,
        format_func=lambda one: f"{names[one]} {count[one]}",
        key=f"show-{shipment.id}-{'-'.join(names)}",
        label_visibility="collapsed",
    )
    return [row for row in rows if chosen in (_ALL, groups[row.number])]


def go_through(register: Register, said: str, total: int, unit: str, steps: Generator[int, None, None]) -> None:
    """Send, and show how far it is. Who is signed out meanwhile goes no further."""
    keeper, who = keeper_of(register), actor.current()
    bar = st.progress(0.0, text=f"{said} {total} {unit}…")
    drawn = time.monotonic()
    for count in steps:
        if count % NUDGE_EVERY == 0:
            keeper.nudge()
        if time.monotonic() - drawn > 0.3:
            drawn = time.monotonic()
            bar.progress(min(1.0, count / total), text=f"{said}:{count}/{total} {unit}")
            if actor.current() != who:
                steps.close()
                break
    keeper.nudge()
    st.rerun()


@st.fragment(run_every=REFRESH_SECONDS)
@in_turn
def follow(register: Register, shelf: Shelf[ShipmentT], said: str, unit: str) -> None:
    """How far what was sent is on its way into the sheet; once all of it is there, the list shows where it is now."""
    desk = desk_of(register)
    shipment = shelf.load(actor.current(), register.key) if actor.current() else None
    shipment = refreshed(desk, shelf, actor.current(), shipment) if shipment is not None else None
    queued = [row for row in shipment.sent if row.state == "queued"] if shipment is not None else []
    if shipment is None or not queued:
        st.rerun()
    entry = desk.journal.entry(queued[0].change)
    why = outcome_of(entry).reason if entry is not None else ""
    done = len(shipment.sent) - len(queued)
    markup.put(
        markup.box(
            "wait", f"{said} {len(shipment.sent)} {unit}:{done} {unit}已写入表格,{len(queued)} {unit}正在写入", [why]
        )
    )
