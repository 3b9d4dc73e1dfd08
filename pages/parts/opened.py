"""What is open in the drawer: one record as somebody saw it, what they typed, what became of it.

What they saw is frozen here, of the record itself and of those its buttons write to: a change of somebody else must not
slip under it.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import streamlit as st

from logic.changes import Outcome
from logic.desk import Desk
from logic.judgement import Record, Violation
from logic.normalise import split_parts
from logic.office import desk_of
from logic.people import ROSTER
from logic.previewing import Preview
from logic.register import Field, Register, registers
from logic.versions import Version
from logic.workflow import Effect, Transition
from pages.parts import actor, books, form, listing
from sheets.drafts import NEW, Drafts

SLOT = "drawer"


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a button's form: columns of the record itself, or, with a title, of another one the button writes to."""

    form: form.Form
    fields: Sequence[Field]
    title: str = ""


@dataclass(slots=True)
class Opened:
    """One record as somebody opened it. `record` None is a new one; `key` keeps a save from happening twice.

    `number` begins the keys of the widgets. It is random: a browser that lost its server sends what stood in its widgets
    to the next one, where it must not fit another record. `opening` stays the same while it is open.

    `seen` are its texts then, `others` those of the records its buttons write to; `links` the print links handed out.
    `begin` is the button for which it was opened, "" for none; `tab` what is to be looked at first. `same`: texts as they were
    typed that were saved as what was seen, by field. `heard`: what the browser need
    not keep any longer (see pages.parts.unsent). `refusal` names the last refused attempt; `version`
    is what going back to it would change, while that is looked at. `carried`: what a new record begins with, which is no
    draft yet. `before`: the place this was before it was saved for the first time.
    """

    register: Register
    record: str | None
    seen: dict[str, str] = field(default_factory=dict[str, str])
    others: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict[tuple[str, str], dict[str, str]])
    typed: dict[str, str] = field(default_factory=dict[str, str])
    key: str = ""
    number: str = ""
    opening: str = field(default_factory=lambda: uuid.uuid4().hex)
    draft_at: str = ""
    outcome: Outcome | None = None
    message: str = ""
    transition: str | None = None
    preview: Preview | None = None
    tab: str = ""
    links: dict[tuple[str, str, str], str] = field(default_factory=dict[tuple[str, str, str], str])
    begin: str = ""
    same: dict[str, str] = field(default_factory=dict[str, str])
    heard: dict[str, str] = field(default_factory=dict[str, str])
    refusal: str = ""
    version: Version | None = None
    carried: dict[str, str] = field(default_factory=dict[str, str])
    before: str = ""

    @property
    def desk(self) -> Desk:
        return desk_of(self.register)

    def current(self) -> Record | None:
        """The record as everybody sees it now."""
        return self.desk.view().judgement.record(self.register.key, self.record) if self.record is not None else None

    def load(self) -> None:
        """Take what stands now, and over it what an earlier draft held."""
        record = self.current()
        self.number = secrets.token_hex(4)
        self.key = uuid.uuid4().hex
        names = [one.name for one in form.editable(self.register)]
        self.seen = {name: record.text(name) for name in names} if record is not None else {}
        self.others, self.same, self.preview, self.version = {}, {}, None, None
        self.typed, self.draft_at = {}, ""
        draft = drafts(self.desk).get(actor.current(), self.register.key, self.record or NEW)
        if draft is not None:
            self.typed = {name: text for name, text in draft.body["values"].items() if name in names}
            self.seen |= {name: text for name, text in draft.body["base"].items() if name in self.typed}
            self.key, self.draft_at = draft.body["key"], draft.updated_at
            self.carried = {}
            self.heard |= {f"form--{name}": text for name, text in self.typed.items()}
        elif self.carried:
            self.typed = dict(self.carried)

    def go_on(self, sent: Mapping[str, str]) -> None:
        """After a save: what stands now is what was seen. The widgets stay, with what is typed into them meanwhile. What
        was `sent` is shown as it was typed, though it may read otherwise now (１２元 became 12.00): telling a field so would
        cut into the next text that somebody types there."""
        record = self.current()
        if record is None:
            self.load()
            return
        widgets = self.record_form()
        self.same = {name: text for name, text in self.same.items() if name not in sent} | dict(sent)
        for one in form.editable(self.register):
            key, text = widgets.widget(one.name), record.text(one.name)
            if text != self.seen.get(one.name, "") and one.name not in sent and key in st.session_state:
                st.session_state[key] = form.start(widgets, one, text)
            self.seen[one.name] = text
        self.key = uuid.uuid4().hex
        self.others, self.typed, self.draft_at, self.preview = {}, {}, "", None

    def step(self, key: str | None) -> Transition | None:
        workflow = self.register.workflow
        return workflow.transition(key) if workflow is not None and key is not None else None

    def record_form(self, *, locked: bool = False, on_change: Callable[[], None] | None = None) -> form.Form:
        """The widgets of the record, with what was refused under them."""
        return self._widgets("form", None, locked, self.register, self.current(), self.seen, on_change, self.typed)

    def changed(self) -> dict[str, str]:
        return form.changed(self.record_form(), form.editable(self.register))

    def sections(self, step: Transition, *, locked: bool = False) -> list[Section]:
        """The form of a button: what it asks of the record, then of the others it writes to."""
        record = self.current()
        wanted = {*step.asks, *step.needs}
        own = [_starred(one, step.needs) for one in form.editable(self.register) if one.name in wanted]
        found: list[Section] = []
        if own:
            widgets = self._widgets(step.key, step.key, locked, self.register, record, self.seen)
            found.append(Section(widgets, own))
        if record is not None:
            for effect in step.effects:
                found.extend(self._asked_by(effect, step, record, locked))
        return found

    def _asked_by(self, effect: Effect, step: Transition, record: Record, locked: bool) -> Iterator[Section]:
        """What a button asks of a record of another register; nothing where there is none it could write to."""
        other = registers()[effect.register]
        asked = [_starred(one, effect.needs) for one in form.editable(other) if one.name in effect.asks]
        named = split_parts(record.text(effect.link))
        linked = books.record_of(other.key, named[0]) if named and not effect.creates else None
        if not asked or (linked is None and not effect.creates):
            return
        seen: dict[str, str] = {}
        if linked is not None:
            names = [one.name for one in form.editable(other)]
            seen = self.others.setdefault((other.key, linked.key), {name: linked.text(name) for name in names})
        title = f"{other.title}({linked.key if linked is not None else '新增一条'})"
        yield Section(self._widgets(f"{step.key}-{other.key}", step.key, locked, other, linked, seen), asked, title)

    def _widgets(
        self,
        key: str,
        step: str | None,
        locked: bool,
        register: Register,
        record: Record | None,
        seen: dict[str, str],
        on_change: Callable[[], None] | None = None,
        typed: dict[str, str] | None = None,
    ) -> form.Form:
        roster = books.judgement_of(ROSTER)
        return form.Form(
            register=register,
            key=f"{key}-{self.number}",
            record=record,
            seen=seen,
            typed=typed or {},
            same=self.same if step is None else {},
            people=actor.names(roster) if roster is not None else (),
            on_change=on_change or _nothing,
            suggested=lambda one: _suggested(register, one),
            references=_newest,
            violations=self._refused(step, register, record),
            locked=locked,
        )

    def _refused(self, step: str | None, register: Register, record: Record | None) -> dict[str, list[Violation]]:
        """What was found wrong with the last attempt, by field, where it was this form that was sent."""
        found: dict[str, list[Violation]] = {}
        if self.outcome is None or self.outcome.state != "rejected" or self.transition != step:
            return found
        for one in self.outcome.violations:
            if one.register == register.key and (record is None or one.record == record.key):
                found.setdefault(one.field, []).append(one)
        return found

    def places_below(self) -> set[tuple[str, str]]:
        """Register and column of the findings that stand under their own field."""
        if self.transition is None:
            return {(self.register.key, one.name) for one in form.editable(self.register)}
        step = self.step(self.transition)
        sections = self.sections(step) if step is not None else ()
        return {(one.form.register.key, asked.name) for one in sections for asked in one.fields}


def _newest(register: str) -> Mapping[str, str]:
    """The records of a register that may be named, by id; none where it cannot be read."""
    judgement = books.judgement_of(register)
    return listing.index_of(judgement, registers()[register]).newest() if judgement is not None else {}


def _suggested(register: Register, one: Field) -> list[str]:
    """What an open list offers: what 制度参数 lists today, then what stands in the column."""
    judgement = books.judgement_of(register.key)
    if judgement is None:
        return []
    listed: object = judgement.settings.value(one.options_from, judgement.now) if one.options_from else None
    words = split_parts(listed) if isinstance(listed, str) else listed if isinstance(listed, tuple) else ()
    used = listing.index_of(judgement, register).used_in(one.name)
    return list(dict.fromkeys((*map(str, words), *used)))


def drafts(desk: Desk) -> Drafts:
    return Drafts(desk.journal.store)


def opened(register: Register) -> Opened | None:
    """What is open on the page of this register."""
    found = st.session_state.get(SLOT)
    return found if isinstance(found, Opened) and found.register.key == register.key else None


def _starred(one: Field, needs: Sequence[str]) -> Field:
    """A column the button cannot do without carries a star in its form."""
    return replace(one, required=True) if one.name in needs else one


def _nothing() -> None:
    """A transition is pressed at once or not at all; it has no draft."""
