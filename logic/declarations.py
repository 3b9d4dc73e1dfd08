"""Declarations that examine themselves: contradictions are found when the registers are loaded, with a remedy."""

from __future__ import annotations

import difflib
import re
import typing
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from logic.fields import STANDARD_FIELDS, UNDECIDED
from logic.people import ROSTER
from logic.register import AREAS, Register, bare
from logic.rules import Case, Rule
from logic.trade.parameters import PARAMETERS
from logic.workflow import ACTOR, ACTOR_IF_BLANK, NOW, NOW_IF_BLANK, Transition
from sheets.port import SheetCheck
from sheets.table import ID_FIELD

TITLE_LIMIT = 31
HEADER_LIMIT = 40
GRANTS = "CeESAV"
_FORBIDDEN_IN_TITLE = re.compile(r"[\[\]:*?/\\]")
_PREFIX = re.compile(r"[A-Z]{2,4}")


@dataclass(frozen=True, slots=True)
class DeclarationFinding:
    """A mistake in a declaration: its number, what is wrong, what to do, and where."""

    id: str
    message: str
    hint: str
    object: str

    def __str__(self) -> str:
        return f"{self.id} {self.object}: {self.message} {self.hint}"


class DeclarationError(Exception):
    """The registers cannot be used as declared; `findings` says why."""

    def __init__(self, findings: Sequence[DeclarationFinding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(map(str, findings)))


def _meant(name: str, known: Iterable[str], otherwise: str = "Use field names.") -> str:
    """What a name that does not exist may have been meant to be."""
    near = difflib.get_close_matches(name, list(known), n=1)
    return f"Did you mean {near[0]!r}?" if near else otherwise


def examine(registers: Sequence[Register]) -> list[DeclarationFinding]:
    """Everything wrong with these registers, each for itself and among each other."""
    found = [finding for register in registers for finding in _register(register)]
    for what, values in (
        ("prefix", [register.prefix for register in registers]),
        ("key", [register.key for register in registers]),
        ("title", [register.title for register in registers]),
    ):
        for value, count in Counter(values).items():
            if count > 1:
                owners = "、".join(register.key for register in registers if getattr(register, what) == value)
                message = f"{count} registers share the {what} {value!r}."
                found.append(DeclarationFinding("D01", message, f"Give each its own {what}.", owners))
    found.extend(_together(registers))
    return found


def unlisted_rules(register: Register, values: Iterable[object]) -> list[DeclarationFinding]:
    """Rules written in a register's file but not handed to it: they would silently never be judged."""
    listed = {(one.id, one.timing, one.check) for one in register.rules}
    return [
        DeclarationFinding(
            "D02", f"{value.id} is declared but not listed.", "Add it to rules=(…).", f"{register.key}.{value.id}"
        )
        for value in values
        if isinstance(value, Rule) and (value.id, value.timing, value.check) not in listed
    ]


def _together(registers: Sequence[Register]) -> Iterator[DeclarationFinding]:
    """What one register says about another that does not hold. A register that does not exist is waited for."""
    known = {register.key: register for register in registers}

    def unknown(register: Register, where: str, other: str, names: Iterable[str]) -> Iterator[DeclarationFinding]:
        for name in set(names) - known[other].fields.keys():
            message = f"{where} names {other}.{name}, which is no column."
            yield DeclarationFinding("D26", message, _meant(name, known[other].fields), f"{register.key}.{where}")

    for register in registers:
        for one in register.rules:
            for link in one.across:
                if link.register in known:
                    yield from unknown(register, one.id, link.register, [link.there])
        for step in register.workflow.transitions if register.workflow is not None else ():
            if step.prints is not None and not _prints(known, *step.prints):
                message = f"{step.key} prints {step.prints}, which is no printout of a register."
                yield DeclarationFinding("D34", message, "Write (register, printout).", f"{register.key}.{step.key}")
            yield from _roles(register, step, known.get(ROSTER))
            for effect in step.effects:
                if effect.register not in known:
                    message = f"{step.key} writes to the unknown register {effect.register!r}."
                    yield DeclarationFinding("D27", message, "Use its key.", f"{register.key}.{step.key}")
                    continue
                names = [*effect.values, *effect.asks, *effect.needs]
                yield from unknown(register, step.key, effect.register, names)
                for name in set(effect.asks) & register.fields.keys():
                    message = f"{step.key} asks for {name} of {effect.register}, a column that stands here too."
                    yield DeclarationFinding("D28", message, "Rename one.", f"{register.key}.{step.key}")


def _prints(known: Mapping[str, Register], register: str, key: str) -> bool:
    return register in known and key in {one.key for one in known[register].prints}


def _roles(register: Register, step: Transition, roster: Register | None) -> Iterator[DeclarationFinding]:
    """Roles that nobody can have, because the roster knows no such position."""
    position = roster.fields.get("position") if roster is not None else None
    for role in set(step.roles) - set(position.kind.options) if position is not None else ():
        hint = _meant(role, position.kind.options if position is not None else (), "Add it to the roster's positions.")
        yield DeclarationFinding("D35", f"{step.key} names an unknown role {role}.", hint, f"{register.key}.{step.key}")


def _register(register: Register) -> Iterator[DeclarationFinding]:
    def finding(number: str, message: str, hint: str, where: str = "") -> DeclarationFinding:
        return DeclarationFinding(number, message, hint, f"{register.key}.{where}" if where else register.key)

    if not _PREFIX.fullmatch(register.prefix):
        yield finding("D03", f"The prefix {register.prefix!r} is not 2 to 4 capital letters.", "Write e.g. YH.")
    if len(register.title) > TITLE_LIMIT or not register.title.strip() or _FORBIDDEN_IN_TITLE.search(register.title):
        hint = f"At most {TITLE_LIMIT} characters, none of [ ] : * ? / \\."
        yield finding("D04", f"The sheet title {register.title!r} is not legal in Excel.", hint)
    if register.area not in AREAS:
        yield finding("D05", f"Unknown area {register.area!r}.", f"One of {', '.join(AREAS)}.")
    if not register.naming:
        yield finding("D06", "No column is naming, so no row would be a record.", "Mark one with naming=True.")
    if not register.samples:
        yield finding("D07", "No sample record.", "Give one good record as samples=({…},).")
    for sample in register.samples:
        for name in sample.keys() - register.fields.keys():
            message = f"The sample fills an unknown column {name!r}."
            yield finding("D08", message, _meant(name, register.fields), name)
    yield from _columns(register, finding)
    yield from _rules(register, finding)
    yield from _workflow(register, finding)
    yield from _offers(register, finding)


def _offers(register: Register, finding: Any) -> Iterator[DeclarationFinding]:
    """Grants, printouts and what else a declaration offers."""
    for role, letters in register.grants.items():
        if set(letters) - set(GRANTS):
            yield finding("D29", f"{role} is granted {letters!r}.", f"Use letters of {GRANTS}.", "grants")
    for name in register.released_when.keys() - register.fields.keys():
        yield finding("D30", f"released_when names an unknown column {name!r}.", "Use field names.", name)
    for name in set(register.once) - register.fields.keys():
        yield finding("D36", f"once names an unknown column {name!r}.", _meant(name, register.fields), name)
    for name in set(register.answerable) - register.fields.keys():
        yield finding("D37", f"answerable names an unknown column {name!r}.", _meant(name, register.fields), name)
    for printed in register.prints:
        for name in set(printed.fields) - register.fields.keys():
            message = f"The printout {printed.key} names an unknown column {name!r}."
            yield finding("D31", message, _meant(name, register.fields), name)
    for name, declared in register.fields.items():
        if declared.options_from and declared.options_from not in PARAMETERS:
            yield finding("D24", f"{name} lists an unknown setting {declared.options_from!r}.", "Declare it.", name)


def _columns(register: Register, finding: Any) -> Iterator[DeclarationFinding]:
    fields = register.fields
    standard = {fields[name].header for name in STANDARD_FIELDS}
    names = Counter(header for one in fields.values() for header in {one.header, *one.formerly})
    for name, declared in fields.items():
        own = name not in STANDARD_FIELDS
        if own and declared.header in standard:
            yield finding("D09", f"The header {declared.header} belongs to the console.", "Choose another.", name)
        elif own and any(names[header] > 1 for header in (declared.header, *declared.formerly)):
            yield finding("D10", f"The header {declared.header} (or a former one) stands twice.", "Rename one.", name)
        if not declared.header.strip() or len(declared.header) > HEADER_LIMIT:
            yield finding("D11", f"A header has 1 to {HEADER_LIMIT} characters.", "Shorten it.", name)
        if own and declared.engine:
            yield finding("D12", "Only the standard columns are the console's own.", "Leave out engine=True.", name)
        annotation = bare(register.model.model_fields[name].annotation)
        if declared.kind is UNDECIDED:
            yield finding("D13", f"No kind follows from {annotation}.", "Name the kind: field(header, Text()).", name)
        elif _parts(annotation) != _parts(declared.kind.python_type):
            hint = f"Annotate with {_named(declared.kind.python_type)} | None."
            yield finding("D14", f"{declared.kind.title} does not give {annotation}.", hint, name)


def _named(annotation: Any) -> str:
    """A type as it is written in a declaration."""
    return annotation.__name__ if isinstance(annotation, type) else str(annotation).replace("datetime.", "dt.")


def _parts(annotation: Any) -> frozenset[Any]:
    """The members of a union, whichever way it is written; another type is its own only member."""
    is_union = "Union" in str(typing.get_origin(annotation))
    return frozenset(typing.get_args(annotation)) if is_union else frozenset((annotation,))


def _rules(register: Register, finding: Any) -> Iterator[DeclarationFinding]:
    for (rule_id, timing), count in Counter((one.id, one.timing) for one in register.rules).items():
        if count > 1:
            yield finding("D15", f"{rule_id} is declared {count} times as {timing}.", "Make it one rule.", rule_id)
    for one in register.rules:
        used = {*one.fields, *one.linked, *one.binds, *(name for group in one.shares for name in group)}
        for name in used - register.fields.keys():
            message = f"{one.id} names an unknown column {name!r}."
            yield finding("D16", message, _meant(name, register.fields), one.id)
        for name in _columns_of_examples(one) - register.fields.keys():
            message = f"An example of {one.id} fills an unknown column {name!r}."
            yield finding("D32", message, _meant(name, register.fields), one.id)
        if one.check is None and not one.waits:
            yield finding("D17", f"{one.id} has no check and does not say why.", "Give waits=….", one.id)
        for key in set(one.settings) - PARAMETERS.keys():
            yield finding("D24", f"{one.id} asks an unknown setting {key!r}.", "Declare it in PARAMETERS.", one.id)
        asked = {name for text in one.formulas.values() for name in SheetCheck(one.id, (), text).asked}
        for name in {*one.formulas, *asked} - {*one.fields, ID_FIELD}:
            message = f"A formula of {one.id} speaks of {name!r}, which is none of its columns."
            yield finding("D38", message, _meant(name, one.fields), one.id)
        for link in one.across:
            if link.here not in register.fields:
                message = f"{one.id} names an unknown column {link.here!r}."
                yield finding("D16", message, _meant(link.here, register.fields), one.id)
            elif link.register == ROSTER and register.fields[link.here].kind.name == "staff":
                hint = "People have several names: ask look.people.find(name)."
                yield finding("D33", f"{one.id} looks for {link.here} in the roster by one column.", hint, one.id)
        if set(one.looks_at) - {"staff"}:
            hint = "Use across=(Across(…),) for records of other registers."
            yield finding("D25", f"{one.id} looks at {one.looks_at}.", hint, one.id)
        if not one.doc:
            yield finding("D18", f"{one.id} has no docstring.", "Say in Chinese what it asks.", one.id)
        if one.check is not None and not one.needs and not (one.good and one.bad):
            yield finding("D19", f"{one.id} lacks a good or a bad example.", "Give good=… and bad=….", one.id)


def _columns_of_examples(one: Rule) -> set[str]:
    texts = [text for case in (*one.good, *one.bad) for text in _texts_of(case)]
    return {name for text in texts for name in text}


def _texts_of(case: Case) -> Iterator[Mapping[str, str]]:
    yield case.row
    yield from case.others
    if case.before is not None:
        yield case.before


def _workflow(register: Register, finding: Any) -> Iterator[DeclarationFinding]:
    flow = register.workflow
    if flow is None:
        return
    known = {*flow.states, flow.initial}
    for state in {*flow.closed_states, flow.initial} - {*flow.states, ""}:
        yield finding("D20", f"Unknown state {state!r}.", "Add it to states.", state)
    for key, count in Counter(name for step in flow.transitions for name in {step.key, step.label}).items():
        if count > 1:
            yield finding("D21", f"{count} transitions are called {key!r}.", "Rename one.", key)
    for step in flow.transitions:
        target = () if step.target is None else (step.target,)
        for state in {*step.source_states, *target} - known:
            yield finding("D20", f"{step.key} names an unknown state {state!r}.", "Add it to states.", step.key)
        links = {effect.link for effect in step.effects}
        for name in {*step.needs, *step.asks, *step.stamps, *step.only, *links} - register.fields.keys():
            message = f"{step.key} names an unknown column {name!r}."
            yield finding("D22", message, _meant(name, register.fields), step.key)
        for name, stamp in step.stamps.items():
            if name in register.fields and not _can_stamp(register, name, stamp):
                yield finding("D23", f"{step.key} stamps {stamp!r}, which {name} cannot hold.", "Correct it.", step.key)


def _can_stamp(register: Register, name: str, stamp: str) -> bool:
    kind = register.fields[name].kind
    if stamp in (NOW, NOW_IF_BLANK):
        return kind.name in ("date", "datetime", "moment")
    if stamp in (ACTOR, ACTOR_IF_BLANK):
        return kind.name == "staff"
    return kind.read(stamp).problem is None
